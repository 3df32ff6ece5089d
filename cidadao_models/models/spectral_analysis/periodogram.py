"""Power of a series at each frequency: FFT on a whole grid, least squares where points are missing.

Gives numbers only; whether a power is more than noise is decided in `background`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.signal.windows import tukey

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

TAPERED = 0.2
LEAST_TAPERED = 200
"""Share of the series that a cosine fades in and out: less leakage from strong lines (Tukey); and
points below which none is, as it would cost a short series its few frequencies."""

OVERSAMPLING = 2
"""Frequencies for each 1/n: a line between two Fourier frequencies loses less of its power."""

_SINGULAR = 1e-9


@dataclass(frozen=True, slots=True)
class Power:
    """`power[i]` at `frequency[i]` cycles a sample; white noise has its variance as mean power."""

    frequency: Floats
    power: Floats


def spectrum(values: Floats, *, lowest: float = 0.0) -> Power:
    """Tapered periodogram of a series on a regular grid; NaN marks a missing point.

    Frequencies are multiples of 1 / (2 n) above `lowest` (cycles a sample) up to 1/2. With missing
    points it is the least-squares power with a floating mean (Zechmeister and Kürster 2009), which
    without them equals the FFT's but for the taper's own correlation.
    """
    n = len(values)
    seen = np.isfinite(values)
    window = tukey(n, TAPERED) if n >= LEAST_TAPERED else np.ones(n)
    weight = np.where(seen, window, 0.0)
    size = OVERSAMPLING * n
    bins = np.arange(1, size // 2 + 1)
    bins = bins[bins > lowest * size]
    centred = np.where(seen, values, 0.0)
    centred = np.where(seen, centred - (weight @ centred) / weight.sum(), 0.0)
    transform = np.fft.rfft(weight * centred, size)[bins]
    if seen.all():
        power = np.abs(transform) ** 2 / (weight @ weight)
    else:
        power = _least_squares(transform, weight, bins, size)
    return Power(bins / size, power)


def _least_squares(transform: npt.NDArray, weight: Floats, bins: npt.NDArray, size: int) -> Floats:
    """Explained sum of squares of a cosine and sine with floating mean, scaled as the FFT's."""
    total = weight.sum()
    around = np.fft.fft(weight, size) / total
    once, twice = around[bins], around[(2 * bins) % size]
    cosine, sine = once.real, -once.imag
    cc = 0.5 * (1 + twice.real) - cosine**2
    ss = 0.5 * (1 - twice.real) - sine**2
    cs = -0.5 * twice.imag - cosine * sine
    yc, ys = transform.real / total, -transform.imag / total
    determinant = cc * ss - cs**2
    flat = determinant < _SINGULAR
    both = (yc**2 * ss + ys**2 * cc - 2 * yc * ys * cs) / np.where(flat, 1.0, determinant)
    one = np.where(cc > ss, yc**2 / np.maximum(cc, _SINGULAR), ys**2 / np.maximum(ss, _SINGULAR))
    return 0.5 * np.where(flat, one, both) * total**2 / (weight @ weight)


def amplitudes(values: Floats) -> tuple[Floats, Floats]:
    """(frequency, amplitude) at the Fourier frequencies k/n, k = 1 … n // 2, of a whole series.

    `amplitude` is that of the cosine wave in the unit of the series, so that by Parseval's theorem
    `sum(amplitude**2) / 2` is the (population) variance; at 1/2 cycle a sample, where a cosine has
    no sine beside it, it is sqrt(2) times the wave's height to keep that sum.
    """
    n = len(values)
    transform = np.fft.rfft(values - values.mean())[1:]
    amplitude = 2.0 * np.abs(transform) / n
    if n % 2 == 0:
        amplitude[-1] /= np.sqrt(2.0)
    return np.arange(1, n // 2 + 1) / n, amplitude


def peak(power: Power, index: int) -> float:
    """Frequency of the maximum near `index`, by a parabola through three log powers."""
    at = power.frequency
    if not 0 < index < len(at) - 1:
        return float(at[index])
    left, middle, right = np.log(np.maximum(power.power[index - 1 : index + 2], 1e-300))
    bend = left - 2 * middle + right
    shift = 0.0 if bend >= 0 else 0.5 * (left - right) / bend
    return float(at[index] + np.clip(shift, -0.5, 0.5) * (at[1] - at[0]))
