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
from cidadao_models.models.spectral_analysis.structure import Structure

Floats = npt.NDArray[np.float64]

HELD = 2.5
"""Sds at which unexplained days are held before two series are compared."""

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
    """What levels, calendar and memory of a series leave, in sds; cycles of its own stay.

    Held at `HELD` sds: days that no calendar model gets quite right are the same for every body.
    """
    rest = (parts.fit.rest + parts.fit.cycles) / parts.fit.spread
    return np.clip(expected.innovations(rest, parts.fit.phi), -HELD, HELD)
