"""Weights from a Hub of the tests' own: what comes in use, what is refused, what is said."""

from __future__ import annotations

import json
import os
import pickle
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import hub as fake
import pytest
from conftest import BOOT_LIMIT_S, ROOT, app_environment, free_port
from hub import Hub, a_set, write

from cidadao_models.models.core.weights import EMBEDDED, REFERENCE, WeightSet

EMBEDDED_SHA256 = WeightSet.open(EMBEDDED, "embedded").sha256
OLD = {"created": "2001-01-01"}
NPZ = "anomaly_reference__npz"
JSON = "manifest__json"
TRAINING = {"anomaly_reference": {"records": 999, "folders": ["um"]}}

Ask = Callable[..., dict[str, Any]]


class Boots:
    """A process that looks at the Hub as often as it is asked."""

    def __init__(self, hub: Hub) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "tests" / "hub_boots.py")],
            env=environment(hub),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def send(self, asked: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        return found

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(30)


def environment(hub: Hub, **more: str) -> dict[str, str]:
    """The environment of a process that may ask this Hub and no other."""
    dropped = ("CIDADAO_", "HF_", "TRANSFORMERS_OFFLINE", "GRADIO_")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(dropped)}
    own = {
        "HF_ENDPOINT": hub.url,
        "HF_TOKEN": "hf_teste",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_XET": "1",
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests"))),
    }
    return kept | own | more


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    with fake.running() as running:
        yield running


@pytest.fixture(scope="module")
def boots(hub: Hub) -> Iterator[Boots]:
    started = Boots(hub)
    yield started
    started.close()


@pytest.fixture
def look(boots: Boots, tmp_path: Path) -> Ask:
    """One look at a repository, with a cache of the test's own."""

    def ask(repo: str, revision: str = "", *, offline: str = "", **asked: Any) -> dict[str, Any]:
        environ = {
            "HF_HOME": str(asked.pop("home", tmp_path / "home")),
            "CIDADAO_MODEL_REPO": repo,
            "CIDADAO_MODEL_REVISION": revision,
            "HF_HUB_OFFLINE": offline,
        }
        boots.send({"environ": environ} | asked)
        return boots.answer()

    return ask


def kept_folders(home: Path) -> list[str]:
    return sorted(p.name for p in home.glob("cidadao-models/*/*") if p.is_dir())


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path there."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def embedded_with(answer: dict[str, Any], *words: str) -> None:
    """The embedded set serves, and the message says why in the words expected."""
    assert answer["status"]["source"] == "embedded"
    assert answer["status"]["loaded"] is True
    assert answer["status"]["sha256"] == EMBEDDED_SHA256
    assert answer["reference"].startswith("referência embutida")
    assert answer["swaps"] == []
    message = answer["status"]["message"]
    assert message == answer["brief"]["message"]
    assert message.startswith("Em uso os pesos embutidos.")
    assert all(word in message for word in words), message


def test_a_new_revision_comes_in_use_and_stays_in_the_cache(
    hub: Hub, look: Ask, tmp_path: Path
) -> None:
    repository = hub.repository("t/new", a_set(training=TRAINING))
    answer = look("t/new")
    assert answer["status"]["source"] == "hub"
    assert answer["status"]["revision"] == repository.head
    assert repository.head[:7] in answer["status"]["message"]
    assert "999 registros" in answer["reference"]
    assert answer["swaps"] == [repository.head]
    assert kept_folders(tmp_path / "home") == [repository.head]
    asked = len(hub.seen("t/new"))
    again = look("t/new")
    assert again["status"]["source"] == "cache"
    assert again["status"]["sha256"] == answer["status"]["sha256"]
    assert len(hub.seen("t/new")) == asked + 1, "an unchanged repository costs one question"
    newer = repository.add(a_set(training=TRAINING, created="2999-02-02"))
    assert look("t/new")["status"]["revision"] == newer
    assert "Bearer hf_teste" in hub.tokens


def test_a_look_that_finds_what_is_in_use_swaps_nothing(hub: Hub, look: Ask) -> None:
    hub.repository("t/same", a_set())
    look("t/same")
    assert look("t/same", goes_on=True)["swaps"] == []


