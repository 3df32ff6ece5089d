"""Screens of one tender's bids: published statistics of how alike and how skewed bids are.

Only formulas and their behaviour under independent bidding; nothing here says "cartel" (see
`models.pattern_analysis.collusion`).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import stats

Floats = npt.NDArray[np.float64]

NULL_DRAWS = 2000
"""Simulated tenders per number of bids; the error of a percentile is then at most 1.1 points."""

MAX_SUBGROUPS = 120
"""Subgroups of bids looked at per tender: all C(10, 3) triples; larger tenders, evenly spaced."""

SUBGROUP_SIZE = 3
"""Bids in a subgroup (Wallimann, Imhof & Huber 2020 use three and four)."""

LARGE_TENDERS = (35, 40, 50, 60, 80, 100, 150, 200)
"""Numbers of bids above 30 whose null is simulated; the others borrow the nearest one."""

LEAST_FOR_CLUSTER = 5
"""Bids from which half of them are enough to have a spread of their own."""

LEAST_SPACING = 0.01
"""Share of the mean distance of adjacent bids below which they count as equal: rounding."""

TINY = 1e-6
"""Floor of log dispersions (one part in a million): equal bids stay finite."""

MARGIN_TOLERANCE = 2e-6
"""How near a losing bid must be to a whole percentage above the winner to count as exact."""

RAW = (
    "cv", "spd", "diffp", "rd", "skew", "kurt", "ks", "rd_normalised", "rd_alternative",
    "winner_gap", "loser_cv", "subgroup_cv_median", "subgroup_cv_min", "cluster", "identical_bids",
    "exact_margins", "even_spacing", "round_bids", "spacing",
)  # fmt: skip
"""Columns of `raw_screens`, in order."""


def _ratio(top: Floats, bottom: Floats) -> Floats:
    """top / bottom, NaN where the bottom is zero or unknown."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(bottom > 0, top / bottom, np.nan), dtype=np.float64)


def cv(b: Floats) -> Floats:
    """Coefficient of variation s / m (ddof 1), collusion lowers it: Abrantes-Metz et al. 2006."""
    if b.shape[1] < 2:
        return np.full(len(b), np.nan)
    return np.asarray(b.std(axis=1, ddof=1) / b.mean(axis=1))


def spd(b: Floats) -> Floats:
    """Spread (bn - b1) / b1, collusion lowers it: Imhof 2017."""
    return np.asarray(b[:, -1] / b[:, 0] - 1) if b.shape[1] > 1 else np.full(len(b), np.nan)


def diffp(b: Floats) -> Floats:
    """Distance of the two lowest (b2 - b1) / b1; direction unreliable: Imhof 2017."""
    return np.asarray(b[:, 1] / b[:, 0] - 1) if b.shape[1] > 1 else np.full(len(b), np.nan)


def rd(b: Floats) -> Floats:
    """Relative distance (b2 - b1) / sd of the losing bids, raised by cover bids: Imhof 2017.

    Needs three bids; NaN where all losing bids are equal.
    """
    if b.shape[1] < 3:
        return np.full(len(b), np.nan)
    return _ratio(b[:, 1] - b[:, 0], b[:, 1:].std(axis=1, ddof=1))


def skew(b: Floats) -> Floats:
    """Bias-corrected skewness n/((n-1)(n-2)) sum(((b-m)/s)^3), collusion lowers it: Imhof 2017."""
    n = b.shape[1]
    if n < 3:
        return np.full(len(b), np.nan)
    deviations = b - b.mean(axis=1, keepdims=True)
    cubes = (deviations**3).sum(axis=1)
    return n / ((n - 1) * (n - 2)) * _ratio(cubes, b.std(axis=1, ddof=1) ** 3)


def kurt(b: Floats) -> Floats:
    """Excess kurtosis, bias-corrected, from four bids; direction unreliable: Huber & Imhof 2019."""
    n = b.shape[1]
    if n < 4:
        return np.full(len(b), np.nan)
    fourth = ((b - b.mean(axis=1, keepdims=True)) ** 4).sum(axis=1)
    ratio = _ratio(fourth, b.var(axis=1, ddof=1) ** 2)
    scaled = n * (n + 1) / ((n - 1) * (n - 2) * (n - 3)) * ratio
    return np.asarray(scaled - 3 * (n - 1) ** 2 / ((n - 2) * (n - 3)))


def ks(b: Floats) -> Floats:
    """Kolmogorov distance of (b-b1)/(bn-b1) to uniform(0, 1), both steps: Wallimann et al. 2020."""
    n = b.shape[1]
    if n < 2:
        return np.full(len(b), np.nan)
    u = _ratio(b - b[:, :1], b[:, -1:] - b[:, :1])
    above = np.arange(1, n + 1) / n - u
    below = u - np.arange(n) / n
    return np.asarray(np.maximum(above, below).max(axis=1))


