"""Budget codes of a text: unit, programme, nature of expense, source, each by itself.

Does not check that a code exists in any budget.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cidadao_models.models.text_analysis.entities import Entity
from cidadao_models.models.text_analysis.evidence import fact
from cidadao_models.models.text_analysis.folding import Folded

_MARK = (
    r"(?:[ :.;,-]{0,4}(?:\b(?:n|no|nos|sob|e|de|da|do|a|o|codigos?|uo|pt|nd|fr|item)\b\.?|"
    r"\([a-z. ]{1,6}\)|u\.o\.?|p\.t\.?)){0,4}"
    r"[ :.;()-]{0,6}"
)
"""What may stand between a field's name and its code."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """Field names and the shape of the codes they hold; `weight` says how sure the name is."""

    weight: float
    name: re.Pattern[str]
    code: re.Pattern[str]


_PROGRAMME_CODE = (
    r"\d{2} ?\. ?\d{3} ?\. ?[0-9a-z]{4} ?[.,/-]? ?[0-9a-z]{4}(?: ?[./-]? ?[0-9a-z]{4})?(?!\d)"
    r"|\d{1,3}[.-]\d{3,4}[.-]\d{4}[./-]\d{1,4}(?:[./-]\d{1,4})*"
    r"|\d{9,13}(?:[a-z]{2}|-)?\d{4,8}|\d{2}\.\d{2}\.\d{2}(?:\.\d+)+|\d{4,6}(?!\d|/)|"
    r"\d{1,2}\.\d{3}(?!\d)"
)
_NATURE_CODE = (
    r"[1-4](?:\.\d){1}\.\d{2}\.\d{2}(?:[.-]\d{2,3})?|"
    r"[1-4]\d ?[.-]? ?\d{2} ?[.-]? ?\d{2}(?: ?[.-] ?\d{2,3})?(?!\d)"
    r"|[1-4]\.\d\.\d{2}(?!\d)|[1-4]\d{5}(?:\d{2})?(?!\d)|\d(?= ?- ?[a-z]{4})"
)
_SOURCE_CODE = r"\d{1,2}(?:\.\d{3,4}){1,4}(?:-\d)?(?!\d)|\d{3,10}(?![\d.]\d)|\d(?= ?- ?[a-z]{4})"
_UNIT_CODE = r"\d{2,3} ?\. ?\d{2,3}(?:\.\d{2,3})?(?!\d)|\d{4,6}(?!\d)|\d{2}(?=[ ;.-][^\d]|$)"
_WHOLE_CODE = r"\d{5}(?![\d.])|\d{1,2}(?:\.\d{1,4}){4,12}(?:-\d{1,4})?"

_KINDS = (
    _Kind(3.0, re.compile(
        r"\b(?:unidade orcamentaria|unidade(?= ?:)|u\. ?o\.?|uo|(?:unidade gestora|"
        r"ug)/(?:orcamentaria|uo) ?:? ?\d{3,6}(?= ?/)/?)"
        + _MARK), re.compile(_UNIT_CODE)),
    _Kind(3.0, re.compile(
        r"\b(?:programas? (?:d ?[eo] )?trabalhos?(?: resumido)?|ptres|pt|p\. ?t|"
        r"funcional(?: programatica)?|classificacao funcional"
        r"(?: programatica)?|projetos?[/ -]{1,3}(?:atividades?|subtitulos?)|"
        r"acao(?: orcamentaria)?(?= ?:))(?![a-z])" + _MARK),
        re.compile(_PROGRAMME_CODE)),
    _Kind(3.0, re.compile(
        r"\b(?:naturezas? d[aeo]s? despesas?|n\. ?d|nd|elementos? (?:d[aeo]s? )?despesas?|"
        r"categoria economica|"
        r"classificacao (?:economica|orcamentaria)|"
        r"natureza)(?![a-z])" + _MARK), re.compile(_NATURE_CODE)),
    _Kind(2.5, re.compile(
        r"\b(?:fontes?(?: d[aeo]s? recursos?)?(?: ?[:,]? ?recursos proprios(?: da \w+)?,? "
        r"?(?:codigo)?)?|fr|f\. ?r)(?![a-z])" + _MARK),
        re.compile(_SOURCE_CODE)),
    _Kind(2.5, re.compile(r"\bdotac(?:ao|oes)(?: orcamentarias?)"
                          r"?(?![a-z])" + _MARK), re.compile(_WHOLE_CODE)),
)  # fmt: skip
_NEXT = re.compile(r" ?(?:,|;|e|/|ou|e/ou) ?(?:nos? )?")

_LONG_CODE = 1.5
"""Added for six digits or more: few other numbers beside such a name have as many."""


def find_budget_codes(folded: Folded) -> list[Entity]:
    """Every code that follows its field's name, lists of codes included."""
    found: dict[tuple[int, int], Entity] = {}
    for kind in _KINDS:
        for name in kind.name.finditer(folded.text):
            for start, end in _codes(kind, folded.text, name.end()):
                known = sum(c.isdigit() for c in folded.text[start:end]) >= 6
                weight = kind.weight - 1.0 + (_LONG_CODE if known else 0)
                found[start, end] = fact(folded, "dotacao", start, end, weight)
    return list(found.values())


def _codes(kind: _Kind, view: str, at: int) -> list[tuple[int, int]]:
    """Spans of the codes of one field, one after the other."""
    spans: list[tuple[int, int]] = []
    code = kind.code.match(view, at)
    while code is not None:
        spans.append(code.span())
        follows = _NEXT.match(view, code.end())
        code = kind.code.match(view, follows.end()) if follows else None
    return spans
