"""How alike two purchases of a supplier are: the same kind, a related one, or unrelated ones.

Kinds are related when they are of one nature (goods, services, works, rentals) or when other
suppliers often sell both. It reads words and counts; what a company is registered for it can't see.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

NATURES = ("servico", "aquisicao", "locacao", "obra")
"""Natures of an object; one that opens with no action is taken for a service."""

RELATED = 0.35
"""Likeness of two kinds of one nature: a shop of twelve kinds of goods deals in about 2.5 trades
(chosen)."""

MIN_SELLERS, FEW_SHARED = 5, 0.1
"""Two kinds of one nature that five or more others sell each, and at most one of them (or a tenth)
both, are known to be different trades."""

MIN_SHARED, OFTEN_SHARED = 3, 0.25
"""Two kinds of different natures that three or more others, and a quarter of the sellers of the
rarer one, sell both, are one trade (tents and sound, works and engineering)."""

LEAST_KINDS = 8
"""Fewest kinds of a supplier of many trades."""

MOST_ALIKE = 0.22
"""Mean likeness of two purchases: at most this, so 4.5 effective trades or more (Leinster and
Cobbold 2012, order 2)."""

UNLIKE_OTHERS = 1.5
"""Times that the others' lowest twentieth must be as alike: where all are mixed, none is told."""

LOWEST = 0.05
WELL_SEEN, SEEN, MIN_OTHERS = 10, 5, 10
"""Purchases of a supplier from which its likeness is a fair measure, those from which it is a rough
one, taken where fewer than ten suppliers have the former, and fewest others to compare with."""

MOST_JUDGED = 100
"""Suppliers whose kinds are compared pair by pair, those least alike first."""


@dataclass(frozen=True, slots=True)
class Sales:
    """Purchases by supplier and kind: one entry for each pair, `nature` of each kind's code."""

    who: Ints
    what: Ints
    count: Ints
    nature: Ints


def natures(texts: list[str]) -> Ints:
    """Code in `NATURES` of each text "aquisicao pneu"."""
    codes = {name: code for code, name in enumerate(NATURES)}
    return np.array([codes.get(text.split()[0], 0) for text in texts], dtype=np.int64)


def many_trades(sales: Sales) -> dict[int, float]:
    """Suppliers of unrelated trades, and their effective number of them.

    Two purchases drawn without replacement are compared, so that the number of purchases does not
    matter.
    """
    n = np.bincount(sales.who, weights=sales.count)
    kinds = np.bincount(sales.who, minlength=len(n))
    same = _pairs_alike(sales, sales.what, len(n))
    nature = _pairs_alike(sales, sales.nature[sales.what], len(n))
    alike = same + RELATED * (nature - same)
    chosen = np.flatnonzero((n >= WELL_SEEN) & (kinds >= LEAST_KINDS) & (same <= MOST_ALIKE))
    chosen = chosen[np.lexsort((chosen, alike[chosen]))][:MOST_JUDGED]
    seen = n >= (WELL_SEEN if (n >= WELL_SEEN).sum() > MIN_OTHERS else SEEN)
    if not len(chosen) or seen.sum() <= MIN_OTHERS:
        return {}
    found = {}
    for one in chosen.tolist():
        mine = _likeness(sales, one)
        others = np.quantile(np.delete(alike, one)[np.delete(seen, one)], LOWEST)
        if mine <= MOST_ALIKE and mine * UNLIKE_OTHERS <= others:
            found[one] = 1.0 / max(mine, 1.0 / n[one])
    return found


def _pairs_alike(sales: Sales, label: Ints, size: int) -> Floats:
    """Share of the pairs of each supplier's purchases that have the same label."""
    n = np.bincount(sales.who, weights=sales.count, minlength=size)
    cell, at = np.unique(sales.who * (int(label.max()) + 1) + label, return_inverse=True)
    count = np.bincount(at, weights=sales.count)
    pairs = np.bincount(cell // (int(label.max()) + 1), weights=count * (count - 1), minlength=size)
    return np.where(n > 1, pairs / np.maximum(n * (n - 1), 1), 1.0)


def _likeness(sales: Sales, one: int) -> float:
    """Mean likeness of two of the supplier's purchases, with what the others sell together."""
    mine = np.flatnonzero(sales.who == one)
    what, count = sales.what[mine], sales.count[mine].astype(np.float64)
    sold = _sold_by_others(sales, one, what)
    both = sold.T @ sold
    sellers = np.diag(both)
    rarer = np.minimum(sellers[:, None], sellers[None, :])
    nature = sales.nature[what]
    alike = nature[:, None] == nature[None, :]
    apart = (rarer >= MIN_SELLERS) & (both <= np.maximum(1.0, FEW_SHARED * rarer))
    joined = (both >= MIN_SHARED) & (both >= OFTEN_SHARED * rarer)
    likeness = np.where((alike & ~apart) | (~alike & joined), RELATED, 0.0)
    np.fill_diagonal(likeness, 1.0)
    n = count.sum()
    total = count @ likeness @ count - count.sum()
    return float(total / (n * (n - 1)))


def _sold_by_others(sales: Sales, one: int, what: Ints) -> Floats:
    """(suppliers, kinds) 1 where another supplier sells one of these kinds."""
    place = np.full(int(sales.what.max()) + 1, -1, dtype=np.int64)
    place[what] = np.arange(len(what))
    at = np.flatnonzero((place[sales.what] >= 0) & (sales.who != one))
    _, row = np.unique(sales.who[at], return_inverse=True)
    table = np.zeros((int(row.max(initial=-1)) + 1, len(what)))
    table[row, place[sales.what[at]]] = 1.0
    return table
