"""What the routes say about themselves: their OpenAPI entries and a page that needs no network.

Holds words and schemas only; the routes are in `api_server`.
"""

from __future__ import annotations

import json
from html import escape
from typing import Any

DESCRIPTION = (
    "Lê registros de gastos públicos e mostra o que merece uma segunda olhada, por quê e como "
    "conferir. Indícios não são provas. Nada do que é enviado fica guardado."
)

_CONTRACT = {
    "id": "045/2024",
    "fornecedor": {"nome": "Exemplo Serviços Ltda", "cnpj": "11.222.333/0001-81"},
    "objeto": "Locação de tendas para eventos",
    "valor": "R$ 480.000,00",
    "data": "14/03/2024",
}
_DETECT_EXAMPLE = {"contracts": [_CONTRACT], "threshold": 0.7}
_THRESHOLD = {"type": "number", "minimum": 0, "maximum": 1, "default": 0.7}

ERROR_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["type", "message", "hint", "details"],
            "properties": {
                "type": {"type": "string"},
                "message": {"type": "string"},
                "hint": {"type": "string"},
                "details": {"type": "object"},
            },
        }
    },
}

_REPORT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": [
        "anomalies",
        "total_analyzed",
        "anomalies_found",
        "confidence_score",
        "model_version",
        "threshold",
        "not_evaluated",
        "issues",
        "source",
    ],
    "properties": {
        "anomalies": {"type": "array", "items": {"type": "object"}},
        "total_analyzed": {"type": "integer"},
        "anomalies_found": {"type": "integer"},
        "confidence_score": {"type": ["number", "null"]},
        "model_version": {"type": "string"},
        "threshold": _THRESHOLD,
        "not_evaluated": {"type": "array", "items": {"type": "object"}},
        "issues": {"type": "object"},
        "weights": {"type": "object"},
        "source": {"type": "string"},
    },
}

