"""How rare a count is among its peers: a negative binomial law fitted to those below a gap.

A count is only rare where a gap parts it from the ordinary ones: long tails have no such gap.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betainc

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

UPPER = 0.95
"""Share of the peers whose highest count is quoted as ordinary."""

MAJORITY = 0.75
"""Share of the peers whose highest count tells what nearly all have."""

MOST, ALONE = 0.12, 20
"""Largest share that may be outliers of the peers above the first 20, among which one may be: the
law is fitted to those below the gap."""

CUT_SPREAD = 1.5
"""Cutting the upper few percent off a geometric law takes up to a third of its variance away: that
of the rest is multiplied by this. For a Poisson law it is too much, which only costs power."""

DOUBT = 2.0
"""Standard errors by which the mean of few peers may be too low."""

FEW_PEERS = 20.0
"""With so many peers the variance may be twice the one seen: a long tail shows itself late."""

LEAST_SPREAD = 0.1
"""Least squared variation of the contracts' own rates: none are alike."""

GAP, STRETCH = 1.8, 0.6
"""Ratio of (count + 1) that parts the rare from the ordinary: 1.8, and 0.6 times that of the
highest ordinary count to the median, since in a long tail (log-normal with sigma 1, Zipf with 3)
the top counts lie farther and farther apart."""

FALSE, TAIL_INDEX = 5e-4, 2.0
"""Share of honest records that may be told, and exponent of a tail like Zipf's with 3: in it, a gap
of `(FALSE * n) ** (-1 / TAIL_INDEX)` above the highest of n counts is no more common than that, so
that among many peers no wider one is asked for."""


@dataclass(frozen=True, slots=True)
class Tail:
    """For each count: chance of one at least as high, its peers' size, median and two points."""

    chance: Floats
    peers: Ints
    typical: Floats
    high: Floats
    nearly_all: Floats
    alike: npt.NDArray[np.bool_]


def against_peers(count: Ints, group: Ints, *, minimum: int) -> Tail:
    """Each count against its group, or against all where the group has fewer than `minimum`."""
    _, code = np.unique(group, return_inverse=True)
    size = np.bincount(code)
    alike = size[code] >= minimum
    code = np.where(alike, code, len(size))
    n = len(count)
    answer = Tail(np.ones(n), np.zeros(n, np.int64), np.zeros(n), np.zeros(n), np.zeros(n), alike)
    for one in np.unique(code):
        members = np.flatnonzero(code == one)
        peers = count if one == len(size) else count[members]
        answer.peers[members] = len(peers)
        answer.typical[members] = np.median(peers)
        answer.high[members] = np.quantile(peers, UPPER, method="lower")
        answer.nearly_all[members] = np.quantile(peers, MAJORITY, method="lower")
        answer.chance[members] = chances(count[members], peers)
    return answer


def chances(count: Ints, peers: Ints) -> Floats:
    """Chance that a peer shows at least each count; 1 for counts that no gap sets apart."""
    ordered = np.sort(peers)
    most = max(1, int(MOST * (len(ordered) - ALONE)))
    apart = _lowest_apart(ordered, most)
    rest = ordered[ordered < apart]
    n, spread = len(rest), float(rest.var()) + 1.0 / len(rest)
    mean = float(rest.mean()) + DOUBT * (spread / n) ** 0.5
    variance = CUT_SPREAD * spread * (1.0 + FEW_PEERS / n)
    answer = np.ones(len(count))
    beyond = count >= apart
    if beyond.any():
        answer[beyond] = _at_least(count[beyond], mean, variance)
    return answer


def _lowest_apart(ordered: Ints, most: int) -> float:
    """Lowest of the highest `most` counts that lies a gap above the count before it."""
    top = ordered[-most - 1 :] + 1.0
    stretch = top[:-1] / (float(np.median(ordered)) + 1.0)
    widest = (FALSE * len(ordered)) ** (-1.0 / TAIL_INDEX)
    needed = np.maximum(GAP, np.minimum(STRETCH * stretch, widest))
    wide = np.flatnonzero(top[1:] >= needed * top[:-1])
    return float(top[wide[0] + 1] - 1.0) if len(wide) else np.inf


def _at_least(count: Ints, mean: float, variance: float) -> Floats:
    """P(N >= count) of a negative binomial law; of one close to Poisson where not dispersed."""
    size = mean**2 / max(variance - mean, LEAST_SPREAD * mean**2)
    share = size / (size + mean)
    return np.asarray(betainc(np.maximum(count, 1e-9), size, 1.0 - share))
