"""Figures of a whole table: against naive twins, with estornos, and beside chance."""

from __future__ import annotations

import json
import statistics

import numpy as np
import pandas as pd
import pytest

from cidadao_models import flags
from cidadao_models.models.evaluation.synthetic import honest_contracts
from cidadao_models.models.pattern_analysis import PatternAnalyzer, shares, summaries
from cidadao_models.models.pattern_analysis.study import Study
from cidadao_models.reading import read


def test_values_agree_with_a_naive_twin() -> None:
    amounts = np.array([1_000.0, 2_500.0, 4_000.0, 10.5, -500.0, 0.0, np.nan])
    found = summaries.values(amounts)
    positive = [1_000.0, 2_500.0, 4_000.0, 10.5]
    logs = [float(np.log(x)) for x in positive]
    spread = statistics.median(abs(x - statistics.median(logs)) for x in logs)
    assert found is not None
    assert (found["n"], found["n_missing"], found["n_zero"], found["n_negative"]) == (6, 1, 1, 1)
    assert found["total"] == 7_010.5 and found["total_negative"] == -500.0
    assert found["median"] == statistics.median(positive)
    assert found["mad_log"] == pytest.approx(spread)
    assert found["round_share"] == pytest.approx(2 / 3)
    assert summaries.values(np.array([np.nan])) is None


def test_only_estornos_have_no_median() -> None:
    found = summaries.values(np.array([-5.0, 0.0]))
    assert found is not None and found["median"] is None and found["total"] == -5.0
    assert summaries.sentences({"values": found}) == []


def test_equal_shares_are_what_chance_gives_and_a_monopoly_is_not() -> None:
    draw = np.random.default_rng(2)
    records = pd.DataFrame({
        "fornecedor": [f"Empresa {i}" for i in draw.integers(0, 20, 600)],
        "valor": draw.lognormal(9, 0.5, 600),
        "orgao": "Prefeitura",
    })  # fmt: skip
    fair = summaries.suppliers(Study(flags.prepare(read(records).records)))
    records.loc[:299, "fornecedor"] = "Empresa Maior"
    held = summaries.suppliers(Study(flags.prepare(read(records).records)))
    assert fair is not None and held is not None
    for name in ("hhi", "cr4", "gini", "effective_number"):
        assert fair[name] == pytest.approx(fair[f"null_{name}"], rel=0.25)
    assert held["hhi"] > 3 * held["null_hhi"] and held["leader"] == "Empresa Maior"  # type: ignore[operator]
    assert held["cr1"] == pytest.approx(records["valor"][:300].sum() / records["valor"].sum())


def test_chance_agrees_with_sharing_by_hand() -> None:
    found = shares.chance(np.ones(10_000), 4)
    assert found is not None
    assert found.hhi.mean() == pytest.approx(0.25, rel=0.01) and found.cr4 == pytest.approx(1.0)
    assert found.curve[0] == 0.0 and found.curve[-1] == pytest.approx(1.0)
    assert (np.diff(found.curve) >= -1e-12).all()
    assert shares.chance(np.ones(0), 4) is None


@pytest.mark.parametrize(
    ("kind", "names"),
    [("values", {"values"}), ("suppliers", {"suppliers"}), ("all", {"values", "suppliers"}),
     ("temporal", set()), ("benford", set())],
)  # fmt: skip
def test_each_type_answers_with_its_figures(kind: str, names: set[str]) -> None:
    report = PatternAnalyzer().analyze(honest_contracts(300, seed=2), kind).to_dict()
    assert set(report["summaries"]) == names
    json.dumps(report, allow_nan=False)
    if names:
        assert "mediana" in report["insights"][-1] or "quatro maiores" in report["insights"][-1]


def test_a_series_and_bids_have_a_summary_of_values() -> None:
    analyzer = PatternAnalyzer()
    series = analyzer.analyze({"time_series": [1, 2, 3, "x"]}, "values").summaries["values"]
    assert series["n"] == 3 and series["median"] == 2.0
    bids = {"bids": [{"licitacao_id": "a", "valor_proposta": v} for v in (10.0, 20.0)]}
    assert analyzer.analyze(bids, "all").summaries["values"]["total"] == 30.0
