"""Series with a known answer for the spectral suite: clean ones, planted ones, annotated ones.

The calendars here were drawn to differ from each other and from the model's own columns; they are
inventions, not spending. Nothing is fitted to them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.signal import lfilter

from cidadao_models.flags._calendar import without_office_hours
from cidadao_models.models.evaluation.honest_catalogue import _easter

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def red(rng: np.random.Generator, n: int, phi: float, sd: float = 1.0) -> Floats:
    """Gaussian first-order noise of standard deviation `sd`; a random walk of step sd at 1."""
    noise = rng.normal(size=n + 200)
    if phi == 1:
        return sd * np.cumsum(noise[200:])
    return np.asarray(sd * np.sqrt(1 - phi**2) * lfilter([1.0], [1.0, -phi], noise)[200:])


NOISES: dict[str, Callable[[np.random.Generator, int], Floats]] = {
    "white": lambda rng, n: rng.normal(size=n),
    "AR(1) 0.5": lambda rng, n: red(rng, n, 0.5),
    "AR(1) 0.8": lambda rng, n: red(rng, n, 0.8),
    "lognormal": lambda rng, n: np.exp(rng.normal(size=n)),
    "random walk": lambda rng, n: red(rng, n, 1.0),
}


# -- clean realistic series --------------------------------------------------------------------


def _days(start: int, years: int) -> pd.DatetimeIndex:
    return pd.date_range(f"{start}-01-01", f"{start + years - 1}-12-31")


def _working(days: pd.DatetimeIndex, local: tuple[tuple[int, int], ...] = ()) -> Bools:
    """Mondays to Fridays that are neither national nor the given local holidays."""
    off = without_office_hours(days.to_numpy().astype("datetime64[D]"))
    mine = np.isin(days.month * 100 + days.day, [m * 100 + d for m, d in local])
    return ~off & ~mine


def _rank(working: Bools, days: pd.DatetimeIndex, *, last: bool = False) -> npt.NDArray[np.int64]:
    """Which working day of its month each day is, from the start or from the end."""
    month = np.asarray(days.year * 12 + days.month)
    if last:
        return _rank(working[::-1], days[::-1])[::-1]
    return pd.Series(working.astype(int)).groupby(month, sort=False).cumsum().to_numpy()


def office(rng: np.random.Generator, years: int = 6, sd: float = 0.3) -> pd.Series:
    """Daily, slow weekends, one smooth year, December in two steps, red log noise.

    With `sd` 0.4 even who knows everything but the date places a doubled level within 7 days in
    91 % of series (maximum likelihood, 200 runs); with 0.3 that is above 97 %.
    """
    days = _days(2014, years)
    week = np.array([1, 1.1, 1.05, 1, 0.9, 0.15, 0.1])[days.day_of_week]
    year = 1 + 0.3 * np.cos(2 * np.pi * (days.day_of_year - 100) / 365.25)
    late = (days.month == 12) & (days.day >= 10)
    rush = np.where(late, 1.8, 1.0) * np.where(late & (days.day >= 20), 1.5, 1.0)
    rush *= np.where((days.month == 1) & (days.day <= 20), 0.6, 1.0)
    return pd.Series(1e5 * week * year * rush * np.exp(red(rng, len(days), 0.4, sd)), days)


def city_hall(rng: np.random.Generator, years: int = 4, sd: float = 0.5) -> pd.Series:
    """Daily, nothing on weekends and holidays (local ones too), pay on the 5th working day, quarter
    ends, busy Wednesdays, recess, Carnival and Holy Week, yearly growth."""
    days = _days(2017, years)
    working = _working(days, ((1, 25), (7, 9), (10, 28)))
    first, last = _rank(working, days), _rank(working, days, last=True)
    value = working * np.array([0.8, 1, 1.8, 1, 0.7, 0, 0])[days.day_of_week]
    value = value * np.where(first == 5, 6.0, 1.0)
    value *= np.where((days.month % 3 == 0) & (last <= 3), 2.5, 1.0)
    recess = ((days.month == 12) & (days.day >= 22)) | ((days.month == 1) & (days.day <= 6))
    value *= np.where(recess, 0.3, 1.0)
    for year in days.year.unique():
        easter = pd.Timestamp(_easter(int(year)))
        away = (easter - days).days
        value[(away >= 46) & (away <= 48)] *= 0.05
        value[(away >= 0) & (away <= 7)] *= 0.5
    growth = np.exp(np.linspace(0, 0.08 * years, len(days)))
    return pd.Series(4e4 * value * growth * np.exp(red(rng, len(days), 0.3, sd)), days)


def small_unit(rng: np.random.Generator, years: int = 5) -> pd.Series:
    """Daily, a few small purchases: most days nothing, even months and mid-month busier."""
    days = _days(2016, years)
    rate = 0.5 * np.where(_working(days), 1.0, 0.05) * np.where(days.month % 2 == 0, 1.6, 0.8)
    rate *= np.where((days.day >= 10) & (days.day <= 20), 1.7, 0.7)
    count = rng.poisson(rate)
    return pd.Series([float(rng.lognormal(7, 1.0, size=c).sum()) for c in count], days)


def transfers(rng: np.random.Generator, years: int = 3) -> pd.Series:
    """Daily, transfers on days 10, 20 and 30 and at month's end, heavy tails, some estornos."""
    days = _days(2020, years)
    week = np.array([1.3, 1, 1, 1, 1.1, 0.4, 0.3])[days.day_of_week]
    month = np.where(np.isin(days.day, [10, 20, 30]), 3.0, 1.0)
    month *= np.where(days.is_month_end, 1.8, 1.0)
    noise = red(rng, len(days), 0.6, 0.4) + 0.28 * rng.standard_t(5, size=len(days))
    value = 3e4 * week * month * np.exp(noise)
    return pd.Series(np.where(rng.random(len(days)) < 0.02, -0.3 * value, value), days)


