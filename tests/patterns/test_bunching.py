"""Amounts heaped under a limit: null rates, planted heaps, innocent look-alikes, a real file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from honest import honest_contracts

from cidadao_models import flags
from cidadao_models.models.pattern_analysis.bunching import (
    WINDOW,
    local_test,
    under_limits,
    window_counts,
)
from cidadao_models.reading import read

LIMIT = 62_725.59


def smooth(rng: np.random.Generator, n: int, *, rounded: bool = False) -> np.ndarray:
    values = np.exp(rng.normal(10.3, 1.2, n))
    if rounded:
        some = rng.random(n) < 0.3
        step = rng.choice([1_000.0, 5_000.0], some.sum())
        values[some] = np.maximum(step, np.round(values[some] / step) * step)
    return np.round(values, 2)


@pytest.mark.parametrize("limit", [8_000.0, 50_000.0, 59_906.02, LIMIT])
@pytest.mark.parametrize("rounded", [False, True])
def test_null_rate(limit: float, rounded: bool) -> None:
    rng = np.random.default_rng(1)
    p = [local_test(smooth(rng, 2_000, rounded=rounded), limit).p_value for _ in range(400)]
    assert 0.02 <= np.mean(np.array(p) <= 0.05) <= 0.08


@pytest.mark.parametrize(("n", "share"), [(500, 0.05), (2_000, 0.02), (10_000, 0.01)])
def test_moved_purchases_are_found(n: int, share: float) -> None:
    rng = np.random.default_rng(2)
    found = []
    for _ in range(40):
        values = smooth(rng, n)
        above = np.flatnonzero((values > LIMIT) & (values < 2 * LIMIT))
        moved = rng.choice(above, min(len(above), int(n * share)), replace=False)
        values[moved] = np.round(LIMIT * rng.uniform(0.955, 0.999, len(moved)), 2)
        test = local_test(values, LIMIT)
        found.append(max(test.p_value, test.p_peak) <= 0.05)
    assert np.mean(found) >= 0.95


def test_counts_equal_a_loop() -> None:
    rng = np.random.default_rng(3)
    values = np.append(smooth(rng, 3_000), [LIMIT] * 4)
    logs = np.log(values / LIMIT)
    away = values != LIMIT
    counts = window_counts(np.rint(values * 100), np.full(len(values), LIMIT * 100))
    assert counts.below == ((logs >= -WINDOW) & (logs < 0) & away).sum()
    assert counts.above == ((logs >= 0) & (logs < WINDOW) & away).sum()
    assert counts.outer_below == ((logs >= -3 * WINDOW) & (logs < -WINDOW)).sum()
    assert counts.outer_above == ((logs >= WINDOW) & (logs <= 3 * WINDOW)).sum()
    assert counts.at_limit == 4


def test_scaling_amounts_and_limit_together_changes_nothing() -> None:
    values = smooth(np.random.default_rng(4), 2_000)
    assert local_test(values, LIMIT).counts == local_test(values * 10, LIMIT * 10).counts


def table(values: np.ndarray, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    n = len(values)
    return pd.DataFrame(
        {
            "unidade_gestora": [f"Unidade {u}" for u in rng.integers(0, 8, n)],
            "valor": values,
            "modalidade": "Dispensa",
            "data": np.datetime64("2025-01-01") + rng.integers(0, 365, n).astype("m8[D]"),
        }
    )


def test_planted_heap_of_one_buyer() -> None:
    rng = np.random.default_rng(5)
    records = table(smooth(rng, 6_000))
    mine = records.index[records["unidade_gestora"] == "Unidade 2"][:60]
    records.loc[mine, "valor"] = np.round(LIMIT * rng.uniform(0.96, 0.999, 60), 2)
    found, _ = under_limits(flags.prepare(records))
    assert {p["facts"]["who"] for p in found} == {"No arquivo", "Unidade 2"}
    for one in found:
        facts = one["facts"]
        assert facts["limit"] == LIMIT and "12.343" in facts["act"]
        rows = records.loc[one["rows"], "valor"]
        assert len(rows) == facts["n_below"] and (rows < LIMIT).all()
        assert rows.min() >= facts["low"] - 0.01


def test_a_drop_above_the_limit_is_no_heap() -> None:
    found = 0
    for seed in range(10):
        values = smooth(np.random.default_rng(seed), 4_000)
        found += bool(under_limits(flags.prepare(table(values[values < LIMIT], seed)))[0])
    assert found <= 2


@pytest.mark.parametrize("flavour", ["contratos", "pagamentos", "licitacoes"])
def test_honest_files_stay_silent(flavour: str) -> None:
    files = [flags.prepare(honest_contracts(3_000, seed, flavour=flavour)) for seed in range(6)]
    assert sum(bool(under_limits(prepared)[0]) for prepared in files) <= 1


@pytest.mark.parametrize(
    "records",
    [
        pd.DataFrame(),
        pd.DataFrame({"valor": [7_900.0] * 50}),
        pd.DataFrame(
            {"valor": [np.nan, np.inf, -8_000.0], "data": pd.to_datetime(["2025-01-01"] * 3)}
        ),
        pd.DataFrame({"valor": [7_900.0], "data": pd.to_datetime([None])}),
    ],
)
def test_hostile_tables_give_a_reason(records: pd.DataFrame) -> None:
    found, notes = under_limits(flags.prepare(records))
    assert not found and notes[0].reason


def test_paraiba(shared_data: Path) -> None:
    path = shared_data / "tce_pb_licitacao" / "licitacao.csv"
    found, _ = under_limits(flags.prepare(read(path).records))
    whole = {p["facts"]["limit"]: p for p in found if p["facts"]["who"] == "No arquivo"}
    assert set(whole) == {8_000.0, 80_000.0}
    assert whole[8_000.0]["facts"]["n_below"] > 3 * whole[8_000.0]["facts"]["n_above"]
    assert whole[80_000.0]["facts"]["n_below"] > 1.5 * whole[80_000.0]["facts"]["n_above"]
    assert whole[8_000.0]["p_value"] < 1e-10 and whole[80_000.0]["p_value"] < 1e-3
