"""Concentration: identities of the indices, the null, estornos, hostile input, a real file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from honest import honest_contracts

from cidadao_models import flags
from cidadao_models.models.pattern_analysis import concentration
from cidadao_models.models.pattern_analysis.concentration import indices, suppliers
from cidadao_models.reading import read


@pytest.mark.parametrize("n", [1, 2, 7, 50])
def test_equal_suppliers(n: int) -> None:
    found = indices(np.full(n, 12.34))
    assert found is not None
    assert found.hhi == pytest.approx(1 / n)
    assert found.gini == pytest.approx(0, abs=1e-12)
    assert found.effective_number == pytest.approx(n)
    assert found.normalised_hhi == pytest.approx(1.0 if n == 1 else 0.0, abs=1e-12)


def test_one_takes_all() -> None:
    found = indices([100.0] + [0.0] * 49)
    assert found is not None
    assert (found.hhi, found.cr1, found.gini) == pytest.approx((1.0, 1.0, 0.98))


def test_invariance_and_bounds() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        totals = rng.lognormal(8, 2, rng.integers(2, 40))
        found, shuffled = indices(totals), indices(rng.permutation(totals) * 1e-7)
        assert found is not None and shuffled is not None
        for name in ("hhi", "normalised_hhi", "effective_number", "cr1", "cr4", "gini"):
            assert getattr(found, name) == pytest.approx(getattr(shuffled, name))
        assert 1 / len(totals) <= found.hhi <= 1 and found.cr1 <= found.cr4 <= 1 + 1e-12
        merged = indices([totals[0] + totals[1], *totals[2:]])
        assert merged is not None and merged.hhi >= found.hhi


def test_gini_equals_the_mean_difference() -> None:
    totals = np.random.default_rng(1).lognormal(0, 1, 30)
    naive = np.abs(totals[:, None] - totals).mean() / (2 * totals.mean())
    found = indices(totals)
    assert found is not None and found.gini == pytest.approx(naive)


@pytest.mark.parametrize("totals", [[], [0.0, 0.0]])
def test_nothing_to_share(totals: list[float]) -> None:
    assert indices(totals) is None


@pytest.mark.parametrize("totals", [[-1.0, 2.0], [float("nan")], [float("inf")]])
def test_impossible_totals(totals: list[float]) -> None:
    with pytest.raises(ValueError, match="finite"):
        indices(totals)


def market(n: int, seed: int, n_buyers: int = 15) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "orgao": [f"Orgão {b}" for b in rng.integers(0, n_buyers, n)],
            "fornecedor": [f"Empresa {s}" for s in rng.integers(0, 60, n)],
            "valor": rng.lognormal(10, 1, n).round(2),
        }
    )


def captive(seed: int = 0) -> pd.DataFrame:
    table = market(1_200, seed)
    mine = np.flatnonzero(table["orgao"] == "Orgão 3")
    table.loc[mine[: int(0.8 * len(mine))], "fornecedor"] = "Empresa Dominante"
    return table


def test_a_planted_dominant_supplier_is_named() -> None:
    found, _ = suppliers(flags.prepare(captive()))
    first = found[0]
    assert first["id"] == concentration.ID and first["facts"]["supplier"] == "Empresa Dominante"
    assert first["facts"]["buyer"] == "Orgão 3" and first["facts"]["share"] > 0.6
    assert first["p_value"] < 1e-3 and first["severity"] == "medium"
    assert "empresa estatal" in first["innocent"]
    assert "sem força legal" in first["facts"]["band_note"]
    table = captive()
    rows = table.loc[first["rows"]]
    assert (rows["fornecedor"] == "Empresa Dominante").all() and (rows["orgao"] == "Orgão 3").all()
    own = table[table["orgao"] == "Orgão 3"]
    assert first["facts"]["share"] == pytest.approx(rows["valor"].sum() / own["valor"].sum())


def test_sums_that_need_no_rivals_only_give_context() -> None:
    table = captive().assign(data=pd.Timestamp("2025-05-05"))
    mine = table["orgao"] == "Orgão 3"
    table.loc[mine, "valor"] *= 40_000 / table.loc[mine, "valor"].sum()
    (first, *_), _ = suppliers(flags.prepare(table))
    assert first["facts"]["buyer"] == "Orgão 3" and first["severity"] == "low"


def test_row_order_scale_and_extra_columns_change_nothing() -> None:
    table = captive()
    base, _ = suppliers(flags.prepare(table))
    moved = table.sample(frac=1, random_state=1).assign(nova="x")
    again, _ = suppliers(flags.prepare(moved))
    assert {p["facts"]["buyer"] for p in base} == {p["facts"]["buyer"] for p in again}
    assert base[0]["facts"]["hhi"] == pytest.approx(again[0]["facts"]["hhi"])


@pytest.mark.parametrize("flavour", ["contratos", "pagamentos"])
def test_honest_buyers_stay_silent(flavour: str) -> None:
    flagged = 0
    for seed in range(8):
        prepared = flags.prepare(honest_contracts(2_000, seed, flavour=flavour))
        found, _ = suppliers(prepared)
        assert all(p["severity"] in {"low", "medium"} for p in found)
        flagged += any(p["id"] == concentration.ID for p in found)
    assert flagged <= 2


def test_p_values_are_uniform_under_the_null() -> None:
    rng = np.random.default_rng(0)
    simulated = rng.gamma(4, 1, (400, concentration.SIMULATIONS))
    p = [concentration.tail(rng.gamma(4, 1), row) for row in simulated]
    assert 0.02 <= np.mean(np.array(p) <= 0.05) <= 0.085


def test_estornos_are_netted_and_floored() -> None:
    table = captive()
    wins = table.index[table["fornecedor"] == "Empresa Dominante"]
    undo = table.loc[wins].assign(valor=-2 * table.loc[wins, "valor"])
    found, _ = suppliers(flags.prepare(pd.concat([table, undo], ignore_index=True)))
    assert not any(p["facts"]["supplier"] == "Empresa Dominante" for p in found)
    assert all(0 < p["facts"]["hhi"] <= 1 for p in found)


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame(),
        pd.DataFrame({"valor": [1.0]}),
        pd.DataFrame({"fornecedor": ["A"] * 30, "valor": [10.0] * 30}),
        pd.DataFrame({"orgao": ["X"] * 30, "fornecedor": ["A"] * 30, "valor": [-1.0] * 30}),
        pd.DataFrame(
            {"orgao": ["X"] * 3, "fornecedor": ["A", None, ""], "valor": [1, np.nan, np.inf]}
        ),
        pd.DataFrame({"orgao": [None] * 30, "fornecedor": ["A", "B"] * 15, "valor": [5.0] * 30}),
    ],
)
def test_hostile_tables_give_a_reason(table: pd.DataFrame) -> None:
    _, notes = suppliers(flags.prepare(table))
    assert notes and all(note.reason for note in notes)


def test_cpfs_are_masked() -> None:
    table = captive()
    table["fornecedor_id"] = "529.982.247-25"
    table["fornecedor"] = None
    found, _ = suppliers(flags.prepare(table))
    assert "52998224725" not in str(found) and "529.982" not in str(found)


def test_dominant_supplier_of_minas_gerais(shared_data: Path) -> None:
    path = shared_data / "mg_empenho" / "empenho2026.csv"
    found, _ = suppliers(flags.prepare(read(path).records))
    whole = next(p for p in found if p["id"] == concentration.FILE_ID)
    assert whole["facts"]["supplier"].startswith("MGS MINAS GERAIS")
    assert 0.2 < whole["facts"]["share"] < 0.3
    assert "estatal" in whole["innocent"] and whole["severity"] == "low"
