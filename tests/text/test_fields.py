"""Buyer, other party, object and term by field names: which words, where, and with what score."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cidadao_models.models.text_analysis.entities import Entity
from cidadao_models.models.text_analysis.field_names import split
from cidadao_models.models.text_analysis.fields import find
from cidadao_models.models.text_analysis.folding import fold

EXTRACT = """EXTRATO DO CONTRATO Nº 31/2023
Processo: 00911-00004455/2023-10. Partes: O ESTADO DE MONTE BELO, por meio da SECRETARIA DE
ESTADO DE TURISMO, inscrita no CNPJ nº 11.222.333/0001-81 e a empresa VENTO LESTE EVEN-
TOS LTDA, CNPJ nº 11.444.777/0001-61. Objeto: O presente contrato tem por objeto a locação de
palcos para a Festa do Milho. Valor: R$ 45.000,00 (quarenta e cinco mil reais). Vigência: 90
(noventa) dias, a contar da assinatura. Data de Assinatura: 12/05/2023. Signatários: Pelo
Estado: Ana Prado; pela Contratada: Rui Melo."""


def found(text: str, label: str) -> list[str]:
    return [e.text for e in find(fold(text)) if e.label == label]


def test_parties_object_and_term_of_an_extract() -> None:
    assert found(EXTRACT, "orgao") == ["SECRETARIA DE\nESTADO DE TURISMO"]
    assert found(EXTRACT, "contratado") == ["VENTO LESTE EVEN-\nTOS LTDA"]
    assert found(EXTRACT, "objeto") == [
        "O presente contrato tem por objeto a locação de\npalcos para a Festa do Milho"
    ]
    assert found(EXTRACT, "vigencia") == ["90\n(noventa) dias, a contar da assinatura"]


@pytest.mark.parametrize(
    ("words", "buyer", "other"),
    [
        ("Partes: SETUR X Beta Móveis Ltda. Objeto: mesas.", "SETUR", "Beta Móveis Ltda"),
        (
            "Contratante: Câmara Municipal de Jatobá. Contratada: Lua Nova S/A. Objeto: papel.",
            "Câmara Municipal de Jatobá",
            "Lua Nova S/A",
        ),
        (
            "Contrato celebrado entre a Prefeitura de Jatobá e a empresa Lua Nova ME. Objeto: x.",
            "Prefeitura de Jatobá",
            "Lua Nova ME",
        ),
        (
            "A SECRETARIA DE OBRAS, na qualidade de CONTRATANTE, e a empresa LUA NOVA LTDA, na"
            " qualidade de CONTRATADA. DO OBJETO: cimento.",
            "SECRETARIA DE OBRAS",
            "LUA NOVA LTDA",
        ),
        (
            "PARTES: FUNDAÇÃO CULTURAL DE ARTES E OFÍCIOS DO DISTRITO FEDERAL E SOM ALTO LTDA."
            " OBJETO: som.",
            "FUNDAÇÃO CULTURAL DE ARTES E OFÍCIOS DO DISTRITO FEDERAL",
            "SOM ALTO LTDA",
        ),
        (
            "Das Partes: DF/SETUR/FUNTUR X JOANA LIRA PAZ na qualidade de Beneficiário. Objeto: y.",
            "DF/SETUR/FUNTUR",
            "JOANA LIRA PAZ",
        ),
    ],
)
def test_ways_of_naming_the_parties(words: str, buyer: str, other: str) -> None:
    assert found(words, "orgao")[0] == buyer
    assert found(words, "contratado") == [other]


@pytest.mark.parametrize(
    ("notice", "buyer"),
    [
        ("AVISO DE LICITAÇÃO\nA Fundação do Livro torna público o pregão.", "Fundação do Livro"),
        (
            "AVISO\nO Pregoeiro da Companhia de Águas de Jatobá torna público o leilão.",
            "Companhia de Águas de Jatobá",
        ),
        (
            "AVISO\nO Estado de Goiás, por meio da Secretaria de Pesca, torna pública a abertura.",
            "Secretaria de Pesca",
        ),
    ],
)
def test_the_buyer_of_a_notice_is_who_makes_it_public(notice: str, buyer: str) -> None:
    assert found(notice, "orgao") == [buyer]


def test_a_notice_signed_by_nobody_names_the_body_it_serves() -> None:
    text = "PREGÃO Nº 3/2024\nObjeto: tintas para atender as demandas da Câmara de Jatobá, já."
    assert found(text, "orgao") == ["Câmara de Jatobá"]


def test_who_signs_by_role_is_no_party() -> None:
    text = "Partes: SETUR x LUA LTDA. Objeto: sala. Signatários: Locatária: Ana, Locador: Rui."
    assert (found(text, "orgao"), found(text, "contratado")) == (["SETUR"], ["LUA LTDA"])


def test_the_object_of_an_addendum_is_what_it_changes() -> None:
    text = (
        "Objeto do contrato: Limpeza de ruas. Objeto do termo aditivo: Prorrogação por 12 meses."
        " Vigência: 31/12/2024."
    )
    assert found(text, "objeto") == ["Prorrogação por 12 meses"]


def test_an_object_without_field_name_starts_at_what_is_bought() -> None:
    text = "AVISO\nA Fundação do Livro torna público pregão, objetivando a aquisição de estantes."
    assert found(text, "objeto") == ["aquisição de estantes"]


def test_clauses_of_a_contract_are_fields_too() -> None:
    text = (
        "CLÁUSULA PRIMEIRA - DO OBJETO\n1.1. Fornecimento de tinta branca.\n"
        "CLÁUSULA SEGUNDA - DO PRAZO DE VIGÊNCIA\n2.1. 12 meses a partir da assinatura.\n"
        "CLÁUSULA TERCEIRA - DO FORO\n3.1. Comarca de Jatobá."
    )
    assert found(text, "objeto") == ["Fornecimento de tinta branca"]
    assert found(text, "vigencia") == ["12 meses a partir da assinatura"]


def test_the_term_of_the_work_is_not_the_term_of_the_contract() -> None:
    text = "Objeto: obra. Prazo: o prazo para execução das obras é de 60 dias. Foro: Jatobá."
    assert found(text, "vigencia") == []


@pytest.mark.parametrize(
    ("field", "term"),
    [
        ("Vigência: de 12 (doze) meses.", "12 (doze) meses"),
        ("Vigência: de 01/02/2022 a 31/01/2023.", "de 01/02/2022 a 31/01/2023"),
        (
            "Execução/Vigência: 6 (seis) meses e 12 (doze) meses, respectivamente.",
            "12 (doze) meses, respectivamente",
        ),
        ("Vinho, com prazo de vigência de 60 meses a contar de hoje.", "60 meses a contar de hoje"),
    ],
)
def test_where_the_words_of_the_term_begin(field: str, term: str) -> None:
    assert found(field, "vigencia") == [term]


def test_the_signature_names_the_buyer_again() -> None:
    text = "Partes: SETUR x LUA LTDA. Objeto: som. Assinantes: Pela SETUR: Ana. Pela Lua: Rui."
    assert found(text, "orgao") == ["SETUR", "SETUR"]


def test_named_and_complete_evidence_scores_higher() -> None:
    def score(text: str, label: str) -> float:
        return next(e.score for e in find(fold(text)) if e.label == label)

    named = (
        "Objeto: aquisição de estantes de aço. Vigência: 12 meses a contar da assinatura. Foro: x"
    )
    told = "Pregão objetivando a aquisição de estantes de aço"
    assert score(named, "objeto") > score(told, "objeto")
    company = "Partes: SECRETARIA DE OBRAS x LUA LTDA. Objeto: x"
    doubtful = "Partes: Zeta e Lua e Sol e Mar. Objeto: x"
    assert score(company, "contratado") > score(doubtful, "contratado")


def test_running_text_without_fields_gives_nothing() -> None:
    assert find(fold("")) == []
    assert find(fold("Bom dia a todos, hoje choveu muito e a festa ficou para amanhã.")) == []


@given(st.text(alphabet="Objetopars:XeLTDA.,;- \n0123456789ÁºçãVigência/()\"'", max_size=400))
def test_any_text_gives_exact_spans_and_scores_inside_zero_and_one(text: str) -> None:
    for entity in find(fold(text)):
        assert entity.text == text[entity.start : entity.end]
        assert isinstance(entity, Entity) and 0 < entity.score < 1


@pytest.mark.parametrize(
    "unit",
    [
        "Objeto: a ",
        "Partes: a e b x c ",
        "para atender a da ",
        "da secretaria a ",
        "e a empresa X ",
        "PELA ",
        "CLÁUSULA PRIMEIRA - DO OBJETO ",
        "a o a ",
        "(",
    ],
)
def test_long_hostile_texts_take_linear_time(unit: str) -> None:
    def seconds(n: int) -> float:
        folded = fold(unit * n)
        start = time.process_time()
        find(folded)
        return time.process_time() - start

    few = 60_000 // len(unit)
    fair = 4 * max(seconds(few), 0.05)
    assert any(seconds(4 * few) < 4 * fair for _ in range(4))


def test_fields_follow_each_other_without_overlap() -> None:
    fields = split(fold(EXTRACT))
    kinds = "processo partes objeto valor vigencia data signatarios assina assina"
    assert [f.kind for f in fields] == kinds.split()
    assert all(a.end <= b.head for a, b in pairwise(fields))
