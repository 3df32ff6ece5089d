"""Simulates what noise reaches: the constants of `background` and of `changes` come from here.

Run as `python -m cidadao_models.models.evaluation.spectral_null [RUNS]`; prints the tables and
changes nothing. Not part of the benchmark, which measures the rates that result.
"""

from __future__ import annotations

import sys

import numpy as np
import numpy.typing as npt
from scipy.signal import lfilter

from cidadao_models.models.spectral_analysis import background, lines, steps

Floats = npt.NDArray[np.float64]

PHIS = (0.0, 0.5, 0.8)
STEP_PHIS = (0.0, 0.5, 0.8, 0.95, 1.0)
STEP_LENGTHS = (20, 36, 60, 120, 240, 400)
RUNS = 3000
UPPER = (0.8, 0.9, 0.95, 0.965, 0.98)
"""Quantiles through which the Gumbel law is laid: where decisions are made."""


def red(rng: np.random.Generator, n: int, phi: float) -> Floats:
    """Gaussian first-order noise of unit innovations; a random walk for phi = 1."""
    noise = rng.normal(size=n + 300)
    if phi == 1:
        return np.cumsum(noise[300:])
    return np.asarray(lfilter([1.0], [1.0, -phi], noise)[300:])


def gumbel(n: int, runs: int) -> tuple[float, float]:
    """Place and scale of the law of the highest ratio in noise of `n` points."""
    rng = np.random.default_rng(n)
    seen = [lines.highest(red(rng, n, phi)) for phi in PHIS for _ in range(runs // len(PHIS))]
    scale, place = np.polyfit(-np.log(-np.log(UPPER)), np.quantile(seen, UPPER), 1)
    return float(place), float(scale)


def step_gain(values: Floats) -> float:
    """Most that steps add to twice the log likelihood of noise, per step."""
    weight, none = np.ones(len(values)), np.zeros(0, dtype=np.int64)
    base = max(steps.fit(values, weight, none, trend=t, floor=1e-9).score for t in (False, True))
    least = max(3, len(values) // 60)
    most = min(steps.MAX_STEPS, len(values) // (2 * least))
    return max(
        (
            max(steps.fit(values, weight, at, trend=t, floor=1e-9).score for t in (False, True))
            - base
        )
        / len(at)
        for at in steps.cut(values, weight, most, least)
    )


def placed_width(n: int, phi: float, runs: int) -> float:
    """Width of the law of the gain of a cycle of 12 points, tested at its own place: the widest at
    chances of 2 to 5 %."""
    rng = np.random.default_rng(n)
    gains, seen = [], np.ones(n)
    for _ in range(runs):
        left = lines.detrended(red(rng, n, phi), straight=True)
        plain = lines.cycle_score(left, seen, ()).score
        gains.append(lines.cycle_score(left, seen, (1 / 12,)).score - plain)
    chances = np.array([0.05, 0.035, 0.02])
    return float(np.max(np.quantile(gains, 1 - chances) / -np.log(chances)))


def main(runs: int = RUNS) -> None:
    """Prints all tables."""
    for n in background.NULL_LENGTHS:
        few = max(300, min(runs, runs * 1000 // n))
        place, scale = gumbel(n, few)
        print(f"n={n}: place {place:.3f}, scale {scale:.3f} ({few} runs)", flush=True)
    for n in background.PLACED_LENGTHS:
        widths = [placed_width(n, phi, runs) for phi in PHIS]
        print(f"n={n}: widths of a placed gain {np.round(widths, 2)}", flush=True)
    for n in STEP_LENGTHS:
        for phi in STEP_PHIS:
            rng = np.random.default_rng(n)
            gains = [step_gain(red(rng, n, phi)) for _ in range(max(100, runs // 10))]
            print(n, phi, np.round(np.quantile(gains, (0.9, 0.95, 0.99)), 1), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
