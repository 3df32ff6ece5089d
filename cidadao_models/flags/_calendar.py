"""Brazilian working days: weekends, national and state holidays, optional days off.

Knows nothing of city holidays, strikes or the hours of a body. The days come from the library
`holidays`, loaded when first asked for.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Days = npt.NDArray[np.datetime64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

FIRST_YEAR, LAST_YEAR = 1990, 2045
"""Years whose holidays are listed at once for counting working days."""

STATES = frozenset(
    "AC AL AM AP BA CE DF ES GO MA MG MS MT PA PB PE PI PR RJ RN RO RR RS SC SE SP TO".split()
)


@lru_cache(maxsize=256)
def national_holidays(year: int) -> tuple[dt.date, ...]:
    """National holidays of a year, with Good Friday and, from 2024 on, 20 November.

    Carnival and Corpus Christi are optional days off and not among them (see `holiday_days`).
    """
    return tuple(sorted(_listed((year,), "", optional=False)))


def _listed(years: tuple[int, ...], uf: str, *, optional: bool) -> dict[dt.date, str]:
    import holidays

    found = holidays.country_holidays(
        "BR",
        subdiv=uf or None,
        years=years,
        categories=("public", "optional") if optional else ("public",),
        language="pt_BR",
    )
    return dict(found.items())


@lru_cache(maxsize=64)
def holiday_names(uf: str = "", *, optional: bool = False) -> dict[dt.date, str]:
    """Name of each holiday from `FIRST_YEAR` to `LAST_YEAR`, those of a state where `uf` is one.

    `optional`: also Carnival, Ash Wednesday, Corpus Christi, 28 October and the last days of
    December, when public bodies often close by decree.
    """
    years = tuple(range(FIRST_YEAR, LAST_YEAR + 1))
    return _listed(years, uf if uf in STATES else "", optional=optional)


@lru_cache(maxsize=64)
def _week(uf: str, optional: bool) -> np.busdaycalendar:
    days = np.array(sorted(holiday_names(uf, optional=optional)), dtype="datetime64[D]")
    return np.busdaycalendar(holidays=days)


def days_off(days: Days, uf: str = "", *, optional: bool = False) -> Bools:
    """Whether each day (NaT: no) is a Saturday, a Sunday or a holiday from 1990 to 2045."""
    known = ~np.isnat(days)
    off = np.zeros(len(days), dtype=bool)
    off[known] = ~np.is_busday(days[known], busdaycal=_week(uf, optional))
    return off


def working_days(start: Days, end: Days, uf: str = "", *, optional: bool = False) -> Ints:
    """Working days after `start` up to and with `end` (Lei 14.133/2021, art. 183); 0 with NaT.

    Negative where `end` comes before `start`. Without `optional` days off the count is the
    highest that the calendar allows.
    """
    known = ~(np.isnat(start) | np.isnat(end))
    count = np.zeros(len(start), dtype=np.int64)
    one = np.timedelta64(1, "D")
    week = _week(uf, optional)
    count[known] = np.busday_count(start[known] + one, end[known] + one, busdaycal=week)
    return count


def after_working_days(start: Days, n: int | Ints, uf: str = "", *, optional: bool = True) -> Days:
    """The n-th working day after each day; the latest that the calendar allows. NaT stays NaT."""
    known = ~np.isnat(start)
    answer = np.full(len(start), np.datetime64("NaT"), dtype="datetime64[D]")
    week = _week(uf, optional)
    offset = np.broadcast_to(n, len(start))[known]
    answer[known] = np.busday_offset(start[known], offset, roll="backward", busdaycal=week)
    return answer


def without_office_hours(days: Days) -> Bools:
    """Whether each day of any year is a Saturday, a Sunday or a national holiday; none is NaT."""
    years = np.unique(days.astype("datetime64[Y]").astype(np.int64)) + 1970
    holidays = [
        np.datetime64(d) for y in years if 1 <= y <= 9999 for d in national_holidays(int(y))
    ]
    return ~np.is_busday(days, holidays=holidays)
