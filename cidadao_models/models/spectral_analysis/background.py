"""The noise a line must stand above: red noise fitted robustly to the log periodogram.

Simulated critical values make the test hold at short lengths; it knows nothing of calendars.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from cidadao_models.models.spectral_analysis.periodogram import OVERSAMPLING, Power

Floats = npt.NDArray[np.float64]

PHI_GRID = np.round(np.concatenate([np.arange(-0.5, 0.9, 0.05), np.arange(0.9, 0.99, 0.01)]), 3)
"""First-order autocorrelations tried: from alternating to almost a random walk."""

LOG_MEDIAN = float(np.log(np.log(2.0)))
"""Median of the log of a unit exponential variable: what the periodogram of noise is around."""

LEAST_BINS = 4
"""Fewest frequencies to which noise is fitted."""

BINS_A_BLOCK = 80
MAX_BLOCKS = 12
"""Half-independent bins that one block of the correction holds, and most blocks: the background
may bend away from first-order noise, but not as fast as a line stands out."""

NULL_LENGTHS = (16, 24, 36, 48, 60, 90, 120, 199, 200, 365, 730, 1095, 2190, 3650, 10000)
NULL_PLACE = (
    -1.68,
    -0.55,
    0.88,
    2.10,
    2.70,
    3.70,
    4.20,
    5.05,
    5.02,
    5.59,
    6.40,
    6.85,
    7.58,
    8.15,
    9.00,
)
NULL_SCALE = (
    3.82,
    3.51,
    3.00,
    2.38,
    2.14,
    1.77,
    1.64,
    1.37,
    1.35,
    1.28,
    1.31,
    1.31,
    1.20,
    1.12,
    1.18,
)
"""Place and scale of the Gumbel law of the highest ratio in noise, by length of the series; from
`evaluation/spectral_null.py` (AR(1) of 0, 0.5 and 0.8 together)."""


GAIN_LENGTHS = (16, 24, 36, 48, 60, 90, 120, 199)
GAIN_PLACE = (5.80, 7.00, 7.85, 8.90, 9.40, 10.00, 10.40, 11.30)
GAIN_SCALE = (2.80, 2.79, 2.76, 2.74, 2.72, 2.66, 2.60, 2.25)
"""The same for the highest gain in twice the log likelihood that one cycle adds to red noise,
which is how lines are judged in series too short for a background."""

WIDER = 57.0
"""Points at which the scale of a gain at one place is half as wide again as chi-square's."""

PLACED_LENGTHS = (24, 36, 48, 60, 90, 120, 199)
PLACED_WIDTH = (3.3, 2.95, 2.64, 2.47, 2.35, 2.25, 2.10)
"""The same of series less a straight trend: worst of autocorrelations 0, 0.5 and 0.8 at 2 to 5 %
(`evaluation/spectral_null.py`, 2,500 runs each, a cycle of 12 points)."""


@dataclass(frozen=True, slots=True)
class Background:
    """Expected noise power at each frequency and the autocorrelation that gave it."""

    level: Floats
    phi: float


def red_noise(power: Power, *, without: npt.NDArray[np.bool_] | None = None) -> Background:
    """AR(1) spectrum fitted by least absolute deviations of the log periodogram.

    Medians instead of means: lines do not lift it; only Fourier frequencies count, over whose
    neighbours a line does not spread. `without` marks bins that are known to hold lines. In long
    series the log medians of blocks of frequencies correct it, so that other smooth spectra are
    followed too (Mann and Lees 1996).
    """
    log_power = np.log(np.maximum(power.power, 1e-300))
    counted = _fourier(power)
    if without is not None and (counted & ~without).sum() >= LEAST_BINS:
        counted &= ~without
    shapes = -np.log(1 + PHI_GRID[:, None] ** 2 - 2 * PHI_GRID[:, None] * _turn(power)[None, :])
    rest = log_power[None, counted] - shapes[:, counted]
    place = np.median(rest, axis=1)
    misfit = np.abs(rest - place[:, None]).mean(axis=1)
    best = int(np.argmin(misfit))
    level = shapes[best] + place[best] - LOG_MEDIAN
    level = level + _correction(log_power - level)
    return Background(np.exp(level), float(PHI_GRID[best]))


