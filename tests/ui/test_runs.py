"""A run that a click starts: what it says, what ends it, and what it leaves behind."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cidadao_models.errors import CidadaoError, InputError
from cidadao_models.reading.limits import Limits
from cidadao_models.ui import render, runs, texts
from cidadao_models.ui.runs import Runs, Stages
from cidadao_models.ui.session import Service
from cidadao_models.ui.tab_layout import Source

SOURCE: Any = Source("upload", "run", "cancel", [], "status")
VISITOR: Any = SimpleNamespace(session_hash="visitante")
CANCELLED = render.message("plain", texts.CANCELLED)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "TICK_S", 0.01)


def tab(service: Service, name: str = "texto") -> Runs:
    return Runs(name, SOURCE, service, render.refused)


def shown(answer: str) -> dict[str, str]:
    return {"answer": answer}


def after(seconds: float, answer: str) -> Any:
    """A job that answers after a while, or is abandoned."""

    def job(*, stop: threading.Event) -> str:
        if stop.wait(seconds):
            raise CidadaoError("O pedido foi abandonado.", hint="Envie de novo.")
        return answer

    return job


def test_a_run_says_the_seconds_then_shows_its_answer_and_is_forgotten() -> None:
    service = Service()
    one = tab(service)
    stages = partial(one.followed, "Lendo…", after(0.1, "pronto"))
    *ticks, last = one.settled(stages, shown, VISITOR)
    assert last == {"answer": "pronto"}
    assert ticks
    assert all("Lendo…" in said["status"] and "s até agora" in said["status"] for said in ticks)
    assert all(tick["cancel"]["visible"] and not tick["run"]["visible"] for tick in ticks)
    assert service.runs == {}


def test_a_refusal_is_said_and_the_page_is_idle() -> None:
    def stages(stop: threading.Event) -> Stages[str]:
        yield {}
        raise InputError("Faltam letras.", hint="Cole o texto.")

    *_, last = tab(Service()).settled(stages, shown, VISITOR)
    assert "Faltam letras." in last["status"] and "refused" in last["status"]
    assert last["run"]["visible"] and not last["cancel"]["visible"]


def test_a_run_cancelled_before_it_starts_says_so() -> None:
    service = Service()
    one = tab(service)
    service.begin(one.key(VISITOR))
    service.stop(one.key(VISITOR))
    run = one.settled(partial(one.followed, "Lendo…", after(60, "")), shown, VISITOR)
    assert list(run)[-1]["status"] == CANCELLED
    assert service.runs == {}


def test_the_next_run_ends_every_stage_of_the_one_before_on_its_tab_only() -> None:
    service = Service()
    one, other = tab(service), tab(service, "serie")
    elsewhere = service.begin(other.key(VISITOR))

    def stages(stop: threading.Event) -> Stages[str]:
        yield from one.followed("Lendo…", after(0, "lido"), stop)
        service.begin(one.key(VISITOR))
        return (yield from one.followed("Analisando…", after(60, "antigo"), stop))

    *_, last = one.settled(stages, shown, VISITOR)
    assert last["status"] == CANCELLED
    assert not service.runs[one.key(VISITOR)].is_set() and not elsewhere.is_set()


def test_a_run_that_is_given_up_ends_its_work() -> None:
    service = Service()
    one = tab(service)
    run: Any = one.settled(partial(one.followed, "Lendo…", after(60, "")), shown, VISITOR)
    next(run)
    stop = service.runs[one.key(VISITOR)]
    run.close()
    assert stop.is_set() and service.runs == {}


@pytest.mark.parametrize("most", [100, 2])
def test_an_uploaded_file_leaves_the_disk_whether_it_is_taken_or_refused(
    tmp_path: Path, most: int
) -> None:
    path = tmp_path / "enviado" / "gastos.csv"
    path.parent.mkdir()
    path.write_bytes(b"valor\n1")
    taking = tab(Service(limits=Limits(max_bytes=most))).taken(str(path))
    said = next(taking)
    assert said["upload"] is None and ("status" in said) == (most == 2)
    with pytest.raises(StopIteration) as end:
        next(taking)
    assert (end.value.value is None) == (most == 2)
    assert not path.parent.exists()
