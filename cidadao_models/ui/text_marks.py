"""Where a text is marked, and the text cut at every border of a mark, overlaps included.

Writes no HTML.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from cidadao_models.findings.words import number
from cidadao_models.models.text_analysis import TextReport
from cidadao_models.models.text_analysis.entities import Entity
from cidadao_models.models.text_analysis.report import Item, Signal
from cidadao_models.ui import texts_text as texts

Kind = Literal["fact", "item", "signal"]

MAX_MARKS = 2_000
"""Marks on screen; a text of 400 pages has about as many."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of the text, why it is marked, and the id of the signal or part it belongs to."""

    start: int
    end: int
    kind: Kind
    why: str
    id: str = ""
    severity: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch under the same marks (indices); `starts` are those that begin with it."""

    start: int
    end: int
    marks: tuple[int, ...]
    starts: tuple[int, ...]


def marks_of(report: TextReport) -> list[Mark]:
    """Signals, required parts found and facts, in this order of importance; only real stretches."""
    found = [
        _of_signal(index, signal)
        for index, signal in enumerate(report.signals)
        if signal.start is not None and signal.end is not None
    ]
    found += [_of_item(i) for i in report.checklist if i.status == "found" and i.end is not None]
    found += [_of_fact(entity) for entity in report.entities]
    size = len(report.text)
    real = [mark for mark in found if 0 <= mark.start < mark.end <= size]
    return sorted(real[:MAX_MARKS], key=lambda mark: (mark.start, -mark.end))


def _of_signal(index: int, signal: Signal) -> Mark:
    why = texts.WHY_SIGNAL.format(title=signal.title, explanation=signal.explanation)
    start, end = signal.start or 0, signal.end or 0
    return Mark(start, end, "signal", why, f"sinal-{index}", signal.severity)


def _of_item(item: Item) -> Mark:
    why = texts.WHY_ITEM.format(title=item.title)
    return Mark(item.start or 0, item.end or 0, "item", why, f"parte-{item.id}")


def _of_fact(entity: Entity) -> Mark:
    label = label_of(entity.label)
    if entity.source == "modelo":
        why = texts.WHY_FACT_MODEL.format(label=label, score=number(entity.score, 2))
    else:
        why = texts.WHY_FACT.format(label=label)
    return Mark(entity.start, entity.end, "fact", why)


def label_of(name: str) -> str:
    """`valor` -> `Valor`."""
    word = texts.LABELS.get(name, name.replace("_", " "))
    return word[:1].upper() + word[1:]


def pieces(marks: Sequence[Mark], size: int) -> Iterator[Piece]:
    """The text from 0 to `size`, whole and in order, cut wherever a mark begins or ends."""
    begin: dict[int, list[int]] = {}
    finish: dict[int, list[int]] = {}
    for index, mark in enumerate(marks):
        if mark.start < size:
            begin.setdefault(mark.start, []).append(index)
            finish.setdefault(min(mark.end, size), []).append(index)
    borders = sorted({0, size, *begin, *finish})
    open_: list[int] = []
    for start, end in pairwise(borders):
        open_ = [index for index in open_ if index not in finish.get(start, ())]
        open_ += begin.get(start, ())
        yield Piece(start, end, tuple(open_), tuple(begin.get(start, ())))
