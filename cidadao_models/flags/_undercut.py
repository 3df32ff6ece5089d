"""Bids disqualified below the winner's, those presumed unfeasible left aside.

Compares amounts and outcomes as published; judges no tender.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.flags import _bids
from cidadao_models.flags._outcomes import OUT
from cidadao_models.flags._tenders import Bids

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

UNFEASIBLE_GOODS, UNFEASIBLE_WORKS = 0.50, 0.75
"""Share of the estimate below which a bid is presumed unfeasible: IN Seges 73/2022, art. 34 (goods
and services; quoted from memory of the reference), and Lei 14.133/2021, art. 59, § 4º (works)."""

UNFEASIBLE_MEDIAN = 0.5
"""Share of the tender's median bid that stands for it where no estimate is known (chosen)."""


def feasible(contracts: pd.DataFrame, bids: Bids) -> Bools:
    """Bids that are not presumed unfeasible."""
    estimate = _bids.estimates(contracts, bids)
    works = contracts["_obra"].to_numpy()[bids.row]
    least = np.where(works, UNFEASIBLE_WORKS, UNFEASIBLE_GOODS) * estimate
    middle = bids.starts + (bids.counts - 1) // 2
    median = (bids.value[middle] + bids.value[bids.starts + bids.counts // 2]) / 2
    usual = UNFEASIBLE_MEDIAN * median[bids.tender]
    return np.asarray(bids.value >= np.where(np.isnan(least), usual, least))


def below(bids: Bids, sound: Bools) -> Ints:
    """Feasible bids disqualified below the winner, where the lowest of them is one; else 0."""
    size = len(bids.starts)
    winner = bids.winner[bids.tender]
    undercut = sound & (winner >= 0)
    undercut &= bids.value < bids.value[np.maximum(winner, 0)]
    out = undercut & (bids.outcome == OUT)
    at = np.flatnonzero(undercut)[::-1]
    lowest = np.full(size, -1, dtype=np.int64)
    lowest[bids.tender[at]] = at
    begins = np.zeros(size, dtype=bool)
    begins[lowest >= 0] = out[lowest[lowest >= 0]]
    return np.where(begins, np.bincount(bids.tender[out], minlength=size), 0)


def cheaper(bids: Bids, sound: Bools, tender: int, won: int) -> Ints:
    """Positions of a tender's feasible disqualified bids below the winner, by amount."""
    at = np.arange(bids.starts[tender], bids.starts[tender] + bids.counts[tender])
    chosen = sound[at] & (bids.outcome[at] == OUT) & (bids.value[at] < bids.value[won])
    return at[chosen]
