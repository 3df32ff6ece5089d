"""The measure of the checklist: what counts as right, and that no answer can beat the marks."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from cidadao_models.models.evaluation import text_checklist
from cidadao_models.models.evaluation.text_checklist import measure
from cidadao_models.models.text_analysis.checklist import law_of, parts_of
from cidadao_models.models.text_analysis.folding import fold
from cidadao_models.models.text_analysis.report import Item
from cidadao_models.training.text_data import clause_judges
from cidadao_models.training.written_examples import Example

MARKED = (
    "objeto",
    "vigencia",
    "foro",
    "reajuste",
    "medicao",
    "extincao",
    "penalidades",
    "vinculacao",
)


def contract(kinds: Sequence[str] = MARKED) -> Example:
    """A contract under Lei 14.133/2021 with one line of each kind."""
    text, places = "CONTRATO 1/2024. Lei 14.133/2021.\n", []
    for kind in kinds:
        line = f"Cláusula de {kind}.\n"
        places.append((len(text), len(text) + len(line) - 1, (kind,)))
        text += line
    return Example("contrato", text, (), tuple(places), "test")


def told(found: Sequence[str]) -> list[Item]:
    parts = parts_of("contrato", "14.133") or ()
    return [
        Item(part.id, part.title, "found" if part.id in found else "missing", part.basis)
        for part in parts
    ]


def test_what_the_marks_say_is_right() -> None:
    score = measure([contract()] * 3, lambda _: told(MARKED))
    assert (score.precision, score.recall, score.f1) == (1.0, 1.0, 1.0)
    assert score.support == 3 * len(MARKED)


def test_a_part_missed_and_a_part_made_up_both_cost() -> None:
    missed = measure([contract()], lambda _: told(MARKED[1:]))
    made_up = measure([contract()], lambda _: told([*MARKED, "matriz_risco"]))
    assert missed.precision == 1.0 and missed.recall == pytest.approx(7 / 8)
    assert made_up.recall == 1.0 and made_up.precision == pytest.approx(8 / 9)


def test_no_answer_and_another_list_find_nothing() -> None:
    assert measure([contract()], lambda _: []).recall == 0.0
    other = parts_of("extrato_contrato", "14.133") or ()
    items = [Item(f"{part.id}_x", part.title, "found", part.basis) for part in other]
    assert measure([contract()], lambda _: items).recall == 0.0


def test_only_whole_contracts_are_measured() -> None:
    assert contract().is_whole and not contract(MARKED[:3]).is_whole
    held_out = clause_judges()
    assert held_out
    for example in held_out:
        assert example.is_whole
        assert parts_of("contrato", law_of(fold(example.text)))


def test_the_product_finds_most_parts_even_without_the_encoder() -> None:
    contracts = clause_judges()
    off = measure(contracts, text_checklist.without_encoder)
    assert off.recall > 0.5 and off.precision > 0.8
