"""Joins what patterns, field names and the encoder read into one list of facts.

Numbers, amounts, dates and codes are believed from patterns first, since check digits and field
names settle them; names, objects and terms from the encoder first. Reads no text itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cidadao_models.models.core.text_model.decoding import Span
from cidadao_models.models.text_analysis.entities import Entity, in_order

EXTENTS = ("orgao", "contratado", "objeto", "vigencia")
"""Facts that are a stretch of words, with no form a pattern could check."""

SURE = 0.5
"""Least mean probability of the encoder's labels for a stretch of words."""


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


def _entity(text: str, span: Span) -> Entity:
    words = text[span.start : span.end]
    return Entity(span.label, words, span.start, span.end, span.score, "modelo")
