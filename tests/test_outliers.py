"""The numeric outlier core: what it ranks first, what never changes a score, and hostile input."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.ensemble import IsolationForest
from sklearn.metrics import average_precision_score, roc_auc_score

from cidadao_models.errors import NotFitted, TooFewRecords
from cidadao_models.models.core import outliers
from cidadao_models.models.core.outliers import OutlierScorer, hash_order
from cidadao_models.models.evaluation import outlier_suite


def gaussian(n: int, d: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, d))


HOSTILE = {
    "one row": gaussian(1, 3),
    "two rows": gaussian(2, 3),
    "one column": gaussian(50, 1),
    "constant": np.full((40, 3), 7.0),
    "constant column": np.c_[gaussian(40, 2), np.full(40, 1e9)],
    "all missing": np.full((40, 3), np.nan),
    "missing column": np.c_[gaussian(40, 2), np.full(40, np.nan)],
    "missing cells": np.where(gaussian(60, 4, 1) > 0.5, np.nan, gaussian(60, 4)),
    "infinite cells": np.where(np.eye(40, 3) > 0, np.inf, gaussian(40, 3)),
    "only infinite": np.full((20, 2), -np.inf),
    "huge and tiny": np.c_[gaussian(40, 1) * 1e300, gaussian(40, 1) * 1e-300],
    "integers": np.random.default_rng(0).integers(0, 3, (100, 4)),
    "far from zero": gaussian(50, 2) + 1e12,
    "many columns": gaussian(20, 300),
    "no column": np.empty((10, 0)),
}


@pytest.mark.parametrize("X", HOSTILE.values(), ids=HOSTILE)
def test_every_table_gets_finite_scores_and_shares_between_zero_and_one(X: np.ndarray) -> None:
    scorer = OutlierScorer().fit(X)
    assert scorer.score(X).shape == (len(X),)
    assert np.isfinite(scorer.score(X)).all()
    shares = scorer.tail_share(X)
    assert shares.shape == X.shape
    assert np.array_equal(np.isnan(shares), np.isnan(X.astype(float)))
    known = shares[~np.isnan(shares)]
    assert ((known > 0) & (known <= 1)).all()


@pytest.mark.parametrize("n", [3, 40, 500])
def test_constant_data_has_no_outlier(n: int) -> None:
    scores = OutlierScorer().fit(np.full((n, 4), 3.5)).score(np.full((n, 4), 3.5))
    assert np.ptp(scores) == 0


@pytest.mark.parametrize(("n", "d"), [(30, 1), (30, 6), (100, 3), (1_000, 8), (5_000, 2)], ids=str)
def test_a_planted_outlier_ranks_first(n: int, d: int) -> None:
    X = gaussian(n, d, seed=n)
    X[n // 2] = 12.0
    scores = OutlierScorer().fit(X).score(X)
    assert scores.argmax() == n // 2


def test_outliers_of_dependence_alone_rank_above_a_plain_forest() -> None:
    rng = np.random.default_rng(0)
    first = rng.normal(size=1_000)
    X = np.c_[first, first + 0.1 * rng.normal(size=1_000), rng.normal(size=(1_000, 2))]
    X[:20, 1] = -X[:20, 0] - 1.0
    labels = np.arange(1_000) < 20
    ours = roc_auc_score(labels, OutlierScorer().fit(X).score(X))
    plain = roc_auc_score(labels, -IsolationForest(random_state=0).fit(X).score_samples(X))
    assert ours > max(plain, 0.7)


@pytest.mark.parametrize("d", [1, 2, 5])
def test_beyond_the_fitted_rows_the_score_keeps_growing(d: int) -> None:
    scorer = OutlierScorer().fit(gaussian(500, d))
    steps = np.array([5.0, 8.0, 12.0, 100.0, 1e6, 1e12, np.inf])
    assert (np.diff(scorer.score(np.repeat(steps[:, None], d, axis=1))) > 0).all()
    assert (np.diff(scorer.score(np.repeat(-steps[:, None], d, axis=1))) > 0).all()


@pytest.mark.parametrize("n", [7, 300, 30_000])
def test_row_order_changes_nothing(n: int) -> None:
    X = np.round(gaussian(n, 3), 1)
    X[::5, 1] = np.nan
    order = np.random.default_rng(1).permutation(n)
    scores = OutlierScorer().fit(X).score(X)
    assert np.array_equal(OutlierScorer().fit(X[order]).score(X[order]), scores[order])


@pytest.mark.parametrize("d", [2, 12, 64])
def test_a_row_scores_the_same_alone_in_a_slice_and_in_the_whole(d: int) -> None:
    X = gaussian(25_000, d)
    scorer = OutlierScorer().fit(X[:400])
    whole = scorer.score(X)
    assert np.array_equal(scorer.score(X[137:2_000]), whole[137:2_000])
    assert [scorer.score(X[at : at + 1])[0] for at in (0, 4_096, 24_999)] == [
        whole[0],
        whole[4_096],
        whole[24_999],
    ]


def test_the_number_of_threads_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    X = gaussian(21_000, 4)
    scorer = OutlierScorer().fit(X)
    scores = scorer.score(X)
    monkeypatch.setattr(outliers, "THREADS", 5)
    assert np.array_equal(scorer.score(X), scores)


def test_same_seed_same_answer_other_seed_other_answer() -> None:
    X = gaussian(200, 4)
    first, again, other = (OutlierScorer(random_state=s).fit(X).score(X) for s in (3, 3, 4))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_fitting_changes_scores() -> None:
    X = gaussian(200, 3)
    near, far = OutlierScorer().fit(X), OutlierScorer().fit(X + 20)
    assert (near.score(X) < far.score(X)).all()


def test_units_of_a_column_change_nothing_but_rounding() -> None:
    X = gaussian(300, 3)
    scores = OutlierScorer().fit(X).score(X)
    scaled = OutlierScorer().fit(X * 1024).score(X * 1024)
    assert np.corrcoef(np.argsort(np.argsort(scores)), np.argsort(np.argsort(scaled)))[0, 1] > 0.9


@pytest.mark.parametrize("X", HOSTILE.values(), ids=HOSTILE)
def test_save_and_load_give_exactly_the_same_scores(X: np.ndarray) -> None:
    scorer = OutlierScorer(random_state=5).fit(X)
    file = io.BytesIO()
    np.savez(file, **scorer.to_arrays())
    file.seek(0)
    with np.load(file, allow_pickle=False) as arrays:
        loaded = OutlierScorer.from_arrays(dict(arrays))
    assert np.array_equal(loaded.score(X), scorer.score(X))
    assert np.array_equal(loaded.tail_share(X), scorer.tail_share(X), equal_nan=True)
    assert loaded.random_state == 5


def test_errors_say_what_is_wrong() -> None:
    with pytest.raises(NotFitted):
        OutlierScorer().score(gaussian(3, 2))
    with pytest.raises(NotFitted):
        OutlierScorer().to_arrays()
    with pytest.raises(TooFewRecords):
        OutlierScorer().fit(np.empty((0, 3)))
    with pytest.raises(ValueError, match="expected 2 columns"):
        OutlierScorer().fit(gaussian(9, 2)).score(gaussian(9, 3))
    with pytest.raises(ValueError, match="dimensions"):
        OutlierScorer().fit(np.zeros((2, 2, 2)))


def test_an_empty_table_scores_to_nothing() -> None:
    assert OutlierScorer().fit(gaussian(9, 2)).score(np.empty((0, 2))).shape == (0,)


def naive_tail_share(fitted: np.ndarray, value: float) -> float:
    known = fitted[~np.isnan(fitted)]
    return max(min((known >= value).sum(), (known <= value).sum()), 1) / len(known)


@settings(max_examples=60, deadline=None)
@given(
    hnp.arrays(
        np.float64,
        st.tuples(st.integers(1, 30), st.integers(1, 3)),
        elements=st.sampled_from([np.nan, -np.inf, -1.0, 0.0, 0.5, 1.0, 2.0, np.inf]),
    )
)
def test_tail_share_is_the_counted_share(X: np.ndarray) -> None:
    shares = OutlierScorer().fit(X).tail_share(X)
    for row, column in np.argwhere(~np.isnan(X)):
        assert shares[row, column] == naive_tail_share(X[:, column], X[row, column])


def test_tail_share_of_a_long_column_is_exact_at_the_ends_and_close_between() -> None:
    X = gaussian(20_000, 1)
    shares = OutlierScorer().fit(X).tail_share(X)[:, 0]
    for row in np.r_[np.argsort(X[:, 0])[[0, 3, 499, -500, -1]], np.arange(200)]:
        expected = naive_tail_share(X[:, 0], X[row, 0])
        assert shares[row] == expected if expected < 0.02 else abs(shares[row] - expected) < 2e-3


def test_explain_gives_none_for_what_is_unknown() -> None:
    X = np.array([[1.0, np.nan], [2.0, 5.0], [9.0, 5.0]])
    assert OutlierScorer().fit(X).explain(X, [2, 0]) == [[1 / 3, 1.0], [1 / 3, None]]


def test_hash_order_is_of_the_content_and_spreads_copies() -> None:
    X = np.r_[np.zeros((500, 2)), gaussian(500, 2)]
    shuffled = X[np.random.default_rng(2).permutation(1_000)]
    assert np.array_equal(X[hash_order(X)], shuffled[hash_order(shuffled)])
    assert 60 < (X[hash_order(X)][:200] == 0).all(axis=1).sum() < 140
    signed = np.array([[0.0], [-0.0], [np.nan]]) + 0.0
    assert sorted(hash_order(signed)) == [0, 1, 2]


def test_products_equal_plain_ones_however_they_are_cut() -> None:
    rng = np.random.default_rng(0)
    rows = rng.integers(-9, 9, (1_001, 70)).astype(float)
    matrices = rng.integers(-9, 9, (3, 70, 64)).astype(float)
    assert np.array_equal(outliers.products(rows, matrices), rows @ matrices)


def naive_path(forest: outliers._Forest, tree: int, row: np.ndarray) -> float:
    node, nodes = 1, forest.cut.shape[1]
    while node < nodes:
        parts = zip(forest.columns[:, tree, node], forest.weights[:, tree, node], strict=True)
        value = sum(float(row[column]) * int(weight) for column, weight in parts)
        node = 2 * node + (value > forest.cut[tree, node])
    return float(forest.path[tree, node - nodes])


@pytest.mark.parametrize("d", [1, 2, 7])
def test_the_forest_equals_its_naive_twin(d: int) -> None:
    scaled = np.round(gaussian(90, d) * 2_048) / 2_048
    forest = outliers._grow_forest(scaled, np.random.default_rng(0))
    trees = forest.cut.shape[0]
    naive = [sum(naive_path(forest, tree, row) for tree in range(trees)) for row in scaled]
    expected = 2.0 ** (-np.array(naive) / trees / forest.unit[0])
    assert np.allclose(forest.score(scaled), expected, rtol=1e-6)


def test_the_distance_equals_its_naive_twin() -> None:
    scaled = np.round(gaussian(80, 3) * 4_096) / 4_096
    model = outliers._fit_neighbours(scaled, np.random.default_rng(0))
    samples = model.points.transpose(2, 0, 1)
    naive = [
        np.mean([np.linalg.norm(sample - row, axis=1).min() for sample in samples])
        for row in scaled
    ]
    assert np.allclose(model.score(scaled), naive, rtol=1e-9, atol=1e-9)


def test_on_average_no_worse_than_a_plain_isolation_forest() -> None:
    figures = {"auroc": roc_auc_score, "ap": average_precision_score}
    gains: dict[str, list[float]] = {name: [] for name in figures}
    for task in outlier_suite.tasks(seeds=1):
        ours = OutlierScorer().fit(task.X).score(task.X)
        plain = -IsolationForest(random_state=0).fit(task.X).score_samples(task.X)
        for name, measure in figures.items():
            gains[name].append(measure(task.labels, ours) - measure(task.labels, plain))
    assert len(gains["auroc"]) >= 15
    assert np.mean(gains["auroc"]) >= 0
    assert np.mean(gains["ap"]) >= -0.01
