"""Filters and order of the findings, the words typed into them, and the measured pace."""

from __future__ import annotations

import datetime as dt

import pytest
from handmade import finding, report

from cidadao_models.findings import Report
from cidadao_models.ui.filters import (
    Filters,
    amount,
    body_choices,
    filters_of,
    not_understood,
    period,
    select,
    supplier_choices,
)
from cidadao_models.ui.pace import Pace


def made() -> Report:
    return report([
        finding(1, 0.97, valor=50_000.0, data="2023-02-10", fornecedor="Alfa Ltda"),
        finding(2, 0.9, valor=900_000.0, data="2024-03-14", fornecedor="Beta S/A",
                fornecedor_id="11222333000181"),
        finding(3, 0.8, valor=None, data=None, orgao="Secretaria de Saúde"),
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("filters", "rows"),
    [
        (Filters(), [1, 2, 3]),
        (Filters(search="alfa TENDAS"), [1]),
        (Filters(severities=("critical", "medium")), [1, 3]),
        (Filters(signals=("outro",)), []),
        (Filters(body="Secretaria de Saúde"), [3]),
        (Filters(supplier="beta"), [2]),
        (Filters(supplier="11.222.333/0001"), [2]),
        (Filters(since="2024"), [2]),
        (Filters(until="02/2023"), [1]),
        (Filters(since="10/02/2023", until="14/03/2024"), [1, 2]),
        (Filters(minimum="50.000"), [1, 2]),
        (Filters(minimum="R$ 50.000,01"), [2]),
        (Filters(order="value"), [2, 1, 3]),
        (Filters(order="date"), [2, 1, 3]),
        (Filters(since="ontem", minimum="muito"), [1, 2, 3]),
    ],
)
def test_select(filters: Filters, rows: list[int]) -> None:
    assert [found.row for found in select(made(), filters)] == rows


def test_values_of_the_page_become_filters() -> None:
    asked = filters_of(" a ", ["high"], [], None, "", "2023", "2024", "", "value")
    assert asked == Filters("a", ("high",), (), "", "", "2023", "2024", "", "value")
    assert asked.folded == 2


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2023", ((2023, 1, 1), (2023, 12, 31))),
        ("02/2024", ((2024, 2, 1), (2024, 2, 29))),
        ("2024-02", ((2024, 2, 1), (2024, 2, 29))),
        ("14/03/2024", ((2024, 3, 14), (2024, 3, 14))),
        ("31/02/2024", None),
        ("13/2024", None),
        ("0000", None),
        ("março", None),
        ("", None),
    ],
)
def test_period(text: str, days: tuple[tuple[int, int, int], tuple[int, int, int]] | None) -> None:
    assert period(text) == (days and (dt.date(*days[0]), dt.date(*days[1])))


@pytest.mark.parametrize(
    ("text", "value"),
    [("50.000", 50_000.0), ("1.234,56", 1_234.56), ("R$ 10", 10.0), ("", None), ("mil", None)],
)
def test_amount(text: str, value: float | None) -> None:
    assert amount(text) == value


def test_what_is_not_understood_is_said() -> None:
    assert not_understood(Filters(since="2023", minimum="10")) == ""
    said = not_understood(Filters(since="ontem", minimum="muito"))
    assert "ontem" in said and "muito" in said


def test_choices_start_with_all_and_count() -> None:
    assert body_choices(made())[:2] == [
        ("todos os órgãos", ""), ("Secretaria de Cultura (2)", "Secretaria de Cultura"),
    ]  # fmt: skip
    assert ("Alfa Ltda (1)", "Alfa Ltda") in supplier_choices(made())


def test_pace_tells_only_about_amounts_alike() -> None:
    pace = Pace()
    assert pace.expected(1_000) is None
    pace.measured(1_000, 2.0)
    pace.measured(0, 9.0)
    assert pace.expected(2_000) == 4.0
    assert pace.expected(400) == 1.0
    assert pace.expected(100_000) is None and pace.expected(0) is None
    assert pace.left(2_000, 1.5) == 2.5
    assert pace.left(2_000, 5.0) is None
