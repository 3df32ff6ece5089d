"""The outer contract over the running app: REST, the Gradio API and the old backend's calls."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client, handle_file

import cidadao_models

DETECT = "/v1/detect-anomalies"
FILE = "/v1/analyze-file"

DETECT_KEYS = {
    "anomalies",
    "total_analyzed",
    "anomalies_found",
    "confidence_score",
    "model_version",
    "threshold",
    "not_evaluated",
    "issues",
    "source",
}
ANOMALY_KEYS = {
    "contract_id",
    "row",
    "anomaly_score",
    "severity",
    "anomaly_type",
    "explanation",
    "reasons",
    "item",
}
REASON_KEYS = {
    "id",
    "title",
    "explanation",
    "legal_basis",
    "innocent",
    "next_step",
    "facts",
    "weight",
}

ROUTES = {
    "/v1/detect-anomalies": "post",
    "/v1/analyze-patterns": "post",
    "/v1/analyze-spectral": "post",
    "/v1/analyze-text": "post",
    "/v1/analyze-file": "post",
    "/health": "get",
    "/ready": "get",
    "/spaces-info": "get",
}


@pytest.fixture(scope="module")
def client(app_url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=app_url, timeout=120) as connected:
        yield connected


@pytest.fixture(scope="module")
def gradio(app_url: str, tmp_path_factory: pytest.TempPathFactory) -> Client:
    return Client(app_url, verbose=False, download_files=tmp_path_factory.mktemp("downloads"))


def ordinary(number: int) -> dict[str, Any]:
    """An unremarkable contract in canonical fields."""
    return {
        "id": f"{number}/2024",
        "valor": 10_000.0 + 137.0 * number,
        "fornecedor": f"Empresa {number % 7} Ltda",
        "orgao": "Prefeitura de Exemplo",
        "objeto": "Locação de tendas para eventos",
        "modalidade": "Pregão",
        "data": f"2024-03-{1 + number % 28:02d}",
    }


def in_canonical(record: dict[str, Any]) -> dict[str, Any]:
    return record


def in_backend_english(record: dict[str, Any]) -> dict[str, Any]:
    """The existing client's tests: id, vendor, amount, date, category."""
    return {
        "id": record["id"],
        "amount": record["valor"],
        "vendor": record["fornecedor"],
        "organ": record["orgao"],
        "description": record["objeto"],
        "category": record["modalidade"],
        "date": record["data"],
    }


def in_backend_short(record: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": record["id"],
        "value": record["valor"],
        "supplier": record["fornecedor"],
        "organ": record["orgao"],
        "description": record["objeto"],
        "date": record["data"],
    }


def in_backend_portuguese(record: dict[str, Any]) -> dict[str, Any]:
    """The backend's agents: valorInicial, fornecedor {nome, cnpj}, dataAssinatura (DD/MM/YYYY)."""
    year, month, day = record["data"].split("-")
    return {
        "id": record["id"],
        "valorInicial": record["valor"],
        "fornecedor": {"nome": record["fornecedor"], "cnpj": "11.222.333/0001-81"},
        "nomeOrgao": record["orgao"],
        "codigoOrgao": "26000",
        "objeto": record["objeto"],
        "dataAssinatura": f"{day}/{month}/{year}",
        "_org_code": "26000",
    }


VOCABULARIES = (in_canonical, in_backend_english, in_backend_short, in_backend_portuguese)


@pytest.mark.parametrize("vocabulary", VOCABULARIES, ids=lambda v: v.__name__)
def test_planted_price_is_found_in_every_vocabulary(client: httpx.Client, vocabulary: Any) -> None:
    records = [ordinary(number) for number in range(60)]
    records[17]["valor"] = 9_800_000.0
    body = {"contracts": [vocabulary(record) for record in records], "threshold": 0.7}
    answer = client.post(DETECT, json=body).json()
    assert set(answer) >= DETECT_KEYS
    assert answer["total_analyzed"] == 60
    assert answer["anomalies"][0]["row"] == 17
    assert answer["anomalies"][0]["contract_id"] == "17/2024"
    assert answer["anomalies"][0]["item"]["valor"] == 9_800_000.0
    assert answer["anomalies"][0]["item"]["fornecedor"] == records[17]["fornecedor"]


