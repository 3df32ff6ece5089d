"""How concentrated a buyer's suppliers are, against what its market would give by chance.

Describes shares of amounts; whether a market allows more suppliers it cannot know.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from cidadao_models import records as fields
from cidadao_models.findings import NotEvaluated
from cidadao_models.flags import _limits
from cidadao_models.models.pattern_analysis import _shape
from cidadao_models.models.pattern_analysis._shape import Floats, Found, Ints, Pattern
from cidadao_models.models.pattern_analysis.shares import (
    DRAWS_AT_ONCE,
    SIMULATIONS,
    Chance,
    Concentration,
    chance,
    indices,
)

ID, TITLE = "concentracao_fornecedor", "Compras concentradas em um fornecedor"
FILE_ID, FILE_TITLE = "fornecedor_dominante", "Fornecedor com grande parte do arquivo"

MIN_CONTRACTS = 10
"""Fewest purchases of a buyer: with fewer, chance alone concentrates (3 suppliers: HHI >= 1/3)."""

MIN_MARKET = 20
"""Fewest purchases of other buyers that make a market to draw suppliers from."""

MODERATE_HHI, HIGH_HHI = 0.15, 0.25
"""Antitrust rule of thumb (1,500 and 2,500 points), without legal force for public buyers."""

MIN_RATIO = 1.5
"""Least ratio of a buyer's HHI to its mean under the null that is worth showing."""

MIN_FILE_SHARE = 0.10
"""Least share of a whole file's amounts that makes its largest supplier worth naming."""

FIRST_DRAWS = 39
"""Random markets drawn before it is seen whether more are needed: a buyer that enough of them
reach is ordinary (sequential Monte Carlo, Besag and Clifford 1991)."""

FEW_PURCHASES = 40
"""Purchases up to which comparing all pairs is faster than counting by supplier."""

MIN_EXCEEDING = 10
"""Random markets as concentrated as the buyer from which their share is the p-value itself
(Knijnenburg et al. 2009)."""

_INNOCENT = (
    "for uma empresa estatal, um fornecedor exclusivo, um contrato único de grande porte ou um"
    " mercado com poucos fornecedores."
)
_NEXT = (
    "veja as modalidades e os participantes das licitações vencidas por esse fornecedor e, nas"
    " inexigibilidades, a prova de exclusividade (Lei 14.133/2021, art. 74)."
)
_BAND = "faixa de referência da análise antitruste, sem força legal para compras públicas"


@dataclass(frozen=True, slots=True)
class Purchases:
    """Purchases of a table: codes of buyer and supplier (-1 unknown), amounts net of estornos.

    Equal amounts of one buyer, supplier, category and year are parcels of one purchase: chance
    gives them to one supplier together. `position` and `purchase` tell each record's.
    """

    position: Ints
    purchase: Ints
    supplier: Ints
    buyer: Ints
    category: Ints
    year: Ints
    amount: Floats
    n_floored: int
    n_unknown: int

    def records(self, purchases: Ints) -> Ints:
        """Positions of the records that make these purchases."""
        return self.position[np.isin(self.purchase, purchases)]


def suppliers(
    prepared: pd.DataFrame,
    *,
    seed: int = 0,
    market: Purchases | None = None,
    by_chance: Chance | None = None,
) -> Found:
    """Buyers, cells of buyer, category and year, and the file, concentrated beyond chance.

    Each buyer's HHI is compared with that of suppliers drawn for the same amounts from the
    records of other buyers in the same category; false discoveries are controlled over buyers.
    `market` and `by_chance`: the table's `purchases` and their `chance`, where already known.
    """
    lacking = _shape.lacking(prepared, "_fornecedor", "_valor")
    if lacking:
        return [], [_shape.missing_fields(ID, TITLE, *lacking)]
    market = market or purchases(prepared)
    if len(market.supplier) < MIN_CONTRACTS:
        reason = f"há menos de {MIN_CONTRACTS} compras com fornecedor e valor"
        return [], [_shape.skipped(ID, TITLE, reason)]
    rng = np.random.default_rng(seed)
    patterns, notes = _whole_file(prepared, market, by_chance, seed)
    if len(np.unique(market.buyer)) < 2:
        notes.append(_no_other_buyers(prepared))
        return patterns, notes
    by_buyer = _cells(market, market.buyer, rng)
    shown = _shown(prepared, market, by_buyer, "")
    named = {cell.buyer for cell in by_buyer if cell.is_shown}
    cells = _cells(market, _codes(market.buyer, market.category, market.year), rng)
    fresh = [cell for cell in cells if cell.buyer not in named]
    shown += _shown(prepared, market, fresh, _cell_words(prepared))
    if not by_buyer:
        reason = f"nenhum comprador tem {MIN_CONTRACTS} compras e um mercado com que comparar"
        notes.append(_shape.skipped(ID, TITLE, reason))
    return shown + patterns, notes


