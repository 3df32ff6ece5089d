"""Facts with a form of their own are found for what they are, in any gazette's way of writing."""

from __future__ import annotations

import random
import re
import time
import tomllib
import unicodedata
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cidadao_models.models.evaluation.text_gold import value_of
from cidadao_models.models.text_analysis.entities import Entity
from cidadao_models.models.text_analysis.folding import fold
from cidadao_models.models.text_analysis.patterns import LABELS, find

ACTS: list[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("cases_of_acts.toml").read_text("utf-8")
)["act"]
IDS = [act["id"] for act in ACTS]

OPEN_LABELS = {"fundamento_legal", "modalidade"}
"""Labels of which an act may hold more than its case names."""

Values = dict[str, set[object]]


def values(facts: list[Entity]) -> Values:
    found: Values = {}
    for fact in facts:
        found.setdefault(fact.label, set()).add(value_of(fact.label, fact.text))
    return found


def read(text: str) -> Values:
    return values(find(fold(text)))


@pytest.mark.parametrize("act", ACTS, ids=IDS)
def test_facts_of_the_act_and_no_others(act: dict[str, Any]) -> None:
    named = act.get("facts", {})
    expected = {label: {value_of(label, text) for text in texts} for label, texts in named.items()}
    found = read(act["text"])
    for label in OPEN_LABELS - set(expected):
        found.pop(label, None)
    assert found == expected


# one act each: what is right beside a number or an amount decides
NEAR_MISSES = [
    ("valor", "Valor mensal: R$ 500,00. Valor total: R$ 6.000,00.", {6000.0}),
    ("valor", "VALOR:- R$ 90.000,00 (noventa mil reais).", {90000.0}),
    ("valor", "Valor estimado: R$ 31.415.92.", {31415.92}),
    ("valor", "Valor global de R$ 3,5 milhões.", {3500000.0}),
    ("valor", "DO VALOR: R$ 40,000.00 (quarenta mil reais).", {40000.0}),
    ("valor", "Empenho 2020NE00001, no valor de R$ 80,00.", set()),
    ("valor", "Multa de R$ 1.000,00 por dia de atraso.", set()),
    ("valor", "A obra tem 1.250,00 m2 e 3,50 km.", set()),
    ("valor", "Valor estimado: sigiloso.", set()),
    ("data", "Assinatura: 07/03/2020. Vigência: de 08/03/2020 a 07/03/2021.", {"2020-03-07"}),
    ("data", "A s s i n a t u r a : 1 3 / 0 6 / 2 0 1 7.", {"2017-06-13"}),
    ("data", "Lei nº 8.666, de 21 de junho de 1993.", set()),
    ("data", "Publicado no Diário Oficial de 04/05/2021.", set()),
    ("data", "Data de assinatura: 31/02/2020.", set()),
    ("data", "Assinado em 5/28/2021.", {"2021-05-28"}),
    ("data", "Recife, 1º de março de 2.019.", {"2019-03-01"}),
    ("data", "AVISO DE LICITAÇÃO. Pregão nº 3/2021. Abertura marcada para 10/05/2021 fica "
             "prorrogada "
             "para o dia 20/05/2021, às 10h.", {"2021-05-20"}),
    ("data", "AVISO DE LICITAÇÃO. Pregão nº 3/2021. Data de publicação: 01/03/2021. Data de "
             "início do "
             "recebimento de propostas: 02/03/2021. Data fim de recebimento de propostas: "
             "15/03/2021 "
             "09:00.", {"2021-03-15"}),
    ("valor", "O valor mensal passa de R$ 100,00 para R$ 110,00, totalizando R$ 1.320,00 anuais.",
     {1320.0}),
    ("numero", "EXTRATO DE CONTRATO Nº 045/SMO/2023. Partes: A e B.", {"045SMO2023"}),
    ("cnpj", "CNPJ nº 11.222.333/0001-81", {"11222333000181"}),
    ("cnpj", "CNPJ 11 .222 .333 /0001 -81", {"11222333000181"}),
    ("cnpj", "inscrita no CNPJ sob o nº 11222333000181", {"11222333000181"}),
    ("cnpj", "telefone 11222333000182", set()),
    ("cnpj", "CNPJ 00.000.000/0000-00", set()),
    ("cnpj", "CNPJ abaixo. Processo: 00777-00004321/2019-33", set()),
    ("processo", "Processo SEI nº 00010-00001234/2020-55.", {"00010000012342020" + "55"}),
    ("processo", "Processo: 00010-\n00001234/2020-55", {"0001000001234202055"}),
    ("processo", "Ação judicial, processo nº 0012843-03.2015.8.07.0001.", set()),
    ("processo", "O processo de trabalho é contínuo.", set()),
    ("numero", "Contrato nº 12/2024-SES, regido pela Lei nº 14.133/2021.", {"122024SES"}),
    ("numero", "Portaria nº 10/2020. Decreto nº 9.412/2018.", set()),
    ("numero", "EXTRATO DO CONTRATO DE FEIRA E EVENTO Nº 8/2013, Ata de Registro de Preços "
               "nº 77/2013",
     {"82013"}),
    ("numero", "CONTRATO DE PROGRAMA Nº 3/2015. Evento: 400091.", {"32015"}),
    ("numero_aditivo", "DÉCIMO SEGUNDO TERMO ADITIVO ao Contrato nº 1/2010", {12}),
    ("numero_aditivo", "II Termo Aditivo ao Contrato nº 1/2010", {2}),
    ("numero_aditivo", "Extrato do 3º Termo Aditivo ao Contrato nº 1/2010", {3}),
    ("numero_aditivo", "Termo aditivo ao Contrato nº 25/2018", set()),
    ("dotacao", "UO: 18.101; PT: 11.333.4004.5555.0006; ND: 3.3.90.39; FR: 100",
     {"18101", "11333400455550006", "339039", "100"}),
    ("dotacao", "Unidade gestora: 220101. Gestão: 00001.", set()),
    ("dotacao", "A natureza do serviço é contínua e a fonte é segura.", set()),
    ("modalidade", "PE nº 5/2020: aquisição de papel.", {"pregao eletronico"}),
    ("modalidade", "Convite para a festa da cidade, concurso de bolos.", set()),
]  # fmt: skip


