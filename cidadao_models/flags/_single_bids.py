"""Tenders with a single bid, and how usual that is in the same modality and at the same buyer.

Counts bids; whether the market had more bidders it cannot know.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import bdtrc

from cidadao_models.flags._discoveries import adjusted
from cidadao_models.flags._peers import codes_of

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

COMPETITIVE = ("pregao", "concorrencia", "tomada_precos", "convite", "dialogo")
"""Modalities in which several bids are expected; an auction sells, a contest pays a prize."""

MIN_TENDERS = 10
"""Fewest tenders of a modality whose share of single bids tells what is usual."""

USUAL = 0.5
"""Share of single bids in a modality from which one more says nothing: bids may be counted by
item, or only the valid ones."""

PRIOR = 0.1
"""Share taken for a modality with too few tenders (EU single market scoreboard: 10 % is the target;
Brazilian pregões showed 6 to 11 % in one open study). Not measured here."""

MIN_SINGLE = 5
"""Fewest single bids of a buyer that make a habit."""

FALSE_DISCOVERIES = 0.01
"""Expected share of chance findings among the buyers told (Benjamini and Hochberg 1995)."""

MANY_BIDS = 0.5
"""Share of a table's tenders with several bids from which it lists all bids, not only winners."""


@dataclass(frozen=True, slots=True)
class Tenders:
    """One row for each competitive tender with a known number of bids.

    `row[start[k]:start[k + 1]]` are the places of its records, `single` tells one bid from more,
    `modality` and `buyer` are codes, `value` is R$ (NaN unknown).
    """

    row: Ints
    start: Ints
    single: Bools
    modality: Ints
    buyer: Ints
    value: Floats
    modalities: list[str]

    def rows(self, tenders: Ints) -> Ints:
        """Places of all records of these tenders."""
        return np.concatenate([self.row[self.start[k] : self.start[k + 1]] for k in tenders])


def tenders(prepared: pd.DataFrame) -> Tenders | None:
    """The competitive tenders; None when none of them has a single bid."""
    modality = codes_of(prepared, "_modalidade")
    rivals = np.array([*(text in COMPETITIVE for text in modality.texts), False])
    bids = _bids(prepared)
    known = rivals[modality.codes] & (bids >= 1)
    if not (known & (bids == 1)).any():
        return None
    row = np.flatnonzero(known)
    buyer = codes_of(prepared, "_comprador").codes[row]
    tender = _tender(prepared, row, buyer, modality.codes[row])
    _, first, code = np.unique(tender, return_index=True, return_inverse=True)
    order = np.argsort(code, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(code))])
    most = np.zeros(len(first))
    np.maximum.at(most, code, bids[row])
    value = np.zeros(len(first))
    np.fmax.at(value, code, np.nan_to_num(prepared["_valor"].to_numpy()[row]))
    return Tenders(
        row[order],
        start,
        most == 1,
        modality.codes[row[first]],
        buyer[first],
        np.where(value > 0, value, np.nan),
        modality.texts,
    )


def _bids(prepared: pd.DataFrame) -> Floats:
    """Number of bids of each record's tender, as stated or counted in a table of bids."""
    if "n_propostas" in prepared:
        stated = prepared["n_propostas"].to_numpy(dtype=np.float64, na_value=np.nan)
        return np.where(np.isfinite(stated), stated, -1.0)
    tender = codes_of(prepared, "licitacao_id").codes
    offered = prepared["valor_proposta"].notna().to_numpy() & (tender >= 0)
    count = np.bincount(tender[offered], minlength=int(tender.max(initial=-1)) + 2)
    met = count[count > 0]
    lists_all = len(met) > 0 and (met > 1).mean() >= MANY_BIDS
    return np.where(offered & lists_all, count[tender], -1).astype(np.float64)


