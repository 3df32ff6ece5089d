"""Weekly, monthly and yearly cycles of a dated series, each tested at its own place.

Cycles that no calendar holds are looked for in `lines`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from cidadao_models.models.spectral_analysis import background, lines, periodogram
from cidadao_models.models.spectral_analysis.lines import (
    CYCLE_DAYS,
    HARMONICS,
    LEAST_BINS,
    LEAST_CYCLES,
    LONG,
    NEAR,
    Family,
    Line,
    cycle_score,
    detrended,
)

Floats = npt.NDArray[np.float64]

OWN = 0.85
"""Share of the level that goes to the calendar's cycles themselves; the rest to their harmonics."""

PLACE_BINS = 1.5
"""Independent frequencies within `NEAR` of one place."""

FISCAL = {3: "quadrimestre", 6: "bimestre"}
"""Parts of the year in which fiscal reports are due (Lei Complementar 101/2000, 52 and 54)."""


def calendar_families(
    values: Floats, rest: Floats | None, alpha: float, unit_days: float
) -> list[Family]:
    """Weekly, monthly and yearly cycles of a dated series, against the noise beside them.

    `values`: the series without levels and trend but with its calendar. The noise is that of
    `rest`, what the calendar left, or, where the calendar has few frequencies, of `values` between
    them. Each harmonic is tested at its own place only, so few tests are made.
    """
    power = periodogram.spectrum(detrended(values), lowest=LEAST_CYCLES / len(values))
    if len(power.frequency) < LEAST_BINS:
        return []
    places = _calendar_places(power.frequency, len(values), unit_days)
    if not places:
        return []
    bars = {
        (cycle, number): _bar(alpha, number, places)
        for cycle, each in places.items()
        for number in each
    }
    exact = {(cycle, number): number * unit_days / CYCLE_DAYS[cycle] for cycle, number in bars}
    chosen = (
        _placed_heights(values, rest, power, places, bars)
        if len(values) >= LONG
        else _placed_gains(values, power, places, bars, exact)
    )
    return [
        _calendar_family(cycle, [each[number] for number in sorted(each)], sorted(each))
        for cycle, each in chosen.items()
        if each
    ]


def _bar(alpha: float, number: int, places: Places) -> float:
    if number == 1:
        return OWN * alpha / len(places)
    return (1 - OWN) * alpha / max(1, sum(len(each) - (1 in each) for each in places.values()))


Places = dict[str, dict[int, npt.NDArray[np.int64]]]
Bars = dict[tuple[str, int], float]
Chosen = dict[str, dict[int, Line]]


def _placed_heights(
    values: Floats, rest: Floats | None, power: periodogram.Power, places: Places, bars: Bars
) -> Chosen:
    """Harmonics whose height over the background is rare at their own place."""
    n = len(values)
    null = background.null_for(n, len(power.frequency))
    if rest is None:
        lines_at = np.zeros(len(power.frequency), dtype=bool)
        lines_at[np.concatenate([w for each in places.values() for w in each.values()])] = True
        noise = background.red_noise(power, without=lines_at)
    else:
        left = periodogram.spectrum(detrended(rest), lowest=LEAST_CYCLES / n)
        noise = background.red_noise(left)
    ratio = power.power / noise.level
    chosen: Chosen = {}
    for cycle, number, window in _each(places):
        at = int(window[np.argmax(ratio[window])])
        line = Line(periodogram.peak(power, at), float(ratio[at]), placed_p(ratio[at], null))
        if line.p_value <= bars[cycle, number]:
            chosen.setdefault(cycle, {})[number] = line
    return chosen


def _placed_gains(
    values: Floats, power: periodogram.Power, places: Places, bars: Bars, exact: Bars
) -> Chosen:
    """Harmonics added one after another while the likelihood they add is rare.

    Each is tested at the frequency that the calendar gives it, which no search has made to fit; the
    length reported is that of the peak beside it.
    """
    left = detrended(values, straight=True)
    seen = np.isfinite(left).astype(np.float64)
    peak = {
        (cycle, number): periodogram.peak(power, int(window[np.argmax(power.power[window])]))
        for cycle, number, window in _each(places)
    }
    waiting = {key: exact[key] for key in peak}
    chosen: Chosen = {}
    taken: list[float] = []
    while waiting:
        plain = cycle_score(left, seen, taken).score
        gains = {
            key: cycle_score(left, seen, (*taken, f)).score - plain for key, f in waiting.items()
        }
        n = int(seen.sum()) - 2 * len(taken)
        p = {
            key: background.placed_gain_p(gain * n / seen.sum(), n, straight=True)
            for key, gain in gains.items()
        }
        key = min(p, key=lambda one: p[one] / bars[one])
        if n < LEAST_BINS or p[key] > bars[key]:
            return chosen
        taken.append(waiting.pop(key))
        chosen.setdefault(key[0], {})[key[1]] = Line(peak[key], float(gains[key]), p[key])
    return chosen


def _each(places: Places) -> Iterator[tuple[str, int, npt.NDArray[np.int64]]]:
    for cycle, each in places.items():
        for number, window in each.items():
            yield cycle, number, window


def placed_p(ratio: float, null: background.Null) -> float:
    """Chance of a ratio at one given place, within `NEAR` of it.

    An exponential tail with the background's own error, which the null's scale holds, for the two
    half-independent bins that such a place has.
    """
    return float(min(1.0, PLACE_BINS * np.exp(-ratio / null.scale)))


def _calendar_places(
    frequency: Floats, n: int, unit_days: float
) -> dict[str, dict[int, npt.NDArray[np.int64]]]:
    """Bins within `NEAR` of each harmonic of each cycle; a shared bin belongs to the first."""
    taken = np.zeros(len(frequency), dtype=bool)
    places: dict[str, dict[int, npt.NDArray[np.int64]]] = {}
    for cycle, days in CYCLE_DAYS.items():
        base = unit_days / days
        if cycle != "ano" and unit_days > days / 2:
            continue
        for number in range(1, HARMONICS[cycle] + 1):
            near = np.abs(frequency - number * base) <= NEAR / n
            window = np.flatnonzero(near & ~taken)
            if len(window) and number * base <= 0.5 + 1e-9:
                places.setdefault(cycle, {})[number] = window
                taken[window] = True
    return places


def _calendar_family(cycle: str, found: list[Line], numbers: list[int]) -> Family:
    common = int(np.gcd.reduce(numbers))
    if cycle != "ano" or common not in FISCAL:
        common = 1
    numbers = [number // common for number in numbers]
    return Family(lines.refined(found, numbers), tuple(found), tuple(numbers), cycle, common)
