"""Recall of strong planted anomalies by type and honest records flagged, beside a plain forest.

The forest gets the same numeric columns and, to be fair to it, the exact number planted as its
cut; ours uses the fixed threshold of the contract.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cidadao_models.analysis import analyze
from cidadao_models.models.evaluation.benchmark import Figure
from cidadao_models.models.evaluation.synthetic import (
    PLANTS,
    honest_contracts,
    planted_contracts,
)

SIZE = 3_000
PLANTED = 60
SEEDS = (11, 12, 13)


def _forest_flags(frame: pd.DataFrame, count: int) -> np.ndarray:
    """The `count` strangest records of a default IsolationForest on logs and durations."""
    from sklearn.ensemble import IsolationForest

    money = frame[["valor", "valor_inicial", "valor_final", "valor_estimado"]]
    days = (frame["vigencia_fim"] - frame["vigencia_inicio"]).dt.days
    matrix = np.column_stack([np.log10(money.clip(lower=0.01)), days])
    scores = IsolationForest(random_state=0).fit(matrix).score_samples(matrix)
    flagged = np.zeros(len(frame), dtype=bool)
    flagged[np.argsort(scores)[:count]] = True
    return flagged


def _our_flags(frame: pd.DataFrame) -> np.ndarray:
    flagged = np.zeros(len(frame), dtype=bool)
    flagged[[finding.row for finding in analyze(frame).findings]] = True
    return flagged


def _honest_rates(seeds: tuple[int, ...]) -> tuple[float, float]:
    """Shares of honest records at 0.7 and at 0.85."""
    scores = []
    for seed in seeds:
        report = analyze(honest_contracts(SIZE, seed=seed))
        assert report.scores is not None
        scores.append(report.scores.to_numpy())
    joined = np.concatenate(scores)
    return float(np.mean(joined >= 0.7)), float(np.mean(joined >= 0.85))


def run(quick: bool) -> Iterator[Figure]:
    """Recall by type at 0.7, mean recall, false alarms among and without planted records."""
    seeds = SEEDS[:1] if quick else SEEDS
    recalls, false_alarms = [], []
    for kind in PLANTS:
        ours, forest, alarms = [], [], []
        for seed in seeds:
            frame, mask = planted_contracts(SIZE, kind=kind, count=PLANTED, seed=seed)
            flagged = _our_flags(frame)
            ours.append(float(flagged[mask].mean()))
            alarms.append(float(flagged[~mask].mean()))
            forest.append(float(_forest_flags(frame, int(mask.sum()))[mask].mean()))
        recalls.append(float(np.mean(ours)))
        false_alarms.append(float(np.mean(alarms)))
        yield Figure(
            "planted", kind, "recall at 0.7", recalls[-1], "", float(np.mean(forest)), "forest"
        )
    mean, alarm = float(np.mean(recalls)), float(np.mean(false_alarms))
    yield Figure("planted", "all types", "mean recall", mean, at_least=0.8)
    yield Figure("planted", "all types", "honest at 0.7", alarm, at_most=0.03)
    medium, high = _honest_rates(seeds)
    yield Figure("planted", "honest only", "share at 0.7", medium, at_most=0.01)
    yield Figure("planted", "honest only", "share at 0.85", high, at_most=0.001)
