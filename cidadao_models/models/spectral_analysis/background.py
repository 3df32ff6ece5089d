"""The noise a line must stand above: red noise fitted robustly to the log periodogram.

Simulated critical values make the test hold at short lengths; it knows nothing of calendars.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cidadao_models.models.spectral_analysis.periodogram import Power

Floats = npt.NDArray[np.float64]

PHI_GRID = np.round(np.concatenate([np.arange(-0.5, 0.9, 0.05), np.arange(0.9, 0.99, 0.01)]), 3)
"""First-order autocorrelations tried: from alternating to almost a random walk."""

LOG_MEDIAN = float(np.log(np.log(2.0)))
"""Median of the log of a unit exponential variable: what the periodogram of noise is around."""

BINS_A_BLOCK = 80
MAX_BLOCKS = 12
"""Half-independent bins that one block of the correction holds, and most blocks: the background
may bend away from first-order noise, but not as fast as a line stands out."""

NULL_LENGTHS = (16, 24, 36, 48, 60, 90, 120, 180, 365, 730, 1095, 2190, 3650, 10000)
NULL_PLACE = (0.0, 0.71, 2.11, 2.60, 2.90, 3.75, 4.40, 4.75, 5.68, 6.49, 6.90, 7.56, 8.05, 8.85)
NULL_SCALE = (2.13, 2.30, 1.91, 1.82, 1.78, 1.52, 1.36, 1.36, 1.27, 1.28, 1.27, 1.21, 1.18, 1.15)
"""Place and scale of the Gumbel law of the highest ratio in noise, by length of the series; from
`evaluation/spectral_null.py` (AR(1) of 0, 0.5 and 0.8 together)."""


@dataclass(frozen=True, slots=True)
class Background:
    """Expected noise power at each frequency and the autocorrelation that gave it."""

    level: Floats
    phi: float


def red_noise(power: Power) -> Background:
    """AR(1) spectrum fitted by least absolute deviations of the log periodogram.

    Medians instead of means: lines do not lift it. In long series the log medians of blocks of
    frequencies correct it, so that other smooth spectra are followed too (Mann and Lees 1996).
    """
    log_power = np.log(np.maximum(power.power, 1e-300))
    turn = np.cos(2 * np.pi * power.frequency)
    shapes = -np.log(1 + PHI_GRID[:, None] ** 2 - 2 * PHI_GRID[:, None] * turn[None, :])
    rest = log_power[None, :] - shapes
    place = np.median(rest, axis=1)
    misfit = np.abs(rest - place[:, None]).mean(axis=1)
    best = int(np.argmin(misfit))
    level = shapes[best] + place[best] - LOG_MEDIAN
    level = level + _correction(log_power - level)
    return Background(np.exp(level), float(PHI_GRID[best]))


def _correction(rest: Floats) -> Floats:
    """Smooth log correction from block medians; zero where there are too few bins."""
    blocks = min(MAX_BLOCKS, len(rest) // BINS_A_BLOCK)
    if blocks < 3:
        return np.zeros(len(rest))
    edges = np.linspace(0, len(rest), blocks + 1).astype(int)
    centre = 0.5 * (edges[1:] + edges[:-1] - 1)
    median = [np.median(rest[a:b]) for a, b in zip(edges[:-1], edges[1:], strict=True)]
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
    """The law for `n` points, interpolated in log length between simulated ones."""
    at = np.log(NULL_LENGTHS)
    place = float(np.interp(np.log(n), at, NULL_PLACE))
    if n > NULL_LENGTHS[-1]:  # the maximum of m exponentials grows as log m
        place += float(np.log(n / NULL_LENGTHS[-1]))
    return Null(place, float(np.interp(np.log(n), at, NULL_SCALE)), bins)
