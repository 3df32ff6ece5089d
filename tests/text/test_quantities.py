"""Amounts, shares, periods and dates as contract texts write them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cidadao_models.models.text_analysis import quantities
from cidadao_models.models.text_analysis.folding import fold_text


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("12 (doze) meses", 12, "meses"),
        ("doze meses", 12, "meses"),
        ("180 (cento e oitenta) dias corridos", 180, "dias"),
        ("cento e oitenta dias", 180, "dias"),
        ("vinte e quatro meses", 24, "meses"),
        ("um ano", 1, "anos"),
        ("5 ANOS", 5, "anos"),
        ("1 mês", 1, "meses"),
    ],
)
def test_periods(text: str, amount: int, unit: str) -> None:
    found = list(quantities.periods(fold_text(text)))
    assert [(one.amount, one.unit) for one in found] == [(amount, unit)]


@pytest.mark.parametrize("text", ["3,5 meses", "meses", "2 meninos", "dias úteis", "zero dias"])
def test_what_is_no_period(text: str) -> None:
    assert list(quantities.periods(fold_text(text))) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("25%", 0.25),
        ("12,5 %", 0.125),
        ("vinte e cinco por cento", 0.25),
        ("25 (vinte e cinco) por cento", 0.25),
        ("cem por cento", 1.0),
    ],
)
def test_shares(text: str, value: float) -> None:
    assert [one.value for one in quantities.shares(fold_text(text))] == pytest.approx([value])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("R$ 1.234,56 (mil duzentos e trinta e quatro reais)", 1234.56),
        ("R$644.500", 644500.0),
        ("5.225,00", 5225.0),
        ("sem valor", None),
        ("R$ 0,00", None),
    ],
)
def test_money(text: str, value: float | None) -> None:
    assert quantities.money(text) == value


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("24/04/2019", dt.date(2019, 4, 24)),
        ("1º de março de 2020", dt.date(2020, 3, 1)),
        ("24.4.19", dt.date(2019, 4, 24)),
        ("10-12-1998", dt.date(1998, 12, 10)),
        ("2 de MARÇO de 2021", dt.date(2021, 3, 2)),
        ("2020-01-05", dt.date(2020, 1, 5)),
        ("31/02/2020", None),
    ],
)
def test_dates(text: str, day: dt.date | None) -> None:
    assert [one.date for one in quantities.dates(fold_text(text))] == [day]


@pytest.mark.parametrize("text", ["00145-00000177/2021-12", "12/2024", "3.3.90.39.2021", "1/2/3/4"])
def test_what_is_no_date(text: str) -> None:
    assert list(quantities.dates(text)) == []


@given(st.integers(1, 999))
def test_numbers_in_words_come_back(n: int) -> None:
    assert quantities.in_words(spelt(n)) == n


def spelt(n: int) -> str:
    parts = []
    if n == 100:
        return "cem"
    if n >= 100:
        parts.append(quantities._HUNDREDS[n // 100 - 1])
        n %= 100
    if n >= 20:
        parts.append(quantities._TENS[n // 10 - 2])
        n %= 10
    if n:
        parts.append(quantities._UNITS[n])
    return " e ".join(parts)


@given(st.dates(dt.date(1990, 1, 1), dt.date(2100, 1, 1)), st.integers(1, 600))
def test_a_period_of_months_ends_the_day_before(start: dt.date, months: int) -> None:
    end = quantities.Period(months, "meses", 0, 1).after(start)
    assert end is not None
    later = quantities.add_months(start, months)
    assert end == later - dt.timedelta(days=1)
    assert later.day <= start.day


def test_a_period_past_the_calendar_has_no_end() -> None:
    assert quantities.Period(9999, "anos", 0, 1).after(dt.date(2024, 1, 1)) is None
