"""Peers kept by name give what the batch's own comparison gives; samples ignore row order."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cidadao_models import flags
from cidadao_models.flags._peer_table import PeerTable
from cidadao_models.models import baseline
from cidadao_models.models.baseline import (
    Baseline,
    SupplierHistory,
    features,
    sampled,
    sampled_positions,
)
from cidadao_models.models.evaluation.synthetic import honest_contracts
from cidadao_models.reading import read

SAME = ("_pares_n", "_pares_mediana", "_pares_razao", "_pares_z")


@pytest.fixture(scope="module")
def prepared() -> pd.DataFrame:
    return flags.prepare(read(honest_contracts(800, seed=21)).records)


def naive_median(prepared: pd.DataFrame, row: int, name: str) -> float:
    group = prepared["_grupo_nome"] == prepared["_grupo_nome"][row]
    values = prepared.loc[group, "_valor"].dropna()
    assert name == "mesmo grupo de objeto"
    return float(np.exp(np.median(np.log(values))))


def test_a_table_of_peers_agrees_with_a_naive_median(prepared: pd.DataFrame):
    compared = PeerTable.fit(prepared).compare(prepared)
    rows = compared.index[compared["_pares_nivel"] == "mesmo grupo de objeto"]
    for row in rows[:50]:
        expected = naive_median(prepared, row, "mesmo grupo de objeto")
        assert compared["_pares_mediana"][row] == pytest.approx(expected)


def test_unknown_objects_fall_back_to_wider_groups(prepared: pd.DataFrame):
    table = PeerTable.fit(prepared)
    new = flags.prepare(read([{"objeto": "xilofone azul", "valor": 10.0}]).records)
    assert table.compare(new)["_pares_nivel"].tolist() == ["mesmo arquivo"]


def test_peers_survive_the_round_trip(prepared: pd.DataFrame):
    table = PeerTable.fit(prepared)
    again = PeerTable.from_arrays(table.to_arrays())
    pd.testing.assert_frame_equal(table.compare(prepared), again.compare(prepared))


def test_the_sample_is_chosen_by_content_not_by_order(prepared: pd.DataFrame):
    shuffled = prepared.sample(frac=1, random_state=1)
    assert set(sampled(prepared, 100).index) == set(sampled(shuffled, 100).index)
    assert len(sampled(prepared, 10_000)) == len(prepared)


def test_a_large_batch_is_judged_by_its_sample(
    prepared: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sampled_positions, "__defaults__", (300,))
    compared = Baseline.fit_compare(prepared, random_state=0, label="x")
    assert compared.baseline.n == len(prepared)
    assert len(compared.p_values) == len(prepared)
    shuffled = prepared.sample(frac=1, random_state=2)
    again = Baseline.fit_compare(shuffled, random_state=0, label="x")
    expected = pd.Series(compared.p_values, index=prepared.index)[shuffled.index]
    np.testing.assert_allclose(again.p_values, expected)


def test_supplier_history_equals_a_naive_group_by(prepared: pd.DataFrame):
    history = SupplierHistory.fit(prepared).medians
    for key, rows in prepared.groupby("_fornecedor"):
        values = np.log10(rows["_valor"].dropna())
        if len(values) >= baseline.MIN_HISTORY:
            assert history[key] == pytest.approx(np.median(values))
        else:
            assert key not in history


def test_features_of_records_with_nothing_are_all_missing():
    prepared = flags.prepare(read([{"objeto": "obra"}] * 3).records)
    assert np.isnan(features(prepared, SupplierHistory.fit(prepared))).all()


def test_no_records_have_no_features():
    prepared = flags.prepare(read([]).records)
    assert features(prepared, SupplierHistory.fit(prepared)).shape == (0, len(baseline.FEATURES))


def test_pooled_peers_hold_the_differences_between_bodies():
    files = []
    for seed, scale in enumerate((1.0, 30.0, 900.0)):
        frame = honest_contracts(400, seed=seed)
        frame["valor"] *= scale
        files.append((f"body {seed}", PeerTable.fit(flags.prepare(read(frame).records))))
    pooled = PeerTable.pool(files).table
    inside = files[0][1].table.reindex(pooled.index)
    assert len(pooled)
    assert (pooled["spread"] > inside["spread"] + 1).all()


def test_pooling_leaves_out_what_too_few_bodies_share():
    table = PeerTable.fit(flags.prepare(read(honest_contracts(400, seed=1)).records))
    assert PeerTable.pool([("a", table)] * 3).table.empty
    assert PeerTable.pool([("a", table), ("b", table)]).table.empty
