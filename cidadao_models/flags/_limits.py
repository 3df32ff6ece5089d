"""Legal limits in Brazilian reais and as shares, each with the act it comes from and its dates.

Says which limit held on a day; decides nothing about a purchase. Sources: the texts named in
`act`; `verified` says whether the figure was read in a published source or only agrees with one.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from cidadao_models.flags import _limits_file

Regime = Literal["14.133", "8.666", "13.303"]
REGIMES: tuple[Regime, ...] = ("14.133", "8.666", "13.303")

START_OF_14133 = dt.date(2021, 4, 1)
"""With no stated legal basis, Lei 14.133/2021 is taken to hold from this day on."""

END_OF_8666 = dt.date(2023, 12, 30)
"""Last day on which a purchase could choose Lei 8.666/1993 (LC 198/2023; the day is not verified).
Its contracts go on under it."""

MP_961_START, MP_961_END = dt.date(2020, 5, 7), dt.date(2020, 12, 31)
"""Days when MP 961/2020 (Lei 14.065/2020) raised the limits to 100.000/50.000; not verified."""

MP_961_VALUES = (100_000.00, 50_000.00)
MP_961_NOTE = "MP 961/2020: durante a calamidade de 2020 o limite podia ser maior"


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit that held from `start` on: `value` in R$ (purchases must be below it)."""

    value: float
    act: str
    start: dt.date
    verified: bool
    note: str = ""
    ceiling: float | None = None
    """Highest value that could also have held on that day (MP 961/2020), else None."""


@dataclass(frozen=True, slots=True)
class _Row:
    regime: Regime
    start: dt.date
    works: float
    other: float
    act: str
    verified: bool


@dataclass(frozen=True, slots=True)
class _ModalityRow:
    modality: str
    start: dt.date
    works: float
    other: float
    act: str
    verified: bool


_ROWS: tuple[_Row, ...] = (
    _Row(
        "8.666", dt.date(1998, 5, 28), 15_000.00, 8_000.00, "Lei 8.666/1993, art. 24, I e II", True
    ),
    _Row("8.666", dt.date(2018, 7, 19), 33_000.00, 17_600.00, "Decreto 9.412/2018", True),
    _Row("13.303", dt.date(2016, 7, 1), 100_000.00, 50_000.00, "Lei 13.303/2016, art. 29", False),
    _Row("14.133", START_OF_14133, 100_000.00, 50_000.00, "Lei 14.133/2021, art. 75", True),
    _Row("14.133", dt.date(2022, 1, 1), 108_040.82, 54_020.41, "Decreto 10.922/2021", True),
    _Row("14.133", dt.date(2023, 1, 1), 114_416.65, 57_208.33, "Decreto 11.317/2022", True),
    _Row("14.133", dt.date(2024, 1, 1), 119_812.02, 59_906.02, "Decreto 11.871/2023", False),
    _Row("14.133", dt.date(2025, 1, 1), 125_451.15, 62_725.59, "Decreto 12.343/2024", True),
    _Row("14.133", dt.date(2026, 1, 1), 130_984.20, 65_492.11, "Decreto 12.807/2025", True),
)
"""Direct award by value: works, engineering and vehicle upkeep (I); other purchases (II)."""

ADDITION_SHARE = 0.25
"""Largest addition, as a share of the updated initial value (Lei 14.133/2021, art. 125; Lei
8.666/1993, art. 65, § 1º; verified)."""

REFURBISHMENT_SHARE = 0.50
"""The same for refurbishing a building or equipment (same articles; verified)."""

DAYS_PER_YEAR = 365.25

LONGEST_TERM_YEARS = 35
"""Longest contract term, with investment (Lei 14.133/2021, art. 110, II; not verified)."""

_YEARS = (
    (START_OF_14133, "Lei 14.133/2021"),
    (dt.date(2022, 1, 1), "Decreto 10.922/2021"),
    (dt.date(2023, 1, 1), "Decreto 11.317/2022"),
    (dt.date(2024, 1, 1), "Decreto 11.871/2023"),
    (dt.date(2025, 1, 1), "Decreto 12.343/2024"),
    (dt.date(2026, 1, 1), "Decreto 12.807/2025"),
)
"""Start and act of each yearly update of the amounts of Lei 14.133/2021 (art. 182)."""

Amount = Literal["grande_vulto", "veiculos", "pronto_pagamento"]

_AMOUNTS: dict[Amount, tuple[str, tuple[float, ...], tuple[int, ...]]] = {
    "grande_vulto": (
        "art. 6º, XXII",
        (200e6, 216_081_640.00, 228_833_309.04, 239_624_058.14, 250_902_323.87, 261_968_421.04),
        (0, 3),
    ),
    "veiculos": (
        "art. 75, § 7º",
        (8_000.00, 8_643.27, 9_153.34, 9_584.97, 10_036.10, 10_478.74),
        (0, 3),
    ),
    "pronto_pagamento": (
        "art. 95, § 2º",
        (10_000.00, 10_804.08, 11_441.66, 11_981.20, 12_545.11, 13_098.41),
        (3,),
    ),
}  # fmt: skip
"""Article, amounts (R$) in the years of `_YEARS`, and which of these are not verified: value from
which a contract is very large; upkeep of vehicles that is not added up; small prompt purchases."""

