"""Which of a text's dates is the day of signature, or of the opening session of a notice.

Does not tell the term of a contract: dates that bound it are left to the term's own words.
"""

from __future__ import annotations

from cidadao_models.models.text_analysis.entities import Entity
from cidadao_models.models.text_analysis.evidence import Candidate, clue, fact, the_one, weigh
from cidadao_models.models.text_analysis.fact_values import days
from cidadao_models.models.text_analysis.folding import Folded

OPENING_ACTS = frozenset({"aviso_licitacao"})
"""Kinds of act whose date is that of the session, not of the signature."""

_SIGNATURE = " ?".join("assinatura")
_SIGNED = r"(?:assinad|firmad|celebrad|lavrad)[oa]s?"
_HOUR = (
    r"(?: ?,? ?(?:as|ate as|ate|a partir das|das|partir de) ?)?\(?\d{1,2} ?(?:h|"
    r":)[\d :hmin]*\)?(?:oras?)?"
)
_LAW = (
    r"\b(?:leis?|decretos?(?:-lei)?|portarias?|resolucao|resolucoes|instrucao|instrucoes|mp|"
    r"medida provisoria|parecer|acordao|deliberacao|emenda|constituicao|edital|ato|normativa|"
    r"ordem de servico)\b"
)

_MOVED = r"\b(?:prorrogad|adiad|remarcad|transferid|redesignad|reagendad)[oa]s?\b"
"""The day after these words holds, the day before them no more."""

_AGAINST = (
    clue(-5.0, rf"{_LAW}(?:(?!\. [a-z]|[;:]).){{0,40}}(?:,| de| em) ?$", 60),
    clue(-4.0, r"\b(?:public|divulgac|disponibiliz|dodf|d\.? ?o\.? ?d\.? ?f|d\.o\.u|dou\b|"
               r"diario oficial|"
               r"edicao)(?:(?!\. [a-z]|[;:]).){0,45}:? ?$", 60),
    clue(-3.5, r"\b(?:emitid[ao]s?|datad[ao]s?|emissao|empenho|ne)\b[^;:]{0,25}:? ?$", 40),
    clue(-3.0, r"\b(?:vigencia|vigor\w*|vigera|a partir de|a partir do dia|a contar de|periodo|ate|"
               r"inicio|inicial|termino|final|encerra\w*|prazo|validade|vencimento|"
               r"prorrog\w*)\b[^.;:]{0,25}$", 45),
    clue(-2.5, r"\d{4} ?(?:a|e|ate|-) ?(?:o dia )?$", 16),
    clue(-2.5, r"^ ?(?:a|ate|e) (?:o dia )?\d{1,2}[/.o ]", 16, after=True),
    clue(-3.0, r"\b(?:nascid[ao]|nascimento|posse|nomead[oa]|delegac|procurac|proposta (?:de|"
               r"datada)|despacho)[^.;:]{0,40}$", 55),
)  # fmt: skip
"""Dates of other papers and of terms."""

_SIGNING = (
    clue(6.0, rf"\b{_SIGNATURE}s?(?: d[oe] (?:\w+ ){{0,3}}\w+)? ?(?:[:;.-]|em|no dia|na data de|"
              rf"foi em|ocorreu em)? ?:? ?(?:[a-z]+(?:[-/]?[a-z]{{2}})?, ?)?(?:em )?$", 70),
    clue(4.5, rf"\b(?:{_SIGNED}|assinam|assinou|assinaram)(?: [a-z]+){{0,6}},? (?:em|aos?|"
              rf"no dia) ?:? ?(?:[a-z]+(?:[-/]?[a-z]{{2}})?, ?)?$", 70),
    clue(3.0, r"\b(?:data d[aoe] (?:contrato|celebracao|firma\w*|convenio|ajuste|aditivo|"
              r"aditamento|termo)|data) ?:? ?$", 40),
    clue(2.5, r"\baos ?$", 6),
    clue(5.0, r"\bass\.? ?:? ?$", 8),
    clue(-4.0, r"\b(?:contrato|convenio|termo|ajuste|"
               rf"ata)\b[^.;:]{{0,40}}\d[^;:]{{0,25}}\b{_SIGNED} (?:em|aos) ?$", 110),
)  # fmt: skip

