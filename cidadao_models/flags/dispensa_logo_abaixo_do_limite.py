"""Direct awards heaped just under their limit by one buyer, more than its other amounts explain.

A single award near the limit is lawful and is not told; neither is a buyer with few of them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.findings import words
from cidadao_models.flags import Hit, _bunching, _direct, _strength, flag
from cidadao_models.flags._bunching import WINDOW, Bunching, Limited
from cidadao_models.flags._discoveries import adjusted
from cidadao_models.flags._peers import BUYERS

Bools = npt.NDArray[np.bool_]

FALSE_DISCOVERIES = 0.01
"""Share of the buyers told that may show their heap by chance (Benjamini-Hochberg)."""

MIN_RATIO, BAR_RATIO = 2.0, 3.0
"""Times as many amounts below the limit as expected: told as context from the first on, where half
of them are extra, and at the bar from the second, where two in three are."""

MIN_NAMED = 5
"""Fewest direct awards among the amounts below the limit."""

CEILING = 0.84
"""Highest weight: a heap says much of the buyer and less of each of its awards."""


@flag(
    id="dispensa_logo_abaixo_do_limite",
    title="Dispensas acumuladas logo abaixo do limite",
    legal_basis="Lei 14.133/2021, art. 75, I, II e § 1º (Lei 8.666/1993, arts. 23 e 24)",
    needs=(BUYERS, "data", "valor", ("modalidade", "fundamento_legal")),
    explain="Há {abaixo} valores do mesmo comprador ({comprador}) entre {de:brl} e o limite de"
    " {limite:brl} ({tipo}, {ato}) e {acima} logo acima, até {ate:brl}; pela densidade em"
    " volta seriam de esperar {esperar} abaixo. O registro é um dos {n} da faixa feitos por"
    " {tipo}.",
    innocent="houver preço de tabela nessa faixa, ou a compra for planejada para caber no limite,"
    " o que é lícito quando não se divide o mesmo objeto.",
    next_step="veja se há, entre essas compras, objetos iguais do mesmo comprador no mesmo ano.",
    method="Conta os valores de cada comprador 5 % abaixo e 5 % acima do limite e compara com as"
    " faixas vizinhas (teste binomial local, sem valores redondos). Só aparece o comprador cujo"
    " acúmulo resiste à correção por muitos testes; estar perto do limite, sozinho, não conta.",
    example={
        "comprador": "Secretaria de Obras", "abaixo": 34, "de": 59_666.4, "limite": 62_725.59,
        "tipo": "dispensa por valor", "ato": "Decreto 12.343/2024", "acima": 3, "ate": 65_942.6,
        "esperar": "cerca de 5", "n": 31,
    },
)  # fmt: skip
def check(contracts: pd.DataFrame) -> Iterator[Hit]:
    """One hit for each buyer and limit with such a heap, naming the awards just below it."""
    tests = list(_tests(contracts))
    if not tests:
        return
    named = _named_kinds(contracts)
    q = adjusted([max(test.p_value, test.p_peak) for _, test in tests])
    for (part, test), value in zip(tests, q.tolist(), strict=True):
        ratio = test.counts.below / max(_expected(test), 1.0)
        under = (part.amount < part.limit) & (part.amount >= part.limit * np.exp(-WINDOW))
        rows = part.position[under & named[part.kind][part.position]]
        rows = rows[~_direct.mentions(contracts, rows)]
        if value > FALSE_DISCOVERIES or ratio < MIN_RATIO or len(rows) < MIN_NAMED:
            continue
        rarity = float(_strength.from_chance(value, bar=FALSE_DISCOVERIES))
        weight = min(CEILING, rarity, float(_strength.from_multiple(ratio, bar=BAR_RATIO)))
        if 2 * len(rows) < test.counts.below:
            weight *= _strength.BAR
        facts = _facts(contracts, part, test, len(rows), value)
        yield Hit(contracts.index[rows].tolist(), facts, weight)


def _tests(contracts: pd.DataFrame) -> Iterator[tuple[Limited, Bunching]]:
    for group in _bunching.limited(contracts, fewest=_bunching.MIN_OF_BUYER):
        for part in _bunching.by_buyer(group):
            yield part, _bunching.local_test(part.amount, part.limit)


def _expected(test: Bunching) -> float:
    """Amounts expected just below: by the slope around the limit, or as dense as farther below."""
    return max(test.expected_below, test.counts.outer_below / (_bunching.OUTER - 1))


def _named_kinds(contracts: pd.DataFrame) -> dict[str, Bools]:
    """Records that each kind of limit is about: direct awards by value, or invitations."""
    ground = _direct.grounds(contracts).ground
    return {
        "dispensa": (ground >= _direct.UNSTATED) & (ground < _direct.OTHER),
        "convite": contracts["_modalidade"].to_numpy() == "convite",
    }


def _facts(
    contracts: pd.DataFrame, part: Limited, test: Bunching, named: int, q: float
) -> dict[str, object]:
    limit, expected = float(part.limit[0]), float(_expected(test))
    return {
        "comprador": _direct.buyer_name(contracts, int(part.position[0])),
        "abaixo": test.counts.below,
        "acima": test.counts.above,
        "esperar": "menos de 1" if expected < 1 else f"cerca de {words.number(expected, 0)}",
        "esperados": expected,
        "de": round(limit * float(np.exp(-WINDOW)), 2),
        "ate": round(limit * float(np.exp(WINDOW)), 2),
        "limite": limit,
        "tipo": _bunching.KIND_WORDS[part.kind],
        "ato": _bunching.act_of(contracts, part),
        "n": named,
        "q": q,
    }
