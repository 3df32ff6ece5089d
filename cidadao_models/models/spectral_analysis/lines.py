"""Lines of a spectrum: found one after another, harmonics merged, told from the calendar's.

Needs a series whose levels and trend were taken out; slow movement is a trend, not a cycle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cidadao_models.models.spectral_analysis import background, periodogram, steps
from cidadao_models.models.spectral_analysis.calendar import MONTH_DAYS, WEEK_DAYS, YEAR_DAYS

Floats = npt.NDArray[np.float64]

LEAST_CYCLES = 2.5
"""Turns of a cycle inside the series below which it can't be told from a trend."""

MANY_CYCLES = 4.9
"""The same in long series for cycles that no calendar explains: the slow part of most spectra
rises in ways that first-order noise does not."""

TREND_DEGREE = 4
LEAST_FOR_CURVES = 48
"""Degree of the trend taken out before a spectrum (a polynomial of degree 4 turns three times,
less than `LEAST_CYCLES` do), and points from which it may bend at all."""

LEAST_BINS = 6
"""Fewest frequencies of a spectrum in which lines are looked for."""

USUAL = (12.0, 7.0)
"""Periods, in samples, that a list of numbers without dates is most likely to have."""

LONG = 200
"""Points from which lines are judged by their height over a background: its fit has few enough
errors, and the noise may be of other kinds than first-order."""

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

CYCLE_DAYS = {"semana": WEEK_DAYS, "mes": MONTH_DAYS, "ano": YEAR_DAYS}


@dataclass(frozen=True, slots=True)
class Line:
    """One peak above the noise: cycles a sample, its height or gain, local chance."""

    frequency: float
    ratio: float
    p_value: float


@dataclass(frozen=True, slots=True)
class Search:
    """Lines found in one series, and the local chances of every frequency that is left."""

    lines: tuple[Line, ...]
    others: Floats


def search(values: Floats, alpha: float, *, freedom: float = 0.0, usual: float = 0.0) -> Search:
    """The lines of `values` (NaN missing), strongest first; at level `alpha` for the family.

    Each line is taken out by least squares before the next is looked for, so that its leakage is
    not found again, and the noise is fitted anew each time. Series of fewer than `LONG` points are
    judged by the likelihood that a cycle adds to red noise, longer ones by the height over the
    background. `freedom` is what a calendar taken out before has used up; `usual` is the level
    at which `USUAL` periods are tested by themselves in short series.
    """
    rest = detrended(values)
    found: list[Line] = []
    n = len(values)
    while True:
        power = periodogram.spectrum(rest, lowest=least_cycles(n) / n)
        if len(power.frequency) < LEAST_BINS:
            return Search((), np.ones(len(power.frequency)))
        noise = background.red_noise(power)
        judge = _by_height if n >= LONG else _by_gain
        strongest, null, others = judge(rest, power, noise, freedom)
        line: Line | None = strongest
        if float(null.family_p(strongest.ratio)) > alpha:
            short = usual > 0 and n < LONG
            line = _usual_line(rest, power, usual / len(USUAL), found) if short else None
        if line is None or len(found) >= MOST_LINES:
            return Search(tuple(found), others)
        found.append(line)
        rest = without(rest, [line.frequency])


def _usual_line(
    rest: Floats, power: periodogram.Power, alpha: float, found: Sequence[Line]
) -> Line | None:
    """The clearest of the usual periods, if rare at its own place and not found before."""
    seen = np.isfinite(rest).astype(np.float64)
    plain = cycle_score(rest, seen, ()).score
    best: Line | None = None
    for period in USUAL:
        at = int(np.argmin(np.abs(power.frequency - 1 / period)))
        near = abs(power.frequency[at] - 1 / period) <= NEAR / len(rest)
        known = any(abs(line.frequency - 1 / period) <= 1.5 / len(rest) for line in found)
        if near and not known:
            gain = cycle_score(rest, seen, (1 / period,)).score - plain
            p = background.placed_gain_p(gain, int(seen.sum()))
            if p <= alpha and (best is None or p < best.p_value):
                best = Line(periodogram.peak(power, at), gain, p)
    return best


Judged = tuple[Line, background.Null, Floats]


