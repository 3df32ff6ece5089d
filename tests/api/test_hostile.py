"""Hostile requests against the running app: each is answered in the contract's form, never 500."""

from __future__ import annotations

import gzip
import json
import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

DETECT = "/v1/detect-anomalies"
FILE = "/v1/analyze-file"
RECORD = {"id": "1", "valor": 1000.0, "fornecedor": "Exemplo Ltda", "data": "2024-03-14"}
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def client(app_url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=app_url, timeout=120) as connected:
        yield connected


def assert_error(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text[:500]
    error = answer.json()["error"]
    assert set(error) == {"type", "message", "hint", "details"}
    assert error["message"]
    assert error["hint"]
    return dict(error)


def wrapped(record: str) -> bytes:
    return f'{{"contracts": [{record}]}}'.encode()


REFUSED_BODIES: dict[str, bytes] = {
    "empty": b"",
    "spaces": b"   ",
    "null": b"null",
    "number": b"3",
    "text": b'"contracts"',
    "not json": b"contracts=1",
    "truncated": b'{"contracts": [',
    "no contracts": b"{}",
    "contracts null": b'{"contracts": null}',
    "contracts text": b'{"contracts": "x"}',
    "contracts object": b'{"contracts": {"valor": 1}}',
    "items not objects": b'{"contracts": [1, 2]}',
    "items null": b"[null]",
    "items lists": b"[[1]]",
    "NaN": wrapped('{"valor": NaN}'),
    "Infinity": wrapped('{"valor": -Infinity}'),
    "1e999": wrapped('{"valor": 1e999}'),
    "5000 digits": wrapped('{"valor": ' + "9" * 5000 + "}"),
    "a million digits": wrapped('{"valor": ' + "9" * 1_000_000 + "}"),
    "deep list": b"[" * 200_000,
    "deep record": wrapped('{"a": ' + "[" * 50_000 + "]" * 50_000 + "}"),
    "deep objects": wrapped('{"a":' * 50_000 + "1" + "}" * 50_000),
    "duplicate keys": wrapped('{"valor": 1, "valor": 2}'),
    "bad utf-8": b'{"contracts": [{"objeto": "\xff\xfe"}]}',
    "utf-16": '{"contracts": []}'.encode("utf-16"),
    "nul": b"\x00",
}


@pytest.mark.parametrize("body", REFUSED_BODIES.values(), ids=REFUSED_BODIES)
def test_bad_body_is_refused(client: httpx.Client, body: bytes) -> None:
    assert_error(client.post(DETECT, content=body, headers=JSON), 422)


@pytest.mark.parametrize(
    "threshold", ["-0.1", "1.1", "NaN", "1e999", '"0.7"', "null", "true", "[0.7]", "{}", "9" * 400]
)
def test_bad_threshold_is_refused(client: httpx.Client, threshold: str) -> None:
    body = f'{{"contracts": [{json.dumps(RECORD)}], "threshold": {threshold}}}'
    assert_error(client.post(DETECT, content=body, headers=JSON), 422)


ANSWERED_RECORDS: dict[str, str] = {
    "empty record": "{}",
    "nulls": '{"valor": null, "fornecedor": null, "data": null}',
    "wrong types": '{"valor": [], "fornecedor": 3, "data": {"a": [1]}, "objeto": true}',
    "unknown keys": '{"zzz": 1, "yyy": "2", "valor": 10}',
    "huge code": '{"id": 123456789012345678901234567890, "valor": 10}',
    "large amount": '{"valor": 1e308}',
    "negative amount": '{"valor": -1e308}',
    "lone surrogate": '{"objeto": "\\ud800 obra", "valor": 1}',
    "surrogate key": '{"\\udfff": 1, "valor": 1}',
    "escaped nul": '{"objeto": "a\\u0000b", "valor": 1}',
    "right to left": '{"objeto": "\\u202eobra\\u200b", "valor": 1}',
    "markup": '{"objeto": "<script>alert(1)</script>", "fornecedor": "=HYPERLINK(1)", "valor": 1}',
    "long cell": '{"objeto": "' + "x" * 500_000 + '", "valor": 1}',
    "nested": '{"valor": 1, "a": ' + '{"b":' * 60 + "1" + "}" * 60 + "}",
    "nested very deep": '{"valor": 1, "a": ' + '{"b":' * 300 + "1" + "}" * 300 + "}",
    "impossible dates": '{"valor": 1, "data": "31/02/2024", "vigencia_fim": "0000-00-00"}',
    "many keys": "{" + ", ".join(f'"k{i}": {i}' for i in range(3000)) + "}",
    "empty names": '{"": 1, " ": 2, "valor": 3}',
    "same name but case": '{"valor": 1, "Valor": 2, "VALOR": 3}',
}


@pytest.mark.parametrize("record", ANSWERED_RECORDS.values(), ids=ANSWERED_RECORDS)
def test_odd_record_is_answered(client: httpx.Client, record: str) -> None:
    """200 where something could be looked at, 422 in the contract's form where nothing could."""
    answer = client.post(DETECT, content=wrapped(record), headers=JSON)
    if answer.status_code != 200:
        assert_error(answer, 422)
    assert b"NaN" not in answer.content
    assert b"Infinity" not in answer.content


def test_many_odd_records_beside_good_ones_do_not_fail_the_list(client: httpx.Client) -> None:
    odd = ", ".join(ANSWERED_RECORDS.values())
    body = f"[{json.dumps(RECORD)}, {odd}]".encode()
    answer = client.post(DETECT, content=body, headers=JSON)
    assert answer.status_code == 200, answer.text[:500]


def test_unknown_request_field_is_said_once(client: httpx.Client) -> None:
    body = {"contracts": [RECORD], "treshold": 0.5}
    issues = client.post(DETECT, json=body).json()["issues"]
    assert issues["pedido_campo_ignorado"]["count"] == 1
    assert "treshold" in issues["pedido_campo_ignorado"]["examples"][0]["message"]


@pytest.mark.parametrize(
    "kind",
    ["application/x-www-form-urlencoded", "multipart/form-data", "text/csv", "image/png", ";;;"],
)
def test_wrong_content_type_is_refused(client: httpx.Client, kind: str) -> None:
    body = json.dumps([RECORD])
    assert_error(client.post(DETECT, content=body, headers={"content-type": kind}), 422)


def test_compressed_body_is_refused(client: httpx.Client) -> None:
    body = gzip.compress(json.dumps([RECORD]).encode())
    headers = JSON | {"content-encoding": "gzip"}
    assert_error(client.post(DETECT, content=body, headers=headers), 422)
    assert_error(client.post(DETECT, content=body, headers=JSON), 422)


def test_chunked_body_without_length_is_answered(client: httpx.Client) -> None:
    def chunks() -> Iterator[bytes]:
        for byte in json.dumps([RECORD]).encode():
            yield bytes([byte])

    assert client.post(DETECT, content=chunks(), headers=JSON).status_code == 200


def test_body_above_the_limit_is_refused_before_it_is_parsed(client: httpx.Client) -> None:
    limit = int(client.get("/health").json()["limits"]["max_json_mb"] * 1_000_000)
    declared = client.post(DETECT, content=b"[" * (limit + 1), headers=JSON)
    assert_error(declared, 413)

    def chunks() -> Iterator[bytes]:
        for _ in range(limit // 1_000_000 + 2):
            yield b"[" * 1_000_000

    assert_error(client.post(DETECT, content=chunks(), headers=JSON), 413)


@pytest.mark.parametrize("path", ["/gradio_api/call/health", "/gradio_api/queue/join", "/health"])
def test_body_limit_covers_the_other_routes(client: httpx.Client, path: str) -> None:
    headers = {"content-length": str(10**12), "expect": "100-continue"}
    head = f"POST {path} HTTP/1.1\r\nhost: localhost\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    host, port = str(client.base_url).removeprefix("http://").split(":")
    with socket.create_connection((host, int(port.strip("/"))), timeout=30) as connection:
        connection.sendall(f"{head}\r\n".encode())
        assert b" 413 " in connection.recv(4096).split(b"\r\n")[0]


def test_upload_above_the_limit_is_refused(client: httpx.Client) -> None:
    limit = int(client.get("/health").json()["limits"]["max_file_mb"] * 1_000_000)

    def chunks() -> Iterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.csv"\r\n\r\n'
        for _ in range(limit // 1_000_000 + 2):
            yield b"x" * 1_000_000
        yield b"\r\n--b--\r\n"

    headers = {"content-type": "multipart/form-data; boundary=b"}
    for path in (FILE, "/gradio_api/upload"):
        assert_error(client.post(path, content=chunks(), headers=headers), 413)


def test_too_many_records_are_refused(client: httpx.Client) -> None:
    count = client.get("/health").json()["limits"]["max_rows"] + 1
    body = b"[" + b",".join([b"{}"] * count) + b"]"
    assert_error(client.post(DETECT, content=body, headers=JSON), 413)


REFUSED_FILES: dict[str, bytes] = {
    "empty": b"",
    "one byte": b"x",
    "header only": b"valor;data;fornecedor\n",
    "nul bytes": b"\x00" * 1000,
    "pickle": b"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00\x8c\x04eval\x94.",
    "executable": b"MZ\x90\x00\x03" + bytes(range(256)) * 8,
    "png": b"\x89PNG\r\n\x1a\n" + bytes(64),
    "html": b"<!doctype html><html><body><h1>503</h1></body></html>",
    "broken zip": b"PK\x03\x04" + b"\x00" * 100,
    "broken gzip": b"\x1f\x8b\x08" + b"\x00" * 30,
    "broken xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
    "deep json": b"[" * 100_000,
    "broken json": b'[{"valor": 1},',
}


@pytest.mark.parametrize("payload", REFUSED_FILES.values(), ids=REFUSED_FILES)
def test_unreadable_file_is_refused(client: httpx.Client, payload: bytes) -> None:
    assert_error(client.post(FILE, files={"file": ("gastos.csv", payload)}), 422)


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "a\x00b.csv", "<script>.csv", "x" * 300 + ".csv", "é😀.csv", ".csv"],
)
def test_file_name_is_never_a_path(client: httpx.Client, name: str) -> None:
    payload = b"fornecedor;valor;data\nExemplo Ltda;1.234,56;14/03/2024\n"
    answer = client.post(FILE, files={"file": (name, payload)})
    assert answer.status_code == 200, answer.text[:300]
    assert not {name, "passwd"} & set(re.split(r'[/"]', answer.text))


REFUSED_FORMS: dict[str, dict[str, Any]] = {
    "no file": {"files": {"other": ("a.csv", b"valor\n1\n")}},
    "file as text": {"files": {"file": (None, "valor")}},
    "two files": {"files": [("file", ("a.csv", b"a")), ("file", ("b.csv", b"b"))]},
    "three files": {"files": [("file", ("a.csv", b"a"))] * 3},
    "threshold text": {"files": {"file": ("a.csv", b"a")}, "data": {"threshold": "alto"}},
    "threshold NaN": {"files": {"file": ("a.csv", b"a")}, "data": {"threshold": "nan"}},
    "threshold 2": {"files": {"file": ("a.csv", b"a")}, "data": {"threshold": "2"}},
    "mapping text": {"files": {"file": ("a.csv", b"a")}, "data": {"mapping": "valor"}},
    "mapping list": {"files": {"file": ("a.csv", b"a")}, "data": {"mapping": "[1]"}},
    "mapping numbers": {"files": {"file": ("a.csv", b"a")}, "data": {"mapping": '{"valor": 1}'}},
    "long field": {"files": {"file": ("a.csv", b"a")}, "data": {"mapping": "x" * 100_000}},
    "mapping to no column": {
        "files": {"file": ("a.csv", b"valor;data\n1,00;14/03/2024\n")},
        "data": {"mapping": '{"valor": "nada"}'},
    },
    "mapping of no field": {
        "files": {"file": ("a.csv", b"valor;data\n1,00;14/03/2024\n")},
        "data": {"mapping": '{"nada": "valor"}'},
    },
    "sanctions": {
        "files": {"file": ("a.csv", b"valor\n1,00\n"), "sanctions": ("b.csv", b"CNPJ\n")}
    },
    "json body": {"json": [RECORD]},
    "no boundary": {"content": b"x", "headers": {"content-type": "multipart/form-data"}},
    "broken multipart": {
        "content": b"--b\r\nbroken\x00\r\n\r\n",
        "headers": {"content-type": "multipart/form-data; boundary=b"},
    },
    "truncated multipart": {
        "content": b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc',
        "headers": {"content-type": "multipart/form-data; boundary=b"},
    },
    "odd charset": {
        "content": b"--b--\r\n",
        "headers": {"content-type": "multipart/form-data; boundary=b; charset=nope"},
    },
}


@pytest.mark.parametrize("request_", REFUSED_FORMS.values(), ids=REFUSED_FORMS)
def test_bad_form_is_refused(client: httpx.Client, request_: dict[str, Any]) -> None:
    assert_error(client.post(FILE, **request_), 422)


ROUTES = (DETECT, FILE, "/health", "/ready", "/spaces-info", "/docs", "/openapi.json")


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "GET", "BREW"])
@pytest.mark.parametrize("path", [*ROUTES, "/v1/nothing", "/v1/", "/%00", "/v1/%2e%2e/x"])
def test_every_method_on_every_route_is_answered(
    client: httpx.Client, path: str, method: str
) -> None:
    assert client.request(method, path).status_code in {200, 400, 404, 405}


