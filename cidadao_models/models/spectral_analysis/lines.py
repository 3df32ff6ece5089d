"""Lines of a spectrum: found one after another, harmonics merged, told from the calendar's.

Needs a series whose levels and trend were taken out; slow movement is a trend, not a cycle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cidadao_models.models.spectral_analysis import background, periodogram
from cidadao_models.models.spectral_analysis.calendar import MONTH_DAYS, WEEK_DAYS, YEAR_DAYS

Floats = npt.NDArray[np.float64]

LEAST_CYCLES = 2.5
"""Turns of a cycle inside the series below which it can't be told from a trend."""

TREND_DEGREE = 4
LEAST_FOR_CURVES = 48
"""Degree of the trend taken out before a spectrum (a polynomial of degree 4 turns three times,
less than `LEAST_CYCLES` do), and points from which it may bend at all."""

MOST_LINES = 12
"""Most lines taken out of one series."""

NEAR = 0.5
"""Half-width of a calendar line in units of 1/n: its frequency is estimated better than that."""

BUMP = 0.12
BUMP_BINS = 4.0
"""Lines this close, relative and in units of 1/n, are one cycle whose length wavers."""

MOST_DIVISORS = 6
BY_CHANCE = 0.1
"""How far below the lowest line an absent fundamental is looked for, and the chance at most that a
line unrelated to it falls on one of its multiples."""

MOST_HARMONICS = 15
DENSE = 0.5
"""Highest multiple that can belong to a cycle, and the least share of those up to it found."""

LEAST_LINES = 3
"""Fewest lines that speak for a fundamental which is not among them."""

HARMONICS = {"semana": 3, "mes": 15, "ano": 12}
"""Harmonics of the calendar's cycles that count as explained by it (2 and 4 months, the fiscal
reports of Lei Complementar 101/2000, are the 6th and 3rd of the year)."""

FISCAL = {3: "quadrimestre", 6: "bimestre"}
"""Parts of the year in which fiscal reports are due (Lei Complementar 101/2000, 52 and 54)."""

CYCLE_DAYS = {"semana": WEEK_DAYS, "mes": MONTH_DAYS, "ano": YEAR_DAYS}


@dataclass(frozen=True, slots=True)
class Line:
    """One peak above the noise: cycles a sample, its ratio to the background, local chance."""

    frequency: float
    ratio: float
    p_value: float


@dataclass(frozen=True, slots=True)
class Search:
    """Lines found in one series, the noise they stood above, and all local chances of the rest."""

    lines: tuple[Line, ...]
    phi: float
    background: periodogram.Power
    null: background.Null
    others: Floats


def search(values: Floats, alpha: float, *, most: int = MOST_LINES) -> Search:
    """The lines of `values` (NaN missing), strongest first; at level `alpha` for the family.

    Each line is taken out by least squares before the next is looked for, so that its leakage is
    not found again; the background is fitted anew each time.
    """
    rest = detrended(values)
    found: list[Line] = []
    while True:
        power = periodogram.spectrum(rest, lowest=LEAST_CYCLES / len(rest))
        if len(power.frequency) < 4:
            noise = background.Background(np.ones(len(power.frequency)), 0.0)
            null = background.null_for(len(rest), max(1, len(power.frequency)))
            return Search(tuple(found), 0.0, periodogram.Power(power.frequency, noise.level), null,
                          np.ones(len(power.frequency)))  # fmt: skip
        noise = background.red_noise(power)
        null = background.null_for(len(rest), len(power.frequency))
        ratio = power.power / noise.level
        at = int(np.argmax(ratio))
        p = float(null.local_p(ratio[at]))
        if len(found) >= most or float(null.family_p(ratio[at])) > alpha:
            floor = periodogram.Power(power.frequency, noise.level)
            return Search(tuple(found), noise.phi, floor, null, null.local_p(ratio))
        frequency = periodogram.peak(periodogram.Power(power.frequency, ratio), at)
        found.append(Line(frequency, float(ratio[at]), p))
        rest = without(rest, [line.frequency for line in found[-1:]])


