"""Plotly figures for the page: each answers the question in its title.

Draws the tables of `findings.overview`; knows nothing of the page. Text from the file is cleaned,
because plotly reads a subset of HTML in titles, labels and hover boxes.
"""

from __future__ import annotations

import re
import textwrap

import numpy as np
import plotly.graph_objects as go

from cidadao_models.findings import Report, overview
from cidadao_models.findings.words import money, number

GREY = "#7d7870"
"""Text and axes: about 4:1 on paper and on dark alike, the most that one grey can give; the page
recolours it for its mode."""

FAINT = "rgba(138,133,124,0.28)"
DOT = "rgba(138,133,124,0.55)"
BRICK = "#b8593f"
BLUE = "#4a8aa6"
SAND_TO_BRICK = [[0.0, "rgba(184,89,63,0.06)"], [0.01, "#dcb48a"], [1.0, "#8f3b2a"]]

FONT = "'IBM Plex Sans', system-ui, sans-serif"

AXIS_MARGIN = 0.25
"""Room at both ends of a log axis, in powers of ten."""

MOST_TICKS = 4
"""Ticks of a money axis: more run into each other on a phone."""

FEW = 6
"""Counts up to here get one tick each."""

SIGNALS_TITLE = "Que sinais apareceram?"
PLACES_TITLE = "Onde e quando os achados se concentram?"
TIMELINE_TITLE = "Quando foram os gastos e os achados?"
FILE_TITLE = "Como este valor se compara aos outros do arquivo?"

_ENTITY = re.compile(r"&(?=[#\w])")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
_ANGLES = str.maketrans("<>", "‹›")


def clean(text: str, length: int = 60) -> str:
    """Text that plotly shows as it is: no tags, entities, control or direction characters."""
    plain = _ENTITY.sub("& ", _CONTROLS.sub(" ", text).translate(_ANGLES))
    return plain if len(plain) <= length else plain[: length - 1].rstrip() + "…"


def _figure(title: str, height: int) -> go.Figure:
    figure = go.Figure()
    figure.update_layout(
        title={"text": _wrapped(title), "x": 0, "xanchor": "left", "font": {"size": 16}},
        height=height,
        margin={"l": 8, "r": 16, "t": 64, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": FONT, "color": GREY, "size": 13},
        separators=",.",
        showlegend=False,
        dragmode=False,
        hoverlabel={"font": {"family": FONT}},
    )
    figure.update_xaxes(gridcolor=FAINT, zeroline=False, automargin=True, fixedrange=True)
    figure.update_yaxes(gridcolor=FAINT, zeroline=False, automargin=True, fixedrange=True)
    return figure


def _wrapped(text: str) -> str:
    return "<br>".join(textwrap.wrap(clean(text, 120), 42))


def signals(report: Report) -> go.Figure:
    """Findings by signal, one bar each, most frequent on top."""
    counts = overview.signal_counts(report)
    names = ["<br>".join(textwrap.wrap(clean(count.title), 26)) for count in counts]
    figure = _figure(SIGNALS_TITLE, 110 + 38 * max(1, len(counts)))
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
    names = [_two_lines(name) for name in table.buyers]
    figure = _figure(PLACES_TITLE, 130 + 44 * len(names))
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


def _two_lines(name: str) -> str:
    """A long name as a label of at most two lines."""
    return "<br>".join(textwrap.wrap(clean(name), 26, max_lines=2, placeholder="…"))


def timeline(report: Report) -> go.Figure | None:
    """Amounts by date on a log axis, the findings marked; None without dated amounts."""
    line = overview.timeline(report)
    if line is None:
        return None
    figure = _figure(TIMELINE_TITLE, 360)
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
    _money_axis(figure, np.concatenate([line.values, line.found_values]), axis="y")
    return figure


def _money_axis(figure: go.Figure, values: np.ndarray, *, axis: str) -> None:
    """A log axis whose ticks are written as Brazilians write money."""
    low, high = float(np.log10(values.min())), float(np.log10(values.max()))
    ticks = _ticks(low - AXIS_MARGIN, high + AXIS_MARGIN)
    settings = {
        "type": "log",
        "title": "valor (escala logarítmica)",
        "tickvals": ticks,
        "ticktext": [overview.short_money(value) for value in ticks],
        "range": [low - AXIS_MARGIN, high + AXIS_MARGIN],
    }
    figure.update_layout({f"{axis}axis": settings})


def _ticks(low: float, high: float) -> list[float]:
    """Two to five round amounts between two powers of ten: 10 and 100, or 1, 2 and 5."""
    powers = np.arange(np.floor(low), np.ceil(high) + 1)
    for steps in ((1.0,), (1.0, 3.0), (1.0, 2.0, 5.0), (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)):
        ticks = [float(10.0**p * step) for p in powers for step in steps]
        inside = [tick for tick in ticks if 10.0**low <= tick <= 10.0**high]
        if len(inside) >= 3:
            break
    return inside[:: max(1, -(-len(inside) // MOST_TICKS))]


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
    figure = _figure(title, 330)
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
    _money_axis(figure, np.append(shown, value), axis="x")
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
