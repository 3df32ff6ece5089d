"""The process that stays: it is one, it is kept, it is replaced when it dies, lasts or is left."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from cidadao_models.errors import CidadaoError, InputError, ServiceUnavailable, TooLarge
from cidadao_models.inference import lanes, standing
from cidadao_models.inference.standing import Standing


def give(value: Any = None) -> tuple[Any, int]:
    return value, os.getpid()


def crash() -> None:
    os._exit(9)


def stumble() -> None:
    raise ValueError("123.456.789-09")


def refuse() -> None:
    raise InputError("demais", hint="menos", details={"n": 3})


def last(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


@pytest.fixture
def one() -> Iterator[Standing]:
    used = Standing()
    yield used
    used.close()


def stopped_after(seconds: float) -> threading.Event:
    stop = threading.Event()
    threading.Timer(seconds, stop.set).start()
    return stop


def test_every_job_runs_in_the_same_other_process(one: Standing) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda i: one.call(give, value=i), range(8)))
    assert [value for value, _ in answers] == list(range(8))
    (process,) = {process for _, process in answers}
    assert process != os.getpid()


def test_refusals_come_back_and_the_process_stays(one: Standing) -> None:
    _, process = one.call(give)
    with pytest.raises(InputError, match="demais") as refused:
        one.call(refuse)
    assert refused.value.hint == "menos" and refused.value.details == {"n": 3}
    with pytest.raises(CidadaoError) as unforeseen:
        one.call(stumble)
    assert unforeseen.value.details == {"error": "ValueError"}
    assert "123" not in unforeseen.value.message
    assert one.call(give)[1] == process


def test_a_process_that_dies_is_replaced(one: Standing) -> None:
    with pytest.raises(ServiceUnavailable):
        one.call(crash)
    assert one.call(give, 1)[0] == 1


def test_what_lasts_too_long_is_ended(one: Standing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "LARGE_JOB_S", 0.5)
    with pytest.raises(TooLarge):
        one.call(last, 600.0)
    assert one.call(give, 1)[0] == 1


def test_short_work_that_is_left_ends_by_itself_and_keeps_the_process(one: Standing) -> None:
    _, process = one.call(give)
    with pytest.raises(ServiceUnavailable):
        one.call(last, 2.0, stop=stopped_after(0.1))
    assert one.call(give)[1] == process


def test_long_work_that_is_left_is_ended(one: Standing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "PATIENCE_S", 0.5)
    _, process = one.call(give)
    began = time.monotonic()
    with pytest.raises(ServiceUnavailable):
        one.call(last, 600.0, stop=stopped_after(0.1))
    assert one.call(give)[1] != process
    assert time.monotonic() - began < 60


def test_who_waits_too_long_is_told_and_who_leaves_the_line_goes(
    one: Standing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "TURN_S", 0.5)
    with ThreadPoolExecutor(1) as pool:
        stop = threading.Event()
        running = pool.submit(one.call, last, 8.0, stop=stop)
        time.sleep(0.5)
        with pytest.raises(ServiceUnavailable, match="ocupado") as busy:
            one.call(give)
        assert busy.value.details == {"retry_after_s": 30}
        with pytest.raises(ServiceUnavailable, match="abandonado"):
            one.call(give, stop=stopped_after(0.0))
        assert running.result() > 0
