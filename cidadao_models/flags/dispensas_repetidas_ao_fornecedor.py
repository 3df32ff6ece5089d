"""Far more direct awards by value to one supplier in a year than its buyer's other suppliers get.

Each of them may be lawful; those of one nature add up. Instalments and monthly bills are left out.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cidadao_models.findings import words
from cidadao_models.flags import Hit, _award_limits, _direct, _repeats, _strength, flag
from cidadao_models.flags._peers import BUYERS
from cidadao_models.records import mask_cpf

CEILING = 0.84
"""Highest weight: purchases of different natures do not add up, and the file seldom tells."""

SUM_CEILING = 0.8
"""Highest weight where only the sum tells, beside a file that keeps below the limit."""

STRONG_SUM = 1.0
"""Times the limit that the awards add up to, at which the sum reaches the bar."""


def _unchecked(contracts: pd.DataFrame) -> str:
    ground = _direct.grounds(contracts).ground
    direct = (ground >= _direct.UNSTATED) & (ground < _direct.OTHER)
    if 0 < direct.sum() < _repeats.MIN_PAIRS + _repeats.MIN_AWARDS:
        return "há poucas dispensas para saber quantas por fornecedor são usuais"
    return ""


@flag(
    id="dispensas_repetidas_ao_fornecedor",
    title="Muitas dispensas ao mesmo fornecedor no ano",
    legal_basis="Lei 14.133/2021, art. 75, § 1º (Lei 8.666/1993, art. 24, I e II)",
    needs=(
        BUYERS, ("fornecedor_id", "fornecedor"), "data", "valor",
        ("modalidade", "fundamento_legal"),
    ),
    explain="{fornecedor} teve {n} dispensas do mesmo comprador ({comprador}) em {ano}, que somam"
    " {total:brl}, {vezes:1} vezes o limite de uma ({limite:brl}, {ato}). Nos outros pares de"
    " comprador e fornecedor (mesmo arquivo), a metade tem até {mediana:0}, o maior tem {maior} e"
    " {acima}.",
    innocent="forem compras de naturezas diferentes, ou se poucos fornecedores da região venderem"
    " o que o comprador precisa.",
    next_step="compare os objetos dessas dispensas e peça as pesquisas de preço de cada uma.",
    method="Conta as dispensas por valor de cada comprador a cada fornecedor no ano, sem as"
    " parcelas iguais e as contas mensais. Só aparece o par cuja soma passa do limite e cujo"
    " número seria raro, dado o que os outros compram do mesmo fornecedor e o quanto os pares do"
    " arquivo costumam ser desiguais; ou, onde quase nenhum par passa do limite, o de ao menos 7"
    " dispensas que somem 2,5 limites e o dobro das de qualquer outro do comprador.",
    example={
        "fornecedor": "Alfa Ltda", "n": 14, "comprador": "Secretaria de Obras", "ano": "2025",
        "total": 310_000.0, "vezes": 4.9, "limite": 62_725.59, "ato": "Decreto 12.343/2024",
        "mediana": 1.0, "maior": 4, "acima": "2 de 85 somam mais que o limite",
    },
    unless=_unchecked,
)  # fmt: skip
def check(contracts: pd.DataFrame) -> Iterator[Hit]:
    """One hit for each such pair and year, naming its awards."""
    told = _direct.grounds(contracts)
    for found in _repeats.repeats(contracts, told):
        first = int(found.rows[0])
        times = found.total / found.limit
        regime = int(told.regime[first])
        facts: dict[str, object] = {
            "fornecedor": _supplier(contracts, first),
            "n": len(found.rows),
            "comprador": _direct.buyer_name(contracts, first),
            "ano": str(contracts["data"].iloc[first].year),
            "total": found.total,
            "vezes": times,
            "limite": found.limit,
            "ato": _award_limits.act_of(contracts, first, found.limit, regime),
            "mediana": found.median,
            "maior": found.largest,
            "acima": _over(found),
            "pares_acima": found.over,
            "pares": found.others,
            "q": found.q,
        }
        yield Hit(contracts.index[np.sort(found.rows)].tolist(), facts, _weight(found, times))


def _weight(found: _repeats.Repeat, times: float) -> float:
    """The lesser of what the number and the sum say; less of a sum that rests on its file."""
    if found.by_sum:
        number = float(_strength.from_multiple(len(found.rows), bar=_repeats.MANY_AWARDS))
        total = float(_strength.from_multiple(times, bar=_repeats.MANY_LIMITS))
        return min(SUM_CEILING, number, total)
    rarity = float(_strength.from_chance(found.q, bar=_repeats.FALSE_DISCOVERIES))
    return min(CEILING, rarity, float(_strength.from_multiple(times, bar=STRONG_SUM)))


def _over(found: _repeats.Repeat) -> str:
    """How many of the other pairs add up to more than a limit."""
    if not found.over:
        return "nenhum soma mais que o limite"
    verb = "soma" if found.over == 1 else "somam"
    return f"{found.over} de {words.number(found.others, 0)} {verb} mais que o limite"


def _supplier(contracts: pd.DataFrame, row: int) -> str:
    """The supplier's name without a CPF in it, else how its document shows it."""
    for name in ("fornecedor", "fornecedor_id"):
        if name in contracts and not pd.isna(contracts[name].iloc[row]):
            text = mask_cpf(str(contracts[name].iloc[row]))
            return text if name == "fornecedor" else f"O fornecedor {text}"
    return "O fornecedor"
