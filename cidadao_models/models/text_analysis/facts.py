"""Joins what patterns, field names and the encoder read into one list of facts.

Numbers, amounts, dates and codes are believed from patterns first, since check digits and field
names settle them; names, objects and terms from the encoder first. Reads no text itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cidadao_models.models.core.text_model.decoding import Span
from cidadao_models.models.text_analysis.clauses import ClauseHit
from cidadao_models.models.text_analysis.entities import Entity, in_order

EXTENTS = ("orgao", "contratado", "objeto", "vigencia")
"""Facts that are a stretch of words, with no form a pattern could check."""

SURE = 0.5
"""Least mean probability of the encoder's labels for a stretch of words."""

SURE_CLAUSE = 0.8
"""Least probability of a clause: one told wrongly would hide that it is missing."""

CLEAR = 0.6
"""Share of the belief from which the rules' act type stands alone."""


def joined(
    text: str, patterns: Iterable[Entity], fields: Iterable[Entity], spans: Sequence[Span] | None
) -> list[Entity]:
    """All facts by place. `spans` are the encoder's, None when it isn't there."""
    coded = [entity for entity in patterns if entity.label not in EXTENTS]
    if spans is None:
        return in_order([*coded, *fields])
    read = [_entity(text, span) for span in spans if span.score >= SURE]
    worded = [entity for entity in read if entity.label in EXTENTS]
    found = {entity.label for entity in worded}
    missing = [entity for entity in fields if entity.label not in found]
    known = {entity.label for entity in coded}
    added = [e for e in read if e.label not in EXTENTS and e.label not in known]
    return in_order([*coded, *worded, *missing, *added])


def kind_of(rules: Mapping[str, float], read: Mapping[str, float] | None) -> tuple[str, float]:
    """The likeliest act type and its share of the belief.

    The encoder is heard only where the evidence that can be looked up leaves a doubt.
    """
    best = max(rules, key=rules.__getitem__)
    if read is None or rules[best] >= CLEAR:
        return best, rules[best]
    both = {name: (share + read.get(name, 0.0)) / 2 for name, share in rules.items()}
    best = max(both, key=both.__getitem__)
    return best, both[best]


def legal(text: str, spans: Iterable[Span]) -> list[Entity]:
    """The encoder's entities of legal text."""
    return [_entity(text, span) for span in spans if span.score >= SURE]


def clause_hits(
    stretches: Sequence[tuple[int, int]], chances: Sequence[Mapping[str, float]]
) -> list[ClauseHit]:
    """Clauses that the encoder is sure to see in stretches of the text."""
    return [
        ClauseHit(name, start, end, chance)
        for (start, end), row in zip(stretches, chances, strict=True)
        for name, chance in row.items()
        if chance >= SURE_CLAUSE and end > start
    ]


def _entity(text: str, span: Span) -> Entity:
    words = text[span.start : span.end]
    return Entity(span.label, words, span.start, span.end, span.score, "modelo")
