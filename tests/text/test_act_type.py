"""An act's kind is told by what stands in it, however it is written."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cidadao_models.models.text_analysis.act_type import EVIDENCE, act_type, judge
from cidadao_models.models.text_analysis.entities import ACT_TYPES
from cidadao_models.models.text_analysis.folding import fold

ACTS: list[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("cases_of_acts.toml").read_text("utf-8")
)["act"]
IDS = [act["id"] for act in ACTS]

SHORT = [
    ("aditamento_contrato", "Espécie: 1º Termo Aditivo ao Contrato nº 3/2019. Partes: A e B."),
    ("aditamento_contrato", "TERMO ADITIVO SEGUNDO AO CONTRATO Nº 3/2019. Objeto: prorrogação."),
    ("aditamento_contrato", "EXTRATO DO 1º TERMO DE APOSTILAMENTO AO CONTRATO Nº 22/2020. "
                            "Reajuste."),
    ("contrato", "CONTRATO DE PRESTAÇÃO DE SERVIÇOS. 1. DO OBJETO limpeza. 2. DO PREÇO R$ "
                 "3.000,00. "
                 "3. DO PRAZO 12 meses. 4. DA RESCISÃO. 5. DO FORO de Natal."),
    ("contrato", "CARTA-CONTRATO 11/1998. A Fundação contrata com Alfa o voo. 1. Preço. R$ 9,00."
                 " 2. Prazo: trinta dias. 3. Foro. O da capital."),
    ("contrato", "CÂMARA DE PEDRA ALTA. CONTRATO 02/2026. 1 – Objeto: fotografia das sessões. 2 – "
                 "Preço: R$ 900,00. 3ª Vigência: um ano. VI – MULTA. 2%."),
    ("extrato_contrato", "Contrato nº 9753. Assinatura: 02/09/2011. Partes: A X B. Valor: R$ 1."),
    ("extrato_contrato", "Instrumento: Contrato nº 1/2020. Contratada: Alfa. Vigência: 12 meses. "
                         "Valor: R$ 5.000,00. Assinatura: 01/02/2020."),
    ("extrato_convenio", "Espécie: Acordo de Cooperação Técnica nº 3/2022. Partícipes: A e B."),
    ("aviso_licitacao", "PREGÃO ELETRÔNICO Nº 71/2019. Objeto: papel. Menor preço. Abertura: "
                        "14/03/2019, às 9 horas."),
    ("aviso_licitacao", "AVISO DE REABERTURA. Concorrência nº 2/2020. Data: 3/4/2020."),
    ("suspensao_licitacao", "AVISO DE SUSPENSÃODE LICITAÇÃO. Pregão nº 83/2021. Objeto: câmeras."),
    ("suspensao_licitacao", "AVISO. O pregoeiro informa suspensão do Pregão Presencial nº 2/2020, "
                            "até ulterior deliberação."),
    ("anul_revog_licitacao", "AVISO DE ANULAÇÃO. Convite nº 3/2016. Fica anulado o certame."),
    ("anul_revog_licitacao", "O Diretor resolve REVOGAR a licitação Pregão Eletrônico nº 7/2020, "
                             "por razões de interesse público."),
    ("outro", "HOMOLOGAÇÃO. Homologo o resultado do Pregão nº 8/2020 em favor da empresa Gama."),
    ("outro", "PORTARIA Nº 55, DE 3 DE MARÇO DE 2022. Designar Ana Luz para fiscalizar o Contrato "
              "nº 12/2021."),
    ("outro", "Bom dia a todos, a reunião ficou para quinta-feira."),
]  # fmt: skip


def bare_upper(text: str) -> str:
    return "".join(unicodedata.normalize("NFD", c)[0] for c in text).upper()


def ragged(text: str) -> str:
    return "gional. Pela Contratada: Joana Lins, sócia-gerente.\n" + text


def joined(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("act", ACTS, ids=IDS)
@pytest.mark.parametrize("change", [str, bare_upper, ragged, joined])
def test_kind_of_whole_acts(act: dict[str, Any], change: Callable[[str], str]) -> None:
    kind, share = act_type(fold(change(act["text"])))
    assert kind == act["act_type"]
    assert share > 0.5


@pytest.mark.parametrize(("kind", "text"), SHORT)
def test_kind_of_short_acts(kind: str, text: str) -> None:
    assert act_type(fold(text))[0] == kind


@given(st.text(max_size=300))
def test_shares_sum_to_one(text: str) -> None:
    shares = judge(fold(text))
    assert tuple(shares) == ACT_TYPES
    assert sum(shares.values()) == pytest.approx(1)
    assert all(0 <= share <= 1 for share in shares.values())


def test_without_evidence_nothing_is_claimed() -> None:
    kind, share = act_type(fold(""))
    assert kind == "outro"
    assert share < 0.9


def test_more_evidence_means_more_belief() -> None:
    title = "EXTRATO DE CONTRATO Nº 5/2020"
    more = f"{title}. Partes: A e B. Vigência: 12 meses. Assinatura: 02/03/2020."
    assert judge(fold(more))["extrato_contrato"] > judge(fold(title))["extrato_contrato"]


def test_evidence_is_complete() -> None:
    assert {item.act_type for item in EVIDENCE} == set(ACT_TYPES)
    assert all(item.weight > 0 and item.most >= 1 for item in EVIDENCE)
    names = ("{TENDER}", "{CONTRACT}", "{ORDINAL}")
    assert not [i for i in EVIDENCE if any(name in i.pattern.pattern for name in names)]


UNTITLED = (
    "O Município e a Alfa Ltda. ajustam o que segue. A Alfa cuidará dos jardins.\n"
    "Obriga-se a Alfa a repor as mudas.\nA falta custa multa de 2% por dia.\n"
    "O contrato se rescinde nos casos da lei.\nFiscaliza a execução o servidor Rui Sá.\n"
    "Não há reajuste: os preços são fixos e irreajustáveis.\nDispensa-se a garantia contratual.\n"
    "É vedado subcontratar.\nFica eleito o foro da comarca de Pedra Alta."
)


def test_clauses_that_only_contracts_have_tell_an_untitled_contract() -> None:
    assert act_type(fold(UNTITLED))[0] == "contrato"
    fewer = "\n".join(UNTITLED.split("\n")[:3])
    assert judge(fold(fewer))["contrato"] < judge(fold(UNTITLED))["contrato"]
    assert act_type(fold("AVISO DE LICITAÇÃO. Pregão nº 3/2024.\n" + UNTITLED))[0] != "contrato"


def test_clauses_far_below_the_beginning_tell_nothing_and_cost_nothing() -> None:
    filler = "A praça fica perto do mercado e do rio.\n" * 1_000
    assert judge(fold(filler + UNTITLED)) == judge(fold(filler))
