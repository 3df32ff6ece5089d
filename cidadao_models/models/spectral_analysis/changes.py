"""When a series began to behave otherwise: its level, its spread, its weekly pattern.

A change is dated at the first point of the new regime. A slow drift, red noise and a single point
are none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cidadao_models.models.spectral_analysis import steps as stepping
from cidadao_models.models.spectral_analysis.expected import Expected, held, robust_sd

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

PRICE = 17.0
"""What one step must add to twice the log likelihood (see `evaluation/spectral_null.py`): highest
value of about 99 in 100 series of noise of any autocorrelation up to a random walk."""

CHANCE_AT, CHANCE_SCALE = 4.0, 2.5
"""Chance of a gain g in noise, about `exp(-(g - 4) / 2.5)` (same simulation, 90 to 99 %)."""

TREND_PRICE = 6.0
"""What a straight trend must add: BIC's log n at n = 400."""

MOST_BLOCKS = 400
"""Blocks that positions are looked for in; longer series are averaged first, then refined."""

LEAST_BLOCKS = 3
LEAST_SHARE = 60
"""Shortest regime: three blocks, or a sixtieth of the series."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step at `index` (first point of the new regime) and the chance of it in noise."""

    index: int
    p_value: float


@dataclass(frozen=True, slots=True)
class Steps:
    """Steps of a series, whether it also has a trend, and the score of that model."""

    found: tuple[Step, ...]
    trend: bool
    score: float

    @property
    def indices(self) -> tuple[int, ...]:
        """First index of each new regime."""
        return tuple(step.index for step in self.found)


def chance(gain: float) -> float:
    """Chance that noise gives this gain in twice the log likelihood."""
    return float(np.exp(-max(0.0, gain - CHANCE_AT) / CHANCE_SCALE))


@dataclass(frozen=True, slots=True)
class _Blocks:
    """Block means with their weights, the least variance of noise, and whether a trend competes."""

    values: Floats
    weight: Floats
    variance: float
    drift: bool

    def fits(self, places: Ints) -> tuple[float, float]:
        """Score with these steps, without and with a trend (minus infinity if none may be)."""
        plain = stepping.fit(self.values, self.weight, places, trend=False, floor=self.variance)
        if not self.drift:
            return plain.score, -np.inf
        line = stepping.fit(self.values, self.weight, places, trend=True, floor=self.variance)
        return plain.score, line.score


