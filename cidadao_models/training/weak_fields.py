"""Reads the facts of one extract by the names of its fields, and says where it is not sure.

Strict on purpose: a field that does not read cleanly is left out of the training, not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from cidadao_models.models.text_analysis.field_names import Field, sentence_end, split, trimmed
from cidadao_models.models.text_analysis.fields import term_start
from cidadao_models.models.text_analysis.folding import Folded
from cidadao_models.models.text_analysis.parties import (
    Parties,
    buyer_name,
    looks_private,
    looks_public,
    other_name,
    split_parties,
)
from cidadao_models.training.weak_patterns import (
    ADDENDUM,
    ANY_DATE,
    ANY_MONEY,
    ANY_NUMBER,
    BARE_CONTRACT,
    BARE_LAW,
    BEFORE_ADDENDUM,
    BETWEEN,
    BUDGET,
    BY,
    CITED,
    CNPJ,
    CNPJ_WORD,
    CODE,
    CONTRACT_NUMBER,
    DIGITS,
    LIKE_A_CODE,
    MODALITY,
    MONEY,
    NAME_BREAKS,
    NOT_THE_TERM,
    OTHER_FIELD_INSIDE,
    PART_OF_VALUE,
    PER_PIECE,
    PROCESS,
    PROCESS_NUMBER,
    PROCESS_WORD,
    SIGNED,
    TERM,
    TERM_TOLD,
    TORN_NAME,
)

Span = tuple[int, int]
Marked = tuple[int, int, str]

_LONGEST_NAME = 140
"""Characters, chosen: what is longer likely holds more than a name."""
_TOP = 300
"""Characters at the start of an act: an agreement named later is where the money comes from."""
_LONGEST_TERM, _LONGEST_OBJECT, _SHORTEST_OBJECT = 320, 1500, 12
"""Characters, chosen: outside them the field was likely not cut where it ends."""
_NEAR = 60
"""Characters between the name of a value's field and its amount; further off, another amount."""


@dataclass
class Facts:
    """Spans of the view that are sure, and pieces of it that are not."""

    spans: list[Marked] = field(default_factory=list)
    ignore: list[Span] = field(default_factory=list)

    def has(self, label: str) -> bool:
        return any(found == label for _, _, found in self.spans)

    def add(self, span: Span, label: str) -> None:
        if (*span, label) not in self.spans:
            self.spans.append((*span, label))


def read_facts(folded: Folded) -> Facts | None:
    """The facts of one extract; None where its object or its parties do not read cleanly."""
    fields = split(folded)
    if any(f.glued for f in fields):
        return None
    facts = Facts()
    if not (_object(folded, fields, facts) and _parties(folded, fields, facts)):
        return None
    _numbers(folded.text, facts)
    _amount(folded.text, fields, facts)
    _term(folded, fields, facts)
    _signed(folded.text, fields, facts)
    _citations(folded.text, fields, facts)
    _everywhere(folded.text, facts)
    _budget(folded.text, fields, facts)
    _signatories(folded.text, fields, facts)
    _repeats(folded.text, facts)
    _unread(folded.text, fields, facts)
    return facts if facts.has("numero") or facts.has("processo") else None


def _of(fields: Iterable[Field], *kinds: str) -> list[Field]:
    return [f for f in fields if f.kind in kinds]


def _object(folded: Folded, fields: list[Field], facts: Facts) -> bool:
    """The object: the field's first sentence; what follows it in the field is not sure."""
    found = _of(fields, "objeto")
    of_addendum = [f for f in found if "adit" in f.name]
    main = (of_addendum or found)[:1]
    if not main or len(found) > 1 + bool(of_addendum):
        return False
    facts.ignore += [(f.start, f.end) for f in found if f is not main[0]]
    start, end = main[0].start, sentence_end(folded, main[0].start, main[0].end)
    start, stop = trimmed(folded.text, start, end)
    value = folded.text[start:stop]
    if not _SHORTEST_OBJECT <= len(value) <= _LONGEST_OBJECT or not _balanced(value):
        return False
    if OTHER_FIELD_INSIDE.search(value):
        return False
    facts.add((start, stop), "objeto")
    facts.ignore.append((stop + 1, main[0].end))
    return True


def _balanced(text: str) -> bool:
    """Whether each bracket and quote that opens also closes: else the field was cut inside."""
    return text.count("(") == text.count(")") and text.count('"') % 2 == 0


