"""How rarely bids as close as these occur in a market with this variety of spreads.

Log spreads in, chances out; what is too close is said by the flag.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import special, stats

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LEAST_VARIETY = 0.3
"""Least sd granted to the true log spreads of a market's tenders: no market is of one kind only."""

DEGREES = 8
"""Degrees of freedom of the variety among tenders: heavier tails than normal: with
4, bids twenty times closer than usual go unseen; with 12, honest files of very mixed spreads are
named (measured on simulated markets)."""


def cv(value: Floats, tender: Ints, size: int) -> Floats:
    """Coefficient of variation (ddof 1) of each tender's bids."""
    n = np.bincount(tender, minlength=size).astype(np.float64)
    mean = np.bincount(tender, weights=value, minlength=size) / np.maximum(n, 1)
    squares = np.bincount(tender, weights=(value - mean[tender]) ** 2, minlength=size)
    return np.where(n > 1, np.sqrt(squares / np.maximum(n - 1, 1)) / mean, np.nan)


def variety_among(deviation: Floats, counts: Ints) -> float:
    """Robust sd of the true log spreads: that of the measured ones less the error of few bids."""
    measured = 1.4826 * float(np.median(np.abs(deviation)))
    # variance of log(chi_n-1 / sqrt(n-1)) is a quarter of the trigamma function
    error = float(np.median(special.polygamma(1, (counts - 1) / 2) / 4))
    return max(LEAST_VARIETY, float(np.sqrt(max(measured**2 - error, 0.0))))


@lru_cache(maxsize=1)
def _nodes() -> tuple[Floats, Floats]:
    """Points and weights of a t distribution with `DEGREES`, in units of the robust sd."""
    share = np.concatenate([np.geomspace(1e-6, 0.02, 40), np.linspace(0.03, 0.97, 48)])
    share = np.concatenate([share, 1 - np.geomspace(1e-6, 0.02, 40)[::-1]])
    edges = np.concatenate([[0.0], (share[1:] + share[:-1]) / 2, [1.0]])
    quartile = float(stats.t.ppf(0.75, DEGREES)) * 1.4826
    return stats.t.ppf(share, DEGREES) / quartile, np.diff(edges)


def chances(x: Floats, counts: Ints, variety: float) -> Floats:
    """Chance of a log spread `x` beyond the market's or less, for each number of bids.

    Mean over the market's variety of P(chi2(n-1) <= (n-1) exp(2 (x - spread))).
    """
    nodes, weights = _nodes()
    answer = np.empty(len(x))
    for n in np.unique(counts):
        at = counts == n
        points = np.unique(x[at])
        if len(points) > 60:
            points = np.linspace(points[0], points[-1], 60)
        scaled = (n - 1) * np.exp(2 * (points[:, None] - variety * nodes[None, :]))
        logs = np.log(np.maximum(special.gammainc((n - 1) / 2, scaled / 2) @ weights, 1e-300))
        answer[at] = np.exp(np.interp(x[at], points, logs))
    return answer
