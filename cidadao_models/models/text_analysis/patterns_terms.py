"""Named procedures and laws: the modality of a tender and the articles an act rests on.

Does not judge whether the law named is the right one.
"""

from __future__ import annotations

import re

from cidadao_models.models.text_analysis.entities import Entity
from cidadao_models.models.text_analysis.evidence import clue, fact, weigh
from cidadao_models.models.text_analysis.fact_values import modality
from cidadao_models.models.text_analysis.folding import Folded

_MODALITY = re.compile(
    r"\b(?:pregao(?: ?[-(]? ?(?:na forma )?(?:ele ?tronic[oa]|presencial)\b\)?)?|"
    r"concorrencia(?: (?:publica|eletronica|"
    r"presencial|nacional|internacional))?|tomadas? de precos?|convite|chamamento publico|"
    r"chamada publica|"
    r"dispensa eletronica|dispensa de licitacao|inexigibilidade(?: de licitacao)?|"
    r"leilao(?: (?:publico|eletronico|presencial))?|"
    r"dialogo competitivo|credenciamento|concurso|regime diferenciado de contratac(?:ao|oes)|"
    r"rdc(?: eletronic[oa])?|"
    r"adesao a ata|procedimento licitatorio(?: eletronico)?|licitacao (?:fechada|presencial|"
    r"publica nacional|eletronica)|"
    r"cotacao eletronica|dispensa(?= n)|(?:pe|tp)(?= n[o.]* ?\d))\b"
)

_CLUES = (
    clue(3.0, r"\bmodalidade(?: (?:d[ae] licitacao|licitatoria))?(?:/numero)? ?[:-]? ?$", 40),
    clue(2.0, r"\bmodalidade\b", 30),
    clue(3.0, r"^ ?(?:por srp|srp|sr|pe|para registro de precos?|-)? ?(?:n[o.]*|"
              r"n[o.]* ?:)? ?\d+ ?[/-]", 60, after=True),
    clue(2.0, r"\bavisos? (?:d[aeo] )?(?:\w+ ){0,4}-? ?$", 60),
    clue(1.0, r"\bedital (?:d[aeo] )?$|\blicitacao(?: |, | - )(?:d[oe] )?$", 20),
    clue(-2.5, r"\b(?:sobre|comissao|presidente|pregoeir\w+|regulamento|lei|"
               r"decreto) [^.;]{0,30}$", 40),
)  # fmt: skip
_BASE = -0.5
_EARLY = 2.5
"""Added at the very start of the text, where the title stands, and less and less after it."""
_COMMON_WORDS = frozenset({"concurso", "credenciamento", "convite"})
"""Words that mean other things too: they need a number or a field's name beside them."""

_LAW_NUMBER = (
    r"(?:n(?:[o.]*|umero)? ?)?\d{1,3}(?: ?\.? ?\d{3})?(?: ?/ ?\d{2,4}|"
    r"(?:,)? de \d{1,2}o? ?(?:[./-] ?\d{1,2} ?[./-] ?\d{2,4}|de [a-z]{4,9} de \d{4}))?"
)
_LAW = (
    r"(?:lei(?: federal| estadual| municipal| distrital| complementar| organica)*(?: n| \d)|"
    r"decreto(?:-lei)?"
    r"(?: federal| estadual| municipal| distrital)*(?: n| \d)|constituicao federal|\bcf\b|rilc)"
)
_ARTICLE = r"art(?:igo|igos|s)?\.? ?(?:n[o.]* ?)?\d{1,3}(?: ?[oa]\b| ?-[a-z]\b)?"
_PARTS = (
    r"(?:[ ,;.]{1,3}(?:(?:e|c/c|do|da|no|o|todos|com|combinado com)[ ,]{1,2})?(?:§ ?\d+ ?o?|"
    r"paragrafo \w+|incisos? [ivxlc]+(?:(?:, | e )[ivxlc]+)*|inc\.? [ivxlc]+|"
    r"[ivxlc]{1,6}\b|alineas? [\"']?[a-z][\"']?|[\"'][a-z][\"']|caput|[\"']caput[\"']|"
    r"\d{1,3}(?: ?[oa]\b)?(?![\d./])|" + _ARTICLE + r")){0,8}"
)
_LEGAL = re.compile(
    rf"\b(?:(?:(?P<head>incisos? [ivxlc]+(?:(?:, | e )[ivxlc]+){{0,3}}|caput|§ ?\d+ ?o?|"
    rf"paragrafo \w+)[ ,]{{1,2}}(?:do |da )?)?(?P<article>{_ARTICLE}){_PARTS}"
    rf"[ ,.]{{1,2}}(?:todos )?(?:d[ao]s?|ambos da) (?:referida |"
    r"citada )?)?(?P<law>(?:lei(?: federal| estadual| municipal| distrital| complementar|"
    rf" organica)* ?{_LAW_NUMBER}|"
    rf"decreto(?:-lei)?(?: federal| estadual| municipal| distrital)* ?{_LAW_NUMBER}|"
    r"constituicao federal))"
    r"(?P<after>(?: ?[-,;]? ?(?:artigo|inciso|alinea|paragrafo) ?: ?[0-9ivxlc]{1,5}[oa]?){1,4}"
    rf"|,? {_ARTICLE}{_PARTS}(?! ?d[ao] ))?"
)
_LEGAL_CLUES = (
    clue(2.5, r"\b(?:fundament\w+|amparo|base|termos|fulcro|acordo com|forma|conformidade|regid\w+|"
              r"observ\w+|disposto|previsto)\b[^.;]{0,40}$", 70),
    clue(-2.0, r"\b(?:alterad[ao]|publicad[ao]|orcamentaria anual)\b[^.;]{0,30}$", 40),
)  # fmt: skip
_WITH_ARTICLE, _LAW_ALONE = 2.0, 0.3


def find_modalities(folded: Folded) -> list[Entity]:
    """The procedure the act is about: that of its best mention, at each mention."""
    view = folded.text
    found = [(m, name, _modality_weight(m, view)) for m in _MODALITY.finditer(view)
             if (name := modality(m[0]))]  # fmt: skip
    if not found:
        return []
    _, best, weight = max(found, key=lambda f: (f[2], -f[0].start()))
    if weight < 0:
        return []
    return [
        fact(folded, "modalidade", *match.span(), weight)
        for match, name, weight in found
        if name == best and weight >= 0
    ]


def _modality_weight(match: re.Match[str], view: str) -> float:
    base = _BASE - (2.5 if match[0] in _COMMON_WORDS else 0)
    return base + weigh(_CLUES, view, *match.span()) + _EARLY * (1 - match.start() / len(view))


def find_legal_basis(folded: Folded) -> list[Entity]:
    """Articles of laws, and laws named without an article where the words around say so."""
    found = []
    for match in _LEGAL.finditer(folded.text):
        weight = _WITH_ARTICLE if match["article"] or match["after"] else _LAW_ALONE
        weight += weigh(_LEGAL_CLUES, folded.text, *match.span())
        if weight > 0:
            found.append(fact(folded, "fundamento_legal", *match.span(), weight))
    return found
