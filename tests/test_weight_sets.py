"""Sets of weights: what a manifest may say, what is verified and proven, and how one is swapped."""

from __future__ import annotations

import io
import json
import multiprocessing
import pickle
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hub import a_set, write
from hypothesis import given
from hypothesis import strategies as st

from cidadao_models.errors import WeightsUnavailable
from cidadao_models.inference import lanes
from cidadao_models.models.anomaly_detection import AnomalyDetector
from cidadao_models.models.core import manifest, weights
from cidadao_models.models.core.weights import EMBEDDED, WeightSet

RECORDS = [{"valor": 48_000.0, "fornecedor": "Exemplo Ltda", "objeto": "Locação de tendas"}]


@pytest.fixture(autouse=True)
def embedded_again() -> Iterator[None]:
    """Each test starts and ends with the embedded set."""
    yield
    weights.use(EMBEDDED, "embedded")
    weights.look_ends("")


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A whole set that is told from the embedded one by its number of records."""
    training = {"anomaly_reference": {"records": 999, "folders": ["um"]}}
    return write(a_set(training=training), tmp_path / "other")


def listing(**changes: Any) -> bytes:
    """A right manifest with some keys changed."""
    return json.dumps(json.loads(a_set()["manifest.json"]) | changes).encode()


def files(*paths: str, **changes: Any) -> list[dict[str, Any]]:
    right = {"path": manifest.REFERENCE, "sha256": "0" * 64, "bytes": 1}
    return [right, *({**right, "path": path, **changes} for path in paths)]


def test_a_right_manifest_is_read() -> None:
    found = manifest.parse(listing(files=files("text/config.json", "text/a-00001-of-00002.npz")))
    assert set(found.files) == {manifest.REFERENCE, "text/config.json", "text/a-00001-of-00002.npz"}
    assert (found.created.year, found.major, len(found.sha256)) == (2999, 1, 64)


def test_a_card_may_be_listed_and_is_never_loaded() -> None:
    assert set(manifest.parse(listing(files=files("README.md"))).files) == {manifest.REFERENCE}


@pytest.mark.parametrize(
    "path",
    [
        "model.pkl", "model.bin", "model.pt", "model.joblib", "modelo", "a.py", "a.npz.pickle",
        "../a.json", "a/../../b.json", "/etc/a.json", "C:/a.json", "a\\b.json", "./a.json",
        "a//b.json", "a/", "", ".json", ".hidden/a.json", "a.json\n", "a\0.json", "~/a.json",
        "manifest.json", "é.json", "a.NPZ",
    ],
)  # fmt: skip
def test_paths_and_formats_outside_the_list_are_refused(path: str) -> None:
    with pytest.raises(WeightsUnavailable):
        manifest.parse(listing(files=files(path)))


@pytest.mark.parametrize(
    "payload",
    [
        b"", b"[]", b"null", b"{", b"\xff\xfe", b"[" * 200_000, b'{"files": []}',
        listing(files=[]), listing(files=None), listing(files=[1]), listing(files=files()[:0]),
        listing(files=files("a.npz", sha256="x")), listing(files=files("a.npz", sha256=None)),
        listing(files=files("a.npz", bytes=-1)), listing(files=files("a.npz", bytes=True)),
        listing(files=files("a.npz", bytes="1")), listing(files=files("a.npz", bytes=10**12)),
        listing(files=files("a.npz", "a.npz")), listing(files=files("text/model.safetensors")),
        listing(files=files("a.npz")[1:]), listing(created="ontem"), listing(created=20240101),
        listing(revision=None), listing(revision="a b"), listing(model_version="novo"),
        listing(model_version=2), listing(files=files(*(f"{n}.npz" for n in range(300)))),
        b" " * 1_000_001,
    ],
)  # fmt: skip
def test_other_manifests_are_refused_in_words(payload: bytes) -> None:
    with pytest.raises(WeightsUnavailable) as refused:
        manifest.parse(payload)
    assert refused.value.message and refused.value.hint


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=9))
def test_no_manifest_stumbles(value: object) -> None:
    for changes in ({"files": value}, {"created": value}, {"model_version": value}):
        try:
            manifest.parse(listing(**changes))
        except WeightsUnavailable:
            continue


def test_a_set_is_opened_used_and_named(other: Path) -> None:
    before = weights.active()
    found = weights.use(other, "hub", commit="a" * 40)
    assert weights.active() is found
    assert found.revision == "a" * 40 and found.manifest["revision"] == "f" * 40
    assert found.path(manifest.REFERENCE) == other / manifest.REFERENCE
    assert found.has(manifest.REFERENCE) and not found.has("text/other.json")
    assert weights.reference().label.startswith("referência do Hub, revisão aaaaaaa (999 registros")
    assert before.folder == EMBEDDED and before.has(manifest.REFERENCE)


def test_a_file_that_is_not_listed_is_not_given(other: Path) -> None:
    (other / "extra.json").write_text("{}")
    found = WeightSet.open(other, "hub")
    for name in ("extra.json", "../other/manifest.json", "manifest.json"):
        with pytest.raises(WeightsUnavailable):
            found.path(name)


def damaged(folder: Path) -> None:
    content = bytearray((folder / manifest.REFERENCE).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / manifest.REFERENCE).write_bytes(content)


def shortened(folder: Path) -> None:
    content = (folder / manifest.REFERENCE).read_bytes()
    (folder / manifest.REFERENCE).write_bytes(content[:-1])


def without_reference(folder: Path) -> None:
    (folder / manifest.REFERENCE).unlink()


def without_manifest(folder: Path) -> None:
    (folder / manifest.MANIFEST).unlink()


@pytest.mark.parametrize("harm", [damaged, shortened, without_reference, without_manifest])
def test_a_set_that_is_not_whole_changes_nothing(other: Path, harm: Callable[[Path], None]) -> None:
    harm(other)
    before = weights.active()
    with pytest.raises(WeightsUnavailable):
        weights.use(other, "hub")
    assert weights.active() is before
    assert weights.status().loaded and weights.status().source == "embedded"


def arrays(**changes: np.ndarray | None) -> bytes:
    """The embedded reference with arrays put in or (None) taken out."""
    with np.load(EMBEDDED / manifest.REFERENCE) as stored:
        kept = dict(stored) | changes
    packed = io.BytesIO()
    np.savez_compressed(packed, **{name: a for name, a in kept.items() if a is not None})  # type: ignore[arg-type]
    return packed.getvalue()


def pickled() -> bytes:
    packed = io.BytesIO()
    np.savez(packed, medians=np.array([{"a": 1}], dtype=object))
    return packed.getvalue()


def bomb() -> bytes:
    packed = io.BytesIO()
    np.savez_compressed(packed, medians=np.zeros(40_000_000))
    return packed.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"not a zip", pickle.dumps([1]), pickled(), arrays(medians=None), arrays(n=np.array("x")),
        arrays(n=np.array(0)), arrays(medians=np.zeros(3)), arrays(medians=np.full(10, np.inf)),
        arrays(**{"peers.keys": np.array(["a"])}), arrays(**{"scorer.random_state": None}),
        arrays(**{"tail.quantiles": np.zeros(2)}), bomb(),
    ],
    ids=[
        "no zip", "a pickle", "objects", "no medians", "n is text", "nothing in it",
        "other features", "infinite", "peers of two lengths", "no scorer", "other tail", "a bomb",
    ],
)  # fmt: skip
def test_a_whole_set_of_another_architecture_is_refused(tmp_path: Path, content: bytes) -> None:
    folder = write(a_set({manifest.REFERENCE: content}), tmp_path / "strange")
    before = weights.active()
    with pytest.raises(WeightsUnavailable):
        weights.use(folder, "hub")
    assert weights.active() is before


def test_a_text_model_that_can_not_be_loaded_is_refused(tmp_path: Path) -> None:
    folder = write(a_set({"text/config.json": b'{"model_type": "outro"}'}), tmp_path / "text")
    with pytest.raises(WeightsUnavailable):
        weights.use(folder, "hub")


def test_the_state_while_the_hub_is_asked_and_after(other: Path) -> None:
    weights.look_begins()
    assert weights.status().source == "loading" and weights.status().loaded
    assert weights.brief()["source"] == "embedded"
    weights.use(other, "hub", commit="b" * 40)
    weights.look_ends("Pesos do Hub.")
    assert (weights.status().source, weights.status().message) == ("hub", "Pesos do Hub.")


def test_an_answer_says_which_weights_it_had(other: Path) -> None:
    weights.use(other, "hub", commit="c" * 40, note="do teste")
    answer = AnomalyDetector().analyze(RECORDS).anomalies_dict()
    assert answer["weights"]["source"] == "hub" and answer["weights"]["message"] == "do teste"
    assert answer["weights"]["revision"] == "c" * 40
    assert "999 registros" in answer["reference"]


def test_swapping_under_load_drops_no_request(other: Path) -> None:
    """Every answer is made wholly with one set, and both sets answer the same record alike."""
    done = threading.Event()

    def ask() -> list[str]:
        labels: list[str] = []
        while not done.is_set():
            labels.append(AnomalyDetector().analyze(RECORDS).reference)
        return labels

    with ThreadPoolExecutor(3) as pool:
        asking = [pool.submit(ask) for _ in range(3)]
        for _ in range(15):
            for folder, source in ((other, "hub"), (EMBEDDED, "embedded")):
                weights.use(folder, source)  # type: ignore[arg-type]
                time.sleep(0.02)
        done.set()
    labels = [label for asked in asking for label in asked.result()]
    named = {label.split(" (")[0] for label in labels}
    assert named == {"referência embutida", "referência do Hub"}
    assert all(("999" in label) == ("Hub" in label) for label in labels)


def in_use() -> dict[str, Any]:
    return {"sha256": weights.active().sha256, "label": weights.reference().label}


@pytest.mark.parametrize("isolated", [False, True], ids=["standing", "isolated"])
def test_workers_follow_the_set_in_use(other: Path, isolated: bool) -> None:
    lane = lanes.Lane("test", workers=1, waiting=1, retry_after_s=1, isolated=isolated)
    try:
        seen = [json.loads(lane.submit(in_use).result().body)]
        weights.use(other, "hub", commit="d" * 40)
        seen.append(json.loads(lane.submit(in_use).result().body))
        weights.use(EMBEDDED, "embedded")
        seen.append(json.loads(lane.submit(in_use).result().body))
    finally:
        lane.close()
    assert "ddddddd (999 registros" in seen[1]["label"]
    assert seen[0] == seen[2] and seen[0]["sha256"] != seen[1]["sha256"]


def test_following_keeps_the_same_object_and_survives_a_lost_folder(other: Path) -> None:
    weights.use(other, "hub", commit="e" * 40)
    choice = weights.chosen()
    found = weights.active()
    weights.follow(choice)
    assert weights.active() is found
    weights.use(EMBEDDED, "embedded")
    shutil.rmtree(other)
    weights.follow(choice)
    assert weights.active().folder == EMBEDDED
    assert "manifesto" in weights.brief()["message"]
    assert multiprocessing.active_children() == []
