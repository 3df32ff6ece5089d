"""Suppliers that get far more direct awards by value from one buyer in a year than others do.

Two null models, and the kinder one decides: how much other buyers buy from that supplier, and how
unequal the counts of the file are anyway. Where the file's pairs keep below one limit in the year,
many awards that pass it several times over need no second null. Knows nothing of what was bought.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import pdtrc

from cidadao_models.flags import _award_limits, _direct, _limits
from cidadao_models.flags._discoveries import adjusted
from cidadao_models.flags._peers import encode

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

MIN_AWARDS = 5
"""Fewest awards of one supplier, buyer and year that are worth a look."""

MIN_PAIRS = 8
"""Fewest pairs of buyer and supplier in a year from which a usual count is learned."""

MIN_ELSEWHERE = 30
"""Fewest awards of other buyers from which a supplier's popularity is learned."""

TRIMMED, LEAST_TRIMMED = 0.02, 2
"""Share (and least number) of the largest counts left out when the usual inequality is learned."""

FALSE_DISCOVERIES = 0.01
"""Share of the pairs told that may be so by chance (Benjamini-Hochberg)."""

PRIOR_SHAPE = 0.2
"""Mean of the exponential prior on the shape: without data to the contrary, tails are moderate."""

MIN_GAP = 2.5
"""Times the awards of the buyer's next supplier: under Zipf's law it is 2."""

MANY_AWARDS, MANY_LIMITS = 7, 2.5
"""Awards, and limits that they add up to, from which a pair is beyond the reach of the few that a
year brings, in a file whose pairs keep below one limit."""

MIN_MEAN = 0.2
"""Least mean award as a share of the limit: purchases below a fifth of it are small ones, paid at
once (Lei 14.133/2021, art. 95, § 2º), of which a nearby shop makes many."""

MAX_OVER = 0.05
"""Share of the other pairs whose sum passes one limit, up to which they keep below it: where
suppliers follow Zipf's law and nobody adds up, a fifth and more pass."""

MIN_LEAD, MIN_SUM_LEAD = 3.0, 2.0
"""Times the awards (and the sum) that one other pair in a hundred reaches, in such a file: under
Zipf's law there is seldom such a gap."""

FEW_SUCH, FEW_SHARE = 3, 0.02
"""Number (or share) of pairs up to which they are exceptions; more are the file's habit."""

MIN_INSTALMENTS = 3
"""Equal amounts, one a month, from which they are instalments of one contract."""

REGULAR_SHARE = 0.75
"""Share of months with exactly one award each from which they are monthly bills."""

