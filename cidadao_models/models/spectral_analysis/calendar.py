"""What the Brazilian calendar leads one to expect of public spending, as columns of a regression.

Broad on purpose: weekdays, holidays, both ends of the month, pay days, the fiscal year, elections.
It fits nothing and judges nothing.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.flags._calendar import national_holidays

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]

YEAR_DAYS = 365.2425
MONTH_DAYS = YEAR_DAYS / 12
WEEK_DAYS = 7.0

UNIT_DAYS = {"dias": 1.0, "semanas": WEEK_DAYS, "meses": MONTH_DAYS, "anos": YEAR_DAYS}
"""Days in one unit of time of a series."""

FIRST_YEAR, LAST_YEAR = 1900, 2100
"""Years with holidays; a series outside them has weekdays and months only."""

YEARS_FOR_SEASONS = 2.0
"""Whole years below which months can't be told from a change of level, so none are fitted."""

WORKING_DAYS_OF_MONTH = 8
"""Working days counted from each end of the month: pay is due by the 5th (CLT, art. 459), and
bodies close their books over the last ones."""

PAY_DAYS = (5, 10, 15, 20, 25, 30)
"""Days of the month on which instalments and transfers usually fall (the FPM on 10, 20 and 30);
moved to the next working day."""

RECESS_ENDS = 6
"""Last day of January of the year's recess (20 December to 6 January: Lei 5.010/1966, art. 62)."""

MONTH_HARMONICS = 4
YEAR_HARMONICS = 3


@dataclass(frozen=True, slots=True)
class Design:
    """Columns of the calendar: (n, k) matrix, a prior spread for each, and the weekday ones.

    `prior` is the size of an effect that would surprise nobody, on the scale of log amounts:
    short histories shrink towards none. `weekly` marks the columns of the weekly profile.
    """

    X: Floats
    prior: Floats
    weekly: Bools
    working: Bools

    @property
    def empty(self) -> bool:
        """No columns: a series without dates."""
        return self.X.shape[1] == 0


def no_calendar(n: int) -> Design:
    """For a series without dates."""
    return Design(np.zeros((n, 0)), np.zeros(0), np.zeros(0, dtype=bool), np.ones(n, dtype=bool))


@lru_cache(maxsize=512)
def _optional(year: int) -> tuple[dt.date, ...]:
    """Optional days off of a year, such as Carnival."""
    import holidays

    return tuple(holidays.country_holidays("BR", years=year, categories=("optional",)))


def days_off(days: Days) -> tuple[Bools, Bools]:
    """Whether each day is a national holiday, and whether it is an optional day off."""
    years = np.unique(days.astype("datetime64[Y]").astype(np.int64)) + 1970
    known = [int(year) for year in years if FIRST_YEAR <= year <= LAST_YEAR]
    public = np.array([d for y in known for d in national_holidays(y)], dtype="datetime64[D]")
    optional = np.array([d for y in known for d in _optional(y)], dtype="datetime64[D]")
    return np.isin(days, public), np.isin(days, optional)


def daily(days: Days) -> Design:
    """Columns for a series of days (weekends may be left out)."""
    parts = _Columns(len(days))
    weekday = (days.astype(np.int64) + 3) % 7
    wide = np.arange(days[0] - 10, days[-1] + 32)  # neighbours decide who is a working day
    public, optional = days_off(wide)
    wide_weekday = (wide.astype(np.int64) + 3) % 7
    day = (wide - wide.astype("datetime64[M]")).astype(np.int64) + 1
    december = wide.astype("datetime64[M]").astype(np.int64) % 12 == 11
    optional &= ~(december & (day >= 24))  # half days, on which books are closed: see `_year`
    works = (wide_weekday < 5) & ~public & ~optional
    place = (days - wide[0]).astype(np.int64)
    _weekdays(parts, weekday)
    _holidays(parts, place, public, optional, wide_weekday, works)
    _month(parts, days, wide, works, (wide_weekday < 5) & ~public, place)
    _year(parts, days, works[place])
    return parts.design(works[place])


