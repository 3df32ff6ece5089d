"""Two series made comparable, and what their coherence says beyond the calendar.

The estimate itself is in `coherence`.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.errors import InputError
from cidadao_models.models.pattern_analysis._shape import adjusted
from cidadao_models.models.spectral_analysis import coherence, expected, lines, report
from cidadao_models.models.spectral_analysis.report import CoherenceReport
from cidadao_models.models.spectral_analysis.series import Series
from cidadao_models.models.spectral_analysis.structure import Structure, steadied

Floats = npt.NDArray[np.float64]

HELD = 2.0
"""Sds at which unexplained points are held before two series are compared."""

FEW_A_COLUMN = 8
"""Points that each column of a routine must have for the routine to be taken out."""

MOST_USED = 0.5
"""Most of a series that counts as used up."""

VERDICT = 0.5
"""Share of alpha, as false-discovery rate, at which two series are called coordinated."""

CALENDAR_MULTIPLES = 3
"""Multiples of the week and of the month at which coherence counts for no verdict."""


def common(a: Series, b: Series) -> tuple[Series, Series]:
    """Both series on the points that they share."""
    if (a.times is None) != (b.times is None):
        raise InputError(
            "Uma das séries tem datas e a outra não.",
            hint="Envie datas para as duas ou para nenhuma.",
            details={"field": "dates"},
        )
    if a.times is None or b.times is None:
        if a.n != b.n:
            raise InputError(
                f"As séries têm {a.n} e {b.n} pontos.",
                hint="Sem datas, as duas precisam ter o mesmo tamanho.",
                details={"field": "time_series"},
            )
        return a, b
    if (a.unit, a.step) != (b.unit, b.step):
        raise InputError(
            f"As séries têm intervalos diferentes: {a.step:g} {a.unit} e {b.step:g} {b.unit}.",
            hint="Some as duas na mesma unidade (dia, semana ou mês) antes de comparar.",
            details={"field": "dates"},
        )
    shared = a.times.intersection(b.times)
    return _restricted(a, shared), _restricted(b, shared)


def _restricted(one: Series, shared: pd.DatetimeIndex) -> Series:
    assert one.times is not None
    at = one.times.get_indexer(shared)
    return replace(one, values=one.values[at], times=shared)


def verdict(
    found: coherence.Coherence,
    answer: CoherenceReport,
    alpha: float,
    step: float,
    days: float | None,
) -> CoherenceReport:
    """The report; frequencies of the calendar itself, kept by every body, count for no verdict."""
    counted = ~_on_calendar(found.frequencies / step, days)
    q = np.ones(len(found.p_value))
    q[counted] = adjusted(found.p_value[counted])
    answer.status = report.OK
    answer.frequencies = found.frequencies / step
    answer.coherence = found.coherence
    answer.threshold = found.line(alpha)
    answer.segments = float(found.segments)
    answer.q_values = q
    lowest = float(found.p_value[counted].min()) if counted.any() else 1.0
    answer.p_value = min(1.0, lowest * int(counted.sum()))
    alpha = alpha * VERDICT
    answer.coordinated = bool((q <= alpha).any())
    strongest = np.argsort(-found.coherence, kind="stable")
    answer.periods = [float(step / found.frequencies[i]) for i in strongest if q[i] <= alpha]
    return answer


def _on_calendar(frequencies: Floats, days: float | None) -> npt.NDArray[np.bool_]:
    """Bins (turns a unit of time) that hold a multiple of the week or of the month."""
    answer = np.zeros(len(frequencies), dtype=bool)
    if days is None or len(frequencies) < 2:
        return answer
    half = 0.5 * float(frequencies[1] - frequencies[0])
    unit = days
    for cycle in ("semana", "mes"):
        base = unit / lines.CYCLE_DAYS[cycle]
        for number in range(1, CALENDAR_MULTIPLES + 1):
            answer |= np.abs(frequencies - number * base) <= half
    return answer


def unexplained(parts: Structure) -> Floats:
    """What levels, calendar, routines and memory of a series leave, in sds; NaN where idle.

    Points without movement are left out: bodies close on the same days. Each kind of day and each
    regime has its own spread, and points are held at `HELD` sds. What the days of the month, the
    weekdays of its weeks and the months have in common is taken out once more, as free columns: two
    bodies that pay on the same days are not coordinated. Cycles outside the calendar stay.
    """
    own = _own_cycles(parts)
    moving = np.isfinite(parts.noise) & (parts.work.values != 0)
    rest = np.where(moving, np.clip(parts.noise, -expected.CLIP, expected.CLIP), np.nan)
    rest = _without_routine(rest, parts.work) + own / parts.fit.spread
    phi = expected.autocorrelation(rest)
    steady = steadied(expected.innovations(rest, phi), parts.spreads)
    spread = expected.robust_sd(steady)
    return np.clip(steady / spread if spread > 0 else steady, -HELD, HELD)


def _own_cycles(parts: Structure) -> Floats:
    """The cycles of a series that are none of the calendar's."""
    n, days = parts.work.n, parts.unit_days
    if days is None:
        return parts.fit.cycles
    own = [f for f in parts.shape.cycles if not lines.calendar_cycle(f, n, days)[0]]
    if len(own) == len(parts.shape.cycles):
        return parts.fit.cycles
    return lines.fitted(parts.fit.cycles, own) if own else np.zeros(n)


def _without_routine(rest: Floats, work: Series) -> Floats:
    """Residuals less what days of the month, weekdays of its weeks and months share (ridge of one
    observation a column)."""
    if not columns(work):
        return rest
    groups = _routines(work)
    seen = np.isfinite(rest)
    if seen.sum() < FEW_A_COLUMN * columns(work):
        return rest
    X = np.hstack([np.eye(int(group.max()) + 1)[group] for group in groups])
    gram = X[seen].T @ X[seen] + np.eye(X.shape[1])
    known = rest[seen] - rest[seen].mean()
    return rest - X @ np.linalg.solve(gram, X[seen].T @ known)


def columns(work: Series) -> int:
    """Columns of the routines of a series; none without dates, or for months and years."""
    if work.times is None or work.unit not in ("dias", "semanas"):
        return 0
    return sum(int(group.max()) + 1 for group in _routines(work))


def used(parts: Structure) -> float:
    """Share of the points that the calendar and the routines of a series have used up."""
    return min(MOST_USED, (parts.fit.calendar_freedom + columns(parts.work)) / parts.work.n_seen)


def _routines(work: Series) -> list[npt.NDArray[np.int64]]:
    """Codes of the day of the month, of the weekday in its week of the month, of the ten days of
    the year's months; of weeks only the first and the last."""
    assert work.times is not None
    days = work.times.to_numpy().astype("datetime64[D]")
    of_month = (days - days.astype("datetime64[M]")).astype(np.int64)
    month = days.astype("datetime64[M]").astype(np.int64) % 12
    weekday = (days.astype(np.int64) + 3) % 7
    if work.unit == "semanas":
        return [of_month // 3, month]
    weekend = 5 * 5  # one code for all days off
    nth = np.where(weekday < 5, of_month // 7 * 5 + weekday, weekend)
    return [of_month, nth, 3 * month + np.minimum(of_month // 10, 2)]
