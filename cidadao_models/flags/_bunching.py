"""Purchases heaped just under a legal limit: counts in narrow windows, and their chance.

Compares the amounts of one buyer or file around a limit with the density beside them; a purchase
under a limit is in itself lawful.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import bdtrc

from cidadao_models.flags import _direct, _limits
from cidadao_models.flags._peers import codes_of, encode

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

WINDOW = 0.05
"""Log width of the windows beside the limit (about 5 %; reference: local binomial test)."""

OUTER = 3
"""The outer windows reach this many window widths from the limit."""

MIN_OF_BUYER = 10
"""Fewest amounts of one buyer beside the limit that can be tested."""

FILE_WEIGHT = 10.0
"""Amounts that the slope of the whole file is worth beside those of one buyer."""

INVITATION: tuple[tuple[dt.date, dt.date, float, float, str], ...] = (
    (dt.date(1998, 5, 28), dt.date(2018, 7, 18), 150_000.0, 80_000.0,
     "Lei 8.666/1993, art. 23, I, a, e II, a"),
    (dt.date(2018, 7, 19), dt.date(2023, 12, 30), 330_000.0, 176_000.0, "Decreto 9.412/2018"),
)  # fmt: skip
"""Invitation ("convite") under Lei 8.666: first and last day, limits for works and others (R$)."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Amounts in windows around a limit: inner ones beside it, outer ones to measure the slope."""

    below: int
    above: int
    outer_below: int
    outer_above: int
    at_limit: int

    @property
    def n(self) -> int:
        """Amounts in the inner windows."""
        return self.below + self.above


@dataclass(frozen=True, slots=True)
class Bunching:
    """Counts around a limit, how many were expected just below, and the chance of so many.

    `p_value` is against the density on both sides. `p_peak` is against the density farther below:
    a drop above the limit alone, where dearer purchases take another form, makes no peak.
    """

    counts: Counts
    expected_below: float
    p_value: float
    p_peak: float


def local_test(amounts: Floats, limit: Floats | float, *, prior: Counts | None = None) -> Bunching:
    """Whether amounts heap just under their limits (R$; one limit for all, or one each).

    One-sided binomial test (mid-p) of the amounts within 5 % below against those within 5 %
    above, given the slope of the log density between the outer windows. Round amounts heap by
    themselves and are counted, but not tested; amounts equal to the limit are left out, as it is
    often itself a round one. `prior`: counts of a larger set, whose slope stands in where there
    are few amounts.
    """
    cents = np.rint(amounts * 100)
    edge = np.broadcast_to(np.rint(np.asarray(limit) * 100), len(amounts))
    counts = window_counts(cents, edge)
    odd = ~is_round(cents, edge)
    tested = window_counts(cents[odd], edge[odd])
    slope = _step(tested, prior)
    expected = counts.above * _step(counts, prior)
    return Bunching(counts, expected, _p_above(tested, slope), _p_below(tested, slope))


def window_counts(cents: Floats, edge: Floats) -> Counts:
    """Amounts (centavos) in the windows of their limits."""
    with np.errstate(divide="ignore", invalid="ignore"):
        x = np.log(cents / edge) / WINDOW
    inside = (np.abs(x) <= OUTER) & (cents != edge)
    position = np.clip(np.floor(x[inside]), -OUTER, OUTER - 1).astype(np.int64) + OUTER
    bins = np.bincount(position, minlength=2 * OUTER)
    return Counts(
        below=int(bins[OUTER - 1]),
        above=int(bins[OUTER]),
        outer_below=int(bins[: OUTER - 1].sum()),
        outer_above=int(bins[OUTER + 1 :].sum()),
        at_limit=int((cents == edge).sum()),
    )


def is_round(cents: Floats, edge: Floats) -> Bools:
    """Whether an amount is a multiple of a tenth or an eighth of the limit's power of ten.

    Beside 8,000 these are multiples of 100 and 125, beside 62,725.59 of 1,000 and 1,250.
    """
    step = 10.0 ** (np.floor(np.log10(edge)) - 1)
    return np.asarray((np.mod(cents, step) == 0) | (np.mod(cents, 1.25 * step) == 0))


def _step(counts: Counts, prior: Counts | None) -> float:
    """Ratio of the density of one window to that of the next higher one, from the outer windows.

    Their middles lie `OUTER + 1` windows apart.
    """
    low, high = float(counts.outer_below), float(counts.outer_above)
    if prior is not None and prior.outer_below + prior.outer_above:
        share = prior.outer_below / (prior.outer_below + prior.outer_above)
        low, high = low + FILE_WEIGHT * share, high + FILE_WEIGHT * (1 - share)
    return float(((low + 0.5) / (high + 0.5)) ** (1 / (OUTER + 1)))


def _p_above(counts: Counts, step: float) -> float:
    return _binomial(counts.below, counts.n, step / (1 + step))


def _p_below(counts: Counts, step: float) -> float:
    # a slope that a drop above the limit makes steep must not hide what lies below it
    widths = sum(min(step, 1.0) ** k for k in range(1, OUTER))
    return _binomial(counts.below, counts.below + counts.outer_below, 1 / (1 + widths))


def _binomial(k: int, n: int, share: float) -> float:
    """Chance of k or more of n, the case of exactly k counted half (mid-p, Lancaster 1961)."""
    if not n:
        return 1.0
    at_least = float(bdtrc(k - 1, n, share)) if k else 1.0
    return 0.5 * (at_least + float(bdtrc(k, n, share)))