def _no_other_buyers(prepared: pd.DataFrame) -> NotEvaluated:
    if _shape.lacking(prepared, "_comprador"):
        return _shape.missing_fields(ID, TITLE, "_comprador")
    return _shape.skipped(ID, TITLE, "há um só comprador, sem outros com que comparar")


def purchases(prepared: pd.DataFrame) -> Purchases:
    """The purchases with a known supplier and a positive net amount."""
    amounts = _shape.amounts(prepared)
    supplier, _ = _shape.codes(prepared["_fornecedor"])
    buyer = _codes_of(prepared, "_comprador")
    known = (supplier >= 0) & np.isfinite(amounts) & (amounts != 0)
    unknown = int((np.isfinite(amounts) & (supplier < 0)).sum())
    at = np.flatnonzero(known)
    net, n_floored = _net(amounts[at], _codes(buyer[at], supplier[at]))
    at, net = at[net > 0], net[net > 0]
    category, year = _codes_of(prepared, "categoria"), _years(prepared)
    cents = np.unique(np.rint(amounts[at] * 100), return_inverse=True)[1]
    alike = _codes(buyer[at], supplier[at], category[at], year[at], cents)
    _, first, purchase = np.unique(alike, return_index=True, return_inverse=True)
    return Purchases(
        position=at,
        purchase=purchase.astype(np.int64),
        supplier=supplier[at[first]],
        buyer=buyer[at[first]],
        category=category[at[first]],
        year=year[at[first]],
        amount=_shape.sums(purchase, net),
        n_floored=n_floored,
        n_unknown=unknown,
    )


def _codes_of(prepared: pd.DataFrame, name: str) -> Ints:
    if name not in prepared:
        return np.full(len(prepared), -1, dtype=np.int64)
    return _shape.codes(prepared[name])[0]


def _years(prepared: pd.DataFrame) -> Ints:
    if "data" not in prepared:
        return np.full(len(prepared), -1, dtype=np.int64)
    years = pd.to_datetime(prepared["data"], errors="coerce").dt.year
    return np.asarray(years.fillna(-1).to_numpy(np.int64), dtype=np.int64)


def _codes(*columns: Ints) -> Ints:
    code = columns[0] - columns[0].min(initial=0)
    for column in columns[1:]:
        offset = column - column.min(initial=0)
        code = np.unique(code * (int(offset.max(initial=0)) + 1) + offset, return_inverse=True)[1]
    return code.astype(np.int64)


def _net(amounts: Floats, pair: Ints) -> tuple[Floats, int]:
    """Positive amounts scaled so that each pair adds up to its net, and pairs floored at 0."""
    gross = np.bincount(pair, weights=np.maximum(amounts, 0.0))
    net = np.bincount(pair, weights=amounts)
    with np.errstate(invalid="ignore", divide="ignore"):
        kept = np.where(gross > 0, np.maximum(net, 0.0) / gross, 0.0)
    return np.maximum(amounts, 0.0) * kept[pair], int((net < 0).sum())


# -- each buyer against its market -------------------------------------------------------------


@dataclass(slots=True)
class _Cell:
    """Purchases of one buyer (or buyer, category and year) and what chance would give."""

    members: Ints
    buyer: int
    found: Concentration
    leader: int
    null_mean: float
    p: float
    is_shown: bool = False


_PLAIN = _Cell(np.zeros(0, np.int64), -1, Concentration(0, 0, 0, 0, 0, 0, 0, 0), -1, 1.0, 1.0)
"""A cell that is not concentrated: it only counts among the tests made."""


