"""Kinds of objects that suppliers win, against the variety usual among the suppliers of a file.

A kind is the first noun of the description (or the category); which kinds are one trade is told by
`_breadth`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import betaln, gammaln

from cidadao_models.flags import _breadth
from cidadao_models.flags._concentration import MIX, cents
from cidadao_models.flags._discoveries import adjusted
from cidadao_models.flags._peers import Encoded, encode, recode

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MIN_PURCHASES = 5
"""Fewest purchases that tell what a supplier deals in."""

MIN_SUPPLIERS = 10
"""Fewest suppliers with that many purchases that tell what variety is usual."""

MIN_KINDS = 5
"""Fewest kinds of a supplier worth naming: three or four are an ordinary assortment."""

MIN_DESCRIBED = 0.5
"""Share of the records whose description names an object, below which the category is used."""

FALSE_DISCOVERIES = 0.01
"""Expected share of chance findings among those told (Benjamini and Hochberg 1995)."""


def kinds(prepared: pd.DataFrame) -> Encoded:
    """The noun of each object ("pneu" for both buying and mending), or the category."""
    heads = encode(prepared["_tipo_nome"], len(prepared))
    if (heads.codes >= 0).mean() >= MIN_DESCRIBED or "categoria" not in prepared:
        return recode([text.split()[-1] for text in heads.texts], heads.codes)
    return encode(prepared["categoria"], len(prepared))


def _natures(prepared: pd.DataFrame, kind: Encoded) -> Ints:
    """Nature of each kind: the commonest among its records."""
    heads = encode(prepared["_tipo_nome"], len(prepared))
    told = np.flatnonzero((kind.codes >= 0) & (heads.codes >= 0))
    nature = np.array([*_breadth.natures(heads.texts), 0], dtype=np.int64)
    size = max(len(kind.texts), 1) * len(_breadth.NATURES)
    code = kind.codes[told] * len(_breadth.NATURES) + nature[heads.codes[told]]
    return np.bincount(code, minlength=size).reshape(-1, len(_breadth.NATURES)).argmax(axis=1)


@dataclass(frozen=True, slots=True)
class Varied:
    """A supplier of many kinds: rows, its kinds by number of purchases, and how usual that is.

    `main` is the share of its purchases that are of its main kind, `usual` that of all suppliers
    together, `q` the false discovery rate over the suppliers judged, `trades` the effective number
    of unrelated trades (0 where they may be one).
    """

    rows: Ints
    kinds: list[str]
    n: int
    main: float
    usual: float
    q: float
    trades: float


def judged(prepared: pd.DataFrame) -> int:
    """Number of suppliers with enough records to tell what they deal in."""
    supplier = encode(prepared["_fornecedor"], len(prepared)).codes
    return int((np.bincount(supplier[supplier >= 0]) >= MIN_PURCHASES).sum())


def varied(prepared: pd.DataFrame, *, min_ratio: float) -> list[Varied]:
    """Suppliers whose purchases outside their main kind are far more than usual.

    With the share outside the main kind as it varies between the file's suppliers (beta-binomial,
    fitted by moments), such a number has a chance; false discoveries are controlled. Suppliers of
    unrelated trades (`_breadth.many_trades`) are told even where some shops of the file sell many
    related kinds.
    """
    supplier = encode(prepared["_fornecedor"], len(prepared)).codes
    if np.bincount(supplier[supplier >= 0], minlength=1).max() < MIN_PURCHASES:
        return []
    kind = kinds(prepared)
    row = np.flatnonzero((supplier >= 0) & (kind.codes >= 0))
    pair = _distinct_purchases(prepared, row, supplier, kind)
    cell, count = np.unique(pair, return_counts=True)
    who, what = np.divmod(cell, max(len(kind.texts), 1))
    n = np.bincount(who, weights=count).astype(np.int64)
    main = np.zeros(len(n), dtype=np.int64)
    np.maximum.at(main, who, count)
    several = np.bincount(who, minlength=len(n))
    enough = np.flatnonzero(n >= MIN_PURCHASES)
    if len(enough) < MIN_SUPPLIERS:
        return []
    chosen = enough[several[enough] >= MIN_KINDS]
    outside = (n[chosen] - main[chosen]) / n[chosen]
    usual = 1 - main[enough].sum() / n[enough].sum()
    chosen = chosen[outside >= min_ratio * usual]
    if not len(chosen):
        return []
    trades = _breadth.many_trades(_breadth.Sales(who, what, count, _natures(prepared, kind)))
    p = np.array([_chance(int(s), enough, n - main, n - 1) for s in chosen])
    found = []
    for s, q in zip(chosen, adjusted(p, len(enough)), strict=True):
        if q <= FALSE_DISCOVERIES or int(s) in trades:
            mine = np.flatnonzero(who == s)
            named = sorted(mine, key=lambda k: (-count[k], kind.texts[what[k]]))
            found.append(
                Varied(
                    row[supplier[row] == s],
                    [kind.texts[what[k]] for k in named],
                    int(n[s]),
                    float(main[s] / n[s]),
                    float(1 - usual),
                    float(q),
                    float(trades.get(int(s), 0.0)),
                )
            )
    return found


def _distinct_purchases(prepared: pd.DataFrame, row: Ints, supplier: Ints, kind: Encoded) -> Ints:
    """Supplier and kind as one code for each purchase; equal amounts of a pair are one.

    Records without an amount are purchases of their own."""
    pair = supplier[row] * max(len(kind.texts), 1) + kind.codes[row]
    amount = cents(np.nan_to_num(prepared["_valor"].to_numpy()[row]))
    told = np.where(
        amount > 0, amount, np.arange(1, len(row) + 1).astype(np.uint64) << np.uint64(32)
    )
    with np.errstate(over="ignore"):
        code = pair.astype(np.uint64) * MIX + told
    return np.asarray(pair[np.unique(code, return_index=True)[1]], dtype=np.int64)


def _chance(one: int, enough: Ints, outside: Ints, trials: Ints) -> float:
    """Chance of so many purchases outside the main kind by the law of all other suppliers."""
    others = enough[enough != one]
    return _tail(int(outside[one]), int(trials[one]), _fit(outside[others], trials[others]))


def _fit(successes: Ints, trials: Ints) -> tuple[float, float]:
    """The two parameters of a beta-binomial law, by moments (Skellam 1948)."""
    p = float(np.clip(successes.sum() / trials.sum(), 1e-6, 1 - 1e-6))
    spread = float(((successes - trials * p) ** 2).sum()) / (p * (1 - p))
    excess = (spread - trials.sum()) / max(float((trials * (trials - 1)).sum()), 1.0)
    rho = float(np.clip(excess, 1e-4, 0.95))
    return p * (1 / rho - 1), (1 - p) * (1 / rho - 1)


def _tail(k: int, n: int, law: tuple[float, float]) -> float:
    """Chance of at least k successes in n trials of a beta-binomial law."""
    a, b = law
    x = np.arange(k, n + 1)
    choose = gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1)
    return min(1.0, float(np.exp(choose + betaln(x + a, n - x + b) - betaln(a, b)).sum()))
