"""The small tables that the charts of patterns draw, or the reason why there is nothing to draw.

Reads what the checks share; finds nothing unusual itself.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from cidadao_models import records as fields
from cidadao_models.findings import views
from cidadao_models.findings.views import View, Views
from cidadao_models.flags import _tenders as tender_table
from cidadao_models.models.pattern_analysis import (
    _shape,
    benford,
    bunching,
    collusion_patterns,
    concentration,
    network,
)
from cidadao_models.models.pattern_analysis._shape import Floats, Ints, Pattern
from cidadao_models.models.pattern_analysis.shares import curve_of, indices
from cidadao_models.models.pattern_analysis.study import Study

REACH = float(np.log(2))
"""Log distance from a limit up to which amounts are drawn: half to twice of it."""

BIN = 0.025
"""Width of a bar of the amounts around a limit, as a share of the limit."""

DRAWN_AROUND = 0.5
"""Share of the limit below and above it that is drawn."""

BAND = 0.95
"""Share of honest samples inside the band of each first digit."""

MIN_MONTHS = 3
"""Fewest months that make a calendar."""

MAX_YEARS = 8
"""Rows of a calendar: the latest years with records."""

MAX_BUYERS, MAX_SUPPLIERS, MAX_LINKS = 6, 9, 14
"""Largest network that is drawn: a hairball answers nothing."""

MAX_TENDERS = 8
"""Tenders drawn beside each other."""

FAR_ESTIMATE = 2.0
"""An estimate this many times the highest bid is not drawn: it would squeeze the bids together."""

MONTHS = ("jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez")
WEEKDAYS = ("segunda", "terça", "quarta", "quinta", "sexta", "sábado", "domingo")

Made = View | str
"""A table to draw, or the reason why there is none."""


def of_study(study: Study, patterns: Sequence[Pattern]) -> Views:
    """The charts of contract records."""
    made = {
        "curve": _curve(study),
        "piles": _piles(study.prepared, patterns),
        "calendar": _calendar(study.prepared),
        "digits": _digits(study.prepared, patterns),
        "ties": _ties(study, patterns),
        "tenders": "o arquivo não traz as propostas de cada licitação",
    }
    return _views(made)


def of_bids(bids: pd.DataFrame, patterns: Sequence[Pattern]) -> Views:
    """The chart of a table of bids."""
    return _views({"tenders": _tenders(bids, patterns)})


def _views(made: dict[str, Made]) -> Views:
    return Views(
        {name: one for name, one in made.items() if not isinstance(one, str)},
        {name: one for name, one in made.items() if isinstance(one, str)},
    )


def _lacks(prepared: pd.DataFrame, *needs: str) -> str:
    """`falta fornecedor`, or "" when nothing is missing."""
    missing = _shape.lacking(prepared, *needs)
    if not missing:
        return ""
    return _shape.missing_fields("", "", *missing).reason.removeprefix("não verificado: ")


def _found(patterns: Sequence[Pattern], id: str) -> list[Pattern]:
    return [one for one in patterns if one["id"] == id]


# -- suppliers ---------------------------------------------------------------------------------


def _curve(study: Study) -> Made:
    if lacking := _lacks(study.prepared, "_fornecedor", "_valor"):
        return lacking
    found, by_chance = indices(study.by_supplier), study.chance
    if study.market is None or found is None or by_chance is None:
        return "não há compras com fornecedor e valor"
    if found.n < 2 or len(study.market.amount) < concentration.MIN_CONTRACTS:
        return f"há um só fornecedor ou menos de {concentration.MIN_CONTRACTS} compras"
    return views.Curve(
        found.n,
        len(study.market.amount),
        curve_of(study.by_supplier),
        by_chance.curve,
        fields.mask_cpf(study.leader),
        _in_one(study),
        found.cr1,
        found.cr4,
        by_chance.cr4,
    )


def _in_one(study: Study) -> float:
    """Share of the largest supplier's money that is one purchase."""
    market = study.market
    assert market is not None
    code = np.unique(market.supplier)[int(study.by_supplier.argmax())]
    mine = market.amount[market.supplier == code]
    return float(mine.max() / mine.sum())