def _parties(folded: Folded, fields: list[Field], facts: Facts) -> bool:
    found = _stated_parties(folded, fields)
    if found is None or not found.clear or found.buyer is None or found.other is None:
        return False
    texts = [folded.text[slice(*span)] for span in (found.buyer, found.other)]
    if not all(3 <= len(t) <= _LONGEST_NAME and not NAME_BREAKS.search(t) for t in texts):
        return False
    if TORN_NAME.match(folded.text, found.buyer[1]):
        return False
    swapped = looks_public(texts[1]) and not looks_public(texts[0])
    if swapped or (looks_private(texts[0]) and not looks_public(texts[0])):
        return False
    if not folded.original[folded.starts[found.other[0]]].isupper():
        return False
    facts.add(found.buyer, "orgao")
    facts.add(found.other, "contratado")
    return True


def _stated_parties(folded: Folded, fields: list[Field]) -> Parties | None:
    together = _of(fields, "partes")
    buyers, others = _of(fields, "contratante"), _of(fields, "contratada")
    if len(together) == 1 and not buyers:
        return split_parties(folded, together[0].start, together[0].end)
    if len(buyers) == 1 and len(others) == 1:
        return Parties(
            buyer_name(folded, buyers[0].start, buyers[0].end),
            other_name(folded, others[0].start, others[0].end),
            True,
        )
    if not (together or buyers or others):
        between = list(BETWEEN.finditer(folded.text))
        first = (
            min((f.head for f in fields if f.head > between[0].start("p")), default=0)
            if between
            else 0
        )
        if len(between) == 1 and first:
            return split_parties(folded, between[0].start("p"), min(first, between[0].end("p")))
    return None


def _numbers(text: str, facts: Facts) -> None:
    """Numbers of the contract and of the process; any other number with a year is not sure."""
    for found in CONTRACT_NUMBER.finditer(text):
        span = found.span(next(name for name in "nmkl" if found[name]))
        own = found["kind"] is None or found["kind"].startswith("contrat")
        if own or span[0] < _TOP:
            facts.add(span, "numero")
    for found in BARE_CONTRACT.finditer(text):
        if not _labelled(found.span("n"), facts, "numero"):
            facts.ignore.append(found.span("n"))
    for found in PROCESS.finditer(text):
        for number in re.finditer(PROCESS_NUMBER, found["n"]):
            facts.add(_shifted(number.span(), found.start("n")), "processo")
    for found in PROCESS_WORD.finditer(text):
        if not _labelled(found.span(), facts, "processo"):
            facts.ignore.append(found.span())
    for found in ADDENDUM.finditer(text):
        facts.add(found.span("n"), "numero_aditivo")
    for found in BEFORE_ADDENDUM.finditer(text):
        if not _labelled(found.span("n"), facts, "numero_aditivo"):
            facts.ignore.append(found.span("n"))
    for found in ANY_NUMBER.finditer(text):
        if not any(s <= found.start() < e for s, e, label in facts.spans if label != "objeto"):
            facts.ignore.append(found.span())


def _shifted(span: Span, by: int) -> Span:
    return span[0] + by, span[1] + by


def _amount(text: str, fields: list[Field], facts: Facts) -> None:
    """The one amount right after the name "Valor"; amounts elsewhere but of commitments unsure."""
    for value in _of(fields, "valor"):
        money = list(MONEY.finditer(text, value.head, value.end))
        lead = text[value.head : money[0].start()] if money else ""
        if _of_commitment(fields, value) or facts.has("valor"):
            facts.ignore.append((value.head, value.end))
        elif money and _whole(text, value, money[0], lead):
            facts.add(money[0].span(), "valor")
        else:
            facts.ignore.append((value.head, value.end))
    commitments = [(f.head, f.end) for f in _of(fields, "empenho")]
    for found in ANY_MONEY.finditer(text):
        if _inside(found.span(), commitments) or _labelled(found.span(), facts, "valor"):
            continue
        facts.ignore.append(found.span())


def _whole(text: str, value: Field, money: re.Match[str], lead: str) -> bool:
    """Whether the amount stands right after the name and is no monthly or unit price."""
    near = len(lead) <= _NEAR + value.start - value.head
    return near and not (PART_OF_VALUE.search(lead) or PER_PIECE.match(text, money.end()))


def _of_commitment(fields: list[Field], value: Field) -> bool:
    """Whether the field tells the amount of a budget commitment (nota de empenho) before it."""
    if re.search("total|global|contrat", value.name):
        return False
    before = [f.kind for f in fields if f.head < value.head and f.kind not in ("outro", "data")]
    return before[-1:] == ["empenho"]


def _inside(span: Span, pieces: Iterable[Span], slack: int = 0) -> bool:
    """Whether a piece holds the span, but for `slack` characters at its outer ends."""
    return any(s - slack <= span[0] and span[1] <= e + slack for s, e in pieces)


def _labelled(span: Span, facts: Facts, *labels: str) -> bool:
    return any(s < span[1] and span[0] < e for s, e, label in facts.spans if label in labels)