def test_the_embedded_set_published_is_fetched_only_when_pinned(hub: Hub, look: Ask) -> None:
    files = contents(EMBEDDED)
    repository = hub.repository("t/embedded", files)
    embedded_with(look("t/embedded"), "mesmos", repository.head[:7])
    assert len(hub.seen("t/embedded")) == 2
    pinned = look("t/embedded", repository.head)["status"]
    assert (pinned["source"], pinned["revision"]) == ("hub", repository.head)


def test_a_pinned_commit_is_used_though_older_and_asks_nothing_once_kept(
    hub: Hub, look: Ask
) -> None:
    repository = hub.repository("t/pinned")
    old = repository.add(a_set(**OLD))
    repository.add(a_set())
    assert look("t/pinned", old)["status"]["revision"] == old
    asked = len(hub.seen("t/pinned"))
    again = look("t/pinned", old.upper())
    assert (again["status"]["source"], again["status"]["revision"]) == ("cache", old)
    assert len(hub.seen("t/pinned")) == asked


def test_offline_asks_nothing_and_uses_what_is_kept(hub: Hub, look: Ask) -> None:
    repository = hub.repository("t/offline", a_set())
    embedded_with(look("t/offline", offline="1"), "HF_HUB_OFFLINE=1")
    assert hub.seen("t/offline") == []
    look("t/offline")
    asked = len(hub.seen("t/offline"))
    answer = look("t/offline", offline="1")
    assert answer["status"]["source"] == "cache"
    assert answer["status"]["revision"] == repository.head
    assert len(hub.seen("t/offline")) == asked


def test_what_is_kept_serves_when_the_hub_fails(hub: Hub, look: Ask) -> None:
    repository = hub.repository("t/later", a_set())
    look("t/later")
    repository.faults = {"": "html"}
    answer = look("t/later")
    assert answer["status"]["source"] == "cache"
    assert answer["status"]["revision"] == repository.head
    assert "Em uso os pesos guardados" in answer["status"]["message"]
    assert "não pôde ser entendida" in answer["status"]["message"]


def test_a_damaged_kept_set_is_fetched_again(hub: Hub, look: Ask, tmp_path: Path) -> None:
    repository = hub.repository("t/again", a_set())
    look("t/again")
    place = tmp_path / "home" / "cidadao-models" / "t--again" / repository.head / REFERENCE
    place.write_bytes(place.read_bytes()[:-1])
    assert look("t/again")["status"]["source"] == "hub"
    assert len(place.read_bytes()) == len((EMBEDDED / REFERENCE).read_bytes())


def test_a_passing_error_is_tried_again(hub: Hub, look: Ask) -> None:
    hub.repository("t/passing", a_set(), **{NPZ: "once"})
    assert look("t/passing")["status"]["source"] == "hub"


@pytest.mark.parametrize(
    ("faults", "words"),
    [
        ({NPZ: "missing"}, ["O Hub não tem", REFERENCE]),
        ({JSON: "missing"}, ["O Hub não tem", "manifest.json"]),
        ({NPZ: "corrupt"}, [REFERENCE, "não confere"]),
        ({JSON: "larger"}, ["não é um JSON"]),
        ({NPZ: "larger"}, [REFERENCE, "maior"]),
        ({"": "html"}, ["não pôde ser entendida"]),
    ],
    ids=str,
)
def test_a_fault_of_the_hub_keeps_what_is_there(
    hub: Hub, look: Ask, tmp_path: Path, faults: dict[str, str], words: list[str]
) -> None:
    hub.repository("t/fault", a_set(), **faults)
    embedded_with(look("t/fault"), *words)
    assert kept_folders(tmp_path / "home") == []


@pytest.mark.parametrize(
    ("faults", "words"),
    [({"": "500"}, ["respondeu 500"]), ({NPZ: "truncated"}, ["conexão", REFERENCE])],
    ids=str,
)
def test_a_fault_that_lasts_is_given_up(
    hub: Hub, look: Ask, tmp_path: Path, faults: dict[str, str], words: list[str]
) -> None:
    hub.repository("t/lasting", a_set(), **faults)
    answer = look("t/lasting")
    embedded_with(answer, *words)
    assert answer["seconds"] < 12
    assert kept_folders(tmp_path / "home") == []


