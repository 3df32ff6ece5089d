"""The one door to patterns: forms of data, types of analysis, three answers, plain JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from cidadao_models.errors import InputError
from cidadao_models.models.evaluation.synthetic import honest_contracts, planted_contracts
from cidadao_models.models.pattern_analysis import PatternAnalyzer
from cidadao_models.models.pattern_analysis.analyzer import TYPES
from cidadao_models.reading import read

KEYS = {
    "id", "type", "title", "explanation", "rows", "facts", "p_value", "severity", "innocent",
    "next_step",
}  # fmt: skip


@pytest.fixture(scope="module")
def analyzer() -> PatternAnalyzer:
    return PatternAnalyzer()


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_answers_plain_json(analyzer: PatternAnalyzer, kind: str):
    report = analyzer.analyze(honest_contracts(400, seed=3), kind).to_dict()
    json.dumps(report, allow_nan=False)
    for one in report["patterns"]:
        assert set(one) == KEYS
        assert "fraude" not in str(one).lower()


def test_an_honest_file_yields_no_strong_pattern(analyzer: PatternAnalyzer):
    for seed in range(3):
        report = analyzer.analyze(honest_contracts(1_000, seed=seed))
        assert not [p for p in report.patterns if p["severity"] != "low"]


def test_planted_splitting_is_one_pattern_for_each_buyer(analyzer: PatternAnalyzer):
    frame, mask = planted_contracts(1_000, kind="fracionamento", count=10, seed=4)
    found = analyzer.analyze(frame, "splitting").patterns
    rows = {row for one in found if one["id"] == "fracionamento" for row in one["rows"]}  # type: ignore[attr-defined]
    assert rows == set(frame.index[mask])


def test_planted_copies_are_one_pattern_each(analyzer: PatternAnalyzer):
    frame, mask = planted_contracts(600, kind="duplicata_exata", count=6, seed=4)
    found = analyzer.analyze(frame, "duplicates").patterns
    exact = [one for one in found if one["id"] == "duplicata_exata"]
    assert len(exact) == 6
    assert {row for one in exact for row in one["rows"]} == set(frame.index[mask])  # type: ignore[attr-defined]


def test_every_form_of_contracts_gives_the_same(analyzer: PatternAnalyzer):
    frame, _ = planted_contracts(200, kind="duplicata_exata", count=3, seed=4)
    expected = analyzer.analyze(frame).to_dict()
    assert analyzer.analyze(read(frame)).to_dict() == expected
    assert analyzer.analyze({"contracts": frame}).to_dict() == expected


@pytest.mark.parametrize("form", ["table", "dict", "reading"])
def test_every_form_of_bids_is_known(analyzer: PatternAnalyzer, form: str):
    bids = pd.DataFrame(
        {
            "licitacao_id": [f"L{t}" for t in range(30) for _ in range(3)],
            "fornecedor_id": [f"F{b}" for _ in range(30) for b in range(3)],
            "valor_proposta": [1000.0 + 7 * i % 90 for i in range(90)],
        }
    )
    data = {"table": bids, "dict": {"bids": bids}, "reading": read(bids)}[form]
    report = analyzer.analyze(data, "collusion").to_dict()
    assert {check["id"] for check in report["not_evaluated"]} <= {
        "propostas_parecidas", "licitam_juntos",
    }  # fmt: skip


def test_without_bids_collusion_is_not_checked_rather_than_clean(analyzer: PatternAnalyzer):
    report = analyzer.analyze(honest_contracts(60), "collusion")
    assert [check.id for check in report.not_evaluated] == ["propostas_parecidas"]


@pytest.mark.parametrize("data", [{}, {"outra": []}, {"bids": [{"a": 1}]}, 7])
def test_unknown_data_are_refused(analyzer: PatternAnalyzer, data: object):
    with pytest.raises(InputError):
        analyzer.analyze(data)  # type: ignore[arg-type]


def test_an_unknown_type_is_refused_with_the_list(analyzer: PatternAnalyzer):
    with pytest.raises(InputError) as caught:
        analyzer.analyze([], "tudo")
    assert "temporal" in caught.value.hint


def test_nothing_found_says_what_could_not_be_checked(analyzer: PatternAnalyzer):
    report = analyzer.analyze([{"objeto": "obra"}])
    assert report.confidence is None
    assert "não" in report.insights[0] and report.not_evaluated


def test_names_with_a_cpf_are_masked(analyzer: PatternAnalyzer):
    record = {"numero": "1", "objeto": "pneus 111.444.777-35", "valor": 500.0, "data": "2024-01-02",
              "fornecedor": "JOAO SILVA 11144477735"}  # fmt: skip
    text = json.dumps(analyzer.analyze([record, record]).to_dict())
    assert "11144477735" not in text and "111.444.777-35" not in text


def test_real_files_show_what_is_known_of_them(analyzer: PatternAnalyzer, shared_data: Path):
    paraiba = analyzer.analyze(read(shared_data / "tce_pb_licitacao" / "licitacao.csv"), "values")
    limits = {one["facts"]["limit"] for one in paraiba.patterns if "limit" in one["facts"]}  # type: ignore[operator, index]
    assert {8_000.0, 80_000.0} <= limits
    minas = analyzer.analyze(read(shared_data / "mg_empenho" / "empenho2026.csv"), "suppliers")
    told = " ".join(f"{one['explanation']} {one['innocent']}" for one in minas.patterns)
    assert "MGS" in told and "estatal" in told
