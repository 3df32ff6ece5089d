"""A filled answer about a text, made by hand, for tests of what is shown. Analyses nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from cidadao_models import __version__
from cidadao_models.models.text_analysis.analyzer import check
from cidadao_models.models.text_analysis.entities import Entity
from cidadao_models.models.text_analysis.report import Citation, Item, Signal, TextReport

FACTS = (
    ("numero", r"(?<=CONTRATO Nº )[\d/]+", "padrao"),
    ("numero_aditivo", r"TERCEIRO(?= TERMO)", "padrao"),
    ("processo", r"\d{4}\S?[-.]\d+[/]\d{4}(?:-\d\d)?|1180\.004\.562/2022", "padrao"),
    ("orgao", r"SECRETARIA (?:MUNICIPAL|DE ESTADO)[^,\n]+|COMPANHIA DE ÁGUAS DE PEDRA BRANCA",
     "modelo"),
    ("contratado", r"VALE VERDE[^,\n]+|HORIZONTE SINALIZAÇÃO VIÁRIA S\.A\.|CONSTRUTORA[^,\n]+",
     "modelo"),
    ("cnpj", r"\d\d\.\d{3}\.\d{3}/\d{4}-\d\d", "padrao"),
    ("objeto", r"(?:fornecimento|execução|contratação|acréscimo) de [^\n.;]+", "modelo"),
    ("valor", r"R\$ [\d.]+,\d\d", "padrao"),
    ("vigencia", r"\d+ \([a-z ]+\) meses, a contar d[ae][^\n.,;]+", "padrao"),
    ("data", r"\d{1,2} de [a-z]+ de \d{4}|\d\d/\d\d/\d{4}", "padrao"),
    ("modalidade", r"Dispensa de Licitação|Pregão Eletrônico", "padrao"),
    ("fundamento_legal", r"art\. 75, II, da Lei nº 14\.133/2021", "padrao"),
    ("PESSOA", r"Helena Duarte Campelo|Paulo Teles de Araújo", "modelo"),
)  # fmt: skip

SIGNALS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("pagamento_antecipado", r"forma antecipada[^\n]+", {
        "title": "Pagamento antes da entrega",
        "explanation": "O texto prevê o pagamento antes da entrega e dispensa a garantia.",
        "legal_basis": "Lei 14.133/2021, art. 145",
        "innocent": "Pode ser normal se a antecipação baixar o preço ou for condição do mercado, "
                    "e se o edital a tiver previsto.",
        "next_step": "Peça a justificativa da antecipação e a garantia que a cobre.",
        "severity": "high",
    }),
    ("marca_sem_equivalente", r"da marca Leito Bom[^.\n]+?marca equivalente", {
        "title": "Marca exigida, sem equivalente",
        "explanation": "O objeto nomeia uma marca e recusa outra de mesma qualidade.",
        "legal_basis": "Lei 14.133/2021, art. 41, I",
        "innocent": "Pode ser normal se houver padronização já decidida ou peça que só serve a um "
                    "equipamento existente.",
        "next_step": "Peça o estudo técnico que justifica a marca.",
        "severity": "medium",
    }),
    ("valor_acima_da_dispensa", r"R\$ 187\.200,00", {
        "title": "Dispensa por valor acima do limite",
        "explanation": "O valor de R$ 187.200,00 passa do limite de R$ 59.906,02 em 2024.",
        "legal_basis": "Lei 14.133/2021, art. 75, II",
        "innocent": "Pode ser normal se a dispensa tiver outro fundamento.",
        "next_step": "Peça a pesquisa de preços e o parecer que autorizou a dispensa.",
        "severity": "critical",
    }),
)  # fmt: skip

PARTS = (
    ("objeto", "Objeto e seus elementos", "Lei 14.133/2021, art. 92, I", r"DO OBJETO"),
    ("preco", "Preço e condições de pagamento", "Lei 14.133/2021, art. 92, V", r"DO PAGAMENTO"),
    ("foro", "Foro", "Lei 14.133/2021, art. 92, § 1º", r"DO FORO\n[^\n]+"),
    ("penalidades", "Penalidades e multas", "Lei 14.133/2021, art. 92, XIV", None),
    ("reajuste", "Reajuste de preços", "Lei 14.133/2021, art. 92, § 3º", None),
)


def filled(text: str, **changed: Any) -> TextReport:
    """A report on `text` with what its plain patterns find; `changed` replaces fields."""
    check(text)
    contract = "CLÁUSULA" in text
    entities = tuple(
        Entity(label, found[0], *found.span(), 1.0 if source == "padrao" else 0.87, source)  # type: ignore[arg-type]
        for label, pattern, source in FACTS
        for found in re.finditer(pattern, text)
    )
    report = TextReport(
        text=text,
        score=0.86 if contract else None,
        risk_level="high" if contract else None,
        explanation="",
        act_type=kind(text),
        act_score=0.98,
        entities=entities,
        checklist=tuple(map(part(text), PARTS)) if contract else (),
        signals=tuple(filter(None, (signal(text, *one) for one in SIGNALS))),
        novelty=83.0 if contract else None,
        citations=(Citation("TCU", "Súmula 177", "A definição precisa do objeto é regra."),),
        backend="padroes+modelo",
        model_version=__version__,
    )
    return replace(report, **changed)


def kind(text: str) -> str:
    """The kind of act, by its first words."""
    starts = (
        ("CONTRATO", "contrato"),
        ("EXTRATO DO CONTRATO", "extrato_contrato"),
        ("EXTRATO DO TERCEIRO", "aditamento_contrato"),
        ("EXTRATO DO CONVÊNIO", "extrato_convenio"),
        ("AVISO DE LICITAÇÃO", "aviso_licitacao"),
        ("AVISO DE SUSPENSÃO", "suspensao_licitacao"),
    )
    return next((name for start, name in starts if text.startswith(start)), "outro")


def part(text: str) -> Any:
    """Makes an item of the checklist for `text`."""

    def made(one: tuple[str, str, str, str | None]) -> Item:
        id_, title, basis, pattern = one
        found = re.search(pattern, text) if pattern else None
        span = found.span() if found else (None, None)
        return Item(id_, title, "found" if found else "missing", basis, *span)

    return made


def signal(text: str, id_: str, pattern: str, words: dict[str, str]) -> Signal | None:
    """A signal where its pattern stands in the text."""
    found = re.search(pattern, text)
    if found is None:
        return None
    return Signal(id=id_, start=found.start(), end=found.end(), weight=0.8, **words)