class _Columns:
    """Collects columns with their priors, leaving out those that never vary."""

    def __init__(self, n: int) -> None:
        self.n = n
        self.columns: list[Floats] = []
        self.priors: list[float] = []
        self.weekly: list[bool] = []

    def add(self, column: npt.ArrayLike, prior: float, *, weekly: bool = False) -> None:
        values = np.asarray(column, dtype=np.float64)
        if values.min() < values.max():
            self.columns.append(values)
            self.priors.append(prior)
            self.weekly.append(weekly)

    def design(self, working: Bools) -> Design:
        X = np.column_stack(self.columns) if self.columns else np.zeros((self.n, 0))
        weekly = np.asarray(self.weekly, dtype=bool)
        return Design(X, np.asarray(self.priors), weekly, working)


def _weekdays(parts: _Columns, weekday: npt.NDArray[np.int64]) -> None:
    """Tuesday to Friday against Monday, summing to zero over the working week, and the weekend."""
    monday = weekday == 0
    for day in range(1, 5):
        parts.add((weekday == day) * 1.0 - monday, 1.0, weekly=True)
    for day in (5, 6):
        parts.add(weekday == day, 3.0, weekly=True)


def _holidays(
    parts: _Columns,
    place: npt.NDArray[np.int64],
    public: Bools,
    optional: Bools,
    weekday: npt.NDArray[np.int64],
    works: Bools,
) -> None:
    week = weekday < 5
    off = ~works & week
    before, after = np.roll(works, -1), np.roll(works, 1)
    bridge = works & ~before & ~after
    eve, morrow = works & ~before & (weekday < 4), works & ~after & (weekday > 0)
    week_code = np.cumsum(weekday == 0)
    days_in_week = np.bincount(week_code, weights=off.astype(float))
    short_week = works & (days_in_week[week_code] > 0)
    for column, prior in (
        (public & week, 3.0),
        (public & ~week, 0.5),
        (bridge, 2.0),
        (eve & ~bridge, 0.5),
        (morrow & ~bridge, 0.5),
        (short_week, 0.3),
    ):
        parts.add(column[place], prior)
    for column in _kinds(optional & week, weekday):
        parts.add(column[place], 2.0)


def _kinds(optional: Bools, weekday: npt.NDArray[np.int64]) -> list[Bools]:
    """Optional days off by what they are, as bodies keep some and not others: Carnival's Monday
    and Tuesday, Ash Wednesday, Corpus Christi (a Thursday), others such as 28 October."""
    beside = np.roll(optional, 1) | np.roll(optional, -1)
    carnival = optional & beside & (weekday < 2)
    ash = optional & beside & (weekday == 2)
    thursday = optional & ~beside & (weekday == 3)
    return [carnival, ash, thursday, optional & ~carnival & ~ash & ~thursday]


def _month(
    parts: _Columns,
    days: Days,
    wide: Days,
    works: Bools,
    office: Bools,
    place: npt.NDArray[np.int64],
) -> None:
    """Both ends of the month, pay days and closing of the books, on working days.

    `office` are the working days of those who keep the optional days off.
    """
    month = wide.astype("datetime64[M]").astype(np.int64)
    month -= month[0]
    first, last = _working_ranks(month, works)
    for rank in range(1, WORKING_DAYS_OF_MONTH + 1):
        prior = 1.0 if rank <= 5 else 0.5
        parts.add((works & (first == rank))[place], prior)
        parts.add((works & (last == rank))[place], prior)
    other_first, _ = _working_ranks(month, office)  # some bodies count optional days off
    for rank in (1, 2, 3, 4, 5):
        parts.add((office & (other_first == rank) & (first != rank))[place], 1.0)
    day = (wide - wide.astype("datetime64[M]")).astype(np.int64) + 1
    for pay_day in PAY_DAYS:
        parts.add(_rolled(day == pay_day, works)[place], 1.0)
        parts.add((~works & (day == pay_day))[place], 1.0)  # or not moved
    ends = np.append(np.diff(month) > 0, False)  # the days beyond the series are not used
    for named in (day == 1, day == 15, ends):
        parts.add(named[place], 0.5)
    start = days.astype("datetime64[M]")
    length = ((start + 1).astype("datetime64[D]") - start.astype("datetime64[D]")).astype(float)
    fraction = (days - start.astype("datetime64[D]")).astype(float) / length
    for k in range(1, MONTH_HARMONICS + 1):
        parts.add(np.cos(2 * np.pi * k * fraction) * works[place], 0.4)
        parts.add(np.sin(2 * np.pi * k * fraction) * works[place], 0.4)
    for months, prior in ((2, 0.4), (3, 0.4), (6, 0.3)):
        closing = (start.astype(np.int64) + 1) % months == 0
        opening = start.astype(np.int64) % months == 0
        parts.add(closing & (works & (last <= 5))[place], prior)
        parts.add(opening & (works & (first <= 5))[place], prior)