def test_unknown_route_and_method_speak_the_contract(client: httpx.Client) -> None:
    assert_error(client.get("/v1/nothing"), 404)
    assert_error(client.get("/nothing"), 404)
    assert assert_error(client.put(DETECT, json=[]), 405)
    assert "POST" in client.put(DETECT, json=[]).headers["allow"]


def test_small_requests_in_parallel_are_queued(client: httpx.Client) -> None:
    body = {"contracts": [RECORD] * 5}
    with ThreadPoolExecutor(64) as pool:
        answers = list(pool.map(lambda _: client.post(DETECT, json=body), range(64)))
    assert [answer.status_code for answer in answers] == [200] * 64
    assert len({json.dumps(a.json(), sort_keys=True) for a in answers}) == 1


def test_files_in_parallel_are_answered_or_told_to_wait(client: httpx.Client) -> None:
    payload = b"fornecedor;valor;data\nExemplo Ltda;1.234,56;14/03/2024\n"
    with ThreadPoolExecutor(16) as pool:
        posts = [
            pool.submit(client.post, FILE, files={"file": ("a.csv", payload)}) for _ in range(16)
        ]
        while not all(post.done() for post in posts):
            assert client.get("/health").status_code == 200
    for answer in (post.result() for post in posts):
        if answer.status_code != 200:
            assert_error(answer, 503)
            assert int(answer.headers["retry-after"]) > 0


def test_visitor_who_leaves_does_not_hurt_the_next(client: httpx.Client) -> None:
    host, port = str(client.base_url).removeprefix("http://").strip("/").split(":")
    for sent in (b"", b"[", b'[{"valor": 1}'):
        head = f"POST {DETECT} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
        with socket.create_connection((host, int(port)), timeout=30) as connection:
            connection.sendall(f"{head}content-length: 1000\r\n\r\n".encode() + sent)
    assert client.post(DETECT, json=[RECORD]).status_code == 200
