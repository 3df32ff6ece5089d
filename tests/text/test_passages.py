"""Sentences, negations and quoted law."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cidadao_models.models.text_analysis import passages
from cidadao_models.models.text_analysis.folding import fold


def cut(text: str) -> list[str]:
    folded = fold(text)
    return [folded.text[p.start : p.end].strip() for p in passages.sentences(folded)]


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("Nos termos do art. 65, inc. II, da Lei n. 8.666. O valor é fixo.", 2),
        ("Valor: R$ 1.000,00. Prazo: um mês.", 2),
        ("1. Do objeto", 1),
        ("A empresa S. A. Silva fornece pneus.", 1),
        ("CLÁUSULA PRIMEIRA\nObjeto\nCLÁUSULA SEGUNDA\nPreço", 2),
        ("Primeiro parágrafo sem ponto\n\nSegundo", 2),
        ("quebra de\nlinha no meio\nda frase", 1),
        ("conforme o\nart. 24 da lei", 1),
        ("", 0),
    ],
)
def test_sentences(text: str, n: int) -> None:
    assert len(cut(text)) == n


def test_sentences_cover_the_text() -> None:
    text = "Um. Dois; três?\n\nQuatro! cinco"
    assert " ".join(cut(text)) == fold(text).text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("não haverá X", True),
        ("é vedado o X", True),
        ("X não será admitido", True),
        ("X é vedado", True),
        ("sem X", True),
        ("haverá X", False),
        ("não é vedado o X", False),
        ("nada impede o X", False),
        ("sem prejuízo de X", False),
        ("não apenas X", False),
        ("não há reajuste, e será feito X", False),
        ("é vedado o reajuste, mas admite-se X", False),
        ("X, não se exigindo garantia", False),
    ],
)
def test_denied(text: str, expected: bool) -> None:
    view = fold(text).text
    at = (
        view.index("x", view.index("x") + 1)
        if "exig" in view and view[0] != "x"
        else view.index("x")
    )
    sentence = passages.sentences(fold(text))[0]
    assert passages.denied(view, sentence, at, at + 1) == expected


def test_articles_and_what_hangs_below_them_are_law() -> None:
    folded = fold("Art. 145. Texto.\n§ 1º Outro.\nI - item;\nCLÁUSULA PRIMEIRA\n§ 1º Do contrato.")
    found = passages.sentences(folded)
    law = passages.of_law(folded.text, found)
    starts = [folded.text[p.start : p.end].strip() for p in found if p.start in law]
    assert len(starts) == 3 and not any("contrato" in one for one in starts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('Diz o art. 3º da lei: "o X é livre".', True),
        ('A empresa "Casa X" venceu.', False),
        ("Sem aspas, art. 3º, o X é livre.", False),
        ('Aspas abertas no art. 3º: "o X é livre', False),
    ],
)
def test_quoted(text: str, expected: bool) -> None:
    view = fold(text).text
    assert passages.quoted(view, view.index("x")) == expected


WRAPPED = """CLÁUSULA QUARTA – DAS MEDIÇÕES
4.1 O engenheiro levantará os serviços prontos no fim do
mês, lavrando o boletim.
4.2 A fatura paga-se em trinta
dias.

Testemunhas
CLÁUSULA QUINTA – DO FORO
O da capital"""


def test_lines_broken_within_a_sentence_make_one_paragraph() -> None:
    folded = fold(WRAPPED)
    found = [folded.text[p.start : p.end].strip() for p in passages.paragraphs(folded)]
    assert found == [
        "clausula quarta - das medicoes",
        "4.1 o engenheiro levantara os servicos prontos no fim do mes, lavrando o boletim.",
        "4.2 a fatura paga-se em trinta dias.",
        "testemunhas",
        "clausula quinta - do foro",
        "o da capital",
    ]


@given(st.text(alphabet="aB1.;\n -", max_size=200))
def test_paragraphs_are_the_lines_in_their_order(text: str) -> None:
    folded = fold(text)
    joined = [p for one in passages.paragraphs(folded) for p in (one.start, one.end)]
    assert joined == sorted(joined)
    covered = "".join(folded.text[p.start : p.end] for p in passages.paragraphs(folded))
    assert covered.split() == folded.text.split() or "".join(covered.split()) == "".join(
        folded.text.split()
    )


def test_no_paragraph_grows_without_end() -> None:
    folded = fold("palavras que não acabam\n" * 2_000)
    longest = max(p.end - p.start for p in passages.paragraphs(folded))
    assert longest < passages.LONGEST_PARAGRAPH + 100
