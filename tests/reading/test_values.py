"""Every way in which real files write amounts, dates, codes and "no value"."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cidadao_models.reading import amounts, dates, values

NAN = math.nan


def column(*cells: str | None) -> pa.Array:
    return pa.array(cells, pa.string())


AMOUNTS = (
    # each column decides its decimal mark once: cells, what they mean
    (("1234,56", "60405,7", "0,0"), (1234.56, 60405.7, 0.0)),
    (("3.610,18", '"1.773.305,12"'), (3610.18, 1773305.12)),
    (("1.173,05", "97,89"), (1173.05, 97.89)),
    (("5100.0", "7294584.00"), (5100.0, 7294584.0)),
    (("25000", "1e+07", "4e+05", "NA"), (25000.0, 1e7, 4e5, NAN)),
    (("1,5e+07", "2,5"), (1.5e7, 2.5)),
    (("R$ 1.234,56", "R$1,00", "R$ -3,00", "-R$ 3,00"), (1234.56, 1.0, -3.0, -3.0)),
    (("R$\u00a01.234,56", "1 234,56"), (1234.56, 1234.56)),
    (("1,234.56", "1,234", "12"), (1234.56, 1234.0, 12.0)),
    (("(1.234,56)", "12,50-", "−7,46"), (-1234.56, -12.5, -7.46)),
    (("361,290000", "12,000000"), (361.29, 12.0)),
    (("1.234", "5.100", "10"), (1234.0, 5100.0, 10.0)),
    (("1.234", "5,10"), (1234.0, 5.1)),
    (("1.234", "5100.5"), (1.234, 5100.5)),
    (("0.123", "0.456"), (0.123, 0.456)),
    (("1.234.567", "12"), (1234567.0, 12.0)),
    (("1.773.305,12", "1173.05"), (1773305.12, 1173.05)),
    (("-", "Sem informação", "NULL", "sigiloso", None, ""), (NAN,) * 6),
)


@pytest.mark.parametrize(("cells", "expected"), AMOUNTS)
def test_amounts_are_read(cells: tuple[str, ...], expected: tuple[float, ...]) -> None:
    clean = amounts.money(column(*cells))
    np.testing.assert_allclose(clean.values, expected)
    assert not len(clean.unreadable)


@pytest.mark.parametrize("cell", ["abc", "87,57%", "Infinity", "1e308", "1.2.3", "12,34,5", "1/2"])
def test_what_is_no_amount_is_reported(cell: str) -> None:
    clean = amounts.money(column("10,00", cell, "20,00"))
    np.testing.assert_allclose(clean.values, [10.0, NAN, 20.0])
    assert clean.unreadable.tolist() == [1]


def test_an_entry_error_is_kept_to_be_found() -> None:
    assert amounts.money(column("15295275720.00")).values[0] == 15295275720.0


def test_typed_numbers_pass_and_infinity_does_not() -> None:
    clean = amounts.money(pa.array([1.5, None, math.inf, math.nan]))
    np.testing.assert_allclose(clean.values, [1.5, NAN, NAN, NAN])
    assert clean.unreadable.tolist() == [2]


def brazilian(value: float) -> str:
    return f"{value:,.2f}".translate(str.maketrans(",.", ".,"))


@given(st.lists(st.integers(-(10**12), 10**12).map(lambda cents: cents / 100), min_size=1))
def test_brazilian_writing_comes_back(written: list[float]) -> None:
    texts = column(*map(brazilian, written))
    np.testing.assert_allclose(amounts.money(texts).values, written)
    dressed = column(*(f"R$ {brazilian(value)}" for value in written))
    np.testing.assert_allclose(amounts.money(dressed).values, written)


@given(st.lists(st.one_of(st.none(), st.text(max_size=12)), max_size=20))
def test_any_column_of_text_survives(cells: list[str | None]) -> None:
    texts = pa.array(cells, pa.string())
    for clean in (amounts.money, dates.date, values.code, values.text, values.document):
        assert len(clean(texts).values) == len(cells)


DATES = (
    ("07/04/2020", "2020-04-07"),
    ("10/04/20", "2020-04-10"),
    ("01/02/1999 00:00", "1999-02-01"),
    ("2020-04-07", "2020-04-07"),
    ("2020-04-07 10:11:12", "2020-04-07T10:11:12"),
    ("2007/11/01 00:00:00.000", "2007-11-01"),
    ("2025-06-17T08:00:00", "2025-06-17T08:00"),
    ("2025-06-17T08:00:00Z", "2025-06-17T08:00"),
    ("2025-06-17T08:00:00.123-03:00", "2025-06-17T08:00"),
    ("12 de maio de 2024", "2024-05-12"),
    ("1º de janeiro de 2024", "2024-01-01"),
    ("12-MAI-2024", "2024-05-12"),
    ("MAI/2024", "2024-05-01"),
    ("05/2024", "2024-05-01"),
    ("2024-05", "2024-05-01"),
    ("202001", "2020-01-01"),
    ("20240131", "2024-01-31"),
    ("31012024", "2024-01-31"),
    ("1583020800", "2020-03-01"),
    ("45000", "2023-03-15"),
)


@pytest.mark.parametrize(("cell", "expected"), DATES)
def test_dates_are_read(cell: str, expected: str) -> None:
    clean = dates.date(column(cell, None))
    assert clean.values[0] == np.datetime64(expected)
    assert np.isnat(clean.values[1])
    assert not len(clean.unreadable) and not len(clean.impossible)


def test_two_writings_in_one_column() -> None:
    clean = dates.date(column("07/04/2020", "10/04/20", "2020-04-30"))
    assert clean.values.astype("M8[D]").astype(str).tolist() == [
        "2020-04-07",
        "2020-04-10",
        "2020-04-30",
    ]


@pytest.mark.parametrize(
    "cell", ["0010-01-01", "0201/05/05 00:00:00.000", "1014-02-03", "31/02/2024", "2024-13-01"]
)
def test_a_date_of_no_calendar_is_missing_and_reported(cell: str) -> None:
    clean = dates.date(column("2024-01-01", cell))
    assert np.isnat(clean.values[1])
    assert clean.impossible.tolist() == [1]
    assert not len(clean.unreadable)


def test_a_far_date_is_kept_and_reported() -> None:
    clean = dates.date(column("01/01/2018", "01/01/2019", "01/01/2060"))
    assert clean.values[2] == np.datetime64("2060-01-01")
    assert clean.improbable.tolist() == [2]


@pytest.mark.parametrize("cell", ["-9223372037", "0000-00-00", "00/00/0000", "NA", "9999-12-31"])
def test_no_date_is_silent(cell: str) -> None:
    clean = dates.date(column("1583020800", cell))
    assert np.isnat(clean.values[1])
    assert not len(clean.unreadable) and not len(clean.impossible)


def test_month_first_only_where_the_column_says_so() -> None:
    assert dates.date(column("12/31/2024", "01/02/2024")).values[1] == np.datetime64("2024-01-02")
    assert dates.date(column("31/12/2024", "01/02/2024")).values[1] == np.datetime64("2024-02-01")


def test_months_say_that_the_day_is_unknown() -> None:
    assert dates.date(column("MAI/2024", "06/2024")).coarse == "mes"
    assert dates.date(column("MAI/2024", "02/06/2024")).coarse == ""


def test_typed_dates() -> None:
    stamps = pa.array([np.datetime64("2024-01-02", "us"), None], pa.timestamp("us"))
    assert dates.date(stamps).values[0] == np.datetime64("2024-01-02")
    assert dates.date(pa.array([45000.0, 45001.0])).values[0] == np.datetime64("2023-03-15")
    assert dates.date(pa.array([202001.0, None])).values[0] == np.datetime64("2020-01-01")


@given(st.lists(st.dates(min_value=np.datetime64("1900-01-01").item()), min_size=1, max_size=20))
def test_brazilian_dates_come_back(days: list) -> None:
    days = [day for day in days if day.year <= 2100]
    texts = pa.array([day.strftime("%d/%m/%Y") for day in days], pa.string())
    assert dates.date(texts).values.astype("M8[D]").tolist() == days


def test_codes_stay_text() -> None:
    cells = ("2E24", "00", "061", "0033", " a  b ", "-99", "-1", "NA")
    expected = ["2E24", "00", "061", "0033", "a b", None, None, None]
    assert values.code(column(*cells)).values.to_pylist() == expected


def test_float_artefacts_of_codes_go_only_together() -> None:
    assert values.code(column("2010,0", "116120,0")).values.to_pylist() == ["2010", "116120"]
    assert values.code(column("2300.0", "12.5")).values.to_pylist() == ["2300.0", "12.5"]
    assert values.code(pa.array([2300.0, None])).values.to_pylist() == ["2300", None]


def test_text_has_single_spaces_and_no_null_words() -> None:
    cells = ("a\u00a0 b\r\nc", "  padded" + " " * 40, "NÃO SE APLICA", "Inexistente", "nana")
    expected = ["a b c", "padded", None, None, "nana"]
    assert values.text(column(*cells)).values.to_pylist() == expected
    long = values.text(column(*(cells * 1000))).values.to_pylist()
    assert long == expected * 1000


def test_documents_come_in_one_form() -> None:
    cells = ("9645889000139", "11144477735", "***002710**", "CPFHf8cd4b43", "0", "-1", None)
    expected = ["09645889000139", "111.444.777-35", "***002710**", "CPFHf8cd4b43", None, None, None]
    assert values.document(column(*cells)).values.to_pylist() == expected