def _cells(market: Purchases, key: Ints, rng: np.random.Generator) -> list[_Cell]:
    """The groups of purchases with one `key` that have enough of them and a market around them."""
    order = np.argsort(key, kind="stable")
    bounds = np.flatnonzero(np.diff(key[order], prepend=-1, append=-1))
    pools = _Pools(market)
    _, size, _, own = pools.of(order)
    narrowest = np.minimum.reduceat(size - own, bounds[:-1]) if len(order) else size
    concentrated = _may_be_concentrated(market, key)
    answer = []
    for (start, end), least in zip(pairwise(bounds), narrowest, strict=True):
        members = order[start:end]
        first = members[0]
        if len(members) >= MIN_CONTRACTS and market.buyer[first] >= 0 and least >= MIN_MARKET:
            cell = _cell(market, members, pools, rng) if concentrated[key[first]] else _PLAIN
            answer.append(cell)
    return answer


def _may_be_concentrated(market: Purchases, key: Ints) -> npt.NDArray[np.bool_]:
    """By key, whether the HHI of its purchases is at least moderate."""
    width = int(market.supplier.max(initial=0)) + 1
    pair, inverse = np.unique(key * width + market.supplier, return_inverse=True)
    of_pair, total = _shape.sums(inverse, market.amount), _shape.sums(key, market.amount)
    squares = _shape.sums(pair // width, of_pair**2, len(total))
    # a little lower than the limit: the exact index decides
    return np.asarray(squares >= (1 - 1e-9) * MODERATE_HHI * total**2)


def _cell(market: Purchases, members: Ints, pools: _Pools, rng: np.random.Generator) -> _Cell:
    distinct, inverse = np.unique(market.supplier[members], return_inverse=True)
    totals = np.bincount(inverse, weights=market.amount[members])
    found = indices(totals)
    if found is None or found.hhi < MODERATE_HHI:
        return _PLAIN
    simulated = _simulated(market, members, pools, rng, found.hhi)
    return _Cell(
        members,
        int(market.buyer[members[0]]),
        found,
        int(distinct[totals.argmax()]),
        float(simulated.mean()),
        tail(found.hhi, simulated),
    )


class _Pools:
    """For each purchase, the block of those of its category (or the file) ordered by buyer."""

    def __init__(self, market: Purchases) -> None:
        n = len(market.supplier)
        self.buyer, self.category = market.buyer, market.category
        self.by_category = np.lexsort((market.buyer, market.category))
        self.by_buyer = np.argsort(market.buyer, kind="stable")
        self.of_category = _blocks(market.category[self.by_category], market.category)
        pair = market.category * (int(market.buyer.max(initial=0)) + 2) + market.buyer
        self.of_pair = _blocks(pair[self.by_category], pair)
        self.of_buyer = _blocks(market.buyer[self.by_buyer], market.buyer)
        self.n = n

    def narrow(self, members: Ints) -> npt.NDArray[np.bool_]:
        """Whether a purchase's category holds enough of other buyers."""
        others = self.of_category[1][members] - self.of_pair[1][members]
        return (others >= MIN_MARKET) & (self.category[members] >= 0)

    def of(self, members: Ints) -> tuple[Ints, Ints, Ints, Ints]:
        """(start, size, own start, own size) of the block that each purchase is drawn from."""
        narrow = self.narrow(members)
        whole = np.zeros(len(members), dtype=np.int64)
        return (
            np.where(narrow, self.of_category[0][members], whole),
            np.where(narrow, self.of_category[1][members], whole + self.n),
            np.where(narrow, self.of_pair[0][members], self.of_buyer[0][members]),
            np.where(narrow, self.of_pair[1][members], self.of_buyer[1][members]),
        )


def _blocks(ordered: Ints, values: Ints) -> tuple[Ints, Ints]:
    start = np.searchsorted(ordered, values, side="left")
    return start, np.searchsorted(ordered, values, side="right") - start


def _simulated(
    market: Purchases, members: Ints, pools: _Pools, rng: np.random.Generator, observed: float
) -> Floats:
    """HHI of up to `SIMULATIONS` draws of other buyers' suppliers for the members' amounts.

    Stops once `MIN_EXCEEDING` of them reach the observed one.
    """
    start, size, own_start, own = pools.of(members)
    narrow = pools.narrow(members)
    amount = market.amount[members] / market.amount[members].sum()
    at_once = max(1, DRAWS_AT_ONCE // len(members))
    answer: list[Floats] = []
    done, exceeding = 0, 0
    while done < SIMULATIONS and exceeding < MIN_EXCEEDING:
        many = min(at_once, SIMULATIONS - done) if done else min(at_once, FIRST_DRAWS)
        shape, done = (many, len(members)), done + many
        drawn = start + (rng.random(shape) * (size - own)).astype(np.int64)
        drawn = np.where(drawn >= own_start, drawn + own, drawn)
        record = np.where(narrow, pools.by_category[drawn], pools.by_buyer[drawn])
        answer.append(_hhi_of_draws(market.supplier[record], amount))
        exceeding += int((answer[-1] >= observed).sum())
    return np.concatenate(answer)


def _hhi_of_draws(supplier: Ints, amount: Floats) -> Floats:
    """HHI of each row of suppliers for these shares: the sum over all pairs of one supplier."""
    if len(amount) <= FEW_PURCHASES:
        same = supplier[:, :, None] == supplier[:, None, :]
        return same.reshape(len(supplier), -1) @ np.outer(amount, amount).ravel()
    distinct, inverse = np.unique(supplier, return_inverse=True)
    width = len(distinct)
    cell = inverse.reshape(supplier.shape) + width * np.arange(len(supplier))[:, None]
    weights = np.broadcast_to(amount, supplier.shape).ravel()
    totals = np.bincount(cell.ravel(), weights=weights, minlength=width * len(supplier))
    return np.asarray((totals.reshape(len(supplier), width) ** 2).sum(axis=1))


def tail(observed: float, simulated: Floats) -> float:
    """Chance of a value as large as `observed` under simulations; never zero.

    Their share where enough of them reach it, else the Pearson III tail with their mean, spread
    and skewness.
    """
    exceeding = int((simulated >= observed * (1 - 1e-12)).sum())
    share = (1 + exceeding) / (1 + len(simulated))
    spread = float(simulated.std())
    if exceeding >= MIN_EXCEEDING or spread <= 1e-12 * observed:
        return share
    skew = max(0.0, float(stats.skew(simulated)))
    fitted = float(stats.pearson3.sf(observed, skew, float(simulated.mean()), spread))
    return min(share, max(fitted, 1e-12))


# -- in words ----------------------------------------------------------------------------------

_EXPLAIN = (
    "{buyer}{cell}: {supplier} recebe {share:pct} de {total:brl} em {n} registros de {n_suppliers}"
    " fornecedores (HHI {hhi:2}). Fornecedores sorteados entre os dos outros compradores, com os"
    " mesmos valores, dariam HHI de cerca de {null_hhi:2}."
)


def _shown(
    prepared: pd.DataFrame, market: Purchases, cells: list[_Cell], template: str
) -> list[Pattern]:
    if not cells:
        return []
    q = _shape.adjusted([cell.p for cell in cells])
    for cell, value in zip(cells, q, strict=True):
        ratio = cell.found.hhi / cell.null_mean
        if cell is _PLAIN:
            continue
        cell.is_shown = bool(value <= _shape.FALSE_DISCOVERIES and ratio >= MIN_RATIO)
    ranked = sorted(zip(q, cells, strict=True), key=lambda pair: (pair[0], -pair[1].found.hhi))
    return [
        _buyer_pattern(prepared, market, cell, float(value), template)
        for value, cell in ranked
        if cell.is_shown
    ]


def _cell_words(prepared: pd.DataFrame) -> str:
    parts = [name for name in ("categoria", "data") if not _shape.lacking(prepared, name)]
    return ",".join(parts)


def _buyer_pattern(
    prepared: pd.DataFrame, market: Purchases, cell: _Cell, q: float, template: str
) -> Pattern:
    at = market.records(cell.members)
    won = cell.members[market.supplier[cell.members] == cell.leader]
    of_leader = market.records(won)
    facts: dict[str, object] = {
        "buyer": _shape.buyer_name(prepared, at),
        "cell": _cell_name(prepared, int(at[0]), template),
        "supplier": _shape.supplier_name(prepared, of_leader),
        **_figures(cell.found),
        "n": len(at),
        "n_purchases": len(cell.members),
        "n_supplier": len(of_leader),
        "null_hhi": cell.null_mean,
        "q_value": q,
        "n_floored": market.n_floored,
        "band": _band(cell.found.hhi),
        "band_note": _BAND,
    }
    multiple = cell.found.hhi / max(MIN_RATIO * cell.null_mean, MODERATE_HHI)
    needs_no_rivals = cell.found.total < _direct_award(prepared, at)
    ceiling = _shape.CONTEXT if needs_no_rivals else _shape.MODERATE
    return _shape.pattern(
        id=ID,
        type="suppliers",
        title=TITLE,
        explain=_EXPLAIN,
        facts=facts,
        rows=prepared.index[of_leader],
        p_value=cell.p,
        strength=min(ceiling, _shape.strength(q, multiple)),
        innocent=_INNOCENT,
        next_step=_NEXT,
    )


def _direct_award(prepared: pd.DataFrame, at: Ints) -> float:
    """Limit (R$) of one direct award at the time of these records: sums below it ask for no rivals.

    The newest limit where no date is known.
    """
    days = prepared["data"].iloc[at].dropna() if "data" in prepared else pd.Series(dtype="M8[s]")
    newest = max(row.start for row in _limits.table() if row.regime == "14.133")
    day = days.max().date() if len(days) else newest
    return _limits.dispensa_limit(day, works=False).value


def _cell_name(prepared: pd.DataFrame, position: int, template: str) -> str:
    row = prepared.iloc[position]
    parts = []
    if "categoria" in template and not pd.isna(row["categoria"]):
        parts.append(fields.mask_cpf(str(row["categoria"])))
    if "data" in template and not pd.isna(row["data"]):
        parts.append(str(row["data"].year))
    return f" ({', '.join(parts)})" if parts else ""


def _figures(found: Concentration) -> dict[str, object]:
    return {
        "share": found.cr1,
        "total": found.total,
        "n_suppliers": found.n,
        "hhi": found.hhi,
        "normalised_hhi": found.normalised_hhi,
        "effective_number": found.effective_number,
        "cr1": found.cr1,
        "cr4": found.cr4,
        "gini": found.gini,
    }


def _band(hhi: float) -> str:
    return "alta" if hhi > HIGH_HHI else "moderada" if hhi >= MODERATE_HHI else "baixa"


# -- the whole file ----------------------------------------------------------------------------

_FILE_EXPLAIN = (
    "{supplier} recebe {share:pct} de {total:brl} no arquivo, em {n_supplier} de {n} registros;"
    " são {n_suppliers} fornecedores (HHI {hhi:2}). Se os mesmos valores coubessem ao acaso a"
    " qualquer deles, o HHI seria de cerca de {null_hhi:2}."
)


def _whole_file(
    prepared: pd.DataFrame, market: Purchases, by_chance: Chance | None, seed: int
) -> Found:
    """The largest supplier of the file, when equal chances would not make it so large.

    Markets are unequal by nature, so this only gives context, except for a single buyer.
    """
    inverse = np.unique(market.supplier, return_inverse=True)[1]
    totals = _shape.sums(inverse, market.amount)
    found = indices(totals)
    if found is None:
        return [], [_shape.skipped(FILE_ID, FILE_TITLE, "não há valores positivos")]
    if found.cr1 < MIN_FILE_SHARE or found.n < 2:
        reason = "há um só fornecedor no arquivo"
        return [], [_shape.skipped(FILE_ID, FILE_TITLE, reason)] if found.n < 2 else []
    by_chance = by_chance or chance(market.amount, found.n, seed=seed)
    assert by_chance is not None
    simulated = by_chance.hhi
    p = tail(found.hhi, simulated)
    if p > _shape.SURE:
        return [], []
    of_leader = market.records(np.flatnonzero(inverse == int(totals.argmax())))
    facts: dict[str, object] = {
        "supplier": _shape.supplier_name(prepared, of_leader),
        **_figures(found),
        "n": len(market.position),
        "n_supplier": len(of_leader),
        "null_hhi": float(simulated.mean()),
        "n_floored": market.n_floored,
        "n_without_supplier": market.n_unknown,
        "band": _band(found.hhi),
        "band_note": _BAND,
    }
    single = len(np.unique(market.buyer)) == 1
    ceiling = _shape.MODERATE if single else _shape.CONTEXT
    found_pattern = _shape.pattern(
        id=FILE_ID,
        type="suppliers",
        title=FILE_TITLE,
        explain=_FILE_EXPLAIN,
        facts=facts,
        rows=prepared.index[of_leader],
        p_value=p,
        strength=min(ceiling, _shape.strength(p, found.hhi / HIGH_HHI)),
        innocent=_INNOCENT,
        next_step=_NEXT,
    )
    return [found_pattern], []
