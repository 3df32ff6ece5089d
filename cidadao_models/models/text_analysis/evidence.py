"""Adds up what speaks for and against a reading, and makes a fact of it.

Weights are log-odds chosen by reading acts, never fitted; a score is their logistic sum.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp

from cidadao_models.models.text_analysis.entities import Entity
from cidadao_models.models.text_analysis.folding import Folded

BELIEVED = 0.5
"""Scores from here on are told: more speaks for the reading than against it."""


@dataclass(frozen=True, slots=True)
class Clue:
    """`pattern` in the `reach` characters before a candidate (after, with `after`) adds `weight`.

    A pattern for what stands right beside the candidate ends in `$` (begins with `^`).
    """

    weight: float
    pattern: re.Pattern[str]
    reach: int
    after: bool = False


def clue(weight: float, pattern: str, reach: int = 60, *, after: bool = False) -> Clue:
    """A Clue from the text of its pattern."""
    return Clue(weight, re.compile(pattern), reach, after)


def weigh(clues: Iterable[Clue], view: str, start: int, end: int) -> float:
    """Sum of the weights of the clues around view[start:end]."""
    return sum(item.weight for item in clues if _holds(item, view, start, end))


def _holds(item: Clue, view: str, start: int, end: int) -> bool:
    if item.after:
        return item.pattern.search(view[end : end + item.reach]) is not None
    return item.pattern.search(view[max(0, start - item.reach) : start]) is not None


def belief(weight: float) -> float:
    """Log-odds as a score in (0, 1)."""
    return 1 / (1 + exp(-max(-30.0, min(30.0, weight))))


@dataclass(frozen=True, slots=True)
class Candidate:
    """view[start:end] may be the fact; `value` tells mentions of the same thing apart."""

    start: int
    end: int
    weight: float
    value: object


def fact(folded: Folded, label: str, start: int, end: int, weight: float) -> Entity:
    """The fact of view[start:end], in characters of the text as given."""
    first, last = folded.span(start, end)
    return Entity(label, folded.original[first:last], first, last, belief(weight))


def the_one(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The best believed candidate, the first of equals, and every other mention of its value."""
    if not candidates:
        return []
    best = max(candidates, key=lambda c: (c.weight, -c.start))
    if belief(best.weight) < BELIEVED:
        return []
    return [c for c in candidates if c.value == best.value and belief(c.weight) >= BELIEVED]
