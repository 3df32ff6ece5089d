"""The lowest bids of a tender were disqualified and a dearer one won.

Compares amounts and outcomes as published; bids too low to be carried out are left aside.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.flags import Hit, _bids, _disqualified, _strength, _undercut, flag
from cidadao_models.flags._outcomes import OUT
from cidadao_models.flags._tenders import Bids, market

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

WORTH_NAMING = 0.02
"""Greatest chance of as many disqualifications below the winner that are named at all."""

TOLD = 2
"""Bids disqualified below the winner from which a tender is told, whatever the file's habit."""

HABIT, LEAST_HABIT = 0.15, 4
"""Share, and number, of the other tenders with two or more such bids from which it is the file's
habit, and only gives context."""


@flag(
    id="menor_proposta_desclassificada",
    title="Propostas mais baratas desclassificadas",
    legal_basis="Lei 14.133/2021, arts. 34 e 59 (Lei 8.666/1993, arts. 45 e 48)",
    needs=("licitacao_id", "valor_proposta", "situacao_proposta"),
    explain="Na licitação {licitacao}, {baratas} mais baratas foram desclassificadas; a vencedora"
    " ({vencedora:brl}) custa {acrescimo:pct} mais que a menor ({menor:brl}).",
    innocent="as empresas não tiverem apresentado os documentos de habilitação ou o produto"
    " ofertado não atender ao edital.",
    next_step="peça os motivos de cada desclassificação, as diligências feitas e os recursos.",
    params={"min_increase": 0.10},
    method="Conta as propostas desclassificadas abaixo da vencedora e compara com a frequência"
    " disso no resto do arquivo, e com o quanto a vencedora custa a mais; se for hábito do arquivo,"
    " é contexto. Propostas presumidas inexequíveis (abaixo da metade do estimado; obras, de 75 %)"
    " ficam de fora.",
    example={
        "licitacao": "12/2024",
        "baratas": "as 3",
        "vencedora": 120_000.0,
        "acrescimo": 0.2,
        "menor": 100_000.0,
    },
)
def check(contracts: pd.DataFrame, *, min_increase: float) -> Iterator[Hit]:
    """`min_increase`: how much more the winner costs at the bar (share of the lowest bid)."""
    if "_resultado" not in contracts or not (contracts["_resultado"].to_numpy() == OUT).any():
        return
    bids = market(contracts)
    feasible = _undercut.feasible(contracts, bids)
    below = _undercut.below(bids, feasible)
    shown = np.flatnonzero(below > 0)
    if not len(shown):
        return
    rate, habit = _usual(bids, below, shown)
    chance = rate ** below[shown]
    for k in np.flatnonzero((chance <= WORTH_NAMING) | (below[shown] >= TOLD)):
        tender = shown[k]
        won = int(bids.winner[tender])
        cheap = _undercut.cheaper(bids, feasible, int(tender), won)
        lowest, winner = float(bids.value[cheap[0]]), float(bids.value[won])
        increase = winner / lowest - 1
        count = int(below[tender])
        facts: dict[str, object] = {
            "licitacao": _bids.tender_name(contracts, int(bids.row[won])),
            "desclassificadas": count,
            "baratas": "a proposta" if count == 1 else f"as {count} propostas",
            "vencedora": winner,
            "menor": lowest,
            "acrescimo": increase,
            "chance": float(chance[k]),
        }
        weight = min(
            float(_strength.from_chance(chance[k])),
            float(_strength.from_multiple(increase, bar=min_increase)),
        )
        if habit[k]:
            weight = min(weight, _strength.CONTEXT)
        yield Hit(_bids.labels(contracts, bids.row[np.append(cheap, won)]), facts, weight)


def _usual(bids: Bids, below: Ints, shown: Ints) -> tuple[Floats, Bools]:
    """For each tender shown: chance of a bid below the winner to be out, and whether several are
    the habit.

    The chance is told by the other tenders with one such bid or none: a few tenders with many do
    not make many usual, and where they are the habit nothing is told but context.
    """
    won = bids.winner >= 0
    few = won & (below < TOLD)
    rate = _disqualified.rate(below * few, few.astype(np.int64), shown)
    several = int((below >= TOLD).sum()) - (below[shown] >= TOLD)
    others = max(int(won.sum()) - 1, 1)
    return rate, np.asarray((several > LEAST_HABIT) & (several > HABIT * others))