_SCALES = np.geomspace(0.05, 60.0, 32)
_SHAPES = np.linspace(0.01, 1.5, 16)
"""Grid of the counts' distribution: mean excess over one award where tails are thin, and how heavy
they are (about 0 geometric, 1 as heavy as Zipf's law)."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """Awards (positions) of one buyer to one supplier in a year; `q` after many tests.

    `median` and `largest`: awards of the other pairs of the file; `over` of those `others` add up
    to more than one limit. `by_sum`: the file's pairs keep below one limit, and this one does not.
    """

    rows: Ints
    q: float
    total: float
    limit: float
    median: float
    largest: int
    over: int
    others: int
    by_sum: bool


def repeats(contracts: pd.DataFrame, told: _direct.Grounds) -> Iterator[Repeat]:
    """Pairs of buyer and supplier with an extraordinary number of awards in one year."""
    rows, limit, clear = _awards(contracts, told)
    if len(rows) < MIN_AWARDS:
        return
    pairs = _pairs(contracts, rows)
    count = pairs.count
    if len(count) < MIN_PAIRS or count.max() < MIN_AWARDS:
        return
    value = contracts["_valor"].to_numpy()[rows]
    total = np.bincount(pairs.code, value / limit, len(count)).astype(np.float64)
    doubtful = np.bincount(pairs.code, weights=~clear, minlength=len(count)) > 0
    many = _many(pairs, count, total) & ~doubtful
    passing = (total > 1.0) & (count >= MIN_AWARDS) & pairs.leads(count)
    if not (passing | many).any():
        return
    chances = np.where(passing, pairs.chance(count), 1.0)
    kept = {}
    for k in np.flatnonzero((chances <= FALSE_DISCOVERIES) | many).tolist():
        at = np.flatnonzero(pairs.code == k)
        kept[k] = at = at[_single(contracts, rows[at])]
        count[k], total[k] = len(at), (value[at] / limit[at]).sum()
    many &= _many(pairs, count, total)
    single = pairs.chance(count)
    for k, at in kept.items():
        passes = passing[k] and len(at) >= MIN_AWARDS and value[at].sum() > limit[at].max()
        chances[k] = float(single[k]) if passes else 1.0
    q = adjusted(chances)
    popular = adjusted(np.where(many, pairs.popular(count), 1.0))
    for k in np.flatnonzero((q <= FALSE_DISCOVERIES) | (popular <= FALSE_DISCOVERIES)).tolist():
        at, others = kept[k], np.flatnonzero((np.arange(len(count)) != k) & (count > 0))
        yield Repeat(
            rows[at], float(min(q[k], popular[k])), float(value[at].sum()), float(limit[at].max()),
            float(np.median(count[others])), int(count[others].max()),
            int((total[others] > 1.0).sum()), len(others), bool(q[k] > FALSE_DISCOVERIES),
        )  # fmt: skip


def _many(pairs: _Pairs, count: Ints, total: Floats) -> Bools:
    """Pairs of many awards that pass the limit several times, where the others keep below it.

    `total`: the awards of each pair as multiples of their limits. Such pairs are not compared
    with one another.
    """
    many = (count >= MANY_AWARDS) & (total >= np.maximum(MANY_LIMITS, MIN_MEAN * count))
    rest = ~many & (count > 0)
    n, few = int(rest.sum()), max(FEW_SUCH, FEW_SHARE * len(count))
    if n < MIN_PAIRS or not 0 < many.sum() <= few or (total[rest] > 1.0).mean() > MAX_OVER:
        return np.zeros(len(count), dtype=bool)
    many &= count >= MIN_LEAD * _high(count[rest])
    many &= total >= MIN_SUM_LEAD * _high(total[rest])
    next_one = np.zeros(int(pairs.of_year.max()) + 1, dtype=np.int64)
    np.maximum.at(next_one, pairs.of_year, np.where(rest, count, 0))
    return np.asarray(many & (count >= MIN_GAP * next_one[pairs.of_year]))


def _high(values: npt.NDArray[np.float64] | Ints) -> float:
    """What at most one in a hundred passes; the largest of fewer."""
    return float(np.sort(values)[-1 - len(values) // 100])


def _awards(contracts: pd.DataFrame, told: _direct.Grounds) -> tuple[Ints, Floats, Bools]:
    """Direct awards by value (or of unstated ground) below their limit, the limit, and whether
    the value is clearly their ground: it is told, or the file's awards of untold ground keep to it.
    """
    value = contracts["_valor"].to_numpy()
    by_value = (told.ground >= _direct.UNSTATED) & (told.ground < _direct.OTHER)
    rows = np.flatnonzero(by_value & (value > 0))
    day = contracts["data"].to_numpy()[rows].astype("datetime64[D]")
    works = contracts["_obra"].to_numpy()[rows]
    limit = _limits.dispensa_limits(day, works, told.regime[rows])
    with np.errstate(invalid="ignore"):
        below = value[rows] < limit
    untold = told.ground[rows] == _direct.UNSTATED
    above = np.count_nonzero(untold & ~below)
    keeps = above <= _award_limits.MAX_UNSTATED_SHARE * np.count_nonzero(untold)
    return rows[below], limit[below], (~untold | keeps)[below]


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Buyer, supplier and year of awards as one code; what is usual for each code."""

    code: Ints
    count: Ints
    of_year: Ints
    size: Ints
    popularity: Floats

    def leads(self, count: Ints) -> Bools:
        """Counts far above every other of the same buyer and year."""
        order = np.lexsort((count, self.of_year))
        last = np.flatnonzero(np.diff(self.of_year[order], append=-1))
        answer = np.zeros(len(count), dtype=bool)
        second = np.where(
            (last > 0) & (self.of_year[order[last - 1]] == self.of_year[order[last]]),
            count[order[last - 1]], 0,
        )  # fmt: skip
        answer[order[last]] = count[order[last]] >= MIN_GAP * second
        return answer

    def chance(self, count: Ints) -> Floats:
        """Chance of counts like these in the kinder of the two null models."""
        return np.asarray(np.maximum(self.popular(count), _tail(count)))

    def popular(self, count: Ints) -> Floats:
        """Chance of such counts of a supplier that the other buyers like as much."""
        return np.asarray(pdtrc(count - 1.0, self.size * self.popularity))


