"""Numbers of papers: of the contract or tender, of its addendum, of the process, and CNPJs.

A number belongs to the noun nearest before it. Does not look the numbers up anywhere.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from cidadao_models.models.text_analysis.entities import Entity
from cidadao_models.models.text_analysis.evidence import Candidate, fact, the_one
from cidadao_models.models.text_analysis.fact_values import bare, ordinal
from cidadao_models.models.text_analysis.folding import Folded
from cidadao_models.records import cnpj_digits_hold

TENDER_ACTS = frozenset({"aviso_licitacao", "suspensao_licitacao", "anul_revog_licitacao"})
"""Kinds of act that are about a tender; the others are about a contract or agreement."""

_REACH = 170
"""Characters in which a number's noun stands before it: a long title between contract and nº."""

_OWNERS = (
    ("processo", r"process(?:o|os)\b|proc\b|protocolo\b|p\.?a\.? n"),
    ("aditivo", r"aditivos?\b|apostila\w*"),
    ("tender", r"pregao|pregoes|concorrencia|tomadas? de preco|convite\b|chamamento|"
               r"chamada publica|"
               r"dispensa\b|inexigibilidade|leilao|credenciamento(?= n)|licitac(?:ao|oes)\b|"
               r"licitatorio\b|"
               r"edital\b|p\.?e\.?(?= n)|p\.?p\.?(?= n)|rdc\b|srp\b|cotacao|alienacao|"
               r"\bl[pf]n? ?(?=n)|\blic\b|pe-?srp"),
    ("contract", r"contratos?\b|convenios?\b|termos? de (?:colaborac|fomento|parceria|cooperac|"
                 r"compromisso|"
                 r"credenciam|concess|permiss|cess|uso|outorga|adesao|doacao|execucao)\w*|"
                 r"acordos? de|"
                 r"carta[- ]contrato|ajuste\b|"
                 r"ordem de (?:fornecimento|compra)"),
    ("minutes", r"atas? (?:de registro|rp|srp)\b(?: de precos?)?"),
    ("other", r"\bleis?\b|decretos?\b|portarias?\b|resoluc\w+|instruc\w+ normativa|"
              r"empenhos?\b|\bne\b|"
              r"padrao\b|termo padrao|dodf\b|siggo\b|\bsei\b|parecer\b|atas?\b|cnpj\b|cpf\b|"
              r"matricula|\brg\b|"
              r"art(?:igo|s)?\b|inciso|clausula|item\b|lote\b|anexo\b|uasg\b|"
              r"evento(?=[ :]{1,2}(?:n[o.]* ?)?\d{6})|\buo\b|"
              r"fonte|programa de trab\w+|"
              r"oficio\b|nota fiscal|apolice|telefone|fone\b|quadra|\bcep\b|conta\b|agencia\b|"
              r"decis(?:ao|oes)\b|"
              r"acordao|orcamento|norma\b|registro d|crea\b|crm\b|placa|diario oficial"),
)  # fmt: skip
_OWNER = re.compile("|".join(rf"(?P<{name}>\b(?:{words}))" for name, words in _OWNERS))

_MARK = re.compile(
    r"(?:\bn(?:(?:[o.:]|umero|um|ro|r)*)? ?[.:o-]? ?|[:-] ?|\bno )(?:[a-z]{2,8}[ -]?)?$|"
    r"[a-z)\"] ?-? ?$"
)
"""What may stand right before a number that is a name: `nº`, a colon, or the noun itself."""

_SUFFIX = (
    r"(?:[-–](?!uasg|srp|edital|ra\b)[a-z]{2,7}(?:[-/][a-z]{1,4}\b)?(?![a-z/-])|/(?:ses|sms|"
    r"pm|df)[a-z]{0,4}\b)?"
)
"""What is glued to a number: the body that gave it."""

_NUMBER = re.compile(
    rf"(?<![\d.,/$-])(?P<core>(?:\b[a-z]{{1,2}}-)?\d{{1,3}}(?:\.\d{{3}})*(?: ?[-.] "
    rf"?[a-z]{{0,2}}\d{{1,6}}){{0,2}} ?/ ?(?:19|20)\d{{2}}"
    r"|\d{1,5}/[a-z]{2,8}/(?:19|20)\d{2}"
    r"|\d{1,10} ?/ ?(?:(?:19|20)\d ?\d|\d{2}(?!\d)(?! ?/))|(?:19|20)\d{2} ?/ ?\d{1,6}"
    r"|\d{1,10}(?: ?- ?[a-z]{0,2}\d{4,6}/(?:19|20)\d{2})?)"
    rf"(?P<suffix>{_SUFFIX})(?![\d%]|[,/.]\d|-\d)"
)

