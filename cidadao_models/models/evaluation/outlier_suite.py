"""Outlier ranking on public data: OutlierScorer beside scikit-learn's forest and neighbours.

The tasks are made from the sets that come with scikit-learn, in the two usual ways: a class made
rare, and anomalies of four kinds planted in real rows. It downloads nothing and judges only the
numeric core, not the analysis of contracts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn import datasets
from sklearn.ensemble import IsolationForest
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import NearestNeighbors

from cidadao_models.models.core.outliers import OutlierScorer
from cidadao_models.models.evaluation.benchmark import Figure

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.intp]
Row = dict[str, Any]

TIME = "seconds"
MEAN = "mean"

RARE_SHARE = 0.08
"""Share of the class made rare."""

PLANTED_SHARE = 0.05
"""Share of planted anomalies, as in the synthetic part of ADBench (Han et al. 2022)."""

KINDS = ("local", "cluster", "global", "dependency")
"""Kinds of planted anomalies, as ADBench names them."""

STRETCH = {"local": 5.0, "cluster": 5.0, "global": 1.1}
"""ADBench's factors on covariance, mean and range."""

NEIGHBOURS = 10
"""Neighbours whose mean distance is the kNN baseline."""

SIZES = ((100, 8), (1_000, 8), (10_000, 10), (200_000, 12))
"""Rows and columns of the timed tables."""

MOST_TIME = 5.0
"""Times scikit-learn's seconds that fit and score may take (the outer requirement)."""

AP_SLACK = 0.01
"""Average precision that may be lost against the forest: the noise of one seed."""

QUICK_ROWS = 10_000
"""Largest timed table of a quick run."""


@dataclass(frozen=True)
class Task:
    """A table X (n, d) with labels (n,), 1 = outlier."""

    name: str
    X: Floats
    labels: Labels


def run(quick: bool = False) -> list[Row]:
    """Figures of the suite: AUROC and average precision per task and on average, and times.

    Each row has suite, case, metric, value, baseline and baseline_name. A quick run takes one
    seed per task and leaves the largest table out.
    """
    rows: list[Row] = []
    for task in tasks(seeds=1 if quick else 3):
        rows.extend(_task_rows(task))
    rows.extend(_means(rows))
    for size in SIZES:
        if not quick or size[0] <= QUICK_ROWS:
            rows.append(_time_row(*size))
    return rows


def figures(quick: bool = False) -> Iterator[Figure]:
    """The rows of `run` for the printed table, the averages and times with their limits."""
    for row in run(quick):
        limits: dict[str, Any] = {"unit": "s"} if row["metric"] == TIME else {}
        if row["metric"] == TIME:
            limits["at_most"] = MOST_TIME * row["baseline"]
        elif row["case"].startswith(MEAN) and row["baseline_name"] == "IsolationForest":
            slack = AP_SLACK if row["metric"] == "ap" else 0.0
            limits["at_least"] = row["baseline"] - slack
        limits["detail"] = row["metric"] != TIME and not row["case"].startswith(MEAN)
        yield Figure(**row, **limits)


def tasks(*, seeds: int = 3) -> Iterator[Task]:
    """Every task, `seeds` of each kind."""
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        yield from _rare_classes(rng, seed)
        yield from _planted(rng, seed)


def _rare_classes(rng: np.random.Generator, seed: int) -> Iterator[Task]:
    """Each class in turn as the rare one."""
    loaders = {
        "breast_cancer": datasets.load_breast_cancer,
        "wine": datasets.load_wine,
        "iris": datasets.load_iris,
        "digits": datasets.load_digits,
    }
    for name, load in loaders.items():
        X, target = load(return_X_y=True)
        for rare in np.unique(target):
            yield Task(f"{name}:{rare} rare #{seed}", *_made_rare(X, target == rare, rng))


def _made_rare(
    X: Floats, rare: npt.NDArray[np.bool_], rng: np.random.Generator
) -> tuple[Floats, Labels]:
    """Every common row and so many rare ones that they are RARE_SHARE of the table."""
    common, outliers = np.flatnonzero(~rare), np.flatnonzero(rare)
    count = max(5, round(RARE_SHARE / (1 - RARE_SHARE) * len(common)))
    chosen = rng.choice(outliers, min(count, len(outliers)), replace=False)
    order = rng.permutation(np.r_[common, chosen])
    return X[order], rare[order].astype(np.intp)


def _planted(rng: np.random.Generator, seed: int) -> Iterator[Task]:
    """Anomalies of each kind planted beside rows drawn from a mixture fitted on real ones."""
    cancer, benign = datasets.load_breast_cancer(return_X_y=True)
    digits, _ = datasets.load_digits(return_X_y=True)
    sources = {
        "breast_cancer": cancer[benign == 1][:, :10],
        "diabetes": datasets.load_diabetes(return_X_y=True)[0],
        "wine": datasets.load_wine(return_X_y=True)[0],
        "digits": digits[:, np.argsort(-digits.var(axis=0))[:18]],
    }
    for name, X in sources.items():
        real = (X - X.mean(axis=0)) / X.std(axis=0)
        mixture = _mixture(real, int(rng.integers(2**31)))
        for kind in KINDS:
            yield Task(f"{name}:{kind} #{seed}", *_plant(real, mixture, kind, rng))


