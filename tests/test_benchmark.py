"""The benchmark's table, its limits, and that every suite's yardstick stands beside the figure."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from cidadao_models.models.evaluation import (
    benchmark,
    patterns_suite,
    speed_suite,
    synthetic,
)
from cidadao_models.models.evaluation.benchmark import Figure
from cidadao_models.reading import read
from cidadao_models.records import classify_documents


@pytest.mark.parametrize(
    ("figure", "met", "target"),
    [
        (Figure("s", "c", "m", 4.0, at_most=5), True, "<= 5"),
        (Figure("s", "c", "m", 6.0, at_most=5), False, "<= 5"),
        (Figure("s", "c", "m", 0.9, at_least=0.8), True, ">= 0.8"),
        (Figure("s", "c", "m", 0.7, at_least=0.8), False, ">= 0.8"),
        (Figure("s", "c", "m", 1.0), None, ""),
    ],
)
def test_a_figure_knows_whether_it_meets_its_limit(figure: Figure, met: bool | None, target: str):
    assert (figure.met, figure.target) == (met, target)


def test_the_table_shows_value_baseline_and_verdict():
    text = benchmark.table([Figure("s", "c", "ratio", 6.0, "x", 1.0, "bare", at_most=5)])
    assert "| s | c | ratio | 6 | x | 1 bare | <= 5 | NO |" in text


def test_a_missed_target_shows_in_the_exit_status_and_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    figures = [Figure("reading", "c", "ratio", 6.0, at_most=5)]
    monkeypatch.setattr(benchmark, "_measured", lambda names, quick: iter(figures))
    target = tmp_path / "figures.json"
    assert benchmark.run("reading", output=target) == 1
    assert json.loads(target.read_text())["figures"][0]["met"] is False


def test_the_reading_suite_runs_and_compares(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(speed_suite, "ROWS", 5_000)
    figures = {figure.metric: figure for figure in speed_suite.reading(True)}
    assert figures["time"].baseline is not None and figures["time"].baseline > 0
    assert figures["ratio"].value == pytest.approx(figures["time"].value / figures["time"].baseline)


def test_the_portal_file_is_as_the_portals_publish_it():
    payload = synthetic.portal_csv(120, seed=1)
    assert payload.count(b"\r\n") > 121
    assert b"\xe7" in payload
    reading = read(payload)
    assert len(reading.records) == 120
    expected = synthetic.honest_contracts(120, seed=1)
    np.testing.assert_allclose(reading.records["valor_final"], expected["valor_final"])
    assert (
        reading.records["objeto"]
        .str.startswith(tuple(o[0][:6].capitalize() for o in synthetic.OBJECTS))
        .all()
    )


def test_invented_companies_have_right_check_digits():
    frame = synthetic.honest_contracts(500, seed=2)
    assert classify_documents(frame["fornecedor_id"])["valid"].all()


@pytest.mark.parametrize("kind", synthetic.PLANTS)
def test_planting_changes_only_the_planted_rows(kind: str):
    honest = synthetic.honest_contracts(300, seed=4)
    frame, mask = synthetic.planted_contracts(300, kind=kind, count=10, seed=4)
    kept = np.flatnonzero(~mask)
    assert frame.loc[kept].equals(honest.loc[kept])
    assert mask.sum() >= 10


def test_every_suite_has_a_name():
    assert {"detection", "patterns"} <= set(benchmark.suite_names())


def test_the_detection_suite_measures_patterns_apart(monkeypatch: pytest.MonkeyPatch):
    seen = {"read": 0.2, "forest": 0.3, "ours": 1.0, "whole": 2.5, "peak_mb": 300.0}
    monkeypatch.setattr(speed_suite, "_measure", lambda *_: seen)
    monkeypatch.setattr(speed_suite, "ROWS", 100)
    figures = {figure.metric: figure for figure in speed_suite.detection(True)}
    assert figures["ratio"].value == pytest.approx(2.0) and figures["ratio"].at_most == 4
    whole = figures["with patterns"]
    assert (whole.value, whole.baseline) == (2.5, 1.0)
    assert figures["with patterns, ratio"].value == pytest.approx(2.5)


def test_a_worker_takes_the_time_of_detection_and_of_the_whole(tmp_path: Path):
    path = tmp_path / "contratos.csv"
    path.write_bytes(synthetic.portal_csv(200))
    seen = speed_suite._worker("detection", path, 200, 1)
    assert set(seen) == {"read", "forest", "ours", "whole", "peak_mb"}
    assert speed_suite._worker("detect", path, 200, 1)["ours"] > 0


def test_benford_agrees_with_the_oracle_and_refuses_what_does_not_fit():
    figures = [*patterns_suite.benford_oracle(True), *patterns_suite.benford_refusals(True)]
    assert len(figures) == 1 + len(patterns_suite.UNFIT)
    assert all(figure.met for figure in figures)


def test_the_time_of_all_checks_stands_beside_reading_and_detecting(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(patterns_suite, "TIMED_ROWS", 10_000)
    figures = list(patterns_suite.timing(True))
    ratio = next(f for f in figures if f.at_most is not None)
    patterns = next(f for f in figures if f.metric == "patterns")
    assert patterns.baseline is not None
    assert ratio.value == pytest.approx(1 + patterns.value / patterns.baseline)
    assert sum(f.unit == "ms" for f in figures) == patterns_suite.SLOWEST


def test_known_facts_of_real_files_are_found(shared_data: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("CIDADAO_DATA", raising=False)
    assert not list(patterns_suite.real(True))
    monkeypatch.setenv("CIDADAO_DATA", str(shared_data))
    figures = list(patterns_suite.real(True))
    assert len(figures) == 7
    assert all(figure.met is not False for figure in figures)
