"""Checks on numbers inside clauses: shares, periods and counts beyond what the law usually allows.

Each reads one sentence of the plain view. What a limit rests on stands beside it; the sentences
for the reader are in signals.toml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from cidadao_models.flags._limits import ADDITION_SHARE, REFURBISHMENT_SHARE
from cidadao_models.flags._strength import BAR, CONTEXT, from_multiple, strength
from cidadao_models.models.text_analysis import passages, quantities
from cidadao_models.models.text_analysis.measures import Check, Measure, first_share
from cidadao_models.models.text_analysis.passages import Passage
from cidadao_models.models.text_analysis.signal_qualification import qualification

GUARANTEE_SHARE, COMPLEX_GUARANTEE_SHARE = 0.05, 0.10
"""Performance bond: usual ceiling and that of complex contracts (Lei 14.133/2021, art. 98; Lei
8.666/1993, art. 56, §§ 2º and 3º)."""

LARGE_WORKS_GUARANTEE_SHARE = 0.30
"""Insurance with take-over of very large works (Lei 14.133/2021, art. 99)."""

FINE_SHARE = 0.30
"""Largest fine, as a share of the contract (Lei 14.133/2021, art. 156, § 3º)."""

READJUSTMENT_DAYS = 360
"""Fewest days between readjustments: a year (Lei 10.192/2001, art. 2º, § 1º), told in any unit."""

MAIN_PART_SHARE = 0.5
"""Share of the object passed on to others from which the main part may be among it."""


# -- performance bond ----------------------------------------------------------------------------

_GUARANTEE = re.compile(
    r"\bgarantia(?: (?:contratual|de execucao|d[oe]ste contrato|do contrato|de cumprimento"
    r"|a execucao|para (?:a )?execucao|d[eo] (?:fiel |pleno )?(?:cumprimento|adimplemento)"
    r"|da execucao))?"
    r"(?=[^%;]{0,140}?(?:%|por cento))|\bcaucao(?=[^%;]{0,100}?(?:%|por cento))"
)
_OTHER_GUARANTEE = re.compile(
    r"garantia (?:de |da )?proposta|garantia adicional|reforco|diferenca entre|liberacao|devoluc"
    r"|reten\w+|multa|desconto|retorno|rendimento|reajust|prorrogac|por cento de garantia"
    r"|garantia d[oea]s? (?:produto|equipamento|fabricante|bem|bens|servico|material|objeto)"
    r"|antecipa|taxa|juros|lucro|bateria|capacidade|eficiencia|disponibilidade|defeito|soluvel|teor\b"
)
_OF_VALUE = re.compile(r"[^;]{0,30}\b(?:valor|preco|contrat|ajuste)")
"""What must follow the share where the guarantee is not said to be that of the contract."""

_TAKE_OVER = re.compile(r"retomada|grande vulto")


def guarantee(view: str, at: Passage) -> Iterator[Measure]:
    """A performance bond above 5 %: context up to 10 %, at the bar from there on."""
    text = view[at.start : at.end]
    if _OTHER_GUARANTEE.search(text):
        return
    large = _TAKE_OVER.search(text) is not None
    for found in _GUARANTEE.finditer(view, at.start, at.end):
        share = first_share(view, found.end(), at.end)
        if share is None or passages.denied(view, at, found.start(), share.end):
            continue
        if " " not in found.group() and not _OF_VALUE.match(view, share.end, at.end):
            continue
        limit = LARGE_WORKS_GUARANTEE_SHARE if large else COMPLEX_GUARANTEE_SHARE
        if share.value > limit:
            yield _guarantee(found.start(), share, limit, from_multiple(share.value / limit, bar=1))
        elif share.value > GUARANTEE_SHARE and not large:
            weight = CONTEXT * share.value / COMPLEX_GUARANTEE_SHARE
            yield _guarantee(found.start(), share, GUARANTEE_SHARE, weight)


def _guarantee(start: int, share: quantities.Share, limit: float, weight: Any) -> Measure:
    usual = limit == GUARANTEE_SHARE
    facts = {
        "percentual": share.value,
        "limite": limit,
        "ressalva": ", e até 10 % em contratos complexos, com justificativa" if usual else "",
    }
    return Measure(start, share.end, float(weight), facts)


# -- fines ---------------------------------------------------------------------------------------

_FINE = re.compile(r"\bmultas?\b")
_OF_CONTRACT = re.compile(
    r"[^;]{0,70}(?:valor|preco|montante) (?:total |global |atualizado |anual |integral |inicial )*"
    r"(?:d[oe]s?t?e? )?(?:presente )?(?:contrat|ajuste|adjudicad|instrumento|avenca)"
)
_NOT_A_FINE = re.compile(r"fgts|rescisoria|trabalhist|tribut|imposto|recolhimento|inss|previdenc")


def fine(view: str, at: Passage) -> Iterator[Measure]:
    """A fine above 30 % of the contract."""
    for found in _FINE.finditer(view, at.start, at.end):
        for share in quantities.shares(view, found.end(), min(at.end, found.end() + 160)):
            base = _OF_CONTRACT.match(view, share.end, at.end)
            if (
                share.value <= FINE_SHARE
                or base is None
                or _NOT_A_FINE.search(view, at.start, at.end)
            ):
                continue
            if passages.denied(view, at, found.start(), share.end):
                continue
            weight = float(from_multiple(share.value / FINE_SHARE, bar=1))
            facts = {"percentual": share.value, "limite": FINE_SHARE}
            yield Measure(found.start(), base.end(), weight, facts)


# -- additions -----------------------------------------------------------------------------------

_ADDITION = re.compile(
    r"\b(?:acresc(?:imo|imos|er|ido|idos|endo|e|ente|entar|entado)|aument(?:o|ar|ado|ando)"
    r"|majorac(?:ao|oes)|elevac(?:ao|oes)|acrescentar)\b"
)
_NOT_AN_ADDITION = re.compile(
    r"reajust|repactua|reequilib|revis(?:ao|oes)|indice|ipca|igp|inpc|variacao|juros|multa|mora\b"
    r"|bdi\b"
    r"|supress|reduc|tribut|aliquota|taxa|salari|remunera|desconto|encargo|insalubr|prorrog\w+ por"
    r"|cofins|\biss\b|produtiv|umidade|energia|eficiencia|temperatura|consumo\b|acrescimo de prazo"
)
_REFURBISHMENT = re.compile(r"\breformas?\b")


def addition(view: str, at: Passage) -> Iterator[Measure]:
    """An addition above 25 % of the contract, or 50 % where it is a refurbishment."""
    text = view[at.start : at.end]
    if _NOT_AN_ADDITION.search(text):
        return
    works = _REFURBISHMENT.search(view) is not None
    limit = REFURBISHMENT_SHARE if works else ADDITION_SHARE
    for found in _ADDITION.finditer(view, at.start, at.end):
        share = first_share(view, found.end(), min(at.end, found.end() + 160))
        if share is None or not limit < share.value <= 10:
            continue
        if passages.denied(view, at, found.start(), share.end):
            continue
        facts = {
            "percentual": share.value,
            "limite": limit,
            "ressalva": " (reforma de edifício ou equipamento)" if works else "",
        }
        weight = float(from_multiple(share.value / limit, bar=1))
        yield Measure(found.start(), share.end, weight, facts)


# -- readjustment --------------------------------------------------------------------------------

_READJUST = re.compile(
    r"\breajust(?:e|es|ad[oa]s?|amento|amentos|ar|ados)\b"
    r"|\b(?:precos?|valor(?:es)?|tarifas?)\b[^;]{0,30}\b(?:corrigid|atualizad|majorad)[oa]s?\b"
)
_EVERY = re.compile(
    r"\b(?:mensal(?:mente)?|bimestral(?:mente)?|trimestral(?:mente)?|quadrimestral(?:mente)?"
    r"|semestral(?:mente)?|diari[ao](?:mente)?|todos os meses|todo mes)\b"
)
AMOUNT_REACH = 40
_AMOUNT_BY_MONTH = re.compile(
    r"\b(?:valor|aluguel|preco|custo|taxa|quantia|despesa|fatura|parcela|pagamento)s? (?:\w+ )?$"
)
"""Before "mensal": an amount by the month, not a readjustment every month."""

_WITHOUT_INDEX = re.compile(
    r"\b(?:sem (?:indice|vinculacao a (?:\w+ )?indice)"
    r"|a criterio d[aoe] ?(?:contratad|fornecedor|empresa)\w*"
    r"|por (?:decisao|vontade|ato) (?:unilateral )?d[ao] (?:contratad|fornecedor|empresa)\w*"
    r"|livremente|conforme (?:a )?conveniencia d[ao]s? (?:contratad|fornecedor|empresa|partes)\w*"
    r"|(?:indice|percentual) (?:a ser )?(?:escolhid|definid|fixad|acordad|indicad|livremente)\w*"
    r"[^;]{0,30}(?:contratad|fornecedor|empresa|posterior|oportun|futur|depois)\w*"
    r"|tabela (?:propria|interna)?[^;]{0,15}d[ao] (?:contratad|fornecedor|empresa)\w*"
    r"|variacao do salario minimo|salario minimo|variacao do dolar|dolar)\b"
)
_NOT_A_READJUSTMENT = re.compile(
    r"irreajust|repactua|combust"
    r"|medic|relatorio|atraso|tarifa|anp\b|pagamento mensal|servidor|salari|convencao coletiva"
    r"|apos (?:o )?(?:interregno|decorrid)|periodicidade anual|anualmente|interregno"
    r"|um ano|12 \(doze\)"
    r"|doze meses|12 meses|aneel|agencia reguladora|tabela (?:oficial|sus|cmed)|bolsa"
)


def readjustment(view: str, at: Passage) -> Iterator[Measure]:
    """Readjustment more often than once a year, or by no index."""
    for found in _READJUST.finditer(view, at.start, at.end):
        lowest, highest = max(at.start, found.start() - 60), min(at.end, found.end() + 110)
        excused = _NOT_A_READJUSTMENT.search(view, at.start, at.end)
        free = _WITHOUT_INDEX.search(view, lowest, highest)
        often = None if excused else _often(view, found.end(), highest)
        for end, motive, steps in (*_free(free), *_too_often(often)):
            if not passages.denied(view, at, found.start(), found.end()):
                weight = float(strength(steps))
                yield Measure(
                    min(found.start(), end), max(found.end(), end), weight, {"motivo": motive}
                )


def _free(found: re.Match[str] | None) -> Iterator[tuple[int, str, float]]:
    if found is not None:
        yield found.end(), "não segue um índice fixado no contrato", 0.0


def _too_often(found: tuple[int, str] | None) -> Iterator[tuple[int, str, float]]:
    if found is not None:
        yield found[0], f"vem {found[1]}, antes de completar um ano", 0.25


def _amount_by_month(view: str, end: int) -> bool:
    return _AMOUNT_BY_MONTH.search(view[max(0, end - AMOUNT_REACH) : end]) is not None


def _often(view: str, start: int, end: int) -> tuple[int, str] | None:
    """End and words of a periodicity shorter than a year."""
    word = _EVERY.search(view, start, end)
    if word is not None and not _amount_by_month(view, word.start()):
        return word.end(), word.group()
    for every in re.finditer(r"\b(?:a cada|de|apos|decorridos|cada) (?=\d|[a-z])", view[start:end]):
        period = next(quantities.periods(view, start + every.end(), end), None)
        if period is None or period.start != start + every.end() or every.group() == "de ":
            continue
        if period.days < READJUSTMENT_DAYS:
            return period.end, f"a cada {view[period.start : period.end]}"
    return None


# -- subcontracting ------------------------------------------------------------------------------

_SUBCONTRACT = re.compile(r"\bsubcontrat\w+")


def subcontracting(view: str, at: Passage) -> Iterator[Measure]:
    """More than half of the object passed on to others; all of it is told by its wording."""
    if re.search(r"valor total|multa|micro|pequeno porte|\bmei\b", view[at.start : at.end]):
        return
    for found in _SUBCONTRACT.finditer(view, at.start, at.end):
        share = first_share(view, found.end(), min(at.end, found.end() + 120))
        if share is None or not MAIN_PART_SHARE < share.value < 1:
            continue
        if passages.denied(view, at, found.start(), found.end()):
            continue
        weight = min(BAR + 0.1, CONTEXT + (share.value - MAIN_PART_SHARE) * (BAR - CONTEXT) * 2)
        yield Measure(found.start(), share.end, weight)


CHECKS: dict[str, Check] = {
    "garantia_acima_do_limite": guarantee,
    "multa_desproporcional": fine,
    "aditivo_acima_do_limite": addition,
    "reajuste_irregular": readjustment,
    "qualificacao_excessiva": qualification,
    "subcontratacao_total": subcontracting,
}
"""Checks on numbers by the signal that they raise."""
