"""Finds buyer, other party, object and term of an act by its field names and set phrases.

The rule that answers where the encoder is off, and the one it is measured against. Learns nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cidadao_models.models.text_analysis.entities import Entity, in_order
from cidadao_models.models.text_analysis.field_names import (
    Field,
    after_numbering,
    sentence_end,
    sentence_ends,
    split,
    trimmed,
)
from cidadao_models.models.text_analysis.folding import Folded
from cidadao_models.models.text_analysis.parties import (
    BODY_START,
    Parties,
    Span,
    buyer_name,
    looks_private,
    looks_public,
    other_name,
    split_parties,
    without_unit,
)

_BETWEEN = re.compile(
    r"\b(?:celebra\w*|firma\w*|fazem|assina\w*|ajusta\w*)(?: (?:entre si|entre"
    r"|de um lado)),?(?: si)?"
    r"(?: celebram| fazem| firmam)?,? (?=\S)"
)
"""What announces both parties in running text; they follow up to the next field or sentence."""
_PREAMBLE = 700
"""Longest piece, in characters, in which the two parties of a preamble are looked for."""

_NOTICE = re.compile(
    r",? (?:torna(?:m)? public[oa]|faz(?:em)? saber|comunica(?:m)?(?: a| aos| que)"
    r"|avisa(?:m)? (?:a|que)"
    r"|informa(?:m)? (?:a|que)|realizara\b|convida\b|vem tornar public[oa]|resolve (?:revogar"
    r"|anular"
    r"|suspender))"
)
_ARTICLE = re.compile(r"(?<![a-z])[ao]s? (?=\S)")
_BACK = 260
"""Characters before "torna público" in which the buyer's name begins."""

_OBJECT_TOLD = re.compile(
    r"\b[ao] presente (?:contrato|convenio|termo(?: aditivo| de [a-z]+)?|instrumento|ajuste|acordo"
    r"|aditivo|licitacao|pregao|edital|dispensa|ata)[a-z ,]{0,40}? (?:tem|possui) (?:por|como) "
    r"(?:objeto|objetivo|finalidade) "
)
_OBJECT_AIMED = re.compile(
    r"\b(?:cujo objeto (?:e|sera|consiste (?:em|n[ao])|trata-se de)|tendo (?:por|como) objeto"
    r"|tem (?:por|como) objeto|objetivando|visando|(?:que|o qual) tem por (?:objeto|finalidade)"
    r"|objeto(?: e| consiste em| trata-se de)?|para|-) "
    r"(?:[ao]s? )?(?=(?:eventual |futura |possivel )*(?:aquisic|contratac|prestac|fornec|execuc"
    r"|locac"
    r"|registro|construc|reforma|manutenc|servico|obra|concess|permiss|selec|venda|alienac|compra"
    r"|implantac|elaborac|credenciamento|cooperac))"
)
_OBJECT_STOPS = re.compile(
    r"[,;.-]? (?:no valor|com valor|valor (?:total )?estimado|\(?processo|- processo"
    r"|(?:do )?tipo menor|pelo valor|conforme processo|processo n|a realizar-se"
    r"|com abertura|que se realizara|cuja abertura)"
)
_AFTER_OBJECT = re.compile(
    r"[.;] (?:(?:[ao]s? )?(?:valor|edital|abertura|data|sessao|interessados|procedimento|entrega"
    r"|despesa|prazo|licitacao|recursos|total de)\b|brasilia|maiores|informac)"
)
"""Sentences that print after an object without a name of their own."""
_TERM_TOLD = re.compile(
    r"\b(?:[ao] (?:presente )?(?:contrato|convenio|termo(?: aditivo)?|instrumento|ajuste|acordo)"
    r"[a-z ,]{0,30}? (?:tera|entrara em|vigorara|vigera|entra em|tem)|(?:tera"
    r"|com)(?: prazo de)? vigencia"
    r"|[ao] (?:prazo d[ea] )?vigencia (?:d[eo]s?t?e? [a-z]+ )?(?:sera|e) )"
)
_DURATION = re.compile(
    r"\d ?(?:\([a-z /-]+\) ?)?(?:dia|mes|ano)|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|\bde (?:19|20)\d\d\b"
    r"|assinatura|publicacao|recebimento|(?:doze|seis|tres|trinta|sessenta|noventa|um) (?:mes|dia"
    r"|ano)"
)
_OF_WORK = re.compile(r"execucao|entrega|inicio|recebimento|conclusao|pagamento|instalacao")
_NAME_LIMIT, _OBJECT_LIMIT, _TERM_LIMIT = 160, 2500, 600
"""Characters at which a value is cut: chosen, above the longest of 10,000 clean extracts (names
135, objects 1,481, terms 321).
"""
_USUAL = {"orgao": 84, "contratado": 79, "objeto": 779, "vigencia": 259}
"""Characters within which 99 % of the values of 10,000 clean extracts stay (those of
`training.weak_labels`): evidence, no condition.
"""