_PROCESS_NUMBER = (
    r"\d{2,5}-sei\d{3,8}/(?:19|20)\d{2}|\d(?:[\d./-]| (?=[\d./-])){0,26}?/ ?(?:19|"
    r"20)\d{2}(?: ?- ?\d{2}(?!\d))?(?!\d)"
    r"|\d{3,5}-\d{8,12}-\d{2}(?!\d)|\d{1,8}(?: ?[./-] ?\d{1,10}){1,6}|\d{5,21}"
)
"""Up to the year and its check digits where there is a year; else digits and their marks."""
_PROCESS = re.compile(
    r"(?<![a-z])(?:process(?:o|os)|proc\.|protocolo)(?:[ :]?(?:administrativo|eletronico|sei|gdf|"
    r"licitatorio|"
    r"de (?:compra|contratacao|licitacao|dispensa|inexigibilidade|despesa)|digital|interno|"
    r"principal|"
    r"e-?doc|adm\b\.?|sob|d[oae]|[oa]s?|[/-])(?![a-z]))*[ \w/()-]{0,14}?[ .:;o-]{0,8}"
    rf"(?P<number>{_PROCESS_NUMBER})"
)
_SEI_SHAPE = re.compile(
    r"(?<![\d./-])(?P<number>\d{5} ?- ?\d{8} ?/ ?\d{4} ?- ?\d{2}|\d{5}\.\d{6}/(?:19|"
    r"20)\d{2} ?- ?\d{2})(?!\d)"
)
"""Numbers of two usual systems, known by their shape alone."""
_LIST = re.compile(rf" ?(?:,|;|e|/|x) (?:no )?(?P<number>{_PROCESS_NUMBER})(?!\d)")
_IN_PROSE = re.compile(
    r"\b(?:objeto d[oe]|autuad\w+|tramit\w+|andamento|constante|dos autos|nos autos|sob o|"
    r"sob os numeros de|atraves d[oe]|"
    r"n[oe]|[cd]o|pelo|conforme|presente|referid[oa]|respectivo|aquele|este|outro) ?$"
)
"""Words before `processo` inside a sentence: it may be another purchase's."""
_OTHERS = re.compile(r"^process\w* (?:de origem|tc\b|judicial|ceb|trabalhista|disciplinar)")
_COURT_CASE = re.compile(r"\d{7} ?- ?\d{2} ?\. ?\d{4} ?\. ?\d ?\. ?\d{2}")
"""The unified number of a lawsuit (CNJ, Resolução 65/2008): not the purchase's process."""

_CNPJ = re.compile(
    r"(?<![0-9a-z.])(?<!\d-)(?<!\d- )(?:\d ?\d ?\. ?\d ?\d ?\d ?\. ?\d ?\d ?\d ?/ ?\d ?\d ?\d ?\d "
    r"?- ?\d ?\d"
    r"|[0-9a-z]{2} ?\. ?[0-9a-z]{3} ?\. ?[0-9a-z]{3} ?/ ?[0-9a-z]{4} ?- ?\d{2}"
    r"|\d{8}/\d{4} ?- ?\d{2}|\d{2}[. ]?\d{3}[. ]?\d{3}[/ .]?\d{4}[- .]?\d{2})(?![0-9])"
)
_CNPJ_NAMED = re.compile(
    r"\b(?:cnpj|c\.n\.p\.j|cgc|cadastro (?:geral|"
    r"nacional) d[aeo]s? pessoas? juridicas?)\b"
)

_ADDENDUM = re.compile(
    r"(?<![\w.])(?P<ordinal>\d{1,2} ?[oa]?\.?|(?:(?:vi|tri|quadra)gesim[oa] )?(?:decim[oa] )?"
    r"(?:primeir|segund|terceir|quart|quint|sext|setim|oitav|non|decim|(?:vi|tri)gesim)[oa]s?|"
    r"[ivx]{1,5})"
    r" ?-? ?(?:t ?e ?r ?m ?o ?s? (?:de )?)?(?:aditivos?|aditamento|apostilamento|apostila)\b"
    r"|\b(?:termos? )?(?:de )?(?:aditivo|aditamento|apostilamento)(?: de \w+)? (?:n(?:[o.]|"
    r"umero)* ?)?"
    r"(?P<after>\d{1,3}/(?:19|20)\d{2}|\d{1,2}(?![\d/.]) ?[oa]?|(?:primeir|segund|terceir|quart|"
    r"quint|sext|setim|oitav|non|decim)[oa])\b"
)


