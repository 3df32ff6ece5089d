"""SpectralAnalyzer: what in a spending series is calendar, what is not, what cannot be told.

Turns a series into a report; the statistics are in the modules beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from cidadao_models.errors import InputError
from cidadao_models.flags import _year_end
from cidadao_models.models.pattern_analysis._shape import adjusted
from cidadao_models.models.spectral_analysis import (
    background,
    calendar,
    calendar_lines,
    changes,
    coherence,
    lines,
    pairs,
    periodogram,
    report,
    structure,
)
from cidadao_models.models.spectral_analysis.report import (
    Change,
    CoherenceReport,
    December,
    Period,
    SpectralReport,
    Spike,
)
from cidadao_models.models.spectral_analysis.series import Series, series
from cidadao_models.models.spectral_analysis.structure import SHARES, Structure

Floats = npt.NDArray[np.float64]

GOOD_POWER = 0.8
"""Chance of finding a cycle from which a silent answer means something (Cohen 1988)."""

TAPER_LOSS = 0.87
"""Share of a line's power that the taper keeps: `sum(w)**2 / (n * sum(w**2))` at 20 %."""

TAKEN = 4
"""Points that mean, trend and the cycle itself use up of what tells of a cycle at its own place."""

LEAST_EFFECT = 1.25
"""Least ratio of the weekly pattern after a change to that before it worth telling."""

LEAST_STRENGTH = 0.005
"""Least share of the variance of a cycle worth telling when the calendar does not hold it."""

LEAST_TURNS = 3.0
"""Turns of a cycle outside the calendar within the stretch that has movement: a third of it that
is higher than the rest is a trend, or a change."""

DECEMBER_SHARE = 0.06
"""Share of alpha of the test of the last December."""


@dataclass(frozen=True, slots=True)
class SpectralAnalyzer:
    """Finds cycles, changes and spikes that calendar and chance don't explain; stateless.

    `alpha` is the chance that a series with nothing in it shows any finding. `calendar="BR"` takes
    the Brazilian calendar into account for dated series; None takes none.
    """

    alpha: float = 0.05
    calendar: str | None = "BR"

    def __post_init__(self) -> None:
        if not 0 < self.alpha < 0.5:
            raise InputError(
                f"alpha={self.alpha} não é uma chance de alarme falso utilizável.",
                hint="Use um número entre 0 e 0,5, como 0,05.",
                details={"field": "alpha"},
            )
        if self.calendar not in ("BR", None):
            raise InputError(
                f"O calendário {self.calendar!r} não existe.",
                hint='Use "BR", ou None para não usar nenhum.',
                details={"field": "calendar"},
            )

    def analyze(
        self, series: Any, *, dates: Any = None, sampling_rate: float = 1.0
    ) -> SpectralReport:
        """Report on one series.

        `series`: numbers (or their Brazilian text; None or empty for missing), a pandas Series
        with a DatetimeIndex, `{"date", "value"}` points, or a `Series` of `from_records`. `dates`
        gives one date a value. `sampling_rate` (samples a unit of time) is for series without
        dates only. Raises InputError for what is no list of finite numbers.
        """
        given = _series(series, dates)
        rate = _rate(sampling_rate)
        answer = _blank(given)
        if _nothing_to_say(given, answer):
            return answer
        parts = structure.take_apart(
            given, alpha=self.alpha, with_calendar=self.calendar is not None
        )
        answer.notes += parts.notes
        _add_cycles(answer, parts, self.alpha)
        _add_changes(answer, parts)
        _add_spikes(answer, parts, self.alpha)
        _add_spectrum(answer, parts, self.alpha)
        _add_expected(answer, parts)
        answer.december = _december(given, self.alpha) if self.calendar else None
        _judge(answer, parts, self.alpha)
        if rate != 1.0 and given.times is None:
            _rescale(answer, rate)
        return answer

    def coherence(
        self, a: Any, b: Any, *, dates_a: Any = None, dates_b: Any = None
    ) -> CoherenceReport:
        """Whether two series move together beyond calendar, levels and their own memory.

        Series without dates must have the same length; dated ones are compared on the dates that
        both cover, and need the same unit.
        """
        first, second = pairs.common(_series(a, dates_a), _series(b, dates_b))
        answer = _untold(first)
        least = coherence.shortest()
        if min(first.n_seen, second.n_seen) < least:
            answer.reason = (
                f"As séries têm {min(first.n_seen, second.n_seen)} pontos em comum; são precisos"
                f" pelo menos {least} para {coherence.LEAST_SEGMENTS} trechos: com menos, quaisquer"
                " séries pareceriam andar juntas."
            )
            return answer
        for one in (first, second):
            if _constant(one):
                answer.reason = "Uma das séries não varia."
                return answer
        parts = [
            structure.take_apart(one, alpha=self.alpha, with_calendar=self.calendar is not None)
            for one in (first, second)
        ]
        shared = np.intersect1d(parts[0].kept, parts[1].kept)
        if len(shared) < least:
            answer.reason = f"As séries têm só {len(shared)} pontos em comum com movimento."
            return answer
        rest = [pairs.unexplained(one)[np.isin(one.kept, shared)] for one in parts]
        both = np.isfinite(rest[0]) & np.isfinite(rest[1])
        if int(both.sum()) < least:
            answer.reason = f"As séries têm só {int(both.sum())} pontos em comum com movimento."
            return answer
        rest = [np.where(both, one, np.nan) for one in rest]
        used = max(pairs.used(one) for one in parts)
        step = max(one.work.step for one in parts)
        days = structure.unit_days(first)
        return pairs.verdict(coherence.welch(*rest, used=used), answer, self.alpha, step, days)