def test_shape_of_an_anomaly(client: httpx.Client) -> None:
    records = [ordinary(number) for number in range(60)]
    records[17]["valor"] = 9_800_000.0
    answer = client.post(DETECT, json={"contracts": records, "threshold": 0.7}).json()
    assert answer["anomalies_found"] == len(answer["anomalies"])
    assert answer["model_version"] == cidadao_models.__version__
    assert answer["source"] == "api"
    scores = [anomaly["anomaly_score"] for anomaly in answer["anomalies"]]
    assert scores == sorted(scores, reverse=True)
    for anomaly in answer["anomalies"]:
        assert set(anomaly) == ANOMALY_KEYS
        assert 0.7 <= anomaly["anomaly_score"] <= 1
        assert anomaly["severity"] in {"low", "medium", "high", "critical"}
        assert anomaly["reasons"]
        for reason in anomaly["reasons"]:
            assert set(reason) == REASON_KEYS
    for check in answer["not_evaluated"]:
        assert check["reason"]
    for problem in answer["issues"].values():
        assert problem["count"] >= 1


def test_bare_list_and_object_give_the_same(client: httpx.Client) -> None:
    records = [ordinary(number) for number in range(5)]
    bare = client.post(DETECT, json=records).json()
    assert bare == client.post(DETECT, json={"contracts": records}).json()
    assert bare["threshold"] == 0.7


@pytest.mark.parametrize("body", [[], {"contracts": []}, {"contracts": [], "threshold": 0.5}])
def test_empty_list_is_nothing_found(client: httpx.Client, body: Any) -> None:
    response = client.post(DETECT, json=body)
    assert response.status_code == 200
    answer = response.json()
    assert answer["anomalies"] == []
    assert answer["total_analyzed"] == answer["anomalies_found"] == 0
    assert answer["confidence_score"] is None


def test_brazilian_text_and_numbers_read_the_same(client: httpx.Client) -> None:
    number = {"valor": 1234.56, "fornecedor": "A", "data": "2024-03-14"}
    text = {"valor": "R$ 1.234,56", "fornecedor": "A", "data": "14/03/2024"}
    items = []
    for record in (number, text):
        body = {"contracts": [record], "threshold": 0}
        items.append([a["item"] for a in client.post(DETECT, json=body).json()["anomalies"]])
    assert items[0] == items[1]


def test_unknown_field_is_named_once(client: httpx.Client) -> None:
    records = [ordinary(number) | {"campo_estranho": number} for number in range(5)]
    answer = client.post(DETECT, json=records).json()
    assert json.dumps(answer["issues"], ensure_ascii=False).count("campo_estranho") == 1


CEIS = (
    '"CADASTRO";"CPF OU CNPJ DO SANCIONADO";"NOME DO SANCIONADO";"CATEGORIA DA SANÇÃO";'
    '"DATA INÍCIO SANÇÃO";"DATA FINAL SANÇÃO";"ABRAGÊNCIA DA SANÇÃO";"ÓRGÃO SANCIONADOR"\n'
    '"CEIS";"11222333000181";"ALFA";"Declaração de Inidoneidade com prazo determinado";'
    '"10/01/2024";"10/01/2027";"Todas as Esferas em todos os Poderes";"Ministério da Saúde"\n'
).encode("latin-1")


def test_a_list_of_sanctions_beside_the_file(client: httpx.Client) -> None:
    contracts = "contrato;cnpj;fornecedor;objeto;valor;data assinatura\n"
    contracts += "1;11.222.333/0001-81;Alfa Ltda;Obra;1.000,00;03/06/2024\n"
    files = {"file": ("a.csv", contracts.encode()), "sanctions": ("ceis.csv", CEIS)}
    answer = client.post(FILE, files=files)
    assert answer.status_code == 200
    kinds = [found["anomaly_type"] for found in answer.json()["anomalies"]]
    assert kinds == ["fornecedor_sancionado"]
    broken = client.post(FILE, files=files | {"sanctions": ("ceis.csv", b"cor\nazul\n")})
    assert broken.status_code == 422
    assert "lista de sanções" in broken.json()["error"]["message"]


