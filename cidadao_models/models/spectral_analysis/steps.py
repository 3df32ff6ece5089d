"""Steps in the level of a series, where red noise and a straight trend compete with them.

Places steps by dynamic programming and keeps those that pay for themselves; says nothing about
calendars or what a step means.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MAX_STEPS = 8
"""Most steps looked for in one series."""

_TINY = 1e-12
_PASSES = 3
_HIGHEST_PHI = 0.98


def cut(values: Floats, weight: Floats, most: int, least: int) -> list[Ints]:
    """Best positions of 1, 2, … `most` steps by least squares (Bellman 1961, exact).

    `weight` counts the points behind each value, 0 where missing; segments hold at least `least`
    values. Each answer lists the first index of each new segment.
    """
    n = len(values)
    filled = np.where(weight > 0, values, 0.0)
    w, wx = _running(weight), _running(weight * filled)
    wxx = _running(weight * filled**2)
    mass = w[None, :] - w[:, None]
    mean_square = (wx[None, :] - wx[:, None]) ** 2 / np.maximum(mass, _TINY)
    cost = np.maximum(wxx[None, :] - wxx[:, None] - mean_square, 0.0)
    at = np.arange(n + 1)
    cost[(at[None, :] - at[:, None] < least) | (mass <= 0)] = np.inf
    best, origin, found = cost[0], [], []
    for _ in range(most):
        through = best[:, None] + cost
        place = np.argmin(through, axis=0)
        best = through[place, at]
        origin.append(place)
        if not np.isfinite(best[n]):
            break
        found.append(_backtrack(origin, n))
    return found


def _running(values: Floats) -> Floats:
    return np.concatenate([[0.0], np.cumsum(values)])


def _backtrack(origin: list[npt.NDArray], end: int) -> Ints:
    steps = []
    for place in reversed(origin):
        end = int(place[end])
        steps.append(end)
    return np.asarray(steps[::-1], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Fit:
    """Least squares of columns with first-order noise: log likelihood (twice) and phi."""

    score: float
    phi: float


def design(n: int, steps: Ints, trend: bool) -> Floats:
    """Columns: one for each level, and a straight line of unit variance."""
    code = np.searchsorted(steps, np.arange(n), side="right")
    columns = [code == i for i in range(len(steps) + 1)]
    if trend:
        line = np.arange(n) - (n - 1) / 2
        columns.append(line / max(line.std(), _TINY))
    return np.column_stack(columns).astype(np.float64)


def fit(values: Floats, weight: Floats, steps: Ints, *, trend: bool, floor: float) -> Fit:
    """Maximum likelihood by turns of regression and autocorrelation (Prais and Winsten 1954).

    `weight` is the share of a full value that each stands for; `floor` is the least variance a
    value may have left: exact data have no infinite likelihood.
    """
    return regress(values, weight, design(len(values), steps, trend), floor=floor)


def regress(values: Floats, weight: Floats, X: Floats, *, floor: float) -> Fit:
    """As `fit`, for any columns."""
    seen = weight > 0
    x = np.where(seen, values, 0.0)
    both = seen[1:] & seen[:-1]
    first = seen.copy()
    first[1:][both] = False
    importance = np.sqrt(np.concatenate([weight[first], weight[1:][both]]))
    beta = _solve(X[seen], x[seen])
    for _ in range(_PASSES):
        phi = _autocorrelation(np.where(seen, x - X @ beta, 0.0), both)
        scale = np.sqrt(1 - phi**2)
        y = np.concatenate([scale * x[first], (x[1:] - phi * x[:-1])[both]]) * importance
        Z = np.concatenate([scale * X[first], (X[1:] - phi * X[:-1])[both]])
        Z *= importance[:, None]
        beta = _solve(Z, y)
    error = y - Z @ beta
    count = len(y)
    variance = max(float(error @ error) / count, floor)
    score = -count * np.log(variance) + int(first.sum()) * np.log(1 - phi**2)
    return Fit(float(score), phi)


def _autocorrelation(rest: Floats, both: npt.NDArray[np.bool_]) -> float:
    before, after = rest[:-1][both], rest[1:][both]
    power = float(before @ before)
    if power <= 0:
        return 0.0
    return float(np.clip((before @ after) / power, -_HIGHEST_PHI, _HIGHEST_PHI))


def _solve(X: Floats, y: Floats) -> Floats:
    gram = X.T @ X
    gram[np.diag_indices_from(gram)] += _TINY * max(1.0, float(np.trace(gram)))
    return np.asarray(np.linalg.solve(gram, X.T @ y), dtype=np.float64)