def find(folded: Folded) -> list[Entity]:
    """Buyer, other party, object and term, each with the share of its evidence that holds."""
    fields = split(folded)
    found = [
        *_parties(folded, fields),
        *_objects(folded, fields),
        *_terms(folded, fields),
    ]
    return in_order({(e.label, e.start, e.end): e for e in found}.values())


def _entity(folded: Folded, label: str, span: Span, *evidence: bool) -> Entity:
    """The score is Laplace's rule over the checks that hold, the usual length being one."""
    start, end = folded.span(*span)
    checks = [*evidence, span[1] - span[0] <= _USUAL[label]]
    score = (1 + sum(checks)) / (2 + len(checks))
    return Entity(label, folded.original[start:end], start, end, score)


def _of(fields: list[Field], *kinds: str) -> list[Field]:
    return [f for f in fields if f.kind in kinds and f.start < f.end]


# -- parties -----------------------------------------------------------------------------------


def _parties(folded: Folded, fields: list[Field]) -> Iterator[Entity]:
    named = list(_named_parties(folded, fields))
    pairs = named or [*_preamble(folded, fields)] or [*_notice(folded)]
    pairs = pairs or [*_as_parties(folded, fields)]
    if not any(pair.buyer for pair in pairs):
        pairs += _weak_buyer(folded, fields)
    if not named and not any(pair.other for pair in pairs):
        pairs += _served(folded)
    for pair in pairs:
        both = pair.buyer is not None and pair.other is not None
        if pair.buyer is not None:
            public = looks_public(folded.text[slice(*pair.buyer)])
            yield _entity(folded, "orgao", pair.buyer, bool(named), pair.clear, public)
            yield from _signing(folded, fields, pair.buyer)
        if pair.other is not None:
            yield from _signing(folded, fields, pair.other, "contratado")
            text = folded.text[slice(*pair.other)]
            private = looks_private(text) or not looks_public(text)
            yield _entity(folded, "contratado", pair.other, bool(named), pair.clear, both, private)


def _named_parties(folded: Folded, fields: list[Field]) -> Iterator[Parties]:
    """From "Partes:", "Contratante:" and "Contratada:"."""
    for together in _of(fields, "partes")[:1]:
        if not re.match(r"pel[oa]", folded.text[together.start : together.end]):
            yield split_parties(folded, together.start, _cut(together))
    for buyer in _of(fields, "contratante"):
        inner = split_parties(folded, buyer.start, _cut(buyer))
        alone = not _of(fields, "contratada", "partes") and inner.other is not None
        yield inner if alone else Parties(buyer_name(folded, buyer.start, _cut(buyer)), None, True)
    for other in _of(fields, "contratada"):
        yield Parties(None, other_name(folded, other.start, _cut(other)), True)


def _cut(field: Field) -> int:
    return min(field.end, field.start + 4 * _NAME_LIMIT)


def _preamble(folded: Folded, fields: list[Field]) -> Iterator[Parties]:
    """From "celebrado entre A e B" and "que entre si celebram A e B"."""
    for told in _BETWEEN.finditer(folded.text):
        ends = [f.head for f in fields if f.head > told.end()]
        end = min([*ends[:1], told.end() + _PREAMBLE, len(folded.text)])
        pair = split_parties(folded, told.end(), sentence_end(folded, told.end(), end))
        if pair.buyer is not None and pair.other is not None:
            yield pair
            return


_AS_BUYER = re.compile(
    r",? (?:na qualidade de|doravante(?: simplesmente)? denominad[oa]"
    r"|como) (?:[ao] )?contratante[,;:. ]"
)