def test_a_missing_repository_and_a_missing_commit_are_told(hub: Hub, look: Ask) -> None:
    embedded_with(look("t/nobody"), "t/nobody", "HF_TOKEN")
    hub.repository("t/there", a_set())
    embedded_with(look("t/there", "0" * 40), "revisão")


@pytest.mark.parametrize(
    ("repo", "revision", "word"),
    [("../etc", "", "repositório"), ("a b", "", "repositório"), ("t/x", "main", "commit completo")],
)
def test_what_can_not_be_asked_for_is_told(look: Ask, repo: str, revision: str, word: str) -> None:
    embedded_with(look(repo, revision), word)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (a_set({"model.pkl": pickle.dumps({})}), ["model.pkl", "formato recusado"]),
        (a_set({"../../fora.json": b"{}"}), ["caminho recusado"]),
        (a_set(model_version="2.0.0"), ["2.0.0", "mais novo"]),
        (a_set(**OLD), ["01/01/2001", "mais antigos"]),
        (a_set({REFERENCE: b"PK"}), [REFERENCE, "forma"]),
        (a_set({"text/config.json": b'{"model_type": "outro"}'}), []),
    ],
    ids=["pickle", "outside", "newer format", "older", "other architecture", "other text model"],
)
def test_a_set_that_should_not_be_used_is_refused(
    hub: Hub, look: Ask, tmp_path: Path, files: fake.Files, words: list[str]
) -> None:
    hub.repository("t/refused", files)
    embedded_with(look("t/refused"), *words)
    assert kept_folders(tmp_path / "home") == []
    assert not (tmp_path / "fora.json").exists() and not (tmp_path / "home/fora.json").exists()


def test_a_full_disk_is_told(hub: Hub, look: Ask, tmp_path: Path) -> None:
    hub.repository("t/full", a_set())
    embedded_with(look("t/full", file_bytes=50_000), "espaço em disco")
    assert kept_folders(tmp_path / "home") == []


def test_a_cache_that_takes_no_files_is_told(hub: Hub, look: Ask) -> None:
    hub.repository("t/readonly", a_set())
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        home.chmod(stat.S_IRUSR | stat.S_IXUSR | stat.S_IROTH | stat.S_IXOTH)
        embedded_with(look("t/readonly", home=home, as_nobody=True), "não aceita gravação")
        home.chmod(0)
        embedded_with(look("t/readonly", home=home, as_nobody=True), "não aceita gravação")
        home.chmod(stat.S_IRWXU)


@pytest.mark.parametrize("faults", [{"": "silent"}, {NPZ: "slow"}], ids=str)
def test_a_hub_that_takes_too_long_is_left(
    hub: Hub, look: Ask, tmp_path: Path, faults: dict[str, str]
) -> None:
    """The process that waits is ended; nothing half done stays."""
    hub.repository("t/slow", a_set(), **faults)
    answer = look("t/slow", isolated=True, seconds=3)
    embedded_with(answer, "não entregou os pesos em 3 segundos")
    assert answer["seconds"] < 10
    assert kept_folders(tmp_path / "home") == []
    assert list((tmp_path / "home").glob("cidadao-models/*/.partial*")) == []


def test_two_boots_at_once_share_the_cache(hub: Hub, boots: Boots, tmp_path: Path) -> None:
    repository = hub.repository("t/two", a_set(), **{NPZ: "gated"})
    asked = {
        "environ": {
            "HF_HOME": str(tmp_path),
            "CIDADAO_MODEL_REPO": "t/two",
            "CIDADAO_MODEL_REVISION": "",
            "HF_HUB_OFFLINE": "",
        }
    }
    second = Boots(hub)
    try:
        for one in (boots, second):
            one.send(asked)
        wanted = f"GET /t/two/resolve/{repository.head}/{REFERENCE}"
        deadline = time.monotonic() + 15
        while hub.requests.count(wanted) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert hub.requests.count(wanted) == 2, "both are fetching at the same time"
        repository.faults.clear()
        hub.gate.set()
        answers = [boots.answer(), second.answer()]
    finally:
        hub.gate.clear()
        second.close()
    assert [answer["status"]["source"] for answer in answers] == ["hub", "hub"]
    assert {answer["status"]["revision"] for answer in answers} == {repository.head}
    assert kept_folders(tmp_path) == [repository.head]
    assert list(tmp_path.glob("cidadao-models/*/.partial*")) == []


