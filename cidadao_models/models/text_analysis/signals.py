"""Finds in a text the wordings that deserve a question, each with its norm and innocent reading.

Works on what the text says; checks that need the facts as a record are in `legal_checks`.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from cidadao_models.findings import severity, words
from cidadao_models.flags._strength import CONTEXT, strength
from cidadao_models.models.text_analysis import passages, signal_numbers
from cidadao_models.models.text_analysis.clauses import ClauseHit
from cidadao_models.models.text_analysis.entities import Entity
from cidadao_models.models.text_analysis.folding import Folded
from cidadao_models.models.text_analysis.measures import Measure
from cidadao_models.models.text_analysis.passages import Passage
from cidadao_models.models.text_analysis.report import Signal
from cidadao_models.records import mask_cpf

STRONGER_STEP = 0.5
"""Steps of weight that each aggravating wording adds (see `_strength.strength`)."""

NEAR = 400
"""Characters around a match in which an innocent wording excuses it."""

MAX_PLACES = 5
"""Places told of one kind of signal: more would say the same again."""

SHOWN = 200
"""Characters of the text that an explanation quotes at most."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of signal: its sentences for the reader and the wordings that raise or excuse it."""

    id: str
    title: str
    explain: str
    basis: str
    innocent: str
    next_step: str
    words: re.Pattern[str] | None = None
    unless: re.Pattern[str] | None = None
    unless_near: re.Pattern[str] | None = None
    context: re.Pattern[str] | None = None
    stronger: tuple[re.Pattern[str], ...] = ()
    steps: float = 0.0
    context_only: bool = False
    asked: bool = False
    measured: bool = False
    only: frozenset[str] = frozenset()

    def applies(self, act_type: str) -> bool:
        """Whether the kind says anything in this kind of act."""
        return not self.only or act_type in self.only

    def weight(self, sentence: str) -> float:
        """Strength of the wording in its sentence; context stays at or below `CONTEXT`."""
        more = sum(pattern.search(sentence) is not None for pattern in self.stronger)
        if self.context_only or (self.context is not None and self.context.search(sentence)):
            return CONTEXT * (1 - 0.5 ** (2 + more))
        return float(strength(self.steps + STRONGER_STEP * more))


@lru_cache(maxsize=1)
def kinds() -> dict[str, Kind]:
    """Every kind of signal by id, in the order of the file."""
    text = Path(__file__).with_name("signals.toml").read_text("utf-8")
    return {id: _kind(id, entry) for id, entry in tomllib.loads(text).items()}


def _kind(id: str, entry: dict[str, Any]) -> Kind:
    unknown = set(entry) - {field.name for field in fields(Kind)}
    if unknown:
        raise ValueError(f"signals.toml: {id} has unknown keys {sorted(unknown)}")
    made = Kind(
        id=id,
        title=entry["title"],
        explain=entry["explain"],
        basis=entry["basis"],
        innocent=entry["innocent"],
        next_step=entry["next_step"],
        words=_any_of(entry.get("words")),
        unless=_any_of(entry.get("unless")),
        unless_near=_any_of(entry.get("unless_near")),
        context=_any_of(entry.get("context")),
        stronger=tuple(map(_pattern, entry.get("stronger", ()))),
        steps=float(entry.get("steps", 0)),
        context_only=entry.get("context_only", False),
        asked=entry.get("asked", False),
        measured=entry.get("measured", False),
        only=frozenset(entry.get("only", ())),
    )
    if made.measured != (id in signal_numbers.CHECKS) or not (made.words or made.measured):
        raise ValueError(f"signals.toml: {id} has neither words nor a check on numbers")
    return made


def _any_of(patterns: Sequence[str] | None) -> re.Pattern[str] | None:
    return _pattern("|".join(patterns)) if patterns else None


def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})")


