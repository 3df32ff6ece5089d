"""A round amount in a file, and of a buyer, whose amounts hardly ever are as round.

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

MIN_AMOUNTS = 50
"""Fewest amounts of that size whose round ones can be called rare."""

MIN_ZEROS = 3
"""Zeros before the comma that make an amount round: a multiple of R$ 1.000."""

MAX_SHARE = 0.25
"""Share of multiples of a thousand from which the file's amounts are estimates, not prices."""

MIN_OF_BUYER = 10
"""Fewest other amounts of a buyer that show its habit."""

RARE_AS_ROUND = (0.05, 0.05, 0.15)
"""Share of amounts at least as round, for 3, 4 and more zeros, up to which they are no habit of the
file (of a buyer: the first, and `MAX_SHARE` for the roundest); real files have up to 2 % of
multiples of a hundred thousand."""

P_SHOWN = 0.02
"""Share of amounts at least as round, and as large, at which the fact speaks in full."""


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
    " valores tão redondos são raros (até 5 %; com 5 zeros, 15 %) no arquivo e no comprador;"
    " convênios, repasses, diárias, tetos, aluguéis, cachês e limites legais ficam de fora. É só"
    " contexto.",
    example={"valor": 500_000.0, "zeros": 5, "quantos": 7, "tem": "têm", "n": 1_830},
    context=True,
    unless=lambda prepared: _says_nothing(_round.Amounts(prepared)),
)
def check(contracts: pd.DataFrame) -> Iterator[Hit]:
    """One hit for each round amount, stronger the fewer are as round."""
    amounts = _round.Amounts(contracts)
    zeros = amounts.zeros
    n = len(zeros)
    if not (zeros >= MIN_ZEROS).any():
        return
    as_round = np.cumsum(np.bincount(zeros)[::-1])[::-1]
    named = np.flatnonzero((zeros >= MIN_ZEROS) & (as_round[zeros] <= _habit(zeros) * n))
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


def _says_nothing(amounts: _round.Amounts) -> str:
    if len(amounts.row) < MIN_AMOUNTS:
        return f"há menos de {MIN_AMOUNTS} valores de R$ 10 mil ou mais"
    share = float((amounts.zeros >= MIN_ZEROS).mean())
    if share > MAX_SHARE:
        return "valores redondos são comuns neste arquivo"
    return ""


def _habit(zeros: Ints) -> Floats:
    """Share of amounts as round from which they are a habit."""
    most = len(RARE_AS_ROUND) - 1
    return np.array(RARE_AS_ROUND)[np.clip(zeros - MIN_ZEROS, 0, most)]


def _used_to_it(contracts: pd.DataFrame, amounts: _round.Amounts, named: Ints) -> Bools:
    """Whether the other amounts of the same buyer often are round, or as round as the roundest."""
    buyer = codes_of(contracts, "_comprador").codes[amounts.row] + 1
    of, zeros = buyer[named], amounts.zeros[named]
    size = np.bincount(buyer)[of]
    roundest = zeros >= MIN_ZEROS + len(RARE_AS_ROUND) - 1
    answer = np.zeros(len(named), dtype=bool)
    for at, least, share in (
        (~roundest, MIN_ZEROS, RARE_AS_ROUND[0]),
        (roundest, MIN_ZEROS + len(RARE_AS_ROUND) - 1, MAX_SHARE),
    ):
        others = np.bincount(buyer, weights=amounts.zeros >= least)[of] - 1
        answer |= at & (others > share * np.maximum(size - 1, 1))
    return np.asarray(answer & (of > 0) & (size > MIN_OF_BUYER))
