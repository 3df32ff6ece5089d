"""Turns raw strangeness into tail probabilities and these into a score from 0 to 1.

Nothing is flagged by rank: on data without a long tail no record gets a high score. It does not
compute the strangeness (see `outliers`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from cidadao_models.errors import TooFewRecords

Floats = npt.NDArray[np.float64]

SCORE_POINTS = ((0.0, 0.0), (3.0, 0.7), (4.0, 0.85), (6.0, 0.95))
"""Score at p = 10**-x, as (x, score): the severity bands of the outer contract at one in a
thousand, ten thousand and a million, ten times rarer than the contract's false-alarm budget."""

BULK_UP_TO = 0.9
"""Quantile up to which the reference is counted; up to a tenth may be anomalies, so the tail past
it is extrapolated from below and not read off the data."""

GRID = np.linspace(0.0, BULK_UP_TO, 91)
"""Quantile levels kept of the counted part."""

PREDICTIVE_SHARE = 0.15
"""Share of the reference (third quartile to BULK_UP_TO) that informs the slope of the tail; its
number is the shape of the Pareto tail that predicts from an estimated exponential one."""

HEAVIEST = 4.0
"""Largest ratio by which the tail may be stretched for growing heavier inside the bulk."""

ATOM_SHARE = 0.01
"""Share of the reference with one and the same raw value from which that value isn't rare."""

ATOM_ROWS = 5
"""Rows with one and the same raw value below which they are coincidence or plain copies."""

SMALLEST_P = 1e-300
"""Probabilities are kept above zero so that their order survives."""


def score_from_p(p: npt.ArrayLike) -> Floats:
    """Score in [0, 1] of upper-tail probabilities p of any shape; NaN stays NaN.

    Linear in log10 p between SCORE_POINTS, p = 1 giving 0; past the last point x = 6 it is
    1 - 0.05 / (1 + x - 6), which keeps the slope and never reaches 1.
    """
    with np.errstate(divide="ignore"):
        x = -np.log10(np.clip(np.asarray(p, dtype=np.float64), SMALLEST_P, 1.0))
    at, score = np.array(SCORE_POINTS).T
    beyond = np.maximum(x - at[-1], 0.0)
    tail = 1.0 - (1.0 - score[-1]) / (1.0 + beyond)
    return np.asarray(np.where(x > at[-1], tail, np.interp(x, at, score)))


def p_from_score(score: npt.ArrayLike) -> Floats:
    """Upper-tail probability that `score_from_p` turns into `score`, its inverse on [0, 1)."""
    given = np.clip(np.asarray(score, dtype=np.float64), 0.0, 1.0)
    at, points = np.array(SCORE_POINTS).T
    with np.errstate(divide="ignore"):
        beyond = (1.0 - points[-1]) / (1.0 - given) - 1.0 + at[-1]
    x = np.where(given > points[-1], beyond, np.interp(given, points, at))
    return np.asarray(np.maximum(10.0 ** -np.minimum(x, 300.0), SMALLEST_P))


def expected_false_share(n: int, threshold: float, found: int) -> float | None:
    """Confidence in `found` records at `threshold` among n, in [0, 1]; None when none was found.

    One minus the estimated share of them that honest data of this size would also show, which is
    n times the probability that the threshold stands for.
    """
    if found <= 0:
        return None
    return max(0.0, 1.0 - n * float(p_from_score(threshold)) / found)


@dataclass(frozen=True)
class TailModel:
    """Upper-tail probabilities of raw scores, fitted on a reference that may hold anomalies.

    Up to the ninth decile shares are counted. Past it the tail is exponential, its scale taken
    between median and ninth decile and stretched when the upper part of that stretch is already
    heavier than the lower; the scale being estimated from few rows, the tail used is the
    exponential's predictive distribution, a Pareto whose shape is the number of those rows.
    """

    quantiles: Floats
    scale: Floats
    shape: Floats
    atom_values: Floats
    atom_shares: Floats

    @classmethod
    def fit(cls, raw: npt.ArrayLike) -> Self:
        """Fit on raw scores (n,), NaN ignored. Raises TooFewRecords when none is a number."""
        values = np.asarray(raw, dtype=np.float64).ravel()
        values = values[np.isfinite(values)]
        if len(values) == 0:
            raise TooFewRecords(
                "Não há nenhuma pontuação para calibrar.", hint="Envie ao menos um registro."
            )
        atoms, shares = _atoms(values)
        return cls(
            quantiles=np.asarray(np.quantile(values, GRID)),
            scale=np.array([_tail_scale(values)]),
            shape=np.array([PREDICTIVE_SHARE * len(values)]),
            atom_values=atoms,
            atom_shares=shares,
        )

    def p_values(self, raw: npt.ArrayLike) -> Floats:
        """Probability (n,) that an honest record is at least as strange; NaN stays NaN."""
        values = np.asarray(raw, dtype=np.float64)
        levels, first = np.unique(self.quantiles, return_index=True)
        counted = 1.0 - np.interp(values, levels, GRID[first])
        start, scale, shape = self.quantiles[-1], self.scale[0], self.shape[0]
        excess = np.maximum(values - start, 0.0) / scale
        tail = (1.0 - BULK_UP_TO) * np.exp(-shape * np.log1p(excess / shape))
        p = np.where(values > start, tail, counted)
        p = np.maximum(p, self.atom_shares[np.searchsorted(self.atom_values, values, "left")])
        return np.where(np.isnan(values), np.nan, np.maximum(p, SMALLEST_P))

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Everything fitted as plain numeric arrays."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Self:
        """The model that `to_arrays` described; KeyError when an array is missing."""
        return cls(**{field.name: np.asarray(arrays[field.name]) for field in fields(cls)})


def tail_p_values(reference: npt.ArrayLike, raw: npt.ArrayLike) -> Floats:
    """Upper-tail probabilities of raw (n,) among raw scores of a reference (m,)."""
    return TailModel.fit(reference).p_values(raw)


def _tail_scale(values: Floats) -> float:
    """Scale of the exponential tail past the ninth decile, positive."""
    half, third, ninth = np.quantile(values, [0.5, 0.75, BULK_UP_TO])
    smallest = 1e-9 * max(abs(float(ninth)), 1.0)
    if ninth - half <= smallest:
        return max(_scale_above(values, float(ninth)), smallest)
    lower = max(float(third - half) / np.log(2.0), smallest)
    upper = float(ninth - third) / np.log(0.25 / (1.0 - BULK_UP_TO))
    whole = float(ninth - half) / np.log(0.5 / (1.0 - BULK_UP_TO))
    return whole * float(np.clip(upper / lower, 1.0, HEAVIEST))


def _scale_above(values: Floats, bulk: float) -> float:
    """Scale when the bulk is a single value: that of the rest, if the rest is no rarity."""
    above = values[values > bulk]
    if len(above) <= ATOM_SHARE * len(values):
        return 0.0
    return float((above - bulk).mean())


def _atoms(values: Floats) -> tuple[Floats, Floats]:
    """Raw values shared by many rows, ascending, and the share of rows in them and above.

    The shares have one more entry, 0, for raw values above the last.
    """
    unique, counts = np.unique(values, return_counts=True)
    common = counts >= max(ATOM_ROWS, ATOM_SHARE * len(values))
    shares = np.cumsum(counts[common][::-1])[::-1] / len(values)
    return unique[common], np.append(shares, 0.0)
