"""Finds direct awards bunched in time and near the limit, more than chance would bunch them.

A scan over windows of days in each financial year of a buyer; knows nothing of intentions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import pdtrc

from cidadao_models.flags import _direct, _limits, _strength
from cidadao_models.flags._peers import codes_of, encode

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]

NEAR_LIMIT = (0.0, 0.25, 0.5, 0.7, 0.85)
"""Shares of the limit from which awards are scanned: all, then ever closer to the limit."""

SPAN_FRACTIONS = (0.125, 0.5, 1.0)
"""Windows scanned, as fractions of the widest one."""

TESTS = len(SPAN_FRACTIONS)
"""Scans counted as independent: those of other cuts and of natures and suppliers see the same
awards, and the bound on each is generous (dense honest files stayed within 0.1 % of records)."""

YEAR_DAYS = 365.0
MIN_COVERING = 50
"""Fewest dated records of a year from which the days that the file covers of it are told."""

MIN_REFERENCE = 10
"""Fewest other awards from which an ordinary share is learned; below it a uniform one is used."""

MIN_BUYERS = 20
"""Fewest other buyer-years from which ordinary amounts are learned: some goods cost nearly the
limit everywhere, but a few buyers who all split would look like that too."""

_SINGULAR = (
    r"(?i)artist|apres(?:enta|\.)|show|banda|cantor|musical|orquestra|forr[oó]|palestra|ministrar"
    r"|instrutor|oficineir"
)
"""Each artist, speaker or teacher is a purchase of its own: they only add up by supplier."""


@dataclass(frozen=True, slots=True)
class Awards:
    """Direct awards by value and, for each, what the scan needs.

    `row` is the position of an award's first record, `records` all positions and `award` the
    award that each belongs to: the items of one process are one award.
    """

    row: Ints
    records: Ints
    award: Ints
    described: Bools
    day: Ints
    year: Ints
    covered: Floats
    value: Floats
    limit: Floats
    buyer: Ints
    nature: Ints
    supplier: Ints


@dataclass(frozen=True, slots=True)
class Cluster:
    """Awards of one buyer and year, alike in `kind`, that together pass the limit."""

    members: Ints
    kind: str
    p: float


def direct_awards(contracts: pd.DataFrame) -> Awards:
    """The awards made for their small value, each below its limit, with known buyer and date."""
    told = _direct.grounds(contracts)
    by_value = (told.ground >= _direct.UNSTATED) & (told.ground <= _direct.VALUE_OTHER)
    buyer = codes_of(contracts, "_comprador").codes
    day = contracts["data"].to_numpy().astype("datetime64[D]")
    value = contracts["_valor"].to_numpy()
    with np.errstate(invalid="ignore"):
        rows = np.flatnonzero(by_value & (value > 0) & (buyer >= 0) & ~np.isnat(day))
    rows = rows[~_direct.mentions(contracts, rows)]
    if len(rows) < 2:
        rows = rows[:0]
    works = contracts["_obra"].to_numpy()[rows]
    limit = _limits.dispensa_limits(day[rows], works, told.regime[rows])
    process = _process(contracts, rows, buyer[rows], day[rows])
    total = np.bincount(process, weights=value[rows], minlength=0)
    below = total[process] < limit
    rows, limit, process = rows[below], limit[below], process[below]
    records = rows
    _, first, award = np.unique(process, return_index=True, return_inverse=True)
    rows, limit = rows[first], limit[first]
    year = _years(day[rows], limit)
    return Awards(
        row=rows,
        records=records,
        award=award.astype(np.int64),
        described=contracts["_grupo"].to_numpy()[rows] >= 0,
        day=day[rows].astype(np.int64),
        year=year,
        covered=_covered(day, rows, year),
        value=np.bincount(award, weights=value[records], minlength=len(rows)).astype(np.float64),
        limit=limit,
        buyer=buyer[rows],
        nature=np.where(_direct.mentions(contracts, rows, _SINGULAR), -1, _nature(contracts)[rows]),
        supplier=codes_of(contracts, "_fornecedor").codes[rows],
    )


def _years(day: Days, limit: Floats) -> Ints:
    """One code for each financial year and limit in force: a year may have two, and few awards
    of a size fall under the lower one."""
    if not len(day):
        return np.zeros(0, dtype=np.int64)
    bars = np.unique(limit, return_inverse=True)[1]
    return _codes(day.astype("datetime64[Y]").astype(np.int64), bars)


def _covered(day: Days, rows: Ints, year: Ints) -> Floats:
    """Days that the file spans of the year and limit of each of `rows`: 365 where few tell it.

    In a file of one quarter everything lies close together, which is no bunching. Told by the
    awards themselves where they are many, else by all records of the year.
    """
    dated = np.flatnonzero(~np.isnat(day))
    calendar = day.astype("datetime64[Y]").astype(np.int64)
    calendar -= calendar[dated].min(initial=calendar.max(initial=0))
    of_file = _spans(calendar[dated], day[dated], few=YEAR_DAYS)[calendar[rows]]
    return np.minimum(of_file, _spans(year, day[rows], few=np.inf)[year])


def _spans(code: Ints, day: Days, *, few: float) -> Floats:
    """Days from first to last of each code (0, 1, …); `few` where few dates tell it."""
    number = day.astype(np.int64)
    size = int(code.max(initial=-1)) + 1
    first = np.full(size, np.iinfo(np.int64).max)
    last = np.full(size, np.iinfo(np.int64).min)
    np.minimum.at(first, code, number)
    np.maximum.at(last, code, number)
    many = np.bincount(code, minlength=size) >= MIN_COVERING
    return np.where(many, last - first + 1.0, few)


def _process(contracts: pd.DataFrame, rows: Ints, buyer: Ints, day: Days) -> Ints:
    """One code for each process number of a buyer and year; records without one stand alone."""
    if not len(rows) or "numero" not in contracts:
        return np.arange(len(rows), dtype=np.int64)
    number = encode(contracts["numero"].iloc[rows], len(rows)).codes
    alone = number < 0
    number[alone] = len(rows) + np.flatnonzero(alone)
    return _codes(buyer, day.astype("datetime64[Y]").astype(np.int64), number)


def _nature(contracts: pd.DataFrame) -> Ints:
    """Object group, or the category where the description names none; -1 where neither."""
    group = contracts["_grupo"].to_numpy().astype(np.int64)
    category = codes_of(contracts, "categoria").codes
    return np.where(group >= 0, group, np.where(category >= 0, category + group.max() + 1, -1))


def clusters(awards: Awards, *, window_days: int) -> Iterator[Cluster]:
    """Clusters of each buyer, year and nature (or supplier) rarer than the bar, rarest first.

    Of windows that overlap the rarest is kept: a cluster half told already is left out.
    """
    found: list[Cluster] = []
    for kind, alike in (("natureza", awards.nature), ("fornecedor", awards.supplier)):
        known = np.flatnonzero(alike >= 0)
        found.extend(_scan(awards, known, alike, kind=kind, window_days=window_days))
    told: set[int] = set()
    for cluster in sorted(found, key=lambda c: (c.p, c.kind, awards.day[c.members].min())):
        members = {int(member) for member in cluster.members}
        if 2 * len(members & told) < len(members):
            told |= members
            yield cluster


def _scan(
    awards: Awards, known: Ints, alike: Ints, *, kind: str, window_days: int
) -> Iterator[Cluster]:
    if len(known) < 2:
        return
    key = _codes(awards.buyer[known], awards.year[known], alike[known])
    share = awards.value[known] / awards.limit[known]
    key_sum = np.bincount(key, weights=share)
    keep = key_sum[key] > 1.0
    if not keep.any():
        return
    others = _Reference(awards, known, key, alike[known], share)
    kept = np.flatnonzero(keep)
    day = awards.day[known]
    order = kept[np.lexsort((day[kept], key[kept]))]
    sorted_key, sorted_day, sorted_share = key[order], day[order], share[order]
    for cut in NEAR_LIMIT:
        high = slice(None) if cut <= 0 else np.flatnonzero(sorted_share >= cut)
        row, line = order[high], (sorted_key[high], sorted_day[high], sorted_share[high])
        for fraction in SPAN_FRACTIONS:
            span = max(1, int(window_days * fraction))
            start, end = passing_windows(*line, span=span)
            if not len(start):
                continue
            p = TESTS * others.chance(row[start], end - start, cut=cut, span=span)
            for i in _apart(start, end, p, len(row)):
                yield Cluster(known[row[start[i] : end[i]]], kind, float(p[i]))


def _apart(start: Ints, end: Ints, p: Floats, n: int) -> Iterator[int]:
    """Windows rarer than the bar, rarest first, without those that overlap one given before."""
    told = np.zeros(n, dtype=bool)
    rare = np.flatnonzero(p <= _strength.P_BAR)
    for i in rare[np.lexsort((start[rare], p[rare]))]:
        if not (told[start[i]] or told[end[i] - 1]):
            told[start[i] : end[i]] = True
            yield int(i)


def passing_windows(key: Ints, day: Ints, share: Floats, *, span: int) -> tuple[Ints, Ints]:
    """(start, end) of windows of `span` days within a key whose shares of the limit pass 1.

    Rows come sorted by key and day; a window starts at a row and holds all up to `span` days
    later, `end` excluded. One sorted search, no pairs.
    """
    if not len(key):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    base = day - day.min()
    line = key * (int(base.max()) + span + 2) + base
    end = np.searchsorted(line, line + span, side="right").astype(np.int64)
    start = np.arange(len(key), dtype=np.int64)
    total = np.concatenate(([0.0], np.cumsum(share)))
    passing = (end - start >= 2) & (total[end] - total[start] > 1.0)
    return start[passing], end[passing]


def _codes(*columns: Ints) -> Ints:
    code = columns[0]
    for column in columns[1:]:
        offset = column - column.min()
        code = np.unique(code * (int(offset.max()) + 1) + offset, return_inverse=True)[1]
    return code.astype(np.int64)


class _Reference:
    """What is ordinary, learned from the other awards: nearness to the limit, bunching in time."""

    def __init__(self, awards: Awards, known: Ints, key: Ints, alike: Ints, share: Floats) -> None:
        self.key, self.alike, self.share = key, alike, share
        self.day, self.buyer = awards.day[known], awards.buyer[known]
        self.covered = awards.covered[known]
        self.in_key = np.bincount(key)
        self.in_alike = np.bincount(alike)
        self.keys_of_alike = np.bincount(alike[np.unique(key, return_index=True)[1]])
        self.in_buyer = np.bincount(self.buyer)
        self.width = int(self.day.max() - self.day.min()) + 2
        self.by_buyer = np.sort(self._line(self.buyer, self.day))
        self.by_key = np.sort(self._line(key, self.day))

    def _line(self, code: Ints, day: Ints) -> Ints:
        return code * (2 * self.width) + np.minimum(day - self.day.min(), self.width)

    def chance(self, start: Ints, count: Ints, *, cut: float, span: int) -> Floats:
        """Bound on the chance of some window with `count` awards in a key like that of `start`.

        Awards fall as a Poisson process over the days covered; a window starts at an award, so
        the chance is at most
        the expected number of awards near the limit times that of `count - 1` more within
        `span` days (union bound of the scan statistic, Naus 1965).
        """
        size = self.in_key[self.key[start]]
        near = size * self._near_limit(start, cut)
        ordinary = np.minimum(1.0, (span + 1) / self.covered[start])
        within = near * np.maximum(ordinary, self._bunching(start, span))
        return np.asarray(np.minimum(1.0, np.maximum(near, 1e-12) * pdtrc(count - 2, within)))

    def _near_limit(self, start: Ints, cut: float) -> Floats:
        """Ordinary share of awards above the cut: uniform, or more where others show more."""
        high = (self.share >= cut).astype(np.float64)
        key, alike = self.key[start], self.alike[start]
        own_high, own = np.bincount(self.key, weights=high)[key], self.in_key[key]
        many = len(self.in_key) - np.count_nonzero(self.in_key == 0) > MIN_BUYERS
        all_share = many * _share(high.sum() - own_high, len(high) - own)
        alike_high = np.bincount(self.alike, weights=high)[alike]
        enough = self.keys_of_alike[alike] > MIN_BUYERS
        like_share = enough * _share(alike_high - own_high, self.in_alike[alike] - own)
        return np.maximum(np.maximum(1.0 - cut, all_share), like_share)

    def _bunching(self, start: Ints, span: int) -> Floats:
        """Share of the buyer's other awards that fall in the window (0 with too few of them)."""
        key, buyer, day = self.key[start], self.buyer[start], self.day[start]
        of_buyer = _between(self.by_buyer, self._line(buyer, day), span)
        of_key = _between(self.by_key, self._line(key, day), span)
        return _share(of_buyer - of_key, self.in_buyer[buyer] - self.in_key[key])


def _between(line: Ints, start: Ints, span: int) -> Ints:
    after = np.searchsorted(line, start + span, side="right")
    return after - np.searchsorted(line, start, side="left")


def _share(part: npt.ArrayLike, whole: npt.ArrayLike) -> Floats:
    part, whole = np.asarray(part, float), np.asarray(whole, float)
    return np.where(whole >= MIN_REFERENCE, part / np.maximum(whole, 1.0), 0.0)