def rd_normalised(b: Floats) -> Floats:
    """(b2 - b1) / mean distance of adjacent bids: Wallimann et al. 2020; 1 under even spacing."""
    n = b.shape[1]
    if n < 3:
        return np.full(len(b), np.nan)
    return _ratio(b[:, 1] - b[:, 0], (b[:, -1] - b[:, 0]) / (n - 1))


def rd_alternative(b: Floats) -> Floats:
    """(b2 - b1) / mean distance of adjacent losing bids: Wallimann et al. 2020."""
    n = b.shape[1]
    if n < 3:
        return np.full(len(b), np.nan)
    return _ratio(b[:, 1] - b[:, 0], (b[:, -1] - b[:, 1]) / (n - 2))


def winner_gap(b: Floats) -> Floats:
    """(mean of the losing bids - b1) / b1: the price a cover group leaves to its winner."""
    return np.asarray(b[:, 1:].mean(axis=1) / b[:, 0] - 1) if b.shape[1] > 1 else spd(b)


def loser_cv(b: Floats) -> Floats:
    """CV of the losing bids b2..bn, which cover bids lower: Imhof 2017 (section on RD)."""
    return cv(b[:, 1:])


@lru_cache(maxsize=64)
def subgroups(n: int) -> npt.NDArray[np.int64]:
    """Index triples of n sorted bids, (g, SUBGROUP_SIZE): all, or MAX_SUBGROUPS evenly spread.

    For more than 30 bids the triples are drawn with a seed fixed by n, for there are too many
    to list.
    """
    if n <= 30:
        every = np.array(list(itertools.combinations(range(n), SUBGROUP_SIZE)), dtype=np.int64)
        take = np.linspace(0, len(every) - 1, min(len(every), MAX_SUBGROUPS)).round()
        return np.asarray(every[take.astype(np.int64)])
    order = np.random.default_rng(n).random((MAX_SUBGROUPS, n)).argsort(axis=1)
    return np.sort(order[:, :SUBGROUP_SIZE], axis=1)


def subgroup_cv(b: Floats) -> tuple[Floats, Floats]:
    """Median and smallest CV over subgroups of three bids: partial cartels, Wallimann et al. 2020.

    The smallest is taken over adjacent bids, which hold the tightest triple but for rounding.
    """
    n = b.shape[1]
    if n < SUBGROUP_SIZE:
        return np.full(len(b), np.nan), np.full(len(b), np.nan)
    picked = b[:, subgroups(n)]
    spreads = picked.std(axis=2, ddof=1) / picked.mean(axis=2)
    windows = np.lib.stride_tricks.sliding_window_view(b, SUBGROUP_SIZE, axis=1)
    tightest = windows.std(axis=2, ddof=1) / windows.mean(axis=2)
    return np.median(spreads, axis=1), tightest.min(axis=1)


