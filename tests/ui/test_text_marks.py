"""Marks on a text: the pieces rebuild it, overlaps keep every reason, hostile text stays text."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from text_reports import filled

from cidadao_models import records
from cidadao_models.models.text_analysis import TextAnalyzer
from cidadao_models.models.text_analysis.entities import Entity
from cidadao_models.ui import text_render, text_words
from cidadao_models.ui.files import EXAMPLES_FOLDER
from cidadao_models.ui.text_marks import Mark, marks_of, pieces
from cidadao_models.ui.text_work import Looked
from cidadao_models.ui.texts_text import EXAMPLES

CONTRACT = (EXAMPLES_FOLDER / EXAMPLES[0][0]).read_text("utf-8").strip()


class Reader(HTMLParser):
    """Text inside `.act-text`, the marks around it, and every tag."""

    def __init__(self) -> None:
        super().__init__()
        self.text, self.tags, self.marks = "", set[str](), list[dict[str, str | None]]()
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        given_ = dict(attrs)
        if self.depth and tag == "mark":
            self.marks.append(given_)
        if self.depth or given_.get("class") == "act-text":
            self.depth += 1

    def handle_endtag(self, tag: str) -> None:
        self.depth = max(0, self.depth - 1)

    def handle_data(self, data: str) -> None:
        if self.depth:
            self.text += data


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html.encode().decode())  # a plain str: Markup would escape again
    return reader


spans = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 20)), max_size=12)


@given(spans, st.integers(0, 60))
def test_pieces_cover_the_text_once_and_keep_every_mark(
    given_: list[tuple[int, int]], size: int
) -> None:
    marks = [Mark(start, start + length, "fact", "x") for start, length in given_]
    found = list(pieces(marks, size))
    assert [piece.start for piece in found[1:]] == [piece.end for piece in found[:-1]]
    if size:
        assert (found[0].start, found[-1].end) == (0, size)
    for piece in found:
        for place in range(piece.start, piece.end):
            over = {i for i, mark in enumerate(marks) if mark.start <= place < mark.end}
            assert over == set(piece.marks)
    begun = sorted(index for piece in found for index in piece.starts)
    assert begun == [i for i, mark in enumerate(marks) if mark.start < size]


@given(st.text(min_size=1, max_size=60), spans)
def test_any_text_is_shown_as_text(text: str, given_: list[tuple[int, int]]) -> None:
    letters = "contrato de obra municipal " + text.replace("\r", "")
    entities = tuple(
        Entity("valor", letters[start : start + length], start, start + length, 1.0)
        for start, length in given_
    )
    report = filled(letters, entities=entities)
    reader = read(text_render.marked(report))
    assert reader.text == text_render.shown(letters)
    assert reader.tags <= {"ul", "li", "mark", "div", "p"}


def test_what_stands_nowhere_is_not_marked() -> None:
    wrong = [(-3, 4), (5, 5), (9, 2), (0, 10_000)]
    entities = tuple(Entity("valor", "x", start, end, 1.0) for start, end in wrong)
    assert marks_of(filled("um texto sem marca nenhuma aqui", entities=entities)) == []


def test_each_mark_can_be_reached_and_is_described() -> None:
    report = filled(CONTRACT)
    reader = read(text_render.marked(report))
    assert reader.text == CONTRACT
    reached = [mark for mark in reader.marks if "tabindex" in mark]
    described = {id_ for mark in reached for id_ in str(mark["aria-describedby"]).split()}
    assert described == {f"contract-why-{i}" for i in range(len(marks_of(report)))}


def test_nothing_of_the_text_becomes_markup_anywhere() -> None:
    attack = "<img src=x onerror=alert(1)>'\"&"
    text = f"CONTRATO Nº 1/2024 {attack} no valor de R$ 10,00"
    base = filled(CONTRACT)
    entities = (Entity("orgao", attack, 19, 19 + len(attack), 0.5, "modelo"),)
    signal = replace(
        base.signals[0], title=attack, explanation=attack, innocent=attack, next_step=attack,
        start=19, end=40,
    )  # fmt: skip
    item = replace(base.checklist[0], title=attack, status="found", start=1, end=4)
    report = replace(
        base, text=text, entities=entities, signals=(signal,), checklist=(item,),
        explanation=attack, backend=attack, act_type=attack,
    )  # fmt: skip
    looked = Looked(report, name=attack)
    for html in (
        text_render.verdict(looked), text_render.done(looked), text_render.signals(report),
        text_render.checklist(report), text_render.facts(report), text_render.ask(report),
        text_render.marked(report),
    ):  # fmt: skip
        assert "<img" not in html and "img" not in read(html).tags


def test_facts_are_told_once_in_the_order_of_the_contract() -> None:
    rows = text_words.facts(filled(f"{CONTRACT}\n{CONTRACT}"))
    assert len(rows) == len({(label, words.casefold()) for label, words in rows})
    labels = [label for label, _ in rows]
    assert labels.index("numero") < labels.index("orgao") < labels.index("valor")


def test_the_sentence_says_what_between_whom_how_much_and_how_long() -> None:
    assert text_words.verdict(filled(CONTRACT)) == (
        "Contrato nº 37/2024, entre SECRETARIA MUNICIPAL DE SAÚDE e VALE VERDE EQUIPAMENTOS "
        "HOSPITALARES LTDA, no valor de R$ 187.200,00; vigência: 12 (doze) meses, a contar da "
        "assinatura."
    )
    addendum = (EXAMPLES_FOLDER / "texto_aditivo.txt").read_text("utf-8")
    said = text_words.verdict(filled(addendum))
    assert said.startswith("Termo aditivo (terceiro) do contrato nº 58/2022, entre ")
    assert said.endswith("valores citados: R$ 480.000,00, R$ 168.000,00 e R$ 648.000,00.")


def test_examples_have_valid_documents_and_no_two_alike() -> None:
    texts = [(EXAMPLES_FOLDER / name).read_text("utf-8") for name, _ in EXAMPLES]
    assert len({text[:200] for text in texts}) == len(texts) >= 5
    written = re.compile(r"\d\d\.\d{3}\.\d{3}/\d{4}-\d\d")
    found = [cnpj for text in texts for cnpj in written.findall(text)]
    assert len(found) >= 8
    assert records.classify_documents(found)["valid"].all()


def test_an_empty_answer_is_still_a_page() -> None:
    report = filled(
        "um texto sem nada que se reconheça", entities=(), signals=(), citations=(),
        act_type="tipo novo", backend="padroes",
    )  # fmt: skip
    looked = Looked(report)
    assert "só por padrões" in text_render.verdict(looked)
    assert "Nenhum sinal" in text_render.signals(report)
    assert "não há lista" in text_render.checklist(report)
    assert "Não achamos número" in text_render.facts(report)
    assert text_words.lai_request(report).startswith("Com base na Lei 12.527/2011")


@pytest.mark.parametrize(
    ("term", "told"),
    [
        ("A vigência do presente contrato será de 12 meses", "; vigência: 12 meses."),
        ("O prazo de vigência é de 90 dias.", "; vigência: 90 dias."),
        (
            "12 meses, sendo a vigência de um ano",
            "; vigência: 12 meses, sendo a vigência de um ano.",
        ),
        ("A vigência será de " + "muitos dias e " * 30, "…"),
    ],
)
def test_the_sentence_does_not_say_vigencia_twice(term: str, told: str) -> None:
    entity = Entity("vigencia", term, 0, len(term), 0.9)
    report = replace(filled(CONTRACT), entities=[entity])
    assert text_words.verdict(report).endswith(told)
    assert not text_words.verdict(report).endswith("….")


def test_the_object_is_told_without_the_words_of_its_clause() -> None:
    words = "O presente contrato tem por objeto o fornecimento de camas."
    report = replace(filled(CONTRACT), entities=[Entity("objeto", words, 0, len(words), 0.9)])
    assert text_words.object_line(report) == "Objeto: fornecimento de camas."


EXCERPT = (
    "12.1. O atraso sujeita a contratada a multa de 0,5% por dia, até o limite de 10%.\n"
    "13.1. O contrato pode ser rescindido nos casos do art. 137 da Lei nº 14.133/2021.\n"
    "14.1. Não será admitida a subcontratação do objeto."
)


def test_some_clauses_of_a_contract_are_not_reproached_with_what_the_whole_would_have() -> None:
    report = TextAnalyzer().analyze(EXCERPT)
    assert report.act_type == "contrato" and text_words.is_excerpt(report)
    html = text_render.checklist(report)
    assert "Não está neste trecho" in html and "<h4>Falta" not in html
    assert html.index("<h4>Tem") < html.index("Não está neste trecho")
    assert text_words.verdict(report).startswith("Trecho de um contrato")
    assert any("íntegra" in step for step in text_words.steps(report))
    assert not text_words.is_excerpt(TextAnalyzer().analyze(CONTRACT))
