"""Finds which kinds of clause a contract text has and where, by headings and by wording.

Knows Portuguese contracts; says nothing of whether a clause is required or good.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cidadao_models.models.text_analysis import passages
from cidadao_models.models.text_analysis.folding import Folded
from cidadao_models.models.text_analysis.passages import Passage

BY_HEADING, BY_WORDING = 0.8, 0.6
"""Chance that a heading, or one wording, alone names the clause it seems to name: estimates that
only rank hits, joined as independent pieces of evidence."""

LONGEST_SECTION = 1_200
"""Characters of a section that are told as the place of its clause."""

OPENING = 120
"""Characters of a clause's own words that tell what a heading of two meanings stands for."""

LONGEST_HEADING = 90
"""Characters of a heading; a longer line is a sentence."""

SHORT_TITLE = 60
"""Characters of a numbered heading that is neither in capitals nor starts with "do/da"."""


@dataclass(frozen=True, slots=True)
class ClauseHit:
    """A clause of kind `id` at original[start:end]; `score` in [0, 1] says how surely."""

    id: str
    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of clause is called and recognised."""

    id: str
    title: str
    heading: re.Pattern[str]
    opening: re.Pattern[str] | None
    wording: tuple[re.Pattern[str], ...]


_TABLE = tomllib.loads(Path(__file__).with_name("clauses.toml").read_text("utf-8"))

CLAUSES: tuple[str, ...] = tuple(_TABLE)
"""Kinds of clause: those of art. 92 of Lei 14.133/2021 in its order, then usual others."""


INNER = frozenset(CLAUSES) - {
    "objeto", "legislacao", "preco_pagamento", "credito_orcamentario", "penalidades", "importacao",
    "vigencia", "publicacao", "protecao_dados", "anticorrupcao",
}  # fmt: skip
"""Kinds that an extract or a notice of a contract seldom names."""


@lru_cache(maxsize=1)
def kinds() -> dict[str, Kind]:
    """Every kind of clause by id, in the order of `CLAUSES`."""
    return {id: _kind(id, **_TABLE[id]) for id in CLAUSES}


def _kind(
    id: str, title: str, heading: list[str], wording: list[str], opening: Sequence[str] = ()
) -> Kind:
    patterns = tuple(re.compile(rf"(?<!\w)(?:{one})") for one in wording)
    first = re.compile("|".join(opening)) if opening else None
    return Kind(id, title, re.compile(rf"\b(?:{'|'.join(heading)})"), first, patterns)


def find(folded: Folded) -> list[ClauseHit]:
    """The clauses found, one hit for each kind and place, by place."""
    heads = headings(folded)
    found = [*_by_heading(folded, heads), *_by_wording(folded)]
    return merged(found)


def merged(hits: Iterable[ClauseHit]) -> list[ClauseHit]:
    """Hits of one kind that overlap become one with the joint score; by place.

    Hits may come from several sources, an encoder's paragraphs included.
    """
    kept: list[ClauseHit] = []
    last: dict[str, int] = {}
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
        at = last.get(hit.id)
        if at is not None and hit.start < kept[at].end:
            one = kept[at]
            doubt = (1 - one.score) * (1 - hit.score)
            kept[at] = ClauseHit(one.id, one.start, max(one.end, hit.end), 1 - doubt)
            continue
        last[hit.id] = len(kept)
        kept.append(hit)
    return sorted(kept, key=lambda hit: (hit.start, hit.end, hit.id))


# -- by heading ----------------------------------------------------------------------------------

_NUMBERED = re.compile(
    r"(?<!\ba )(?<!\b[dn]a )(?<!\bpela )(?<!\b[dn]esta )\bclausula (?:[a-z]+"
    r"(?:[ -](?:primeira|segunda|terceira|quarta|quinta|sexta|setima|oitava|nona))?"
    r"|\d{1,2}[ao.]{0,2})\b ?\)?[ :.,()-]*"
)
_TENS = "decima|vigesima|trigesima"
_UNITS = "primeira|segunda|terceira|quarta|quinta|sexta|setima|oitava|nona"
_LABEL = re.compile(
    r" *((?:("
    r"\(?(?:art(?:igo|\.)? ?|cl\. ?|item )?"
    r"(?:\d{1,2}(?:\.\d{1,2})?[oa]?|[ivxl]{1,6}|[a-z](?=\)))(?: ?[-).:]+ ?|(?<=\d) |(?<=\d[oa]) )"
    rf"|(?:(?:{_TENS})(?:[ -](?:{_UNITS}))?|{_UNITS}) ?[-.:)] ?"
    r")-? ?)?(?=[a-z]))"
)
"""What a line may start with before its words: group 2 is its number, in digits or in words."""

_TITLE = re.compile(
    r"(?:d(?:[aeo]s?|o que se) )?(?P<name>[a-z][a-z ,/&-]{2,45}?)(?P<mark>:|\.(?= |$)| -(?= ))"
)
"""A title that the clause's own words follow on the same line."""

