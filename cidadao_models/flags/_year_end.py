"""A buyer's December against its own past Decembers, or against its other months.

Works on monthly totals and numbers of purchases: a small buyer's amounts are too unequal to tell a
rush that their number shows. What was bought, and why so late, it cannot know.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import stdtr

from cidadao_models.flags._discoveries import adjusted
from cidadao_models.flags._peers import BUYERS, encode

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MIN_YEARS = 3
"""Fewest whole years of a buyer: its last December needs two others to be compared with."""

MIN_RUSH = 1.5
"""Least ratio of December's share of the year to that of past Decembers worth showing."""

SMALL_SHARE = 0.005
"""Added to each month's share of the year, so that an empty month has a logarithm."""

SPREAD_FLOOR = 0.05
"""Least spread of log amounts: a series of equal amounts has none."""

MIN_SHARE = 1.5 / 12
"""Least share of the year that makes a December busy: one and a half ordinary months."""

MIN_OTHER_MONTHS = 8
"""Fewest other months with purchases that make a year to compare its December with."""

MIN_RUSH_ALONE = 2.0
"""Least ratio of December to the mean of the year's other months, where no past tells whether the
buyer always spends late."""

SPREAD_FLOOR_ALONE = 0.2
"""Least spread of log monthly totals in one year: eleven alike months are no law."""

ROOT_SPREAD, ROOT_SPREAD_SHARE = 0.5, 0.1
"""Least spread of the root of a month's number of purchases: that of a Poisson number (Anscombe
1948), and a tenth of the root, as purchases come in batches."""

ROOT_SHIFT = 0.375
"""Added to a number before its root is taken (Anscombe 1948)."""

MIN_MANY = 10
"""Fewest purchases of a December whose number alone can tell a rush."""

MIN_DECEMBER = 3
"""Fewest purchases of a December that can be called a rush; one dear purchase is none."""


FIRST_YEAR, LAST_YEAR = 1988, 2100
"""Years in which a date of public spending is credible; others are entry errors."""


@dataclass(frozen=True, slots=True)
class Rush:
    """December's share of the last year against that of past years.

    `n_past` is 0 where the year's other months are the comparison; `past_share` is then the mean
    share of one of them.
    """

    year: int
    n_past: int
    share: float
    past_share: float
    p_value: float

    @property
    def ratio(self) -> float:
        """How many times the share it is compared with."""
        return self.share / max(self.past_share, SMALL_SHARE)

    @property
    def least(self) -> float:
        """Least ratio worth showing."""
        return MIN_RUSH if self.n_past else MIN_RUSH_ALONE


def december(totals: Floats, last_year: int = 0) -> Rush | None:
    """Test of the last December of a buyer.

    `totals`: (years, 12) non-negative amounts of whole consecutive years, at least `MIN_YEARS`.
    The log share of December is compared with its mean in past years; the spread is that of all
    months about their own means (t test with 11 (k - 1) degrees of freedom). None when a year
    has no amounts.
    """
    whole = totals.sum(axis=1, keepdims=True)
    if len(totals) < MIN_YEARS or not (whole > 0).all():
        return None
    logs = np.log(totals / whole + SMALL_SHARE)
    past, now = logs[:-1], float(logs[-1, -1])
    k = len(past)
    mean = past.mean(axis=0)
    freedom = 11 * (k - 1)
    spread = max(SPREAD_FLOOR, float(np.sqrt(((past - mean) ** 2).sum() / freedom)))
    t = (now - float(mean[-1])) / (spread * np.sqrt(1 + 1 / k))
    past_share = float((totals[:-1, -1] / whole[:-1, 0]).mean())
    share = float(totals[-1, -1] / whole[-1, 0])
    return Rush(last_year, k, share, past_share, float(stdtr(freedom, -t)))


def december_alone(months: Floats, year: int = 0) -> Rush | None:
    """Test of a December against the other months of its year that have amounts.

    `months`: 12 non-negative totals. A new month of the same law, in logs: t test of prediction
    with k - 1 degrees of freedom, k months. None with fewer than `MIN_OTHER_MONTHS` of them.
    """
    others = months[:11][months[:11] > 0]
    k = len(others)
    if k < MIN_OTHER_MONTHS or months[11] <= 0:
        return None
    logs = np.log(others)
    spread = max(SPREAD_FLOOR_ALONE, float(logs.std(ddof=1)))
    t = (float(np.log(months[11])) - float(logs.mean())) / (spread * np.sqrt(1 + 1 / k))
    whole = float(months.sum())
    mean_share = float(others.sum()) / k / whole
    return Rush(year, 0, float(months[11]) / whole, mean_share, float(stdtr(k - 1, -t)))