def level_steps(
    z: Floats, *, price: float = PRICE, floor: float = 0.0, phi: float = 0.0, drift: bool = True
) -> Steps:
    """Steps of a series (NaN missing) that red noise and a trend don't explain as well.

    `price` is what each must add to twice the log likelihood, `floor` the least sd of the noise;
    `phi`, of single points, only serves to refine positions when values were averaged; `drift`
    lets a straight trend compete.
    """
    calm = held(z)
    size = -(-len(z) // MOST_BLOCKS)
    blocks = _blocks(calm, size, floor, drift)
    least = max(LEAST_BLOCKS, len(blocks.values) // LEAST_SHARE)
    if (blocks.weight > 0).sum() < 2 * least + 2:
        return Steps((), False, 0.0)
    none = np.zeros(0, dtype=np.int64)
    plain, line = blocks.fits(none)
    base = max(plain, line)
    chosen, gains = _worth_it(blocks, _best(blocks, base, least, price), price)
    if not len(chosen):
        return Steps((), line - plain > TREND_PRICE, base)
    refined = _refined(calm, chosen * size, size, phi)
    whole = blocks.fits(chosen)
    found = tuple(Step(int(i), chance(g)) for i, g in zip(refined, gains, strict=True))
    return Steps(found, whole[1] - whole[0] > TREND_PRICE, max(whole))


def _best(blocks: _Blocks, base: float, least: int, price: float) -> Ints:
    """The steps whose gain most exceeds their price; none where none does."""
    most = min(stepping.MAX_STEPS, len(blocks.values) // (2 * least))
    best, top = np.zeros(0, dtype=np.int64), 0.0
    for places in stepping.cut(blocks.values, blocks.weight, most, least):
        plain, line = blocks.fits(places)
        score = line if line - plain > TREND_PRICE else plain
        if score - base - price * len(places) > top:
            best, top = places, score - base - price * len(places)
    return best


def score(z: Floats, indices: tuple[int, ...]) -> float:
    """Twice the log likelihood of given steps, with a trend where it pays, as `level_steps` has."""
    size = -(-len(z) // MOST_BLOCKS)
    blocks = _blocks(held(z), size, 0.0, True)
    plain, line = blocks.fits(np.asarray([-(-i // size) for i in indices], dtype=np.int64))
    return line if line - plain > TREND_PRICE else plain


def _worth_it(blocks: _Blocks, places: Ints, price: float) -> tuple[Ints, list[float]]:
    """Those steps that pay for themselves beside the others, and what each adds."""
    while len(places):
        whole = max(blocks.fits(places))
        gains = [whole - max(blocks.fits(np.delete(places, i))) for i in range(len(places))]
        if min(gains) >= price:
            return places, gains
        places = np.delete(places, int(np.argmin(gains)))
    return places, []


def _square(values: Floats, weight: Floats) -> float:
    seen = values[weight > 0]
    return max(float(np.mean(seen**2)), 1e-12) if len(seen) else 1e-12


def _blocks(z: Floats, size: int, floor: float, drift: bool) -> _Blocks:
    """Means of blocks of `size` points; the weight is the share of a block's points that is known.

    `floor` is the least sd of a point.
    """
    seen = np.isfinite(z)
    code = np.arange(len(z)) // size
    count = np.bincount(code, weights=seen)
    total = np.bincount(code, weights=np.where(seen, z, 0.0))
    values = np.where(count > 0, total / np.maximum(count, 1), 0.0)
    weight = count / size
    return _Blocks(values, weight, max(floor**2 / size, 1e-12 * _square(values, weight)), drift)


def _refined(z: Floats, places: Ints, size: int, phi: float) -> Ints:
    """Each step moved to where the innovations are smallest, its neighbours held."""
    if size == 1:
        return places
    edges = [0, *places.tolist(), len(z)]
    for i in range(1, len(edges) - 1):
        low, high = edges[i - 1], edges[i + 1]
        edges[i] = _placed(z[low:high], edges[i] - low, 2 * size, phi) + low
    return np.asarray(edges[1:-1], dtype=np.int64)


def _placed(z: Floats, near: int, reach: int, phi: float) -> int:
    """Best position of one step within `reach` of `near`."""
    before, after = float(np.nanmean(z[: max(1, near)])), float(np.nanmean(z[near:]))
    candidates = range(max(1, near - reach), min(len(z) - 1, near + reach) + 1)
    cost = [_whitened(z, place, before, after, phi) for place in candidates]
    return int(candidates[int(np.argmin(cost))])


def _whitened(z: Floats, place: int, before: float, after: float, phi: float) -> float:
    rest = z - np.where(np.arange(len(z)) < place, before, after)
    rest = np.where(np.isfinite(rest), rest, 0.0)
    return float(((rest[1:] - phi * rest[:-1]) ** 2).sum())


# -- spread ------------------------------------------------------------------------------------

SMALL = 0.05
"""Share of the robust sd added to |innovation| before its logarithm: an exact hit has none."""


def spread_steps(innovation: Floats, *, price: float = PRICE) -> Steps:
    """Steps in the spread of innovations (NaN missing), on their log size."""
    spread = robust_sd(innovation)
    if spread == 0:
        return Steps((), False, 0.0)
    size = np.log(np.abs(innovation) / spread + SMALL)
    return level_steps(size, price=price, drift=False)


def spread_ratio(innovation: Floats, index: int, others: tuple[int, ...]) -> float:
    """Variance after a change over variance before it, each to the next change."""
    low = max((i for i in others if i < index), default=0)
    high = min((i for i in others if i > index), default=len(innovation))
    before, after = robust_sd(innovation[low:index]), robust_sd(innovation[index:high])
    return (after / before) ** 2 if before > 0 else float("inf")


# -- weekly pattern ----------------------------------------------------------------------------


LEAST_WEEKS = 12
"""Fewest whole weeks in which a change of the weekly pattern is looked for."""

LEAST_PROFILE = 0.02
"""Least sd of a week's likeness to the profile: a pattern kept to the cent has none."""


def profile_steps(
    x: Floats, fit: Expected, weekday: Ints, idle: Bools, *, price: float = PRICE
) -> Steps:
    """Steps in how strongly each week follows the weekly profile (daily series).

    Each week is projected on the profile of the whole series: one number a week, about 1 while
    the pattern holds and 0 when it is lost, whatever the level of the week.
    """
    monday = np.flatnonzero(weekday == 0)
    start = int(monday[0]) if len(monday) else len(x)
    days = len(np.unique(weekday))
    weeks = (len(x) - start) // days
    if weeks < LEAST_WEEKS:
        return Steps((), False, 0.0)
    inside = slice(start, start + weeks * days)
    table = (x - fit.calendar + fit.weekly)[inside].reshape(weeks, days)
    paused = np.any(idle[inside].reshape(weeks, days), axis=1, keepdims=True)
    table = np.where(paused, np.nan, table)
    profile = fit.weekly[inside].reshape(weeks, days).mean(axis=0)
    profile = profile - profile.mean()
    power = float(profile @ profile)
    if power <= fit.spread**2 / weeks * days:
        return Steps((), False, 0.0)
    known = np.isfinite(table)
    count = np.maximum(known.sum(axis=1, keepdims=True), 1)
    centred = table - np.where(known, table, 0.0).sum(axis=1, keepdims=True) / count
    told = known @ profile**2
    strength = np.where(known, centred, 0.0) @ profile / np.maximum(told, 1e-12)
    found = level_steps(
        np.where(told > 0.5 * power, strength, np.nan), price=price, floor=LEAST_PROFILE
    )
    placed = [
        Step(_first_day(centred, profile, start, step.index, days), step.p_value)
        for step in found.found
    ]
    return Steps(tuple(placed), found.trend, found.score)


def _mean(table: Floats) -> Floats:
    """Mean of each column's known values, 0 where there are none."""
    known = np.isfinite(table)
    return np.where(known, table, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)


def _first_day(centred: Floats, profile: Floats, start: int, week: int, days: int) -> int:
    """First day of the new pattern, searched over two weeks around its first whole week."""
    reach = slice(max(0, week - 26), min(len(centred), week + 26))
    before, after = _mean(centred[reach.start : week]), _mean(centred[week : reach.stop])
    low, high = max(0, week - 2), min(len(centred), week + 2)
    rows = centred[low:high].ravel()
    old = np.tile(before, high - low)
    new = np.tile(after, high - low)
    cost_old, cost_new = np.nan_to_num((rows - old) ** 2), np.nan_to_num((rows - new) ** 2)
    total = (
        np.concatenate([[0.0], np.cumsum(cost_old)])
        + cost_new.sum()
        - np.concatenate([[0.0], np.cumsum(cost_new)])
    )
    return start + low * days + int(np.argmin(total))
