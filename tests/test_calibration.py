"""Calibration: silence on honest data of many shapes, a voice for gross outliers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from cidadao_models.errors import TooFewRecords
from cidadao_models.models.core.calibration import (
    TailModel,
    expected_false_share,
    p_from_score,
    score_from_p,
    tail_p_values,
)
from cidadao_models.models.core.outliers import OutlierScorer

Draw = Callable[[np.random.Generator, int, int], np.ndarray]


def clusters(rng: np.random.Generator, n: int, d: int) -> np.ndarray:
    group = rng.integers(0, 4, n)
    spread = np.array([0.5, 1.0, 1.0, 1.5])[group][:, None]
    return rng.normal(0, 5, (4, d))[group] + spread * rng.normal(size=(n, d))


LIGHT: dict[str, Draw] = {
    "gaussian": lambda rng, n, d: rng.normal(size=(n, d)),
    "correlated": lambda rng, n, d: rng.normal(size=(n, d)) @ rng.normal(size=(d, d)),
    "uniform": lambda rng, n, d: rng.random((n, d)),
    "clusters": clusters,
    "integers": lambda rng, n, d: rng.poisson(3, (n, d)).astype(float),
    "missing": lambda rng, n, d: np.where(
        rng.random((n, d)) < 0.2, np.nan, rng.normal(size=(n, d))
    ),
}
HEAVY: dict[str, Draw] = {
    "lognormal": lambda rng, n, d: np.exp(rng.normal(size=(n, d))),
    "t3": lambda rng, n, d: rng.standard_t(3, (n, d)),
    "exponential": lambda rng, n, d: rng.exponential(size=(n, d)),
    "mostly zero": lambda rng, n, d: np.where(
        rng.random((n, d)) < 0.8, 0.0, np.exp(rng.normal(size=(n, d)))
    ),
    "rare yes": lambda rng, n, d: (rng.random((n, d)) < 0.15).astype(float),
    "constant": lambda rng, n, d: np.full((n, d), 2.0),
}
HONEST = LIGHT | HEAVY
SEEDS = {30: 8, 100: 5, 1_000: 1, 20_000: 1}
TABLES = [(n, d) for n in SEEDS for d in (1, 4, 12) if n * d < 100_000]


def scores_of(X: np.ndarray) -> np.ndarray:
    raw = OutlierScorer().fit(X).score(X)
    return score_from_p(tail_p_values(raw, raw))


def honest_scores(draw: Draw, n: int, d: int) -> np.ndarray:
    return np.concatenate(
        [scores_of(draw(np.random.default_rng([seed, n, d]), n, d)) for seed in range(SEEDS[n])]
    )


@pytest.fixture(scope="module")
def honest() -> dict[tuple[str, int, int], np.ndarray]:
    return {
        (name, n, d): honest_scores(draw, n, d) for name, draw in HONEST.items() for n, d in TABLES
    }


@pytest.mark.parametrize("n", SEEDS)
def test_at_most_one_percent_of_honest_rows_reach_0_7_and_one_in_a_thousand_0_85(
    honest: dict[tuple[str, int, int], np.ndarray], n: int
) -> None:
    scores = [s for (_, rows, _), s in honest.items() if rows == n]
    assert np.mean([(s >= 0.7).mean() for s in scores]) <= 0.01
    tolerance = 0.0015 if n <= 100 else 0.001
    assert np.mean([(s >= 0.85).mean() for s in scores]) <= tolerance


@pytest.mark.parametrize("name", HONEST)
def test_each_shape_keeps_the_budget_on_average(
    honest: dict[tuple[str, int, int], np.ndarray], name: str
) -> None:
    scores = [s for (shape, _, _), s in honest.items() if shape == name]
    assert np.mean([(s >= 0.7).mean() for s in scores]) <= 0.01


def test_no_fixed_share_is_flagged(honest: dict[tuple[str, int, int], np.ndarray]) -> None:
    assert honest["uniform", 20_000, 4].max() < 0.7
    assert honest["constant", 1_000, 4].max() == 0


def test_new_honest_rows_keep_the_budget_too() -> None:
    rng = np.random.default_rng(0)
    scorer = OutlierScorer().fit(rng.normal(size=(2_000, 6)))
    tail = TailModel.fit(scorer.score(rng.normal(size=(2_000, 6))))
    scores = score_from_p(tail.p_values(scorer.score(rng.normal(size=(20_000, 6)))))
    assert (scores >= 0.7).mean() <= 0.01
    assert (scores >= 0.85).mean() <= 0.001


def planted(X: np.ndarray, share: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """X with a share of its rows moved by 8 robust standard deviations in two columns."""
    X = X.copy()
    rows = rng.choice(len(X), max(1, round(share * len(X))), replace=False)
    middle = np.nanmedian(X, axis=0)
    spread = 1.4826 * np.nanmedian(np.abs(X - middle), axis=0)
    X[rows] = np.where(np.isnan(X[rows]), middle, X[rows])
    for row in rows:
        columns = rng.choice(X.shape[1], 2, replace=False)
        X[row, columns] += 8 * spread[columns] * rng.choice([-1, 1], 2)
    return X, rows


@pytest.mark.parametrize("share", [0.01, 0.05])
@pytest.mark.parametrize("n", [100, 1_000])
@pytest.mark.parametrize("name", LIGHT)
def test_gross_outliers_mostly_reach_0_7(name: str, n: int, share: float) -> None:
    found = []
    for d in (2, 4, 10):
        for seed in range(6 if n == 100 else 2):
            rng = np.random.default_rng([n, d, seed])
            X, rows = planted(LIGHT[name](rng, n, d), share, rng)
            found.append((scores_of(X)[rows] >= 0.7).mean())
    assert np.mean(found) >= 0.7


def test_a_tenth_of_the_batch_may_be_anomalous() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1_000, 3))
    X[:90] += rng.choice([-15, 15], (90, 3))
    scores = scores_of(X)
    assert (scores[:90] >= 0.7).mean() > 0.9
    assert (scores[90:] >= 0.7).mean() <= 0.01


def test_a_score_shared_by_many_rows_is_not_rare() -> None:
    raw = np.r_[np.random.default_rng(0).normal(size=960), np.full(40, 50.0)]
    p = tail_p_values(raw, np.array([49.0, 50.0, 51.0]))
    assert p[0] >= 0.04 and p[1] >= 0.04 > p[2]


@pytest.mark.parametrize("raw", [[1.0], [1.0, 1.0], [0.0] * 50, [1e-12, 2e-12, 3e-12], [-5, 1e6]])
def test_odd_references_give_probabilities_that_fall(raw: list[float]) -> None:
    steps = np.linspace(-10, 1e7, 50)
    p = tail_p_values(raw, steps)
    assert ((p > 0) & (p <= 1)).all()
    assert (np.diff(p) <= 0).all()


def test_probabilities_of_the_bulk_are_the_counted_shares() -> None:
    raw = np.random.default_rng(1).normal(size=5_000)
    asked = np.quantile(raw, [0.05, 0.3, 0.5, 0.8, 0.89])
    counted = [(raw >= value).mean() for value in asked]
    assert np.allclose(tail_p_values(raw, asked), counted, atol=5e-3)


def test_missing_stays_missing() -> None:
    p = tail_p_values([1.0, 2.0, np.nan, 3.0], [np.nan, 2.0])
    assert np.isnan(p[0]) and np.isfinite(p[1])
    assert np.isnan(score_from_p(p)[0])
    with pytest.raises(TooFewRecords):
        TailModel.fit([np.nan])


def test_save_and_load_give_the_same_probabilities() -> None:
    model = TailModel.fit(np.round(np.random.default_rng(0).normal(size=300), 1))
    again = TailModel.from_arrays(model.to_arrays())
    asked = np.linspace(-3, 9, 100)
    assert np.array_equal(model.p_values(asked), again.p_values(asked))


@pytest.mark.parametrize(
    ("p", "score"), [(1.0, 0.0), (1e-3, 0.7), (1e-4, 0.85), (1e-6, 0.95)], ids=str
)
def test_the_score_bands(p: float, score: float) -> None:
    assert score_from_p(p) == pytest.approx(score)
    assert p_from_score(score) == pytest.approx(p)


def test_score_falls_with_p_and_has_an_inverse() -> None:
    p = 10.0 ** -np.linspace(0, 250, 5_001)
    scores = score_from_p(p)
    assert (np.diff(scores) > 0).all() and scores.max() < 1
    assert np.allclose(np.log10(p_from_score(scores)), np.log10(p), rtol=1e-6, atol=1e-9)
    assert score_from_p(0.01) < 0.7
    assert score_from_p(0.0) <= 1


@pytest.mark.parametrize(
    ("n", "threshold", "found", "confidence"),
    [(1_000, 0.7, 10, 0.9), (1_000, 0.7, 1, 0.0), (100, 0.85, 1, 0.99), (50, 0.7, 0, None)],
)
def test_confidence_is_one_minus_the_share_expected_by_chance(
    n: int, threshold: float, found: int, confidence: float | None
) -> None:
    expected = None if confidence is None else pytest.approx(confidence)
    assert expected_false_share(n, threshold, found) == expected