MODALITY_START = dt.date(1998, 5, 28)

_MODALITIES: tuple[_ModalityRow, ...] = (
    _ModalityRow(
        "convite", MODALITY_START, 150_000.0, 80_000.0,
        "Lei 8.666/1993, art. 23, I, a, e II, a", True,
    ),
    _ModalityRow(
        "convite", dt.date(2018, 7, 19), 330_000.0, 176_000.0, "Decreto 9.412/2018", True
    ),
    _ModalityRow(
        "tomada_precos", MODALITY_START, 1_500_000.0, 650_000.0,
        "Lei 8.666/1993, art. 23, I, b, e II, b", True,
    ),
    _ModalityRow(
        "tomada_precos", dt.date(2018, 7, 19), 3_300_000.0, 1_430_000.0, "Decreto 9.412/2018", True
    ),
)  # fmt: skip
"""Highest value (R$) of a modality of Lei 8.666/1993; above the last one only concorrência."""


def stated_regime(text: str) -> Regime | None:
    """The law that a legal basis names, by number or by article; None when it names none.

    "Art. 75, II" -> "14.133"; "Lei 8.666/93" -> "8.666"; "dispensa" -> None.
    """
    for regime, pattern in _NAMES:
        if pattern.search(text):
            return regime
    return None


_NAMES: tuple[tuple[Regime, re.Pattern[str]], ...] = (
    ("13.303", re.compile(r"13\.?303")),
    ("14.133", re.compile(r"14\.?133")),
    ("8.666", re.compile(r"8\.?666")),
    ("14.133", re.compile(r"(?i)\bart\w*\.?\s*7[45]\b")),
    ("8.666", re.compile(r"(?i)\bart\w*\.?\s*2[45]\b")),
)


def dispensa_limit(
    date: dt.date | np.datetime64 | str,
    *,
    works: bool,
    legal_basis: str | None = None,
    rows: tuple[_Row, ...] | None = None,
) -> Limit:
    """The limit of a direct award by value that held on `date`.

    `works`: works, engineering services or vehicle upkeep (item I) rather than other purchases
    (item II). A stated `legal_basis` wins; without one, Lei 14.133 from 1 April 2021 on and Lei
    8.666 before. `date` may be ISO text. ValueError on a text that is no date.
    """
    day = _day(date)
    regime = stated_regime(legal_basis or "")
    if regime is None:
        regime = "14.133" if day >= START_OF_14133 else "8.666"
    of_law = [row for row in rows or table() if row.regime == regime]
    row = max((r for r in of_law if r.start <= day), key=lambda r: r.start, default=of_law[0])
    raised = regime == "8.666" and MP_961_START <= day <= MP_961_END
    return Limit(
        value=row.works if works else row.other,
        act=row.act,
        start=row.start,
        verified=row.verified,
        note=MP_961_NOTE if raised else "",
        ceiling=MP_961_VALUES[0 if works else 1] if raised else None,
    )


def _day(date: dt.date | np.datetime64 | str) -> dt.date:
    if isinstance(date, dt.datetime):
        return date.date()
    if isinstance(date, dt.date):
        return date
    return dt.date.fromisoformat(str(date)[:10])


def dispensa_limits(
    days: npt.NDArray[np.datetime64],
    works: npt.NDArray[np.bool_],
    regimes: npt.NDArray[np.int64],
) -> npt.NDArray[np.float64]:
    """`dispensa_limit(...)` over n rows, with the higher value in the MP 961/2020 window.

    `regimes` holds positions in `REGIMES`, -1 where no law is stated. NaT gives NaN.
    """
    start = np.datetime64(START_OF_14133, "D")
    regime = np.where(regimes >= 0, regimes, np.where(days >= start, 0, 1))
    values = np.full(len(days), np.nan)
    for position, name in enumerate(REGIMES):
        rows = np.flatnonzero(regime == position)
        if len(rows):
            values[rows] = _of_law(name, days[rows], works[rows])
    values[np.isnat(days)] = np.nan
    return values


