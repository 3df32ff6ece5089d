"""Figures of the findings: signals, places, time, and one record among its likes.

Draws the tables of `findings.overview`.
"""

from __future__ import annotations

import textwrap

import numpy as np
import plotly.graph_objects as go

from cidadao_models.charts._figure import (
    BLUE,
    BRICK,
    DOT,
    SAND_TO_BRICK,
    clean,
    figure_of,
    money_axis,
    two_lines,
)
from cidadao_models.findings import Report, overview
from cidadao_models.findings.words import money, number

FEW = 6
"""Counts up to here get one tick each."""

SIGNALS_TITLE = "Que sinais apareceram?"
PLACES_TITLE = "Onde e quando os achados se concentram?"
TIMELINE_TITLE = "Quando foram os gastos e os achados?"
FILE_TITLE = "Como este valor se compara aos outros do arquivo?"


def signals(report: Report) -> go.Figure:
    """Findings by signal, one bar each, most frequent on top."""
    counts = overview.signal_counts(report)
    names = ["<br>".join(textwrap.wrap(clean(count.title), 26)) for count in counts]
    figure = figure_of(SIGNALS_TITLE, 110 + 38 * max(1, len(counts)))
    figure.add_bar(
        x=[count.count for count in counts],
        y=names,
        orientation="h",
        marker_color=BRICK,
        text=[number(count.count) for count in counts],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y}: %{x} achados<extra></extra>",
    )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    few = max((count.count for count in counts), default=1) <= FEW
    figure.update_xaxes(title="achados", rangemode="tozero", nticks=5, tickformat=",d")
    figure.update_xaxes(dtick=1 if few else None)
    return figure


def places(report: Report) -> go.Figure | None:
    """Findings by buyer and month; None when there are not two places or months to compare."""
    table = overview.concentration(report)
    if table is None:
        return None
    names = [two_lines(name) for name in table.buyers]
    figure = figure_of(PLACES_TITLE, 130 + 44 * len(names))
    figure.add_heatmap(
        z=table.counts.tolist(),
        x=list(table.periods),
        y=names,
        colorscale=SAND_TO_BRICK,
        zmin=0,
        showscale=False,
        xgap=2,
        ygap=2,
        hovertemplate="%{y}, %{x}: %{z} achados<extra></extra>",
    )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    axis = "ano" if table.by_year else "mês"
    figure.update_xaxes(title=axis, showgrid=False, type="category", nticks=4)
    return figure


def timeline(report: Report) -> go.Figure | None:
    """Amounts by date on a log axis, the findings marked; None without dated amounts."""
    line = overview.timeline(report)
    if line is None:
        return None
    figure = figure_of(TIMELINE_TITLE, 360)
    figure.add_scatter(
        x=line.dates, y=line.values, mode="markers", name="outros registros",
        marker={"color": DOT, "size": 5}, text=[money(value) for value in line.values],
        hovertemplate="%{x|%d/%m/%Y}: %{text}<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=line.found_dates, y=line.found_values, mode="markers", name="achados",
        marker={"color": BRICK, "size": 9, "symbol": "diamond"},
        text=[
            f"registro {overview.record_number(row)}: {money(value)}"
            for row, value in zip(line.found_rows.tolist(), line.found_values, strict=True)
        ],
        hovertemplate="%{x|%d/%m/%Y}, %{text}<extra></extra>",
    )  # fmt: skip
    legend = {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"}
    figure.update_layout(showlegend=True, legend=legend, margin={"t": 108})
    figure.update_xaxes(title="data", tickformat="%m/%Y", nticks=6)
    money_axis(figure, np.concatenate([line.values, line.found_values]), axis="y")
    return figure


def among_peers(report: Report, row: int, name: str) -> go.Figure | None:
    """The record's amount among similar ones, or among the whole file when none are similar.

    `name` is how the mark is called. None when the record has no amount to compare.
    """
    peers = overview.peers_of(report, row)
    if peers is not None:
        return _strip(peers.others, peers.value, peers.median, overview.peers_title(peers), name)
    others, value = overview.file_amounts(report, row)
    if value is None or len(others) < 2:
        return None
    return _strip(others, value, float(np.median(others)), FILE_TITLE, name)


def _strip(others: np.ndarray, value: float, median: float, title: str, name: str) -> go.Figure:
    shown = np.sort(others[others > 0])
    if len(shown) > overview.MAX_POINTS - 1:
        keep = np.linspace(0, len(shown) - 1, overview.MAX_POINTS - 1).astype(int)
        shown = shown[keep]
    figure = figure_of(title, 330)
    spread = np.random.default_rng(0).uniform(-0.28, 0.28, len(shown))
    figure.add_scatter(
        x=shown, y=spread, mode="markers", marker={"color": DOT, "size": 8},
        text=[money(amount) for amount in shown],
        hovertemplate="contrato parecido: %{text}<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=[value], y=[0], mode="markers",
        marker={"color": BRICK, "size": 16, "symbol": "diamond"},
        hovertemplate=f"{clean(name)}: {money(value)}<extra></extra>",
    )  # fmt: skip
    above = value >= np.sqrt(shown[0] * shown[-1])
    label = f"<b>{clean(name, 28)}</b><br>{money(value)}"
    _label(figure, value, label, 0.7, left=bool(above))
    figure.add_vline(x=median, line={"color": BLUE, "dash": "dash", "width": 2})
    _label(figure, median, f"mediana<br>{money(median)}", -0.7, left=bool(median > value))
    figure.update_yaxes(visible=False, range=[-1, 1])
    money_axis(figure, np.append(shown, value), axis="x")
    return figure


def _label(figure: go.Figure, value: float, text: str, y: float, *, left: bool) -> None:
    """Text beside `value`, on its left or right side, so that no mark runs through it."""
    figure.add_annotation(
        x=float(np.log10(value)),
        y=y,
        text=text,
        showarrow=False,
        align="right" if left else "left",
        xanchor="right" if left else "left",
        xshift=-8 if left else 8,
    )
