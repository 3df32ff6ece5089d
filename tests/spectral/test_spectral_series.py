"""Any input becomes a regular grid with the right unit; what is no series is refused."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from cidadao_models.errors import InputError
from cidadao_models.models.spectral_analysis.series import series


def test_a_list_has_no_dates_and_counts_in_samples() -> None:
    one = series([1, 2.5, None, "3"])
    assert one.times is None and one.unit == "amostras" and one.step == 1
    np.testing.assert_array_equal(one.values, [1, 2.5, np.nan, 3])
    assert "não contam como zero" in one.notes[0]


def test_brazilian_text_is_understood() -> None:
    one = series(["R$ 1.234,56", "(10,00)", "-3.000,00", "", "2,5"])
    np.testing.assert_allclose(one.values, [1234.56, -10, -3000, np.nan, 2.5])


@pytest.mark.parametrize(
    ("freq", "unit", "step"),
    [("D", "dias", 1), ("7D", "semanas", 1), ("14D", "semanas", 2), ("MS", "meses", 1),
     ("ME", "meses", 1), ("QS", "meses", 3), ("YS", "anos", 1), ("YE", "anos", 1),
     ("B", "dias", 1.4), ("10D", "dias", 10)],
)  # fmt: skip
def test_the_unit_comes_from_the_dates(freq: str, unit: str, step: float) -> None:
    times = pd.date_range("2015-01-05", periods=40, freq=freq)
    one = series(pd.Series(np.arange(40.0), times))
    assert (one.unit, one.step) == (unit, pytest.approx(step))
    assert one.n == 40 and one.regular


def test_a_missing_day_stays_missing_and_a_zero_stays_zero() -> None:
    times = pd.to_datetime(["2024-01-01", "2024-01-02", "2024-01-04", "2024-01-06"])
    one = series(pd.Series([1.0, 0.0, 2.0, 3.0], times))
    np.testing.assert_array_equal(one.values, [1, 0, np.nan, 2, np.nan, 3])
    assert not one.regular


def test_repeated_dates_are_summed_and_disorder_sorted() -> None:
    dates = ["03/01/2024", "01/01/2024", "02/01/2024", "03/01/2024"]
    one = series([1.0, 2.0, 3.0, -4.0], dates=dates)
    np.testing.assert_array_equal(one.values, [2, 3, -3])
    assert any("somados" in note for note in one.notes)
    assert any("ordenadas" in note for note in one.notes)


def test_points_with_their_own_dates() -> None:
    one = series([{"date": "2024-01-02", "value": "2,5"}, {"data": "2024-01-01", "valor": 1}])
    np.testing.assert_array_equal(one.values, [1, 2.5])


def test_dates_of_every_kind() -> None:
    days = [dt.date(2024, 1, 1), dt.datetime(2024, 1, 2, 15), np.datetime64("2024-01-03"),
            pd.Timestamp("2024-01-04")]  # fmt: skip
    assert series([1, 2, 3, 4], dates=days).n == 4


def test_hours_are_added_up_by_day() -> None:
    times = pd.date_range("2024-01-01", periods=72, freq="h")
    np.testing.assert_array_equal(series(pd.Series(1.0, times)).values, [24, 24, 24])


@pytest.mark.parametrize(
    "bad",
    ["12", b"12", 12, {"a": 1}, [1, "abc"], [1, float("inf")], [1, -np.inf], [1, 1e300], [1, True],
     [1, 2j], [[1, 2], [3, 4]], np.ones((3, 2)), None],
)  # fmt: skip
def test_what_is_no_series_is_refused(bad: object) -> None:
    with pytest.raises(InputError) as caught:
        series(bad)
    assert caught.value.hint


def test_dates_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InputError):
        series([1, 2], dates=["2024-01-01"])
    with pytest.raises(InputError):
        series([1, 2], dates=["x", "y"])


def test_rows_without_a_date_are_left_out_and_counted() -> None:
    one = series([1, 2, 3], dates=["2024-01-01", None, "2024-01-02"])
    assert one.n == 2 and any("sem data" in note for note in one.notes)
