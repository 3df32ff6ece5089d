"""The lowest bids of a tender were disqualified and a dearer one won.

Compares amounts and outcomes as published; bids too low to be carried out are left aside.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.flags import Hit, _bids, _disqualified, _strength, flag
from cidadao_models.flags._outcomes import OUT
from cidadao_models.flags._tenders import Bids, market

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

UNFEASIBLE_GOODS, UNFEASIBLE_WORKS = 0.50, 0.75
"""Share of the estimate below which a bid is presumed unfeasible: IN Seges 73/2022, art. 34 (goods
and services; quoted from memory of the reference), and Lei 14.133/2021, art. 59, § 4º (works)."""

WORTH_NAMING = 0.02
"""Greatest chance of as many disqualifications below the winner that are named at all."""

UNFEASIBLE_MEDIAN = 0.5
"""Share of the tender's median bid that stands for it where no estimate is known (chosen)."""


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
    " disso no resto do arquivo, e com o quanto a vencedora custa a mais. Propostas presumidas"
    " inexequíveis (abaixo da metade do estimado; obras, de 75 %) ficam de fora.",
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
    feasible = _feasible(contracts, bids)
    below = _below(bids, feasible)
    shown = np.flatnonzero(below > 0)
    if not len(shown):
        return
    has_winner = (bids.winner >= 0).astype(np.int64)
    rate = _disqualified.rate(below, below + has_winner, shown)
    chance = rate ** below[shown]
    for k in np.flatnonzero(chance <= WORTH_NAMING):
        tender = shown[k]
        won = int(bids.winner[tender])
        cheap = _cheaper(bids, feasible, int(tender), won)
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
        yield Hit(_bids.labels(contracts, bids.row[np.append(cheap, won)]), facts, weight)


def _feasible(contracts: pd.DataFrame, bids: Bids) -> Bools:
    """Bids that are not presumed unfeasible."""
    estimate = _bids.estimates(contracts, bids)
    works = contracts["_obra"].to_numpy()[bids.row]
    least = np.where(works, UNFEASIBLE_WORKS, UNFEASIBLE_GOODS) * estimate
    middle = bids.starts + (bids.counts - 1) // 2
    median = (bids.value[middle] + bids.value[bids.starts + bids.counts // 2]) / 2
    usual = UNFEASIBLE_MEDIAN * median[bids.tender]
    return np.asarray(bids.value >= np.where(np.isnan(least), usual, least))


def _below(bids: Bids, feasible: Bools) -> Ints:
    """Feasible bids disqualified below the winner, where the lowest of them is one; else 0."""
    size = len(bids.starts)
    winner = bids.winner[bids.tender]
    cheaper = feasible & (winner >= 0)
    cheaper &= bids.value < bids.value[np.maximum(winner, 0)]
    out = cheaper & (bids.outcome == OUT)
    at = np.flatnonzero(cheaper)[::-1]
    lowest = np.full(size, -1, dtype=np.int64)
    lowest[bids.tender[at]] = at
    begins = np.zeros(size, dtype=bool)
    begins[lowest >= 0] = out[lowest[lowest >= 0]]
    return np.where(begins, np.bincount(bids.tender[out], minlength=size), 0)


def _cheaper(bids: Bids, feasible: Bools, tender: int, won: int) -> Ints:
    """Positions of a tender's feasible disqualified bids below the winner, by amount."""
    at = np.arange(bids.starts[tender], bids.starts[tender] + bids.counts[tender])
    chosen = feasible[at] & (bids.outcome[at] == OUT) & (bids.value[at] < bids.value[won])
    return at[chosen]
