"""How rare a unit price is among the other purchases of the same item within a year.

First all prices at once, roughly; then the few far ones exactly, each without itself. Says nothing
of why a price is rare.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cidadao_models.flags import _prices, _strength, _tails
from cidadao_models.flags._items import Items

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

MIN_PEERS = 8
"""Fewest other purchases of the item (with fewer, chance alone sets the spread)."""

ALIKE, MIXED = 0.6, 1.0
"""Spreads of log prices of an ordinary item (prices within 3 times) and of a description under
which different things are bought."""

P_ALIKE, P_MIXED = 5.5e-3, 5e-4
"""Chance at which a price reaches the bar: below the spread `ALIKE`, and above `MIXED`; in between
on a line. Where prices vary a lot, far ones are more often other things than dear ones."""

SETTLED = 20
"""Peers from which their spread is known well enough for that chance; fewer lower it in
proportion (simulated: 0.5 % of ordinary prices then reach the bar with 10 to 20 peers)."""

SERVICE_SPREAD = 0.35
"""Largest spread of log prices among which a fee by the month or the day is dear (two in three
within 1.4 times of each other): where it is wider, the services are of different sizes."""

P_SHOWN = 2.0
"""Times that chance up to which a price is still named, below the bar."""

P_HIGH = 1e-3
"""Chance whose tenth makes a price "high" (0.85), however alike the others are."""

ROUGH = 3.0
"""Times the chance told at which the rough look still lets a price through to the exact one."""

SAME = 1.25
"""Times the exact spread that the rough one may be."""

PACKS = (10.0, 12.0, 20.0, 24.0, 25.0, 48.0, 50.0, 60.0, 100.0, 144.0, 200.0, 500.0, 1000.0)
"""Units in a usual pack: such a ratio to alike prices may be a box beside a unit."""

PACK_TOLERANCE, PACK_SPREAD = 0.05, 0.25
"""Log distance to a pack size, and largest spread of prices among which it is no chance."""

QUANTITY_REACH = 10.0
"""Times its quantity up to which other purchases are of a like size."""

WHOLESALE = -0.3
"""Correlation of log price and log quantity from which larger purchases are cheaper by the unit."""


def _bar(spread: Floats, n: Ints) -> Floats:
    """Chance that reaches the bar among n prices of this spread."""
    mixed = np.clip((spread - ALIKE) / (MIXED - ALIKE), 0.0, 1.0)
    return np.asarray(np.minimum(1.0, n / SETTLED) * P_ALIKE * (P_MIXED / P_ALIKE) ** mixed)


@dataclass(frozen=True, slots=True)
class Dear:
    """A price beside those of its peers, of which `below` are lower; `doubt` lowers the weight."""

    row: int
    peers: Ints
    times: float
    median: float
    below: int
    spread: float
    chance: float
    doubt: float
    remark: str

    @property
    def bar(self) -> float:
        """Chance that reaches the bar among so many prices of this spread."""
        return float(_bar(np.array(self.spread), np.array(len(self.peers))))

    @property
    def weight(self) -> float:
        """Weight of the rarity; among all prices of the file few reach "high" by chance."""
        rare = float(_strength.from_chance(self.chance, bar=self.bar))
        ceiling = float(_strength.from_chance(self.chance, bar=P_HIGH))
        return min(rare, max(_prices.CEILING, ceiling)) * self.doubt


def dear(items: Items, min_ratio: float) -> Iterator[Dear]:
    """The prices that are at least `min_ratio` times the median of their peers, and rare."""
    cells = _Cells.of(items)
    entries = cells.far(np.log(items.price), items.service, min_ratio)
    if not len(entries):
        return
    order = np.argsort(cells.code, kind="stable")
    start = np.searchsorted(cells.code, cells.code[entries], side="left", sorter=order)
    end = np.searchsorted(cells.code, cells.code[entries], side="right", sorter=order)
    for entry, a, b in zip(entries, start, end, strict=True):
        row, members = int(cells.row[entry]), cells.row[order[a:b]]
        found = _judge(items, row, members[members != row])
        sizes = items.service[row] and found.spread > SERVICE_SPREAD
        if found.times >= min_ratio and found.chance <= P_SHOWN * found.bar and not sizes:
            yield found


@dataclass(frozen=True, slots=True)
class _Cells:
    """Entries (row, cell): a row is in the cells of its item for its year and the years beside it;
    `own` marks that of its own year, in which it is judged."""

    row: Ints
    code: Ints
    own: Bools

    @classmethod
    def of(cls, items: Items) -> _Cells:
        row = np.flatnonzero(items.group >= 0)
        size = np.bincount(items.group[row])
        row = row[size[items.group[row]] > MIN_PEERS]
        if not len(row):
            return cls(row, row, np.zeros(0, dtype=bool))
        first = int(items.year[row].min())
        width = int(items.year[row].max()) - first + 3
        home = items.group[row] * width + items.year[row] - first + 1
        if width <= 4:  # all years are beside each other
            code = np.unique(items.group[row], return_inverse=True)[1]
            return cls(row, code, np.ones(len(row), dtype=bool))
        known = np.unique(home)
        cell = np.concatenate([home, home - 1, home + 1])
        at = np.minimum(np.searchsorted(known, cell), len(known) - 1)
        inside = known[at] == cell
        own = np.arange(len(cell)) < len(row)
        return cls(np.tile(row, 3)[inside], at[inside], own[inside])

    def far(self, log_price: Floats, service: Bools, min_ratio: float) -> Ints:
        """Entries whose price looks rare by the spread of its cell without it."""
        if not len(self.row):
            return self.row
        x = log_price[self.row]
        n = np.bincount(self.code)
        median = _medians(x, self.code, n)
        deviation = x - median[self.code]
        mad = _medians(np.abs(deviation), self.code, n)
        # biweight midvariance, less the entry's own terms (Mosteller and Tukey 1977)
        scale = np.maximum(_tails.BIWEIGHT_REACH * mad, 1e-9)
        u2 = np.minimum((deviation / scale[self.code]) ** 2, 1.0)
        top, bottom = deviation**2 * (1 - u2) ** 4, (1 - u2) * (1 - 5 * u2)
        size = n[self.code] - 1
        tops = np.bincount(self.code, weights=top)[self.code] - top
        bottoms = np.abs(np.bincount(self.code, weights=bottom)[self.code] - bottom)
        spread = np.sqrt(size * np.maximum(tops, 0.0)) / np.maximum(bottoms, 1e-9)
        spread = np.maximum(spread, _tails.SPREAD_FLOOR)
        likely = self.own & (size >= MIN_PEERS) & (deviation >= 0.8 * np.log(min_ratio))
        likely &= ~service[self.row] | (spread <= SAME * SERVICE_SPREAD)
        at = np.flatnonzero(likely)
        p = _tails.chance(deviation[at] / spread[at], size[at])
        return at[p <= ROUGH * P_SHOWN * _bar(spread[at] / SAME, size[at])]


def _medians(x: Floats, code: Ints, n: Ints) -> Floats:
    """Median of x for each code 0, 1, … with n entries; any number where n is 0."""
    rank = np.empty(len(x), dtype=np.int64)
    order = np.argsort(x)
    rank[order] = np.arange(len(x))
    ordered = x[order[np.sort(code * len(x) + rank) % len(x)]]
    start = np.cumsum(n) - n
    low, high = start + np.maximum(n - 1, 0) // 2, start + n // 2
    last = len(x) - 1
    return np.asarray((ordered[np.minimum(low, last)] + ordered[np.minimum(high, last)]) / 2)


def _judge(items: Items, row: int, peers: Ints) -> Dear:
    """The price against the others; of a like quantity where larger purchases cost less."""
    price = float(items.price[row])
    peers, doubt, remark = _of_like_quantity(items, row, peers)
    amounts = np.sort(items.price[peers])
    median = float(np.median(amounts))
    spread = _tails.high_spread(np.log(amounts))
    chance = float(_tails.chance(np.log(price / median) / spread, len(amounts)))
    if spread <= PACK_SPREAD and _is_pack(price / median):
        doubt, remark = _strength.BAR, "; pode ser outra unidade de fornecimento"
    elif int((amounts == price).sum()) >= _prices.TARIFF - 1:
        doubt = _strength.BAR
    below = int(np.searchsorted(amounts, price))
    return Dear(row, peers, price / median, median, below, spread, chance, doubt, remark)


def _is_pack(times: float) -> bool:
    return bool((np.abs(np.log(times) - np.log(PACKS)) <= PACK_TOLERANCE).any())


def _of_like_quantity(items: Items, row: int, peers: Ints) -> tuple[Ints, float, str]:
    """(peers, doubt, remark): where wholesale is cheaper, peers up to ten times the quantity."""
    own, others = float(items.quantity[row]), items.quantity[peers]
    told = np.isfinite(others)
    if not np.isfinite(own) or told.sum() < MIN_PEERS:
        return peers, 1.0, ""
    alike = ~(others > QUANTITY_REACH * own)
    if alike.all() or (alike[told].any() and not _wholesale(items, peers[told])):
        return peers, 1.0, ""
    if alike.sum() >= MIN_PEERS:
        return peers[alike], 1.0, "; contam as de quantidade parecida"
    return peers, _strength.BAR, "; a quantidade é bem menor que a das outras"


def _wholesale(items: Items, rows: Ints) -> bool:
    x, y = np.log(items.price[rows]), np.log(items.quantity[rows])
    if not (np.ptp(x) and np.ptp(y)):
        return False
    return float(np.corrcoef(x, y)[0, 1]) <= WHOLESALE
