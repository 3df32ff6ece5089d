"""Finds the two parties in the words that name them ("X e a empresa Y"). Knows no list of names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cidadao_models.models.text_analysis.field_names import trimmed
from cidadao_models.models.text_analysis.folding import Folded

Span = tuple[int, int]

_COMPANY_WORD = (
    r"(?:empresas?(?! (?:de|brasileira|publica)\b)|firmas?|sociedade empresaria|pessoa juridica"
    r"|entidade|organizacao da sociedade"
    r" civil|sra?\.?|senhora?|artista|banda|proponente|microempreendedor individual)"
)
_VERSUS = re.compile(r"(?<=[\s)./,;\-])x(?=[\s\-])")
_AND_COMPANY = re.compile(rf",? e,? (?:de outro(?: lado)?,? )?(?:[ao]s? )?{_COMPANY_WORD}:? ")
_QUALITY = re.compile(
    r",? (?:na qualidade de|como|denominad[oa]) (?:[ao] )?contratante[,;:. ]+(?:e,? )?(?:[ao]s? )?"
)
_AND_THE = re.compile(r",? e,? (?:de outro(?: lado)?,? )?[ao]s? (?=\S)")
_AND = re.compile(r",? e,? (?=\S)")

_LEAD = re.compile(rf"(?:(?:de um lado|entre si|entre|[ao]s?|e|{_COMPANY_WORD}),?:? )+")
_BEHIND = re.compile(
    r"^(?:(?:governo d[oe] )?(?:distrito federal|estado (?:d[aeo] )?[a-z ]{3,25}|uniao(?: federal)?"
    r"|municipio (?:d[aeo] )?[a-z ]{3,30}|df))(?: - ?df)?(?:, [^,]{0,80})?\)?,? ?"
    r"(?:(?:neste ato |representad[oa] |, ?)*(?:por (?:meio|intermedio)|atraves)(?: de)?"
    r"(?: ?d?[aoe]?s?)?(?: sua| seu)? )"
)
"""The State that acts through one of its bodies: the body is the buyer."""
_THROUGH = re.compile(r",? (?:por (?:meio|intermedio)|atraves) d")
_TAIL = re.compile(
    r"\s?[,;(/\-]*\s?(?:\binscrit|\bdoravante|\bna qualidade|\bcomo (?:a |o )?(?:contrat|conced"
    r"|conven"
    r"|benef|locat|locad|intervenient)"
    r"|\bneste ato|\brepresentad|\bcom sede|\bsediad|\bsituad|\bestabelecid|\bc\.?n\.?p\.?j\b"
    r"|\bc\.?p\.?f\b"
    r"|\bc\.?g\.?c\b|\b(?:ora )?denominad|\bdesignad[oa] |\bcontratante|\bcontratad[oa]"
    r"|\bconcedente\b"
    r"|\bconvenente\b|\bbrasileir[oa],|\bportador|\bcujo|\bobjetivando|\bpara (?:a |o )?(?:prest"
    r"|forn|exec)"
    r"|\btorna publico|\bvencedora|\bmatriz\b|\bcpf|\bcnp\b|\bcom interveni"
    r"|\btendo como intervenient|\bno valor"
    r"|\bque (?:entre si|tem|celebram)|\bsob o n|\bresolvem|\bfirmam|\bcelebram|\bprocesso\b"
    r"|\bpor sua |\bautorizad|\bresponsavel\b|\bcomo |\bnos termos d|\blocalizad|\bno uso d"
    r"|\.? ?\*{3}\.|\bpara os fins)"
)
_STOP = re.compile(r"[.;] (?!(?:me|epp|eireli|s[./]?a|df|-)\b)(?=\S{3})")
_INITIAL = re.compile(
    r"(?:\b(?:s|sr|sra|dr|st|ind|com|serv|cia|av|eng|adm|assist|dist|rep)|\b[a-z])$"
)

_BODY = re.compile(
    r"\b(?:secretaria|administracao|departamento|companhia|fundacao|instituto|tribunal|prefeitura"
    r"|municipio|camara|policia|agencia|ministerio|universidade|empresa brasileira|banco|corpo de"
    r"|defensoria|procuradoria|junta|autarquia|governo|hospital|fundo|superintendencia|servico"
    r"|distrito federal|estado|uniao|controladoria|conselho|df|seedf|novacap|caesb|ceb|detran|brb"
    r"|der|ses|pmdf|cbmdf|metro|escola|casa civil|comando|diretoria|batalhao|regiao)\b|/df\b|df/"
)
"""Words that a public body is called by: evidence for a buyer, never a condition."""
_COMPANY = re.compile(
    r"\b(?:ltda|eireli|s[./]?a|me|epp|mei|cia|companhia|associacao|instituto|fundacao|cooperativa"
    r"|comercio|servicos|industria|engenharia|construcoes|construtora|consorcio|banco|empresa)\b"
)


@dataclass(frozen=True, slots=True)
class Parties:
    """Spans of the view, and whether the words that part the two leave no doubt."""

    buyer: Span | None
    other: Span | None
    clear: bool


def split_parties(folded: Folded, start: int, end: int) -> Parties:
    """Buyer and other party of view[start:end]; `other` is None where nothing parts them."""
    cut, clear = _cut(folded, start, end)
    if cut is None:
        return Parties(buyer_name(folded, start, end), None, False)
    buyer = buyer_name(folded, start, cut[0])
    return Parties(buyer, other_name(folded, cut[1], end), clear)


def _cut(folded: Folded, start: int, end: int) -> tuple[Span | None, bool]:
    """The words between the two names, and whether they are the only candidates."""
    for pattern in (_VERSUS, _QUALITY, _AND_COMPANY):
        found = list(pattern.finditer(folded.text, start, end))
        if found:
            return found[0].span(), len(found) == 1
    for pattern in (_AND_THE, _AND):
        found = [m for m in pattern.finditer(folded.text, start, end) if _joins(folded, m)]
        if len(found) == 1:
            return found[0].span(), pattern is _AND_THE
        if found:
            break
    found = found or list(_AND.finditer(folded.text, start, end))
    best = max(found, key=lambda m: _parting(folded.text, start, m, end), default=None)
    return (best.span(), False) if best else (None, False)


_ENDS_A_NAME = re.compile(r"(?:distrito federal|[-/ ]df|[,)]|\d)$")


def _parting(text: str, start: int, match: re.Match[str], end: int) -> int:
    """How many signs there are that this "e" parts the two names and stands inside neither."""
    left, right = text[start : match.start()], text[match.end() : end]
    signs = (
        match[0].startswith(","),
        _ENDS_A_NAME.search(left) is not None,
        looks_public(left),
        looks_private(right),
        not looks_public(right),
        not looks_private(left) or looks_public(left),
    )
    return sum(signs)


def _joins(folded: Folded, match: re.Match[str]) -> bool:
    """Whether a small "e" stands between names: a capital follows, and it is itself no capital."""
    letter = match.start() + match[0].index("e")
    original, starts = folded.original, folded.starts
    if match.end() >= len(starts):
        return False
    return original[starts[letter]] == "e" and original[starts[match.end()]].isupper()


def buyer_name(folded: Folded, start: int, end: int) -> Span | None:
    """The buyer's name in view[start:end]: the body through which a State acts."""
    start = _after_lead(folded.text, start, end)
    if behind := _BEHIND.match(folded.text[start:end]):
        start = _after_lead(folded.text, start + behind.end(), end)
    through = _THROUGH.search(folded.text, start, end)
    if through is not None and through.start() > start:
        end = through.start()
    return _name(folded, start, end)


