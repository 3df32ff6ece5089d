"""What every figure shares: colours, font, clean texts, wrapped titles and axes of money.

Draws nothing by itself.
"""

from __future__ import annotations

import re
import textwrap

import numpy as np
import plotly.graph_objects as go

from cidadao_models.findings import overview

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

TITLE_DOWN = 24
"""Pixels from the top of a figure to its title: one of two lines grows upwards by half a line."""

MOST_TICKS = 4
"""Ticks of a money axis: more run into each other on a phone."""

_ENTITY = re.compile(r"&(?=[#\w])")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
_ANGLES = str.maketrans("<>", "‹›")


def clean(text: str, length: int = 60) -> str:
    """Text that plotly shows as it is: no tags, entities, control or direction characters."""
    plain = _ENTITY.sub("& ", _CONTROLS.sub(" ", text).translate(_ANGLES))
    return plain if len(plain) <= length else plain[: length - 1].rstrip() + "…"


def figure_of(title: str, height: int) -> go.Figure:
    figure = go.Figure()
    figure.update_layout(
        title={
            "text": wrapped(title),
            "font": {"size": 16},
            "x": 0,
            "xanchor": "left",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"t": TITLE_DOWN},
        },
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


def wrapped(text: str) -> str:
    return "<br>".join(textwrap.wrap(clean(text, 120), 42))


def two_lines(name: str) -> str:
    """A long name as a label of at most two lines."""
    return in_lines(name, 26, 2)


def in_lines(name: str, length: int, lines: int) -> str:
    """A long name as a label of at most so many lines of `length` characters."""
    return "<br>".join(textwrap.wrap(clean(name), length, max_lines=lines, placeholder="…"))


def money_axis(figure: go.Figure, values: np.ndarray, *, axis: str) -> None:
    """A log axis whose ticks are written as Brazilians write money."""
    low, high = float(np.log10(values.min())), float(np.log10(values.max()))
    ticks = ticks_between(low - AXIS_MARGIN, high + AXIS_MARGIN)
    settings = {
        "type": "log",
        "title": "valor (escala logarítmica)",
        "tickvals": ticks,
        "ticktext": [overview.short_money(value) for value in ticks],
        "range": [low - AXIS_MARGIN, high + AXIS_MARGIN],
    }
    figure.update_layout({f"{axis}axis": settings})


def ticks_between(low: float, high: float) -> list[float]:
    """Two to five round amounts between two powers of ten: 10 and 100, or 1, 2 and 5."""
    powers = np.arange(np.floor(low), np.ceil(high) + 1)
    for steps in ((1.0,), (1.0, 3.0), (1.0, 2.0, 5.0), (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)):
        ticks = [float(10.0**p * step) for p in powers for step in steps]
        inside = [tick for tick in ticks if 10.0**low <= tick <= 10.0**high]
        if len(inside) >= 3:
            break
    return inside[:: max(1, -(-len(inside) // MOST_TICKS))]
