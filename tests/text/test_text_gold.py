"""The measuring of text readings: what counts as right, how spans move, what the figures mean."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cidadao_models.models.evaluation.text_gold import (
    Act,
    annotated_labels,
    compare,
    count_exact,
    gold_label,
    measure,
    measure_legal,
    read_acts,
    read_legal_sentences,
    support,
    value_of,
)
from cidadao_models.models.evaluation.text_variants import scanned, upper_case, without_accents
from cidadao_models.models.text_analysis.act_type import act_type
from cidadao_models.models.text_analysis.entities import ACT_LABELS, LEGAL_LABELS, Entity
from cidadao_models.models.text_analysis.folding import fold
from cidadao_models.models.text_analysis.patterns import find

TEXT = "EXTRATO DO CONTRATO Nº 7/2020. Objeto: compra de pão. Valor: R$ 1.250,00. Valor: R$ 10,00"


def marked(text: str, *facts: tuple[str, str]) -> tuple[tuple[int, int, str], ...]:
    return tuple((text.index(w), text.index(w) + len(w), label) for label, w in facts)


ACT = Act(
    "a",
    "extrato_contrato",
    TEXT,
    marked(TEXT, ("numero", "7/2020"), ("valor", "1.250,00"), ("objeto", "compra de pão")),
)
NOTICE = Act("b", "aviso_licitacao", "AVISO Nº 9/2021", ((9, 15, "numero"),))


def entity(text: str, label: str, words: str) -> Entity:
    start = text.index(words)
    return Entity(label, words, start, start + len(words), 0.9)


def gold_facts(act: Act) -> list[Entity]:
    return [Entity(label, act.text[s:e], s, e, 1.0) for s, e, label in act.spans]


def test_the_gold_itself_scores_one() -> None:
    figures = compare([ACT, NOTICE], [(act.act_type, gold_facts(act)) for act in (ACT, NOTICE)])
    for table in (figures.values, figures.characters, figures.tokens, figures.exact):
        assert table and all(s.precision == s.recall == s.f1 == 1.0 for s in table.values())
    assert figures.act_type["macro"].f1 == 1.0
    assert figures.values["numero"].support == 2


def test_nothing_found_scores_zero() -> None:
    figures = measure([ACT, NOTICE], lambda _: ("outro", []))
    assert all(s.f1 == s.recall == s.precision == 0.0 for s in figures.values.values())
    assert figures.act_type["macro"].f1 == 0.0


def test_right_extra_and_missed_are_told_apart() -> None:
    found = [entity(TEXT, "valor", "R$ 1.250,00"), entity(TEXT, "valor", "R$ 10,00")]
    score = compare([ACT], [("extrato_contrato", found)]).values["valor"]
    assert (score.precision, score.recall) == (0.5, 1.0)
    assert score.f1 == pytest.approx(2 / 3)


def test_a_label_that_the_kind_never_annotates_does_not_count() -> None:
    found = [entity(NOTICE.text, "valor", "9/2021"), entity(NOTICE.text, "numero", "9/2021")]
    answers = [("extrato_contrato", gold_facts(ACT)), ("aviso_licitacao", found)]
    figures = compare([ACT, NOTICE], answers)
    assert figures.values["valor"].precision == 1.0
    assert annotated_labels([ACT, NOTICE])["aviso_licitacao"] == {"numero"}


def test_extent_counts_shared_characters_and_words() -> None:
    figures = compare([ACT], [("extrato_contrato", [entity(TEXT, "objeto", "compra de")])])
    assert figures.characters["objeto"].precision == 1.0
    assert figures.characters["objeto"].recall == pytest.approx(8 / 11)
    assert figures.tokens["objeto"].recall == pytest.approx(2 / 3)
    assert figures.exact["objeto"].f1 == 0.0


def test_exact_forgives_only_what_stands_around() -> None:
    text = 'Valor: "R$ 10,00."'
    gold = [(text.index("10"), text.index("10") + 5, "valor")]
    same = [(text.index('"'), len(text), "valor")]
    assert count_exact(text, gold, [(text.index("R"), text.index("."), "valor")]) == (1, 0, 0)
    assert count_exact(text, gold, [(0, len(text), "valor")]) == (0, 1, 1)
    assert count_exact(text, gold, same) == (0, 1, 1)


def test_exact_compares_only_the_ordinal_of_an_addendum() -> None:
    text = "SEGUNDO TERMO ADITIVO ao contrato"
    gold = [(0, text.index(" ao"), "numero_aditivo")]
    assert count_exact(text, gold, [(0, len("SEGUNDO"), "numero_aditivo")]) == (1, 0, 0)
    assert count_exact(text, gold, [(0, len("SEG"), "numero_aditivo")]) == (0, 1, 1)


def test_interval_holds_the_score_and_narrows_with_more_acts() -> None:
    def half_right(n: int) -> Any:
        acts = [Act(str(i), "aviso_licitacao", NOTICE.text, NOTICE.spans) for i in range(n)]
        right = [entity(NOTICE.text, "numero", "9/2021")]
        return compare(acts, [("aviso_licitacao", right if i % 2 else []) for i in range(n)])

    few, many = half_right(20).values["numero"], half_right(400).values["numero"]
    assert few.low <= few.f1 <= few.high and many.low <= many.f1 <= many.high
    assert many.high - many.low < few.high - few.low
    assert half_right(20).values["numero"] == few


VALUES = [
    ("valor", "R$ 1.234,56", 1234.56), ("valor", "1,234.56", 1234.56), ("valor", "612.35", 612.35),
    ("valor", "R$ 314.159.20", 314159.2), ("valor", "73.200", 73200.0), ("valor", "sigiloso", None),
    ("valor", "R$ 2,5 milhões", 2500000.0), ("valor", "71506,8", 71506.8),
    ("data", "12 de MARÇO de 2019", "2019-03-12"), ("data", "1º/3/19", "2019-03-01"),
    ("data", "primeiro de abril de dois mil e vinte e um", "2021-04-01"),
    ("data", "2020-02-29", "2020-02-29"), ("data", "30/02/2020", None), ("data", "amanhã", None),
    ("modalidade", "PREGÃO\nELETRÔNICO", "pregao eletronico"),
    ("modalidade", "PE", "pregao eletronico"),
    ("modalidade", "Concorrência Pública", "concorrencia"), ("modalidade", "ordinário", None),
    ("numero_aditivo", "2º TERMO ADITIVO", 2), ("numero_aditivo", "Vigésima Terceira", 23),
    ("numero_aditivo", "IX", 9), ("numero_aditivo", "TERMO ADITIVO", None),
    ("processo", "00777- 00004321/2019-33", "00777000043212019" + "33"), ("processo", "--", None),
    ("numero", "12/2024-SES", "122024SES"), ("cnpj", "12.abc.345/01de-35", "12ABC34501DE35"),
]  # fmt: skip


@pytest.mark.parametrize(("label", "words", "value"), VALUES)
def test_value_of_words(label: str, words: str, value: object) -> None:
    assert value_of(label, words) == value


@given(st.sampled_from(ACT_LABELS), st.text(max_size=40))
def test_value_of_anything_is_survived(label: str, words: str) -> None:
    value_of(label, words)


def test_labels_of_the_annotation() -> None:
    assert gold_label("numero_convenio") == "numero"
    assert gold_label("cnpj_entidade_contratada") == "cnpj"
    assert gold_label("objeto_aditamento_contratual") == "objeto"
    assert gold_label("nome_responsavel") is None


def test_file_of_acts(tmp_path: Path) -> None:
    spans = [[20, 26, "numero_contrato", "7/2020"], [0, 7, "nome_responsavel", "EXTRATO"]]
    row = {"id": "x", "act_type": "extrato_contrato", "text": TEXT, "spans": spans}
    path = tmp_path / "acts.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(row).encode()))
    assert read_acts(path) == [Act("x", "extrato_contrato", TEXT, ((20, 26, "numero"),))]


@pytest.mark.parametrize("change", [without_accents, upper_case])
def test_same_length_variants_keep_spans(change: Callable[[Act], Act]) -> None:
    changed = change(ACT)
    assert changed.spans == ACT.spans
    assert len(changed.text) == len(ACT.text)
    assert fold(changed.text).text == fold(ACT.text).text


@given(st.text(max_size=200), st.integers(0, 5))
def test_spans_move_with_their_words(text: str, seed: int) -> None:
    act = Act("a", "outro", f"{text}|77/2020|{text}", ((len(text) + 1, len(text) + 8, "numero"),))
    noisy = scanned(act, seed=seed, rate=0.3)
    start, end, _ = noisy.spans[0]
    assert value_of("numero", noisy.text[start:end]) == value_of("numero", "77/2020")


def test_noise_is_seeded_and_grows() -> None:
    long = Act("a", "outro", TEXT * 20, ())
    assert scanned(long, seed=1) == scanned(long, seed=1) != scanned(long, seed=2)
    assert scanned(long, rate=0.0).text == long.text

    def kept(rate: float) -> int:
        return sum(word in scanned(long, rate=rate).text.split() for word in set(TEXT.split()))

    assert kept(0.5) < kept(0.02)


LEGAL = {
    "tokens": ["Lei", "8.666", "de", "1993", "Ana", "Luz", "Rui"],
    "ner_tags": ["B-LEGISLACAO", "I-LEGISLACAO", "O", "O", "B-PESSOA", "I-PESSOA", "B-PESSOA"],
}


def test_legal_sentences(tmp_path: Path) -> None:
    path = tmp_path / "dev.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(LEGAL).encode()))
    sentences = read_legal_sentences(path)
    [sentence] = sentences
    told = [(sentence.text[s:e], label) for s, e, label in sentence.spans]
    assert told == [("Lei 8.666", "LEGISLACAO"), ("Ana Luz", "PESSOA"), ("Rui", "PESSOA")]
    scores = measure_legal(sentences, lambda text: [entity(text, "PESSOA", "Ana Luz")])
    assert (scores["PESSOA"].precision, scores["PESSOA"].recall) == (1.0, 0.5)
    assert scores["micro"].recall == pytest.approx(1 / 3)


TARGETS = {
    "processo": 0.95, "numero": 0.86, "valor": 0.92, "data": 0.92, "modalidade": 0.94,
    "dotacao": 0.82,
}  # fmt: skip
"""Least F1 of each label's values over annotated acts."""

