"""Reads one text: facts, kind of act, required parts, signals. Decides no page and no route."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cidadao_models import __version__
from cidadao_models.errors import InputError, TooLarge
from cidadao_models.findings import NotEvaluated
from cidadao_models.models.core import weights
from cidadao_models.models.text_analysis import (
    act_type,
    clauses,
    facts,
    fields,
    legal_checks,
    passages,
    patterns,
    references,
    scoring,
    signals,
    text_kind,
)
from cidadao_models.models.text_analysis.checklist import checklist as clause_list
from cidadao_models.models.text_analysis.clauses import ClauseHit
from cidadao_models.models.text_analysis.encoder import PATTERNS, encoder
from cidadao_models.models.text_analysis.entities import Entity, in_order
from cidadao_models.models.text_analysis.folding import Folded, fold
from cidadao_models.models.text_analysis.report import Signal, TextReport

MIN_LETTERS = 20
"""Below this there is nothing to analyse: a name, a number, a greeting."""

MAX_CHARACTERS = 1_000_000
"""Longest text taken, in characters: about 400 pages."""


class TextAnalyzer:
    """Reads a contract text or official act. Holds no state; texts are not kept."""

    def analyze(self, text: str) -> TextReport:
        """What the text is, says, lacks, and what in it deserves a question.

        Raises InputError for fewer than 20 letters and TooLarge above `MAX_CHARACTERS`.
        """
        check(text)
        seen = text_kind.kind(text)
        read = _read(seen.plain) if seen.name == "prosa" else _unread(seen.plain)
        checklist = clause_list(read.act_type, read.folded, read.entities, read.hits)
        found, unseen = _signals(read) if seen.name == "prosa" else ([], [])
        checked = "" if read.is_act else _NO_ACT
        value, level, sentence = scoring.score(found, checked=checked, why_not=seen.why)
        beside = references.compared(read.folded, read.act_type, found, read.hits)
        return TextReport(
            text=text,
            score=value,
            risk_level=level,
            explanation=sentence,
            act_type=read.act_type,
            act_score=read.act_score,
            entities=read.entities,
            checklist=checklist,
            signals=found,
            novelty=beside.novelty,
            citations=beside.citations,
            backend=read.backend,
            not_evaluated=[*read.not_evaluated, *unseen, *beside.not_evaluated],
            model_version=__version__,
            weights=weights.brief(),
        )


@dataclass(frozen=True, slots=True)
class Read:
    """What was read in a text, before anything is judged.

    `is_act` tells whether anything shows an official act: words of one kind, a fact, a clause.
    """

    folded: Folded
    is_act: bool
    act_type: str
    act_score: float
    entities: list[Entity]
    hits: list[ClauseHit]
    backend: str
    not_evaluated: list[NotEvaluated]


def _read(text: str) -> Read:
    folded = fold(text)
    kinds = act_type.judge(folded)
    evident = max(kinds, key=kinds.__getitem__)
    used = encoder()
    stretches = clause_stretches(folded)
    reading = None if used.model is None else used.model.read(text, stretches)
    entities = facts.joined(
        text,
        patterns.find(folded, evident),
        fields.find(folded),
        None if reading is None else reading.facts,
    )
    hits = clauses.find(folded)
    is_act = bool(entities or hits) or evident != "outro"
    is_act = is_act and not _is_article(folded, entities)
    name, share = "outro", kinds["outro"]
    if is_act:
        name, share = facts.kind_of(kinds, None if reading is None else reading.act_types)
    if reading is not None:
        entities = in_order([*entities, *facts.legal(text, reading.legal, entities, name)])
        hits += facts.clause_hits(stretches, reading.clauses)
    unseen = [_without_encoder(used.reason)] if used.model is None else []
    return Read(folded, is_act, name, share, entities, hits, used.backend, unseen)


_ARTICLE = re.compile(r"[ \"'(]*(?:art(?:igo|\.)?|§) ?\d")
_OF_ONE_ACT = frozenset({"numero", "processo", "cnpj", "dotacao"})
"""Codes that a norm, which speaks of every act, does not have."""


def _is_article(folded: Folded, entities: Sequence[Entity]) -> bool:
    """Whether the text is an article of a norm: it begins as one and has no code of any act."""
    return _ARTICLE.match(folded.text) is not None and _OF_ONE_ACT.isdisjoint(
        entity.label for entity in entities
    )


def _without_encoder(why: str) -> NotEvaluated:
    title = "Pessoas, leis e trechos sem nome de campo"
    return NotEvaluated("modelo_de_texto", title, f"não verificado: {why}")


def _unread(text: str) -> Read:
    """A text that is no prose in Portuguese: nothing is read in it."""
    return Read(fold(text), False, "outro", 0.0, [], [], PATTERNS, [])


_NO_ACT = "no que foi verificado, mas nenhum contrato nem outro ato foi reconhecido neste texto"


def _signals(read: Read) -> tuple[list[Signal], list[NotEvaluated]]:
    """Of the wording and of the facts, by place."""
    worded = signals.find(read.folded, read.entities, read.act_type, read.hits)
    of_facts, unseen = legal_checks.check(read.folded, read.entities, read.act_type)
    found = [*worded, *of_facts]
    return sorted(found, key=lambda s: (s.start is None, s.start or 0, s.id)), unseen


LONG_PARAGRAPH = 1_200
"""Characters above which a paragraph holds several clauses: then sentences are looked at."""


def clause_stretches(folded: Folded) -> list[tuple[int, int]]:
    """Paragraphs of the text, or its sentences where a paragraph holds more than one clause."""
    found = passages.paragraphs(folded)
    if any(one.end - one.start > LONG_PARAGRAPH for one in found):
        found = passages.sentences(folded)
    return [folded.span(one.start, one.end) for one in found]


def check(text: object) -> None:
    """Raises InputError when `text` cannot be analysed, saying what to send instead."""
    hint = "Cole o texto de um contrato, extrato, aviso ou outro ato oficial."
    if not isinstance(text, str):
        raise InputError("O texto não veio como texto.", hint=hint)
    if len(text) > MAX_CHARACTERS:
        raise TooLarge(
            f"O texto tem {len(text):,} caracteres; o limite é {MAX_CHARACTERS:,}.".replace(
                ",", "."
            ),
            hint="Cole só o ato ou as cláusulas que interessam.",
        )
    letters = sum(character.isalpha() for character in text)
    if letters < MIN_LETTERS:
        raise InputError(
            f"O texto tem {letters} letras, e são precisas pelo menos {MIN_LETTERS}.", hint=hint
        )
