"""Working days: known holidays, and counts that equal a loop over the days."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from cidadao_models.flags import _calendar
from cidadao_models.flags._calendar import after_working_days, days_off, holiday_names, working_days


def days(*texts: str) -> np.ndarray:
    return np.array(texts, dtype="datetime64[D]")


@pytest.mark.parametrize(
    ("day", "uf", "optional", "off"),
    [
        ("2024-03-29", "", False, True),  # Good Friday
        ("2024-02-13", "", False, False),  # Carnival is an optional day off
        ("2024-02-13", "", True, True),
        ("2024-05-30", "", True, True),  # Corpus Christi
        ("2024-11-20", "", False, True),
        ("2023-11-20", "", False, False),
        ("2023-11-20", "RJ", False, True),
        ("2024-07-09", "SP", False, True),
        ("2024-07-09", "XX", False, False),
        ("2024-07-06", "", False, True),  # a Saturday
        ("NaT", "", False, False),
    ],
)
def test_days_off(day: str, uf: str, optional: bool, off: bool) -> None:
    assert days_off(days(day), uf, optional=optional).tolist() == [off]


def test_holidays_have_names_in_portuguese() -> None:
    assert holiday_names()[dt.date(2024, 9, 7)] == "Independência do Brasil"


def test_national_holidays_equal_a_list_by_hand() -> None:
    by_hand = ["01-01", "04-18", "04-21", "05-01", "09-07", "10-12", "11-02", "11-15", "11-20"]
    expected = [dt.date.fromisoformat(f"2025-{day}") for day in [*by_hand, "12-25"]]
    assert list(_calendar.national_holidays(2025)) == expected


@pytest.mark.parametrize("optional", [False, True])
def test_working_days_equal_a_loop(optional: bool) -> None:
    rng = np.random.default_rng(0)
    start = np.datetime64("2019-12-01") + rng.integers(0, 2000, 60).astype("m8[D]")
    end = start + rng.integers(0, 90, 60).astype("m8[D]")
    got = working_days(start, end, optional=optional)
    for first, last, n in zip(start, end, got, strict=True):
        between = np.arange(first + 1, last + 1)
        assert n == (~days_off(between, optional=optional)).sum()


def test_unknown_days_count_nothing() -> None:
    assert working_days(days("NaT", "2024-01-02"), days("2024-01-02", "NaT")).tolist() == [0, 0]
    assert np.isnat(after_working_days(days("NaT"), 5)).all()


def test_the_nth_working_day_is_that_many_days_away() -> None:
    start = days("2024-02-09", "2024-02-10", "2024-12-20")
    for n in (1, 5, 20):
        after = after_working_days(start, n)
        assert working_days(start, after, optional=True).tolist() == [n] * 3
    assert after_working_days(days("2024-02-09"), 1).tolist() == [dt.date(2024, 2, 15)]
