"""Figures of concentration of a few totals, and what sharing the same amounts at random would give.

Plain numbers of any shares; who they belong to it does not know.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cidadao_models.models.pattern_analysis import _shape
from cidadao_models.models.pattern_analysis._shape import Floats

SIMULATIONS = 199
"""Random markets drawn per buyer; rarer results are read from a fitted Pearson III tail."""

FEWEST_SHARINGS = 39
"""Random sharings of a whole file behind its expected figures, however large the file."""

DRAWS_AT_ONCE = 2_000_000
"""Most suppliers drawn in one step, to bound memory."""

CURVE_POINTS = 101
"""Points of a concentration curve, from none to all of the suppliers."""


@dataclass(frozen=True, slots=True)
class Concentration:
    """Indices of the shares of n suppliers; `hhi` in [1/n, 1], the others in [0, 1] or up to n."""

    n: int
    total: float
    hhi: float
    normalised_hhi: float
    effective_number: float
    cr1: float
    cr4: float
    gini: float


def indices(totals: npt.ArrayLike) -> Concentration | None:
    """Concentration of non-negative totals (R$, one per supplier); None when none is positive.

    HHI is the sum of squared shares (Herfindahl 1950, Hirschman 1945), normalised
    (HHI - 1/n) / (1 - 1/n), effective number 1/HHI, CRk the share of the k largest, Gini over
    the n totals (zeros count as suppliers). ValueError on negative or infinite totals.
    """
    amounts = np.sort(np.asarray(totals, dtype=np.float64))
    if not np.isfinite(amounts).all() or (amounts < 0).any():
        raise ValueError("totals must be finite and not negative")
    n = len(amounts)
    largest = float(amounts[-1]) if n else 0.0
    if largest <= 0:
        return None
    total = float(amounts.sum())
    # relative to the largest first: squares of tiny amounts would underflow
    shares = (amounts / largest) / (amounts / largest).sum()
    hhi = float((shares**2).sum())
    gini = float(((2 * np.arange(1, n + 1) - n - 1) * shares).sum() / n)
    return Concentration(
        n=n,
        total=total,
        hhi=hhi,
        normalised_hhi=(hhi - 1 / n) / (1 - 1 / n) if n > 1 else 1.0,
        effective_number=1 / hhi,
        cr1=float(shares[-1]),
        cr4=float(shares[-4:].sum()),
        gini=max(0.0, gini),
    )


@dataclass(frozen=True, slots=True)
class Chance:
    """What sharing the amounts of a file at random among its suppliers gives, on average.

    `hhi` holds one value for each sharing; `curve` is the share of the money that the largest
    suppliers hold, at `CURVE_POINTS` even shares of the suppliers.
    """

    hhi: Floats
    cr1: float
    cr4: float
    gini: float
    curve: Floats


def chance(amounts: Floats, n_suppliers: int, *, seed: int = 0) -> Chance | None:
    """Each amount given to any of `n_suppliers` with equal chances; None without amounts."""
    if not len(amounts) or n_suppliers < 1:
        return None
    rng, shares = np.random.default_rng(seed), amounts / amounts.sum()
    draws = int(np.clip(DRAWS_AT_ONCE // len(shares), FEWEST_SHARINGS, SIMULATIONS))
    found, curve = [], np.zeros(CURVE_POINTS)
    for _ in range(draws):
        totals = _shape.sums(rng.integers(0, n_suppliers, len(shares)), shares, n_suppliers)
        one = indices(totals)
        assert one is not None
        found.append((one.hhi, one.cr1, one.cr4, one.gini))
        curve += curve_of(totals)
    figures = np.array(found)
    cr1, cr4, gini = (float(mean) for mean in figures[:, 1:].mean(axis=0))
    return Chance(figures[:, 0], cr1, cr4, gini, curve / draws)


def curve_of(totals: Floats) -> Floats:
    """Share of the money of the largest suppliers, at even shares of the suppliers from 0 to 1."""
    held = np.concatenate([[0.0], np.cumsum(np.sort(totals)[::-1])]) / totals.sum()
    return np.interp(np.linspace(0, len(totals), CURVE_POINTS), np.arange(len(held)), held)
