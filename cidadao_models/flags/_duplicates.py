"""Records that repeat: alike in every field, or alike but for small edits.

Compares only within blocks of equal amount (never all pairs). Recurring payments of one value
are told from repetitions by how often chance would bring them together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz import fuzz

from cidadao_models import records as fields
from cidadao_models.findings import words
from cidadao_models.flags import _objects
from cidadao_models.flags._peers import codes_of, encode

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Extra = pd.DataFrame | Callable[[], pd.DataFrame] | None

MIN_SIMILARITY = 85.0
"""Least token similarity (0-100, rapidfuzz `token_sort_ratio`) of two wordings of one object."""

NEXT_NEIGHBOURS = 3
"""Each record is compared with so many following ones of its block, ordered by date."""

MIN_PERIOD_DAYS = 365
"""Least period over which the records of a block are taken to spread."""

_PARCEL_WORDS = frozenset(
    b"janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro"
    b" jan fev mar abr mai jun jul ago set out nov dez primeira segunda terceira quarta quinta"
    b" sexta primeiro segundo terceiro quarto quinto sexto i ii iii iv v vi vii viii ix x".split()
)
"""Words that, with numbers, tell one parcel or lot of a purchase from the next."""

_IDENTIFYING = (("id", "numero"), ("data",), ("objeto",))
"""Fields that tell one record from the next besides amount and supplier."""


def identical(contracts: pd.DataFrame, extra: Extra = None) -> Ints:
    """Group of each record that equals another one in every field, -1 for all others.

    A record takes part with an amount, a supplier (or an object of a dated purchase), and an id,
    a number or a date. `extra` holds the source's other columns with the same index, or gives
    them when called: rows that differ there are not equal. The `id` counts as a field.
    """
    rows = _eligible(contracts)
    names = sorted(
        (name for name in contracts.columns if name in fields.FIELDS),
        key=lambda name: (name != "valor", name != "data", name),
    )
    rows, group = _alike(contracts, names, rows, np.zeros(len(rows), dtype=np.int64))
    if len(rows) and extra is not None:
        table = (extra() if callable(extra) else extra).loc[contracts.index[rows]]
        at, group = _alike(table, list(table.columns), np.arange(len(rows)), group)
        rows = rows[at]
    answer = np.full(len(contracts), -1, dtype=np.int64)
    answer[rows] = group
    return answer


def _alike(table: pd.DataFrame, names: list[str], rows: Ints, group: Ints) -> tuple[Ints, Ints]:
    """Rows that still share their group after each column, and the groups."""
    for name in names:
        if len(rows) < 2:
            return rows[:0], group[:0]
        group = _refine(group, _codes(table[name].iloc[rows]))
        keep = np.bincount(group)[group] > 1
        rows, group = rows[keep], group[keep]
    return rows, group


def identical_groups(contracts: pd.DataFrame) -> Iterator[tuple[Ints, int]]:
    """(positions, number of identifying fields) of each group found by `identical`."""
    group = contracts["_duplicata"].to_numpy()
    rows = np.flatnonzero(group >= 0)
    if not len(rows):
        return
    order = np.argsort(group[rows], kind="stable")
    cuts = np.flatnonzero(np.diff(group[rows][order])) + 1
    identifying = np.sum([_known(contracts, names) for names in _IDENTIFYING], axis=0)
    for members in np.split(rows[order], cuts):
        yield members, int(identifying[members[0]])


def _eligible(contracts: pd.DataFrame) -> Ints:
    known = ~np.isnan(contracts["_valor"].to_numpy())
    purchase = _known(contracts, ("data", "modalidade"))
    subject = contracts["_fornecedor"].notna().to_numpy()
    subject = subject | (purchase & _known(contracts, ("objeto",)))
    identity = _known(contracts, ("id", "numero")) | _known(contracts, ("data",))
    return np.flatnonzero(known & subject & identity)


def _known(contracts: pd.DataFrame, names: tuple[str, ...]) -> Bools:
    known = np.zeros(len(contracts), dtype=bool)
    for name in names:
        if name in contracts:
            known |= contracts[name].notna().to_numpy()
    return known


def _codes(values: pd.Series) -> Ints:
    """One integer for each distinct value; missing values are alike."""
    if values.dtype.kind in "iufM":
        plain = values.to_numpy()
        return np.unique(plain, return_inverse=True)[1].astype(np.int64)
    return encode(values, len(values)).codes + 1


def _refine(group: Ints, code: Ints) -> Ints:
    """Groups of rows that were together and agree in one more field too."""
    width = int(code.max(initial=0)) + 1
    return np.unique(group * width + code, return_inverse=True)[1].astype(np.int64)


# -- near duplicates ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pair:
    """Two positions with one amount and supplier, a few days apart, described almost alike."""

    first: int
    second: int
    days: int
    similarity: float
    p: float


def near_pairs(contracts: pd.DataFrame, *, window_days: int, max_chance: float) -> Iterator[Pair]:
    """Pairs of one supplier, buyer and amount within `window_days`, in words almost the same.

    `p` is the chance that some two of the party's repeated amounts come so close in time (see
    `_chances`): regular payments and standard prices get a large one, above `max_chance`. Only
    the pairs left are compared in words. Where no supplier is known, the buyer is the party.
    """
    blocks = _blocks(contracts)
    rows, block = blocks.row, blocks.block
    if len(rows) < 2:
        return
    same = contracts["_duplicata"].to_numpy()[rows]
    chance = _Chances(blocks, same, window_days)
    for step in range(1, min(NEXT_NEIGHBOURS, len(rows) - 1) + 1):
        gap = np.abs(blocks.day[step:] - blocks.day[:-step])
        near = (block[step:] == block[:-step]) & (gap <= window_days)
        near &= (same[step:] < 0) | (same[step:] != same[:-step])
        first = np.flatnonzero(near)
        p = chance.of(first, gap[first])
        for at, so_rare in zip(first[p <= max_chance], p[p <= max_chance], strict=True):
            one, other = int(rows[at]), int(rows[at + step])
            similarity = _similarity(contracts, one, other)
            if similarity >= MIN_SIMILARITY:
                yield Pair(one, other, int(gap[at]), similarity, float(so_rare))


@dataclass(frozen=True, slots=True)
class _Blocks:
    """Records that share party and amount, by block and day: position, codes and day of each.

    `party` is a supplier and buyer, `party_size` the records of each, repeated amounts or not.
    """

    row: Ints
    block: Ints
    party: Ints
    day: Ints
    party_size: Ints


def _blocks(contracts: pd.DataFrame) -> _Blocks:
    cents = np.rint(np.nan_to_num(contracts["_valor"].to_numpy()) * 100)
    supplier = codes_of(contracts, "_fornecedor").codes
    buyer = codes_of(contracts, "_comprador").codes + 1
    if supplier.max(initial=-1) < 0:
        supplier = np.where(buyer > 0, 0, -1)
    day = contracts["data"].to_numpy().astype("datetime64[D]")
    rows = np.flatnonzero((cents > 0) & (supplier >= 0) & ~np.isnat(day))
    if not len(rows):
        return _Blocks(rows, rows, rows, rows, rows)
    party = _refine(supplier[rows], buyer[rows])
    amount = np.unique(cents[rows], return_inverse=True)[1].astype(np.int64)
    block = _refine(party, amount)
    days = day[rows].astype(np.int64)
    shared = np.bincount(block)[block] > 1
    order = np.flatnonzero(shared)[np.lexsort((rows[shared], days[shared], block[shared]))]
    return _Blocks(rows[order], block[order], party[order], days[order], np.bincount(party))


class _Chances:
    """Chance that two records of one party and amount come so close in time by themselves."""

    def __init__(self, blocks: _Blocks, same: Ints, window_days: int) -> None:
        self.blocks = blocks
        block, party = blocks.block, blocks.party
        self.size = np.bincount(block)
        self.period = _periods(block, blocks.day)
        gap = np.diff(blocks.day)
        inside = np.diff(block) == 0
        close = inside & (gap <= window_days)
        m = self.size.astype(np.float64)
        self.far = m * (m - 1) / 2 - np.bincount(block[1:], weights=close, minlength=len(m))
        of_block = np.flatnonzero(np.diff(block, prepend=-1))
        self.party_far = np.bincount(party[of_block], weights=self.far[block[of_block]])
        inside &= (self.size[block[1:]] >= REGULAR) & ((same[1:] < 0) | (same[1:] != same[:-1]))
        self.gaps = int(inside.sum())
        after = inside & (gap > window_days) & (gap <= 2 * window_days + 1)
        self.per_day = after.sum() / (window_days + 1)

    def of(self, at: Ints, gap: Ints) -> Floats:
        """Chance for the pairs that begin at these places, `gap` days apart.

        Poisson: all pairs of the amount, and those of the party's other amounts that lie far
        apart, against the period. In a file of regular payments two close ones are rarer than
        that: there the gaps just beyond the window tell how often close ones come (with half a
        gap added, as Jeffreys does for a rate of none).
        """
        block, party = self.blocks.block[at], self.blocks.party[at]
        m = self.size[block].astype(np.float64)
        others = self.party_far[party] - self.far[block]
        expected = (m * (m - 1) / 2 + others) * (2 * gap + 1) / self.period[block]
        memoryless = -np.expm1(-expected)
        rate = (self.per_day * (gap + 1) + 0.5) / (self.gaps + 1)
        return np.minimum(memoryless, self.blocks.party_size[party] * rate)


REGULAR = 4
"""Records of one amount from which its gaps may tell a regular payment."""


def _periods(block: Ints, day: Ints) -> Ints:
    """Days of each block's period (at least `MIN_PERIOD_DAYS`), by block code."""
    starts = np.flatnonzero(np.diff(block, prepend=-1))
    ends = np.append(starts[1:], len(block)) - 1
    period = np.full(int(block.max(initial=-1)) + 1, MIN_PERIOD_DAYS, dtype=np.int64)
    period[block[starts]] = np.maximum(day[ends] - day[starts] + 1, MIN_PERIOD_DAYS)
    return period


