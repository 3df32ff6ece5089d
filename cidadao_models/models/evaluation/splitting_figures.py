"""Figures of the splitting scan: agreement with brute force, speed, silence on random awards.

Awards are drawn at random over a year, so whatever is told of them is a false alarm.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from cidadao_models.flags import _splitting
from cidadao_models.flags._splitting import Awards
from cidadao_models.models.evaluation.benchmark import Figure

LIMIT = 62_725.59
"""R$; direct award limit of 2025 (Decreto 12.343/2024)."""

WINDOW_DAYS = 60
NATURES = 30
AWARDS_PER_BUYER = 500

MILLION = 1_000_000
SECONDS_ALLOWED = 2.0
"""For a million awards, beyond the time of sorting them."""

FALSE_ALARMS_ALLOWED = 0.01
"""Share of random awards that may be told; the plain window rule tells 39 % of a million."""

BRUTE_FORCE_ROWS = 2_000


def random_awards(n: int, *, seed: int, buyers: int | None = None) -> Awards:
    """`n` awards below the limit on random days of 2025, log-normal, of 30 natures.

    The day of 2025 is counted from 1 January on.
    """
    rng = np.random.default_rng(seed)
    value = np.round(np.exp(rng.normal(9.0, 1.0, n)), 2)
    rows = np.arange(n)
    return Awards(
        row=rows,
        records=rows,
        award=rows,
        described=np.ones(n, dtype=bool),
        day=rng.integers(0, 365, n),
        year=np.zeros(n, dtype=np.int64),
        covered=np.full(n, 365.0),
        value=np.where(value < LIMIT, value, np.round(LIMIT * rng.uniform(0.05, 0.99, n), 2)),
        limit=np.full(n, LIMIT),
        buyer=rng.integers(0, buyers or max(1, n // AWARDS_PER_BUYER), n),
        nature=rng.integers(0, NATURES, n),
        supplier=rng.integers(0, max(1, n // 20), n),
    )


def splitting_figures(quick: bool) -> Iterator[Figure]:
    """Agreement, seconds beyond the sort and false alarms; a tenth of a million when `quick`."""
    n = MILLION // 10 if quick else MILLION
    case = f"splitting, {n:,} random awards"
    yield Figure(
        "patterns", f"splitting, {BRUTE_FORCE_ROWS:,} awards", "windows unlike brute force",
        float(_disagreements(random_awards(BRUTE_FORCE_ROWS, seed=1, buyers=6))), at_most=0.0,
    )  # fmt: skip
    awards = random_awards(n, seed=2)
    sorting = _seconds_to_sort(awards)
    started = time.perf_counter()
    told = list(_splitting.clusters(awards, window_days=WINDOW_DAYS))
    beyond = time.perf_counter() - started - sorting
    allowed = SECONDS_ALLOWED * n / MILLION
    yield Figure(
        "patterns", case, "time beyond the sort", max(beyond, 0.0), "s", sorting, "sort",
        at_most=allowed,
    )  # fmt: skip
    named = len(np.unique(np.concatenate([c.members for c in told]))) if told else 0
    yield Figure(
        "patterns", case, "false alarms", named / n, "", _plain_rule(awards), "window rule",
        at_most=FALSE_ALARMS_ALLOWED,
    )  # fmt: skip


def _seconds_to_sort(awards: Awards) -> float:
    started = time.perf_counter()
    np.lexsort((awards.day, awards.nature, awards.year, awards.buyer))
    np.lexsort((awards.day, awards.supplier, awards.year, awards.buyer))
    return time.perf_counter() - started


def _plain_rule(awards: Awards) -> float:
    """Share of awards told by the rule alone: a sum above the limit within the window."""
    order, start, end = _windows(awards)
    told = np.zeros(len(order) + 1, dtype=np.int64)
    np.add.at(told, start, 1)
    np.add.at(told, end, -1)
    return float((np.cumsum(told)[:-1] > 0).mean())


def _windows(awards: Awards) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    key = (awards.buyer * NATURES + awards.nature).astype(np.int64)
    order = np.lexsort((awards.day, key))
    share = (awards.value / awards.limit)[order]
    start, end = _splitting.passing_windows(key[order], awards.day[order], share, span=WINDOW_DAYS)
    return order, start, end


def _disagreements(awards: Awards) -> int:
    """Awards whose window the sorted search and a plain loop see differently."""
    order, start, end = _windows(awards)
    fast = dict(zip(start.tolist(), end.tolist(), strict=True))
    buyer, nature, day = awards.buyer[order], awards.nature[order], awards.day[order]
    share = (awards.value / awards.limit)[order]
    wrong = 0
    for i in range(len(order)):
        inside = [
            j
            for j in range(i, len(order))
            if buyer[j] == buyer[i] and nature[j] == nature[i] and day[j] - day[i] <= WINDOW_DAYS
        ]
        passes = len(inside) >= 2 and share[inside].sum() > 1.0
        wrong += (fast.get(i) != inside[-1] + 1) if passes else (i in fast)
    return wrong