CNPJ_RECALL = 0.96
"""Only part of the CNPJs is annotated, so their precision says nothing."""

ACT_TYPE_F1 = 0.96
LOSS = 0.04
"""Most F1 that capitals or missing accents may cost."""


@pytest.fixture(scope="module")
def acts(shared_data: Path) -> list[Act]:
    return read_acts(shared_data / "text/evaluate_only/dodf_licita_contratos/train.jsonl.gz")


def by_patterns(text: str) -> tuple[str, list[Entity]]:
    folded = fold(text)
    return act_type(folded)[0], find(folded)


def test_patterns_on_annotated_acts(acts: list[Act]) -> None:
    figures = measure(acts, by_patterns)
    assert {n: s.f1 for n, s in figures.values.items() if s.f1 < TARGETS.get(n, 0)} == {}
    assert figures.values["cnpj"].recall >= CNPJ_RECALL
    assert figures.act_type["macro"].f1 >= ACT_TYPE_F1


@pytest.mark.parametrize("change", [upper_case, without_accents])
def test_writing_costs_little(acts: list[Act], change: Callable[[Act], Act]) -> None:
    some = acts[::4]
    plain = measure(some, by_patterns).values
    other = measure([change(act) for act in some], by_patterns).values
    assert {n for n in plain if plain[n].f1 - other[n].f1 > LOSS} == set()


def test_legal_file(shared_data: Path) -> None:
    sentences = read_legal_sentences(shared_data / "text/train/lener_br/dev.jsonl.gz")
    assert set(support(sentences)) == set(LEGAL_LABELS)
    assert all(s.text[a:b].strip() == s.text[a:b] for s in sentences for a, b, _ in s.spans)
