"""Lanes and limits on their own: full lanes, work that crashes, lasts or is left, and pace."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from cidadao_models.errors import InputError, ServiceUnavailable, TooLarge
from cidadao_models.inference import lanes
from cidadao_models.inference.guard import Guard, Pace
from cidadao_models.inference.jobs import Answer, answer, check_threshold, parse_json
from cidadao_models.inference.lanes import Lane
from cidadao_models.inference.settings import Settings
from cidadao_models.reading.limits import Limits


def give(value: int) -> dict[str, Any]:
    return {"value": value, "missing": float("nan"), "pid": os.getpid()}


def crash() -> dict[str, Any]:
    os._exit(9)


def stumble() -> dict[str, Any]:
    raise ValueError("123.456.789-09")


def refuse() -> dict[str, Any]:
    raise TooLarge("demais", hint="menos")


def last(seconds: float) -> dict[str, Any]:
    time.sleep(seconds)
    return {}


def exhaust() -> dict[str, Any]:
    raise MemoryError


@pytest.fixture(params=[False, True], ids=["standing", "isolated"])
def isolated(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def lane(*, workers: int = 1, waiting: int = 1, isolated: bool = False) -> Lane:
    return Lane("test", workers=workers, waiting=waiting, retry_after_s=3, isolated=isolated)


def run(isolated: bool, job: Any, *args: object) -> Answer:
    used = lane(isolated=isolated)
    try:
        return asyncio.run(used.run(job, *args))
    finally:
        used.close()


def test_answer_is_json_without_nan(isolated: bool) -> None:
    result = run(isolated, give, 3)
    value = json.loads(result.body)
    assert (result.status, value["value"], value["missing"]) == (200, 3, None)
    assert value["pid"] != os.getpid()


def test_unforeseen_error_names_only_its_type(isolated: bool) -> None:
    result = run(isolated, stumble)
    assert result.status == 500
    assert b"123" not in result.body
    assert json.loads(result.body)["error"]["details"] == {"error": "ValueError"}


def test_meant_errors_have_their_status(isolated: bool) -> None:
    assert run(isolated, refuse).status == 413
    assert run(isolated, exhaust).status == 413


def test_process_that_dies_is_told_as_busy_and_replaced(isolated: bool) -> None:
    used = lane(isolated=isolated)
    result = asyncio.run(used.run(crash))
    assert result.status == 503
    assert result.retry_after
    assert asyncio.run(used.run(give, 1)).status == 200
    used.close()


def test_work_that_lasts_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "LARGE_JOB_S", 0.5)
    assert run(True, last, 600.0).status == 413


def test_work_nobody_waits_for_is_stopped() -> None:
    async def left() -> bool:
        return True

    async def leave() -> Answer:
        return await lane(isolated=True).run(last, 600.0, gone=left)

    assert asyncio.run(leave()).status == 503


def test_full_lane_refuses_and_recovers() -> None:
    async def fill() -> None:
        narrow = lane(workers=1, waiting=1)
        async with narrow.place(), narrow.place():
            with pytest.raises(ServiceUnavailable) as refused:
                async with narrow.place():
                    pass
            assert refused.value.details == {"retry_after_s": 3}
        async with narrow.place():
            assert narrow.taken == 1

    asyncio.run(fill())


def test_pace_of_one_visitor() -> None:
    now = [0.0]
    pace = Pace(3, clock=lambda: now[0])
    assert [pace.wait("a") for _ in range(3)] == [0, 0, 0]
    assert 0 < pace.wait("a") <= 61
    assert pace.wait("b") == 0
    now[0] = 60.0
    assert pace.wait("a") == 0


def test_pace_is_off_without_a_limit_and_for_this_machine() -> None:
    assert {Pace(None).wait("a") for _ in range(1000)} == {0}
    assert {Pace(1).wait(None) for _ in range(1000)} == {0}


def test_rate_counts_only_in_a_space() -> None:
    asked = {"CIDADAO_RATE_PER_MIN": "5"}
    assert Settings.from_environment(asked).rate_per_min is None
    assert Settings.from_environment(asked | {"SPACE_ID": "a/b"}).rate_per_min == 5
    assert Settings.from_environment({"SPACE_ID": "a/b"}).rate_per_min == 120


@pytest.mark.parametrize("text", ["0", "-1", "2.5", "dois", "1e3", "٣"])
def test_settings_refuse_what_is_no_whole_number(text: str) -> None:
    with pytest.raises(InputError, match="CIDADAO_MAX_CONCURRENCY"):
        Settings.from_environment({"CIDADAO_MAX_CONCURRENCY": text})


def test_settings_have_published_defaults() -> None:
    published = Settings.from_environment({}).to_dict()
    assert published == {
        "max_file_mb": 80,
        "max_json_mb": 32,
        "max_rows": 300_000,
        "max_points": 300_000,
        "max_characters": 1_000_000,
        "max_pages": 500,
        "max_concurrency": 2,
        "rate_per_min": None,
    }


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """An application that reads its body and says how long it was."""
    size, more = 0, True
    while more:
        message = await receive()
        more = message.get("more_body", False)
        size += len(message.get("body", b""))
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(size).encode()})


async def post(
    guard: Guard, path: str, *, size: int = 0, chunked: bool = False, address: str = ""
) -> httpx.Response:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(size // 1000):
            yield b"x" * 1000

    transport = httpx.ASGITransport(app=guard)
    headers = {"x-forwarded-for": address} if address else {}
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        content = chunks() if chunked else b"x" * size
        return await client.post(path, content=content, headers=headers)


SMALL = Settings(limits=Limits(max_bytes=100_000, max_rows=10), rate_per_min=2)


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/v1/analyze-file", 100_000, 200),
        ("/v1/analyze-file", 200_000, 413),
        ("/gradio_api/upload", 200_000, 413),
        ("/v1/detect-anomalies", 100_000, 200),
        ("/v1/detect-anomalies", 101_000, 413),
        ("/gradio_api/queue/join", 101_000, 413),
        ("/other", 1_000_000, 200),
        ("/other", 1_001_000, 413),
    ],
)
def test_body_limit(path: str, size: int, status: int, chunked: bool) -> None:
    response = asyncio.run(post(Guard(echo, settings=SMALL), path, size=size, chunked=chunked))
    assert response.status_code == status
    if status == 200:
        assert response.text == str(size)


def test_visitor_too_soon_is_told_when_to_come_back() -> None:
    guard = Guard(echo, settings=SMALL)

    async def three(address: str) -> list[httpx.Response]:
        path = "/v1/detect-anomalies"
        return [await post(guard, path, address=address) for _ in range(3)]

    answers = asyncio.run(three("6.6.6.6, 203.0.113.7"))
    assert [a.status_code for a in answers] == [200, 200, 429]
    assert int(answers[2].headers["retry-after"]) > 0
    assert [a.status_code for a in asyncio.run(three("203.0.113.7"))] == [429] * 3
    assert [a.status_code for a in asyncio.run(three(""))] == [200] * 3


@pytest.mark.parametrize("value", [True, None, "0.5", float("nan"), -0.1, 1.1, [], 10**400])
def test_threshold_is_refused(value: object) -> None:
    with pytest.raises(InputError, match="threshold"):
        check_threshold(value)


@pytest.mark.parametrize("value", [0, 1, 0.5])
def test_threshold_is_taken(value: float) -> None:
    assert check_threshold(value) == value


def test_json_keeps_long_codes_digit_by_digit() -> None:
    code = "1" * 40
    assert parse_json(f'[{code}, 12, -3.5, "é"]'.encode()) == [code, 12, -3.5, "é"]


def test_json_half_characters_are_replaced() -> None:
    assert parse_json(b'{"\\ud800": ["\\udfffx", "\\ud83d\\ude00"]}') == {"�": ["�x", "\U0001f600"]}


def test_error_text_survives_half_characters() -> None:
    def job() -> dict[str, Any]:
        raise InputError("\ud800", hint="x", details={"n": float("1")})

    assert json.loads(answer(job).body)["error"]["message"] == "\ud800"
