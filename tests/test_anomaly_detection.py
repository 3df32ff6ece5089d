"""The detector's promises: what it compares with, what it finds, what stays the same."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest

from cidadao_models.analysis import analyze
from cidadao_models.errors import InputError, NotFitted
from cidadao_models.models.anomaly_detection import AnomalyDetector
from cidadao_models.models.evaluation.synthetic import PLANTS, honest_contracts, planted_contracts


@pytest.fixture(scope="module")
def honest() -> pd.DataFrame:
    return honest_contracts(600, seed=5)


def test_scores_lie_between_zero_and_one_with_the_index_of_the_records(honest: pd.DataFrame):
    scores = AnomalyDetector().score(honest)
    assert list(scores.index) == list(range(len(honest)))
    assert scores.dropna().between(0, 1).all()


@pytest.mark.parametrize("seed", range(4))
def test_honest_records_keep_the_budget(seed: int):
    scores = AnomalyDetector().score(honest_contracts(3_000, seed=100 + seed))
    assert (scores >= 0.7).mean() <= 0.01
    assert (scores >= 0.85).mean() <= 0.002


@pytest.mark.parametrize("kind", PLANTS)
def test_strong_planted_anomalies_are_found_and_named(kind: str):
    frame, mask = planted_contracts(1_500, kind=kind, count=30, seed=7)
    report = analyze(frame)
    found = np.zeros(len(frame), dtype=bool)
    found[[finding.row for finding in report.findings]] = True
    assert found[mask].mean() >= 0.8
    assert found[~mask].mean() <= 0.03


def test_row_order_changes_no_score(honest: pd.DataFrame):
    shuffled = honest.sample(frac=1, random_state=3)
    here = AnomalyDetector().score(honest).to_numpy()
    there = AnomalyDetector().score(shuffled.reset_index(drop=True)).to_numpy()
    np.testing.assert_allclose(here[shuffled.index], there, atol=1e-9)


def test_an_extra_column_changes_no_score(honest: pd.DataFrame):
    wider = honest.assign(coluna_estranha="x")
    pd.testing.assert_series_equal(AnomalyDetector().score(honest), AnomalyDetector().score(wider))


def test_the_same_input_gives_the_same_report(honest: pd.DataFrame):
    assert analyze(honest).to_dict() == analyze(honest).to_dict()


def test_fitting_changes_scores_and_a_planted_outlier_ranks_first(honest: pd.DataFrame):
    odd = honest.head(60).copy()
    for name in ("valor", "valor_inicial", "valor_final", "valor_estimado"):
        odd.loc[7, name] = odd.loc[7, name] * 500
    fitted = AnomalyDetector().fit(honest)
    assert fitted.score(odd).idxmax() == 7
    assert not np.allclose(fitted.score(odd), AnomalyDetector().score(odd), equal_nan=True)


def test_saved_and_loaded_it_gives_the_same_scores(tmp_path, honest: pd.DataFrame):
    fitted = AnomalyDetector(random_state=4).fit(honest)
    fitted.save(tmp_path / "detector")
    loaded = AnomalyDetector.load(tmp_path / "detector")
    new = honest_contracts(80, seed=9)
    pd.testing.assert_series_equal(fitted.score(new), loaded.score(new))
    assert loaded.analyze(new).reference == fitted.analyze(new).reference


def test_an_unfitted_detector_has_nothing_to_save(tmp_path):
    with pytest.raises(NotFitted):
        AnomalyDetector().save(tmp_path)


def test_the_report_says_what_it_compared_with(honest: pd.DataFrame):
    assert "próprio conjunto" in AnomalyDetector().analyze(honest).reference
    assert "embutida" in AnomalyDetector().analyze(honest.head(29)).reference
    assert "ajuste" in AnomalyDetector().fit(honest).analyze(honest.head(5)).reference


ONE = {
    "objeto": "Aquisição de medicamentos para a rede municipal",
    "modalidade": "Pregão eletrônico",
    "fornecedor": "Empresa Fictícia Ltda",
    "data": "10/03/2023",
}


def test_a_single_ordinary_contract_is_judged_and_stays_silent():
    report = analyze([ONE | {"valor": "R$ 180.000,00"}])
    assert report.total_analyzed == 1
    assert "embutida" in report.reference
    assert report.findings == []
    assert report.scores is not None and 0 <= report.scores[0] < 0.7


def test_a_single_absurd_contract_is_found_against_the_reference():
    report = analyze([ONE | {"valor": 4e12}])
    assert [finding.row for finding in report.findings] == [0]


def test_a_trillion_among_ordinary_amounts_is_found():
    records = [{"id": i, "vendor": f"F{i}", "amount": 1000 + 17 * i} for i in range(60)]
    records[11]["amount"] = 1e12
    assert 11 in [finding.row for finding in analyze(records).findings]


def test_records_without_anything_to_compare_get_no_score():
    report = analyze([{"objeto": "obra", "valor": None}] * 3 + [{"objeto": "obra", "valor": 10.0}])
    assert report.scores is not None
    assert report.scores.isna().tolist() == [True, True, True, False]
    assert "combinacao_incomum" in {check.id for check in report.not_evaluated}


def test_no_records_give_an_empty_report():
    report = analyze([])
    assert (report.total_analyzed, report.findings, report.confidence) == (0, [], None)


@pytest.mark.parametrize("threshold", [-0.1, 1.01, math.nan, math.inf, "alto", None, True])
def test_a_threshold_outside_its_range_is_refused(threshold: object):
    with pytest.raises(InputError):
        analyze([ONE], threshold=threshold)  # type: ignore[arg-type]


@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.7, 0.9])
def test_findings_are_all_and_only_the_records_at_the_threshold(threshold: float):
    frame, _ = planted_contracts(400, kind="datas_incoerentes", count=9, seed=2)
    report = analyze(frame, threshold=threshold)
    scores = report.scores
    assert scores is not None
    assert {f.row for f in report.findings} == set(scores.index[scores >= threshold])
    given = [finding.score for finding in report.findings]
    assert given == sorted(given, reverse=True)


def test_overlapping_signals_do_not_add_up():
    frame, _ = planted_contracts(400, kind="preco_acima_dos_pares", count=5, seed=2)
    for finding in analyze(frame).findings:
        weights = [reason.weight for reason in finding.reasons]
        assert finding.score == pytest.approx(max(weights))


def test_the_json_holds_no_nan_and_no_whole_cpf():
    records = [
        {"fornecedor": "JOAO DA SILVA 11144477735", "fornecedor_id": "111.444.777-35", "valor": v}
        for v in [10.0, math.nan, None, "texto", 9e15]
    ]
    text = json.dumps(analyze(records, threshold=0).to_dict(), allow_nan=False)
    assert "111.444.777-35" not in text
    assert "11144477735" not in text


def test_money_is_counted_once_for_a_record_with_several_signals():
    frame, _ = planted_contracts(400, kind="erro_de_digitacao", count=4, seed=2)
    report = analyze(frame)
    expected = sum(float(str(f.item["valor"])) for f in report.findings)
    assert report.summary["flagged_value"] == pytest.approx(expected)


def test_confidence_grows_with_what_the_records_themselves_show():
    frame, _ = planted_contracts(600, kind="documento_invalido", count=40, seed=1)
    many = analyze(frame).confidence
    assert many is not None and many > 0.95


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"valor": [5.0] * 50}),
        pd.DataFrame({"valor": [np.nan] * 40, "objeto": ["a"] * 40}),
        pd.DataFrame({"valor": np.random.default_rng(0).lognormal(size=80)}),
        pd.DataFrame({"valor": [-1.0, 0.0] * 20, "data": ["01/01/2024"] * 40}),
    ],
    ids=["constant", "missing", "noise", "negative and zero"],
)
def test_empty_of_information_nothing_is_found(frame: pd.DataFrame):
    assert analyze(frame).findings == []


def test_small_honest_batches_keep_the_budget_against_the_reference():
    honest = honest_contracts(1_200, seed=77)
    batches = [honest.iloc[i : i + 20].reset_index(drop=True) for i in range(0, 1_200, 20)]
    scores = pd.concat([AnomalyDetector().score(batch) for batch in batches])
    assert (scores >= 0.7).mean() <= 0.01


def dispensas(n: int, seed: int) -> pd.DataFrame:
    """Direct awards of uniform amounts under the limit, ten objects, any day of three years."""
    rng = np.random.default_rng(seed)
    things = ["pneus", "toner", "tendas", "uniformes", "cimento", "mudas", "cadeiras", "tintas",
              "extintores", "medalhas"]  # fmt: skip
    days = pd.to_timedelta(rng.integers(0, 1095, n), unit="D")
    return pd.DataFrame(
        {
            "numero": np.arange(n).astype(str),
            "unidade_gestora": [f"UG {k}" for k in rng.integers(0, 5, n)],
            "fornecedor": [f"Empresa {k}" for k in rng.integers(0, 30, n)],
            "objeto": [f"Aquisição de {things[k]}" for k in rng.integers(0, len(things), n)],
            "modalidade": "Dispensa",
            "valor": rng.uniform(100, 57_000, n).round(2),
            "data": pd.Timestamp("2022-01-01") + days,
        }
    )


@pytest.mark.parametrize("n", [300, 2_000])
def test_dense_uniform_direct_awards_keep_the_budget(n: int):
    scores = pd.concat([AnomalyDetector().score(dispensas(n, seed)) for seed in range(4)])
    assert (scores >= 0.7).mean() <= 0.01


def test_a_file_of_one_quarter_is_no_bunching():
    whole = dispensas(6_000, 5)
    quarter = whole[whole["data"] < "2022-04-01"].reset_index(drop=True)
    report = analyze(quarter)
    assert "fracionamento" not in report.summary["by_flag"]  # type: ignore[operator]
