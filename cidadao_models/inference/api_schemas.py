"""Shapes of requests and answers, with examples, as OpenAPI has them. Describes no route."""

from __future__ import annotations

from typing import Any

CONTRACT = {
    "id": "045/2024",
    "fornecedor": {"nome": "Exemplo Serviços Ltda", "cnpj": "11.222.333/0001-81"},
    "objeto": "Locação de tendas para eventos",
    "valor": "R$ 480.000,00",
    "data": "14/03/2024",
}
DETECT_EXAMPLE = {"contracts": [CONTRACT], "threshold": 0.7}
THRESHOLD = {"type": "number", "minimum": 0, "maximum": 1, "default": 0.7}

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

REPORT_SCHEMA: dict[str, Any] = {
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
        "threshold": THRESHOLD,
        "not_evaluated": {"type": "array", "items": {"type": "object"}},
        "issues": {"type": "object"},
        "weights": {"type": "object"},
        "source": {"type": "string"},
    },
}

RECORDS = {"type": "array", "items": {"type": "object"}}
DETECT_BODY = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "oneOf": [
                    {
                        "type": "object",
                        "required": ["contracts"],
                        "properties": {"contracts": RECORDS, "threshold": THRESHOLD},
                    },
                    RECORDS,
                ]
            },
            "example": DETECT_EXAMPLE,
        }
    },
}
PATTERNS_EXAMPLE = {
    "data": {"time_series": [10.0, 12.5, 11.0, 90.0], "categories": []},
    "analysis_type": "temporal",
}
PATTERNS_BODY = {
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
            "example": PATTERNS_EXAMPLE,
        }
    },
}
PATTERNS_SCHEMA: dict[str, Any] = {
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
SPECTRAL_EXAMPLE = {
    "time_series": [1250.0, 980.5, 1100.0, 990.0, 1310.0, 1005.0, 1120.0, 1010.0, 1290.0],
    "dates": [f"2024-{month:02d}-01" for month in range(1, 10)],
}
SPECTRAL_BODY = {
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
            "example": SPECTRAL_EXAMPLE,
        }
    },
}
NUMBERS = {"type": "array", "items": {"type": ["number", "null"]}}
SPECTRAL_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": [
        "frequencies", "amplitudes", "threshold", "dominant_frequency", "dominant_period",
        "periodic_patterns", "changes", "spikes", "status", "reason", "model_version", "source",
    ],
    "properties": {
        "frequencies": NUMBERS,
        "amplitudes": NUMBERS,
        "threshold": NUMBERS,
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
TEXT_EXAMPLE = {
    "text": (
        "EXTRATO DO CONTRATO Nº 12/2024. Processo: 0031-000452/2024. Contratante: Secretaria de "
        "Educação do Município de Serra Alta. Contratada: Exemplo Serviços Ltda, CNPJ "
        "11.222.333/0001-81. Objeto: manutenção de elevadores. Valor: R$ 84.300,00. Vigência: 12 "
        "(doze) meses, a contar da assinatura. Assinatura: 14/03/2024."
    )
}
TEXT_BODY = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["text"],
                "properties": {"text": {"type": "string", "minLength": 20}},
            },
            "example": TEXT_EXAMPLE,
        }
    },
}
OBJECTS = {"type": "array", "items": {"type": "object"}}
TEXT_SCHEMA: dict[str, Any] = {
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
        "checklist": OBJECTS,
        "signals": OBJECTS,
        "highlights": OBJECTS,
        "novelty": {"type": ["number", "null"]},
        "citations": OBJECTS,
        "backend": {"type": "string"},
        "notes": {"type": "array", "items": {"type": "string"}},
        "model_version": {"type": "string"},
        "source": {"type": "string"},
    },
}  # fmt: skip
FILE_BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {"type": "string", "format": "binary"},
                    "threshold": THRESHOLD,
                    "sanctions": {"type": "string", "format": "binary"},
                    "mapping": {"type": "string", "example": '{"valor": "valorcontrato1"}'},
                },
            }
        }
    },
}
