"""Unit prices, equal awards, discounts, year ends and near texts: rates on data with an answer."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from cidadao_models import flags
from cidadao_models.flags import _strength, _telling, _year_end
from cidadao_models.models.evaluation import duplicate_figures, strong_cases
from tests import honest


def by_id(flag_id: str) -> flags.Flag:
    return next(one for one in flags.all_flags() if one.id == flag_id)


def weights(flag_id: str, table: pd.DataFrame) -> np.ndarray:
    found = np.zeros(len(table))
    for hit in by_id(flag_id).hits(flags.prepare(table)):
        found[list(hit.rows)] = hit.weight
    return found


def item_prices(n: int, items: int, sigma: float, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    item = np.arange(n) % items
    level = rng.normal(2.0, 1.5, items)[item]
    return pd.DataFrame(
        {
            "item_codigo": [str(400_000 + k) for k in item],
            "unidade": "UN",
            "valor_unitario": np.exp(level + rng.normal(0, sigma, n)).round(2),
            "data": pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 700, n), "D"),
        }
    )


@pytest.mark.parametrize("sigma", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("size", [20, 100])
def test_ordinary_unit_prices_are_silent(sigma: float, size: int) -> None:
    table = item_prices(6_000, 6_000 // size, sigma, 1)
    assert (weights("preco_unitario_acima_dos_pares", table) >= 0.7).mean() <= 0.0065


def test_ten_times_the_price_is_found() -> None:
    table = item_prices(6_000, 200, 0.5, 2)
    rows = np.random.default_rng(3).choice(200, 100, replace=False)
    table.loc[rows, "valor_unitario"] *= 10
    assert (weights("preco_unitario_acima_dos_pares", table)[rows] >= 0.7).mean() >= 0.9


def test_unit_price_facts_recompute_from_the_rows() -> None:
    table = item_prices(400, 10, 0.4, 4)
    table.loc[7, "valor_unitario"] *= 12
    (hit,) = [
        h for h in by_id("preco_unitario_acima_dos_pares").hits(flags.prepare(table)) if 7 in h.rows
    ]
    same = table[(table["item_codigo"] == table.at[7, "item_codigo"]) & (table.index != 7)]
    assert hit.facts["n"] == len(same)
    assert hit.facts["mediana"] == pytest.approx(same["valor_unitario"].median())
    assert hit.facts["vezes"] == pytest.approx(
        table.at[7, "valor_unitario"] / same["valor_unitario"].median()
    )


def test_discounts_of_honest_tenders_are_silent() -> None:
    found = np.concatenate(
        [weights("desconto_incomum", honest.tenders(3_000, seed)) for seed in range(4)]
    )
    assert (found >= 0.7).mean() <= 0.0005


def test_a_buyer_always_at_the_estimate_is_named_as_context() -> None:
    planted = strong_cases.planted("valor_igual_ao_estimado", 9)
    found = weights("valor_igual_ao_estimado", planted.table)[np.concatenate(planted.cases)]
    assert (found > 0.4).all() and (found <= _strength.CONTEXT).all()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("exponent", [1.3, 1.6, 2.0])
def test_unequal_suppliers_of_small_purchases_are_no_repetition(exponent: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    buyer, supplier = rng.integers(0, 5, 800), rng.zipf(exponent, 800) % 300
    table = pd.DataFrame(
        {
            "numero": [f"{k}/2025" for k in range(800)],
            "orgao": [f"Secretaria {b}" for b in buyer],
            "fornecedor": [f"Empresa {s} Ltda" for s in supplier],
            "objeto": "Aquisição de materiais",
            "modalidade": "Dispensa",
            "fundamento_legal": "Lei 14.133/2021, art. 75, II",
            "valor": (62_725.59 * rng.uniform(0.02, 0.6, 800)).round(2),
            "data": pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 360, 800), "D"),
        }
    )
    assert not (weights("dispensas_repetidas_ao_fornecedor", table) >= 0.7).any()


@pytest.mark.parametrize("seed", range(6))
def test_purchases_in_batches_make_no_rush(seed: int) -> None:
    rng = np.random.default_rng(seed)
    size = rng.geometric(0.2, 120)
    day = np.repeat(np.datetime64("2022-01-03") + rng.integers(0, 1_450, 120).astype("m8[D]"), size)
    table = pd.DataFrame(
        {"orgao": "Câmara", "valor": rng.lognormal(9, 1.5, len(day)).round(2), "data": day}
    )
    assert not weights("corrida_de_fim_de_ano", table).any()


@pytest.mark.parametrize("sigma", [0.5, 1.5])
@pytest.mark.parametrize("years", [1, 4])
def test_ordinary_decembers_are_silent(sigma: float, years: int) -> None:
    alarms = 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        day = np.datetime64("2021-01-01") + rng.integers(0, 365 * years + 1, 2_000).astype("m8[D]")
        table = pd.DataFrame(
            {
                "orgao": [f"Órgão {b}" for b in rng.integers(0, 8, 2_000)],
                "valor": rng.lognormal(9, sigma, 2_000).round(2),
                "data": day,
            }
        )
        alarms += bool(weights("corrida_de_fim_de_ano", table).any())
    assert alarms <= 1


def test_chance_of_a_december_beside_its_year() -> None:
    rng = np.random.default_rng(5)
    p = [_year_end.december_alone(rng.lognormal(10, 0.5, 12)) for _ in range(800)]
    assert 0.025 <= np.mean([one.p_value < 0.05 for one in p if one]) <= 0.075
    assert _year_end.december_alone(np.zeros(12)) is None


def test_narrowing_descriptions_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [
        "Aquisição de materiais diversos para a Secretaria de Saúde", "Conforme edital",
        "Aquisição de pneus", "PRESTAÇÃO DE SERVIÇOS", "Serviços de T.I.", "", "123/2024", None,
        "AQUISIÇÃO DE EQUIPAMENTOS.", "Órgão: material de consumo", "Reforma da escola",
        *honest.contracts(200, 1)["objeto"],
    ]  # fmt: skip
    array = pa.array(texts, pa.string())
    looped = [part.tolist() for part in _telling.generic(array)]
    monkeypatch.setattr(_telling, "NARROWED_FROM", 0)
    assert [part.tolist() for part in _telling.generic(array)] == looped
    assert looped[0] == [0, 1, 3, 8, 9]


def test_near_texts_are_found_whatever_the_change() -> None:
    for _, changes, columns in duplicate_figures._CASES:
        frame, truth = duplicate_figures.planted(4_000, changes, seed=7)
        found = duplicate_figures._ours(frame.drop(columns=list(columns)))
        assert len(found & truth.keys()) >= 97
        assert len(found - truth.keys()) <= 2
