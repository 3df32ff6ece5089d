"""Stable groups of bidders, the order in which they win, and how regular it is.

Only wins and dates; a regular order may also come from capacity or from the calendar.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from math import factorial

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.flags import _rivals
from cidadao_models.flags._tenders import Participations

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

LEAST_TENDERS = 6
"""Tenders from which an order of wins can be told from chance."""

STABLE = (0.5, 0.7, 0.85)
"""Shares of common tenders (of the geometric mean of both bidders' tenders) that tie a pair; the
stricter ones part groups that are too large."""

LARGEST_GROUP = 8
"""Bidders in a group that could take turns."""

DRAWS = 20_000
"""Simulated orders; the smallest chance they tell is 1 in as many."""


@dataclass(frozen=True, slots=True)
class Turns:
    """Wins of a group in order: process, bidder that won it, and a record of the bidder there."""

    process: Ints
    winner: Ints
    row: Ints

    @property
    def regular(self) -> int:
        """Wins, after the first, by one that won none of the m - 1 tenders before."""
        span = self.n_winners - 1
        return sum(
            self.winner[k] not in self.winner[max(0, k - span) : k]
            for k in range(1, len(self.winner))
        )

    @property
    def n_winners(self) -> int:
        return len(np.unique(self.winner))


def turns(prepared: pd.DataFrame, taken: Participations, least_chance: float) -> list[Turns]:
    """The ordered wins of each stable group with `LEAST_TENDERS` of them and two winners.

    Groups in which even perfect turns would be likelier than `least_chance` are left out.
    """
    kept = (taken.size > 1) & (taken.size <= _rivals.MAX_BIDDERS) & ~np.isnan(taken.day)
    wins = np.bincount(taken.process[kept & taken.won], minlength=1)
    kept &= wins[np.minimum(taken.process, len(wins) - 1)] == 1
    process, bidder = taken.process[kept], taken.bidder[kept]
    if len(process) < 2 * LEAST_TENDERS:
        return []
    found = []
    for members in _stable_groups(process, bidder):
        mine = kept.nonzero()[0][np.isin(bidder, members)]
        together = np.bincount(taken.process[mine])
        half = together >= max(2, len(members) / 2)
        won = mine[taken.won[mine] & half[taken.process[mine]]]
        winners = len(set(taken.bidder[won].tolist()))
        if len(won) < LEAST_TENDERS or winners < 2 or perfect(len(won), winners) > least_chance:
            continue
        won = won[_in_order(prepared, taken, won)]
        found.append(Turns(taken.process[won], taken.bidder[won], taken.row[won]))
    return found


def _stable_groups(process: Ints, bidder: Ints) -> list[Ints]:
    """Bidders that mostly take part together, in groups of 2 to `LARGEST_GROUP`."""
    a, b, count = _rivals.meetings(process, bidder, least=LEAST_TENDERS)
    each = np.bincount(bidder, minlength=1)
    tie = count / np.sqrt(each[a] * each[b]) if len(a) else np.zeros(0)
    answer: list[Ints] = []
    pending = [(np.arange(len(a)), 0)]
    while pending:
        edges, level = pending.pop()
        edges = edges[tie[edges] >= STABLE[level]]
        for part in _rivals.components(a[edges], b[edges]):
            chosen = edges[part]
            nodes = np.unique(np.concatenate([a[chosen], b[chosen]]))
            if len(nodes) <= LARGEST_GROUP:
                answer.append(nodes)
            elif level + 1 < len(STABLE):
                pending.append((chosen, level + 1))
    return answer


def _in_order(prepared: pd.DataFrame, taken: Participations, won: Ints) -> Ints:
    """Order of the wins by day, and within a day by the tender's identifier."""
    days = taken.day[won]
    if len(np.unique(days)) == len(days):
        return np.argsort(days)
    names = prepared["licitacao_id"].iloc[taken.row[won]].astype(str).tolist()
    keys = [(day, _natural(name)) for day, name in zip(days.tolist(), names, strict=True)]
    return np.array(sorted(range(len(won)), key=keys.__getitem__), dtype=np.int64)


def _natural(name: str) -> list[tuple[int, int, str]]:
    """`9/2020` before `10/2020`."""
    parts = re.findall(r"\d+|\D+", name)
    return [(0, int(p), "") if p.isdecimal() else (1, 0, p) for p in parts]


def chance(n: int, winners: int, regular: int) -> float:
    """Chance of as many regular turns among `n` wins when each of the winners is as likely.

    Equal chances are the most favourable to turns, so for unequal ones the true chance is less.
    Exact for perfect turns: m! / m^n; else simulated.
    """
    if regular == n - 1:
        return perfect(n, winners)
    ordered = _simulated(n, winners)
    return float((len(ordered) - np.searchsorted(ordered, regular) + 1) / (len(ordered) + 1))


def perfect(n: int, winners: int) -> float:
    """Chance of n perfect turns: m! / m^n."""
    return factorial(winners) / float(winners) ** n


@lru_cache(maxsize=64)
def _simulated(n: int, winners: int) -> Ints:
    """Sorted numbers of regular turns in `DRAWS` random orders."""
    drawn = np.random.default_rng(n * 1000 + winners).integers(0, winners, (DRAWS, n))
    regular = np.zeros(DRAWS, dtype=np.int64)
    for k in range(1, n):
        window = drawn[:, max(0, k - winners + 1) : k]
        regular += (window != drawn[:, k : k + 1]).all(axis=1)
    return np.sort(regular)