def monthly_body(rng: np.random.Generator, years: int = 8, sd: float = 0.25) -> pd.Series:
    """Monthly, pulses every second month, December and January, election years, inflation."""
    months = pd.date_range("2013-01-01", periods=12 * years, freq="MS")
    value = np.where(months.month % 2 == 0, 1.4, 0.9) * np.where(months.month == 12, 2.0, 1.0)
    value *= np.where(months.month == 1, 0.5, 1.0)
    value *= np.where((months.year % 2 == 0) & months.month.isin([7, 8, 9]), 0.7, 1.0)
    growth = np.exp(0.006 * np.arange(len(months)))
    return pd.Series(1e6 * value * growth * np.exp(red(rng, len(months), 0.4, sd)), months)


def weekly_body(rng: np.random.Generator, years: int = 6) -> pd.Series:
    """Weekly, first week of the month, December, slow January, additive gamma noise."""
    weeks = pd.date_range("2015-01-05", periods=52 * years, freq="7D")
    value = np.where(weeks.day <= 7, 1.9, 1.0)
    value *= np.where((weeks.month == 12) & (weeks.day >= 12), 2.2, 1.0)
    value *= np.where((weeks.month == 1) & (weeks.day <= 20), 0.4, 1.0)
    value *= 1 + 0.2 * np.sin(2 * np.pi * weeks.day_of_year / 365.25)
    return pd.Series(2e5 * value * rng.gamma(8, 1 / 8, size=len(weeks)), weeks)


CLEAN: dict[str, Callable[[np.random.Generator], pd.Series]] = {
    "office": office,
    "city hall": city_hall,
    "small unit": small_unit,
    "transfers": transfers,
    "months": monthly_body,
    "weeks": weekly_body,
}


# -- planted -----------------------------------------------------------------------------------

NOISE_SD = {"office": 0.3, "city hall": 0.5, "transfers": 0.55}
"""Standard deviation of the log noise of the daily makers."""

PLANTS = ("level x2", "day x30", "variance x4", "weekend lost", "10-day cycle")


def planted(
    series: pd.Series, kind: str, rng: np.random.Generator, *, sd: float = 0.3
) -> tuple[pd.Series, int]:
    """The daily series with one thing planted, and the position of its first point.

    `sd` is that of the series' log noise, which a fourfold variance is made of.
    """
    value, days = series.to_numpy().copy(), pd.DatetimeIndex(series.index)
    n = len(value)
    start = int(n * rng.uniform(0.35, 0.65))
    if kind == "level x2":
        value[start:] *= 2
    elif kind == "day x30":
        ordinary = np.flatnonzero((days.day_of_week < 5) & (value > 0))
        start = int(rng.choice(ordinary[ordinary > 30]))
        value[start] *= 30
    elif kind == "variance x4":
        value[start:] *= np.exp(rng.normal(0, sd * np.sqrt(3), n - start))
    elif kind == "weekend lost":
        for weekend in np.flatnonzero((days.day_of_week >= 5) & (np.arange(n) >= start)):
            at = int(weekend)
            near = slice(max(0, at - 10), at + 10)
            ordinary = value[near][(days[near].day_of_week < 5) & (value[near] > 0)]
            value[at] = rng.choice(ordinary)
    else:
        value[start:] *= np.exp(0.5 * np.sin(2 * np.pi * np.arange(start, n) / 10))
    return pd.Series(value, days), start