def _as_parties(folded: Folded, fields: list[Field]) -> Iterator[Parties]:
    """From "A, na qualidade de CONTRATANTE, e a empresa B, na qualidade de CONTRATADA"."""
    told = _AS_BUYER.search(folded.text)
    if told is None:
        return
    heads = [f.start for f in fields if f.start < told.start()]
    begin = max([_sentence_start(folded, told.start()), *heads[-1:]])
    start = next(_articles(folded, begin, told.start()), None)
    if start is not None:
        end = min(_next_head(folded, fields, told.end()), told.end() + _PREAMBLE)
        yield split_parties(folded, start, end)


def _notice(folded: Folded) -> Iterator[Parties]:
    """From "A <órgão> torna público": the buyer of a notice."""
    for verb in _NOTICE.finditer(folded.text):
        begin = _sentence_start(folded, verb.start())
        article = next(_articles(folded, begin, verb.start()), None)
        start = None if article is None else without_unit(folded, article, verb.start())
        if start is None:
            continue
        name = buyer_name(folded, start, verb.start())
        if name is not None and name[1] - name[0] <= _NAME_LIMIT:
            yield Parties(name, None, looks_public(folded.text[slice(*name)]))
            return


def _articles(folded: Folded, begin: int, end: int) -> Iterator[int]:
    """Where a name may begin: behind a capital article, or a small one after a comma."""
    for article in _ARTICLE.finditer(folded.text, begin, end):
        starts, original = folded.starts, folded.original
        capital = original[starts[article.start()]].isupper()
        after = folded.text[: article.start()].endswith(", ")
        if capital or (after and original[starts[article.end()]].isupper()):
            yield article.end()


_ACRONYM = re.compile(r"\b(?:contrato|aditivo) (?P<x>[a-z]{2,9}(?:[-/][a-z]{2,4})?) n[o.]")
_NEEDS = re.compile(
    r"\b(?:atender|atendimento|demandas?|necessidades?|pertencentes|interesse|frota"
    r"|uso)(?: [a-z]+){0,4}?"
    rf" (?:d[aoe]s?|[ao]s?|aos?) (?={BODY_START})(?P<x>[^,;.:]{{3,110}}?)"
    r"(?=[,;.:]| conforme| no que| para | nos termos| e suas?| a fim|$)"
)


_OF_BODY = re.compile(
    rf"\b(?:d[ao]s?|n[ao]|pel[ao]|[ao]) (?={BODY_START})(?P<x>[^,;.:]{{0,80}}?(?:d[oe] (?:estado"
    r"|distrito federal)|municipal de|federal de)[^,;.:]{0,60}?|[a-z]{2,12}[-/]df\b)"
    r"(?=[,;.:]| conforme| no que| para | nos termos| e suas?| a fim|$)"
)
"""A body named in full: the only hint of who buys in a notice that nobody signs."""


def _weak_buyer(folded: Folded, fields: list[Field]) -> list[Parties]:
    """Where nobody is called the buyer: who signs, whose contract it is, whose needs it meets."""
    found = next(_ACRONYM.finditer(folded.text), None)
    if found and folded.original[slice(*folded.span(*found.span("x")))].isupper():
        return [Parties(found.span("x"), None, False)]
    for signed in _of(fields, "assina"):
        by = re.search(r"(?:pel[oa]s? ?|p/ ?)(.+)", signed.name)
        if by and not re.match(r"contratad|locador|empresa|benefici|conven", by[1]):
            at = signed.head + folded.text[signed.head : signed.start].index(by[1])
            return [Parties((at, at + len(by[1])), None, False)]
    return []


def _served(folded: Folded) -> list[Parties]:
    """The body whose needs a notice meets: the buyer, where another body runs the tender."""
    needs = next(_NEEDS.finditer(folded.text), None) or next(_OF_BODY.finditer(folded.text), None)
    return [Parties(needs.span("x"), None, False)] if needs else []


def _sentence_start(folded: Folded, at: int) -> int:
    """Where the sentence that holds `at` starts, at most `_BACK` characters before."""
    begin = max(0, at - _BACK)
    ends = list(sentence_ends(folded, begin, at))
    return ends[-1] + 1 if ends else begin


_COMMON = re.compile(r"(?:estado|municipio|uniao|secretaria|empresa|companhia|distrito|governo)$")


def _signing(
    folded: Folded, fields: list[Field], party: Span, label: str = "orgao"
) -> Iterator[Entity]:
    """The party named once more as signing ("Pelo DETRAN: ...")."""
    name = folded.text[slice(*party)]
    for signed in _of(fields, "assina"):
        by = re.search(r"(?:pel[oa]s? ?|p/ ?)(.+)", signed.name)
        short = by is not None and not _COMMON.match(by[1]) and by[1] in re.split(r"[^a-z]", name)
        if by and (by[1] == name or short):
            at = signed.head + folded.text[signed.head : signed.start].index(by[1])
            yield _entity(folded, label, (at, at + len(by[1])), True, by[1] == name)