def find(
    folded: Folded, entities: Sequence[Entity], act_type: str, hits: Sequence[ClauseHit]
) -> list[Signal]:
    """The signals of a text by place; the same words give the same signal once.

    `entities` and `hits` are what else is known of the text; the wordings need neither today.
    """
    cut = passages.sentences(folded)
    law = passages.of_law(folded.text, cut)
    own = [sentence for sentence in cut if sentence.start not in law]
    found: list[Signal] = []
    for kind in kinds().values():
        if kind.applies(act_type):
            places = [*_worded(kind, folded, cut, law), *_measured(kind, folded, own)]
            found += _told(kind, folded, places, cut)
    return sorted(found, key=lambda s: (s.start or 0, s.end or 0, s.id))


def _worded(
    kind: Kind, folded: Folded, cut: list[Passage], law: frozenset[int]
) -> Iterator[Measure]:
    if kind.words is None:
        return
    for at in cut:
        if at.start in law:
            continue
        for match in kind.words.finditer(folded.text, at.start, at.end):
            if not _excused(kind, folded.text, at, match):
                weight = kind.weight(folded.text[at.start : at.end])
                yield Measure(*match.span(), weight, {})


def _excused(kind: Kind, view: str, at: Passage, match: re.Match[str]) -> bool:
    """Whether the text itself says that the words are harmless here."""
    start, end = match.span()
    if kind.unless is not None and kind.unless.search(view, at.start, at.end):
        return True
    near = view[max(0, start - NEAR) : end + NEAR]
    if kind.unless_near is not None and kind.unless_near.search(near):
        return True
    return passages.quoted(view, start) or (
        not kind.asked and passages.denied(view, at, start, end)
    )


def _measured(kind: Kind, folded: Folded, cut: list[Passage]) -> Iterator[Measure]:
    check = signal_numbers.CHECKS.get(kind.id)
    if check is None:
        return
    for sentence in cut:
        for one in check(folded.text, sentence):
            if not passages.quoted(folded.text, one.start):
                yield one


def _told(
    kind: Kind, folded: Folded, places: Sequence[Measure], cut: Sequence[Passage]
) -> list[Signal]:
    """The strongest place of each sentence as a signal."""
    starts = [sentence.start for sentence in cut]
    kept: dict[int, Measure] = {}
    for one in sorted(places, key=lambda m: (-m.weight, m.start)):
        kept.setdefault(bisect_right(starts, one.start), one)
    return [_signal(kind, folded, one) for one in [*kept.values()][:MAX_PLACES]]


def _signal(kind: Kind, folded: Folded, one: Measure) -> Signal:
    start, end = folded.span(one.start, one.end)
    facts = {**one.facts, "trecho": excerpt(folded.original, start, end)}
    return Signal(
        id=kind.id,
        title=kind.title,
        explanation=words.fill(kind.explain, facts),
        legal_basis=kind.basis,
        innocent=kind.innocent,
        next_step=kind.next_step,
        severity=severity(one.weight),
        start=start,
        end=end,
        weight=one.weight,
        facts=facts,
    )


_PARAGRAPH = re.compile(r"(?<=[.;:])[ \t\r]*\n\s*|\n[ \t\r]*\n\s*")
"""Where a paragraph ends and the next one begins."""


def excerpt(text: str, start: int, end: int) -> str:
    """text[start:end] with whole words of its paragraph around it, in one line, a CPF masked."""
    spare = max(0, SHOWN - (end - start)) // 2
    a, b = max(0, start - spare), min(len(text), start + SHOWN, end + spare)
    begins = [m.end() for m in _PARAGRAPH.finditer(text, a, start)]
    ends = _PARAGRAPH.search(text, end, b)
    lead, trail = "…" if a and not begins else "", "…" if b < len(text) and not ends else ""
    a, b = max([a, *begins]), ends.start() if ends else b
    while 0 < a < start and text[a - 1].isalnum():
        a += 1
    while end < b < len(text) and text[b].isalnum() and text[b - 1].isalnum():
        b -= 1
    return f"{lead}{mask_cpf(' '.join(text[a:b].split()))}{trail}"