def _ties(study: Study, patterns: Sequence[Pattern]) -> Made:
    if lacking := _lacks(study.prepared, "_comprador", "_fornecedor", "_valor"):
        return lacking
    market = study.market
    assert market is not None
    known = market.buyer >= 0
    width = int(market.supplier.max(initial=0)) + 1
    pair, inverse = np.unique(
        market.buyer[known] * width + market.supplier[known], return_inverse=True
    )
    amount = _shape.sums(inverse, market.amount[known])
    buyer, supplier = np.divmod(pair, width)
    n_buyers, n_suppliers = len(np.unique(buyer)), len(np.unique(supplier))
    if n_buyers < 2 or n_suppliers < 2:
        return "há um só comprador ou um só fornecedor"
    unusual = _unusual_pairs(study, patterns, buyer, supplier)
    chosen = _few(buyer, supplier, np.lexsort((-amount, ~unusual)))
    buyers, b = np.unique(buyer[chosen], return_inverse=True)
    suppliers, s = np.unique(supplier[chosen], return_inverse=True)
    return views.Ties(
        tuple(_name_of(study, "buyer", int(code)) for code in buyers),
        tuple(_name_of(study, "supplier", int(code)) for code in suppliers),
        np.column_stack([b, s, amount[chosen], unusual[chosen]]).astype(np.float64),
        float(amount[chosen].sum() / amount.sum()),
        n_buyers,
        n_suppliers,
    )


def _unusual_pairs(
    study: Study, patterns: Sequence[Pattern], buyer: Ints, supplier: Ints
) -> np.ndarray:
    """Which pairs a pattern of the network names; its first record tells the pair."""
    market = study.market
    assert market is not None
    unusual = np.zeros(len(buyer), dtype=bool)
    for one in _found(patterns, network.TIE_ID):
        rows = one["rows"]
        assert isinstance(rows, list)
        at = int(study.prepared.index.get_indexer(pd.Index(rows[:1]))[0])
        purchase = market.purchase[np.searchsorted(market.position, at)]
        unusual |= (buyer == market.buyer[purchase]) & (supplier == market.supplier[purchase])
    return unusual


def _few(buyer: Ints, supplier: Ints, order: Ints) -> Ints:
    """The first links in order that keep the drawing small."""
    chosen: list[int] = []
    seen: tuple[set[int], set[int]] = (set(), set())
    for k in order[: 50 * MAX_LINKS].tolist():
        buyers, suppliers = seen[0] | {int(buyer[k])}, seen[1] | {int(supplier[k])}
        if len(buyers) <= MAX_BUYERS and len(suppliers) <= MAX_SUPPLIERS:
            chosen.append(k)
            seen = (buyers, suppliers)
        if len(chosen) == MAX_LINKS:
            break
    return np.array(chosen, dtype=np.int64)


def _name_of(study: Study, role: str, code: int) -> str:
    market = study.market
    assert market is not None
    codes = market.buyer if role == "buyer" else market.supplier
    rows = market.records(np.flatnonzero(codes == code))
    naming = _shape.buyer_name if role == "buyer" else _shape.supplier_name
    return fields.mask_cpf(naming(study.prepared, rows))


# -- amounts -----------------------------------------------------------------------------------


def _piles(prepared: pd.DataFrame, patterns: Sequence[Pattern]) -> Made:
    if lacking := _lacks(prepared, "_valor", "data"):
        return lacking
    groups = [
        (group, bunching.local_test(group.amount, group.limit))
        for group in bunching.limited(prepared, reach=REACH)
    ]
    enough = [pair for pair in groups if pair[1].counts.n >= bunching.MIN_IN_WINDOWS]
    if not enough:
        return f"há menos de {bunching.MIN_IN_WINDOWS} valores em volta de cada limite legal"
    named = {
        (facts["limit"], facts["kind"])
        for one in _found(patterns, bunching.ID)
        if isinstance(facts := one["facts"], dict) and facts["who"] == "No arquivo"
    }
    group, test = max(
        enough, key=lambda pair: ((pair[0].limit[0], pair[0].kind) in named, pair[1].counts.n)
    )
    return _pile(prepared, group, test, unusual=(group.limit[0], group.kind) in named)


def _pile(
    prepared: pd.DataFrame, group: bunching.Limited, test: bunching.Bunching, *, unusual: bool
) -> views.Piles:
    limit, half = float(group.limit[0]), round(DRAWN_AROUND / BIN)
    # an amount equal to the limit is still allowed: it belongs below it
    place = np.ceil(np.round((group.amount / limit - 1) / BIN, 9)).astype(np.int64) + half - 1
    inside = place[(place >= 0) & (place < 2 * half)]
    return views.Piles(
        limit * (1 + BIN * np.arange(-half, half + 1)),
        np.bincount(inside, minlength=2 * half),
        limit,
        bunching.act_of(prepared, group),
        bunching.KIND_WORDS[group.kind],
        test.counts.below,
        test.counts.above,
        test.expected_below,
        bunching.WINDOW,
        unusual,
    )


