"""One robust regression of a series on its levels, trend, calendar and cycles together.

Gives what the model expects at each point and what is left; decides nothing about findings.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from scipy.ndimage import median_filter

from cidadao_models.models.spectral_analysis.calendar import Design
from cidadao_models.models.spectral_analysis.steps import design as level_columns

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

HUBER = 1.345
"""Residual, in robust sds, from which a point counts less (Huber 1964: 95 % efficiency)."""

MAD_TO_SIGMA = 1.4826

PASSES = 4
"""Turns of reweighting; the weights hardly move after three."""

SPREAD_FLOOR = 0.01
"""Least robust sd as a share of the typical amount: one per cent. Exact amounts repeated
every month have none, and a cent's difference would be infinitely surprising."""

CLIP = 3.0
"""Distance from the running median, in robust sds, at which a point is held: one day makes no
level."""

FEW_ZEROS = 0.15
"""Share of points without movement (holidays are 5 %) up to which the scale is almost
logarithmic."""

SMALL_QUANTILE = 0.05
"""Quantile of the amounts that counts as a small one."""

NEGATIVE_SHARE = 0.15
"""Share of negative points up to which they are estornos of a series of amounts; above it, zero is
no floor of the series and the scale stays close to linear."""


AROUND_ZERO = 4.0
"""Typical sizes up to which the straight scale is straight."""

STRAIGHT_GAIN = 0.1
"""Log likelihood a point that the straight scale must add to the logarithmic one."""


@dataclass(frozen=True, slots=True)
class Scale:
    """`asinh(y / unit)`: logarithmic for large amounts, straight around zero, defined below it.

    Differences of `x` are log ratios where |y| is well above `unit`.
    """

    unit: float
    typical: float
    logarithmic: bool

    @property
    def floor(self) -> float:
        """Least sd on the working scale: `SPREAD_FLOOR` of a typical amount."""
        return SPREAD_FLOOR * self.typical / float(np.hypot(self.typical, self.unit))

    def forward(self, values: Floats) -> Floats:
        """Amounts on the working scale."""
        return np.arcsinh(values / self.unit)

    def back(self, x: Floats) -> Floats:
        """Working scale to amounts."""
        return np.sinh(np.clip(x, -80.0, 80.0)) * self.unit


def scale_of(values: Floats) -> Scale:
    """Scale of a series from its own typical size, so that a change of currency changes nothing.

    Logarithmic unless the series is steadier on a straight scale: the one with the higher
    likelihood of its day-to-day differences, Laplace law, with the Jacobian (Box and Cox 1964).
    """
    seen = values[np.isfinite(values)]
    moving = seen[seen != 0]
    typical = float(np.median(np.abs(moving))) if len(moving) else 1.0
    straight = Scale(AROUND_ZERO * typical, typical, False)
    if float(np.mean(seen < 0)) > NEGATIVE_SHARE:
        return straight
    logarithmic = Scale(_bend(seen, moving, typical), typical, True)
    if len(moving) < 3:
        return logarithmic
    gain = _steadiness(moving, straight) - _steadiness(moving, logarithmic)
    return straight if gain > STRAIGHT_GAIN else logarithmic


def _bend(seen: Floats, moving: Floats, typical: float) -> float:
    """Amount below which the logarithmic scale turns straight.

    Half of a small amount of the series; half the typical one where days without movement are
    common, or the gap between nothing and something would drown all else.
    """
    if 1 - len(moving) / len(seen) > FEW_ZEROS:
        return typical / 2
    small = float(np.quantile(np.abs(moving), SMALL_QUANTILE))
    return float(np.clip(small / 2, typical / 200, typical / 10))


def _steadiness(values: Floats, scale: Scale) -> float:
    """Log likelihood a point of the differences of the series on this scale."""
    moves = float(np.mean(np.abs(np.diff(scale.forward(values)))))
    return -np.log(max(moves, 1e-12)) - 0.5 * float(np.mean(np.log(values**2 + scale.unit**2)))


@dataclass(frozen=True, slots=True)
class Shape:
    """What a model holds: first indices of new levels and weekly profiles, trend, cycles."""

    steps: tuple[int, ...] = ()
    trend: bool = False
    profiles: tuple[int, ...] = ()
    cycles: tuple[float, ...] = ()

    def with_cycles(self, cycles: tuple[float, ...]) -> Shape:
        """The same with other cycles (cycles a sample)."""
        return replace(self, cycles=cycles)


@dataclass(frozen=True, slots=True)
class Expected:
    """Parts of the working series: `level + calendar + cycles + rest` is the series itself.

    `calendar_freedom` counts the calendar's columns as the ridge leaves them.
    """

    level: Floats
    calendar: Floats
    cycles: Floats
    rest: Floats
    spread: float
    phi: float
    weekly: Floats = field(repr=False)
    calendar_freedom: float = 0.0

    @property
    def fitted(self) -> Floats:
        """What the model expects."""
        return self.level + self.calendar + self.cycles


