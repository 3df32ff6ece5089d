"""`/v1/analyze-spectral` and `/analyze_spectral` in the running app: contract, hostile input."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

import cidadao_models
from cidadao_models.models.spectral_analysis import SpectralAnalyzer

SPECTRAL = "/v1/analyze-spectral"
KEYS = {
    "frequencies", "amplitudes", "threshold", "dominant_frequency", "dominant_period",
    "periodic_patterns", "changes", "spikes", "status", "reason", "model_version", "source",
}  # fmt: skip
PATTERN_KEYS = {"frequency", "period", "strength", "p_value", "q_value", "kind", "description"}


@pytest.fixture(scope="module")
def client(app_url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=app_url, timeout=120) as connected:
        yield connected


@pytest.fixture(scope="module")
def gradio(app_url: str) -> Client:
    return Client(app_url, verbose=False)


def noise(n: int, seed: int = 3) -> list[float]:
    draw = random.Random(seed)
    return [draw.gauss(1000.0, 100.0) for _ in range(n)]


def wave(n: int, period: float) -> list[float]:
    return [
        value + 300 * math.cos(2 * math.pi * i / period) for i, value in enumerate(noise(n, seed=4))
    ]


def days(n: int, first: date = date(2022, 1, 3)) -> list[str]:
    return [(first + timedelta(days=i)).isoformat() for i in range(n)]


def asked(client: httpx.Client, **body: Any) -> dict[str, Any]:
    answer = client.post(SPECTRAL, json=body)
    assert answer.status_code == 200, answer.text[:400]
    found = json.loads(answer.text, parse_constant=lambda name: pytest.fail(name))
    assert set(found) >= KEYS
    assert found["model_version"] == cidadao_models.__version__ and found["source"] == "api"
    assert len(found["frequencies"]) == len(found["amplitudes"]) == len(found["threshold"])
    assert all(set(one) >= PATTERN_KEYS for one in found["periodic_patterns"])
    return dict(found)


def test_a_cycle_is_found_and_its_unit_follows_the_sampling_rate(client: httpx.Client) -> None:
    found = asked(client, time_series=wave(240, 12), sampling_rate=1.0)
    assert found["dominant_period"] == pytest.approx(12, rel=0.01)
    assert found["dominant_frequency"] == pytest.approx(1 / 12, rel=0.01)
    assert found["periodic_patterns"][0]["kind"] == "atipico"
    faster = asked(client, time_series=wave(240, 12), sampling_rate=4)
    assert faster["dominant_period"] == pytest.approx(3, rel=0.01)
    assert faster["dominant_frequency"] == pytest.approx(1 / 3, rel=0.01)


def test_dates_give_the_unit_and_date_a_change(client: httpx.Client) -> None:
    values = noise(240)
    values = [value * (3 if i >= 120 else 1) for i, value in enumerate(values)]
    found = asked(client, time_series=values, dates=days(240))
    assert found["unit"] == "dias"
    (change,) = [one for one in found["changes"] if one["kind"] == "level"]
    assert abs(date.fromisoformat(change["date_or_index"]) - date(2022, 5, 3)) <= timedelta(days=2)


def test_noise_has_no_dominant_frequency(client: httpx.Client) -> None:
    found = asked(client, time_series=noise(120))
    assert found["status"] == "ok"
    assert found["dominant_frequency"] is None and found["dominant_period"] is None
    assert found["periodic_patterns"] == found["changes"] == found["spikes"] == []


@pytest.mark.parametrize("n", [0, 1, 2, 3, 7])
def test_short_series_is_a_normal_answer(client: httpx.Client, n: int) -> None:
    found = asked(client, time_series=noise(n))
    assert found["status"] == "inconclusivo"
    assert "8" in found["reason"] and found["dominant_frequency"] is None


def test_the_backend_s_call(client: httpx.Client) -> None:
    found = asked(client, time_series=[1.0, 2.0, 3.0, 2.0] * 10, sampling_rate=1.0)
    assert found["dominant_period"] is None or found["dominant_period"] > 0


def test_brazilian_text_and_points_read_as_numbers(client: httpx.Client) -> None:
    values = [round(value, 2) for value in wave(120, 10)]
    written = [f"{value:,.2f}".translate(str.maketrans(",.", ".,")) for value in values]
    points = [{"date": day, "value": v} for day, v in zip(days(120), written, strict=True)]
    plain = asked(client, time_series=values, dates=days(120))
    assert asked(client, time_series=written, dates=days(120)) == plain
    assert asked(client, time_series=points) == plain


def test_order_of_rows_changes_nothing(client: httpx.Client) -> None:
    pairs = list(zip(wave(150, 10), days(150), strict=True))
    random.Random(1).shuffle(pairs)
    values, when = zip(*pairs, strict=True)
    shuffled = asked(client, time_series=list(values), dates=list(when))
    ordered = asked(client, time_series=wave(150, 10), dates=days(150))
    for key in ("frequencies", "amplitudes", "periodic_patterns", "changes", "spikes"):
        assert shuffled[key] == ordered[key]


def test_unknown_field_of_the_request_is_said(client: httpx.Client) -> None:
    found = asked(client, time_series=noise(20), window="hann")
    assert any("window" in note for note in found["notes"])


REFUSED: dict[str, Any] = {
    "empty object": {},
    "list": [1, 2, 3],
    "null": {"time_series": None},
    "text": {"time_series": "1,2,3"},
    "object": {"time_series": {"a": 1}},
    "number": {"time_series": 3},
    "words": {"time_series": ["muito"] * 40},
    "booleans": {"time_series": [True, False] * 20},
    "nested": {"time_series": [[1.0], [2.0]] * 20},
    "objects": {"time_series": [{}] * 3 + [1]},
    "all missing": {"time_series": [None] * 40},
    "beyond amounts": {"time_series": [1e300, -1e300] * 30},
    "rate zero": {"time_series": noise(20), "sampling_rate": 0},
    "rate negative": {"time_series": noise(20), "sampling_rate": -1},
    "rate text": {"time_series": noise(20), "sampling_rate": "rápida"},
    "rate list": {"time_series": noise(20), "sampling_rate": [1]},
    "rate null": {"time_series": noise(20), "sampling_rate": None},
    "rate bool": {"time_series": noise(20), "sampling_rate": True},
    "dates text": {"time_series": noise(20), "dates": "2024-01-01"},
    "dates fewer": {"time_series": noise(20), "dates": days(19)},
    "dates numbers": {"time_series": noise(20), "dates": [20240101] * 20},
    "dates unreadable": {"time_series": noise(20), "dates": ["ontem"] * 20},
    "dates missing": {"time_series": noise(20), "dates": [None] * 20},
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED)
def test_wrong_types_are_refused_with_a_hint(client: httpx.Client, body: object) -> None:
    answer = client.post(SPECTRAL, json=body)
    assert answer.status_code == 422, answer.text[:300]
    error = answer.json()["error"]
    assert error["message"] and error["hint"] and "Traceback" not in answer.text


ODD: dict[str, dict[str, Any]] = {
    "constant": {"time_series": [5.0] * 60},
    "zeros": {"time_series": [0] * 60},
    "one value": {"time_series": [None] * 30 + [3.0] + [None] * 30},
    "half missing": {
        "time_series": [value if i % 2 else None for i, value in enumerate(noise(90))]
    },
    "empty texts": {"time_series": ["", " ", *noise(40)]},
    "one estorno": {"time_series": [*noise(60), -5e7, *noise(60)]},
    "largest": {"time_series": [1e18, *noise(60)]},
    "tiny": {"time_series": [value * 1e-300 for value in noise(60)]},
    "huge integer": {"time_series": [10**17, *noise(60)]},
    "same day": {"time_series": noise(40), "dates": ["2024-03-01"] * 40},
    "two far days": {"time_series": noise(40), "dates": ["0202-03-01", *days(39)]},
    "year 9999": {"time_series": noise(40), "dates": ["9999-12-31", *days(39)]},
    "some undated": {"time_series": noise(40), "dates": [None, "31/02/2024", *days(38)]},
    "points of nothing": {"time_series": [{"date": None, "value": v} for v in noise(30)]},
    "alternating": {"time_series": [1.0, -1.0] * 60},
    "step only": {"time_series": [1.0] * 40 + [2.0] * 40},
    "one spike": {"time_series": [0.0] * 50 + [9.0] + [0.0] * 50},
    "tiny rate": {"time_series": wave(240, 12), "sampling_rate": 1e-300},
    "large rate": {"time_series": wave(240, 12), "sampling_rate": 9e8},
    "rate of dated": {"time_series": wave(240, 12), "dates": days(240), "sampling_rate": 24},
}


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
def test_odd_series_get_an_answer_or_a_clear_refusal(
    client: httpx.Client, body: dict[str, Any]
) -> None:
    answer = client.post(SPECTRAL, json=body)
    assert answer.status_code in (200, 422), answer.text[:300]
    json.loads(answer.text, parse_constant=lambda name: pytest.fail(name))
    if answer.status_code == 422:
        assert answer.json()["error"]["hint"]


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1e999", "9" * 400])
def test_numbers_that_json_lacks_are_refused(client: httpx.Client, text: str) -> None:
    body = f'{{"time_series": [1, 2, {text}]}}'.encode()
    answer = client.post(SPECTRAL, content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422 and answer.json()["error"]["hint"]


def test_the_limit_of_points_is_published_and_kept(client: httpx.Client) -> None:
    limit = client.get("/health").json()["limits"]["max_points"]
    answer = client.post(SPECTRAL, json={"time_series": [1] * (limit + 1)})
    assert answer.status_code == 413
    assert answer.json()["error"]["details"]["max_points"] == limit


def test_models_available_names_it(client: httpx.Client) -> None:
    assert "spectral_analysis" in client.get("/spaces-info").json()["models_available"]


def test_docs_show_a_call_that_works(client: httpx.Client) -> None:
    assert SPECTRAL in client.get("/docs").text
    described = client.get("/openapi.json").json()["paths"][SPECTRAL]["post"]
    example = described["requestBody"]["content"]["application/json"]["example"]
    assert asked(client, **example)["status"] in ("ok", "inconclusivo")


def test_package_rest_and_gradio_say_the_same(client: httpx.Client, gradio: Client) -> None:
    series = wave(200, 10)
    rest = asked(client, time_series=series, sampling_rate=2.0)
    here = json.loads(json.dumps(SpectralAnalyzer().analyze(series, sampling_rate=2.0).to_dict()))
    assert rest == here
    assert gradio.predict(series, 2.0, api_name="/analyze_spectral") == here
    points = [{"date": day, "value": v} for day, v in zip(days(200), series, strict=True)]
    dated = gradio.predict(time_series=points, api_name="/analyze_spectral")
    assert dated == asked(client, time_series=series, dates=days(200))


@pytest.mark.parametrize("series", [None, "1,2", {"a": 1}, ["x"] * 20])
def test_gradio_refuses_in_portuguese(gradio: Client, series: object) -> None:
    with pytest.raises(AppError, match=r"série|lista|quantia|time_series"):
        gradio.predict(series, 1.0, api_name="/analyze_spectral")