def _digits(prepared: pd.DataFrame, patterns: Sequence[Pattern]) -> Made:
    if lacking := _lacks(prepared, "_valor"):
        return lacking
    result = benford.of_records(prepared)
    if not result.applicable or result.p_value is None:
        return f"a lei não se espera aqui: {result.reason}"
    law = np.array(result.expected)
    tail = (1 - BAND) / 2
    return views.Digits(
        result.n,
        np.array(result.observed),
        law,
        stats.binom.ppf(tail, result.n, law) / result.n,
        stats.binom.ppf(1 - tail, result.n, law) / result.n,
        result.p_value,
        bool(_found(patterns, "benford")),
    )


# -- time --------------------------------------------------------------------------------------


def _calendar(prepared: pd.DataFrame) -> Made:
    if lacking := _lacks(prepared, "data"):
        return lacking
    days = pd.to_datetime(prepared["data"], errors="coerce").to_numpy().astype("datetime64[D]")
    known = ~np.isnat(days)
    days, amount = days[known], np.maximum(np.nan_to_num(_shape.amounts(prepared)[known]), 0.0)
    month = days.astype("datetime64[M]").astype(np.int64)
    if len(np.unique(month)) < MIN_MONTHS:
        return f"há registros em menos de {MIN_MONTHS} meses"
    years = np.unique(month // 12)
    if len(years) > 1:
        return _by_year(month, amount, years[-MAX_YEARS:])
    if "data" in prepared.attrs.get("datas_sem_dia", ()):
        return "as datas são de um só ano e não dizem o dia"
    return _by_weekday(days, month)


def _by_year(month: Ints, amount: Floats, years: Ints) -> views.Calendar:
    inside = np.isin(month // 12, years)
    is_money = bool(amount[inside].sum() > 0)
    weights = amount if is_money else np.ones(len(amount))
    row = np.searchsorted(years, month[inside] // 12)
    cell = row * 12 + month[inside] % 12
    values = _shape.sums(cell, weights[inside], 12 * len(years))
    n = np.bincount(cell, minlength=12 * len(years))
    values[n == 0] = np.nan
    return views.Calendar(
        tuple(str(1970 + year) for year in years.tolist()),
        MONTHS,
        values.reshape(-1, 12),
        is_money,
        "ano",
        "mês",
        int((~inside).sum()),
        float(weights[inside][cell == np.nanargmax(values)].max() / np.nanmax(values)),
    )


def _by_weekday(days: np.ndarray, month: Ints) -> views.Calendar:
    weekday = (days.astype(np.int64) + 3) % 7
    first, last = int(month.min()), int(month.max())
    width = last - first + 1
    counts = np.bincount(weekday * width + month - first, minlength=7 * width).astype(np.float64)
    columns = tuple(MONTHS[m % 12] for m in range(first, last + 1))
    year = f"mês de {1970 + first // 12}"
    return views.Calendar(WEEKDAYS, columns, counts.reshape(7, width), False, "dia da semana", year)


# -- bids --------------------------------------------------------------------------------------


def _tenders(bids: pd.DataFrame, patterns: Sequence[Pattern]) -> Made:
    market = tender_table.arrange(bids)
    several = np.flatnonzero(market.counts >= 2)
    if not len(several):
        return "nenhuma licitação tem duas propostas ou mais"
    alike = [str(_facts(one)["tender"]) for one in _found(patterns, collusion_patterns.ID)]
    place = {str(name): k for k, name in enumerate(market.ids)}
    first = [place[name] for name in alike if name in place]
    rest = several[np.lexsort((several, -market.counts[several]))].tolist()
    chosen = first[:MAX_TENDERS] or rest[:MAX_TENDERS]
    marked = set(market.bids.loc[market.bids["won"], "tender"])
    return views.Tenders(
        tuple(_tender(market, k, has_winner=k in marked, unusual=k in first) for k in chosen),
        len(several),
        len(first),
    )


def _facts(one: Pattern) -> dict[str, object]:
    facts = one["facts"]
    return facts if isinstance(facts, dict) else {}


def _tender(
    market: tender_table.Tenders, k: int, *, has_winner: bool, unusual: bool
) -> views.Tender:
    start = int(market.starts[k])
    values = market.values[start : start + int(market.counts[k])]
    estimate = float(market.estimate[k])
    drawn = estimate <= FAR_ESTIMATE * float(values.max())
    return views.Tender(
        fields.mask_cpf(str(market.ids[k])),
        tuple(values.tolist()),
        float(market.winner[k]) if has_winner else float("nan"),
        estimate if drawn else float("nan"),
        unusual,
    )