def _tender(prepared: pd.DataFrame, row: Ints, buyer: Ints, modality: Ints) -> Ints:
    """A code for each tender: its identifier, else its number at the buyer, else the record."""
    named = codes_of(prepared, "licitacao_id").codes[row]
    number = codes_of(prepared, "numero").codes[row]
    width = int(buyer.max(initial=0)) + 2
    numbered = (number * width + buyer + 1) * (int(modality.max(initial=0)) + 1) + modality
    past = int(numbered.max(initial=0)) + 1
    code = np.where(number >= 0, numbered, past + row)
    return np.where(named >= 0, -1 - named, code).astype(np.int64)


def usual_share(found: Tenders) -> tuple[Floats, Ints]:
    """(share of single bids, number of tenders) in the modality of each tender."""
    width = len(found.modalities)
    number = np.bincount(found.modality, minlength=width)
    single = np.bincount(found.modality, weights=found.single, minlength=width)
    share = np.where(number >= MIN_TENDERS, single / np.maximum(number, 1), PRIOR)
    return share[found.modality], number[found.modality]


def share_above(found: Tenders) -> tuple[Floats, Ints]:
    """(share, number) of the modality's tenders at least as large as each single one.

    (1, 0) for the others and where the amount is unknown.
    """
    answer = np.ones(len(found.value))
    rank = np.zeros(len(found.value), dtype=np.int64)
    known = np.isfinite(found.value)
    for code in np.unique(found.modality[found.single]):
        alike = known & (found.modality == code)
        ordered = np.sort(found.value[alike])
        at = np.flatnonzero(alike & found.single)
        rank[at] = len(ordered) - np.searchsorted(ordered, found.value[at], side="left")
        answer[at] = rank[at] / max(len(ordered), MIN_TENDERS)
    return answer, rank


@dataclass(frozen=True, slots=True)
class Habit:
    """Single bids of one buyer: how many of how many tenders, the others' share, and chance."""

    n_single: int
    n: int
    others: float
    q: float


def habits(found: Tenders, usual: Floats, *, min_ratio: float) -> dict[int, Habit]:
    """Buyers with far more single bids than others have in the same modalities, by code.

    Each buyer's count is compared with a binomial law whose share is the others' in the mix of
    modalities that it uses, made wider by how buyers differ; false discoveries are controlled.
    """
    known = found.buyer >= 0
    if found.single.sum() < MIN_SINGLE:
        return {}
    width = int(found.buyer.max(initial=-1)) + 1
    n = np.bincount(found.buyer[known], minlength=width)
    k = np.bincount(found.buyer[known], weights=found.single[known], minlength=width)
    k = k.astype(np.int64)
    if (n > 0).sum() < 2 or k.max(initial=0) < MIN_SINGLE:
        return {}
    expected = np.bincount(found.buyer[known], weights=usual[known], minlength=width)
    rest, rest_n = k.sum() - k, n.sum() - n
    ratio = np.divide(expected / np.maximum(n, 1), k.sum() / n.sum())
    others = np.clip(rest / np.maximum(rest_n, 1) * ratio, 1e-3, 1.0)
    tested = n >= MIN_SINGLE
    inflation = _overdispersion(k[tested], n[tested], others[tested])
    chosen = np.flatnonzero(tested & (k >= MIN_SINGLE) & (k >= min_ratio * others * n))
    fewer = np.maximum(np.floor((k[chosen] - 1) / inflation), 0)
    p = np.asarray(bdtrc(fewer, np.ceil(n[chosen] / inflation).astype(np.int64), others[chosen]))
    q = adjusted(p, int(tested.sum()))
    return {
        int(b): Habit(int(k[b]), int(n[b]), float(others[b]), float(rate))
        for b, rate in zip(chosen, q, strict=True)
        if rate <= FALSE_DISCOVERIES
    }


def _overdispersion(k: Ints, n: Ints, share: Floats) -> float:
    """How much more buyers differ than a binomial law lets them (median of squared residuals).

    A median, so that the buyers looked for don't hide themselves; 0.455 is that of one degree.
    """
    spread = (k - n * share) ** 2 / np.maximum(n * share * (1 - share), 1e-9)
    return max(1.0, float(np.median(spread)) / 0.455) if len(k) else 1.0
