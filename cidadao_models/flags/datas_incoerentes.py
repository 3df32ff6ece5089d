"""Dates that do not exist, or that come in an order that a contract cannot have.

A signature some weeks after the start is common practice and is left alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.findings import words
from cidadao_models.flags import Hit, _strength, flag
from cidadao_models.flags._limits import DAYS_PER_YEAR, LONGEST_TERM_YEARS
from cidadao_models.records import FIELDS


@dataclass(frozen=True, slots=True)
class _Order:
    """`first` must not come more than `grace` days after `second`; weight from the bar on."""

    first: str
    second: str
    grace: int
    context: bool = False


_ORDERS = (
    _Order("vigencia_inicio", "vigencia_fim", 0),
    _Order("data_abertura", "data_assinatura", 0),
    _Order("data_assinatura", "vigencia_inicio", 30),
    _Order("data_assinatura", "vigencia_fim", 0),
    _Order("data_publicacao", "data_abertura", 0, context=True),
)
"""Grace in days: a signature up to a month late still falls within the first payment. Publication
may be that of the result, so its order only gives context."""


@flag(
    id="datas_incoerentes",
    title="Datas fora de ordem ou impossíveis",
    legal_basis="Lei 14.133/2021, arts. 89, 92 e 94 (Lei 8.666/1993, arts. 60 e 61)",
    needs=(("vigencia_fim", "vigencia_inicio", "data_assinatura", "data_abertura", "data"),),
    explain="{problema}",
    innocent="for erro de digitação de dia, mês ou ano na publicação.",
    next_step="confira as datas no contrato assinado e no extrato publicado.",
    method="Compara as datas do próprio registro duas a duas (vigência, abertura, assinatura) e lê"
    " as que não existem no calendário; prazos acima de 35 anos também. Assinatura até 30 dias"
    " depois do início é tolerada.",
    example={
        "problema": "Início da vigência em 01/03/2024 e fim da vigência em 01/02/2024: a segunda"
        " data vem 29 dias antes da primeira."
    },
)
def check(contracts: pd.DataFrame) -> Iterator[Hit]:
    """The strongest breach of each record: impossible date, reversed order, endless term."""
    best: dict[int, tuple[float, dict[str, object]]] = {}
    for row, weight, facts in (
        *_impossible(contracts), *_reversed(contracts), *_endless(contracts)
    ):  # fmt: skip
        if row not in best or weight > best[row][0]:
            best[row] = weight, facts
    labels = contracts.index.to_numpy()
    for row, (weight, facts) in best.items():
        yield Hit([int(labels[row])], facts, weight)


_Found = Iterator[tuple[int, float, dict[str, object]]]


def _impossible(contracts: pd.DataFrame) -> _Found:
    texts = contracts["_data_impossivel"]
    for row in np.flatnonzero(texts.notna().to_numpy()):
        problem = f"A data não existe ou é impossível: {texts.iloc[row]}."
        yield int(row), _strength.BAR, {"problema": problem, "texto": str(texts.iloc[row])}


def _days(contracts: pd.DataFrame, name: str) -> npt.NDArray[np.datetime64]:
    return contracts[name].to_numpy().astype("datetime64[D]")


def _reversed(contracts: pd.DataFrame) -> _Found:
    for order in _ORDERS:
        if order.first not in contracts or order.second not in contracts:
            continue
        first, second = _days(contracts, order.first), _days(contracts, order.second)
        late = (first - second).astype(np.int64)
        known = ~(np.isnat(first) | np.isnat(second))
        rows = np.flatnonzero(known & (late > order.grace))
        weights = _strength.from_days(late[rows] / max(order.grace, 1))
        dates = zip(_written(first[rows]), _written(second[rows]), strict=True)
        for row, weight, pair in zip(rows, weights, dates, strict=True):
            told = _told(order, pair, int(late[row]))
            yield int(row), _strength.CONTEXT if order.context else float(weight), told


def _told(order: _Order, dates: tuple[str, str], days: int) -> dict[str, object]:
    names = FIELDS[order.first].label, FIELDS[order.second].label
    problem = (
        f"{names[0].capitalize()} em {dates[0]} e {names[1]} em {dates[1]}: a segunda data vem"
        f" {words.number(days)} {'dia' if days == 1 else 'dias'} antes da primeira."
    )
    return {"problema": problem, "dias": days, names[0]: dates[0], names[1]: dates[1]}


def _written(days: npt.NDArray[np.datetime64]) -> list[str]:
    """Each day as `14/03/2024`; the distinct ones are written once."""
    distinct, code = np.unique(days, return_inverse=True)
    texts = [words.date(dt.date.fromisoformat(str(day))) for day in distinct]
    return [texts[k] for k in code]


def _endless(contracts: pd.DataFrame) -> _Found:
    if "vigencia_inicio" not in contracts or "vigencia_fim" not in contracts:
        return
    start, end = _days(contracts, "vigencia_inicio"), _days(contracts, "vigencia_fim")
    known = ~(np.isnat(start) | np.isnat(end))
    years = np.where(known, (end - start).astype(np.int64) / DAYS_PER_YEAR, 0.0)
    rows = np.flatnonzero(years > LONGEST_TERM_YEARS + 1 / 12)
    weights = _strength.from_multiple(years[rows], bar=LONGEST_TERM_YEARS)
    dates = zip(_written(start[rows]), _written(end[rows]), strict=True)
    for row, weight, (first, last) in zip(rows, weights, dates, strict=True):
        problem = (
            f"A vigência vai de {first} a {last}:"
            f" {words.number(float(years[row]), 0)} anos, acima do maior prazo da lei"
            f" ({LONGEST_TERM_YEARS} anos, Lei 14.133/2021, art. 110)."
        )
        yield int(row), float(weight), {"problema": problem, "anos": float(years[row])}
