"""What the routes say about themselves: their OpenAPI entries and a page that needs no network.

Holds words only; shapes are in `api_schemas`, the routes in `api_server`.
"""

from __future__ import annotations

import json
from html import escape
from typing import Any

from cidadao_models.inference.api_schemas import (
    DETECT_BODY,
    DETECT_EXAMPLE,
    ERROR_SCHEMA,
    FILE_BODY,
    PATTERNS_BODY,
    PATTERNS_EXAMPLE,
    PATTERNS_SCHEMA,
    REPORT_SCHEMA,
    SPECTRAL_BODY,
    SPECTRAL_EXAMPLE,
    SPECTRAL_SCHEMA,
    TEXT_BODY,
    TEXT_EXAMPLE,
    TEXT_SCHEMA,
)

DESCRIPTION = (
    "Lê registros de gastos públicos e mostra o que merece uma segunda olhada, por quê e como "
    "conferir. Indícios não são provas. Nada do que é enviado fica guardado."
)

_ERRORS = {
    413: "O conteúdo passa de um limite publicado em /health.",
    422: "O pedido tem algo que quem enviou pode corrigir.",
    429: "Pedidos demais; o cabeçalho Retry-After diz quanto esperar.",
    503: "Serviço ocupado; o cabeçalho Retry-After diz quanto esperar.",
}

_ROUTES: dict[str, dict[str, Any]] = {
    "/v1/detect-anomalies": {
        "summary": "Avaliar uma lista de registros",
        "description": (
            "Recebe {'contracts': [...], 'threshold': 0.7}, ou só a lista. Os nomes dos campos "
            "podem ser os do projeto, os do backend, os do PNCP ou os títulos de um portal; os "
            "valores, números ou texto brasileiro (R$ 1.234,56). Lista vazia: 200, nada achado."
        ),
        "body": DETECT_BODY,
        "errors": (413, 422, 429, 503),
        "answer": REPORT_SCHEMA,
        "example": (
            "curl -H 'Content-Type: application/json' \\\n"
            f"  -d '{json.dumps(DETECT_EXAMPLE, ensure_ascii=False)}' \\\n"
            "  http://localhost:7860/v1/detect-anomalies"
        ),
    },
    "/v1/analyze-patterns": {
        "summary": "Procurar padrões em muitos registros",
        "description": (
            "Recebe {'data': {...}, 'analysis_type': 'temporal'}. 'data' traz 'contracts' "
            "(registros como em /v1/detect-anomalies), 'time_series' (números ou {'date', "
            "'value'}, com 'categories' se quiser) ou 'bids' (licitacao_id, valor_proposta, "
            "fornecedor_id…). Tipos: all, temporal, suppliers, values, splitting, duplicates, "
            "benford, network, collusion. 'summaries' descreve valores e fornecedores (total, "
            "mediana, quartis, concentração e o que o acaso daria), mesmo sem nada fora do comum."
        ),
        "body": PATTERNS_BODY,
        "errors": (413, 422, 429, 503),
        "answer": PATTERNS_SCHEMA,
        "example": (
            "curl -H 'Content-Type: application/json' \\\n"
            f"  -d '{json.dumps(PATTERNS_EXAMPLE)}' \\\n"
            "  http://localhost:7860/v1/analyze-patterns"
        ),
    },
    "/v1/analyze-spectral": {
        "summary": "Separar calendário e mudança numa série",
        "description": (
            "Recebe {'time_series': [...], 'dates': [...], 'sampling_rate': 1.0}. Os valores são "
            "números, texto brasileiro (1.234,56), null onde faltam, ou {'date', 'value'}; "
            "'dates', se houver, traz uma data por valor (2024-03-14 ou 14/03/2024) e dá a "
            "unidade dos períodos. Responde os ciclos ('esperado' pelo calendário ou 'atipico'), "
            "as mudanças e os valores isolados com sua data, e a chance de cada um. "
            "'dominant_frequency' é null quando nada passa do acaso. Série curta demais: 200 com "
            "status 'inconclusivo' e, em 'reason', quantos pontos faltam."
        ),
        "body": SPECTRAL_BODY,
        "errors": (413, 422, 429, 503),
        "answer": SPECTRAL_SCHEMA,
        "example": (
            "curl -H 'Content-Type: application/json' \\\n"
            f"  -d '{json.dumps(SPECTRAL_EXAMPLE)}' \\\n"
            "  http://localhost:7860/v1/analyze-spectral"
        ),
    },
    "/v1/analyze-text": {
        "summary": "Ler um contrato ou ato oficial",
        "description": (
            "Recebe {'text': '...'}, o texto de um contrato, extrato, aviso, aditivo ou convênio. "
            "Responde em 'facts' o tipo de ato e o que foi lido (número, processo, órgão, "
            "contratado, CNPJ, objeto, valor, vigência, data, modalidade, dotação), em 'checklist' "
            "as partes exigidas (found, missing, not_applicable), em 'signals' o que merece uma "
            "pergunta, com norma, leitura inocente e próximo passo, e em 'highlights' onde cada "
            "coisa está: 'start' e 'end' contam caracteres do texto enviado. 'backend' diz se o "
            "modelo de linguagem foi usado ou só padrões. Menos de 20 letras: 422."
        ),
        "body": TEXT_BODY,
        "errors": (413, 422, 429, 503),
        "answer": TEXT_SCHEMA,
        "example": (
            "curl -H 'Content-Type: application/json' \\\n"
            f"  -d '{json.dumps(TEXT_EXAMPLE, ensure_ascii=False)}' \\\n"
            "  http://localhost:7860/v1/analyze-text"
        ),
    },
    "/v1/analyze-file": {
        "summary": "Analisar um arquivo",
        "description": (
            "Um texto (TXT, PDF com texto ou DOCX, pelo conteúdo e não pelo nome) é lido como em "
            "/v1/analyze-text, com 'info' (formato, páginas, caracteres). Uma tabela: "
            "recebe um arquivo CSV, TSV, XLSX, XLS, ODS, JSON, ZIP ou GZ no campo 'file' e, se "
            "quiser, 'threshold', 'mapping' (JSON de campo para coluna) e 'sanctions': uma lista "
            "CEIS ou CNEP, ou de um estado, nos mesmos formatos e limites, em que cada fornecedor "
            "é procurado. Responde o relatório inteiro: achados, padrões ('patterns', "
            "'patterns_not_evaluated'), colunas entendidas, problemas, 'series' (os valores do "
            "arquivo ao longo do tempo, ou null) e 'summary', com 'by_check' "
            "(para cada verificação: flagged, not_flagged ou not_evaluated, quantos registros e "
            "por quê), 'signals' (registros por sinal, também os que só dão contexto), "
            "'flagged_value' e 'patterns_value' (cada registro contado uma vez, os idênticos "
            "também)."
        ),
        "body": FILE_BODY,
        "errors": (413, 422, 429, 503),
        "answer": {"oneOf": [REPORT_SCHEMA, TEXT_SCHEMA]},
        "example": (
            "curl -F file=@gastos.csv -F sanctions=@ceis.csv -F threshold=0.7 \\\n"
            "  http://localhost:7860/v1/analyze-file"
        ),
    },
    "/health": {
        "summary": "Estado do serviço",
        "description": "Responde sempre na hora: versão, pesos em uso e limites publicados.",
        "example": "curl http://localhost:7860/health",
    },
    "/ready": {
        "summary": "Pronto para receber pedidos",
        "description": "200 quando pedidos são aceitos; 503 enquanto o serviço se prepara.",
        "errors": (503,),
        "example": "curl http://localhost:7860/ready",
    },
    "/spaces-info": {
        "summary": "Onde o serviço roda",
        "description": "Identificação do Space e nomes dos modelos disponíveis.",
        "example": "curl http://localhost:7860/spaces-info",
    },
}


