"""Records that repeat: alike in every field, or alike but for small edits.

Compares only within blocks of equal amount (never all pairs). Recurring payments of one value
are told from repetitions by how often chance would bring them together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz import fuzz

from cidadao_models import records as fields
from cidadao_models.flags import _objects
from cidadao_models.flags._peers import encode

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
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
    for members in np.split(rows[order], cuts):
        yield members, _identified_by(contracts, int(members[0]))


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


def _identified_by(contracts: pd.DataFrame, row: int) -> int:
    return sum(
        any(name in contracts and not pd.isna(contracts[name].iloc[row]) for name in names)
        for names in _IDENTIFYING
    )


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

    `p` is the chance that some two of the block's records come so close in time when they
    spread over the block's period: regular payments get a large one, above `max_chance`. Only
    the pairs left are compared in words.
    """
    rows, block, day = _blocks(contracts)
    if len(rows) < 2:
        return
    size, period = _block_sizes(block, day)
    same = contracts["_duplicata"].to_numpy()[rows]
    m = size[block].astype(np.float64)
    pairs_per_day = m * (m - 1) / 2 / period[block]
    for step in range(1, min(NEXT_NEIGHBOURS, len(rows) - 1) + 1):
        gap = np.abs(day[step:] - day[:-step])
        near = (block[step:] == block[:-step]) & (gap <= window_days)
        near &= (same[step:] < 0) | (same[step:] != same[:-step])
        p = -np.expm1(-pairs_per_day[:-step] * (2 * gap + 1))
        for at in np.flatnonzero(near & (p <= max_chance)):
            first, second = int(rows[at]), int(rows[at + step])
            similarity = _similarity(contracts, first, second)
            if similarity >= MIN_SIMILARITY:
                yield Pair(first, second, int(gap[at]), similarity, float(p[at]))


def _blocks(contracts: pd.DataFrame) -> tuple[Ints, Ints, Ints]:
    """Positions, block and day of the records that share buyer, supplier and amount."""
    n = len(contracts)
    cents = np.rint(np.nan_to_num(contracts["_valor"].to_numpy()) * 100)
    supplier = encode(contracts["_fornecedor"], n).codes
    day = contracts["data"].to_numpy().astype("datetime64[D]")
    rows = np.flatnonzero((cents > 0) & (supplier >= 0) & ~np.isnat(day))
    if not len(rows):
        return rows, rows, rows
    buyer = encode(contracts["_comprador"], n).codes + 1
    amount = np.unique(cents[rows], return_inverse=True)[1].astype(np.int64)
    block = _refine(_refine(amount, supplier[rows]), buyer[rows])
    days = day[rows].astype(np.int64)
    shared = np.bincount(block)[block] > 1
    order = np.flatnonzero(shared)[np.lexsort((rows[shared], days[shared], block[shared]))]
    return rows[order], block[order], days[order]


def _block_sizes(block: Ints, day: Ints) -> tuple[Ints, Ints]:
    """Records and days of each block's period (at least `MIN_PERIOD_DAYS`), by block code."""
    size = np.bincount(block)
    starts = np.flatnonzero(np.diff(block, prepend=-1))
    ends = np.append(starts[1:], len(block)) - 1
    period = np.full(len(size), MIN_PERIOD_DAYS, dtype=np.int64)
    span = day[ends] - day[starts] + 1
    period[block[starts]] = np.maximum(span, MIN_PERIOD_DAYS)
    return size, period


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


def _parcel(words: list[bytes]) -> set[bytes]:
    return {word for word in words if word.isdigit() or word in _PARCEL_WORDS}


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
    """The first record numbers in words: "3, 8 e 12", "1, 2, 3, 4, 5, 6 e mais 99"."""
    shown = [str(label) for label in labels[:LISTED]]
    if len(labels) > LISTED:
        return f"{', '.join(shown)} e mais {len(labels) - LISTED}"
    return " e ".join((", ".join(shown[:-1]), shown[-1])) if len(shown) > 1 else shown[0]
