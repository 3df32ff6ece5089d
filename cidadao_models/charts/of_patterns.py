"""Figures of the patterns: suppliers, limits, calendar, first digits, network, bids.

Draws the tables of `findings.views`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import plotly.graph_objects as go

from cidadao_models.charts import of_series
from cidadao_models.charts._figure import (
    BLUE,
    BRICK,
    DOT,
    FAINT,
    GREY,
    SAND_TO_BRICK,
    clean,
    figure_of,
    in_lines,
    two_lines,
)
from cidadao_models.findings import overview
from cidadao_models.findings.views import (
    Calendar,
    Curve,
    Digits,
    Piles,
    Series,
    Tender,
    Tenders,
    Ties,
    View,
)
from cidadao_models.findings.words import money, number

CALENDAR_TOP = 0.95
"""Quantile of the cells with the darkest tint: one typing error must not pale all others."""

WIDEST_LINK, THINNEST_LINK = 14.0, 1.5
"""Widths of links in a network, in pixels, for the largest amount and the smallest ones."""

NODE_LENGTH, NODE_LINES = 15, 3
"""Characters of a line of a name beside a node, and lines: two names must fit on a phone."""

LEGEND = {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"}


def view(shown: View) -> go.Figure:
    """The figure of one table of `findings.views`."""
    return _DRAWN[type(shown)](shown)


def curve(shown: Curve) -> go.Figure:
    """Share of the money of the largest suppliers, beside what chance would give."""
    figure = figure_of(shown.title, 360)
    x = np.linspace(0, 100, len(shown.shares))
    for name, shares, line in (
        ("se coubesse ao acaso", shown.by_chance, {"color": BLUE, "dash": "dash", "width": 2}),
        ("neste arquivo", shown.shares, {"color": BRICK, "width": 3}),
    ):
        figure.add_scatter(
            x=x, y=100 * shares, mode="lines", name=name, line=line,
            hovertemplate="%{x:.0f} % dos fornecedores: %{y:.1f} % do dinheiro"
            f"<extra>{name}</extra>",
        )  # fmt: skip
    figure.update_layout(showlegend=True, legend=LEGEND, margin={"t": 108})
    figure.update_xaxes(title="fornecedores, do maior ao menor", ticksuffix=" %", nticks=6)
    figure.update_yaxes(title="parte do dinheiro", ticksuffix=" %", range=[0, 103], nticks=6)
    return figure


def piles(shown: Piles) -> go.Figure:
    """Number of purchases by amount, with the legal limit as a labelled line."""
    figure = figure_of(shown.title, 380)
    low, high = shown.edges[:-1], shown.edges[1:]
    middle = (low + high) / 2
    near = (middle < shown.limit) & (middle >= shown.limit * np.exp(-shown.window))
    spans = zip(low, high, shown.counts.tolist(), strict=True)
    figure.add_bar(
        x=middle, y=shown.counts, width=(high - low) * 0.9,
        marker_color=np.where(near, BRICK, DOT).tolist(),
        text=[f"{money(a)} a {money(b)}: {number(n)} compras" for a, b, n in spans],
        textposition="none", hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip
    figure.add_vline(x=shown.limit, line={"color": BLUE, "dash": "dash", "width": 2})
    figure.add_annotation(
        x=shown.limit, y=1.0, yref="paper", yanchor="top", xanchor="left", xshift=8, align="left",
        text=f"<b>limite {money(shown.limit)}</b><br>{two_lines(shown.act)}", showarrow=False,
    )  # fmt: skip
    ticks = _round_ticks(float(shown.edges[0]), float(shown.edges[-1]))
    text = [overview.short_money(tick) for tick in ticks]
    figure.update_xaxes(
        title="valor da compra", tickvals=ticks, ticktext=text, tickangle=0, showgrid=False
    )
    top = float(shown.counts.max(initial=1)) * 1.35
    figure.update_yaxes(title="número de compras", range=[0, top], nticks=5, tickformat=",d")
    return figure


def _round_ticks(low: float, high: float) -> list[float]:
    """Two to four round amounts between two amounts: more run into each other on a phone."""
    power = 10.0 ** np.floor(np.log10(high - low))
    steps = [power * part for part in (0.2, 0.25, 0.5, 1.0, 2.0, 2.5)]
    step = next(step for step in steps if (high - low) / step < 4.5)
    return (step * np.arange(np.ceil(low / step), np.floor(high / step) + 1)).tolist()


def calendar(shown: Calendar) -> go.Figure:
    """A grid of periods, darker with more money or more records."""
    figure = figure_of(shown.title, 150 + 34 * len(shown.rows))
    known = shown.values[np.isfinite(shown.values)]
    top = float(np.quantile(known, CALENDAR_TOP)) or float(known.max())
    text = [
        ["sem registros" if np.isnan(value) else shown.shown(value) for value in row]
        for row in shown.values
    ]
    figure.add_heatmap(
        z=[[None if np.isnan(value) else value for value in row] for row in shown.values.tolist()],
        x=list(shown.columns), y=list(shown.rows), text=text,
        colorscale=SAND_TO_BRICK, zmin=0, zmax=top or 1.0, showscale=False, xgap=2, ygap=2,
        hovertemplate="%{x}, %{y}: %{text}<extra></extra>", hoverongaps=False,
    )  # fmt: skip
    figure.update_yaxes(title=shown.row_word, autorange="reversed", showgrid=False, type="category")
    figure.update_xaxes(
        title=shown.column_word, showgrid=False, type="category", nticks=4, tickangle=0
    )
    return figure


def digits(shown: Digits) -> go.Figure:
    """Share of each first digit as bars, the law as marks, the band of chance around them."""
    figure = figure_of(shown.title, 360)
    place = np.arange(1, 10)
    outside = (shown.observed < shown.low) | (shown.observed > shown.high)
    figure.add_bar(
        x=place, y=100 * shown.observed, name="neste arquivo",
        marker_color=np.where(outside, BRICK, DOT).tolist(),
        hovertemplate="dígito %{x}: %{y:.1f} %<extra>neste arquivo</extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=place, y=100 * shown.expected, mode="markers", name="lei de Benford e faixa do acaso",
        marker={"color": BLUE, "size": 9, "symbol": "diamond"},
        error_y={
            "type": "data", "symmetric": False, "color": BLUE, "thickness": 2, "width": 6,
            "array": 100 * (shown.high - shown.expected),
            "arrayminus": 100 * (shown.expected - shown.low),
        },
        hovertemplate="dígito %{x}: %{y:.1f} %<extra>lei de Benford</extra>",
    )  # fmt: skip
    figure.update_layout(showlegend=True, legend=LEGEND, margin={"t": 124}, bargap=0.25)
    figure.update_xaxes(title="primeiro dígito do valor", dtick=1, showgrid=False)
    figure.update_yaxes(title="parte dos valores", ticksuffix=" %", nticks=6, rangemode="tozero")
    return figure


def ties(shown: Ties) -> go.Figure:
    """Buyers on the left, suppliers on the right, links as wide as the money between them."""
    rows = max(len(shown.buyers), len(shown.suppliers))
    figure = figure_of(shown.title, 150 + 52 * rows)
    left, right = _heights(len(shown.buyers)), _heights(len(shown.suppliers))
    widest = float(shown.links[:, 2].max())
    for b, s, amount, unusual in shown.links[np.argsort(shown.links[:, 3])].tolist():
        width = max(THINNEST_LINK, WIDEST_LINK * amount / widest)
        names = f"{clean(shown.buyers[int(b)])} com {clean(shown.suppliers[int(s)])}"
        steps = np.linspace(0, 1, 25)
        bend = (1 - np.cos(np.pi * steps)) / 2
        figure.add_scatter(
            x=steps, y=left[int(b)] + (right[int(s)] - left[int(b)]) * bend, mode="lines",
            line={"color": BRICK if unusual else DOT, "width": width},
            hovertemplate=f"{names}: {money(amount)}<extra></extra>", opacity=0.85,
        )  # fmt: skip
    _nodes(figure, 0.0, left, shown.buyers, "right")
    _nodes(figure, 1.0, right, shown.suppliers, "left")
    figure.update_xaxes(visible=False, range=[-1.55, 2.55])
    figure.update_yaxes(visible=False, range=[-0.12, 1.16])
    return figure


def _heights(n: int) -> np.ndarray:
    return 1 - (np.arange(n) + 0.5) / n


def _nodes(
    figure: go.Figure, x: float, heights: np.ndarray, names: tuple[str, ...], side: str
) -> None:
    """Names beside the nodes, on the outer side, and what they are above them."""
    figure.add_scatter(
        x=[x] * len(names), y=heights, mode="markers", marker={"color": GREY, "size": 7},
        text=[clean(name) for name in names], hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip
    what = "compradores" if side == "right" else "fornecedores"
    labels = [f"<b>{what}</b>", *(in_lines(name, NODE_LENGTH, NODE_LINES) for name in names)]
    for height, label in zip([1.12, *heights.tolist()], labels, strict=True):
        figure.add_annotation(
            x=x, y=height, text=label, showarrow=False, xanchor=side, align=side,
            xshift=-8 if side == "right" else 8, font={"size": 11},
        )  # fmt: skip


def tenders(shown: Tenders) -> go.Figure:
    """Bids of each tender as their distance from the lowest, winner and estimate marked."""
    figure = figure_of(shown.title, 190 + 44 * len(shown.tenders))
    rows = [two_lines(f"licitação {one.name}") for one in shown.tenders]
    marks = (
        ("propostas", {"color": DOT, "size": 9}, lambda one: one.bids),
        ("vencedora", {"color": BRICK, "size": 13, "symbol": "diamond"}, lambda one: (one.winner,)),
        (
            "menor proposta",
            {"color": BRICK, "size": 12, "symbol": "diamond-open", "line": {"width": 2}},
            lambda one: one.bids[:1] if np.isnan(one.winner) else (),
        ),
        (
            "valor estimado",
            {"color": BLUE, "size": 16, "symbol": "line-ns-open", "line": {"width": 3}},
            lambda one: (one.estimate,),
        ),
    )
    for name, marker, values in marks:
        _marks(figure, shown, rows, name, marker, values)
    figure.update_layout(showlegend=True, legend=LEGEND, margin={"t": 108})
    figure.update_xaxes(title="acima da menor proposta", ticksuffix=" %", nticks=6)
    figure.update_yaxes(autorange="reversed", gridcolor=FAINT, type="category")
    return figure


def _marks(
    figure: go.Figure, shown: Tenders, rows: list[str], name: str, marker: dict[str, Any],
    values: Callable[[Tender], tuple[float, ...]],
) -> None:  # fmt: skip
    points = [
        (100 * (value / one.bids[0] - 1), row, money(value))
        for one, row in zip(shown.tenders, rows, strict=True)
        for value in values(one)
        if np.isfinite(value)
    ]
    if points:
        x, y, text = (list(part) for part in zip(*points, strict=True))
        figure.add_scatter(
            x=x, y=y, text=text, mode="markers", name=name, marker=marker,
            hovertemplate=f"%{{text}}, %{{x:.1f}} % acima da menor<extra>{name}</extra>",
        )  # fmt: skip


_DRAWN: dict[type, Callable[[Any], go.Figure]] = {
    Curve: curve,
    Piles: piles,
    Calendar: calendar,
    Digits: digits,
    Ties: ties,
    Tenders: tenders,
    Series: lambda shown: of_series.line(shown.line),
}
