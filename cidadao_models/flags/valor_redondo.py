"""A round amount in a file, and of a buyer, whose amounts hardly ever are round.

A negotiated or measured price seldom ends in many zeros; a ceiling, a grant or a fee often does.
Only context: it proves nothing by itself.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.flags import Hit, _round, _strength, flag
from cidadao_models.flags._peers import codes_of

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

SMALLEST = 10_000.0
"""R$; smaller amounts are round by habit (tickets, advances, small services)."""

MIN_AMOUNTS = 50
"""Fewest amounts of that size whose round ones can be called rare."""

MIN_ZEROS = 3
"""Zeros before the comma that make an amount round: a multiple of R$ 1.000."""

MAX_SHARE = 0.05
"""Share of round amounts from which the file, or a buyer, is used to them."""

MIN_OF_BUYER = 10
"""Fewest other amounts of a buyer that show its habit."""

P_SHOWN = 0.02
"""Share of amounts at least as round up to which one is worth naming."""


@flag(
    id="valor_redondo",
    title="Valor redondo fora do costume",
    legal_basis="Lei 14.133/2021, art. 23 (valor compatível com o mercado) e art. 18, IV"
    " (memória de cálculo)",
    needs=("valor",),
    explain="O valor {valor:brl} tem {zeros} zeros antes da vírgula; de {n} valores de R$ 10 mil ou"
    " mais deste arquivo, {quantos} {tem} tantos.",
    innocent="o preço for fixado por lei, tabela, teto ou acordo, ou a compra for de uma unidade só"
    " de preço redondo.",
    next_step="peça a memória de cálculo e as cotações que levaram a esse valor.",
    method="Conta os zeros antes da vírgula dos valores de R$ 10 mil ou mais. Só fala onde"
    " múltiplos de mil são raros (até 5 %) no arquivo e no comprador; convênios, repasses, diárias,"
    " tetos, aluguéis, cachês e valores iguais a limites legais ficam de fora. Só dá contexto.",
    example={"valor": 500_000.0, "zeros": 5, "quantos": 7, "tem": "têm", "n": 1_830},
    context=True,
    unless=lambda prepared: _says_nothing(_Amounts(prepared)),
)
def check(contracts: pd.DataFrame) -> Iterator[Hit]:
    """One hit for each round amount, stronger the fewer are as round."""
    amounts = _Amounts(contracts)
    zeros = amounts.zeros
    n = len(zeros)
    if not (zeros >= MIN_ZEROS).any():
        return
    as_round = np.cumsum(np.bincount(zeros)[::-1])[::-1]
    named = np.flatnonzero((zeros >= MIN_ZEROS) & (as_round[zeros] <= P_SHOWN * n))
    if not len(named):
        return
    named = named[~_used_to_it(contracts, amounts, named)]
    reason = _round.ordinary(contracts, amounts.row[named], amounts.value[named])
    named = named[~reason]
    ordered = np.sort(amounts.value)
    labels = contracts.index.to_numpy()
    for i in named:
        count = int(as_round[zeros[i]])
        as_large = 1.0 - np.searchsorted(ordered, amounts.value[i]) / n
        facts: dict[str, object] = {
            "valor": float(amounts.value[i]),
            "zeros": int(zeros[i]),
            "quantos": count,
            "tem": "tem" if count == 1 else "têm",
            "n": n,
        }
        rarity = _strength.from_chance(count / n * as_large, bar=P_SHOWN)
        yield Hit([int(labels[amounts.row[i]])], facts, _strength.CONTEXT * float(rarity))


class _Amounts:
    """Amounts of at least `SMALLEST` of purchases: row, value, zeros before the comma."""

    def __init__(self, contracts: pd.DataFrame) -> None:
        value = contracts["_valor"].to_numpy()
        with np.errstate(invalid="ignore"):
            self.row: Ints = np.flatnonzero((value >= SMALLEST) & contracts["_compra"].to_numpy())
        self.value: Floats = value[self.row]
        self.zeros = _round.zeros(self.value)


def _says_nothing(amounts: _Amounts) -> str:
    if len(amounts.row) < MIN_AMOUNTS:
        return f"há menos de {MIN_AMOUNTS} valores de R$ 10 mil ou mais"
    share = float((amounts.zeros >= MIN_ZEROS).mean())
    if share > MAX_SHARE:
        return "valores redondos são comuns neste arquivo"
    return ""


def _used_to_it(contracts: pd.DataFrame, amounts: _Amounts, named: Ints) -> Bools:
    """Whether the other amounts of the same buyer often are round."""
    buyer = codes_of(contracts, "_comprador").codes[amounts.row] + 1
    size = np.bincount(buyer)
    round_ones = np.bincount(buyer, weights=amounts.zeros >= MIN_ZEROS)
    of = buyer[named]
    share = (round_ones[of] - 1) / np.maximum(size[of] - 1, 1)
    return (of > 0) & (size[of] > MIN_OF_BUYER) & (share > MAX_SHARE)
