"""Small inline SVG charts for the HTML report: bars, a strip of peers, a grid of counts.

Draws the tables of `overview`; needs no script and no other file. All text is escaped.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from html import escape

import numpy as np

from cidadao_models.findings.overview import Concentration, Peers, SignalCount, short_money
from cidadao_models.findings.words import number, prose_money

WIDTH = 680
"""Width of every chart, in user units (CSS pixels at full size)."""

MAX_STRIP_POINTS = 300
"""Peers drawn in a strip; with more, evenly spaced ones of the sorted values."""

LABEL_LENGTH = 27
"""Characters of a label, so that capitals fit into `_LABEL_WIDTH`."""

DARK_FROM = 0.8
"""Strength of a square's tint from which white figures keep a contrast of 4.5 on it."""

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
