"""Suppliers whose awards equal the estimate far more often than their buyers' other awards do.

Tests each supplier against its own buyers, so that a buyer's habit is not taken for a supplier's;
why the amounts are equal it does not say.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import bdtrc

from cidadao_models.findings import words
from cidadao_models.flags import _estimates, _shown, _strength
from cidadao_models.flags._discoveries import adjusted
from cidadao_models.flags._peers import encode

Bools = npt.NDArray[np.bool_]

COPIES = 0.5
"""Share of equal amounts from which the source, or a buyer, copies the estimate."""

MIN_EQUAL = 3
"""Fewest equal awards of one supplier that repeat."""

MIN_OWN_SHARE = 0.5
"""Least share of a supplier's awards: fewer may be goods with a tabled price."""

BUYER_WEIGHT = 10.0
"""Tenders of the file that count beside a buyer's own when its usual share is told."""

CEILING = 0.84
"""Highest weight where no award is above the median of the file."""


def copying(contracts: pd.DataFrame, known: _estimates.Pairs, equal: Bools) -> Bools:
    """Tenders of buyers most of whose awards equal the estimate: their system copies it."""
    buyer = encode(contracts["_comprador"], len(contracts)).codes[known.row]
    size = np.bincount(buyer + 1)
    share = np.bincount(buyer + 1, weights=equal) / np.maximum(size, 1)
    copies = (share > COPIES) & (size >= MIN_EQUAL) & (size < len(buyer))
    suppliers = encode(contracts["_fornecedor"], len(contracts)).codes[known.row]
    for code in np.flatnonzero(copies):  # one supplier's repetition is not the buyer's habit
        mine = suppliers[(buyer + 1 == code) & equal]
        copies[code] = len(np.unique(mine)) > 1 or bool((mine < 0).any())
    return copies[buyer + 1] & (buyer >= 0)


def repeated(
    contracts: pd.DataFrame, known: _estimates.Pairs, equal: Bools
) -> Iterator[tuple[npt.NDArray[np.int64], dict[str, object], float]]:
    """Suppliers with more equal awards than their buyers' usual share gives by chance."""
    supplier = encode(contracts["_fornecedor"], len(contracts)).codes[known.row]
    hits = np.bincount(supplier + 1, weights=equal)
    hits[0] = 0
    n_suppliers = int((np.bincount(supplier + 1)[1:] >= MIN_EQUAL).sum())
    buyer = encode(contracts["_comprador"], len(contracts)).codes[known.row]
    tests = []
    for code in np.flatnonzero(hits >= MIN_EQUAL):
        mine = supplier + 1 == code
        rows = np.flatnonzero(mine & equal)
        n = int(mine.sum())
        if len(rows) < MIN_OWN_SHARE * n or len(np.unique(known.estimate[rows])) < MIN_EQUAL:
            continue
        p = float(bdtrc(len(rows) - 1, n, _usual_share(equal, buyer, mine)))
        tests.append((p, rows, n))
    tests.sort(key=lambda test: (test[0], int(test[1][0])))
    shown = adjusted([p for p, _, _ in tests], n_suppliers)
    middle = float(np.median(known.award))
    for q, (_, rows, n) in zip(shown.tolist(), tests, strict=True):
        total = float(known.award[rows].sum())
        facts: dict[str, object] = {
            "caso": f"Em {len(rows)} das {n} licitações de"
            f" {_shown.supplier(contracts, known.row[rows])} o valor homologado é igual ao estimado"
            f" ({words.money(total)} no total)",
            "iguais": len(rows),
            "licitacoes": n,
            "total": total,
            "chance": q,
        }
        large = bool((known.award[rows] > middle).any())
        weight = min(1.0 if large else CEILING, float(_strength.from_chance(q)))
        if weight > _strength.CONTEXT / 2:
            yield rows, facts, weight


def _usual_share(equal: Bools, buyer: npt.NDArray[np.int64], mine: Bools) -> float:
    """Share of equal awards expected of these tenders: that of their buyers' other tenders."""
    others = ~mine
    whole = (float(equal[others].sum()) + 1) / (float(others.sum()) + 2)
    size = np.bincount(buyer[others] + 1, minlength=int(buyer.max(initial=0)) + 2)
    seen = np.bincount(buyer[others] + 1, weights=equal[others], minlength=len(size))
    share = (seen + BUYER_WEIGHT * whole) / (size + BUYER_WEIGHT)
    return float(np.maximum(share[buyer[mine] + 1], whole).mean())
