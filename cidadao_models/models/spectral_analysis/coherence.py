"""Whether two series move together, frequency by frequency, beyond what chance would show.

Calendar, levels and their own memory are taken out of both first: two bodies that keep the same
holidays are not coordinated. Says nothing about causes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import signal

Floats = npt.NDArray[np.float64]

LEAST_SEGMENTS = 8
"""Fewest averaged segments; with one, coherence is 1 whatever the series."""

GOOD_SEGMENTS = 16
"""Segments aimed at where the series are long enough: fewer see a shared half only at times."""

LEAST_SEGMENT, LONGEST_SEGMENT = 16, 256
"""Points of a segment: fewer resolve no cycle, more average too little."""

OVERLAP_CORRELATION = 1 / 6
"""Correlation of periodograms of half-overlapping Hann segments (Welch 1967)."""


@dataclass(frozen=True, slots=True)
class Coherence:
    """Squared coherence at each frequency (cycles a sample) and the chance of it in noise."""

    frequencies: Floats
    coherence: Floats
    p_value: Floats
    segments: float

    def line(self, alpha: float) -> float:
        """Coherence that independent noise exceeds at a share `alpha` of the frequencies."""
        return float(1 - alpha ** (1 / (self.segments - 1)))


def shortest() -> int:
    """Fewest common points for `LEAST_SEGMENTS` segments."""
    return LEAST_SEGMENT * (LEAST_SEGMENTS + 1) // 2


def welch(a: Floats, b: Floats, *, used: float = 0.0) -> Coherence:
    """Welch coherence of two series of at least `shortest()` points, missing ones as zero.

    Half-overlapping Hann segments; under independence `P(C > c) = (1 - c) ** (L - 1)` with L the
    equivalent number of independent segments (Goodman 1957), less the share `used` of the points
    that went into what was taken out of the series before.
    """
    n = len(a)
    longest = max(LEAST_SEGMENT, 2 * n // (GOOD_SEGMENTS + 1))
    size = min(LONGEST_SEGMENT, 1 << (longest.bit_length() - 1))
    a, b = np.nan_to_num(a - np.nanmean(a)), np.nan_to_num(b - np.nanmean(b))
    frequencies, values = signal.coherence(a, b, nperseg=size, noverlap=size // 2)
    inner = slice(1, -1)  # at 0 and 1/2 the law is another
    values = np.clip(np.nan_to_num(values[inner]), 0.0, 1.0)
    count = 1 + (n - size) // (size // 2)
    segments = count / (1 + 2 * (1 - 1 / count) * OVERLAP_CORRELATION**2)
    segments = max(2.0, segments * (1 - used))
    return Coherence(frequencies[inner], values, (1 - values) ** (segments - 1), segments)