def fit(
    x: Floats, design: Design, shape: Shape, *, idle: Bools | None = None, floor: float = 0.0
) -> Expected:
    """Huber regression with a ridge on the calendar; NaN in `x` marks missing points.

    `idle` marks stretches without any movement, where no calendar acts; `floor` is the least
    spread.
    """
    seen = np.isfinite(x)
    free = _free_columns(len(x), shape)
    X, prior, weekly = _calendar_columns(design, shape, idle)
    every = np.column_stack([free, X])
    y, Z = x[seen], every[seen]
    k = free.shape[1]
    ridge = np.zeros(every.shape[1])
    weight = np.ones(len(y))
    spread = robust_sd(y - np.median(y))
    beta = np.zeros(every.shape[1])
    for _ in range(PASSES):
        ridge[k:] = 2.0 * spread**2 / prior**2
        ridge[:k] = 1e-9 * len(y)
        weighted = Z * weight[:, None]
        gram = weighted.T @ Z
        beta = np.linalg.solve(gram + np.diag(ridge), weighted.T @ y)
        error = y - Z @ beta
        spread = max(floor, robust_sd(error), 1e-12)
        weight = np.minimum(1.0, HUBER * spread / np.maximum(np.abs(error), 1e-12))
        if not X.shape[1] and k == 1:
            break
    n_level = len(shape.steps) + 1 + shape.trend
    level = every[:, :n_level] @ beta[:n_level]
    cycles = every[:, n_level:k] @ beta[n_level:k]
    calendar = X @ beta[k:]
    rest = x - level - calendar - cycles
    profile = X[:, weekly] @ beta[k:][weekly]
    used = np.trace(np.linalg.solve(gram + np.diag(ridge), gram)) - k
    phi = autocorrelation(held(rest))
    return Expected(level, calendar, cycles, rest, spread, phi, profile, max(0.0, float(used)))


def columns(n: int, design: Design, shape: Shape, idle: Bools) -> tuple[Floats, Floats]:
    """All columns of a shape with the prior size of each, infinite for what no ridge holds."""
    free = _free_columns(n, shape)
    X, prior, _ = _calendar_columns(design, shape, idle)
    return np.column_stack([free, X]), np.concatenate([np.full(free.shape[1], np.inf), prior])


def _free_columns(n: int, shape: Shape) -> Floats:
    columns = [level_columns(n, np.asarray(shape.steps, dtype=np.int64), shape.trend)]
    at = np.arange(n)
    for frequency in shape.cycles:
        turn = 2 * np.pi * frequency * at
        columns.append(np.column_stack([np.cos(turn), np.sin(turn)]))
    return np.hstack(columns)


def _calendar_columns(
    design: Design, shape: Shape, idle: Bools | None
) -> tuple[Floats, Floats, Bools]:
    """Calendar columns, the weekly ones once for each profile; none where the series is idle."""
    X, prior, weekly = design.X, design.prior, design.weekly
    if shape.profiles and weekly.any():
        regime = np.searchsorted(shape.profiles, np.arange(len(X)), side="right")
        each = [X[:, weekly] * (regime == r)[:, None] for r in range(len(shape.profiles) + 1)]
        X = np.column_stack([X[:, ~weekly], *each])
        prior = np.concatenate([prior[~weekly], *[prior[weekly]] * len(each)])
        weekly = np.arange(X.shape[1]) >= int((~design.weekly).sum())
    if idle is not None and idle.any():
        X = np.where(idle[:, None], 0.0, X)
    return X, prior, weekly


def robust_sd(values: Floats) -> float:
    """1.4826 times the median absolute value; the root mean square where that is zero."""
    known = values[np.isfinite(values)]
    if not len(known):
        return 0.0
    spread = MAD_TO_SIGMA * float(np.median(np.abs(known)))
    return spread if spread > 0 else float(np.sqrt(np.mean(known**2)))


def held(values: Floats) -> Floats:
    """Values held within `CLIP` robust sds of their running median; missing points stay.

    A single point does not stay, a level does.
    """
    seen = np.flatnonzero(np.isfinite(values))
    y = values[seen]
    half = int(np.clip(len(y) // 40, 2, 15))
    middle = median_filter(y, 2 * half + 1, mode="nearest")
    reach = CLIP * robust_sd(y - middle)
    answer = values.copy()
    answer[seen] = middle + np.clip(y - middle, -reach, reach)
    return answer


def autocorrelation(rest: Floats) -> float:
    """First-order autocorrelation of residuals without outliers; missing pairs left out."""
    before, after = rest[:-1], rest[1:]
    both = np.isfinite(before) & np.isfinite(after)
    power = float(before[both] @ before[both])
    if power <= 0 or both.sum() < 4:
        return 0.0
    return float(np.clip(before[both] @ after[both] / power, -0.999, 0.999))


def innovations(rest: Floats, phi: float) -> Floats:
    """Residuals less what the one before led to expect; a spike does not echo on the next day."""
    before = _before(rest)
    plain = rest - phi * np.nan_to_num(before)
    odd = np.abs(plain) > CLIP * robust_sd(plain)
    without = rest - phi**2 * np.nan_to_num(_before(before))
    echo = np.concatenate([[False], odd[:-1]]) & (np.abs(without) < np.abs(plain))
    alone = np.sqrt(1 - phi**2) * rest  # nothing before it: as wide as the series itself
    return np.where(np.isnan(before), alone, np.where(echo, without, plain))


def _before(values: Floats) -> Floats:
    return np.concatenate([[np.nan], values[:-1]])
