"""Shares of suppliers in buyers' purchases, and how likely such a share is by chance.

Lighter than the simulated market of the pattern analysis: an exact binomial bound, fit to be run on
every file. Whether a market allows more suppliers it cannot know.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import bdtrc

from cidadao_models.flags._discoveries import adjusted
from cidadao_models.flags._peers import codes_of

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MIN_PURCHASES = 10
"""Fewest purchases of a buyer: with fewer, chance alone concentrates."""

MIN_OF_LEADER = 4
"""Fewest purchases of the leading supplier: one large contract is no dominance."""

MIN_SUPPLIERS = 3
"""Fewest suppliers of a buyer that make its purchases a choice."""

MIN_MARKET = 20
"""Fewest purchases of other buyers that make a market to compare with."""

MIN_BUYERS = 5
"""Fewest other buyers whose leaders tell what a usual share is."""

FALSE_DISCOVERIES = 0.01
"""Expected share of chance findings among those told (Benjamini and Hochberg 1995)."""

MOST_CENTS = 1e18
"""Cents beyond which amounts are no longer told apart (ten thousand trillion R$)."""

MIX = np.uint64(0x9E3779B97F4A7C15)
"""Odd multiplier that spreads pairs before amounts are added: two different purchases share a
code about once in 10**10 files of 100,000 records."""


@dataclass(frozen=True, slots=True)
class Purchases:
    """Purchases with a known buyer, supplier and amount; equal amounts of a pair are one purchase.

    `row` holds places in the table, `first` marks one record of each purchase, `buyer` and
    `supplier` are codes, `amount` is R$.
    """

    row: Ints
    first: npt.NDArray[np.bool_]
    buyer: Ints
    supplier: Ints
    amount: Floats
    suppliers: list[str]


def purchases(prepared: pd.DataFrame) -> Purchases:
    """The records that buy something from somebody; parcels of one amount count once."""
    buyer, supplier = codes_of(prepared, "_comprador"), codes_of(prepared, "_fornecedor")
    amount = prepared["_valor"].to_numpy()
    row = np.flatnonzero((buyer.codes >= 0) & (supplier.codes >= 0) & np.isfinite(amount))
    b, s, a = buyer.codes[row], supplier.codes[row], amount[row]
    pair = (b * (len(supplier.texts) + 1) + s).astype(np.uint64)
    with np.errstate(over="ignore"):
        code = pair * MIX + cents(a)
    first = np.zeros(len(row), dtype=bool)
    first[np.unique(code, return_index=True)[1]] = True
    return Purchases(row, first, b, s, a, supplier.texts)


def cents(amount: Floats) -> npt.NDArray[np.uint64]:
    """Non-negative amounts in R$ as whole cents, as far as a float holds them."""
    return np.rint(np.minimum(amount * 100, MOST_CENTS)).astype(np.uint64)


@dataclass(frozen=True, slots=True)
class Leader:
    """The largest supplier of one buyer: codes, share of the amounts, counts, and how unlikely.

    `usual` is the median share of other buyers' leaders (NaN: too few of them), `q` the false
    discovery rate over all buyers.
    """

    buyer: int
    supplier: int
    share: float
    total: float
    n: int
    n_total: int
    n_suppliers: int
    usual: float
    q: float


def leaders(market: Purchases, *, min_share: float, min_ratio: float) -> list[Leader]:
    """Suppliers that hold at least `min_share` of a buyer's amounts and far more than chance gives.

    The chance is that of any supplier winning so many of the buyer's purchases when each is won
    with the supplier's share among other buyers (with no other buyers, with equal chances): the
    sum of the binomial tails over suppliers, which bounds it from above.
    """
    n_buyers = int(market.buyer.max(initial=-1)) + 1
    n_suppliers = len(market.suppliers)
    pair, inverse = np.unique(market.buyer * n_suppliers + market.supplier, return_inverse=True)
    of_pair = np.bincount(inverse, weights=market.amount)
    count = np.bincount(inverse, weights=market.first).astype(np.int64)
    buyer, supplier = np.divmod(pair, n_suppliers)
    total = np.bincount(buyer, weights=of_pair, minlength=n_buyers)
    purchases_of = np.bincount(buyer, weights=count, minlength=n_buyers).astype(np.int64)
    kinds_of = np.bincount(buyer, minlength=n_buyers)
    tested = (purchases_of >= MIN_PURCHASES) & (kinds_of >= MIN_SUPPLIERS)
    share = of_pair / total[buyer]
    leading = np.zeros(n_buyers)
    np.maximum.at(leading, buyer, share)
    chosen = np.flatnonzero((share >= min_share) & tested[buyer] & (count >= MIN_OF_LEADER))
    chosen = chosen[share[chosen] == leading[buyer[chosen]]]
    usual = _usual(leading, tested, buyer[chosen])
    far = ~(share[chosen] < min_ratio * usual)
    chosen, usual = chosen[far], usual[far]
    if not len(chosen):
        return []
    everywhere = np.bincount(supplier, weights=count, minlength=n_suppliers).astype(np.int64)
    start = np.searchsorted(buyer, buyer[chosen])
    end = np.searchsorted(buyer, buyer[chosen], side="right")
    p = np.array(
        [
            _chance(count[k], everywhere, supplier[a:b], count[a:b])
            for k, a, b in zip(chosen, start, end, strict=True)
        ]
    )
    q = adjusted(p, int(tested.sum()))
    return [
        Leader(
            int(buyer[k]), int(supplier[k]), float(share[k]), float(total[buyer[k]]),
            int(count[k]), int(purchases_of[buyer[k]]), int(kinds_of[buyer[k]]), float(typical),
            float(rate),
        )
        for k, typical, rate in zip(chosen, usual, q, strict=True)
        if rate <= FALSE_DISCOVERIES
    ]  # fmt: skip


def _usual(leading: Floats, tested: npt.NDArray[np.bool_], buyers: Ints) -> Floats:
    """Median share of the leaders of all other buyers tested; NaN where there are too few."""
    if tested.sum() <= MIN_BUYERS:
        return np.full(len(buyers), np.nan)
    ordered = np.sort(leading[tested])
    at = np.searchsorted(ordered, leading[buyers])
    n = len(ordered) - 1
    low, high = (n - 1) // 2, n // 2
    return np.asarray((ordered[low + (at <= low)] + ordered[high + (at <= high)]) / 2)


def _chance(k: int, everywhere: Ints, own: Ints, counts: Ints) -> float:
    """Bound on the chance that some supplier wins k of the buyer's purchases."""
    n = int(counts.sum())
    elsewhere = everywhere.copy()
    elsewhere[own] -= counts
    size = elsewhere.sum()
    if size < MIN_MARKET:
        return min(1.0, len(own) * float(bdtrc(k - 1, n, 1 / len(own))))
    # a supplier new to the market is given the chance of one that was met once
    alike = np.bincount(elsewhere)
    met = np.flatnonzero(alike[1:]) + 1
    unseen = len(own) * float(bdtrc(k - 1, n, 1 / size))
    return min(1.0, float((alike[met] * bdtrc(k - 1, n, met / size)).sum()) + unseen)
