"""How rare an amount is among its peers, for the few that lie far from the median.

A closer look than the robust z: an efficient spread, long tails, and recurring payments counted
once. Says nothing about why an amount is rare.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

SPREAD_FLOOR = 0.25
"""Smallest spread of log amounts (28 %): prices closer than that differ by ordinary haggling."""

MAD_TO_SIGMA = 1.4826
"""The median absolute deviation of a normal law times this is its standard deviation."""

FAR = np.log(5.0)
"""Log ratio from which a record is looked at: under 5 times the median is never worth telling."""

FAR_Z = 2.0
"""Robust z from which a record is looked at; closer ones are no rarer than one in forty."""

BIWEIGHT_REACH = 9.0
"""Amounts beyond 9 median deviations don't count in the spread (Mosteller and Tukey 1977)."""

EFFICIENCY = 0.8
"""Degrees of freedom for each record: with 0.8 n the Student tail meets the simulated one of a
normal group judged by its own biweight spread (n from 10 to 200, chances of 0.2 % and 0.02 %)."""

MAD_FREEDOM = 0.46
"""A median deviation is as precise as 0.37 n independent values (Rousseeuw and Croux 1993):
0.46 of the 0.8 n that `chance` takes."""

MAX_FREEDOM = 30.0
"""Tail of log amounts in very large groups: Student with 30 degrees, a little over the normal."""

TAIL, TAIL_SIGMAS, MIN_TAIL, MIN_LOW_TAIL = 0.9, 1.2816, 40, 20
"""In groups of 40 or more the spread is also that of the upper (lower) tenth: amounts for artists
or for works have a long tail on one side, which the spread around the median does not see. From
20 on this holds for the lower side: amounts that are uniform rather than log-normal come near zero,
and in groups of 30 of them 4 % of the records would else be flagged as too low."""


@dataclass(frozen=True, slots=True)
class Peers:
    """For each of n rows its peer group: code, level (-1 none), size, median and spread of x."""

    group: Ints
    level: Ints
    n: Ints
    median: Floats
    spread: Floats


def chance(z: npt.ArrayLike, n: npt.ArrayLike) -> Floats:
    """One-sided chance of a distance of z spreads among n independent ordinary amounts."""
    freedom = np.clip(EFFICIENCY * np.asarray(n, float), 1.0, MAX_FREEDOM)
    return np.asarray(stdtr(freedom, -np.asarray(z, float)))


def biweight_spread(x: Floats) -> float:
    """Robust standard deviation: the biweight midvariance's root (Mosteller and Tukey 1977)."""
    deviation = x - np.median(x)
    scale = BIWEIGHT_REACH * np.median(np.abs(deviation))
    if scale == 0:
        return 0.0
    u2 = np.minimum((deviation / scale) ** 2, 1.0)
    weight = 1.0 - u2
    top = np.sum(deviation**2 * weight**4)
    bottom = np.sum(weight * (1.0 - 5.0 * u2))
    return float(np.sqrt(len(x) * top) / abs(bottom)) if bottom else 0.0


def chances(
    x: Floats, codes_of_level: Callable[[int], Ints], peers: Peers, supplier: Ints
) -> tuple[Floats, Floats]:
    """(spread, one-sided chance) of the rows far from their peers' median, NaN for the others.

    Equal amounts of one supplier count once, so that twelve monthly payments are one amount.
    """
    spread, rarity = np.full(len(x), np.nan), np.full(len(x), np.nan)
    with np.errstate(invalid="ignore"):
        distance = x - peers.median
        far = (np.abs(distance) >= FAR) & (np.abs(distance) >= FAR_Z * peers.spread)
    for level in np.unique(peers.level[far]):
        rows = np.flatnonzero(far & (peers.level == level))
        code = codes_of_level(int(level))
        for at, amounts in _members(x, code, rows, supplier):
            below, above, n = _group_spreads(amounts)
            spread[at] = np.where(distance[at] > 0, above, below)
            rarity[at] = chance(np.abs(distance[at]) / spread[at], n)
    return spread, rarity


def _members(x: Floats, code: Ints, rows: Ints, supplier: Ints) -> list[tuple[Ints, Floats]]:
    """For each group of `rows`: those rows, and the sorted distinct amounts of all its members."""
    wanted = np.zeros(int(code.max(initial=0)) + 1, dtype=bool)
    wanted[code[rows]] = True
    member = np.flatnonzero((code >= 0) & wanted[code])
    member = member[np.lexsort((supplier[member], x[member], code[member]))]
    group, amount, who = code[member], x[member], supplier[member]
    new = np.ones(len(member), dtype=bool)
    new[1:] = (np.diff(group) != 0) | (np.diff(amount) != 0) | (np.diff(who) != 0)
    group, amount = group[new], amount[new]
    rows = rows[np.argsort(code[rows], kind="stable")]
    found, first = np.unique(code[rows], return_index=True)
    parts = np.split(rows, first[1:])
    low, high = np.searchsorted(group, found), np.searchsorted(group, found, side="right")
    return [(at, amount[a:b]) for at, a, b in zip(parts, low, high, strict=True)]


def _group_spreads(amounts: Floats) -> tuple[float, float, int]:
    """Spread towards lower and higher amounts, and number of independent amounts."""
    n = len(amounts)
    middle = max(biweight_spread(amounts), SPREAD_FLOOR)
    if n < MIN_LOW_TAIL:
        return middle, middle, n
    low, median, high = np.quantile(amounts, (1 - TAIL, 0.5, TAIL))
    below, above = float(median - low), float(high - median)
    # a longer lower side goes on longer: uniform or exponential amounts come close to zero
    stretch = max(1.0, below / max(above, SPREAD_FLOOR)) ** 0.5
    higher = max(middle, above / TAIL_SIGMAS) if n >= MIN_TAIL else middle
    return max(middle, stretch * below / TAIL_SIGMAS), higher, n


def low_spread(x: Floats) -> float:
    """Spread of x towards its lower side, at least `SPREAD_FLOOR`; x holds independent values."""
    return _group_spreads(np.sort(x))[0]


def high_spread(x: Floats) -> float:
    """The same towards the higher side."""
    return _group_spreads(np.sort(x))[1]