def _of_law(
    name: Regime, days: npt.NDArray[np.datetime64], works: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    of_law = [row for row in table() if row.regime == name]
    starts = np.array([row.start for row in of_law], dtype="datetime64[D]")
    at = np.maximum(np.searchsorted(starts, days, side="right") - 1, 0)
    amounts = np.array([(row.works, row.other) for row in of_law])[at]
    if name == "8.666":
        raised = (days >= np.datetime64(MP_961_START)) & (days <= np.datetime64(MP_961_END))
        amounts[raised] = MP_961_VALUES
    return np.asarray(np.where(works, amounts[:, 0], amounts[:, 1]))


def _amounts(name: Amount) -> list[Limit]:
    """Every figure of one yearly amount by date, those of the limits file included."""
    article, values, doubtful = _AMOUNTS[name]
    rows = {
        start: Limit(value, f"{act}, {article}" if not i else act, start, i not in doubtful)
        for i, ((start, act), value) in enumerate(zip(_YEARS, values, strict=True))
    }
    for entry in _limits_file.entries("valor"):
        if entry["nome"] not in _AMOUNTS:
            raise ValueError(f"valor table: nome is one of {sorted(_AMOUNTS)}")
        if entry["nome"] == name:
            start = entry["desde"]
            rows[start] = Limit(float(entry["valor"]), entry["ato"], start, False)
    return [rows[start] for start in sorted(rows)]


def yearly_amount(name: Amount, date: dt.date | None = None) -> Limit:
    """An amount of Lei 14.133/2021 on `date`: the newest without a date, the first before all."""
    rows = _amounts(name)
    return _newest(rows, date or dt.date.max)


def large_contract(date: dt.date | None = None) -> tuple[float, str]:
    """Value (R$) and act of a very large contract on `date`; the newest figure without a date."""
    limit = yearly_amount("grande_vulto", date)
    return limit.value, limit.act


def _newest(rows: list[Limit], day: dt.date) -> Limit:
    return max((row for row in rows if row.start <= day), key=lambda r: r.start, default=rows[0])


def modality_limit(
    modality: str, date: dt.date | np.datetime64 | str, *, works: bool
) -> Limit | None:
    """Highest value of a modality of Lei 8.666/1993 on `date`; None where the law sets none.

    `modality`: a class of `records.modality_class`; only "convite" and "tomada_precos" have one.
    Whether that law rules the purchase is for the caller to say.
    """
    day = _day(date)
    held = [row for row in modality_table() if row.modality == modality and row.start <= day]
    if not held or (held[-1].start < START_OF_14133 and day > END_OF_8666):
        return None
    row = held[-1]
    return Limit(row.works if works else row.other, row.act, row.start, row.verified)


def modality_limits(
    modality: str,
    days: npt.NDArray[np.datetime64],
    works: npt.NDArray[np.bool_],
    regimes: npt.NDArray[np.int64],
) -> npt.NDArray[np.float64]:
    """`modality_limit(...)` over n rows ruled by Lei 8.666/1993, NaN elsewhere.

    `regimes` holds positions in `REGIMES`, -1 where no law is stated: such rows count until
    Lei 14.133/2021 starts. NaT gives NaN.
    """
    old = REGIMES.index("8.666")
    ruled = (regimes == old) | ((regimes < 0) & (days < np.datetime64(START_OF_14133)))
    values = np.full(len(days), np.nan)
    rows = [row for row in modality_table() if row.modality == modality]
    starts = np.array([row.start for row in rows], dtype="datetime64[D]")
    held = np.searchsorted(starts, days, side="right") - 1
    for k, row in enumerate(rows):
        at = ruled & (held == k)
        if row.start < START_OF_14133:
            at &= days <= np.datetime64(END_OF_8666)
        values[at] = np.where(works[at], row.works, row.other)
    return values


@lru_cache(maxsize=1)
def modality_table() -> tuple[_ModalityRow, ...]:
    """Limits of the modalities by name and date, those of the limits file included."""
    added = tuple(
        _ModalityRow(
            entry["modalidade"], entry["desde"], float(entry["obras"]), float(entry["outros"]),
            entry["ato"], False,
        )
        for entry in _limits_file.entries("modalidade")
    )  # fmt: skip
    newest = {(row.modality, row.start): row for row in _MODALITIES + added}
    return tuple(newest[key] for key in sorted(newest))


@lru_cache(maxsize=1)
def table() -> tuple[_Row, ...]:
    """All rows by law and date: the built-in ones and those of the limits file."""
    return _sorted(_ROWS + _rows(_limits_file.entries("dispensa")))


def _sorted(rows: tuple[_Row, ...]) -> tuple[_Row, ...]:
    newest = {(row.regime, row.start): row for row in rows}
    return tuple(newest[key] for key in sorted(newest))


def read_limits(path: Path) -> tuple[_Row, ...]:
    """Direct award rows of a limits file; one of the same law and day replaces the built-in one.

    ValueError on unknown or missing keys or an unknown law.
    """
    return _rows(_limits_file.read(path).get("dispensa", ()))


def _rows(entries: Iterable[dict[str, Any]]) -> tuple[_Row, ...]:
    rows = []
    for entry in entries:
        if entry["lei"] not in REGIMES:
            raise ValueError(f"dispensa table: lei is one of {REGIMES}")
        works, other = float(entry["obras"]), float(entry["outros"])
        rows.append(_Row(entry["lei"], entry["desde"], works, other, entry["ato"], False))
    return tuple(rows)