def detrended(values: Floats) -> Floats:
    """Values less a polynomial slower than the slowest cycle looked for; NaN stays.

    Legendre polynomials up to `TREND_DEGREE`, a straight line in short series.
    """
    seen = np.isfinite(values)
    degree = TREND_DEGREE if seen.sum() >= LEAST_FOR_CURVES else 1
    at = np.linspace(-1.0, 1.0, len(values))
    X = np.polynomial.legendre.legvander(at, degree)
    gram = X[seen].T @ X[seen]
    gram[np.diag_indices_from(gram)] += 1e-9 * len(values)
    return values - X @ np.linalg.solve(gram, X[seen].T @ values[seen])


def without(values: Floats, frequencies: Sequence[float]) -> Floats:
    """Values less the least-squares sinusoids of these frequencies."""
    return values - fitted(values, frequencies)


def fitted(values: Floats, frequencies: Sequence[float]) -> Floats:
    """Least-squares sinusoids of these frequencies with a mean of their own; the mean is left."""
    seen = np.isfinite(values)
    turn = 2 * np.pi * np.arange(len(values))[:, None] * np.asarray(frequencies)[None, :]
    waves = np.hstack([np.cos(turn), np.sin(turn)])
    waves -= waves[seen].mean(axis=0)
    X, y = waves[seen], values[seen] - values[seen].mean()
    gram = X.T @ X
    gram[np.diag_indices_from(gram)] += 1e-9 * len(y)
    return waves @ np.linalg.solve(gram, X.T @ y)


@dataclass(frozen=True, slots=True)
class Family:
    """A cycle with its harmonics: `frequency` of the fundamental, cycles a sample.

    `cycle` is the calendar's it belongs to, of which it is the `multiple`-th part.
    """

    frequency: float
    lines: tuple[Line, ...]
    harmonics: tuple[int, ...]
    cycle: str = ""
    multiple: int = 1

    @property
    def p_value(self) -> float:
        """Chance of its clearest line."""
        return min(line.p_value for line in self.lines)


def calendar_cycle(frequency: float, n: int, unit_days: float | None) -> tuple[str, int]:
    """(cycle, harmonic) of the calendar a frequency falls on; ("", 0) for none.

    `unit_days` is how many days a sample takes, None without dates. Cycles whose length in days
    varies (months) also spread into lines one or two turns a year beside their harmonics.
    """
    if unit_days is None:
        return "", 0
    near = NEAR / n
    for cycle, days in CYCLE_DAYS.items():
        base = unit_days / days
        harmonic = round(frequency / base)
        if not 1 <= harmonic <= HARMONICS[cycle] or (cycle != "ano" and unit_days > days / 2):
            continue
        beside = unit_days / YEAR_DAYS
        shifts = (0.0,) if cycle == "ano" or beside < 2 * near else (0.0, -2.0, -1.0, 1.0, 2.0)
        if any(abs(frequency - harmonic * base - s * beside) <= near for s in shifts):
            return cycle, int(harmonic)
    return "", 0


def families(lines: Sequence[Line], n: int) -> list[Family]:
    """Lines merged: those that waver about one length, then the multiples of a lower one.

    Where two or more lines are multiples of one absent frequency, that is the cycle (2.4, 3 and 4
    months are harmonics of 12). Strongest family first.
    """
    left = _merged_bumps(sorted(lines, key=lambda line: (-line.ratio, line.frequency)), n)
    found: list[Family] = []
    while left:
        base = _root(left, n)
        mine = [(line, _harmonic(line.frequency, base, n)) for line in left]
        taken = sorted(((h, line) for line, h in mine if h), key=lambda pair: pair[0])
        numbers, members = tuple(h for h, _ in taken), tuple(line for _, line in taken)
        found.append(Family(refined(members, numbers), members, numbers))
        left = [line for line, h in mine if not h]
    return sorted(found, key=lambda family: family.p_value)


