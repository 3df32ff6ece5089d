"""Bids that were disqualified, tender by tender, and how common that is in the file.

Reads outcomes; what is unusual is said by the flags.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.flags._outcomes import OUT, UNTOLD, WON

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

USUAL_RATE, PRIOR = 0.10, 20.0
"""Share of bids disqualified that is taken for granted, and its weight in bids, until a file has
shown its own (chosen)."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Bidders of each tender: `row` sorted by tender; tender t is [starts, +counts).

    `out` counts the disqualified, `won` the winners that are marked, `told` the bidders of whom
    something is said.
    """

    row: Ints
    tender: Ints
    starts: Ints
    counts: Ints
    out: Ints
    won: Ints
    told: Ints
    outcome: Ints


def outcomes(prepared: pd.DataFrame) -> Outcomes | None:
    """Outcomes of the distinct bidders of each tender; None where nothing is disqualified."""
    if "_resultado" not in prepared:
        return None
    outcome = prepared["_resultado"].to_numpy()
    if not (outcome == OUT).any():
        return None
    tender, bidder = prepared["_licitacao"].to_numpy(), prepared["_licitante"].to_numpy()
    # bidders unknown are one each; of a known bidder's offers the best outcome stands
    key = np.where(bidder >= 0, bidder, int(bidder.max(initial=-1)) + 1 + np.arange(len(bidder)))
    rows = np.flatnonzero(tender >= 0)
    rank = np.where(outcome == UNTOLD, -3, outcome)
    order = rows[np.lexsort((rows, -rank[rows], key[rows], tender[rows]))]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(tender[order]) != 0) | (np.diff(key[order]) != 0)
    row = order[first]
    new = np.ones(len(row), dtype=bool)
    new[1:] = np.diff(tender[row]) != 0
    at = np.cumsum(new) - 1
    starts = np.flatnonzero(new)
    size = len(starts)
    said = outcome[row]
    return Outcomes(
        row,
        at,
        starts,
        np.bincount(at, minlength=size),
        np.bincount(at[said == OUT], minlength=size),
        np.bincount(at[said == WON], minlength=size),
        np.bincount(at[said != UNTOLD], minlength=size),
        said,
    )


def rate(out: Floats | Ints, of: Floats | Ints, without: Ints) -> Floats:
    """Share disqualified in all tenders but each of `without`, pulled towards `USUAL_RATE`."""
    lost = float(np.sum(out)) - out[without]
    all_ = float(np.sum(of)) - of[without]
    return np.asarray((lost + PRIOR * USUAL_RATE) / (all_ + PRIOR))