def test_health(client: httpx.Client) -> None:
    answer = client.get("/health").json()
    assert set(answer) == {"status", "models_loaded", "message", "version", "weights", "limits"}
    assert answer["status"] == "healthy"
    assert answer["models_loaded"] is True
    assert answer["version"] == cidadao_models.__version__
    assert set(answer["weights"]) == {"source", "revision", "sha256", "message"}
    assert answer["weights"]["source"] == "embedded"
    assert len(answer["weights"]["sha256"]) == 64
    assert answer["limits"]["max_file_mb"] == 80
    assert answer["limits"]["max_rows"] == 300_000
    assert answer["limits"]["max_concurrency"] == 2


def test_spaces_info(client: httpx.Client) -> None:
    answer = client.get("/spaces-info").json()
    assert set(answer) == {"space_id", "space_author", "platform", "models_available"}
    assert answer["models_available"]
    assert all(isinstance(name, str) for name in answer["models_available"])


def test_openapi_lists_only_these_routes(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert {path: next(iter(methods)) for path, methods in paths.items()} == ROUTES


def test_docs_needs_no_other_host(client: httpx.Client) -> None:
    page = client.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert "<script" not in page.text
    assert "src=" not in page.text
    for path in ROUTES:
        assert path in page.text


@pytest.mark.parametrize("path", ["/", "/health", "/docs", "/v1/nothing", "/gradio_api/info"])
def test_security_headers_are_on_every_route(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "huggingface.co" in headers["content-security-policy"]
    assert "referrer-policy" in headers
    assert "x-frame-options" not in headers


def csv_of(records: list[dict[str, Any]]) -> bytes:
    lines = [";".join(records[0]), *(";".join(map(str, r.values())) for r in records)]
    return "\n".join(lines).encode("latin-1")


def test_file_and_list_give_the_same_findings(client: httpx.Client) -> None:
    records = [ordinary(number) for number in range(60)]
    records[17]["valor"] = 9_800_000.0
    listed = client.post(DETECT, json=records).json()
    answer = client.post(FILE, files={"file": ("contratos.csv", csv_of(records))}).json()
    assert set(answer) >= DETECT_KEYS | {"mapping", "info"}
    assert answer["info"]["n_records"] == 60
    assert [(a["row"], a["anomaly_score"]) for a in answer["anomalies"]] == [
        (a["row"], a["anomaly_score"]) for a in listed["anomalies"]
    ]


def test_file_threshold_and_mapping(client: httpx.Client) -> None:
    payload = b"fornecedor;quanto;data\nExemplo Ltda;1.234,56;14/03/2024\n"
    answer = client.post(
        FILE,
        files={"file": ("a.csv", payload)},
        data={"threshold": "0.9", "mapping": '{"valor": "quanto"}'},
    ).json()
    assert answer["threshold"] == 0.9
    assert answer["mapping"]["valor"]["column"] == "quanto"


def test_the_existing_backend_gets_what_it_reads(client: httpx.Client) -> None:
    """Request of the backend's models_client, and the keys it reads from the answer."""
    contracts = [
        {"id": 1, "vendor": "Vendor A", "amount": 1000.0, "date": "2024-01-01", "category": "IT"},
        {"id": 2, "vendor": "Vendor B", "amount": 1500.0, "date": "2024-01-02", "category": "IT"},
    ]
    answer = client.post(DETECT, json={"contracts": contracts, "threshold": 0.7}).json()
    assert {"anomalies", "total_analyzed", "anomalies_found", "confidence_score"} <= set(answer)
    assert answer["total_analyzed"] == 2
    health = client.get("/health").json()
    assert {"status", "models_loaded", "message"} <= set(health)


def test_gradio_detect_equals_rest(client: httpx.Client, gradio: Client) -> None:
    records = [ordinary(number) for number in range(60)]
    records[17]["valor"] = 9_800_000.0
    answer = gradio.predict(contracts=records, threshold=0.7, api_name="/detect_anomalies")
    assert answer == client.post(DETECT, json={"contracts": records, "threshold": 0.7}).json()


def test_gradio_health_equals_rest(client: httpx.Client, gradio: Client) -> None:
    assert gradio.predict(api_name="/health") == client.get("/health").json()


def test_gradio_csv_equals_rest(client: httpx.Client, gradio: Client, tmp_path: Path) -> None:
    records = [ordinary(number) for number in range(60)]
    records[17]["valor"] = 9_800_000.0
    path = tmp_path / "contratos.csv"
    path.write_bytes(csv_of(records))
    report, findings = gradio.predict(
        file=handle_file(str(path)), threshold=0.7, api_name="/analyze_csv"
    )
    rest = client.post(FILE, files={"file": ("contratos.csv", path.read_bytes())}).json()
    assert report["anomalies"] == rest["anomalies"]
    assert Path(findings).read_bytes().startswith(b"\xef\xbb\xbf")


def test_gradio_publishes_only_the_contract(gradio: Client) -> None:
    named = set(gradio.view_api(return_format="dict")["named_endpoints"])  # type: ignore[index]
    assert {
        "/detect_anomalies", "/analyze_csv", "/analyze_patterns", "/analyze_spectral", "/health",
        "/analyze_contract",
    } <= named  # fmt: skip
    assert named <= {
        "/analyze_contract",
        "/analyze_csv",
        "/detect_anomalies",
        "/analyze_patterns",
        "/analyze_spectral",
        "/health",
    }


def test_real_file_is_the_same_by_every_way(
    client: httpx.Client, gradio: Client, shared_data: Path
) -> None:
    path = next((shared_data / "mg_obras").glob("*.csv"))
    rest = client.post(FILE, files={"file": (path.name, path.read_bytes())}).json()
    report, _ = gradio.predict(file=handle_file(str(path)), threshold=0.7, api_name="/analyze_csv")
    assert rest["total_analyzed"] > 0
    assert rest["anomalies"] == report["anomalies"]


PATTERNS = "/v1/analyze-patterns"
PATTERN_KEYS = {
    "patterns", "pattern_count", "confidence", "insights", "not_evaluated",
    "summaries", "model_version",
    "source",
}  # fmt: skip
SERIES = {"time_series": [10.0, 12.0, 11.0, 13.0] * 20 + [900.0], "categories": []}


def test_the_backend_s_pattern_call(client: httpx.Client) -> None:
    answer = client.post(PATTERNS, json={"data": SERIES, "analysis_type": "temporal"})
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == PATTERN_KEYS
    assert body["pattern_count"] == len(body["patterns"]) == 1
    assert body["patterns"][0]["rows"] == [80]


def test_patterns_of_contracts_and_an_empty_list(client: httpx.Client) -> None:
    empty = client.post(PATTERNS, json={"data": {"contracts": []}, "analysis_type": "all"}).json()
    assert empty["patterns"] == [] and empty["confidence"] is None
    record = {"fornecedor": "Empresa", "objeto": "pneus", "valor": 900.0, "data": "2024-03-01"}
    twice = {"contracts": [record | {"numero": "7"}, record | {"numero": "7"}]}
    found = client.post(PATTERNS, json={"data": twice, "analysis_type": "duplicates"}).json()
    assert [one["rows"] for one in found["patterns"]] == [[0, 1]]


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"data": 3},
        {"data": {}},
        {"data": {"contracts": 3}},
        {"data": {"contracts": [3]}},
        {"data": {"bids": [{"a": 1}]}},
        {"data": {"time_series": [1, 2]}, "analysis_type": "tudo"},
        {"data": {"time_series": [1, 2]}, "analysis_type": ["all"]},
        {"data": {"time_series": "1,2"}},
        {"data": {"time_series": [1, 2], "categories": 7}},
    ],
)
def test_pattern_requests_of_another_shape_are_refused_clearly(
    client: httpx.Client, body: object
) -> None:
    answer = client.post(PATTERNS, json=body)
    assert answer.status_code == 422
    assert answer.json()["error"]["hint"]


@pytest.mark.parametrize(
    "series",
    [[], [1], [None] * 40, ["texto"] * 40, [{}] * 40, [{"date": "x", "value": "y"}] * 40,
     [[1]] * 40, [1e300, -1e300] * 30, [True] * 40],
)  # fmt: skip
def test_odd_series_get_an_answer(client: httpx.Client, series: list[object]) -> None:
    for kind in ("temporal", "benford", "all", "network"):
        answer = client.post(
            PATTERNS, json={"data": {"time_series": series}, "analysis_type": kind}
        )
        assert answer.status_code == 200, answer.text
        assert answer.json()["patterns"] == []


def test_gradio_gives_the_same_patterns(client: httpx.Client, gradio: Client) -> None:
    rest = client.post(PATTERNS, json={"data": SERIES}).json()
    assert gradio.predict(data=SERIES, api_name="/analyze_patterns") == rest