def command(hub: Hub, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cidadao_models", "weights", *arguments],
        env=environment(hub, **more),
        cwd=ROOT,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def test_published_weights_are_pulled_and_used(hub: Hub, tmp_path: Path) -> None:
    folder = write(a_set({"text_free.json": b"{}"}), tmp_path / "set")
    home = {"HF_HOME": str(tmp_path / "home"), "CIDADAO_MODEL_REPO": "t/published"}
    sent = command(hub, "publish", "--repo", "t/published", "--folder", str(folder), **home)
    assert sent.returncode == 0, sent.stderr
    repository = hub.repositories["t/published"]
    assert repository.head in sent.stdout
    files = repository.commits[repository.head]
    assert files.pop("README.md").startswith(b"---\nlicense: apache-2.0\n")
    assert files == {k: v for k, v in contents(folder).items() if k != "README.md"}
    pulled = command(hub, "pull", **home)
    assert pulled.returncode == 0, pulled.stderr
    assert repository.head in pulled.stdout
    status = command(hub, "status", HF_HUB_OFFLINE="1", **home)
    assert status.returncode == 0
    assert repository.head in status.stdout and "em cache" in status.stdout
    refused = command(hub, "pull", "--revision", "main", **home)
    assert refused.returncode == 2
    assert refused.stderr.startswith("erro: ") and refused.stderr.count("\n") == 1


def test_only_a_whole_set_is_published(hub: Hub, tmp_path: Path) -> None:
    folder = write(a_set(), tmp_path / "set")
    (folder / REFERENCE).write_bytes(b"x")
    sent = command(hub, "publish", "--repo", "t/broken", "--folder", str(folder))
    assert sent.returncode == 2 and "não confere" in sent.stderr
    assert "t/broken" not in hub.repositories


def test_the_app_answers_while_the_weights_change(hub: Hub, tmp_path: Path) -> None:
    """From embedded, by loading, to those of the Hub, with no answer missing on the way."""
    repository = hub.repository("t/app", a_set(training=TRAINING), **{NPZ: "gated"})
    hub.gate.clear()
    port = free_port()
    own = {"HF_HOME": str(tmp_path / "home"), "CIDADAO_MODEL_REPO": "t/app"}
    served = {k: v for k, v in app_environment(port).items() if k.startswith("GRADIO_")}
    log = tmp_path / "log.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "app.py")],
            env=environment(hub, **served, **own),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(lambda: source_of(url) == "loading", BOOT_LIMIT_S)
            swapped_while_asked(url, hub, repository.head)
        finally:
            process.terminate()
            process.wait(timeout=30)


def source_of(url: str) -> str:
    """The source that `/health` names, or nothing where no server answers yet."""
    try:
        found: str = httpx.get(f"{url}/health", timeout=5).json()["weights"]["source"]
    except httpx.TransportError:
        return ""
    return found


def wait_for(true: Callable[[], bool], seconds: float) -> None:
    """Return once it is true, or when the time is up."""
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)


def swapped_while_asked(url: str, hub: Hub, commit: str) -> None:
    statuses: list[int] = []
    references: list[str] = []
    done = threading.Event()

    def ask() -> None:
        body = {"contracts": [{"valor": 48_000.0, "objeto": "Locação de tendas"}]}
        while not done.is_set():
            answer = httpx.post(f"{url}/v1/detect-anomalies", json=body, timeout=30)
            statuses.append(answer.status_code)
            references.append(f"{answer.json()['reference']} {answer.json()['weights']['source']}")

    threads = [threading.Thread(target=ask) for _ in range(2)]
    before = source_of(url)
    for thread in threads:
        thread.start()
    wait_for(lambda: bool(references), 15)
    hub.gate.set()
    wait_for(lambda: source_of(url) == "hub", 25)
    wait_for(lambda: any("999 registros" in one for one in references), 25)
    done.set()
    for thread in threads:
        thread.join(30)
    assert (before, source_of(url)) == ("loading", "hub")
    assert set(statuses) == {200}
    assert references[0].startswith("referência embutida") and references[0].endswith("embedded")
    assert any("999 registros" in one and one.endswith("hub") for one in references)
    weights = httpx.get(f"{url}/health").json()["weights"]
    assert weights["revision"] == commit and commit[:7] in weights["message"]
