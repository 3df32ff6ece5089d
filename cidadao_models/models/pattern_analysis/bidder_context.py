"""What the other tenders of the same bidders, or of the same months, say about a tender.

Cartels are groups that last (Imhof, Karagök & Rutz 2018): their members' other tenders look alike.
Each context counts only as far as it predicts the tenders it leaves out; it never names a firm.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SHRINKAGE = 2.0
"""Neutral tenders added to a bidder's or a period's own before the mean is taken (chosen)."""

DAYS_PER_STEP = 30.0
"""Width of the steps that dates are counted in, in days."""

REACH = 6
"""Steps before and after a tender that count as its period, with falling weight: half a year."""

LEAST_TENDERS = 30
"""Tenders with a known context below which its predictive worth can't be judged."""

LEAST_T = 2.5
"""Student t from which a context counts as predictive; 0.6 % of honest files pass it."""

LARGEST_SLOPE = 1.0
"""Bound of the slope of a tender's evidence on its surroundings."""

WORTH = 2.0
"""Weight of a predicted sd beside one of the tender's own. For states d sds apart with equal shares
the log odds move by 4/d per predicted unit and by d per own unit; at d near 1.4 the ratio is 2."""

LARGEST_GROUP = 300
"""Bids in a tender above which pairs of bidders aren't counted: the table grows squared."""


def incidence(tender: Ints, bidder: Ints, size: int) -> sparse.csr_array:
    """0/1 matrix tenders x bidders; rows with an unknown bidder (-1) are left out."""
    known = bidder >= 0
    shape = (size, int(bidder.max(initial=-1)) + 1)
    ones = np.ones(int(known.sum()))
    matrix = sparse.csr_array((ones, (tender[known], bidder[known])), shape=shape)
    matrix.sum_duplicates()
    matrix.data[:] = 1.0
    return matrix


def _ratio(top: npt.NDArray, bottom: npt.NDArray) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(bottom > 0, top / bottom, np.nan))


def bidders_elsewhere(evidence: Floats, links: sparse.csr_array) -> Floats:
    """Mean over a tender's bidders of the evidence in their other tenders, (m,).

    Each bidder's mean leaves the tender out and is shrunk by SHRINKAGE neutral tenders; bidders
    without another tender don't count; NaN where none does.
    """
    known = ~np.isnan(evidence)
    own = np.nan_to_num(evidence)
    present = links.multiply(known[:, None]).tocsr()
    total, times = present.T @ own, np.asarray(present.sum(axis=0)).ravel()
    entries = links.tocoo()
    rows, columns = entries.coords
    others = times[columns] - known[rows]
    mean = (total[columns] - own[rows]) / (others + SHRINKAGE)
    size = len(evidence)
    counted = (others > 0).astype(np.float64)
    return _ratio(np.bincount(rows, mean * counted, size), np.bincount(rows, counted, size))


def same_period(evidence: Floats, day: Floats) -> Floats:
    """Triangular mean of the other tenders' evidence within REACH steps, shrunk, (m,)."""
    usable = ~np.isnan(evidence) & ~np.isnan(day)
    result = np.full(len(evidence), np.nan)
    if usable.sum() < 2:
        return result
    step = np.floor((day[usable] - day[usable].min()) / DAYS_PER_STEP).astype(np.int64)
    value = evidence[usable]
    kernel = 1 - np.abs(np.arange(-REACH, REACH + 1)) / (REACH + 1)
    total = np.convolve(np.bincount(step, value), kernel)[REACH:-REACH]
    weight = np.convolve(np.bincount(step).astype(float), kernel)[REACH:-REACH]
    result[usable] = (total[step] - value) / (weight[step] - 1 + SHRINKAGE)
    return result


def together(links: sparse.csr_array) -> Floats:
    """How much oftener a tender's bidders meet elsewhere than if they bid independently, (m,).

    Mean over pairs of (c - e) / sqrt(e + 1), with c the other tenders of both and
    e = (ci - 1)(cj - 1) / (m - 1) the number expected (participation test in the spirit of
    Conley & Decarolis 2016).
    """
    size = links.shape[0]
    bids = np.asarray(links.sum(axis=1)).ravel()
    small = links.multiply((bids <= LARGEST_GROUP)[:, None]).tocsr()
    times = np.asarray(small.sum(axis=0)).ravel()
    pairs = sparse.triu(small.T @ small, k=1).tocoo()
    i, j = pairs.coords
    expected = (times[i] - 1) * (times[j] - 1) / max(size - 1, 1)
    excess = (pairs.data - 1 - expected) / np.sqrt(expected + 1)
    table = sparse.csr_array((excess, (i, j)), shape=pairs.shape)
    summed = np.asarray((small @ table).multiply(small).sum(axis=1)).ravel()
    pairs_of = bids * (bids - 1) / 2 * (bids <= LARGEST_GROUP)
    return _ratio(summed, pairs_of)


def predicted(evidence: Floats, surroundings: Floats) -> Floats:
    """What the surroundings add to `evidence`, 0 where they don't predict it, (m,).

    Slope of evidence on surroundings, between 0 and LARGEST_SLOPE, times the surroundings less
    their mean, times WORTH; counted only where the slope's t reaches LEAST_T.
    """
    known = ~np.isnan(evidence) & ~np.isnan(surroundings)
    nothing = np.zeros(len(evidence))
    if known.sum() < LEAST_TENDERS or np.ptp(surroundings[known]) == 0:
        return nothing
    middle = surroundings[known].mean()
    x, y = surroundings[known] - middle, evidence[known] - evidence[known].mean()
    slope = (x @ y) / (x @ x)
    rest = y - slope * x
    error = np.sqrt((rest @ rest) / (len(x) - 2) / (x @ x))
    if not slope > LEAST_T * error:
        return nothing
    return np.asarray(WORTH * min(slope, LARGEST_SLOPE) * np.nan_to_num(surroundings - middle))
