"""How the readings of patterns, field names and the encoder become one list of facts."""

from __future__ import annotations

import pytest

from cidadao_models.models.core.text_model.decoding import Span
from cidadao_models.models.text_analysis import facts
from cidadao_models.models.text_analysis.entities import Entity
from cidadao_models.models.text_analysis.folding import fold


def span(text: str, label: str, words: str, score: float = 0.9) -> Span:
    start = text.index(words)
    return Span(label, start, start + len(words), score)


def entity(text: str, label: str, words: str, score: float = 0.9) -> Entity:
    start = text.index(words)
    return Entity(label, words, start, start + len(words), score)


TEXT = "Processo: 0412-003871/2024. Objeto: compra de camas. A Lei nº 14.133/2021 rege."


def words_of(found: list[Entity]) -> list[tuple[str, str]]:
    return [(one.label, one.text) for one in found]


def test_the_code_of_an_act_is_no_case_in_court() -> None:
    codes = [entity(TEXT, "processo", "0412-003871/2024")]
    spans = [
        span(TEXT, "JURISPRUDENCIA", "0412-003871/2024"),
        span(TEXT, "LEGISLACAO", "Lei nº 14.133/2021"),
    ]
    assert words_of(facts.legal(TEXT, spans, codes, "contrato")) == [
        ("LEGISLACAO", "Lei nº 14.133/2021")
    ]
    assert len(facts.legal(TEXT, spans, codes, "outro")) == 2


@pytest.mark.parametrize(
    ("label", "read", "kept"),
    [
        ("objeto", "obra da ponte, com valor estimado", "obra da ponte"),
        ("objeto", "obra da ponte no valor", "obra da ponte"),
        ("objeto", "avaliação do valor de imóveis", "avaliação do valor de imóveis"),
        ("PESSOA", "Ana Lima Prado\nPregoeira", "Ana Lima Prado"),
        ("PESSOA", "Ana Lima\n  Secretária de Obras", "Ana Lima"),
        ("PESSOA", "Ana Lima\nPrado", "Ana Lima\nPrado"),
        ("orgao", "Prefeitura\nPresidente", "Prefeitura\nPresidente"),
    ],
)
def test_an_extent_ends_with_its_own_words(label: str, read: str, kept: str) -> None:
    text = f"Antes. {read} de R$ 10,00"
    found = facts.joined(text, [], [], [span(text, label, read)])
    found += facts.legal(text, [span(text, label, read)], [], "outro")
    assert kept in {one.text for one in found}


def test_a_plain_field_is_believed_before_the_encoder_and_the_encoder_before_a_vague_one() -> None:
    worded = [span(TEXT, "objeto", "camas")]
    plain = [entity(TEXT, "objeto", "compra de camas", 0.83)]
    vague = [entity(TEXT, "objeto", "compra de camas", 0.5)]
    assert words_of(facts.joined(TEXT, [], plain, worded)) == [("objeto", "compra de camas")]
    assert words_of(facts.joined(TEXT, [], vague, worded)) == [("objeto", "camas")]
    assert words_of(facts.joined(TEXT, [], vague, None)) == [("objeto", "compra de camas")]


@pytest.mark.parametrize(
    ("text", "view"),
    [
        ("contra-\ntação", "contratacao"),
        ("36/2015-\nProcesso", "36/2015- processo"),
        ("bem-\n vindo", "bemvindo"),
    ],
)
def test_only_a_word_is_joined_over_a_hyphen_at_its_line_end(text: str, view: str) -> None:
    assert fold(text).text == view