_RECORDS = {"type": "array", "items": {"type": "object"}}
_DETECT_BODY = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "oneOf": [
                    {
                        "type": "object",
                        "required": ["contracts"],
                        "properties": {"contracts": _RECORDS, "threshold": _THRESHOLD},
                    },
                    _RECORDS,
                ]
            },
            "example": _DETECT_EXAMPLE,
        }
    },
}
_PATTERNS_EXAMPLE = {
    "data": {"time_series": [10.0, 12.5, 11.0, 90.0], "categories": []},
    "analysis_type": "temporal",
}
_PATTERNS_BODY = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["data"],
                "properties": {
                    "data": {"type": "object"},
                    "analysis_type": {"type": "string", "default": "temporal"},
                },
            },
            "example": _PATTERNS_EXAMPLE,
        }
    },
}
_PATTERNS_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": [
        "patterns", "pattern_count", "confidence", "insights", "not_evaluated", "summaries",
        "model_version", "source",
    ],
    "properties": {
        "patterns": {"type": "array", "items": {"type": "object"}},
        "pattern_count": {"type": "integer"},
        "confidence": {"type": ["number", "null"]},
        "insights": {"type": "array", "items": {"type": "string"}},
        "not_evaluated": {"type": "array", "items": {"type": "object"}},
        "summaries": {"type": "object"},
        "model_version": {"type": "string"},
        "source": {"type": "string"},
    },
}  # fmt: skip
_SPECTRAL_EXAMPLE = {
    "time_series": [1250.0, 980.5, 1100.0, 990.0, 1310.0, 1005.0, 1120.0, 1010.0, 1290.0],
    "dates": [f"2024-{month:02d}-01" for month in range(1, 10)],
}
_SPECTRAL_BODY = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["time_series"],
                "properties": {
                    "time_series": {
                        "type": "array",
                        "items": {"type": ["number", "string", "null", "object"]},
                    },
                    "sampling_rate": {"type": "number", "exclusiveMinimum": 0, "default": 1.0},
                    "dates": {"type": ["array", "null"], "items": {"type": ["string", "null"]}},
                },
            },
            "example": _SPECTRAL_EXAMPLE,
        }
    },
}
_NUMBERS = {"type": "array", "items": {"type": ["number", "null"]}}
_SPECTRAL_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": [
        "frequencies", "amplitudes", "threshold", "dominant_frequency", "dominant_period",
        "periodic_patterns", "changes", "spikes", "status", "reason", "model_version", "source",
    ],
    "properties": {
        "frequencies": _NUMBERS,
        "amplitudes": _NUMBERS,
        "threshold": _NUMBERS,
        "dominant_frequency": {"type": ["number", "null"]},
        "dominant_period": {"type": ["number", "null"]},
        "periodic_patterns": {"type": "array", "items": {"type": "object"}},
        "changes": {"type": "array", "items": {"type": "object"}},
        "spikes": {"type": "array", "items": {"type": "object"}},
        "status": {"type": "string", "enum": ["ok", "inconclusivo"]},
        "reason": {"type": "string"},
        "model_version": {"type": "string"},
        "source": {"type": "string"},
    },
}  # fmt: skip
_TEXT_EXAMPLE = {
    "text": (
        "EXTRATO DO CONTRATO Nº 12/2024. Processo: 0031-000452/2024. Contratante: Secretaria de "
        "Educação do Município de Serra Alta. Contratada: Exemplo Serviços Ltda, CNPJ "
        "11.222.333/0001-81. Objeto: manutenção de elevadores. Valor: R$ 84.300,00. Vigência: 12 "
        "(doze) meses, a contar da assinatura. Assinatura: 14/03/2024."
    )
}
_TEXT_BODY = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["text"],
                "properties": {"text": {"type": "string", "minLength": 20}},
            },
            "example": _TEXT_EXAMPLE,
        }
    },
}
_OBJECTS = {"type": "array", "items": {"type": "object"}}
_TEXT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": [
        "anomaly_score", "risk_level", "explanation", "facts", "checklist", "signals",
        "highlights", "novelty", "citations", "backend", "model_version", "source",
    ],
    "properties": {
        "anomaly_score": {"type": ["number", "null"]},
        "risk_level": {"type": ["string", "null"]},
        "explanation": {"type": "string"},
        "facts": {"type": "object"},
        "checklist": _OBJECTS,
        "signals": _OBJECTS,
        "highlights": _OBJECTS,
        "novelty": {"type": ["number", "null"]},
        "citations": _OBJECTS,
        "backend": {"type": "string"},
        "notes": {"type": "array", "items": {"type": "string"}},
        "model_version": {"type": "string"},
        "source": {"type": "string"},
    },
}  # fmt: skip
_FILE_BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {"type": "string", "format": "binary"},
                    "threshold": _THRESHOLD,
                    "sanctions": {"type": "string", "format": "binary"},
                    "mapping": {"type": "string", "example": '{"valor": "valorcontrato1"}'},
                },
            }
        }
    },
}

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
        "body": _DETECT_BODY,
        "errors": (413, 422, 429, 503),
        "answer": _REPORT_SCHEMA,
        "example": (
            "curl -H 'Content-Type: application/json' \\\n"
            f"  -d '{json.dumps(_DETECT_EXAMPLE, ensure_ascii=False)}' \\\n"
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
        "body": _PATTERNS_BODY,
        "errors": (413, 422, 429, 503),
        "answer": _PATTERNS_SCHEMA,
        "example": (
            "curl -H 'Content-Type: application/json' \\\n"
            f"  -d '{json.dumps(_PATTERNS_EXAMPLE)}' \\\n"
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
        "body": _SPECTRAL_BODY,
        "errors": (413, 422, 429, 503),
        "answer": _SPECTRAL_SCHEMA,
        "example": (
            "curl -H 'Content-Type: application/json' \\\n"
            f"  -d '{json.dumps(_SPECTRAL_EXAMPLE)}' \\\n"
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
        "body": _TEXT_BODY,
        "errors": (413, 422, 429, 503),
        "answer": _TEXT_SCHEMA,
        "example": (
            "curl -H 'Content-Type: application/json' \\\n"
            f"  -d '{json.dumps(_TEXT_EXAMPLE, ensure_ascii=False)}' \\\n"
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
        "body": _FILE_BODY,
        "errors": (413, 422, 429, 503),
        "answer": {"oneOf": [_REPORT_SCHEMA, _TEXT_SCHEMA]},
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