_INLINE = re.compile(r"(?<=[.;] )d[aeo]s? (?=[a-z][a-z ,/()-]{2,60}:)")
_ENDS = re.compile(r"[.:;]|(?<=\w) - |\d+\.\d+")


def headings(folded: Folded) -> list[Passage]:
    """Headings of clauses, numbered or not, as places in the view."""
    view = folded.text
    found = {m.start(): _end(folded, m.end()) for m in _NUMBERED.finditer(view)}
    found |= {m.start(): _end(folded, m.start()) for m in _INLINE.finditer(view)}
    for line in passages.lines(folded):
        label = _LABEL.match(view, line.start)
        if label is not None and _is_heading(folded, line, label):
            found.setdefault(label.start(1), _end(folded, label.end()))
    return [Passage(start, end) for start, end in sorted(found.items()) if end > start]


def _end(folded: Folded, start: int) -> int:
    """End of the heading whose words start at `start`: its line, its mark, or its capitals."""
    limit = min(start + LONGEST_HEADING, len(folded.text))
    if start < len(folded.starts):
        line_end = folded.original.find("\n", folded.starts[start])
        limit = min(limit, folded.at(line_end)) if line_end >= 0 else limit
    stop = _ENDS.search(folded.text, start, limit)
    return _capitals(folded, start, stop.start() if stop else limit)


def _capitals(folded: Folded, start: int, end: int) -> int:
    """Where the capitals end, for a heading in capitals whose line goes on in small letters."""
    spans = [
        (start + m.start(), start + m.end()) for m in re.finditer(r"\S+", folded.text[start:end])
    ]
    shown = [folded.original[folded.starts[a] : folded.ends[b - 1]] for a, b in spans]
    if not any(word.isupper() and len(word) > 2 for word in shown[:2]):
        return end
    small = (a for (a, _), word in zip(spans, shown, strict=True) if any(map(str.islower, word)))
    return next(small, end)


def _is_heading(folded: Folded, line: Passage, label: re.Match[str]) -> bool:
    """A short line in capitals, numbered, with "do/da" or a clause's name; or a title and a mark
    before text.
    """
    words = folded.text[label.end() : line.end].strip()
    if _is_titled(words, numbered=bool(label.group(2))):
        return True
    titled = re.match(r"d[aeo]s? ", words) is not None
    if len(words) > LONGEST_HEADING:
        return titled and re.match(r"[a-z ,/()-]{4,60}:", words) is not None
    a, b = folded.span(label.end(), line.end)
    shown = folded.original[a:b]
    if titled or shown.isupper():
        return True
    if len(words) > SHORT_TITLE or words[-1:] in ".;,":
        return False
    return bool(label.group(2)) or (shown[:1].isupper() and _is_name(words))


def _is_titled(words: str, *, numbered: bool) -> bool:
    """Whether the words begin with a clause's name and a mark: a colon, or any where numbered."""
    found = _TITLE.match(words)
    return found is not None and (found["mark"] == ":" or numbered) and _is_name(found["name"])


def _is_name(name: str) -> bool:
    """Whether the words begin as the heading of some kind of clause does."""
    opening = f"{name}: "
    return any(
        kind.heading.match(name) or (kind.opening and kind.opening.match(opening))
        for kind in kinds().values()
    )


def _by_heading(folded: Folded, heads: list[Passage]) -> Iterator[ClauseHit]:
    stops = [*(head.start for head in heads[1:]), len(folded.text)][: len(heads)]
    for head, stop in zip(heads, stops, strict=True):
        text = folded.text[head.start : head.end]
        label = _NUMBERED.match(text) or _LABEL.match(text)
        title = re.sub(r"^d[aeo]s? ", "", text[label.end() if label else 0 :].strip())
        body = folded.text[head.end : min(stop, head.end + OPENING)].lstrip(" .:;-")
        opening = f"{title}: {body}"
        end = min(stop, head.start + LONGEST_SECTION)
        for kind in kinds().values():
            if kind.heading.search(title) or (kind.opening and kind.opening.match(opening)):
                yield ClauseHit(kind.id, *folded.span(head.start, end), BY_HEADING)


# -- by wording ----------------------------------------------------------------------------------


def _by_wording(folded: Folded) -> Iterator[ClauseHit]:
    for sentence in passages.sentences(folded):
        text = folded.text[sentence.start : sentence.end]
        for kind in kinds().values():
            n = sum(pattern.search(text) is not None for pattern in kind.wording)
            if n:
                place = folded.span(
                    sentence.start, min(sentence.end, sentence.start + LONGEST_SECTION)
                )
                yield ClauseHit(kind.id, *place, 1 - (1 - BY_WORDING) ** n)