def chance_of_number(counts: Ints, began: int = 0) -> float:
    """Chance of so many purchases in the last December, from those of its year and past Decembers.

    `counts`: (years, 12) numbers, the buyer's first month at `began`. On the root scale, where the
    spread of numbers is even: t tests of prediction from the year's other months and from past
    Decembers, with the spread of all months; the larger chance. 1 for small numbers or few months.
    """
    last = len(counts) - 1
    root = np.sqrt(counts.ravel() + ROOT_SHIFT)[began:]
    now, others = float(root[-1]), root[:-1]
    of_year = others[-11:] if began <= 12 * last else others
    if counts[-1, -1] < MIN_MANY or len(of_year) < MIN_OTHER_MONTHS:
        return 1.0
    spread = max(ROOT_SPREAD, float(others.std(ddof=1)))
    past = root[:-1][(np.arange(began, began + len(others)) % 12) == 11]
    chances = []
    for some in (of_year, past):
        if len(some):
            middle = float(some.mean())
            wide = max(spread, ROOT_SPREAD_SHARE * middle) * np.sqrt(1 + 1 / len(some))
            chances.append(float(stdtr(len(others) - 1, -(now - middle) / wide)))
    return max(chances)


@dataclass(frozen=True, slots=True)
class Tested:
    """One busy December: the buyer's code, the test, and the rows of its purchases."""

    buyer: int
    rush: Rush
    rows: Ints


