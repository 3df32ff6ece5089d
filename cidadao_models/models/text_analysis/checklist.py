"""Which required parts a text has, lacks or need not have, by kind of act and by the law it names.

Judges neither the content of a part nor the act as a whole: a part may stand in another document.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from cidadao_models.models.text_analysis.clauses import ClauseHit, merged
from cidadao_models.models.text_analysis.entities import Entity
from cidadao_models.models.text_analysis.folding import Folded
from cidadao_models.models.text_analysis.report import Item

Law = Literal["14.133", "8.666", "13.303"]

SURE_ENOUGH = 0.5
"""Score from which a clause counts as found: more likely there than not."""

_BASES: dict[str, dict[str, str]] = {
    "14.133": {
        "publicacao": "Lei 14.133/2021, art. 94 (divulgação do contrato); Lei 12.527/2011, art. 8º",
        "credito": "Lei 14.133/2021, arts. 92, VIII, e 94",
        "aditivo": "Lei 14.133/2021, arts. 94, 124 e 132",
        "edital": "Lei 14.133/2021, arts. 25 e 54",
        "convenio": "Lei 14.133/2021, art. 184",
        "anulacao": "Lei 14.133/2021, art. 71",
    },
    "8.666": {
        "publicacao": "Lei 8.666/1993, art. 61, parágrafo único (resumo do contrato)",
        "credito": "Lei 8.666/1993, arts. 55, V, e 61, parágrafo único",
        "aditivo": "Lei 8.666/1993, arts. 61, parágrafo único, e 65",
        "edital": "Lei 8.666/1993, arts. 21 e 40; Lei 10.520/2002, art. 4º, II",
        "convenio": "Lei 8.666/1993, art. 116",
        "anulacao": "Lei 8.666/1993, art. 49",
    },
    "13.303": {
        "publicacao": "Lei 13.303/2016, arts. 39 e 88",
        "credito": "Lei 13.303/2016, art. 69",
        "aditivo": "Lei 13.303/2016, arts. 39 e 81",
        "edital": "Lei 13.303/2016, arts. 39 e 40",
        "convenio": "Lei 13.303/2016, art. 27, § 3º",
        "anulacao": "Lei 13.303/2016, art. 62",
    },
}
"""Norms that ask for the parts of a published act, by the law that rules it."""


@dataclass(frozen=True, slots=True)
class Required:
    """One part that a kind of act must have, and how it is recognised."""

    id: str
    title: str
    basis: str
    clause: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    words: re.Pattern[str] | None = None
    when: re.Pattern[str] | None = None
    unless: re.Pattern[str] | None = None


@lru_cache(maxsize=1)
def required() -> dict[str, tuple[Required, ...]]:
    """Required parts by kind of act; of a contract, by kind and law."""
    text = Path(__file__).with_name("checklist.toml").read_text("utf-8")
    return {act: tuple(map(_required, entries)) for act, entries in tomllib.loads(text).items()}


def _required(entry: dict[str, Any]) -> Required:
    unknown = set(entry) - {field.name for field in fields(Required)}
    if unknown:
        raise ValueError(f"checklist.toml: {entry['id']} has unknown keys {sorted(unknown)}")
    return Required(
        id=entry["id"],
        title=entry["title"],
        basis=entry["basis"],
        clause=tuple(entry.get("clause", ())),
        facts=tuple(entry.get("facts", ())),
        words=_any_of(entry.get("words")),
        when=_any_of(entry.get("when")),
        unless=_any_of(entry.get("unless")),
    )


def _any_of(patterns: Sequence[str] | None) -> re.Pattern[str] | None:
    return re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})") if patterns else None


def law_of(folded: Folded) -> Law:
    """The law of public contracts that the text names most; Lei 14.133/2021 where it names none."""
    counts = {law: len(pattern.findall(folded.text)) for law, pattern in _LAWS.items()}
    best = max(counts, key=lambda law: counts[law])
    return best if counts[best] else "14.133"


_LAWS: dict[Law, re.Pattern[str]] = {
    "14.133": re.compile(r"\b14\.?133(?:/|\b)"),
    "8.666": re.compile(r"\b8\.?666(?:/|\b)|\b10\.?520(?:/|\b)"),
    "13.303": re.compile(r"\b13\.?303(?:/|\b)"),
}


def checklist(
    act_type: str, folded: Folded, entities: Sequence[Entity], hits: Iterable[ClauseHit]
) -> list[Item]:
    """Every part that this kind of act must have: found with its place, missing or not applicable.

    `hits` may join several sources: `clauses.find` and an encoder's paragraphs. For a text that
    is no act of a known kind the parts of a contract are listed as not applicable.
    """
    law = law_of(folded)
    parts = parts_of(act_type, law)
    if parts is None:
        listed = parts_of("contrato", "14.133") or ()
        return [Item(part.id, part.title, "not_applicable", part.basis) for part in listed]
    best = _best(merged(hits))
    return [_item(part, law, folded, entities, best) for part in parts]


def parts_of(act_type: str, law: Law) -> tuple[Required, ...] | None:
    """What such an act must have under that law; None for a kind without such a list."""
    if act_type == "contrato":
        return required()["contrato_8666" if law == "8.666" else "contrato_14133"]
    return required().get(act_type)


def _best(hits: Iterable[ClauseHit]) -> dict[str, ClauseHit]:
    best: dict[str, ClauseHit] = {}
    for hit in hits:
        if hit.score >= SURE_ENOUGH and (hit.id not in best or hit.score > best[hit.id].score):
            best[hit.id] = hit
    return best


def _item(
    part: Required,
    law: Law,
    folded: Folded,
    entities: Sequence[Entity],
    best: dict[str, ClauseHit],
) -> Item:
    basis = part.basis.format(**_BASES[law]) if "{" in part.basis else part.basis
    place = _place(part, folded, entities, best)
    if place is not None:
        return Item(part.id, part.title, "found", basis, *place)
    asked = part.when is None or part.when.search(folded.text) is not None
    spared = part.unless is not None and part.unless.search(folded.text) is not None
    status: Literal["missing", "not_applicable"] = (
        "missing" if asked and not spared else "not_applicable"
    )
    return Item(part.id, part.title, status, basis)


def _place(
    part: Required, folded: Folded, entities: Sequence[Entity], best: dict[str, ClauseHit]
) -> tuple[int, int] | None:
    facts = [e for e in entities if e.label in part.facts]
    if facts:
        first = min(facts, key=lambda e: e.start)
        return first.start, first.end
    hits = [best[id] for id in part.clause if id in best]
    if hits:
        return hits[0].start, hits[0].end
    found = part.words.search(folded.text) if part.words is not None else None
    return folded.span(*found.span()) if found is not None else None
