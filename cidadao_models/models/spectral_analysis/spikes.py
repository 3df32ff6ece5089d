"""Single points far from what the model expects, judged by the tail of the series itself.

A point that the series often shows is none, however far from the middle.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special, stats

from cidadao_models.models.spectral_analysis.expected import robust_sd

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

LEVELS = (0.90, 0.95, 0.975, 0.99)
"""Quantiles of the residuals that tell how heavy their tail is."""

MORE_H = 0.03
"""Added to the heaviness seen: beyond the last quantile nobody has looked. Half of it where the
points next to the farthest are looked at."""

NEXT_FARTHEST = slice(1, 8)
LEAST_FOR_FARTHEST = 200
"""The points after the farthest, whose median tells how the end of the tail goes on: of a handful
of true spikes it knows nothing. Quantiles alone miss a tail that is heavy only at its end. And the
points from which they are asked."""

UNTOLD = 4
THINNED = 400
"""Farthest points of a side that the likelihood of its tail does not look at, and quantiles by
which it knows the others of a long series."""

LEAST_BEYOND = 10
"""Points beyond a quantile for it to be used."""

MOST_H = 0.6
"""Heaviest tail assumed (Tukey's h; 1 would be a Cauchy law)."""

HEAVY = 0.1
"""Mean of both kinds of h from which a tail is heavy enough for full caution (Student's law with 9
degrees of freedom has about as much)."""

H_GRID = np.arange(0.0, MOST_H + 0.005, 0.01)
"""Values of h whose likelihood is compared."""

EFFICIENCY = 0.37
"""Of the median absolute deviation on normal data (Rousseeuw and Croux 1993): so many of the
points are worth degrees of freedom."""


def chances(innovation: Floats, usable: Bools, shown: Bools, fitted: float = 0.0) -> Floats:
    """Chance of each innovation or a larger one among `usable.sum()` like it; 1 unless `shown`.

    Both tails are Tukey's g-and-h with g = 0: normal at h = 0, heavier by `exp(h z^2 / 2)`; h is
    read from the quantiles of each side. Few points get a Student law for the unknown spread. The
    `fitted` parameters are taken off. The answer is for the whole family (Šidák), so a bar of 1 %
    is reached by one noise series in 100.
    """
    answer = np.ones(len(innovation))
    usable = usable & np.isfinite(innovation)
    values = innovation[usable]
    if len(values) < 8:
        return answer
    centre = float(np.median(values))
    free = max(4.0, len(values) - 2.0 - fitted)
    spread = robust_sd(values - centre) * float(np.sqrt(max(1.0, len(values) / free)))
    if spread == 0:
        return answer
    z = (values - centre) / spread
    freedom = max(3.0, EFFICIENCY * free)
    one = np.where(z > 0, _tail(z, freedom), _tail(-z, freedom))
    answer[usable] = -np.expm1(len(z) * np.log1p(-np.minimum(2 * one, 1 - 1e-16)))
    return np.where(shown, answer, 1.0)


def _tail(z: Floats, freedom: float) -> Floats:
    """Upper tail chance of each z by the side's own quantiles."""
    h = heaviness(z)
    normal = _unbent(np.maximum(z, 0.0), h)
    return np.asarray(stats.t.sf(normal, freedom) if freedom < 200 else special.ndtr(-normal))


def heaviness(z: Floats) -> float:
    """Tukey's h of the upper side; normal when too few.

    Mean of what its quantiles ask for, or what the points next to the farthest do, if that is more.
    Long series have the mean of that and of the likeliest h, or where both are light more of the
    latter: quantiles alone waver by more than the tail that they tell of.
    """
    beyond = [level for level in LEVELS if len(z) * (1 - level) >= LEAST_BEYOND]
    if not beyond:
        return 0.0
    normal = special.ndtri(np.asarray(beyond))
    h = float(np.mean(_asked(np.quantile(z, beyond), normal)))
    if len(z) < LEAST_FOR_FARTHEST:
        h += MORE_H
    else:
        far = np.sort(z)[::-1][NEXT_FARTHEST]
        rank = np.arange(NEXT_FARTHEST.start, NEXT_FARTHEST.stop) + 0.5
        h = max(h + MORE_H / 2, float(np.median(_asked(far, special.ndtri(1 - rank / len(z))))))
        most, likeliest = max(0.0, h), _likeliest(z)
        middle = 0.5 * (most + likeliest)
        caution = min(1.0, middle / HEAVY)
        h = likeliest + caution * (middle - likeliest)
    return float(np.clip(h, 0.0, MOST_H))


def _likeliest(z: Floats) -> float:
    """Tukey's h of most likelihood for the upper side; of the farthest points it only knows that
    they are farther than the next, so that true spikes don't make the tail heavy."""
    upper = np.sort(z[z > 0])[::-1]
    if len(upper) <= UNTOLD + LEAST_BEYOND:
        return 0.0
    body = upper[UNTOLD:]
    thin = np.quantile(body, (np.arange(THINNED) + 0.5) / THINNED) if len(body) > THINNED else body
    weight = len(body) / len(thin)
    score = []
    for h in H_GRID:
        normal, edge = _unbent(thin, h), _unbent(body[:1], h)
        log_density = -0.5 * (1 + h) * normal**2 - np.log1p(h * normal**2)
        score.append(weight * log_density.sum() + UNTOLD * special.log_ndtr(-edge[0]))
    return float(H_GRID[int(np.argmax(score))])


def _asked(seen: Floats, normal: Floats) -> Floats:
    """The h that makes a normal quantile the one seen."""
    return 2 * np.log(np.maximum(seen, 1e-9) / normal) / normal**2


def _unbent(z: Floats, h: float) -> Floats:
    """The normal value behind each z: inverse of `g exp(h g^2 / 2)` by Lambert's W."""
    if h <= 0:
        return z
    return np.sqrt(np.real(special.lambertw(h * z**2)) / h)
