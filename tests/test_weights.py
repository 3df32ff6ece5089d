"""The embedded reference: whole, made of aggregates, and refitted by one command."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cidadao_models.errors import InputError
from cidadao_models.models.core import weights
from cidadao_models.models.evaluation.synthetic import honest_contracts
from cidadao_models.training import pipelines


def naive_group_count(matrix: np.ndarray, mean: np.ndarray) -> int:
    return int((np.isnan(matrix) == np.isnan(mean)).all(axis=1).sum())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two public folders that may be used and one that may not."""
    for name, licence, seed in (("a", "MIT", 1), ("b", "none stated", 2), ("c", "GPL-3.0", 3)):
        place = tmp_path / "data" / name
        place.mkdir(parents=True)
        (place / "SOURCE.md").write_text(f"# {name}\n- Licence: {licence}\n", "utf-8")
        honest_contracts(200, seed=seed).to_csv(place / "contratos.csv", index=False)
    return tmp_path / "data"


def test_the_embedded_files_are_whole_and_listed():
    status = weights.status()
    assert status.loaded and status.source == "embedded"
    assert len(status.sha256) == 64 and len(status.revision) == 40
    assert status.message
    listed = {entry["path"] for entry in weights.active().manifest["files"]}
    files = [path for path in weights.EMBEDDED.rglob("*") if path.is_file()]
    present = {path.relative_to(weights.EMBEDDED).as_posix() for path in files}
    assert listed == present - {weights.MANIFEST}


def test_the_manifest_has_the_keys_of_the_contract():
    assert set(weights.active().manifest) == {
        "revision", "created", "model_version", "files", "training", "metrics", "licences",
    }  # fmt: skip


def test_copyleft_folders_are_left_out(folder: Path):
    fitted, folders = pipelines.fit_reference(folder)
    assert folders == ["a", "b"]
    assert fitted.n == 400


def test_refitting_writes_files_that_check_out(folder: Path, tmp_path: Path):
    manifest = json.loads(pipelines.write_reference(folder, tmp_path / "weights").read_text())
    for entry in manifest["files"]:
        payload = (tmp_path / "weights" / entry["path"]).read_bytes()
        assert hashlib.sha256(payload).hexdigest() == entry["sha256"]
        assert len(payload) == entry["bytes"]


def test_refitting_twice_gives_the_same_bytes(folder: Path, tmp_path: Path):
    first = pipelines.write_reference(folder, tmp_path / "one").read_text()
    assert first == pipelines.write_reference(folder, tmp_path / "two").read_text()


def test_a_folder_without_purchases_is_refused(tmp_path: Path):
    (tmp_path / "vazio").mkdir()
    with pytest.raises(InputError):
        pipelines.fit_reference(tmp_path)


@pytest.mark.parametrize("n", [0, 4, 5, 9, 10, 203])
def test_microaggregates_average_at_least_five_records(n: int):
    rng = np.random.default_rng(n)
    matrix = rng.normal(size=(n, 3))
    matrix[::7, 1] = np.nan
    means = pipelines.microaggregate(matrix)
    assert len(means) <= n / pipelines.AGGREGATE
    for mean in means:
        assert naive_group_count(matrix, mean) >= pipelines.AGGREGATE
    if len(means):
        total = np.array([naive_group_count(matrix, mean) for mean in means])
        assert (total >= pipelines.AGGREGATE).all()


def test_the_reference_holds_no_names_of_suppliers():
    reference = weights.reference()
    assert reference.suppliers.medians.empty
    assert reference.peers is not None
    assert (reference.peers.table["n"] >= 30).all()
    assert isinstance(reference.peers.table, pd.DataFrame)