def _term(folded: Folded, fields: list[Field], facts: Facts) -> None:
    for term in _of(fields, "vigencia"):
        stop = sentence_end(folded, term.start, term.end)
        semicolon = folded.text.find(";", term.start, stop)
        start, end = trimmed(folded.text, term.start, stop if semicolon < 0 else semicolon)
        start = term_start(folded.text, term.name, start, end)
        value = folded.text[start:end]
        named = "vigencia" in term.name or "vigencia" in value[:40]
        other = "vigencia" not in term.name and NOT_THE_TERM.search(value[:_NEAR])
        clean = (
            TERM.search(value) and len(value) <= _LONGEST_TERM and not re.search(r"r\$|: ", value)
        )
        if named and clean and not other:
            facts.add((start, end), "vigencia")
            facts.ignore.append((end + 1, term.end))
        else:
            facts.ignore.append((term.head, term.end))


def _signed(text: str, fields: list[Field], facts: Facts) -> None:
    for signed in _of(fields, "data"):
        found = SIGNED.match(text, signed.start)
        if found and found.end() <= signed.end:
            facts.add(found.span("n"), "data")
        else:
            facts.ignore.append((signed.start, signed.end))
    dates = {text[s:e] for s, e, label in facts.spans if label == "data"}
    for found in ANY_DATE.finditer(text):
        if found[0] in dates and not _labelled(found.span(), facts, "data", "vigencia"):
            facts.ignore.append(found.span())


def _citations(text: str, fields: list[Field], facts: Facts) -> None:
    """Articles with their law anywhere; a law alone only in the field of the legal basis."""
    bases = [(f.start, f.end) for f in _of(fields, "fundamento")]
    for found in CITED.finditer(text):
        if found[0].count('"') % 2:
            facts.ignore.append(found.span())
        else:
            facts.add(trimmed(text, *found.span()), "fundamento_legal")
    for found in BARE_LAW.finditer(text):
        if _labelled(found.span(), facts, "fundamento_legal"):
            continue
        if _inside(found.span(), bases):
            facts.add(found.span(), "fundamento_legal")
        else:
            facts.ignore.append(found.span())


def _everywhere(text: str, facts: Facts) -> None:
    for found in MODALITY.finditer(text):
        facts.add(found.span(), "modalidade")
    for found in CNPJ.finditer(text):
        facts.add(found.span(), "cnpj")
    for found in CNPJ_WORD.finditer(text):
        if not _labelled(found.span(), facts, "cnpj"):
            facts.ignore.append(found.span())


def _budget(text: str, fields: list[Field], facts: Facts) -> None:
    for found in BUDGET.finditer(text):
        low, high = DIGITS[found["kind"][0]]
        for code in CODE.finditer(text, *found.span("codes")):
            if low <= sum(c.isdigit() for c in code[0]) <= high:
                facts.add(code.span(), "dotacao")
            else:
                facts.ignore.append(code.span())
    for like in LIKE_A_CODE.finditer(text):
        if not _labelled(like.span(), facts, "dotacao"):
            facts.ignore.append(like.span())
    for named in _of(fields, "unidade", "programa", "natureza", "fonte"):
        if not _labelled((named.start, named.end), facts, "dotacao"):
            facts.ignore.append((named.start, named.end))


def _signatories(text: str, fields: list[Field], facts: Facts) -> None:
    """The parties named once more as signing: the annotated acts mark some of them."""
    for signed in _of(fields, "assina"):
        facts.ignore.append((signed.head, signed.start))
    for signed in _of(fields, "signatarios", "assina"):
        facts.ignore += [m.span() for m in BY.finditer(text, signed.head, signed.end)]


def _repeats(text: str, facts: Facts) -> None:
    """A party's name elsewhere in the act is neither a fact nor its absence."""
    for start, end, label in list(facts.spans):
        if label not in ("orgao", "contratado"):
            continue
        for found in re.finditer(re.escape(text[start:end]), text):
            if found.start() != start:
                facts.ignore.append(found.span())


def _unread(text: str, fields: list[Field], facts: Facts) -> None:
    """Where the act has no date or term that reads, what may be one elsewhere is not sure."""
    objects = [(s, e) for s, e, label in facts.spans if label == "objeto"]
    if not facts.has("vigencia"):
        facts.ignore += [
            m.span() for m in TERM_TOLD.finditer(text) if not _inside(m.span(), objects, slack=2)
        ]
    if not facts.has("data"):
        commitments = [(f.head, f.end) for f in _of(fields, "empenho")]
        found = (m.span() for m in ANY_DATE.finditer(text))
        facts.ignore += [span for span in found if not _inside(span, commitments)]
