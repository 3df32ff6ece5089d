"""How the analysis was made, in words for a report: source, version, method, limits, citation.

Only words and the report's own figures; computes nothing.
"""

from __future__ import annotations

import datetime as dt

from cidadao_models.findings import SEVERITY_BANDS, Report
from cidadao_models.findings.words import date, number

DISCLAIMER = (
    "Indícios não são provas. Um registro aparece aqui porque difere do esperado em algo que se "
    "pode conferir; muitas vezes há explicação comum, e ela está escrita ao lado."
)

HOW = (
    "Cada registro passa por verificações com norma e números à vista (preço diante de contratos "
    "parecidos, datas, documentos, limites legais, repetições) e por uma medida de estranheza que "
    "olha todas as colunas ao mesmo tempo. A nota, de 0 a 1, é a mais forte dessas evidências, "
    "calibrada para que, em dados sem nada de errado, no máximo 1 % dos registros chegue a 0,70 "
    "e 0,1 % chegue a 0,85."
)

LIMITS = (
    "O programa só vê o que está no arquivo: não conhece quantidades, especificações ou processos "
    "que não foram publicados nele.",
    "Preço fora do comum entre contratos parecidos pode ser outro produto, outro prazo ou outra "
    "quantidade.",
    "Erro de digitação é uma explicação frequente para os valores mais extremos.",
    "Ausência de indícios não prova regularidade: só diz que estas verificações nada encontraram.",
    "Verificações sem os campos de que precisam não são feitas, e cada uma diz por quê.",
    "CPFs são mascarados em tudo o que se mostra ou se baixa.",
)

NEVER = (
    "que houve crime, desvio ou má-fé",
    "quanto dinheiro foi perdido",
    "que uma empresa ou pessoa é culpada de algo",
    "que um arquivo sem achados está regular",
)


def score_bands() -> str:
    """The words for the score, with where each begins: `moderado desde 0,70, …`."""
    words = ("muito forte", "forte", "moderado")
    pairs = zip(words, SEVERITY_BANDS, strict=True)
    return ", ".join(
        f"{word} desde {number(floor, 2)}" for word, (floor, _) in reversed(list(pairs))
    )


def source_lines(report: Report) -> list[tuple[str, str]]:
    """What was read, as (item, content) pairs; items that are unknown are left out."""
    info = report.info
    lines = [
        ("Arquivo (sha256)", info.get("sha256")),
        ("Formato", info.get("format")),
        ("Modelo de planilha reconhecido", info.get("layout")),
        ("Aba", info.get("sheet")),
        ("Codificação", info.get("encoding")),
        ("Registros analisados", number(report.total_analyzed)),
        ("Registros postos de lado", _count(info.get("n_rejected"))),
    ]
    return [(item, str(content)) for item, content in lines if content not in (None, "")]


def _count(value: object) -> str | None:
    return number(value) if isinstance(value, int) else None


def method_lines(report: Report) -> list[tuple[str, str]]:
    """Source, settings, method and limits, as (item, content) pairs."""
    return [
        *source_lines(report),
        ("Limiar da nota", number(report.threshold, 2)),
        ("Faixas da nota", score_bands()),
        ("Comparado com", report.reference),
        ("Versão", f"Cidadão.AI Models {report.model_version}"),
        ("Como a nota é feita", HOW),
        *(("Limite", limit) for limit in LIMITS),
        ("Aviso", DISCLAIMER),
    ]


def citation(report: Report, today: dt.date | None = None) -> str:
    """How to cite the report: program and version, file hash, threshold, date."""
    day = date(today or dt.date.today())
    sha = str(report.info.get("sha256") or "")
    source = f", arquivo sha256 {sha}" if sha else ""
    threshold = number(report.threshold, 2)
    return (
        f"Cidadão.AI Models {report.model_version}{source}, limiar {threshold}, "
        f"relatório gerado em {day}."
    )
