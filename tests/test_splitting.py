"""Splitting: equal to brute force, fast on a million awards, silent on dense random ones."""

from __future__ import annotations

import numpy as np
import pytest

from cidadao_models.flags import _splitting
from cidadao_models.flags._splitting import Awards
from cidadao_models.models.evaluation.splitting_figures import (
    LIMIT,
    random_awards,
    splitting_figures,
)

Window = tuple[int, int]


def brute_force(awards: Awards, alike: np.ndarray, *, span: int) -> set[frozenset[int]]:
    """Every window of `span` days of one buyer, year and nature whose awards pass the limit.

    One loop over the awards that open a window and one over those that may fall into it.
    """
    found = set()
    share = awards.value / awards.limit
    for i in range(len(awards.day)):
        same = [
            j
            for j in range(len(awards.day))
            if (awards.buyer[j], awards.year[j], alike[j])
            == (awards.buyer[i], awards.year[i], alike[i])
            and 0 <= awards.day[j] - awards.day[i] <= span
        ]
        if len(same) >= 2 and share[same].sum() > 1.0:
            found.add(frozenset(same))
    return found


def windows(awards: Awards, alike: np.ndarray, *, span: int) -> set[frozenset[int]]:
    """The same by one sorted search."""
    key = _splitting._codes(awards.buyer, awards.year, alike)
    order = np.lexsort((awards.day, key))
    start, end = _splitting.passing_windows(
        key[order], awards.day[order], (awards.value / awards.limit)[order], span=span
    )
    return {frozenset(order[a:b].tolist()) for a, b in zip(start, end, strict=True)}


@pytest.mark.parametrize("span", [1, 7, 60])
def test_windows_equal_brute_force_on_2000_awards(span: int) -> None:
    awards = random_awards(2_000, seed=span, buyers=6)
    first_of_day = windows(awards, awards.nature, span=span)
    naive = brute_force(awards, awards.nature, span=span)
    # of awards on one day brute force opens its window at each, the search at the first in order
    assert naive <= first_of_day
    for members in first_of_day - naive:
        days = awards.day[list(members)]
        assert np.ptp(days) <= span
        assert (awards.value[list(members)] / awards.limit[list(members)]).sum() > 1.0
        assert any(members < whole for whole in naive)


def test_every_cluster_passes_the_limit_within_the_window() -> None:
    awards = random_awards(2_000, seed=9, buyers=6)
    bunched = np.flatnonzero((awards.buyer == 2) & (awards.nature == 3))[:6]
    awards.day[bunched], awards.value[bunched] = 100, 0.93 * LIMIT
    told = list(_splitting.clusters(awards, window_days=60))
    assert any(set(bunched.tolist()) <= set(cluster.members.tolist()) for cluster in told)
    for cluster in told:
        assert np.ptp(awards.day[cluster.members]) <= 60
        assert awards.value[cluster.members].sum() > LIMIT
        assert len(np.unique(awards.buyer[cluster.members])) == 1


def test_random_awards_are_silent_and_windows_agree() -> None:
    figures = {figure.metric: figure for figure in splitting_figures(True)}
    assert figures["windows unlike brute force"].value == 0
    assert figures["false alarms"].value <= 0.01 < figures["false alarms"].baseline
    assert figures["time beyond the sort"].value <= 2.0
