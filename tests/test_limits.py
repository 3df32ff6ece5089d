"""The dated legal limits: every figure on its first and last day, and the law that is stated."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from cidadao_models.flags import _limits
from cidadao_models.flags._limits import dispensa_limit, dispensa_limits, stated_regime

TABLE = [
    ("2018-07-18", None, 15_000.00, 8_000.00),
    ("2018-07-19", None, 33_000.00, 17_600.00),
    ("2021-03-31", None, 33_000.00, 17_600.00),
    ("2021-04-01", None, 100_000.00, 50_000.00),
    ("2021-12-31", None, 100_000.00, 50_000.00),
    ("2022-01-01", None, 108_040.82, 54_020.41),
    ("2023-06-01", None, 114_416.65, 57_208.33),
    ("2024-06-01", None, 119_812.02, 59_906.02),
    ("2025-06-01", None, 125_451.15, 62_725.59),
    ("2026-01-01", None, 130_984.20, 65_492.11),
    ("2022-08-01", "Lei 8.666/93, art. 24, II", 33_000.00, 17_600.00),
    ("2023-03-01", "art. 24, inciso II", 33_000.00, 17_600.00),
    ("2021-02-01", "Lei nº 14.133/2021", 100_000.00, 50_000.00),
]


@pytest.mark.parametrize(("day", "basis", "works", "other"), TABLE)
def test_limit_of_a_day(day: str, basis: str | None, works: float, other: float) -> None:
    date = dt.date.fromisoformat(day)
    assert dispensa_limit(date, works=True, legal_basis=basis).value == works
    assert dispensa_limit(date, works=False, legal_basis=basis).value == other
    assert dispensa_limit(day, works=False, legal_basis=basis).act


def test_takes_datetimes_and_numpy_dates() -> None:
    for date in (dt.datetime(2026, 5, 4, 8), np.datetime64("2026-05-04T08:00"), "2026-05-04"):
        assert dispensa_limit(date, works=False).act == "Decreto 12.807/2025"


def test_the_pandemic_window_is_told() -> None:
    limit = dispensa_limit(dt.date(2020, 8, 1), works=False)
    assert (limit.value, limit.ceiling) == (17_600.00, 50_000.00)
    assert "961/2020" in limit.note
    assert dispensa_limit(dt.date(2020, 3, 1), works=False).note == ""


def test_every_figure_says_its_act_and_whether_it_was_verified() -> None:
    assert all(row.act and isinstance(row.verified, bool) for row in _limits.table())
    assert not dispensa_limit(dt.date(2024, 5, 1), works=True).verified


@pytest.mark.parametrize(
    ("text", "regime"),
    [
        ("Lei 14.133/2021, Art. 75, II", "14.133"),
        ("ART. 24, II DA LEI 8.666", "8.666"),
        ("Lei 13.303/2016", "13.303"),
        ("artigo 75, inciso I", "14.133"),
        ("Dispensa", None),
        ("Processo 2475/2024", None),
        ("", None),
    ],
)
def test_stated_regime(text: str, regime: str | None) -> None:
    assert stated_regime(text) == regime


def test_many_rows_agree_with_one_at_a_time() -> None:
    rng = np.random.default_rng(0)
    days = np.datetime64("2015-01-01") + rng.integers(0, 4300, 300).astype("m8[D]")
    works, regimes = rng.random(300) < 0.5, rng.integers(-1, len(_limits.REGIMES), 300)
    got = dispensa_limits(days, works, regimes)
    for day, work, regime, value in zip(days, works, regimes, got, strict=True):
        basis = f"Lei {_limits.REGIMES[regime]}" if regime >= 0 else None
        limit = dispensa_limit(day, works=bool(work), legal_basis=basis)
        assert value == (limit.ceiling or limit.value)
    assert np.isnan(dispensa_limits(np.array(["NaT"], "M8[D]"), works[:1], regimes[:1])).all()


def test_a_file_extends_the_table(tmp_path: Path) -> None:
    path = tmp_path / "limites.toml"
    path.write_text(
        '[[dispensa]]\nlei = "14.133"\ndesde = 2027-01-01\nobras = 137000.0\noutros = 68500.0\n'
        'ato = "Portaria"\n',
        encoding="utf-8",
    )
    rows = _limits.table() + _limits.read_limits(path)
    limit = dispensa_limit(dt.date(2027, 2, 1), works=False, rows=rows)
    assert (limit.value, limit.act, limit.verified) == (68_500.0, "Portaria", False)
    path.write_text("[[dispensa]]\nlei = '14.133'\nvalor = 1\n", encoding="utf-8")
    with pytest.raises(ValueError, match="dispensa table"):
        _limits.read_limits(path)


def test_large_contract() -> None:
    assert _limits.large_contract(dt.date(2023, 5, 1))[0] == 228_833_309.04
    assert _limits.large_contract()[1] == "Decreto 12.807/2025"
