"""Whether the required parts of a contract are told rightly, on contracts marked clause by clause.

The contracts are those of `training.text_data.clause_judges`. Measures what a reader is
shown, from the text on; the places of the parts are not judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from cidadao_models.models.evaluation.text_gold import RESAMPLES, Score, score
from cidadao_models.models.text_analysis import (
    TextAnalyzer,
    act_type,
    clauses,
    facts,
    fields,
    patterns,
)
from cidadao_models.models.text_analysis.checklist import checklist, law_of, parts_of
from cidadao_models.models.text_analysis.folding import fold
from cidadao_models.models.text_analysis.report import Item
from cidadao_models.training.written_examples import Example

Reader = Callable[[str], Sequence[Item]]


def full(text: str) -> Sequence[Item]:
    """The checklist as the product shows it."""
    return TextAnalyzer().analyze(text).checklist


def without_encoder(text: str) -> Sequence[Item]:
    """The same with the encoder switched off."""
    folded = fold(text)
    entities = facts.joined(text, patterns.find(folded), fields.find(folded), None)
    return checklist(act_type.act_type(folded)[0], folded, entities, clauses.find(folded))


def measure(examples: Sequence[Example], reader: Reader, *, seed: int = 0) -> Score:
    """Precision, recall and F1 of "found" over all parts that a clause can prove; the interval is
    over contracts.
    """
    counts = np.array([_counts(example, reader(example.text)) for example in examples], float)
    draws = np.random.default_rng(seed).multinomial(
        len(examples), np.full(len(examples), 1 / len(examples)), size=RESAMPLES
    )
    return score(counts.reshape(-1, 3), draws)


def _counts(example: Example, items: Iterable[Item]) -> tuple[int, int, int]:
    """Parts rightly found, found and not there, and there and not found."""
    marked = example.kinds
    parts = parts_of("contrato", law_of(fold(example.text))) or ()
    there = {part.id for part in parts if marked.intersection(part.clause)}
    provable = {part.id for part in parts if part.clause}
    found = {item.id for item in items if item.status == "found"} & provable
    return len(found & there), len(found - there), len(there - found)
