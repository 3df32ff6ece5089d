"""Small inline SVG charts for the HTML report: bars, a strip of peers, a grid of counts.

Draws the tables of `overview`; needs no script and no other file. All text is escaped.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from html import escape

import numpy as np

from cidadao_models.findings.overview import Concentration, Peers, SignalCount, short_money
from cidadao_models.findings.views import Digits, Piles
from cidadao_models.findings.words import money, number, prose_money

WIDTH = 680
"""Width of every chart, in user units (CSS pixels at full size)."""

MAX_STRIP_POINTS = 300
"""Peers drawn in a strip; with more, evenly spaced ones of the sorted values."""

LABEL_LENGTH = 27
"""Characters of a label, so that capitals fit into `_LABEL_WIDTH`."""

DARK_FROM = 0.8
"""Strength of a square's tint from which white figures keep a contrast of 4.5 on it."""

COLUMNS_HEIGHT = 150
"""Height of the tallest column."""

_LABEL_WIDTH = 250
_ROW = 26


def _svg(height: int, title: str, body: str) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}" '
        f'xmlns="http://www.w3.org/2000/svg">{body}</svg>'
    )


def _shorten(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def bars(counts: list[SignalCount], title: str) -> str:
    """Horizontal bars, one a signal, with the count at the end."""
    top = max((count.count for count in counts), default=1)
    room = WIDTH - _LABEL_WIDTH - 60
    rows = []
    for i, count in enumerate(counts):
        y, length = i * _ROW, max(2.0, room * count.count / top)
        label = escape(_shorten(count.title, LABEL_LENGTH))
        rows.append(
            f'<text x="{_LABEL_WIDTH - 10}" y="{y + 17}" text-anchor="end">{label}</text>'
            f'<rect class="bar" x="{_LABEL_WIDTH}" y="{y + 5}" width="{length:.1f}" height="16"/>'
            f'<text x="{_LABEL_WIDTH + length + 8:.1f}" y="{y + 17}">{number(count.count)}</text>'
        )
    return _svg(len(counts) * _ROW + 6, title, "".join(rows))


def strip(peers: Peers, title: str) -> str:
    """Amounts of the peers as ticks on a log axis, the median as a line, the record marked."""
    values = np.sort(peers.others[peers.others > 0])
    if len(values) > MAX_STRIP_POINTS:
        values = values[np.linspace(0, len(values) - 1, MAX_STRIP_POINTS).astype(int)]
    low = math.log10(min(float(values.min(initial=peers.value)), peers.value))
    high = math.log10(max(float(values.max(initial=peers.value)), peers.value))
    span = max(high - low, 0.3)

    def x(value: float) -> float:
        return 40 + (WIDTH - 80) * (math.log10(value) - low) / span

    ticks = "".join(
        f'<line class="tick" x1="{x(v):.1f}" x2="{x(v):.1f}" y1="34" y2="58"/>' for v in values
    )
    return _svg(104, title, ticks + _axis(low, span, x) + _marks(peers, x))


def _axis(low: float, span: float, x: Callable[[float], float]) -> str:
    powers = range(math.ceil(low), math.floor(low + span) + 1)
    step = max(1, len(powers) // 5)
    labels = "".join(
        f'<text class="axis" x="{x(10.0**p):.1f}" y="96" text-anchor="middle">'
        f"{escape(short_money(10.0**p))}</text>"
        for p in list(powers)[::step]
    )
    return f'<line class="base" x1="40" x2="{WIDTH - 40}" y1="64" y2="64"/>{labels}'


def _marks(peers: Peers, x: Callable[[float], float]) -> str:
    at, median = x(peers.value), x(max(peers.median, 1e-9))
    return (
        f'<line class="median" x1="{median:.1f}" x2="{median:.1f}" y1="22" y2="76"/>'
        f'<text class="axis" x="{_inside(median)}" y="16" text-anchor="middle">mediana '
        f"{escape(prose_money(peers.median))}</text>"
        f'<path class="mark" d="M{at:.1f} 46 l-7 -12 h14 z"/>'
        f'<line class="marked" x1="{at:.1f}" x2="{at:.1f}" y1="34" y2="64"/>'
        f'<text class="marked" x="{_inside(at)}" y="80" '
        f'text-anchor="middle">este: {escape(prose_money(peers.value))}</text>'
    )


def _inside(x: float) -> str:
    """A middle for a label of about 180 units that keeps it whole."""
    return f"{min(max(x, 90), WIDTH - 90):.1f}"


def grid(table: Concentration, title: str) -> str:
    """Findings per buyer and period: one square each, darker with more, the count inside."""
    top = max(1, int(table.counts.max(initial=1)))
    cell = min(36.0, (WIDTH - _LABEL_WIDTH) / max(1, len(table.periods)))
    body = []
    for i, buyer in enumerate(table.buyers):
        y = i * _ROW
        label = escape(_shorten(buyer, LABEL_LENGTH))
        body.append(f'<text x="{_LABEL_WIDTH - 10}" y="{y + 17}" text-anchor="end">{label}</text>')
        for j in np.flatnonzero(table.counts[i]).tolist():
            body.append(_square(_LABEL_WIDTH + j * cell, y, cell, int(table.counts[i, j]), top))
    bottom = len(table.buyers) * _ROW
    every = max(1, math.ceil(60 / cell))
    for j in range(0, len(table.periods), every):
        body.append(
            f'<text class="axis" x="{_LABEL_WIDTH + j * cell:.1f}" y="{bottom + 18}">'
            f"{escape(table.periods[j])}</text>"
        )
    return _svg(bottom + 28, title, "".join(body))


def columns(view: Piles | Digits) -> str:
    """Columns of counts or shares; those beyond what chance explains, or beside a limit, darker."""
    if isinstance(view, Piles):
        heights = view.counts.astype(float)
        low, high = view.edges[0], view.edges[-1]
        middle = (view.edges[:-1] + view.edges[1:]) / 2
        marked = (middle < view.limit) & (middle >= view.limit * math.exp(-view.window))
        line = 40 + (WIDTH - 80) * (view.limit - low) / (high - low)
        label = f"limite {money(view.limit)}, {view.act}"
        ends = [short_money(float(f"{edge:.2g}")) for edge in (low, high)]
        extra = _limit(line, label) + _ends(ends)
        return _svg(COLUMNS_HEIGHT + 56, view.title, _columns(heights, marked) + extra)
    marked = (view.observed < view.low) | (view.observed > view.high)
    top = float(max(view.observed.max(), view.high.max()))
    law = "".join(_law(view, i, top) for i in range(9))
    return _svg(COLUMNS_HEIGHT + 56, view.title, _columns(view.observed, marked, top) + law)


def _columns(heights: np.ndarray, marked: np.ndarray, top: float = 0.0) -> str:
    top = top or float(heights.max(initial=0.0)) or 1.0
    width = (WIDTH - 80) / len(heights)
    return "".join(
        f'<rect class="{"bar" if dark else "pale"}" x="{40 + i * width + 1:.1f}" '
        f'y="{_y(height, top):.1f}" width="{width - 2:.1f}" '
        f'height="{COLUMNS_HEIGHT + 24 - _y(height, top):.1f}"/>'
        for i, (height, dark) in enumerate(zip(heights.tolist(), marked.tolist(), strict=True))
    )


def _y(height: float, top: float) -> float:
    return 24 + COLUMNS_HEIGHT * (1 - height / top)


def _law(view: Digits, i: int, top: float) -> str:
    """The law's share of one digit, its band of chance, the digit and the share seen."""
    x = 40 + (WIDTH - 80) * (i + 0.5) / 9
    ends = [_y(float(value), top) for value in (view.low[i], view.high[i])]
    share = f"{number(100 * float(view.observed[i]), 1)} %"
    return (
        f'<line class="median" x1="{x - 18:.1f}" x2="{x + 18:.1f}" y1="{ends[0]:.1f}" '
        f'y2="{ends[0]:.1f}"/><line class="median" x1="{x - 18:.1f}" x2="{x + 18:.1f}" '
        f'y1="{ends[1]:.1f}" y2="{ends[1]:.1f}"/>'
        f'<text class="axis" x="{x:.1f}" y="{COLUMNS_HEIGHT + 42}" text-anchor="middle">{i + 1}: '
        f"{share}</text>"
    )


def _limit(x: float, label: str) -> str:
    return (
        f'<line class="median" x1="{x:.1f}" x2="{x:.1f}" y1="18" y2="{COLUMNS_HEIGHT + 24}"/>'
        f'<text class="axis" x="{x:.1f}" y="12" text-anchor="middle">{escape(label)}</text>'
    )


def _ends(labels: list[str]) -> str:
    y = COLUMNS_HEIGHT + 42
    return (
        f'<text class="axis" x="40" y="{y}">{escape(labels[0])}</text>'
        f'<text class="axis" x="{WIDTH - 40}" y="{y}" text-anchor="end">{escape(labels[1])}</text>'
    )


def _square(x: float, y: float, cell: float, count: int, top: int) -> str:
    strength = 0.25 + 0.75 * count / top
    number_class = "in-dark" if strength > DARK_FROM else "in-light"
    return (
        f'<rect class="bar" x="{x:.1f}" y="{y + 2:.1f}" width="{cell - 2:.1f}" height="{_ROW - 4}" '
        f'fill-opacity="{strength:.2f}"/>'
        + (
            f'<text class="{number_class}" x="{x + cell / 2 - 1:.1f}" y="{y + 17:.1f}" '
            f'text-anchor="middle">{count}</text>'
            if cell >= 18
            else ""
        )
    )