def cluster(b: Floats) -> Floats:
    """Sd of the tightest half of the bids / sd of all: a group inside the tender, or its losers.

    Coalition screen in the spirit of Imhof & Wallimann 2021 with the half instead of every
    coalition; needs five bids.
    """
    n = b.shape[1]
    if n < LEAST_FOR_CLUSTER:
        return np.full(len(b), np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(b, (n + 1) // 2, axis=1)
    return _ratio(windows.std(axis=2, ddof=1).min(axis=1), b.std(axis=1, ddof=1))


def spacing(b: Floats) -> Floats:
    """Minus the mean log of the distances of adjacent bids over their mean: high in clusters.

    Moran's statistic (1951) for clustered points; distances below `LEAST_SPACING` of the mean
    count as that. Needs five bids.
    """
    n = b.shape[1]
    if n < LEAST_FOR_CLUSTER:
        return np.full(len(b), np.nan)
    gaps = np.diff(b, axis=1)
    mean = gaps.mean(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(mean > 0, gaps / mean, np.nan)
        return np.asarray(-np.log(np.maximum(ratio, LEAST_SPACING)).mean(axis=1))


def identical_bids(b: Floats) -> Floats:
    """Share of adjacent sorted bids that are equal (Cardinal R028): 0 for none, 1 for all."""
    n = b.shape[1]
    return (np.diff(b, axis=1) == 0).mean(axis=1) if n > 1 else np.full(len(b), np.nan)


def _is_round(b: Floats) -> npt.NDArray[np.bool_]:
    """Whether a value has at most three significant digits."""
    step = 10.0 ** (np.floor(np.log10(b)) - 2)
    return np.asarray(np.abs(b / step - np.round(b / step)) < 1e-9)


def round_bids(b: Floats) -> Floats:
    """Share of bids with at most three significant digits; context only, estimates are round."""
    return np.asarray(_is_round(b).mean(axis=1))


def exact_margins(b: Floats) -> Floats:
    """Share of losing bids a whole percentage above the winner's, whose own value is not round.

    Losing bids computed from the winner's; among independent ones a share of about 4 in 10,000.
    """
    if b.shape[1] < 2:
        return np.full(len(b), np.nan)
    percent = (b[:, 1:] / b[:, :1] - 1) * 100
    near = np.abs(percent - percent.round()) < MARGIN_TOLERANCE * 100
    exact = near & (percent > 0.5) & (percent < 50.5) & ~_is_round(b[:, :1])
    return np.asarray(exact.mean(axis=1))


def even_spacing(b: Floats) -> Floats:
    """CV of the distances between adjacent bids; near 0 when bids climb by a fixed step."""
    if b.shape[1] < 4:
        return np.full(len(b), np.nan)
    gaps = np.diff(b, axis=1)
    return _ratio(gaps.std(axis=1, ddof=1), gaps.mean(axis=1))


def raw_screens(b: Floats) -> dict[str, Floats]:
    """Every screen of tenders with the same number of bids: b (k, n) sorted -> name: (k,)."""
    median, smallest = subgroup_cv(b)
    simple = (
        cv, spd, diffp, rd, skew, kurt, ks, rd_normalised, rd_alternative, winner_gap, loser_cv,
        cluster, identical_bids, exact_margins, even_spacing, round_bids, spacing,
    )  # fmt: skip
    values = {screen.__name__: screen(b) for screen in simple}
    values |= {"subgroup_cv_median": median, "subgroup_cv_min": smallest}
    return {name: values[name] for name in RAW}


DISPERSION = ("cv", "spd", "loser_cv", "subgroup_cv_median", "subgroup_cv_min")
"""Screens that grow with the spread of bids: their logarithm moves one to one with its log."""

SHAPE = ("skew", "rd", "rd_normalised", "rd_alternative", "cluster", "spacing")
"""Screens that do not depend on the spread of bids."""


def log_dispersions(x: Floats) -> dict[str, Floats]:
    """Logarithm of each dispersion screen on log bids x (k, n) sorted.

    On logarithms sd takes the place of s / m, so the null is the same whatever the spread.
    """
    n = x.shape[1]
    nothing = np.full(len(x), np.nan)
    median = smallest = loser = nothing
    if n >= SUBGROUP_SIZE:
        median = np.median(x[:, subgroups(n)].std(axis=2, ddof=1), axis=1)
        windows = np.lib.stride_tricks.sliding_window_view(x, SUBGROUP_SIZE, axis=1)
        smallest = windows.std(axis=2, ddof=1).min(axis=1)
        loser = x[:, 1:].std(axis=1, ddof=1)
    spreads = (x.std(axis=1, ddof=1), x[:, -1] - x[:, 0], loser, median, smallest)
    return {
        name: np.log(np.maximum(spread, TINY))
        for name, spread in zip(DISPERSION, spreads, strict=True)
    }


def shapes(x: Floats) -> dict[str, Floats]:
    """Shape screens of log bids x (k, n) sorted, each signed so that more is cartel-like."""
    return {
        "skew": -skew(x),
        "rd": rd(x),
        "rd_normalised": rd_normalised(x),
        "rd_alternative": rd_alternative(x),
        "cluster": -cluster(x),
        "spacing": spacing(x),
    }


@dataclass(frozen=True, slots=True)
class Null:
    """Screens of NULL_DRAWS independent lognormal tenders of one size, log sd 1."""

    dispersion: dict[str, Floats]
    shape: dict[str, Floats]
    ordered: dict[str, Floats]
    lowest: float

    def spread_error(self, name: str) -> tuple[float, float]:
        """Mean and variance of a log dispersion when the true log spread is 0."""
        values = self.dispersion[name]
        return float(values.mean()), float(values.var())

    def normal_scores(self, name: str, values: Floats) -> Floats:
        """Shape screens as standard normal scores under this null; NaN stays NaN."""
        known = self.ordered[name]
        below = np.searchsorted(known, values, "left") + np.searchsorted(known, values, "right")
        share = (below / 2 + 0.5) / (len(known) + 1)
        return np.asarray(np.where(np.isnan(values), np.nan, stats.norm.ppf(share)))


def null_size(n: int) -> int:
    """Number of bids whose simulated null stands for n."""
    return n if n <= 30 else min(LARGE_TENDERS, key=lambda size: abs(np.log(size / n)))


@lru_cache(maxsize=64)
def null(n: int) -> Null:
    """Behaviour of the screens under independent bids, for 2 or more bids (see `null_size`)."""
    x = np.sort(np.random.default_rng(n).standard_normal((NULL_DRAWS, n)), axis=1)
    shape = {name: v for name, v in shapes(x).items() if not np.isnan(v[0])}
    return Null(
        log_dispersions(x),
        shape,
        {name: np.sort(v) for name, v in shape.items()},
        float(x[:, 0].mean()),
    )