@dataclass(frozen=True, slots=True)
class _Owner:
    """A noun that numbers may belong to, and where it ends."""

    end: int
    name: str


@dataclass(frozen=True, slots=True)
class _Named:
    """A number and the noun it belongs to."""

    owner: str
    start: int
    end: int
    gap: int


def find_numbers(folded: Folded, act_type: str) -> list[Entity]:
    """Numbers of papers in the text; those of other papers (laws, commitments) are left out."""
    return [
        *_of_instrument(folded, act_type),
        *_addenda(folded),
        *_processes(folded),
        *_cnpjs(folded),
    ]


# -- contract, agreement, tender ----------------------------------------------------------------


def _of_instrument(folded: Folded, act_type: str) -> list[Entity]:
    named = _named_numbers(folded.text)
    about_tender = act_type in TENDER_ACTS
    wanted = ("tender", "contract") if about_tender else ("contract", "minutes", "tender")
    for owner in wanted:
        candidates = [_candidate(folded.text, n) for n in named if n.owner == owner]
        told = the_one(candidates)
        if told:
            return [fact(folded, "numero", c.start, c.end, c.weight) for c in told]
    return []


def _named_numbers(view: str) -> list[_Named]:
    """Every number that stands as a name, with its noun."""
    owners = [_Owner(m.end(), str(m.lastgroup)) for m in _OWNER.finditer(view)]
    ends = [owner.end for owner in owners]
    named: list[_Named] = []
    for match in _NUMBER.finditer(view):
        start = match.start()
        owner = _owner_of(owners[max(0, bisect_right(ends, start) - _LOOK_BACK) :], start)
        if owner is not None and _MARK.search(view[max(0, start - 24) : start]):
            named.append(_Named(owner.name, start, match.end(), start - owner.end))
    return named


_LOOK_BACK = 4
"""Nouns looked at before a number: a title names few things between the paper and its number."""

_OTHERS_REACH = 30
"""Characters in which a law, a commitment or an item stands before its own number: further off,
it is a word in the title of a paper named before it."""


def _owner_of(owners: Sequence[_Owner], start: int) -> _Owner | None:
    """The noun nearest before `start` among the first `_LOOK_BACK` of `owners`."""
    for owner in reversed(owners[:_LOOK_BACK]):
        gap = start - owner.end
        if 0 <= gap <= (_OTHERS_REACH if owner.name == "other" else _REACH):
            return owner
    return None


_YEAR = re.compile(r"/ ?(?:[a-z]{2,8}/)?(?:19|20)?\d{2}|(?:19|20)\d{2} ?/")
_ENDED = re.compile(r"[.;] [a-z]{4}|\d/\d")
_MARKED = re.compile(r"\bn(?:[o.:]|umero|um|ro)* ?[.:o]? ?(?:[a-z]{2,6}[ -])?$")

_UNNAMED = -2.5
_HAS_YEAR, _HAS_MARK, _NEAR, _FIRST = 2.0, 1.5, 0.4, 2.0
_ACROSS_SENTENCES = -2.5
"""Log-odds for a number: without any sign; `/2024` in it; `nº` before it; its noun beside it; as
early as can be; a sentence ends between it and its noun."""


def _candidate(view: str, named: _Named) -> Candidate:
    before = view[max(0, named.start - 24) : named.start]
    between = view[named.start - named.gap : named.start]
    number = view[named.start : named.end]
    weight = (
        _UNNAMED
        + (_HAS_YEAR if _YEAR.search(number) else 0)
        + (_HAS_MARK if _MARKED.search(before) else 0)
        + (_NEAR if named.gap < 40 else 0)
        + (_ACROSS_SENTENCES if _ENDED.search(between) else 0)
        + _FIRST * (1 - named.start / len(view))
    )
    return Candidate(named.start, named.end, weight, _paper(number))