def busy_decembers(buyer: Ints, month: Ints, amount: Floats) -> tuple[list[Tested], int]:
    """Tests of the Decembers that take much of their year, and how many Decembers there are.

    `buyer`: n codes; `month`: months since 1970; `amount`: non-negative. A December is compared
    with those of all whole years before it (two at least), else with the months of its year.
    The chance told is the larger of those with and without its dearest purchase.
    """
    if not (month % 12 == 11).any():
        return [], 0
    first = int(month.min()) // 12
    width = 12 * (int(month.max()) // 12 - first + 1)
    cells, cell_of = np.unique(buyer * width + month - 12 * first, return_inverse=True)
    total = np.bincount(cell_of, weights=amount).astype(np.float64)
    count = np.bincount(cell_of)
    owner, at = np.divmod(cells, width)
    _, year_of = np.unique(owner * width + at // 12, return_inverse=True)
    is_december = at % 12 == 11
    order = np.argsort(cell_of, kind="stable")
    end = np.cumsum(count)
    # a December that is busy by one dear purchase only is none
    largest = np.maximum.reduceat(amount[order], end - count)
    whole = np.bincount(year_of, weights=total)[year_of]
    share = (total - largest) / np.maximum(whole - largest, 1e-300)
    busy = np.flatnonzero(is_december & (share >= MIN_SHARE) & (count >= MIN_DECEMBER))
    tested = []
    for cell in busy:
        mine = slice(*np.searchsorted(owner, (owner[cell], owner[cell] + 1)))
        rows = order[end[cell] - count[cell] : end[cell]]
        rush = _test(at[mine], total[mine], count[mine], int(at[cell]), first, float(largest[cell]))
        if rush is not None:
            tested.append(Tested(int(owner[cell]), rush, rows))
    return tested, int(is_december.sum())


def _test(
    at: Ints, total: Floats, count: Ints, december_at: int, first: int, largest: float
) -> Rush | None:
    """The test of one December of a buyer, whose cells are (month, total, number)."""
    months = 12 * (int(at.max()) // 12 + 1)
    flat, count_of = np.zeros(months), np.zeros(months, dtype=np.int64)
    flat[at], count_of[at] = total, count
    table, numbers = flat.reshape(-1, 12), count_of.reshape(-1, 12)
    year = december_at // 12
    if not (table[year, :6] > 0).any():  # a file that begins late has no year to compare with
        return None
    start = _first_whole_year(at, table, year)
    alone = year - start + 1 < MIN_YEARS
    if alone and not _above_other_decembers(table, year):
        return None
    reduced = table.copy()
    reduced[year, 11] -= largest
    by_number = chance_of_number(numbers[: year + 1], int(at.min()))
    return _either(
        [
            december_alone(some[year], 1970 + first + year)
            if alone
            else december(some[start : year + 1], 1970 + first + year)
            for some in (table, reduced)
        ],
        by_number,
        _of_year(table[year], 1970 + first + year),
    )


def _either(by_amount: list[Rush | None], by_number: float, of_year: Rush) -> Rush | None:
    """The rush told by the amounts or by the number: twice the smaller chance, as two are taken."""
    whole, without = by_amount
    if whole is None or without is None:
        return replace(of_year, p_value=min(1.0, 2 * by_number)) if by_number < 1 else None
    p = min(max(whole.p_value, without.p_value), by_number)
    return replace(whole, p_value=min(1.0, 2 * p) if by_number < 1 else p)


def _of_year(months: Floats, year: int) -> Rush:
    """December beside the mean of the year's other months, without a chance yet."""
    whole = float(months.sum())
    return Rush(year, 0, float(months[11]) / whole, float(months[:11].sum()) / 11 / whole, 1.0)


def _above_other_decembers(table: Floats, year: int) -> bool:
    """Whether the few other Decembers of the buyer, later ones too, do not take as much."""
    others = np.delete(table, year, axis=0)
    others = others[(others[:, 11] > 0) & (others[:, :11].sum(axis=1) > 0)]
    if not len(others):
        return True
    usual = float((others[:, 11] / others.sum(axis=1)).mean())
    return float(table[year, 11] / table[year].sum()) >= MIN_RUSH * usual


def _first_whole_year(at: Ints, table: Floats, year: int) -> int:
    """First year of the unbroken run of years with amounts before `year`, the first one whole."""
    empty = np.flatnonzero(table[:year].sum(axis=1) <= 0)
    start = int(empty[-1]) + 1 if len(empty) else 0
    earliest = int(at[at >= 12 * start].min())
    return start if earliest == 12 * start else start + 1


def shown(
    tested: list[Tested], n_tests: int, *, false_discoveries: float
) -> Iterator[tuple[Tested, float]]:
    """(December, q-value) of those with few false discoveries and a large enough ratio.

    Benjamini and Hochberg (1995) over `n_tests` Decembers, those not busy counted as ordinary.
    """
    q = adjusted([one.rush.p_value for one in tested], n_tests)
    found = [
        (one, float(value))
        for one, value in zip(tested, q, strict=True)
        if value <= false_discoveries and one.rush.ratio >= one.rush.least
    ]
    yield from sorted(found, key=lambda f: (f[1], f[0].buyer, f[0].rush.year))


def dated(contracts: pd.DataFrame) -> tuple[Ints, Ints, Ints, Floats]:
    """(row, buyer, month, amount) of records with a credible date; one buyer where none is told.

    Estornos and unknown amounts count as nothing.
    """
    month = _months(contracts)
    buyer = np.zeros(len(contracts), dtype=np.int64)
    if any(name in contracts for name in BUYERS):
        buyer = encode(contracts["_comprador"], len(contracts)).codes
    credible = (month >= 12 * (FIRST_YEAR - 1970)) & (month < 12 * (LAST_YEAR - 1969))
    at = np.flatnonzero(credible & (buyer >= 0))
    value = contracts["valor"].to_numpy(dtype=np.float64, na_value=np.nan)[at]
    amount = np.where(np.isfinite(value), np.maximum(value, 0.0), 0.0)
    return at, buyer[at], month[at], amount


def too_little(contracts: pd.DataFrame) -> str:
    """Why no December of these records can be judged, or ""."""
    month = _months(contracts)
    told = month[month >= 12 * (FIRST_YEAR - 1970)]
    if not (told % 12 == 11).any():
        return "nenhum registro tem data em dezembro"
    if told.max() - told.min() < MIN_OTHER_MONTHS:
        return "as datas cobrem menos de nove meses"
    return ""


def _months(contracts: pd.DataFrame) -> Ints:
    """Months since 1970 of each record; a huge negative number where it has no date."""
    return np.asarray(contracts["data"].to_numpy().astype("datetime64[M]").astype(np.int64))