def _by_height(
    rest: Floats, power: periodogram.Power, noise: background.Background, freedom: float
) -> Judged:
    """The highest line over the background; chances of all frequencies.

    A maximum at the lowest frequency is the foot of a slower movement, no line.
    """
    ratio = power.power / noise.level
    null = background.null_for(len(rest), len(ratio))
    rising = np.concatenate([[False], ratio[1:] >= ratio[:-1]])
    at = int(np.argmax(np.where(rising, ratio, 0.0)))
    frequency = periodogram.peak(periodogram.Power(power.frequency, ratio), at)
    line = Line(frequency, float(ratio[at]), float(null.local_p(ratio[at])))
    return line, null, null.local_p(ratio)


def _by_gain(
    rest: Floats, power: periodogram.Power, noise: background.Background, freedom: float
) -> Judged:
    """The line that adds most to the likelihood of red noise; chances of the peaks compared."""
    n = len(rest)
    seen = np.isfinite(rest).astype(np.float64)
    share = max(0.1, 1 - freedom / n)
    null = background.gain_null_for(n, len(power.frequency))
    plain = cycle_score(rest, seen, ())
    peaks = _peaks(power, plain.phi)
    frequencies = [periodogram.peak(power, int(at)) for at in peaks]
    gains = [share * (cycle_score(rest, seen, (f,)).score - plain.score) for f in frequencies]
    best = int(np.argmax(gains))
    others = np.ones(len(power.frequency))
    others[peaks] = null.local_p(np.asarray(gains))
    line = Line(frequencies[best], float(gains[best]), float(null.local_p(gains[best])))
    return line, null, others


def cycle_score(rest: Floats, seen: Floats, frequencies: Sequence[float]) -> steps.Fit:
    """Likelihood of a mean, cycles and red noise."""
    turn = 2 * np.pi * np.arange(len(rest))[:, None] * np.asarray(frequencies)[None, :]
    X = np.hstack([np.ones((len(rest), 1)), np.cos(turn), np.sin(turn)])
    known = rest[seen > 0]
    floor = 1e-9 * float(known @ known) / len(known) + 1e-300
    return steps.regress(np.where(seen > 0, rest, 0.0), seen, X, floor=floor)


def _peaks(power: periodogram.Power, phi: float) -> npt.NDArray[np.intp]:
    """Bins of the highest maxima: of the power itself and of what red noise leaves of it."""
    white = power.power * (1 + phi**2 - 2 * phi * np.cos(2 * np.pi * power.frequency))
    chosen: set[int] = set()
    for height, count in ((white, 6), (power.power, 3)):
        edge = np.concatenate([[-np.inf], height, [-np.inf]])
        tops = np.flatnonzero((height >= edge[:-2]) & (height >= edge[2:]))
        chosen |= {int(at) for at in tops[np.argsort(-height[tops], kind="stable")][:count]}
    return np.array(sorted(chosen), dtype=np.intp)


def least_cycles(n: int) -> float:
    """Turns inside `n` points that a cycle outside the calendar must have."""
    return MANY_CYCLES if n >= LONG else LEAST_CYCLES


def highest(values: Floats) -> float:
    """What `search` compares with its law in a series of noise: the first line's height or gain."""
    rest = detrended(values)
    power = periodogram.spectrum(rest, lowest=least_cycles(len(values)) / len(values))
    judge = _by_height if len(values) >= LONG else _by_gain
    return judge(rest, power, background.red_noise(power), 0.0)[0].ratio


def detrended(values: Floats, *, straight: bool = False) -> Floats:
    """Values less a polynomial slower than the slowest cycle looked for; NaN stays.

    Legendre polynomials up to `TREND_DEGREE`, a straight line in short series or where `straight`:
    at a place given before, five bends cost more power than they save.
    """
    seen = np.isfinite(values)
    degree = TREND_DEGREE if seen.sum() >= LEAST_FOR_CURVES and not straight else 1
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
    return (
        int(multiple)
        if 1 <= multiple <= MOST_HARMONICS and abs(frequency - multiple * base) <= near
        else 0
    )


def refined(lines: Sequence[Line], numbers: Sequence[int]) -> float:
    """The fundamental as its lines tell it: a harmonic h times higher tells it h times better."""
    weight = np.array([line.ratio * h**2 for line, h in zip(lines, numbers, strict=True)])
    each = np.array([line.frequency / h for line, h in zip(lines, numbers, strict=True)])
    return float(weight @ each / weight.sum())