def _turn(power: Power) -> Floats:
    return np.cos(2 * np.pi * power.frequency)


def _fourier(power: Power) -> npt.NDArray[np.bool_]:
    """Bins at multiples of 1/n below one half."""
    at = power.frequency
    number = np.round(at / (at[1] - at[0])).astype(np.int64)
    return (number % OVERSAMPLING == 0) & (at < 0.5 - 1e-9)


def _correction(rest: Floats) -> Floats:
    """Smooth log correction from block medians; zero where there are too few bins."""
    blocks = min(MAX_BLOCKS, len(rest) // BINS_A_BLOCK)
    if blocks < 3:
        return np.zeros(len(rest))
    edges = np.linspace(0, len(rest), blocks + 1).astype(int)
    centre = 0.5 * (edges[1:] + edges[:-1] - 1)
    median = [np.median(rest[a:b]) for a, b in pairwise(edges)]
    return np.interp(np.arange(len(rest)), centre, np.asarray(median) - LOG_MEDIAN)


@dataclass(frozen=True, slots=True)
class Null:
    """Law of the highest ratio of power to background in noise of one length (Gumbel)."""

    place: float
    scale: float
    bins: int

    def family_p(self, ratio: Floats | float) -> Floats:
        """Chance that noise shows such a ratio anywhere in its spectrum."""
        rate = np.exp(-(np.asarray(ratio, dtype=np.float64) - self.place) / self.scale)
        return np.asarray(-np.expm1(-rate))

    def local_p(self, ratio: Floats | float) -> Floats:
        """Chance at one given frequency: the family's rate shared among the bins."""
        rate = np.exp(-(np.asarray(ratio, dtype=np.float64) - self.place) / self.scale)
        return np.minimum(1.0, rate / self.bins)

    def ratio(self, local_p: float) -> float:
        """The ratio whose local chance is `local_p`."""
        return self.place - self.scale * float(np.log(local_p * self.bins))


def null_for(n: int, bins: int) -> Null:
    """The law of ratios for `n` points, interpolated in log length between simulated ones."""
    place, scale = _between(n, NULL_LENGTHS, NULL_PLACE, NULL_SCALE)
    if n > NULL_LENGTHS[-1]:  # the maximum of m exponentials grows as log m
        place += float(np.log(n / NULL_LENGTHS[-1]))
    return Null(place, scale, bins)


def gain_null_for(n: int, bins: int) -> Null:
    """The law of likelihood gains (short series) for `n` points."""
    return Null(*_between(n, GAIN_LENGTHS, GAIN_PLACE, GAIN_SCALE), bins)


def _between(
    n: int, lengths: tuple[int, ...], places: tuple[float, ...], scales: tuple[float, ...]
) -> tuple[float, float]:
    at = np.log(lengths)
    return float(np.interp(np.log(n), at, places)), float(np.interp(np.log(n), at, scales))


def placed_gain_p(gain: float, n: int, *, straight: bool = False) -> float:
    """Chance of a likelihood gain of one cycle at a given frequency.

    Chi-square with two degrees of freedom, its scale widened for the unknown autocorrelation
    (`evaluation/spectral_null.py`: 2 % is reached at 11 to 12 for 36 and 60 points, 9.5 for 120);
    `straight`: of a series less a straight trend, which leaves more to tell the noise by.
    """
    return float(min(1.0, np.exp(-max(0.0, gain) / _width(n, straight))))


def placed_gain(p: float, n: int, *, straight: bool = False) -> float:
    """The gain whose chance at a given frequency is `p`."""
    return -float(np.log(p)) * _width(n, straight)


def _width(n: int, straight: bool) -> float:
    if straight:
        return float(np.interp(np.log(n), np.log(PLACED_LENGTHS), PLACED_WIDTH))
    return 2.0 + min(1.0, WIDER / n)