def _untold(first: Series) -> CoherenceReport:
    """The answer where too little is shared: coherence is missing at every frequency."""
    size = coherence.LEAST_SEGMENT
    frequencies = np.arange(1, size // 2) / (size * first.step)
    missing = np.full(len(frequencies), np.nan)
    return CoherenceReport(
        report.INCONCLUSIVE, frequencies=frequencies, coherence=missing, q_values=missing.copy(),
        unit=first.unit, n=first.n,
    )  # fmt: skip


def _series(data: Any, dates: Any) -> Series:
    given = series(data, dates=dates)
    if given.n and not given.n_seen:
        raise InputError(
            "Todos os valores da série estão faltando.",
            hint="Envie ao menos 8 valores.",
            details={"field": "time_series"},
        )
    return given


def _rate(sampling_rate: Any) -> float:
    try:
        rate = float(sampling_rate)
    except (TypeError, ValueError):
        rate = float("nan")
    if isinstance(sampling_rate, bool) or not (np.isfinite(rate) and 0 < rate < 1e9):
        raise InputError(
            "sampling_rate não é um número positivo.",
            hint="Use 1 para uma amostra por unidade de tempo.",
            details={"field": "sampling_rate"},
        )
    return rate


def _blank(given: Series) -> SpectralReport:
    return SpectralReport(
        report.OK,
        unit=given.unit,
        step=given.step,
        n=given.n,
        n_missing=given.n - given.n_seen,
        times=given.times,
        values=given.values,
        notes=list(given.notes),
        name=given.name,
    )


def _constant(given: Series) -> bool:
    seen = given.values[np.isfinite(given.values)]
    return bool(seen.min() == seen.max())


def _nothing_to_say(given: Series, answer: SpectralReport) -> bool:
    """Whether the series is too short or constant; writes the answer's reason."""
    if given.n_seen < structure.LEAST_POINTS:
        points = "1 ponto" if given.n_seen == 1 else f"{given.n_seen} pontos"
        answer.reason = (
            f"A série tem {points}; são precisos pelo menos {structure.LEAST_POINTS} para qualquer"
            f" afirmação e {structure.LEAST_FOR_CYCLES[given.unit]} para falar de ciclos."
        )
    elif _constant(given):
        answer.reason = "Todos os valores são iguais: não há variação a explicar."
    else:
        return False
    answer.status = report.INCONCLUSIVE
    return True


# -- cycles ------------------------------------------------------------------------------------


def _add_cycles(answer: SpectralReport, parts: Structure, alpha: float) -> None:
    """Cycles of the calendar and others, each with its share of the variance."""
    if parts.search is None:
        return
    moving = structure.moving_part(parts)
    q = _q_values(parts)
    found: list[tuple[Period, str]] = []
    for family in parts.families:
        cycle, _ = lines.calendar_cycle(family.frequency, parts.work.n, parts.unit_days)
        strength = structure.share(moving, family)
        one = _period(family, cycle, answer, parts.work.step, q[family.p_value], strength)
        if strength >= LEAST_STRENGTH and (cycle or LEAST_TURNS * one.period <= _lively(parts)):
            found.append((one, cycle))
    full = _whole_grid(parts, moving)
    tests = max(1, sum(len(family.lines) for family in parts.calendar_families))
    for family in parts.calendar_families:
        name = _fiscal(family)
        found = [(one, cycle) for one, cycle in found if cycle not in (family.cycle, name)]
        rate = min(1.0, family.p_value * tests)
        one = _period(family, name, answer, answer.step, rate, structure.share(full, family))
        found.append((one, name))
    found.sort(key=lambda pair: (-pair[0].strength, pair[0].period))
    answer.periods = [one for one, _ in found]
    answer.cycles = [cycle for _, cycle in found]


def _lively(parts: Structure) -> float:
    """Length, in units of time, from the first to the last point that has movement."""
    moving = np.flatnonzero(np.isfinite(parts.work.values) & (parts.work.values != 0))
    return float(moving[-1] - moving[0] + 1) * parts.work.step


def _fiscal(family: lines.Family) -> str:
    """Name of the cycle of a calendar family: 2 and 4 months are those of the fiscal reports."""
    return calendar_lines.FISCAL.get(family.multiple, family.cycle)


def _period(
    family: lines.Family,
    cycle: str,
    answer: SpectralReport,
    step: float,
    q_value: float,
    strength: float,
) -> Period:
    kind = report.EXPECTED if cycle else report.UNEXPECTED
    return Period(
        float(step / family.frequency), answer.unit, float(family.p_value), float(q_value),
        strength, tuple(int(h) for h in family.harmonics), kind,
    )  # fmt: skip


def _q_values(parts: Structure) -> dict[float, float]:
    """False-discovery rate of each family's chance among all frequencies (Benjamini, Hochberg)."""
    assert parts.search is not None
    mine = [family.p_value for family in parts.families]
    all_p = np.concatenate([mine, parts.search.others])
    return dict(zip(mine, adjusted(all_p)[: len(mine)].tolist(), strict=True))


def _whole_grid(parts: Structure, moving: Floats) -> Floats:
    """The moving part with idle weekends, far below the level, back in their places."""
    if len(parts.kept) == parts.series.n:
        return moving
    full = np.full(parts.series.n, np.nan)
    full[parts.kept] = moving
    idle = np.isfinite(parts.series.values) & np.isnan(full)
    full[idle] = -np.nanmedian(parts.fit.level)
    return full


# -- changes and spikes ------------------------------------------------------------------------


def _add_changes(answer: SpectralReport, parts: Structure) -> None:
    label = parts.work.label
    level = []
    for step in parts.steps:
        ratio = _level_ratio(parts, step)
        effect = _level_sds(parts, step) if ratio is None else ratio
        level.append(Change(label(step.index), "level", effect, step.p_value))
        if ratio is None:
            answer.differences.add(label(step.index))
    places = tuple(step.index for step in parts.spreads)
    spread = [
        Change(
            label(step.index),
            "variance",
            changes.spread_ratio(parts.noise_innovation, step.index, places),
            step.p_value,
        )
        for step in parts.spreads
    ]
    season = [
        Change(label(step.index), "seasonality", effect, step.p_value)
        for step in parts.profiles
        if not 1 / LEAST_EFFECT < (effect := _profile_effect(parts, step)) < LEAST_EFFECT
    ]
    answer.changes = sorted(level + spread + season, key=lambda one: (one.date_or_index, one.kind))


def _level_ratio(parts: Structure, step: changes.Step) -> float | None:
    """New level over old one; None around zero, where there is no ratio."""
    before, after = parts.fit.level[step.index - 1], parts.fit.level[step.index]
    old, new = parts.scale.back(np.array([before, after]))
    return float(new / old) if old > 0 and new >= 0 else None


def _level_sds(parts: Structure, step: changes.Step) -> float:
    """New level less the old one on the working scale, in sds of the noise."""
    before, after = parts.fit.level[step.index - 1], parts.fit.level[step.index]
    return float((after - before) / parts.fit.spread)


def _profile_effect(parts: Structure, step: changes.Step) -> float:
    """Size of the weekly pattern after a change over its size before it."""
    before = parts.fit.weekly[max(0, step.index - 14) : step.index]
    after = parts.fit.weekly[step.index : step.index + 14]
    size = float(np.std(before))
    return float(np.std(after)) / size if size > 0 else float("inf")


def _add_spikes(answer: SpectralReport, parts: Structure, alpha: float) -> None:
    wanted = parts.scale.back(parts.fit.fitted)
    answer.spikes = [
        Spike(
            parts.work.label(int(i)),
            float(parts.work.values[i]),
            float(wanted[i]),
            float(parts.spike_chance[i]),
        )
        for i in np.flatnonzero(parts.spike_chance <= alpha * SHARES["spikes"])
    ]


def _december(given: Series, alpha: float) -> December | None:
    """The last December against the entity's own past ones; None without three whole years."""
    months = structure.months_of(given)
    if months is None:
        return None
    number = months.index.to_numpy().astype("datetime64[M]").astype(np.int64)
    first, last = -(-int(number[0]) // 12), (int(number[-1]) + 1) // 12
    if last - first < _year_end.MIN_YEARS or len(number) != number[-1] - number[0] + 1:
        return None
    start = 12 * first - int(number[0])
    table = np.maximum(months.to_numpy()[start : start + 12 * (last - first)], 0.0)
    rush = _year_end.december(table.reshape(-1, 12), 1970 + last - 1)
    if rush is None:
        return None
    rare = rush.p_value <= alpha * DECEMBER_SHARE
    far = rush.share >= _year_end.MIN_RUSH * rush.past_share
    kind = report.UNEXPECTED if rare and far else report.EXPECTED
    return December(rush.year, rush.share, rush.past_share, rush.n_past, rush.p_value, kind)


# -- spectrum, band, verdict -------------------------------------------------------------------


def _add_spectrum(answer: SpectralReport, parts: Structure, alpha: float) -> None:
    """Amplitudes of the series as given, and the curve that its noise stays below."""
    values = parts.series.values
    middle = structure.band(parts)[0]
    whole = np.where(np.isfinite(values), values, middle)
    frequency, amplitude = periodogram.amplitudes(whole)
    answer.frequencies, answer.amplitudes = frequency / parts.series.step, amplitude
    power = periodogram.spectrum(lines.detrended(whole), lowest=0.0)
    if len(power.frequency) < 4:
        answer.threshold = np.full(len(frequency), amplitude.max() if len(amplitude) else 0.0)
        return
    noise = background.red_noise(power)
    null = background.null_for(len(whole), len(power.frequency))
    share = structure.cycle_share(parts.series)
    ratio = null.ratio(alpha * share / len(power.frequency))
    level = np.interp(frequency, power.frequency, noise.level)
    answer.threshold = 2.0 * np.sqrt(ratio * level / len(whole))


def _add_expected(answer: SpectralReport, parts: Structure) -> None:
    middle, low, high = structure.band(parts)
    answer.expected = {"expected": middle, "lower": low, "upper": high}
    answer.decomposition = {
        "series": parts.x,
        "level": parts.fit.level,
        "calendar": parts.fit.calendar,
        "cycles": parts.fit.cycles,
        "rest": parts.fit.rest,
    }
    phi = parts.fit.phi
    n_eff = parts.work.n_seen * (1 - phi) / (1 + phi) if phi > 0 else parts.work.n_seen
    answer.null_model = {
        "name": "ar1",
        "phi": float(phi),
        "n_eff": float(max(1.0, n_eff)),
        "method": "AR(1) por desvios absolutos do log-periodograma; máximos simulados",
        "scale": "logarítmica" if parts.scale.logarithmic else "linear",
    }


def power_of(n: int, alpha: float, *, placed: bool = False) -> float:
    """Chance that a cycle as large as one sd of white noise is found in `n` points.

    Cosine of amplitude 1 sd in noise of sd 1: a noncentral chi-square with two degrees of freedom.
    `placed`: the year in a dated series, which is looked for at its own place.
    """
    if n < structure.LEAST_POINTS:
        return 0.0
    if n >= lines.LONG:
        bar = background.null_for(n, 1).ratio(alpha * SHARES["undated"])
        return float(stats.ncx2.sf(2 * bar, 2, TAPER_LOSS * n / 2))
    if placed:
        level = alpha * SHARES["calendar"] * calendar_lines.OWN
        bar = background.placed_gain(level, n, straight=True)
    else:
        bar = background.gain_null_for(n, 1).ratio(alpha * SHARES["undated"])
    left = n - TAKEN if placed else n
    return float(stats.ncx2.sf(bar, 2, left * np.log1p(0.5)))


def length_needed(alpha: float, *, placed: bool = False) -> int:
    """Fewest points at which `power_of` reaches `GOOD_POWER`."""
    n = structure.LEAST_POINTS
    while power_of(n, alpha, placed=placed) < GOOD_POWER:
        n += 1
    return n


def _judge(answer: SpectralReport, parts: Structure, alpha: float) -> None:
    """Status, and what the length of the series leaves open."""
    unit = answer.unit if answer.unit != "dias" else "dias"
    n = parts.work.n_seen
    least = structure.LEAST_FOR_CYCLES[parts.work.unit]
    reasons = []
    if n < least:
        reasons.append(
            f"Com {n} {_points(unit)} não se pode falar de ciclos; são precisos pelo menos {least}."
        )
    else:
        placed = answer.unit == "meses"
        power = power_of(n, alpha, placed=placed)
        if power < GOOD_POWER:
            needed = max(least, length_needed(alpha, placed=placed))
            reasons.append(
                f"Com {n} {_points(unit)} o poder é limitado: um ciclo tão grande quanto o desvio"
                f" do ruído só seria visto em {100 * power:.0f} % dos casos; são precisos"
                f" {needed} {_points(unit)} para vê-lo em {100 * GOOD_POWER:.0f} %."
            )
    years = _years(parts)
    if years is not None and years < lines.LEAST_CYCLES and answer.unit != "anos":
        reasons.append(
            "A série cobre menos de três anos: nada se pode dizer sobre o ciclo anual; são"
            f" precisos {_three_years(answer)}."
        )
    answer.reason = " ".join(reasons)
    found = answer.periods or answer.changes or answer.spikes
    if reasons and not found:
        answer.status = report.INCONCLUSIVE


def _points(unit: str) -> str:
    return report.UNIT_NAMES[unit][1]


def _years(parts: Structure) -> float | None:
    days = structure.unit_days(parts.series)
    return None if days is None else parts.series.n * days / calendar.YEAR_DAYS


def _three_years(answer: SpectralReport) -> str:
    days = calendar.UNIT_DAYS[answer.unit]
    return f"{round(3 * calendar.YEAR_DAYS / days)} {_points(answer.unit)}"


def _rescale(answer: SpectralReport, rate: float) -> None:
    """Frequencies and periods in units of 1 / sampling_rate."""
    answer.frequencies = answer.frequencies * rate
    answer.periods = [one._replace(period=one.period / rate) for one in answer.periods]
    answer.notes.append(
        f"Períodos e frequências na unidade de tempo de sampling_rate={rate:g}, não em amostras."
    )