@pytest.mark.parametrize(("label", "text", "expected"), NEAR_MISSES)
def test_near_misses(label: str, text: str, expected: set[object]) -> None:
    assert read(text).get(label, set()) == expected


LEGAL = [
    ("Fundamento: art. 57, II, da Lei nº 8.666/93.", ["art. 57, II, da Lei nº 8.666/93"]),
    ("com base no inciso II do art. 24 da Lei 8.666/93", ["inciso II do art. 24 da Lei 8.666/93"]),
    ("LEI 14.133/2021 - Artigo: 75 - Inciso: II", ["LEI 14.133/2021 - Artigo: 75 - Inciso: II"]),
    ("amparo no artigo 28, inciso I, da Lei nº 14.133, de 1º de abril de 2021; e",
     ["artigo 28, inciso I, da Lei nº 14.133, de 1º de abril de 2021"]),
    ("Lei Orçamentária Anual", []),
    ("a lei manda", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), LEGAL)
def test_legal_basis(text: str, expected: list[str]) -> None:
    assert [e.text for e in find(fold(text)) if e.label == "fundamento_legal"] == expected


def bare_letters(text: str) -> str:
    return "".join(unicodedata.normalize("NFD", c)[0] for c in text)


def other_lines(text: str) -> str:
    draw = random.Random(0)
    return re.sub(r"\s", lambda _: draw.choice([" ", "\n", "\r\n", "\u00a0", "  "]), text)


def with_ragged_start(text: str) -> str:
    return "cretário de Estado; pela Contratada: Rui Barros, sócio.\n" + text


@pytest.mark.parametrize("act", ACTS, ids=IDS)
@pytest.mark.parametrize("change", [str.upper, bare_letters, other_lines, with_ragged_start])
def test_writing_changes_no_value(act: dict[str, Any], change: Callable[[str], str]) -> None:
    assert read(change(act["text"])) == read(act["text"])


@pytest.mark.parametrize("act", ACTS, ids=IDS)
def test_spans_are_the_words(act: dict[str, Any]) -> None:
    text = act["text"]
    for fact in find(fold(text)):
        assert fact.label in LABELS
        assert fact.text == text[fact.start : fact.end] == fact.text.strip(" .,;:\n")
        assert 0.5 <= fact.score < 1 and fact.source == "padrao"


@pytest.mark.parametrize("act", ACTS, ids=IDS)
def test_facts_do_not_overlap(act: dict[str, Any]) -> None:
    facts = find(fold(act["text"]))
    assert all(a.end <= b.start for a, b in pairwise(facts))


def test_scores_follow_the_evidence() -> None:
    def score(text: str) -> float:
        return next(e.score for e in find(fold(text)) if e.label == "cnpj")

    right, wrong = "11.222.333/0001-81", "11.222.333/0001-82"
    assert score(f"CNPJ: {right}") > score(right) > score(f"CNPJ: {wrong}")


@given(st.text(max_size=400))
def test_any_text_is_survived(text: str) -> None:
    for fact in find(fold(text)):
        assert text[fact.start : fact.end] == fact.text


@given(st.text(alphabet="0123456789./-, nºoR$Process:contratodeabril", max_size=300))
def test_number_like_noise_is_survived(text: str) -> None:
    for fact in find(fold(text)):
        assert text[fact.start : fact.end] == fact.text


HOSTILE = [
    "1", "1/", "1.", "n ", "r$ 1.", "processo 1 2 3 - ", "art. 1, ", "art. 5, i, ii, ",
    "aditivo ii ",
    "programa de trabalho de de ", "fonte: 1, ", "contrato de prestacao de servicos ", "lei 8.666 ",
    "valor total global do contrato de ", "12 de marco de 2019 a ", "11.222.333/0001-", "0 .0 .0 ",
    "abertura das propostas dia ", "assinado em ", "clausula primeira - ", "suspensao do pregao ",
]  # fmt: skip

SIZES = (20_000, 160_000)
"""Characters of the short and the long hostile text."""

LINEAR = 3.0
"""Times slower than in proportion that the long text may be: a square would be 8 times."""

TRIES = 4
"""A machine busy with other things may slow one trial; a square slows them all."""


@pytest.mark.parametrize("piece", HOSTILE)
def test_time_grows_with_the_text(piece: str) -> None:
    def seconds(size: int) -> float:
        folded = fold((piece * size)[:size])
        started = time.process_time()
        find(folded)
        return time.process_time() - started

    short, long = SIZES
    fair = max(min(seconds(short) for _ in range(2)), 0.02) * long / short
    assert any(seconds(long) < LINEAR * fair for _ in range(TRIES))


def test_empty_text() -> None:
    assert find(fold("")) == []
