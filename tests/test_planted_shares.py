"""Breaches stay told where a twentieth or a tenth of the file is so: only a habit makes context."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cidadao_models import flags
from cidadao_models.flags import _breadth, _strength
from cidadao_models.models.evaluation import (
    honest_bids,
    patterns_suite,
    strong_bids,
    strong_cases,
    strong_contracts,
)
from cidadao_models.models.evaluation.honest_contracts import contracts
from cidadao_models.models.evaluation.planting import Planted
from tests import honest

BY_ID = {one.id: one for one in flags.all_flags()}
LEAST_RECALL = 0.8

IN_CONTRACTS = (
    "aditivo_logo_apos_assinatura", "muitos_aditivos", "assinatura_em_dia_nao_util",
    "publicacao_apos_inicio", "valor_redondo", "fornecedor_de_objetos_dispares",
)  # fmt: skip
IN_BIDS = (
    "menor_proposta_desclassificada", "todas_desclassificadas_menos_a_vencedora",
    "propostas_identicas",
)  # fmt: skip


def planted(flag_id: str, rows: int, cases: int, monkeypatch: pytest.MonkeyPatch) -> Planted:
    monkeypatch.setattr(strong_contracts, "CASES", cases)
    monkeypatch.setattr(strong_bids, "CASES", cases)
    monkeypatch.setattr(strong_bids, "TENDERS", rows)
    if flag_id in IN_BIDS:
        return strong_cases.planted(flag_id, 4)
    host, plant = strong_cases.IN_CONTRACTS[flag_id]
    host = replace(host, rows=rows, bodies=2, units=max(4, rows // 60))
    return plant(contracts(host, 4), np.random.default_rng(5))


@pytest.mark.parametrize(("rows", "cases"), [(300, 10), (300, 20), (1_000, 60)])
@pytest.mark.parametrize("flag_id", IN_CONTRACTS + IN_BIDS)
def test_cases_are_told(
    flag_id: str, rows: int, cases: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = planted(flag_id, rows, cases, monkeypatch)
    assert patterns_suite.recall_of(BY_ID[flag_id], one) >= LEAST_RECALL


def hits(flag_id: str, table: pd.DataFrame) -> dict[int, float]:
    found = BY_ID[flag_id].hits(flags.prepare(table))
    return {int(row): hit.weight for hit in found for row in hit.rows}


@pytest.mark.parametrize("share", [0.05, 0.2])
def test_ten_amendments_where_three_are_usual(share: float) -> None:
    rng = np.random.default_rng(1)
    table = honest.contracts(400, 1).assign(n_aditivos=rng.integers(0, 4, 400).astype(float))
    rows = rng.choice(400, int(share * 400), replace=False)
    table.loc[rows, "n_aditivos"] = rng.integers(10, 26, len(rows)).astype(float)
    named = hits("muitos_aditivos", table)
    assert set(named) == set(rows.tolist())
    strong = [weight for weight in named.values() if weight >= _strength.BAR]
    assert (len(strong) >= LEAST_RECALL * len(rows)) == (share < 0.1)


def early_amendments(quick: int) -> pd.DataFrame:
    """Sixty amendments of a tenth, so many of them within ten days; and twenty large early ones."""
    table = honest.contracts(300, 2).assign(n_aditivos=np.nan, valor_aditivos=np.nan)
    days = np.r_[np.full(quick, 9), np.full(60 - quick, 200), np.full(20, 5)].astype("m8[D]")
    table["data_aditivo"] = pd.NaT
    table.loc[:79, "data_aditivo"] = table["data_assinatura"].to_numpy()[:80] + days
    share = np.r_[np.full(60, 0.1), np.full(20, 0.24)]
    table.loc[:79, "valor_aditivos"] = table["valor_inicial"].to_numpy()[:80] * share
    table.loc[:79, "n_aditivos"] = 1.0
    return table


def test_large_early_additions_are_context_only_where_early_ones_are_a_habit() -> None:
    named = hits("aditivo_logo_apos_assinatura", early_amendments(quick=10))
    assert all(named[row] >= _strength.BAR for row in range(60, 80)) and 0 in named
    named = hits("aditivo_logo_apos_assinatura", early_amendments(quick=40))
    assert set(named) == set(range(60, 80)) and max(named.values()) <= _strength.CONTEXT


@pytest.mark.parametrize("flag_id", ["menor_proposta_desclassificada", "propostas_identicas"])
def test_a_habit_of_the_file_is_context(flag_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    one = planted(flag_id, 60, 20, monkeypatch)
    named = hits(flag_id, one.table)
    found = [{named[int(row)] for row in case if int(row) in named} for case in one.cases]
    assert all(weights and max(weights) <= _strength.CONTEXT for weights in found)


def test_shops_of_many_kinds_of_goods_are_one_trade() -> None:
    shops, kinds = 30, 12
    who = np.repeat(np.arange(shops), kinds)
    what = np.tile(np.arange(kinds), shops)
    goods = np.full(kinds, _breadth.NATURES.index("aquisicao"))
    assert not _breadth.many_trades(_breadth.Sales(who, what, np.ones(len(who), int), goods))


def test_one_firm_of_all_natures_among_those_of_one() -> None:
    kinds = 12
    nature = np.arange(kinds) % len(_breadth.NATURES)
    who = np.r_[np.arange(36), np.full(kinds, 36)]
    what = np.r_[np.arange(36) % kinds, np.arange(kinds)]
    count = np.r_[np.full(36, 12), np.ones(kinds, int)]
    found = _breadth.many_trades(_breadth.Sales(who, what, count, nature))
    assert set(found) == {36} and found[36] > 4


@pytest.mark.parametrize("seed", range(3))
def test_honest_bids_name_no_undercut_winner(seed: int) -> None:
    named = hits("menor_proposta_desclassificada", honest_bids.bids(300, seed))
    assert not [row for row, weight in named.items() if weight >= _strength.BAR]