def _working_ranks(
    month: npt.NDArray[np.int64], works: Bools
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Rank of each working day from the start and from the end of its month (1 = first, last)."""
    total = np.bincount(month, weights=works).astype(np.int64)
    before = np.concatenate([[0], np.cumsum(total)[:-1]])
    rank = np.cumsum(works) - before[month]
    return rank, total[month] - rank + 1


def _rolled(nominal: Bools, works: Bools) -> Bools:
    """Nominal days moved to the next working day."""
    at = np.flatnonzero(nominal)
    working = np.flatnonzero(works)
    place = np.searchsorted(working, at)
    answer = np.zeros(len(nominal), dtype=bool)
    answer[working[place[place < len(working)]]] = True
    return answer


def _year(parts: _Columns, days: Days, working: Bools) -> None:
    """Months, year end and opening of the budget, elections; shrunk below two years."""
    years = (days[-1] - days[0]).astype(float) / YEAR_DAYS
    known = years >= YEARS_FOR_SEASONS
    month = days.astype("datetime64[M]").astype(np.int64) % 12
    start = days.astype("datetime64[Y]").astype("datetime64[D]")
    day_of_year = (days - start).astype(float)
    day = (days - days.astype("datetime64[M]")).astype(np.int64) + 1
    december, january = month == 11, month == 0
    strong = 1.0 if known else 0.3
    for inside in (december & (day >= 10), december & (day >= 20), january & (day <= 20)):
        parts.add(inside & working, strong)
        parts.add(inside & ~working, 0.7 * strong)
    for recess in (january & (day <= RECESS_ENDS), _holy_week(days)):
        parts.add(recess & working, strong)
    parts.add(december & (day >= 24), strong)
    parts.add(december & (day == 24), 2.0 * strong)
    parts.add(december & (day == 31), 2.0 * strong)
    if not known:
        return
    for k in range(1, YEAR_HARMONICS + 1):
        turn = 2 * np.pi * k * day_of_year / YEAR_DAYS
        parts.add(np.cos(turn), 0.4)
        parts.add(np.sin(turn), 0.4)
    for one in range(12):
        parts.add((month == one) * working, 0.4)
    _elections(parts, days.astype("datetime64[Y]").astype(np.int64) + 1970, month)


def _holy_week(days: Days) -> Bools:
    """Monday to Thursday before Good Friday, of which the law gives courts the last two days (Lei
    5.010/1966, art. 62) and many bodies close on more."""
    years = np.unique(days.astype("datetime64[Y]").astype(np.int64)) + 1970
    known = [int(year) for year in years if FIRST_YEAR <= year <= LAST_YEAR]
    fridays = np.array([_good_friday(year) for year in known], dtype="datetime64[D]")
    away = (fridays[:, None] - days[None, :]).astype(np.int64)
    return np.asarray(((away >= 1) & (away <= 4)).any(axis=0), dtype=bool)


def _good_friday(year: int) -> dt.date:
    """The first national holiday on a Friday from 20 March on (21 April may be one as well)."""
    first = dt.date(year, 3, 20)
    return min(day for day in national_holidays(year) if day >= first and day.weekday() == 4)


def _elections(parts: _Columns, year: npt.NDArray[np.int64], month: npt.NDArray[np.int64]) -> None:
    """July to October of general and of municipal election years (Lei 9.504, art. 73)."""
    window = (month >= 6) & (month <= 9)
    for remainder in (0, 2):
        mine = window & (year % 4 == remainder)
        if len(np.unique(year[mine])) > 1:  # one election can't be told from a change of level
            parts.add(mine, 0.3)


def monthly(days: Days, step: int = 1) -> Design:
    """Columns for a series of months (or several months a point), each on its first day."""
    parts = _Columns(len(days))
    month = days.astype("datetime64[M]").astype(np.int64)
    years = (month[-1] - month[0] + step) / 12
    if step >= 12 or years < YEARS_FOR_SEASONS:
        return parts.design(np.ones(len(days), dtype=bool))
    for one in np.unique(month % 12):
        parts.add(month % 12 == one, 1.0)
    if step == 1:
        parts.add(_standard(np.log(_working_days(days))), 0.2)
    _elections(parts, month // 12 + 1970, month % 12)
    return parts.design(np.ones(len(days), dtype=bool))


def _working_days(days: Days) -> Floats:
    """Working days of the months that begin on these days."""
    start = days.astype("datetime64[M]")
    wide = np.arange(start[0].astype("datetime64[D]"), (start[-1] + 1).astype("datetime64[D]"))
    public, optional = days_off(wide)
    works = ((wide.astype(np.int64) + 3) % 7 < 5) & ~public & ~optional
    code = wide.astype("datetime64[M]").astype(np.int64) - start[0].astype(np.int64)
    count = np.bincount(code, weights=works)
    return count[start.astype(np.int64) - start[0].astype(np.int64)]


def _standard(values: Floats) -> Floats:
    return (values - values.mean()) / max(float(values.std()), 1e-9)


def weekly(days: Days, step: int = 1) -> Design:
    """Columns for a series of weeks, each on its first day."""
    parts = _Columns(len(days))
    whole = np.ones(len(days), dtype=bool)
    years = (days[-1] - days[0]).astype(float) / YEAR_DAYS
    if step > 2:
        return parts.design(whole)
    each = days[:, None] + np.arange(7 * step)[None, :]
    flat = each.ravel()
    public, optional = days_off(flat)
    week = ((flat.astype(np.int64) + 3) % 7 < 5).reshape(each.shape)
    off = ((public | optional).reshape(each.shape) & week).sum(axis=1)
    parts.add(off, 0.5)
    day = (each - each.astype("datetime64[M]")).astype(np.int64) + 1
    for low, high in ((1, 7), (8, 14), (15, 21), (22, 28)):
        parts.add((week & (day >= low) & (day <= high)).sum(axis=1) / (5 * step), 0.7)
        parts.add((day[:, 0] >= low) & (day[:, 0] <= high), 0.7)
    for pay_day in (1, *PAY_DAYS):
        parts.add((day == pay_day).any(axis=1), 0.5)
    month = each.astype("datetime64[M]").astype(np.int64) % 12
    strong = 1.0 if years >= YEARS_FOR_SEASONS else 0.3
    for one, low, high in ((11, 10, 31), (11, 20, 31), (0, 1, 20)):
        inside = (month == one) & (day >= low) & (day <= high)
        parts.add((week & inside).sum(axis=1) / (5 * step), strong)
        parts.add(inside[:, 0], 0.5 * strong)
    if years >= YEARS_FOR_SEASONS:
        middle = each[:, each.shape[1] // 2]
        of_year = (middle - middle.astype("datetime64[Y]").astype("datetime64[D]")).astype(float)
        for k in range(1, 5):
            parts.add(np.cos(2 * np.pi * k * of_year / YEAR_DAYS), 0.5)
            parts.add(np.sin(2 * np.pi * k * of_year / YEAR_DAYS), 0.5)
        for one in range(12):
            parts.add((week & (month == one)).sum(axis=1) / (5 * step), 0.4)
        _elections(parts, middle.astype("datetime64[Y]").astype(np.int64) + 1970,
                   middle.astype("datetime64[M]").astype(np.int64) % 12)  # fmt: skip
    return parts.design(whole)


def design(times: pd.DatetimeIndex | None, n: int, unit: str, step: float) -> Design:
    """The calendar of a regular grid; empty without dates and for years."""
    if times is None or unit not in ("dias", "semanas", "meses"):
        return no_calendar(n)
    days = times.to_numpy().astype("datetime64[D]")
    if unit == "meses":
        return monthly(days, int(step))
    if unit == "semanas":
        return weekly(days, int(step))
    return daily(days) if step < 2 else no_calendar(n)