def _plant(
    real: Floats, mixture: GaussianMixture, kind: str, rng: np.random.Generator
) -> tuple[Floats, Labels]:
    """A table of usual rows and PLANTED_SHARE anomalies of a kind, shuffled."""
    count = max(5, int(PLANTED_SHARE * len(real)))
    usual = real if kind == "dependency" else mixture.sample(len(real))[0]
    table = np.vstack([usual, _anomalies(real, mixture, kind, count, rng)])
    labels = (np.arange(len(table)) >= len(usual)).astype(np.intp)
    order = rng.permutation(len(table))
    return table[order], labels[order]


def _mixture(real: Floats, seed: int) -> GaussianMixture:
    """The Gaussian mixture of one to three groups with the best BIC."""
    fitted = [
        GaussianMixture(groups, reg_covar=1e-3, random_state=seed).fit(real) for groups in (1, 2, 3)
    ]
    return min(fitted, key=lambda mixture: mixture.bic(real))


def _anomalies(
    real: Floats, mixture: GaussianMixture, kind: str, count: int, rng: np.random.Generator
) -> Floats:
    """Rows (count, d) that differ in spread, in place, in range or only in their dependence."""
    if kind == "global":
        low, high = STRETCH[kind] * real.min(axis=0), STRETCH[kind] * real.max(axis=0)
        return rng.uniform(low, high, (count, real.shape[1]))
    if kind == "dependency":
        return np.column_stack([rng.permutation(column)[:count] for column in real.T])
    groups = rng.choice(len(mixture.weights_), count, p=mixture.weights_)
    means, spreads = mixture.means_, mixture.covariances_
    if kind == "local":
        spreads = STRETCH[kind] * spreads
    else:
        means = STRETCH[kind] * means if len(means) > 1 else means + STRETCH[kind] / 2
    return np.array([rng.multivariate_normal(means[g], spreads[g]) for g in groups])


def ours(X: Floats) -> Floats:
    """Scores (n,) of the project's scorer."""
    return OutlierScorer().fit(X).score(X)


def isolation_forest(X: Floats) -> Floats:
    """Scores (n,) of scikit-learn's IsolationForest with its defaults (100 trees)."""
    return -np.asarray(IsolationForest(random_state=0).fit(X).score_samples(X))


def neighbours(X: Floats) -> Floats:
    """Mean distance (n,) to the nearest NEIGHBOURS rows on standardised columns."""
    deviation = X.std(axis=0)
    scaled = (X - X.mean(axis=0)) / np.where(deviation > 0, deviation, 1.0)
    search = NearestNeighbors(n_neighbors=min(NEIGHBOURS, len(X) - 1)).fit(scaled)
    return np.asarray(search.kneighbors()[0].mean(axis=1))


BASELINES: dict[str, Callable[[Floats], Floats]] = {
    "IsolationForest": isolation_forest,
    "kNN": neighbours,
}
METRICS: dict[str, Callable[[Labels, Floats], float]] = {
    "auroc": roc_auc_score,
    "ap": average_precision_score,
}


def _task_rows(task: Task) -> list[Row]:
    scores = ours(task.X)
    others = {name: score(task.X) for name, score in BASELINES.items()}
    return [
        _row(task.name, metric, measure(task.labels, scores), measure(task.labels, other), name)
        for metric, measure in METRICS.items()
        for name, other in others.items()
    ]


def _means(rows: list[Row]) -> list[Row]:
    """Averages over all tasks, for each metric and baseline."""
    means = []
    for metric in METRICS:
        for name in BASELINES:
            chosen = [r for r in rows if r["metric"] == metric and r["baseline_name"] == name]
            value, baseline = (
                float(np.mean([r[key] for r in chosen])) for key in ("value", "baseline")
            )
            means.append(_row(f"{MEAN} of {len(chosen)} tasks", metric, value, baseline, name))
    return means


def _time_row(rows: int, columns: int) -> Row:
    """Seconds of fit and score on Gaussian rows, the best of a few runs."""
    X = np.random.default_rng(0).normal(size=(rows, columns))
    repeats = 3 if rows <= QUICK_ROWS else 1
    value, baseline = (_seconds(score, X, repeats) for score in (ours, isolation_forest))
    return _row(f"{rows} x {columns}", TIME, value, baseline, "IsolationForest")


def _seconds(score: Callable[[Floats], Floats], X: Floats, repeats: int) -> float:
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        score(X)
        taken.append(time.perf_counter() - start)
    return min(taken)


def _row(case: str, metric: str, value: float, baseline: float, name: str) -> Row:
    return {
        "suite": "outliers",
        "case": case,
        "metric": metric,
        "value": float(value),
        "baseline": float(baseline),
        "baseline_name": name,
    }
