"""Honest worlds obey the law as they claim, the flags stay silent on them, plants are found."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cidadao_models import flags
from cidadao_models.flags import _limits
from cidadao_models.models.evaluation import honest_catalogue as catalogue
from cidadao_models.models.evaluation import honest_worlds, patterns_suite, strong_cases
from cidadao_models.models.evaluation.honest_bids import bids
from cidadao_models.models.evaluation.honest_contracts import World, contracts
from cidadao_models.models.evaluation.patterns_suite import Alarms
from cidadao_models.reading import read
from cidadao_models.records import FIELDS, classify_documents, modality_class

FILES = dict(honest_worlds.files(scale=0.2)) | {"bids": lambda seed: bids(300, seed)}
CITY = World("city", 3_000, 4, 30, (2020, 2025))
OF_SANCTIONS = {"abrangencia"}


@pytest.fixture(scope="module")
def city() -> pd.DataFrame:
    return contracts(CITY, 3)


# -- well formed ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILES)
def test_files_are_canonical_and_repeatable(name: str) -> None:
    table = FILES[name](5)
    assert set(table) <= set(FIELDS)
    assert len(table) >= 20 and table.index.equals(pd.RangeIndex(len(table)))
    pd.testing.assert_frame_equal(table, FILES[name](5))
    assert not table.equals(FILES[name](6))
    for column in table:
        date = FIELDS[str(column)].kind == "date"
        assert (table[column].dtype.kind == "M") == date


def test_together_they_fill_every_field() -> None:
    filled: set[str] = set()
    for draw in FILES.values():
        table = draw(1)
        filled |= {str(name) for name in table if table[name].notna().mean() > 0.05}
    assert filled == set(FIELDS) - OF_SANCTIONS


def test_reading_a_world_changes_nothing(city: pd.DataFrame) -> None:
    records = read(city).records
    assert len(records) == len(city)
    pd.testing.assert_series_equal(
        records["data_assinatura"], city["data_assinatura"], check_dtype=False, check_index=False
    )
    np.testing.assert_allclose(records["valor"], city["valor"])


def test_documents_hold(city: pd.DataFrame) -> None:
    assert classify_documents(city["fornecedor_id"])["valid"].all()
    assert city.groupby("fornecedor_id")["fornecedor_abertura"].nunique().max() == 1


def direct(table: pd.DataFrame) -> pd.DataFrame:
    """Direct awards by value, with the limit that held when they were signed."""
    basis = table["fundamento_legal"].str.upper().str.replace("INCISO ", "")
    pattern = r"ART\. (?:75|24), I{1,2}(?:,|$)"
    table = table[basis.str.contains(pattern)].copy()
    works = basis.str.contains(r"ART\. (?:75|24), I(?:,|$)")
    table["limit"] = [
        _limits.dispensa_limit(row.data_assinatura, works=works[at], legal_basis=basis[at]).value
        for at, row in zip(table.index, table.itertuples(), strict=True)
    ]
    return table


def test_direct_awards_stay_below_the_limit_alone_and_together(city: pd.DataFrame) -> None:
    awards = direct(city)
    assert len(awards) > 200
    assert (awards["valor_inicial"] < awards["limit"]).all()
    year = awards["data_assinatura"].dt.year
    keys = [awards["unidade_gestora_id"], awards["categoria"], year]
    total = awards.groupby(keys)["valor_inicial"].sum()
    assert (total < awards.groupby(keys)["limit"].max()).all()
    share = awards["valor_inicial"] / awards["limit"]
    assert 0.01 < (share > 0.9).mean() < 0.2


def test_dates_are_in_order_and_periods_long_enough(city: pd.DataFrame) -> None:
    called = city[city["data_encerramento"].notna()]
    days = np.busday_count(
        called["data_publicacao"].to_numpy().astype("M8[D]"),
        called["data_encerramento"].to_numpy().astype("M8[D]"),
        holidays=catalogue.HOLIDAYS,
    )
    pregao = (modality_class(called["modalidade"]) == "pregao").to_numpy()
    assert days[pregao].min() == 8 and days.min() >= 3
    assert (called["data_encerramento"] <= called["data"]).all()
    assert (city["data"] <= city["data_assinatura"]).all()
    assert (city["data_assinatura"] <= city["vigencia_inicio"]).all()
    assert (city["vigencia_inicio"] < city["vigencia_fim"]).all()
    assert (city["fornecedor_abertura"] < city["data_assinatura"]).all()
    closed = city[city["fornecedor_situacao"] != "ATIVA"]
    assert (closed["fornecedor_situacao_data"] > closed["data_assinatura"]).all()


def test_weekends_december_and_single_bids_are_as_stated(city: pd.DataFrame) -> None:
    table = pd.concat([contracts(CITY, seed) for seed in range(4)], ignore_index=True)
    assert 0.001 < (table["data_assinatura"].dt.day_of_week > 4).mean() < 0.01
    month = table["data_assinatura"].dt.month
    assert 1.1 < (month == 12).mean() * 12 < 1.6
    pregao = table[modality_class(table["modalidade"]) == "pregao"]
    assert 0.06 < (pregao["n_propostas"] == 1).mean() < 0.10
    assert 0.10 < (table["valor_estimado"] == table["valor_inicial"]).mean() < 0.20
    assert 0.9 < (table["n_aditivos"] <= 3).mean() < 1.0
    assert 0.02 < (table["valor"] == 0).mean() < 0.04


def test_additions_stay_within_a_quarter(city: pd.DataFrame) -> None:
    known = city[city["valor_inicial"] > 0]
    term = (known["vigencia_fim"] - known["vigencia_inicio"]).dt.days
    growth = known["valor_final"] / known["valor_inicial"]
    assert (growth[term < 600] <= 1.2501).all()
    assert (growth <= 1.2501 * np.maximum(1, term / 365)).all()


@pytest.mark.parametrize(
    ("year", "easter"), [(2019, "04-21"), (2024, "03-31"), (2025, "04-20"), (2026, "04-05")]
)
def test_good_friday_is_a_holiday(year: int, easter: str) -> None:
    friday = np.datetime64(f"{year}-{easter}") - np.timedelta64(2, "D")
    assert friday in catalogue.HOLIDAYS


def test_the_lowest_valid_bid_wins() -> None:
    table = FILES["bids"](2)
    valid = table[table["situacao_proposta"] == "Classificada"]
    won = table[table["vencedor"] == "Sim"].set_index("licitacao_id")["valor_proposta"]
    lowest = valid.groupby("licitacao_id")["valor_proposta"].min()
    pd.testing.assert_series_equal(won.sort_index(), lowest.sort_index())
    assert 0.03 < 1 - len(valid) / len(table) < 0.09
    assert table.groupby("licitacao_id").size().between(2, 12).all()
    assert table["fornecedor_id"].value_counts().iloc[:20].min() > 3


# -- silence on them -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def alarms() -> Alarms:
    found = Alarms()
    for name, draw in FILES.items():
        for seed in range(6 if name == "small city" else 1):
            found.add(draw(70 + seed), seed)
    return found


def test_honest_records_stay_within_the_budget(alarms: Alarms) -> None:
    assert alarms.records > 5_000
    assert alarms.at_medium <= 0.01 * alarms.records
    assert alarms.at_high <= 0.001 * alarms.records + 1


@pytest.mark.parametrize("one", flags.all_flags(), ids=lambda one: one.id)
def test_a_flag_is_silent_on_honest_files(one: flags.Flag, alarms: Alarms) -> None:
    assert one.context or alarms.medium[one.id] <= 0.003 * alarms.judged[one.id] + 2


@pytest.mark.parametrize("seed", range(4))
def test_an_honest_file_yields_no_rule_finding_of_high_severity(seed: int) -> None:
    found = Alarms()
    found.add(FILES["small city"](200 + seed), seed)
    found.add(FILES["tenders"](200 + seed), seed)
    assert found.files_with_high_rule == 0


# -- strong cases --------------------------------------------------------------------------------

PRESENT = {one.id: one for one in flags.all_flags()}
LEAST_RECALL = 0.6
"""What a single flag must find of its strong cases; their mean must reach 0.8."""

MEASURED = [name for name in strong_cases.known() if name in PRESENT]


@pytest.mark.parametrize("flag_id", strong_cases.known())
def test_cases_are_rows_of_the_table(flag_id: str) -> None:
    planted = strong_cases.planted(flag_id, 2)
    rows = np.concatenate(planted.cases)
    assert len(rows) >= 12 and len(set(rows)) == len(rows)
    assert planted.table.index.is_unique and set(rows) <= set(planted.table.index)


@pytest.fixture(scope="module")
def recalls() -> dict[str, float]:
    return {
        flag_id: patterns_suite.recall_of(PRESENT[flag_id], strong_cases.planted(flag_id, 9))
        for flag_id in MEASURED
    }


def test_strong_cases_are_found(recalls: dict[str, float]) -> None:
    assert np.mean(list(recalls.values())) >= 0.9


@pytest.mark.parametrize("flag_id", MEASURED)
def test_no_flag_misses_its_strong_cases(flag_id: str, recalls: dict[str, float]) -> None:
    assert recalls[flag_id] >= LEAST_RECALL
