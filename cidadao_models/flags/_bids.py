"""What the flags over bids share: names for a reader, and the spread that a market's bids have.

Judges no tender.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models import records as fields
from cidadao_models.flags import _screens
from cidadao_models.flags._tenders import Bids

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

TYPICAL_CV = 0.06
"""Between the CV of cartels (about 3 %) and of competition (8 to 10 %) in Imhof 2017: the spread
taken for granted until a file has shown its own."""

PRIOR_TENDERS = 20
"""Weight of `TYPICAL_CV` against the file's own median, in tenders (chosen)."""

LEAST_TENDERS = 20
"""Tenders below which what is common in a market can't be told."""

TINY = 1e-9
"""Log spreads below this are of equal bids."""


def tender_name(prepared: pd.DataFrame, row: int) -> str:
    """How a reader finds the tender of a record."""
    return fields.mask_cpf(str(prepared["licitacao_id"].iloc[row]))


def bidder_name(prepared: pd.DataFrame, row: int) -> str:
    """How a reader knows the bidder of a record: its name, else its masked document."""
    for name in ("fornecedor", "fornecedor_id"):
        if name in prepared and not pd.isna(prepared[name].iloc[row]):
            text = str(prepared[name].iloc[row])
            return fields.mask_document(text) if name == "fornecedor_id" else fields.mask_cpf(text)
    return "não informado"


def labels(prepared: pd.DataFrame, rows: Ints) -> list[int]:
    """Record numbers of positions, in order."""
    return [int(label) for label in prepared.index[np.sort(rows)]]


def log_spreads(bids: Bids) -> Floats:
    """Sd (ddof 1) of the log bids of each tender, NaN below two bids."""
    logs = np.log(bids.value)
    size = len(bids.starts)
    n = bids.counts.astype(np.float64)
    mean = np.bincount(bids.tender, weights=logs, minlength=size) / np.maximum(n, 1)
    squares = np.bincount(bids.tender, weights=(logs - mean[bids.tender]) ** 2, minlength=size)
    return np.where(n > 1, np.sqrt(squares / np.maximum(n - 1, 1)), np.nan)


def typical_spread(spread: Floats, counts: Ints) -> float:
    """Median log spread of the market's tenders, pulled towards `TYPICAL_CV`; equal bids left out.

    Each tender's is freed of what few bids take from it (mean of the log sd of n normal draws).
    """
    known = np.flatnonzero(spread > TINY)
    if not len(known):
        return TYPICAL_CV
    free = np.log(spread[known]) - log_bias(counts[known])
    weight = len(known) / (len(known) + PRIOR_TENDERS)
    return float(np.exp(weight * np.median(free) + (1 - weight) * np.log(TYPICAL_CV)))


def log_bias(counts: Ints) -> Floats:
    """Mean of the log sd of n standard normal draws, for each n (negative for few)."""
    sizes, at = np.unique(counts, return_inverse=True)
    biases = [_screens.null(_screens.null_size(int(n))).spread_error("cv")[0] for n in sizes]
    return np.array(biases)[at]


def estimates(prepared: pd.DataFrame, bids: Bids) -> Floats:
    """The estimate beside each bid, NaN where there is none."""
    if "valor_estimado" not in prepared:
        return np.full(len(bids.row), np.nan)
    estimate = prepared["valor_estimado"].to_numpy(dtype=np.float64, na_value=np.nan)[bids.row]
    return np.where(np.isfinite(estimate) & (estimate > 0), estimate, np.nan)


def too_few(n: int, what: str) -> str:
    """Why a file of `n` such tenders can't be judged, or ""."""
    if n >= LEAST_TENDERS:
        return ""
    return f"há {n} licitações {what}; para saber o que é comum são precisas {LEAST_TENDERS}"


def listed(names: list[str], most: int) -> str:
    """`A, B e C`; beyond `most` names the rest is counted."""
    if len(names) > most:
        return ", ".join(names[:most]) + f" e mais {len(names) - most}"
    return " e ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