# -- which limit each record has ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Limited:
    """Records with the amount and the limit of one kind that held on their day."""

    kind: str
    position: Ints
    amount: Floats
    limit: Floats
    buyer: Ints


KIND_WORDS = {"dispensa": "dispensa por valor", "convite": "convite"}


def limited(
    prepared: pd.DataFrame, *, reach: float = OUTER * WINDOW, fewest: int = 1
) -> Iterator[Limited]:
    """Records around each distinct limit: of direct awards, and of invitations before 2024.

    `reach`: greatest distance of the logarithms; `fewest` records that are worth giving. Needs
    `_valor` and `data`. Amounts repeated between one buyer and supplier are parcels of one
    purchase and count once.
    """
    days = prepared["data"].to_numpy().astype("datetime64[D]")
    works = _works(prepared)
    amount = prepared["_valor"].to_numpy(np.float64)
    regimes = _regimes(prepared)
    direct = _limits.dispensa_limits(days, works, regimes)
    kinds = (("dispensa", direct), ("convite", _invitation(days, works, regimes)))
    with np.errstate(divide="ignore", invalid="ignore"):
        near = [np.abs(np.log(amount / limits)) <= reach for _, limits in kinds]
    if all(one.sum() < fewest for one in near):
        return
    buyer = _codes(prepared, "_comprador")
    for (kind, limits), close in zip(kinds, near, strict=True):
        for value in np.unique(limits[close]):
            at = np.flatnonzero(close & (limits == value))
            if len(at) >= fewest:
                at = at[_first_of_parcels(prepared, at, buyer)]
                yield Limited(kind, at, amount[at], limits[at], buyer[at])


def _works(prepared: pd.DataFrame) -> Bools:
    if "_obra" not in prepared:
        return np.zeros(len(prepared), dtype=bool)
    return prepared["_obra"].to_numpy(dtype=bool)


def _codes(prepared: pd.DataFrame, name: str) -> Ints:
    """Codes of a text column in the order of its texts, -1 where missing."""
    if name not in prepared:
        return np.full(len(prepared), -1, dtype=np.int64)
    encoded = encode(prepared[name], len(prepared))
    rank = np.empty(len(encoded.texts) + 1, dtype=np.int64)
    rank[sorted(range(len(encoded.texts)), key=encoded.texts.__getitem__)] = np.arange(
        len(encoded.texts)
    )
    rank[-1] = -1
    return rank[encoded.codes]


def _first_of_parcels(prepared: pd.DataFrame, rows: Ints, buyer: Ints) -> Bools:
    """False for records that repeat an amount of one buyer and supplier, the first label aside."""
    keep = np.ones(len(rows), dtype=bool)
    if "_fornecedor" not in prepared or len(rows) < 2:
        return keep
    supplier = encode(prepared["_fornecedor"].iloc[rows], len(rows)).codes
    cents = np.rint(prepared["_valor"].to_numpy()[rows] * 100)
    order = np.lexsort((prepared.index.to_numpy()[rows], cents, supplier, buyer[rows]))
    columns = (cents[order], supplier[order], buyer[rows][order])
    again = np.logical_and.reduce([column[1:] == column[:-1] for column in columns])
    keep[order[1:]] = ~(again & (supplier[order[1:]] >= 0))
    return keep


def _regimes(prepared: pd.DataFrame) -> Ints:
    return _direct.regimes(codes_of(prepared, "fundamento_legal"), codes_of(prepared, "modalidade"))


def _invitation(days: np.ndarray, works: Bools, regimes: Ints) -> Floats:
    """Limit of an invitation on each day; NaN where the law had none."""
    answer = np.full(len(days), np.nan)
    old = _limits.REGIMES.index("8.666")
    start_of_new = np.datetime64(_limits.START_OF_14133)
    under_old = (regimes == old) | ((regimes < 0) & (days < start_of_new))
    for first, last, for_works, for_others, _ in INVITATION:
        held = under_old & (days >= np.datetime64(first)) & (days <= np.datetime64(last))
        answer[held] = np.where(works[held], for_works, for_others)
    return answer


def by_buyer(group: Limited) -> Iterator[Limited]:
    """The group split by buyer: those with enough amounts beside the limit."""
    inner = np.abs(np.log(group.amount / group.limit)) <= WINDOW
    known = np.flatnonzero(group.buyer >= 0)
    if not len(known):
        return
    enough = np.bincount(group.buyer[known], weights=inner[known]) >= MIN_OF_BUYER
    at = known[enough[group.buyer[known]]]
    at = at[np.argsort(group.buyer[at], kind="stable")]
    bounds = np.flatnonzero(np.diff(group.buyer[at], prepend=-2, append=-2))
    for start, end in pairwise(bounds):
        rows = at[start:end]
        yield Limited(
            group.kind,
            group.position[rows],
            group.amount[rows],
            group.limit[rows],
            group.buyer[rows],
        )


def act_of(prepared: pd.DataFrame, group: Limited) -> str:
    """Name of the law or decree that sets the limit of these records."""
    first = int(group.position[0])
    day = pd.Timestamp(prepared["data"].iloc[first]).date()
    if group.kind == "convite":
        return next(row[-1] for row in INVITATION if row[0] <= day <= row[1])
    regime = int(_regimes(prepared.iloc[[first]])[0])
    law = _limits.REGIMES[regime] if regime >= 0 else None
    works = bool(_works(prepared.iloc[[first]])[0])
    return _limits.dispensa_limit(day, works=works, legal_basis=law).act
