"""Suppliers whose awards equal the estimate far more often than their buyers' other awards do, and
buyers whose awards do so unlike the others of the file.

Tests each supplier against its own buyers, so that a buyer's habit is not taken for a supplier's;
a buyer's habit may be its system's and gives context. Why the amounts are equal it does not say.
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

MIN_PAIRS = 20
"""Fewest tenders with competition and both amounts whose equal ones can be called rare."""

MAX_SHARE = 0.1
"""Share of equal amounts in the file up to which one of them tells anything."""

MIN_REST = 0.5
"""Least share of the tenders that are of buyers without the habit: else it is the file's."""

COPIES = 0.5
"""Share of equal amounts from which the source, or a buyer, copies the estimate."""

P_HABIT = 0.02
"""Chance of a buyer's equal awards, beside the others of the file, from which they are named."""

MIN_EQUAL = 3
"""Fewest equal awards of one supplier that repeat."""

MIN_OWN_SHARE = 0.5
"""Least share of a supplier's awards: fewer may be goods with a tabled price."""

BUYER_WEIGHT = 10.0
"""Tenders of the file that count beside a buyer's own when its usual share is told."""

CEILING = 0.84
"""Highest weight where no award is above the median of the file."""


def are_equal(known: _estimates.Pairs) -> Bools:
    """Awards that are the estimate, but for rounding."""
    return np.abs(known.ratio - 1) <= _estimates.SAME


def seen(equal: Bools, copied: Bools) -> dict[str, object]:
    """How often awards equal the estimate, buyers that copy it aside."""
    rest = equal[~copied]
    return {
        "parcela": float(rest.mean()) if len(rest) else 1.0,
        "n": len(rest),
        "onde": "dos compradores em que isso não é a regra" if copied.any() else "deste arquivo",
    }


def says_nothing(contracts: pd.DataFrame, known: _estimates.Pairs) -> str:
    """Why equal amounts tell nothing in these records, or ""."""
    if len(known.row) < MIN_PAIRS:
        return f"menos de {MIN_PAIRS} licitações com disputa têm valor estimado e homologado"
    same = are_equal(known)
    share = float(same.mean())
    if share <= MAX_SHARE:
        return ""
    copied = copying(contracts, known, same)
    rest = same[~copied]
    if len(rest) >= max(MIN_PAIRS, MIN_REST * len(same)) and rest.mean() <= MAX_SHARE:
        return ""
    return (
        f"em {words.number(100 * share, 1)} % das licitações com disputa o homologado é igual"
        " ao estimado: aqui isso não distingue nada"
    )


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


def habitual(
    contracts: pd.DataFrame, known: _estimates.Pairs, equal: Bools, copied: Bools
) -> Iterator[tuple[npt.NDArray[np.int64], dict[str, object], float]]:
    """The buyers among those `copied`: positions of their equal awards, facts, chance.

    The chance is binomial, with the share of equal awards of the buyers that are not `copied`.
    """
    buyer = encode(contracts["_comprador"], len(contracts)).codes[known.row]
    n_rest = int((~copied).sum())
    if n_rest < MIN_PAIRS:
        return
    rest = (float(equal[~copied].sum()) + 1) / (n_rest + 2)
    n_buyers = len(np.unique(buyer))
    for code in np.unique(buyer[copied]):
        mine = buyer == code
        rows, n = np.flatnonzero(mine & equal), int(mine.sum())
        total = float(known.award[rows].sum())
        chance = min(1.0, n_buyers * float(bdtrc(len(rows) - 1, n, rest)))
        if chance > P_HABIT:
            continue
        which = f"{len(rows)} das {n}" if len(rows) < n else f"todas as {n}"
        facts: dict[str, object] = {
            "caso": f"Em {which} licitações com disputa de"
            f" {_shown.buyer(contracts, known.row[rows])} o valor homologado é igual ao estimado"
            f" ({words.money(total)} no total)",
            "iguais": len(rows),
            "licitacoes": n,
            "total": total,
            "chance": chance,
        }
        yield rows, facts, _strength.CONTEXT * float(_strength.from_chance(chance))


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