def _paper(number: str) -> str:
    """What two mentions of one paper share: `011/2020-SES` and `11/2020`."""
    return re.sub(r"(?<!\d)0+(?=\d)", "", re.split(r"[-–/ ]+(?=[a-z])", number)[0].replace(" ", ""))


# -- addenda --------------------------------------------------------------------------------------

_IN_TITLE, _LATER = 4.0, 1.0
_TITLE = 400
"""Characters in which an addendum names itself; later ones may be earlier addenda."""


def _addenda(folded: Folded) -> list[Entity]:
    candidates = [
        Candidate(*match.span(group), _IN_TITLE if match.start() < _TITLE else _LATER, value)
        for match in _ADDENDUM.finditer(folded.text)
        for group in [match.lastgroup or ""]
        if (value := ordinal(match[group])) is not None
    ]
    told = the_one(candidates)
    return [fact(folded, "numero_aditivo", c.start, _cut(folded, c), c.weight) for c in told]


def _cut(folded: Folded, candidate: Candidate) -> int:
    """The ordinal's end without the dot after it."""
    end = candidate.end
    while folded.text[end - 1] in " .":
        end -= 1
    return end


# -- processes ------------------------------------------------------------------------------------

_FIELD, _PROSE, _OTHER, _SHAPED = 2.5, 0.5, 0.0, 1.0
_USUAL_LENGTH, _UNUSUAL_LENGTH = 1.0, -1.0
_WITH_YEAR, _WITHOUT_YEAR = 0.5, -0.5
"""Log-odds for a process number: named in a field of its own, named in a sentence, of another
affair, known by shape only; then by how many digits it has and whether it has a year."""
_PROCESS_DIGITS = range(7, 22)
"""Digits of the numbers that process systems give; shorter ones are of small towns."""


def _processes(folded: Folded) -> list[Entity]:
    """The processes named in fields; those named in sentences only where no field names one."""
    spans = _named_processes(folded.text)
    best = max(spans.values(), default=0.0)
    if not spans:
        spans = {m.span("number"): _SHAPED for m in _SEI_SHAPE.finditer(folded.text)}
    return [
        fact(folded, "processo", start, end, weight + _process_shape(folded.text[start:end]))
        for (start, end), weight in spans.items()
        if weight >= min(best, _FIELD) and _is_process(folded.text[start:end], weight)
    ]


def _named_processes(view: str) -> dict[tuple[int, int], float]:
    spans: dict[tuple[int, int], float] = {}
    for match in _PROCESS.finditer(view):
        prose = _IN_PROSE.search(view[max(0, match.start() - 24) : match.start()])
        other = _OTHERS.match(match[0])
        span: tuple[int, int] | None = match.span("number")
        while span is not None:
            spans[span] = _OTHER if other else _PROSE if prose else _FIELD
            more = _LIST.match(view, span[1])
            span = more.span("number") if more else None
    return spans


def _is_process(number: str, weight: float) -> bool:
    return weight + _process_shape(number) > 0 and not _COURT_CASE.match(number)


def _process_shape(number: str) -> float:
    usual = len(bare(number)) in _PROCESS_DIGITS
    year = _YEAR.search(number) is not None
    return (_USUAL_LENGTH if usual else _UNUSUAL_LENGTH) + (_WITH_YEAR if year else _WITHOUT_YEAR)


# -- CNPJ -----------------------------------------------------------------------------------------

_DIGITS_HOLD, _DIGITS_FAIL, _NAMED_CNPJ, _WRITTEN_AS_CNPJ, _CNPJ_BASE = 4.0, -1.0, 2.5, 2.0, -2.5


def _cnpjs(folded: Folded) -> list[Entity]:
    found = []
    for match in _CNPJ.finditer(folded.text):
        weight = _cnpj_weight(folded.text, match)
        if weight > 0:
            found.append(fact(folded, "cnpj", *match.span(), weight))
    return found


def _cnpj_weight(view: str, match: re.Match[str]) -> float:
    code = bare(match[0])
    if len(code) != 14 or len(set(code)) == 1:
        return -1.0
    named = _CNPJ_NAMED.search(view[max(0, match.start() - 90) : match.start()])
    written = re.search(r"/ ?[\da-z ]{4,7}-", match[0])
    return (
        _CNPJ_BASE
        + (_DIGITS_HOLD if cnpj_digits_hold([code])[0] else _DIGITS_FAIL)
        + (_NAMED_CNPJ if named else 0)
        + (_WRITTEN_AS_CNPJ if written else 0)
    )