# -- object and term ---------------------------------------------------------------------------


def _objects(folded: Folded, fields: list[Field]) -> Iterator[Entity]:
    named = _of(fields, "objeto")
    of_addendum = [f for f in named if "adit" in f.name]
    for field in of_addendum or named:
        span = _value(folded, field, _OBJECT_LIMIT)
        closed = field.end < len(folded.text) - 2
        yield _entity(folded, "objeto", span, True, closed, span[1] - span[0] > 12)
    if named:
        return
    changes = _of(fields, "alteracao")
    for field in changes[:1]:
        end = next((f.head for f in fields if f.head > field.head and f.kind in _CLOSING), None)
        span = trimmed(folded.text, field.start, end or field.end)
        yield _entity(folded, "objeto", span, False, end is not None, True)
        return
    for pattern, keep in ((_OBJECT_TOLD, True), (_OBJECT_AIMED, False)):
        for told in pattern.finditer(folded.text):
            start = told.start() if keep else told.end()
            end = min(_next_head(folded, fields, told.end()), start + _OBJECT_LIMIT)
            stop = sentence_end(folded, told.end(), end)
            cut = _OBJECT_STOPS.search(folded.text, told.end(), stop)
            span = trimmed(folded.text, start, cut.start() if cut else stop)
            yield _entity(folded, "objeto", span, keep, False, span[1] - span[0] > 12)
            return


_CLOSING = ("signatarios", "assina", "data", "processo", "dotacao")
"""Fields that end the list of changed clauses of an addendum."""


def _next_head(folded: Folded, fields: list[Field], at: int) -> int:
    return next((f.head for f in fields if f.head >= at), len(folded.text))


def _value(folded: Folded, field: Field, limit: int) -> Span:
    start = after_numbering(folded.text, field.start, field.end)
    stop = _AFTER_OBJECT.search(folded.text, start, field.end) if field.kind == "objeto" else None
    end = stop.start() if stop else field.end
    if end - start > limit:
        end = sentence_end(folded, start + limit // 2, end)
    return trimmed(folded.text, start, min(end, start + limit))


def _terms(folded: Folded, fields: list[Field]) -> Iterator[Entity]:
    named = [f for f in _of(fields, "vigencia") if _is_term(folded, f)]
    for field in named:
        start, end = _value(folded, field, _TERM_LIMIT)
        start = term_start(folded.text, field.name, start, end)
        span = trimmed(folded.text, start, sentence_end(folded, start, end))
        told = _DURATION.search(folded.text, *span) is not None
        yield _entity(folded, "vigencia", span, "vigencia" in field.name, told, True)
    if named:
        return
    for found in _TERM_TOLD.finditer(folded.text):
        stop = sentence_end(folded, found.end(), _next_head(folded, fields, found.end()))
        start = term_start(folded.text, "", found.start(), stop)
        span = trimmed(folded.text, start, min(stop, found.start() + _TERM_LIMIT))
        if _DURATION.search(folded.text, *span):
            yield _entity(folded, "vigencia", span, False, True)
            return


_BOTH = re.compile(r"execucao ?(?:/|e) ?(?:de )?vigencia")
_SECOND = re.compile(r" e (?=\d{1,4} ?\()")
_MEASURE = re.compile(r"(?:com )?(?:prazo de )?(?:vigencia )?de (?=\d{1,4} ?(?:\(|dia|mes|ano))")


def term_start(text: str, name: str, start: int, end: int) -> int:
    """Where the term starts: without "de" before a count, and behind the term of the work where
    "Execução/Vigência" gives both, "respectivamente".
    """
    if _BOTH.search(name) and "respectivamente" in text[start:end]:
        second = _SECOND.search(text, start, end)
        start = second.end() if second else start
    measure = _MEASURE.match(text, start, end)
    return measure.end() if measure else start


def _is_term(folded: Folded, field: Field) -> bool:
    """Whether a field called "Prazo" tells the term of the act, not that of the work."""
    value = folded.text[field.start : field.end]
    if "vigencia" in field.name or "vigencia" in value[:80]:
        return True
    return _DURATION.search(value) is not None and not _OF_WORK.search(value[:80])