def describe(path: str) -> dict[str, Any]:
    """Keyword arguments for FastAPI's `add_api_route`: summary, request body and responses."""
    route = _ROUTES[path]
    answer = {"application/json": {"schema": route.get("answer", {"type": "object"})}}
    responses: dict[int | str, Any] = {200: {"description": "Resposta em JSON.", "content": answer}}
    for status in route.get("errors", ()):
        content = {"application/json": {"schema": ERROR_SCHEMA}}
        responses[status] = {"description": _ERRORS[status], "content": content}
    return {
        "summary": route["summary"],
        "description": route["description"],
        "responses": responses,
        "openapi_extra": {"requestBody": route["body"]} if "body" in route else None,
    }


def page(openapi: dict[str, Any]) -> str:
    """The HTML of `/docs`: every route of `openapi`, without scripts or outside addresses."""
    sections = "".join(
        _section(method, path, operation)
        for path, operations in openapi["paths"].items()
        for method, operation in operations.items()
    )
    title = escape(f"{openapi['info']['title']} {openapi['info']['version']}")
    return (
        f'<!doctype html><html lang="pt-BR"><head><meta charset="utf-8"><title>{title}: API</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><main><h1>{title}</h1>"
        f"<p>{escape(DESCRIPTION)}</p>"
        '<p>Descrição para programas: <a href="openapi.json">openapi.json</a>. '
        'A página de uso: <a href="./">início</a>.</p>'
        f"{sections}<h2>Erros</h2><p>Todo erro tem a mesma forma:</p><pre>{_ERROR_EXAMPLE}</pre>"
        "</main></body></html>"
    )


def _section(method: str, path: str, operation: dict[str, Any]) -> str:
    statuses = "".join(
        f"<li><b>{escape(str(status))}</b> {escape(response['description'])}</li>"
        for status, response in operation["responses"].items()
    )
    return (
        f"<section><h2><code>{method.upper()} {escape(path)}</code></h2>"
        f"<p><b>{escape(operation['summary'])}.</b> {escape(operation['description'])}</p>"
        f"<pre>{escape(_ROUTES[path]['example'])}</pre><ul>{statuses}</ul></section>"
    )


_ERROR_EXAMPLE = escape(
    json.dumps(
        {
            "error": {
                "type": "InputError",
                "message": "o que foi visto",
                "hint": "o que fazer",
                "details": {},
            }
        },
        ensure_ascii=False,
        indent=2,
    )
)

_STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:16px/1.6 system-ui,sans-serif;margin:0;padding:1rem}"
    "main{max-width:46rem;margin:auto}"
    "h2{margin-top:2rem;font-size:1.1rem;overflow-wrap:anywhere}"
    "pre{overflow-x:auto;padding:.75rem;border:1px solid #8888}"
)