def other_name(folded: Folded, start: int, end: int) -> Span | None:
    """The other party's name in view[start:end], without "a empresa" and what follows it."""
    return _name(folded, _after_lead(folded.text, start, end), end)


def _after_lead(text: str, start: int, end: int) -> int:
    while start < end and text[start] in " ,.;:-":
        start += 1
    lead = _LEAD.match(text, start, end)
    return lead.end() if lead else start


def _name(folded: Folded, start: int, end: int) -> Span | None:
    tail = _TAIL.search(folded.text, start, end)
    if tail is not None:
        end = tail.start()
    for stop in _STOP.finditer(folded.text, start, end):
        if not _INITIAL.search(folded.text, start, stop.start()):
            end = stop.start()
            break
    start, end = trimmed(folded.text, start, end)
    while folded.text[start:end].endswith((" e", " a", " o", " e a", " e o")):
        start, end = trimmed(folded.text, start, folded.text.rindex(" ", start, end))
    letters = sum(c.isalpha() for c in folded.text[start:end])
    return (start, end) if letters >= 2 else None


def looks_public(text: str) -> bool:
    """Whether a name in the plain view has a word of public bodies."""
    return _BODY.search(text) is not None


def looks_private(text: str) -> bool:
    """Whether a name in the plain view has a word of companies and associations."""
    return _COMPANY.search(text) is not None


BODY_START = (
    r"(?:secretaria|prefeitura|companhia|fundac|tribunal|camara|departamento d|universidade"
    r"|instituto"
    r"|municipio|policia|ministerio|empresa|agencia|servico|corpo de|defensoria|procuradoria"
    r"|hospital"
    r"|autarquia|[a-z]{2,12}[-/]df\b)"
)
"""How the name of a public body begins, in the plain view."""
_UNIT = re.compile(
    r"\W*(?:pregoeir|president|comissao|diretor|ordenador|prefeit[oa] |agente de|chefe|subsecretari"
    r"|coordena|equipe|gerente|gerencia|superintendente|central de|nucleo de|setor de|assessoria"
    r"|departamento de (?:compras|logistica|licitac|administrac|suprimento))"
)
_WITHIN = re.compile(r",? d[aoe]s? ")


def without_unit(folded: Folded, start: int, end: int) -> int | None:
    """Start of the body's name where view[start:end] names an office in it first ("O Pregoeiro
    da ..."); `start` where it names none, None where the office's body is not named.
    """
    if not _UNIT.match(folded.text, start, end):
        return start
    last = None
    for within in _WITHIN.finditer(folded.text, start, end):
        word = re.compile(r"[^ ,]+").match(folded.text, within.end(), end)
        if word is None:
            continue
        capitals = folded.original[slice(*folded.span(*word.span()))].isupper()
        if re.match(BODY_START, folded.text[within.end() : end]) or capitals:
            last = within.end()
    return last