# -- annotated change points -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Annotated:
    """A series whose level changes are known (first index of each new level)."""

    name: str
    values: Floats
    changes: tuple[int, ...]


def annotated(seed: int) -> Iterator[Annotated]:
    """24 invented series: steps, with and without trend, memory, seasons, few points, or none."""
    rng = np.random.default_rng(seed)

    def steps(n: int, at: tuple[int, ...], size: float) -> Floats:
        signs = np.array([1, -1, 1, 1, -1, 1])[: len(at)]
        jump = np.zeros(n)
        for place, sign in zip(at, signs, strict=True):
            jump[place:] += sign * size
        return jump

    def near(*shares: float, n: int) -> tuple[int, ...]:
        return tuple(int(n * s + rng.integers(-max(1, n // 30), n // 30 + 2)) for s in shares)

    for n, shares, size, phi in (
        (100, (0.3,), 1.8, 0.0), (120, (0.3, 0.7), 2.0, 0.0), (150, (0.2, 0.5, 0.75), 2.5, 0.2),
        (60, (0.5,), 2.5, 0.0), (40, (0.6,), 3.0, 0.2), (200, (0.4,), 2.5, 0.5),
        (240, (0.3, 0.6), 3.0, 0.5), (300, (0.5,), 4.0, 0.7), (28, (0.5,), 3.5, 0.0),
    ):  # fmt: skip
        at = near(*shares, n=n)
        yield Annotated(f"steps n={n} phi={phi}", 10 + steps(n, at, size) + red(rng, n, phi), at)
    for n, phi in ((100, 0.0), (80, 0.6), (150, 0.8), (45, 0.3)):
        yield Annotated(f"none n={n} phi={phi}", 50 + red(rng, n, phi), ())
    for n in (60, 150):
        yield Annotated(f"random walk n={n}", 30 + red(rng, n, 1.0), ())
    for n, slope in ((60, 0.1), (120, 0.05)):
        line = slope * np.arange(n)
        yield Annotated(f"trend n={n}", 20 + line + red(rng, n, 0.3), ())
        at = near(0.5, n=n)
        yield Annotated(
            f"trend and step n={n}", 20 + line + steps(n, at, 5.0) + red(rng, n, 0.2), at
        )
    grown = np.exp(np.linspace(0, 2, 80) + 0.03 * red(rng, 80, 0.5))
    yield Annotated("growth n=80", 100 * grown, ())
    season = 1 + 0.3 * np.sin(2 * np.pi * np.arange(120) / 12)
    yield Annotated("season n=120", 100 * season * np.exp(red(rng, 120, 0.3, 0.08)), ())
    at = near(0.45, n=120)
    level = np.where(np.arange(120) < at[0], 1.0, 1.6)
    yield Annotated("season and step n=120", 100 * season * level
                    * np.exp(red(rng, 120, 0.3, 0.08)), at)  # fmt: skip
    at = near(0.4, n=110)
    counts = rng.poisson(np.where(np.arange(110) < at[0], 3.2, 0.9))
    yield Annotated("counts n=110", counts.astype(np.float64), at)
    at = (int(rng.integers(50, 60)), int(rng.integers(72, 80)))
    passing = 100 + 25 * ((np.arange(130) >= at[0]) & (np.arange(130) < at[1]))
    yield Annotated("passing n=130", passing + 5 * red(rng, 130, 0.3), at)


def f1(found: tuple[int, ...], true: tuple[int, ...], margin: int = 5) -> float:
    """F1 of change points within `margin`, each matched once; the start of the series counts as
    one on both sides, so that a series without any has an answer (van den Burg and Williams)."""
    left = [0, *true]
    hits = 0
    for place in sorted({0, *found}):
        near = [t for t in left if abs(t - place) <= margin]
        if near:
            left.remove(min(near, key=lambda t: abs(t - place)))
            hits += 1
    precision, recall = hits / (len(set(found) | {0})), hits / (len(true) + 1)
    return 2 * precision * recall / (precision + recall)
