"""What one reaches who knows everything about a planted series but the place: the bound on dating.

Maximum likelihood with the true calendar, noise and size of the change. Not a method: no one knows
these of a real series.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from cidadao_models.models.evaluation.spectral_series import planted

Floats = npt.NDArray[np.float64]
Maker = Callable[[np.random.Generator, float], pd.Series]

NOISELESS = 1e-12
FACTOR = {"level x2": 2.0, "day x30": 30.0}
SPIKE_CHANCE = 0.005
"""Chance in the whole series at which one day counts as found: the analyzer's own share."""


def finds(make: Maker, kind: str, seed: int, *, phi: float, sd: float) -> bool:
    """Whether the planted change or day is placed: within 7 days, or on its date."""
    rng = np.random.default_rng(seed)
    series, start = planted(make(rng, sd), kind, rng, sd=sd)
    mean = make(np.random.default_rng(seed), NOISELESS).to_numpy()
    seen = np.flatnonzero(series.to_numpy() > 0)
    rest = (np.log(series.to_numpy()[seen]) - np.log(mean[seen])) / sd
    size = float(np.log(FACTOR[kind])) / sd
    if kind == "level x2":
        return abs(int(seen[_step(rest, seen, phi, size)]) - start) <= 7
    place, chance = _spike(rest, seen, phi)
    return int(seen[place]) == start and chance <= SPIKE_CHANCE


def _correlations(at: npt.NDArray[np.int64], phi: float) -> tuple[Floats, Floats]:
    """Correlation of each point with the one before it, and the sd of what that leaves."""
    carried = phi ** np.diff(at)
    return carried, np.sqrt(1 - carried**2)


def _step(rest: Floats, at: npt.NDArray[np.int64], phi: float, size: float) -> int:
    """Likeliest first point of a step of known size in noise of known memory."""
    carried, left = _correlations(at, phi)
    old = np.concatenate([rest[:1], (rest[1:] - carried * rest[:-1]) / left])
    new = old - size * np.concatenate([[1.0], (1 - carried) / left])
    first = old - size * np.concatenate([[1.0], 1 / left])
    before = np.concatenate([[0.0], np.cumsum(old**2)])[:-1]
    after = np.concatenate([np.cumsum((new**2)[::-1])[::-1][1:], [0.0]])
    return 1 + int(np.argmin((before + first**2 + after)[1:]))


def _spike(rest: Floats, at: npt.NDArray[np.int64], phi: float) -> tuple[int, float]:
    """The point highest over what both its neighbours lead to expect, and its chance in noise."""
    carried, left = _correlations(at, phi)
    past = 1 / np.concatenate([[1.0], left]) ** 2
    future = np.concatenate([(carried / left) ** 2, [0.0]])
    ahead = np.concatenate([[0.0], carried * rest[:-1]]) * past
    behind = np.concatenate([carried * rest[1:] / left**2, [0.0]])
    z = (rest - (ahead + behind) / (past + future)) * np.sqrt(past + future)
    place = int(np.argmax(z))
    return place, float(len(z) * stats.norm.sf(z[place]))