def _similarity(contracts: pd.DataFrame, first: int, second: int) -> float:
    """Token similarity of two descriptions; 0 where they tell parcels apart, or there is none."""
    if "objeto" not in contracts:
        return 0.0
    texts = contracts["objeto"].iloc[[first, second]]
    if texts.isna().any():
        return 0.0
    one, other = (text.split() for text in _objects.fold(texts.tolist()))
    if _parcel(one) != _parcel(other):
        return 0.0
    return float(fuzz.token_sort_ratio(b" ".join(one), b" ".join(other)))


_DIGIT = re.compile(rb"\d")


def _parcel(words: list[bytes]) -> set[bytes]:
    """What tells two purchases of one kind apart: parcel words, and any word with a digit (a
    number, a plate, a model)."""
    return {word for word in words if _DIGIT.search(word) or word in _PARCEL_WORDS}


def chains(pairs: list[Pair]) -> list[list[Pair]]:
    """Pairs joined into groups: those that share a record belong together."""
    leader: dict[int, int] = {}

    def find(row: int) -> int:
        while leader.setdefault(row, row) != row:
            row = leader[row]
        return row

    for pair in pairs:
        leader[find(pair.second)] = find(pair.first)
    groups: dict[int, list[Pair]] = {}
    for pair in pairs:
        groups.setdefault(find(pair.first), []).append(pair)
    return list(groups.values())


LISTED = 6
"""Record numbers named in a sentence; the finding carries them all."""


def listed(labels: list[int]) -> str:
    """The first records in words, counted from 1 as a reader does: rows 2 and 7 are "3 e 8".

    More than `LISTED` end in "… e mais 99".
    """
    shown = [words.number(label + 1) for label in labels[:LISTED]]
    if len(labels) > LISTED:
        return f"{', '.join(shown)} e mais {len(labels) - LISTED}"
    return " e ".join((", ".join(shown[:-1]), shown[-1])) if len(shown) > 1 else shown[0]
