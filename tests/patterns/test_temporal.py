"""Year-end rush, days off and bursts: calendars, null rates, planted events, hostile series."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from honest import honest_contracts

from cidadao_models import flags
from cidadao_models.models.pattern_analysis import temporal
from cidadao_models.models.pattern_analysis.temporal import (
    contracts,
    december,
    national_holidays,
    series,
    without_office_hours,
)


@pytest.mark.parametrize(
    "day",
    ["2024-03-29", "2025-04-18", "2026-04-03", "2000-04-21", "2024-11-20", "2025-12-25"],
)
def test_holidays(day: str) -> None:
    date = dt.date.fromisoformat(day)
    assert date in national_holidays(date.year)


def test_consciousness_day_counts_from_2024_on() -> None:
    assert dt.date(2023, 11, 20) not in national_holidays(2023)


def test_days_without_office_hours_equal_a_loop() -> None:
    days = np.arange(np.datetime64("2023-12-01"), np.datetime64("2025-02-01"))
    naive = [
        d.weekday() >= 5 or d in national_holidays(d.year) for d in days.astype(dt.date).tolist()
    ]
    assert without_office_hours(days).tolist() == naive


def autoregressive(rng: np.random.Generator, n: int) -> np.ndarray:
    x = np.zeros(n + 40)
    for i in range(1, len(x)):
        x[i] = 0.8 * x[i - 1] + rng.normal()
    return x[40:]


NOISE: dict[str, Callable[[np.random.Generator, int], np.ndarray]] = {
    "normal": lambda rng, n: rng.normal(0, 1, n),
    "positive": lambda rng, n: rng.normal(100, 15, n),
    "lognormal": lambda rng, n: rng.lognormal(10, 0.8, n),
    "exponential": lambda rng, n: rng.exponential(1, n),
    "counts": lambda rng, n: rng.poisson(20, n) + 1.0,
    "red": autoregressive,
}


@pytest.mark.parametrize("kind", NOISE)
@pytest.mark.parametrize("n", [12, 24, 60])
def test_silent_on_noise(kind: str, n: int) -> None:
    rng = np.random.default_rng(0)
    alarms = [bool(series({"time_series": NOISE[kind](rng, n).tolist()})[0]) for _ in range(100)]
    assert np.mean(alarms) <= 0.08  # 5 % and the spread of 100 runs


def test_a_spike_is_found_at_its_place() -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(100, 10, 48)
    values[30] = 1_000
    found, notes = series({"time_series": values.tolist()})
    assert [p["rows"] for p in found] == [[30]] and not notes
    assert found[0]["facts"]["value"] == 1_000 and found[0]["facts"]["point"] == 31


def test_dated_points_are_added_up_by_month() -> None:
    points = [
        {"date": f"05/{1 + i % 12:02d}/{2022 + i // 12}", "value": "R$ 1.234,56"} for i in range(36)
    ]
    points.append({"date": "2023-06-20", "value": 90_000})
    found, _ = series({"time_series": points})
    assert len(found) == 1 and set(found[0]["rows"]) == {17, 36}


def test_categories_split_the_series() -> None:
    rng = np.random.default_rng(2)
    values = np.concatenate([rng.normal(10, 1, 24), rng.normal(1_000, 50, 24)])
    values[5] = 100
    names = ["a"] * 24 + ["b"] * 24
    found, _ = series({"time_series": values.tolist(), "categories": names})
    assert [p["rows"] for p in found] == [[5]]
    _, notes = series({"time_series": values.tolist(), "categories": ["a"]})
    assert any("categorias" in note.reason for note in notes)


@pytest.mark.parametrize(
    "data",
    [
        {}, {"time_series": None}, {"time_series": "1,2,3"}, {"time_series": []},
        {"time_series": [1, 2, 3]}, {"time_series": [None, "x", float("nan"), float("inf"), {}]},
        {"time_series": [{"date": "31/02/2024", "value": "abc"}] * 20},
    ],
)  # fmt: skip
def test_hostile_series_give_a_reason(data: dict[str, object]) -> None:
    found, notes = series(data)
    assert not found and notes


@pytest.mark.parametrize("value", [0.0, 5.0, -3.0])
def test_a_constant_has_no_burst(value: float) -> None:
    assert series({"time_series": [value] * 40}) == ([], [])


def test_december_null_and_its_own_past() -> None:
    rng = np.random.default_rng(3)
    p = [december(rng.lognormal(10, 0.8, (4, 12))).p_value for _ in range(800)]  # type: ignore[union-attr]
    assert 0.025 <= np.mean(np.array(p) < 0.05) <= 0.075
    always = rng.lognormal(10, 0.1, (4, 12))
    always[:, -1] *= 6
    usual = december(always)
    assert usual is not None and usual.p_value > 0.01
    always[-1, -1] *= 5
    rush = december(always)
    assert rush is not None and rush.p_value < 1e-3 and rush.share > rush.past_share
    assert december(always[:2]) is None and december(np.zeros((4, 12))) is None


def history(seed: int = 0, years: int = 4) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    n = 1_500 * years
    day = np.datetime64("2021-01-01") + rng.integers(0, 365 * years + 1, n).astype("m8[D]")
    weekday = np.is_busday(day)
    return pd.DataFrame(
        {
            "orgao": [f"Orgão {b}" for b in rng.integers(0, 5, n)],
            "valor": rng.lognormal(9, 0.8, n).round(2),
            "data": np.where(weekday, day, day + 2),
        }
    )


def ids(found: list[dict[str, object]]) -> set[tuple[object, object]]:
    return {(p["id"], p["facts"]["buyer"]) for p in found}  # type: ignore[index]


def test_planted_rush_days_off_and_burst() -> None:
    table = history()
    rush = (table["orgao"] == "Orgão 1") & (table["data"] >= "2024-12-01")
    table.loc[rush, "valor"] *= 12
    burst = (table["orgao"] == "Orgão 2") & (table["data"].dt.strftime("%Y-%m") == "2022-07")
    table.loc[burst, "valor"] *= 15
    off = table.index[table["orgao"] == "Orgão 3"][::5]
    sunday = table.loc[off, "data"] - pd.to_timedelta(
        table.loc[off, "data"].dt.day_of_week + 1, "D"
    )
    table.loc[off, "data"] = sunday
    found, _ = contracts(flags.prepare(table))
    assert {
        (temporal.RUSH_ID, "Orgão 1"), (temporal.BURST_ID, "Orgão 2"), (temporal.OFF_ID, "Orgão 3"),
    } <= ids(found)  # fmt: skip
    month = next(p for p in found if p["facts"]["buyer"] == "Orgão 2")
    assert month["facts"]["month"] == "07/2022"
    assert month["facts"]["value"] == pytest.approx(table.loc[burst, "valor"].sum())


@pytest.mark.parametrize("flavour", ["contratos", "pagamentos", "licitacoes"])
def test_honest_files_stay_silent(flavour: str) -> None:
    files = [flags.prepare(honest_contracts(2_000, seed, flavour=flavour)) for seed in range(8)]
    assert sum(bool(contracts(prepared)[0]) for prepared in files) <= 1


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame(),
        pd.DataFrame({"valor": [1.0, 2.0]}),
        pd.DataFrame({"data": pd.to_datetime([None, None]), "valor": [1.0, 2.0]}),
        pd.DataFrame({"data": pd.to_datetime(["2024-05-02"] * 50), "valor": [-1.0, np.nan] * 25}),
        pd.DataFrame({"data": pd.to_datetime(["1700-01-01", "2200-01-01"])}),
    ],
)
def test_hostile_tables_give_a_reason(table: pd.DataFrame) -> None:
    found, notes = contracts(flags.prepare(table))
    assert not found and {note.id for note in notes} == {
        temporal.RUSH_ID, temporal.OFF_ID, temporal.BURST_ID,
    }  # fmt: skip
