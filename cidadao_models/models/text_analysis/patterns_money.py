"""Which of a text's amounts is the value of the contract, agreement or notice.

Does not add amounts up and does not read amounts written only in words.
"""

from __future__ import annotations

import re

from cidadao_models.models.text_analysis.entities import Entity
from cidadao_models.models.text_analysis.evidence import Candidate, clue, fact, the_one, weigh
from cidadao_models.models.text_analysis.fact_values import amount
from cidadao_models.models.text_analysis.folding import Folded

_DIGITS = r"\d{1,3}(?: ?\. ?\d{3}){1,4}(?: ?[.,] ?\d{2,4})?(?!\d)|\d[\d.,]*\d|\d"
_AMOUNT = re.compile(
    rf"(?P<sign>r ?\$ ?(?:r ?\$ ?)?)(?:{_DIGITS})(?: (?:mil|milh(?:ao|oes)|bilh(?:ao|"
    r"oes))\b(?! ?,| e ))?"
    r"|(?<![\d.,/-])\d{1,3}(?:\.\d{3}){0,4},\d{2}(?![\d/%-]|[.,]\d| ?%)"
)

_WHOLE = (
    r"(?:total|global|geral|maximo|maxima|anual|contratual|contratad[oa]|fiscal|"
    r"de referencia|pactuad[oa]|ajustad[oa]|homologad[oa]|adjudicad[oa]|atualizad[oa]|"
    r"reservad[oa]|estimad[oa]|previst[oa]|inicial|minimo)"
)
_OF = (
    r"(?:d[aeo]s?|dest[ae]|para|pela|a|o) ?(?:presente |"
    r"referid[ao] )?(?:futura )?(?:contrat[oa](?:cao)?|licitacao|"
    r"aquisicao|compra|convenio|servicos?|objeto|obra|parceria|ajuste|avenca|repasse|proposta|ata|"
    r"despesa|"
    r"instrumento|termo|fornecimento|certame|locacao|lote unico)"
)
_TO = (
    r"(?: ?\(r ?\$\))? ?(?:[:;=-]{1,2}|e de|e|sera de|de|em|no|na|importa em|corresponde a|"
    r"perfaz)? ?(?:ate |aproximadamente |cerca de )?"
)

_CLUES = (
    clue(4.5, rf"\bvalor(?:es)?(?: {_WHOLE}){{1,3}}(?: {_OF}(?: \w+)?)?(?: {_WHOLE})?{_TO}$", 90),
    clue(4.0, rf"\bvalor {_OF}(?: \w+)?(?: {_WHOLE})*{_TO}$", 80),
    clue(3.5, r"(?:^|[.;,)-] ?|\bd[oe] |\bo )valor(?: \(r ?\$\))? ?[:;-]{1,2} ?$", 30),
    clue(2.5, r"\bvalor ?(?:de|e de|:)? ?$", 30),
    clue(2.0, rf"\b(?:preco|montante|quantia|importancia|custo|total)(?: {_WHOLE})?{_TO}$", 60),
    clue(4.0, r"\b(?:totaliz\w+|perfaz\w*)(?: [oa]? ?\w+)?(?: \w+)?(?: de)? ?$", 45),
    clue(1.5, r"\b(?:repass|transfer|destin)\w* ?(?:[oa] \w+ )?(?:de )?$", 30),
    clue(2.0, r"\b(?:estimad[oa]s?|orcad[oa]s?|avaliad[oa]s?|previst[oa]s?) em ?$", 40),
    clue(1.0, r"\bvalor\b", 90),
    clue(0.8, r"\b(?:total|global)\b", 45),
    clue(0.4, r"^ ?\((?:[a-z]+,? )", 12, after=True),
    clue(-0.6, r"\banual\b", 30),
    # what is only a part, or another thing
    clue(-4.0, r"\b(?:empenhos?|\d{4}ne\d{3,}|da ne|empenhad[oa])\b(?:(?!\. [a-z]|; ).)*$", 75),
    clue(-3.5, r"\b(?:mensal|mensais|unitari[oa]s?|hora|diari[ao]s?|por item|"
               r"por unidade)\b[^.;]{0,25}$", 60),
    clue(-3.0, r"^(?: ?\([^)]{0,120}\))? ?,? ?(?:mensa|por mes|/mes|por hora|por unidade|cada\b|"
               r"a unidade)", 150, after=True),
    clue(-2.0, r"\b(?:acrescim|supress|suprimi|decrescim|reajust|reducao|desconto|glosa|"
               r"diferenca)\w*[^.;]{0,60}$", 80),
    clue(-3.5, r"\b(?:multa|garantia|caucao|contrapartida|capital social|taxa|edital ao custo|"
               r"copia|retirada|patrimonio|seguro)\b[^.;]{0,30}$", 60),
    clue(-2.0, r"\b(?:item|lote|grupo|parcela|exercicio)s?(?: (?:d[eo] )?\d+)?[^.;]{0,20}$", 45),
    clue(-1.5, r"\b(?:sendo|dos quais|correspondente a|passando de|passa de|"
               r"de r\$)[^.;]{0,12}$", 40),
    clue(1.0, r"\bpara ?$", 8),
    clue(-6.0, r"^ ?(?:%|por cento|m2|m3|km\b|metros|kg\b|litros|horas?\b|ha\b)", 12, after=True),
)  # fmt: skip
"""What stands beside an amount, in log-odds; the total of a contract says so itself."""

_SIGNED, _UNSIGNED = -0.8, -3.3
"""Without any clue: an amount with its R$ may be any price; bare digits may be no money."""

_EARLY = 0.6
"""The value comes first more often than not; an amount at the end has so much less."""


def find_values(folded: Folded) -> list[Entity]:
    """THE amount of the act, at each place that states it."""
    view = folded.text
    candidates = [
        Candidate(match.start(), end, _weight(match, end, view), value)
        for match in _AMOUNT.finditer(view)
        if (value := amount(view[match.start() : (end := _end(match, view))]))
    ]
    return [fact(folded, "valor", c.start, c.end, c.weight) for c in the_one(candidates)]


def _end(match: re.Match[str], view: str) -> int:
    """Where the amount ends, a full stop or comma after it left out."""
    end = match.end()
    while view[end - 1] in "., ":
        end -= 1
    return end


def _weight(match: re.Match[str], end: int, view: str) -> float:
    start = match.start()
    known = _SIGNED if match["sign"] else _UNSIGNED
    return known + weigh(_CLUES, view, start, end) - _EARLY * start / len(view)