_PLACE = clue(3.0, r"(?:^|[.;)\"'] ?|\b\w+ )(?:[a-z]{3,}(?: d[aeo]s?)? ?){1,4}(?: ?[-/(] ?"
                   r"[a-z]{2}\)?)?, ?(?:em |aos )?$", 60)  # fmt: skip
"""`Recife/PE, 12 de março de 2019`: the place and day under an act."""

_SESSION = (
    clue(5.0, r"\babertura\b(?: (?:d[aoe]s? )?(?:sessao|propostas?|licitacao|certame|envelopes?|"
              r"pregao|disputa|publica|documentac\w*|lances))*"
              r"(?: ?[:;,.-]| dia| sera| esta| fica| prevista| marcada| ocorrera| no| em| para| o|"
              r" a| do| as?| partir| data| e| horario| hora| nova|/|" + _HOUR + r")* ?$", 110),
    clue(4.0, r"\b(?:sessao|disputa|licitacao|certame|pregao)\b[^.;]{0,60}$", 75),
    clue(2.5, r"\b(?:data|horario|hora|dia)s? ?[^.;]{0,60}$", 75),
    clue(2.0, r"\b(?:recebimento|entrega|apresentacao|envio|encaminhamento)\b[^.;]{0,70}$", 85),
    clue(1.5, r"\b(?:fim|final|limite)\b[^.;]{0,45}$", 60),
    clue(-1.5, r"\binicio\b[^.;]{0,45}$", 60),
    clue(6.5, rf"{_MOVED}[^.;]{{0,30}}$", 50),
    clue(-4.0, rf"^[^.;]{{0,30}}{_MOVED}", 50, after=True),
    clue(1.5, rf"^{_HOUR}", 40, after=True),
    clue(1.0, r"\bdia:? ?$", 8),
    clue(0.7, r"\d ?(?:h|:)[\dmin ]*(?:oras?)? ?(?:,? ?d[oe] ?)?(?:dia )?$", 22),
    clue(-1.5, r"\ba partir d[aeo](?: dia)?(?: \d{1,2}h?[\d:min]*)?[^.;]{0,10}$", 40),
    clue(-2.5, r"\b(?:edita(?:l|is)|retirad[oa]|disponive(?:l|is)|impugnac|esclareciment|visita|"
               r"vistoria|questionament)\w*[^.;]{0,50}$", 70),
    clue(-3.0, r"\b(?:anteriormente|publicad[oa]|anterior)\b[^.;]{0,50}$", 65),
)  # fmt: skip
"""What says that the day is the session's."""

_UNTOLD = -2.0
"""A date with nothing beside it could be anything's."""

_LATE = 0.5
"""The signature comes last more often than not; a date at the beginning has so much less."""


def find_dates(folded: Folded, act_type: str) -> list[Entity]:
    """THE day of the act, at each place that states it."""
    weight_of = _session_weight if act_type in OPENING_ACTS else _signing_weight
    candidates = [
        Candidate(start, end, weight_of(folded.text, start, end), day)
        for start, end, day in days(folded.text)
    ]
    return [fact(folded, "data", c.start, c.end, c.weight) for c in the_one(candidates)]


def _signing_weight(view: str, start: int, end: int) -> float:
    clues = weigh((*_SIGNING, *_AGAINST), view, start, end)
    return _UNTOLD + clues + _place_and_day(view, start, end) + _LATE * start / len(view)


def _session_weight(view: str, start: int, end: int) -> float:
    clues = weigh((*_SESSION, *_AGAINST), view, start, end)
    return _UNTOLD + clues - _place_and_day(view, start, end)


_FOOT = 150
"""Characters after a place and day that hold no more than names: the foot of an act."""


def _place_and_day(view: str, start: int, end: int) -> float:
    """Weight of a place before the day; elsewhere than at the foot a place is less telling."""
    share = 1.0 if len(view) - end <= _FOOT else start / len(view)
    return weigh((_PLACE,), view, start, end) * share
