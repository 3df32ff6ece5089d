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
    r"(?: ?(?:n[o.]*|:|-|;|sob|e|de|da|do|a|o|\(?[a-z]{1,3}\)?|codigos?|c ?[oó]digo))*[ :.;()-]*"
)
_ROMAN = r"(?:[ivx]{1,4} ?[-.)]? ?|\d\) ?)?"


@dataclass(frozen=True, slots=True)
class _Kind:
    """Field names and the shape of the codes they hold; `weight` says how sure the name is."""

    weight: float
    name: re.Pattern[str]
    code: re.Pattern[str]


_SEP = r" ?[.,] ?"
_PROGRAMME_CODE = (
    r"\d{2} ?\. ?\d{3} ?\. ?[0-9a-z]{4} ?[.,/-]? ?[0-9a-z]{4}(?: ?[./-]? ?[0-9a-z]{4})?(?![\d])"
    r"|\d{2}\.\d{3}\.\d{4}[./-]\d{1,4}(?:[./-]\d{1,4})*|\d{9,13}(?:[a-z]{2})?\d{4,8}|\d{2}\.\d{2}\.\d{2}(?:\.\d+)+|\d{4,6}"
)
_NATURE_CODE = (
    r"[34](?:\.\d){1}\.\d{2}\.\d{2}(?:[.-]\d{2,3})?|[34]\d ?\.? ?\d{2} ?\.? ?\d{2}(?: ?[.-] ?\d{2,3})?(?!\d)"
    r"|[34]\.\d\.\d{2}|[34]\d{5}(?:\d{2})?"
)
_SOURCE_CODE = r"\d{1,2}(?:\.\d{3}){1,4}(?:-\d)?|\d{3,10}(?![\d.]\d)|\d\.\d{3}\.\d{4}"
_UNIT_CODE = r"\d{2,3} ?\. ?\d{2,3}(?:\.\d{2,3})?|\d{4,6}|\d{2}(?=[ ,;.-])"

_KINDS = (
    _Kind(
        3.0,
        re.compile(r"\b(?:unidade(?: orcamentaria)?|u\. ?o\.?|uo|codigo u\.o)(?: ?[-/(] ?(?:u\.?o\.?)\)?)?" + _MARK),
        re.compile(_UNIT_CODE),
    ),
    _Kind(
        3.0,
        re.compile(r"\b(?:programas? d[eo] trabalhos?(?: resumido)?|programa d e trabalho|pt|p\. ?t\.?|funcional(?: programatica)?|"
                   r"classificacao funcional(?: programatica)?|projeto[/ -]atividade|acao orcamentaria)" + _MARK),
        re.compile(_PROGRAMME_CODE),
    ),
    _Kind(
        3.0,
        re.compile(r"\b(?:naturezas? d[aeo]s? despesas?|n\. ?d\.?|nd|elementos? d[aeo]s? despesas?|categoria economica|"
                   r"classificacao (?:economica|orcamentaria)|natureza)" + _MARK),
        re.compile(_NATURE_CODE),
    ),
    _Kind(
        2.5,
        re.compile(r"\b(?:fontes? d[aeo]s? recursos?(?: ?,? ?(?:recursos )?(?:proprios?),? ?(?:codigo)?)?|fontes?|fr|f\. ?r\.?)" + _MARK),
        re.compile(_SOURCE_CODE),
    ),
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
