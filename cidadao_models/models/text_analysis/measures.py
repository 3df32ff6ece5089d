"""What a check on numbers answers: words of the text, how much they weigh, the facts told.

Checks nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cidadao_models.models.text_analysis import quantities
from cidadao_models.models.text_analysis.passages import Passage


@dataclass(frozen=True, slots=True)
class Measure:
    """Words in view[start:end] that raise a signal of this weight, with the facts told."""

    start: int
    end: int
    weight: float
    facts: Mapping[str, Any] = field(default_factory=dict)


Check = Callable[[str, Passage], Iterator[Measure]]
"""Reads one sentence of the plain view."""


def first_share(view: str, start: int, end: int) -> quantities.Share | None:
    """The first percentage of view[start:end]."""
    return next(quantities.shares(view, start, end), None)