def _pairs(contracts: pd.DataFrame, rows: Ints) -> _Pairs:
    buyer = encode(contracts["_comprador"], len(contracts)).codes[rows]
    supplier = encode(contracts["_fornecedor"], len(contracts)).codes[rows]
    alone = supplier < 0
    supplier[alone] = supplier.max(initial=0) + 1 + np.arange(alone.sum())
    year = contracts["data"].to_numpy()[rows].astype("datetime64[Y]").astype(np.int64)
    year -= year.min()
    width = int(supplier.max()) + 1
    _, both = np.unique((buyer + 1) * width + supplier, return_inverse=True)
    _, first, code, count = np.unique(
        both * (int(year.max()) + 1) + year,
        return_index=True, return_inverse=True, return_counts=True,
    )  # fmt: skip
    of_year = np.unique((buyer + 1) * (int(year.max()) + 1) + year, return_inverse=True)[1]
    size = np.bincount(of_year)[of_year]
    elsewhere = len(rows) - np.bincount(buyer + 1)[buyer + 1]
    from_others = np.bincount(supplier)[supplier] - np.bincount(both)[both]
    popularity = np.where(elsewhere >= MIN_ELSEWHERE, from_others / np.maximum(elsewhere, 1), 0.0)
    return _Pairs(code, count, of_year[first], size[first], popularity[first])


def _single(contracts: pd.DataFrame, rows: Ints) -> Bools:
    """Which awards count: one a process, no repeated record, no instalment or monthly bill."""
    keep = ~_direct.mentions(contracts, rows)
    labels = contracts.index.to_numpy()[rows]
    for name in ("numero", "_duplicata"):
        if name in contracts:
            keep &= _first_of_each(contracts[name].iloc[rows], labels)
    month = contracts["data"].to_numpy()[rows].astype("datetime64[M]").astype(np.int64)
    cents = np.rint(contracts["_valor"].to_numpy()[rows] * 100)
    for amount in np.unique(cents[keep]):
        alike = keep & (cents == amount)
        if alike.sum() >= MIN_INSTALMENTS and len(np.unique(month[alike])) == alike.sum():
            keep &= ~alike
    months = month[keep]
    span = int(np.ptp(months)) + 1 if len(months) else 1
    if len(months) == len(np.unique(months)) and len(months) >= REGULAR_SHARE * span:
        keep[:] = False
    return np.asarray(keep)


def _first_of_each(values: pd.Series, labels: npt.NDArray[np.int64]) -> Bools:
    """True for missing values and for the lowest label of each distinct one."""
    missing = values.isna().to_numpy() | (values.astype(str) == "-1").to_numpy()
    codes = pd.factorize(values.astype(str))[0]
    order = np.lexsort((labels, codes))
    first = np.ones(len(codes), dtype=bool)
    first[order[1:]] = codes[order[1:]] != codes[order[:-1]]
    return np.asarray(first | missing)


def _tail(count: Ints) -> Floats:
    """Chance of each count, given how unequal the others of the file are.

    A discrete generalised Pareto distribution, S(e) = (1 + shape (e - 1) / scale)^(-1 / shape), is
    fitted to the counts from the median on, the largest ones taken only as no smaller than the
    others, and averaged over its grid by likelihood: few pairs promise little, and heavy tails
    are expected where the file has them (peaks over threshold, Coles 2001, ch. 4).
    """
    known = np.sort(count[count > 0])
    below = int(np.median(known)) - 1
    excess = known[known > below] - below
    trimmed = max(LEAST_TRIMMED, int(np.ceil(TRIMMED * len(known))))
    weights = _weights(excess, min(trimmed, len(excess)))
    distinct, position = np.unique(np.maximum(count - below, 0), return_inverse=True)
    beyond = weights @ _beyond(np.maximum(distinct, 1)) * len(excess) / len(known)
    return np.asarray(np.where(distinct > 0, beyond, 1.0)[position])


def _weights(excess: Ints, censored: int) -> Floats:
    """Weight of each grid point: likelihood of the sorted excesses, the last ones censored."""
    usual = excess[: len(excess) - censored]
    sizes, times = np.unique(usual, return_counts=True)
    each = np.log(np.maximum(_beyond(sizes) - _beyond(sizes + 1), 1e-300))
    fit = each @ times - np.tile(_SHAPES, len(_SCALES)) / PRIOR_SHAPE
    least = usual[-1:] if len(usual) else np.ones(1, dtype=np.int64)
    fit += censored * np.log(np.maximum(_beyond(least)[:, 0], 1e-300))
    weights = np.exp(fit - fit.max())
    return np.asarray(weights / weights.sum())


def _beyond(excess: Ints) -> Floats:
    """(grid points, len(excess)) chance of an excess of so much or more."""
    shape, scale = (grid.ravel()[:, None] for grid in np.meshgrid(_SHAPES, _SCALES))
    return np.asarray(np.maximum(1 + shape * (excess - 1.0) / scale, 1e-12) ** (-1 / shape))
