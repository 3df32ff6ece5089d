"""On which day a change of level known to be there began: placed together with the calendar.

A step found beside a calendar that was fitted before it takes the calendar's errors with it; here
every date near it is tried with the calendar fitted anew. Finds no step and drops none.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from cidadao_models.models.spectral_analysis.calendar import Design
from cidadao_models.models.spectral_analysis.changes import Step
from cidadao_models.models.spectral_analysis.expected import HUBER, Expected, Shape, columns

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

REACH = 40
"""Points on either side of a step that are tried: two months of working days."""

APART = 3
"""Points that stay between one step and the next."""

NEAR = 3
"""Half-width, in points, of the stretch that must hold most of the chance: a week. The date is the
likeliest of that stretch, not a lonely peak elsewhere."""


def redated(
    x: Floats, design: Design, idle: Bools, shape: Shape, fit: Expected, steps: tuple[Step, ...]
) -> tuple[Step, ...]:
    """The steps of `shape`, each on its likeliest date given the others, calendar fitted anew.

    Generalised least squares with the weights and the autocorrelation of `fit`; the column of each
    candidate is freed of all others at once (Frisch and Waugh 1933).
    """
    weight = np.minimum(1.0, HUBER * fit.spread / np.maximum(np.abs(fit.rest), 1e-12))
    weight = np.where(np.isfinite(x), np.sqrt(np.nan_to_num(weight)), 0.0)
    at = [step.index for step in steps]
    for i in range(len(at)):
        low, high = at[i - 1] if i else 0, at[i + 1] if i + 1 < len(at) else len(x)
        tried = np.arange(max(low + APART, at[i] - REACH), min(high - APART, at[i] + REACH) + 1)
        if len(tried) > 1:
            others = replace(shape, steps=tuple(at[:i] + at[i + 1 :]))
            gain = _gains(x, columns(len(x), design, others, idle), fit, weight, tried)
            at[i] = _likeliest(tried, gain)
    return tuple(replace(step, index=place) for step, place in zip(steps, at, strict=True))


def _gains(
    x: Floats, held: tuple[Floats, Floats], fit: Expected, weight: Floats, tried: Ints
) -> Floats:
    """Twice the log likelihood that a step at each candidate adds to the other columns."""
    every, prior = held
    step = np.arange(len(x))[:, None] >= tried[None, :]
    X, S = _whitened(every, weight, fit.phi), _whitened(step, weight, fit.phi)
    y = _whitened(np.nan_to_num(x)[:, None], weight, fit.phi)
    variance = fit.spread**2 * (1 - fit.phi**2)
    gram = X.T @ X + np.diag(2.0 * variance / prior**2 + 1e-9 * len(x))
    solved = np.linalg.solve(gram, X.T @ np.hstack([y, S]))
    rest = y[:, 0] - X @ solved[:, 0]
    free = (S**2).sum(axis=0) - ((X.T @ S) * solved[:, 1:]).sum(axis=0)
    return (S.T @ rest) ** 2 / np.maximum(free, 1e-12) / variance


def _whitened(table: Floats | Bools, weight: Floats, phi: float) -> Floats:
    weighted = table * weight[:, None]
    answer = weighted.copy()
    answer[1:] -= phi * weighted[:-1]
    answer[0] *= np.sqrt(1 - phi**2)
    return answer


def _likeliest(tried: Ints, gain: Floats) -> int:
    """The likeliest date of the week that holds most of the chance."""
    chance = np.exp((gain - gain.max()) / 2)
    near = np.convolve(chance, np.ones(2 * NEAR + 1), "same")[: len(chance)]
    middle = int(np.argmax(near))
    low = max(0, middle - NEAR)
    return int(tried[low + int(np.argmax(chance[low : middle + NEAR + 1]))])