def _root(left: Sequence[Line], n: int) -> float:
    """Fundamental that makes sense of most lines at least half of whose multiples are there.

    A line's own frequency, or an absent divisor of one that `LEAST_LINES` speak for; among equals
    the highest. At worst the strongest line alone.
    """
    best, most = left[0].frequency, 1
    for line in sorted(left, key=lambda line: -line.frequency):
        for divisor in range(1, MOST_DIVISORS + 1):
            base = line.frequency / divisor
            if divisor > 1 and (base * n < LEAST_CYCLES or 1 / (n * base) > BY_CHANCE):
                break
            numbers = [h for one in left if (h := _harmonic(one.frequency, base, n))]
            dense = len(set(numbers)) >= DENSE * max(numbers)
            if dense and len(numbers) > most and (1 in numbers or len(numbers) >= LEAST_LINES):
                best, most = base, len(numbers)
    return best


def _merged_bumps(lines: list[Line], n: int) -> list[Line]:
    kept: list[Line] = []
    for line in lines:
        for strong in kept:
            gap = abs(line.frequency - strong.frequency)
            if gap <= 1.5 / n or (gap <= BUMP * strong.frequency and gap <= BUMP_BINS / n):
                break
        else:
            kept.append(line)
    return kept


def _harmonic(frequency: float, base: float, n: int) -> int:
    """Which multiple of `base` the frequency is, 0 for none; errors grow with the multiple."""
    multiple = round(frequency / base)
    near = min(NEAR * (1 + 0.2 * (multiple - 1)) / n, 0.15 * base) if multiple > 1 else NEAR / n
    return int(multiple) if 1 <= multiple <= MOST_HARMONICS and abs(frequency - multiple * base) <= near else 0


def refined(lines: Sequence[Line], numbers: Sequence[int]) -> float:
    """The fundamental as its lines tell it: a harmonic h times higher tells it h times better."""
    weight = np.array([line.ratio * h**2 for line, h in zip(lines, numbers, strict=True)])
    each = np.array([line.frequency / h for line, h in zip(lines, numbers, strict=True)])
    return float(weight @ each / weight.sum())


def calendar_families(
    values: Floats, noise: Floats, null: background.Null, alpha: float, unit_days: float
) -> list[Family]:
    """Weekly, monthly and yearly cycles of a dated series, against the noise left without them.

    `values`: the series without levels and trend but with its calendar; `noise`: background of
    what the calendar left. Each harmonic is tested at its own place only, so few tests are made.
    """
    power = periodogram.spectrum(detrended(values), lowest=LEAST_CYCLES / len(values))
    if len(power.frequency) < 4 or len(power.frequency) != len(noise):
        return []
    ratio = power.power / noise
    places = _calendar_places(power.frequency, len(values), unit_days)
    bar = alpha / max(1, sum(len(each) for each in places.values()))
    found = []
    for cycle, harmonics in places.items():
        lines, numbers = [], []
        for number, window in harmonics.items():
            at = int(window[np.argmax(ratio[window])])
            line = Line(periodogram.peak(power, at), float(ratio[at]),
                        float(null.local_p(ratio[at])))  # fmt: skip
            if line.p_value * len(window) <= bar:
                lines.append(line)
                numbers.append(number)
        if lines:
            found.append(_calendar_family(cycle, lines, numbers, unit_days))
    return found


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


def _calendar_family(
    cycle: str, lines: list[Line], numbers: list[int], unit_days: float
) -> Family:
    common = int(np.gcd.reduce(numbers))
    if cycle != "ano" or common not in FISCAL:
        common = 1
    numbers = [number // common for number in numbers]
    return Family(refined(lines, numbers), tuple(lines), tuple(numbers), cycle, common)
