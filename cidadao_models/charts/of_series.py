"""Plotly figures of a series: its band, its spectrum, its calendar, cycles along time, coherence.

Draws the tables of `models.series_views`; knows nothing of the page and computes no statistic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from cidadao_models.charts._figure import (
    BLUE,
    BRICK,
    GREY,
    SAND_TO_BRICK,
    clean,
    figure_of,
    ticks_between,
)
from cidadao_models.findings import overview
from cidadao_models.findings.words import money, number

if TYPE_CHECKING:
    from cidadao_models.models.series_views import Grid, Line, Mark, Spectrogram, Spectrum
    from cidadao_models.models.spectral_analysis.report import CoherenceReport

BAND = "rgba(74,138,166,0.20)"
THIN = "rgba(138,133,124,0.85)"

LINE_TITLE = "O que foge do esperado, e quando?"
SPECTRUM_TITLE = "Que ciclos se repetem?"
SPECTROGRAM_TITLE = "Os ciclos duram a série toda?"
COHERENCE_TITLE = "As duas séries andam juntas?"
CALENDAR_TITLES = {
    "mês e ano": "Que meses pesam mais em cada ano?",
    "dia da semana e mês": "Que dias da semana pesam mais?",
}

HEAVY_TAIL = 25.0
"""Largest over median from which a positive series is drawn on a log axis."""

MOSTLY = 0.5
"""Least share of amounts above zero for a log axis: weekends alone are two in seven."""

HEADROOM = 0.55
"""Part of the axis left free above the series for the labels of its changes."""

LEAST_DISTANCE = 0.045
"""Distance below which two labels of changes would run into each other, of the width."""

LEAST_TICK_DISTANCE = 0.19
"""Distance of two named lengths below which they would touch on a phone, of the axis."""

KEY_ROOM = 92
"""Pixels above a chart whose title is followed by a key to its marks."""

LOG_TITLES = {
    False: "valor (escala logarítmica)",
    True: "valor (escala log., sem os zeros)",
}

PERCENTS = (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 100_000)
"""Rises above the level that an axis may name, in %."""

TICKS: dict[str, tuple[tuple[float, str], ...]] = {
    "dias": ((2, "2 dias"), (7, "7 dias"), (14, "14 dias"), (30.44, "1 mês"), (91.3, "3 meses"),
             (182.6, "6 meses"), (365.2, "1 ano"), (730.5, "2 anos"), (1826, "5 anos"),
             (3652, "10 anos")),
    "semanas": ((2, "2 semanas"), (4.35, "1 mês"), (13.04, "3 meses"), (26.1, "6 meses"),
                (52.18, "1 ano"), (104.4, "2 anos"), (261, "5 anos"), (522, "10 anos")),
    "meses": ((2, "2 meses"), (3, "3 meses"), (6, "6 meses"), (12, "1 ano"), (24, "2 anos"),
              (60, "5 anos"), (120, "10 anos"), (240, "20 anos")),
    "anos": ((2, "2 anos"), (5, "5 anos"), (10, "10 anos"), (20, "20 anos"), (50, "50 anos"),
             (100, "100 anos")),
    "amostras": ((2, "2"), (5, "5"), (10, "10"), (20, "20"), (50, "50"), (100, "100"),
                 (200, "200"), (500, "500"), (1000, "1.000"), (5000, "5.000"), (20000, "20.000")),
}  # fmt: skip
"""Lengths of a cycle that a reader knows, by unit of the series."""

KEPT_FIRST = ("7 dias", "1 mês", "1 ano", "6 meses", "3 meses", "2 anos", "5 anos", "2 dias")
"""Ticks kept first where all do not fit."""


def line(shown: Line) -> go.Figure:
    """The series, the band expected of it, and its dated findings."""
    figure = figure_of(LINE_TITLE, 380)
    log = _is_heavy(shown)
    where = "%{x|%d/%m/%Y}" if _dated(shown) else "ponto %{x}"
    _band(figure, shown, log=log)
    there = shown.values > 0 if log else np.ones(len(shown.values), bool)
    there |= np.isnan(shown.values)
    figure.add_scatter(
        x=shown.at[there], y=_plain(shown.values[there]), mode="lines",
        line={"color": THIN, "width": 1.4}, connectgaps=False,
        text=[_amount(value, shown.money) for value in shown.values[there]],
        hovertemplate=f"{where}: %{{text}}<extra></extra>",
    )  # fmt: skip
    _spikes(figure, shown, where, log=log)
    _value_axis(figure, shown, log=log, zeros=not there.all())
    _changes(figure, shown)
    marks = [(BLUE, "▬", "faixa esperada")] if len(shown.band_at) else []
    marks += [(BRICK, "◆", "fora do esperado")] if shown.spikes else []
    marks += [(BRICK, "┊", "mudança")] if shown.changes else []
    _key(figure, marks)
    figure.update_xaxes(**_place_axis(dated=_dated(shown)))
    return figure


def _key(figure: go.Figure, marks: list[tuple[str, str, str]]) -> None:
    """What the marks mean, under the title: a legend beside the axis leaves a phone no room."""
    text = " \u2002".join(
        f"<span style='color:{colour}'><b>{mark}</b></span>\u00a0{name}"
        for colour, mark, name in marks
    )
    figure.update_layout(
        title={"subtitle": {"text": text, "font": {"size": 13}}}, margin={"t": KEY_ROOM}
    )


def _place_axis(*, dated: bool) -> dict[str, object]:
    if dated:
        return {"title": "data", "tickformat": "%m/%Y", "nticks": 4, "tickangle": 0}
    return {"title": "ponto da série", "tickformat": ",d", "nticks": 4, "tickangle": 0}


def _spikes(figure: go.Figure, shown: Line, where: str, *, log: bool) -> None:
    if not shown.spikes:
        return
    floor = _floor(shown) if log else -np.inf
    figure.add_scatter(
        x=[mark.at for mark in shown.spikes],
        y=[max(mark.value or 0.0, floor) for mark in shown.spikes],
        mode="markers",
        marker={"color": BRICK, "size": 10, "symbol": "diamond"},
        text=[f"{_amount(mark.value, shown.money)}; {mark.text}" for mark in shown.spikes],
        hovertemplate=f"{where}: %{{text}}<extra></extra>",
    )  # fmt: skip


def _band(figure: go.Figure, shown: Line, *, log: bool) -> None:
    """The band, and the middle of it; nothing where nothing is expected."""
    if not len(shown.band_at):
        return
    low, high, middle = shown.lower, shown.upper, shown.expected
    if log:
        low, high, middle = (np.maximum(one, _floor(shown)) for one in (low, high, middle))
    figure.add_scatter(x=shown.band_at, y=high, mode="lines", line={"width": 0}, hoverinfo="skip")
    figure.add_scatter(
        x=shown.band_at, y=low, mode="lines", line={"width": 0}, fill="tonexty", fillcolor=BAND,
        hoverinfo="skip",
    )  # fmt: skip
    figure.add_scatter(
        x=shown.band_at, y=middle, mode="lines", line={"color": BLUE, "width": 1.6},
        hoverinfo="skip",
    )  # fmt: skip


def _is_heavy(shown: Line) -> bool:
    """Whether amounts are drawn on a log axis: none negative, few zero, some far above the rest."""
    seen = shown.values[np.isfinite(shown.values)]
    positive = seen[seen > 0]
    if not len(positive) or seen.min() < 0 or len(positive) < MOSTLY * len(seen):
        return False
    return bool(positive.max() > HEAVY_TAIL * np.median(positive))


def _floor(shown: Line) -> float:
    """Where zero is drawn on a log axis: below the smallest amount."""
    positive = shown.values[np.isfinite(shown.values) & (shown.values > 0)]
    return float(max(positive.min() / 2, np.median(positive) / 1e4))


def _changes(figure: go.Figure, shown: Line) -> None:
    """A labelled line for each change; a label too near to another one is left to the table."""
    numbers = shown.at.astype("datetime64[D]").astype(float) if _dated(shown) else shown.at
    span = float(numbers[-1] - numbers[0]) or 1.0
    last = -np.inf
    for mark in shown.changes:
        figure.add_vline(x=_x(mark), line={"color": BRICK, "dash": "dot", "width": 1.6})
        place = (_number(mark) - float(numbers[0])) / span
        if place - last < LEAST_DISTANCE:
            continue
        last = place
        figure.add_annotation(
            x=_x(mark), y=1, yref="paper", text=clean(mark.text), textangle=-90, showarrow=False,
            xanchor="right" if place > 0.05 else "left", yanchor="top", font={"size": 12},
        )  # fmt: skip


def _dated(shown: Line) -> bool:
    return not np.issubdtype(shown.at.dtype, np.floating)


def _x(mark: Mark) -> str | float:
    return str(mark.at) if isinstance(mark.at, np.datetime64) else float(mark.at)


def _number(mark: Mark) -> float:
    if isinstance(mark.at, np.datetime64):
        return float(mark.at.astype("datetime64[D]").astype(float))
    return float(mark.at)


def _value_axis(figure: go.Figure, shown: Line, *, log: bool, zeros: bool) -> None:
    """Amounts as Brazilians write them, with room above for the labels of changes."""
    seen = shown.values[np.isfinite(shown.values)]
    if not len(seen):
        return
    if log:
        low, high = np.log10(_floor(shown)), np.log10(seen.max())
    else:
        band = np.quantile(shown.upper, 0.9) if len(shown.upper) else 0.0
        low, high = min(float(seen.min()), 0.0), max(float(seen.max()), float(band))
    reach = float(high - low) or abs(float(high)) or 1.0
    room = HEADROOM if shown.changes else 0.08
    ticks = ticks_between(low, high) if log else _round_ticks(low, high)
    figure.update_yaxes(
        type="log" if log else "linear",
        title=LOG_TITLES[zeros] if log else "valor",
        range=[float(low) - 0.04 * reach, float(low) + reach * (1 + room)],
        tickvals=ticks,
        ticktext=[_short(tick, shown.money) for tick in ticks],
    )


def _round_ticks(low: float, high: float) -> list[float]:
    """At most six round numbers between two others."""
    reach = high - low
    if not reach > 0:
        return [low]
    power = 10.0 ** np.floor(np.log10(reach / 4))
    step = next(power * m for m in (1, 2, 2.5, 5, 10) if reach / (power * m) <= 5)
    first = np.ceil(low / step - 1e-9)
    ticks: list[float] = (np.arange(first, np.floor(high / step + 1e-9) + 1) * step).tolist()
    return ticks


def _short(value: float, is_money: bool) -> str:
    if abs(value) < 1e-12:
        return "0"
    text = overview.short_money(abs(value)) if is_money or abs(value) >= 1_000 else _few(value)
    text = text if is_money else text.removeprefix("R$ ")
    return f"-{text}" if value < 0 else text


def _few(value: float) -> str:
    return f"{abs(value):.3g}".replace(".", ",")


def _amount(value: float | None, is_money: bool) -> str:
    if value is None or not np.isfinite(value):
        return "sem valor"
    return money(value) if is_money else number(round(value, 4))


def _plain(values: np.ndarray) -> list[float | None]:
    return [float(value) if np.isfinite(value) else None for value in values]


# -- cycles ------------------------------------------------------------------------------------


def spectrum(shown: Spectrum) -> go.Figure:
    """Size of the cycles by length, the reach of chance, and the significant ones by name."""
    figure = figure_of(SPECTRUM_TITLE, 360)
    x = np.log10(shown.period)
    where = [_length(period, shown.unit) for period in shown.period]
    figure.add_scatter(
        x=x, y=shown.amplitude, mode="lines",
        line={"color": THIN, "width": 1.4}, text=where,
        hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=x, y=shown.threshold, mode="lines", hoverinfo="skip",
        line={"color": BLUE, "dash": "dash", "width": 1.8},
    )  # fmt: skip
    top = float(max(shown.amplitude.max(), shown.threshold.max(), 1e-300))
    _echoes(figure, shown)
    _named(figure, shown)
    ticks = _percents(top) if shown.relative else _round_ticks(0.0, top)
    written = [_percent(tick) if shown.relative else _short(tick, shown.money) for tick in ticks]
    figure.update_yaxes(
        title="oscilação em torno do nível", range=[0, 1.35 * top], tickvals=ticks,
        ticktext=written,
    )  # fmt: skip
    _length_axis(figure, float(x.min()), float(x.max()), shown.unit)
    kinds = {kind for *_, kind in shown.named}
    marks = [(BLUE, "╌", "até aqui, acaso")]
    marks += [(BLUE, "◆", "do calendário")] if "esperado" in kinds else []
    other = "ciclo" if shown.unit == "amostras" else "fora do calendário"
    marks += [(BRICK, "◆", other)] if "atipico" in kinds else []
    _key(figure, marks)
    return figure


def _percent(amplitude: float) -> str:
    """How far above the level a cycle of logarithms goes: `+65 %`."""
    rise = 100 * float(np.expm1(amplitude))
    return f"+{number(round(rise, 1), 1 if rise < 1 else 0)} %" if amplitude else "0"


def _percents(top: float) -> list[float]:
    """Amplitudes of round rises, far enough from each other; zero first."""
    ticks: list[float] = []
    for rise in reversed(PERCENTS):
        place = float(np.log1p(rise / 100))
        if place <= top and (not ticks or ticks[-1] - place >= LEAST_TICK_DISTANCE * top):
            ticks.append(place)
    return [0.0, *(tick for tick in reversed(ticks) if tick >= LEAST_TICK_DISTANCE * top)]


def _named(figure: go.Figure, shown: Spectrum) -> None:
    for kind, colour in (("esperado", BLUE), ("atipico", BRICK)):
        lines = [one for one in shown.named if one[3] == kind]
        if not lines:
            continue
        figure.add_scatter(
            x=[np.log10(period) for period, *_ in lines],
            y=[height for _, height, *_ in lines],
            mode="markers", marker={"color": colour, "size": 10, "symbol": "diamond"},
                text=[clean(label) for *_, label, _ in lines],
            hovertemplate="%{text}<extra></extra>",
        )  # fmt: skip
    for period, height, label, _ in shown.named:
        figure.add_annotation(
            x=float(np.log10(period)), y=float(height), text=clean(label), showarrow=False,
            yshift=16, font={"size": 12}, xanchor=_side(shown, period),
        )  # fmt: skip


def _echoes(figure: go.Figure, shown: Spectrum) -> None:
    """Hollow marks on the harmonics of the named cycles."""
    for kind, colour in (("esperado", BLUE), ("atipico", BRICK)):
        found = [one for one in shown.echoes if one[2] == kind]
        figure.add_scatter(
            x=[np.log10(period) for period, *_ in found], y=[height for _, height, _ in found],
            mode="markers", hoverinfo="skip",
            marker={"color": colour, "size": 8, "symbol": "circle-open", "line": {"width": 1.6}},
        )  # fmt: skip


def _side(shown: Spectrum, period: float) -> str:
    """Side of a label: inwards at both ends of the axis."""
    low, high = np.log10(shown.period.min()), np.log10(shown.period.max())
    place = (np.log10(period) - low) / ((high - low) or 1.0)
    return "left" if place < 0.15 else "right" if place > 0.85 else "center"


def _length_axis(figure: go.Figure, low: float, high: float, unit: str, axis: str = "x") -> None:
    """An axis of logarithms of lengths, with the lengths that a reader knows."""
    rank = {text: i for i, text in enumerate(KEPT_FIRST)}
    inside: list[tuple[float, str]] = []
    for value, text in sorted(TICKS[unit], key=lambda one: rank.get(one[1], len(rank))):
        place = float(np.log10(value))
        near = any(abs(place - other) < LEAST_TICK_DISTANCE * (high - low) for other, _ in inside)
        if low - 0.02 <= place <= high + 0.02 and not near:
            inside.append((place, text))
    inside.sort()
    title = "duração do ciclo (em pontos)" if unit == "amostras" else "duração do ciclo"
    settings = {
        "title": title,
        "tickvals": [place for place, _ in inside],
        "ticktext": [text for _, text in inside],
        "range": [low - 0.04, high + 0.04],
        "tickangle": 0,
    }
    figure.update_layout({f"{axis}axis": settings})


def _length(period: float, unit: str) -> str:
    names = {"dias": "dias", "semanas": "semanas", "meses": "meses", "anos": "anos"}
    return f"{number(round(float(period), 1), 1)} {names.get(unit, 'pontos')}"


def spectrogram(shown: Spectrogram) -> go.Figure:
    """Size of the cycles along time."""
    figure = figure_of(SPECTROGRAM_TITLE, 340)
    y = np.log10(shown.periods)
    figure.add_heatmap(
        z=shown.power, x=shown.at, y=y, colorscale=SAND_TO_BRICK, showscale=False,
        zmin=float(np.median(shown.power)),
        zmax=float(np.quantile(shown.power, 0.995)) or 1.0, hoverinfo="skip",
    )  # fmt: skip
    _length_axis(figure, float(y.min()), float(y.max()), shown.unit, "y")
    dated = not np.issubdtype(shown.at.dtype, np.floating)
    figure.update_xaxes(showgrid=False, **_place_axis(dated=dated))
    figure.update_yaxes(showgrid=False)
    return figure


def calendar(shown: Grid) -> go.Figure:
    """Amounts laid out as a calendar."""
    figure = figure_of(CALENDAR_TITLES[shown.by], 130 + 26 * len(shown.rows))
    seen = shown.shade[np.isfinite(shown.shade)]
    top = float(np.quantile(np.maximum(seen, 0), 0.98)) if len(seen) else 1.0
    figure.add_heatmap(
        z=[_plain(row) for row in shown.shade],
        x=list(shown.columns), y=list(shown.rows), colorscale=SAND_TO_BRICK, showscale=False,
        zmin=0, zmax=top or 1.0, xgap=1, ygap=1,
        text=[[_amount(value, shown.money) for value in row] for row in shown.values],
        hovertemplate="%{y}, %{x}: %{text}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(title="mês", type="category", showgrid=False, nticks=4, tickangle=0)
    figure.update_yaxes(autorange="reversed", type="category", showgrid=False)
    figure.update_yaxes(dtick=max(1, len(shown.rows) // 14))
    return figure


def coherence(found: CoherenceReport) -> go.Figure | None:
    """How closely two series move together, by length of cycle; None where it can't be told."""
    if found.threshold is None or not len(found.frequencies):
        return None
    figure = figure_of(COHERENCE_TITLE, 330)
    order = np.argsort(1 / found.frequencies)
    x = np.log10(1 / found.frequencies)[order]
    figure.add_scatter(
        x=x, y=found.coherence[order], mode="lines+markers",
        line={"color": THIN, "width": 1.6}, marker={"size": 5, "color": GREY},
        text=[_length(10**value, found.unit) for value in x],
        hovertemplate="%{text}: %{y:.2f}<extra></extra>",
    )  # fmt: skip
    figure.add_hline(y=found.threshold, line={"color": BLUE, "dash": "dash", "width": 1.8})
    figure.add_annotation(
        x=0, xref="paper", y=found.threshold, text="o acaso raramente passa daqui",
        showarrow=False, xanchor="left", yanchor="bottom", font={"size": 12},
    )  # fmt: skip
    figure.update_yaxes(title="de 0 (nada) a 1 (tudo)", range=[0, 1.02])
    _length_axis(figure, float(x.min()), float(x.max()), found.unit)
    return figure
