"""Any list of amounts becomes values on a regular grid whose unit is read off the dates.

A missing point stays missing (NaN) and is never zero; estornos keep their sign. Judges no value.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from cidadao_models.errors import InputError
from cidadao_models.findings import words
from cidadao_models.reading import amounts as written_amounts
from cidadao_models.reading import dates as written_dates

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]

LARGEST = 1e18
"""Beyond it a number is no amount of any currency; squares of such numbers would overflow."""

MAX_POINTS = 1_000_000
"""Most points of a grid: more than 2,700 years of days."""

WEEKDAYS_SEEN = 0.6
"""Least share of Mondays to Fridays with a value for a series that never has weekends to be taken
as one of working days."""

SPARSE = 0.2
"""Least share of the grid's points that have a value; below it the grid is made coarser."""

ONE_A_MONTH = 0.8
"""Least share of months with a value for dates that never share a month to be taken as months."""

FREQUENCIES = {"D": "dias", "W": "semanas", "M": "meses"}

_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True, slots=True)
class Series:
    """Values on a regular grid: one every `step` `unit`s, the first point of each at `times`.

    `unit` is `dias`, `semanas`, `meses`, `anos`, or `amostras` when there are no dates. `step` is
    7/5 for working days. `regular` says whether the dates themselves were evenly spaced.
    """

    values: Floats
    times: pd.DatetimeIndex | None
    unit: str
    step: float
    regular: bool = True
    notes: tuple[str, ...] = ()
    name: str = ""

    @property
    def n(self) -> int:
        """Points of the grid."""
        return len(self.values)

    @property
    def n_seen(self) -> int:
        """Points that have a value."""
        return int(np.isfinite(self.values).sum())

    def label(self, index: int) -> pd.Timestamp | int:
        """Date of a grid point, or its 0-based number."""
        return int(index) if self.times is None else pd.Timestamp(self.times[index])


def series(data: Any, *, dates: Any = None) -> Series:
    """The series in whatever form it came: see `SpectralAnalyzer.analyze`.

    Raises InputError for values that are no finite numbers and dates that can't be read.
    """
    if isinstance(data, Series):
        return data
    values, when = _split(data, dates)
    numbers = _numbers(values)
    if when is None:
        notes = _missing_note(numbers)
        return Series(numbers, None, "amostras", 1.0, notes=notes)
    days = _dates(when)
    if len(days) != len(numbers):
        raise InputError(
            f"A série tem {len(numbers)} valores e {len(days)} datas.",
            hint="Envie uma data para cada valor.",
            details={"field": "dates"},
        )
    return on_grid(numbers, days)


def _split(data: Any, dates: Any) -> tuple[Any, Any]:
    """(values, dates or None) of the given object."""
    if isinstance(data, pd.Series):
        if dates is None and isinstance(data.index, pd.PeriodIndex):
            dates = data.index.to_timestamp()
        elif dates is None and _holds_dates(data.index):
            dates = data.index
        return data.to_numpy(), dates
    if isinstance(data, np.ndarray):
        data = _flat(data)
    if isinstance(data, (str, bytes, Mapping)) or not isinstance(data, (Sequence, np.ndarray)):
        raise InputError(
            "A série não é uma lista de números.",
            hint="Envie, por exemplo, [1250.0, 980.5, 1100.0], com ou sem datas.",
            details={"field": "time_series"},
        )
    if dates is None and len(data) and all(isinstance(point, Mapping) for point in data):
        return _points(list(data))
    return data, dates


def _holds_dates(index: pd.Index) -> bool:
    return isinstance(index, pd.DatetimeIndex) or (
        len(index) > 0 and all(isinstance(one, (dt.date, np.datetime64)) for one in index)
    )


def _flat(data: np.ndarray) -> np.ndarray:
    if data.ndim != 1:
        raise InputError(
            f"A série tem {data.ndim} dimensões; é preciso uma lista simples de números.",
            hint="Envie uma série de cada vez.",
            details={"field": "time_series"},
        )
    return data


def _points(data: Sequence[Mapping[str, Any]]) -> tuple[list[Any], list[Any] | None]:
    """Values and dates of `{"date", "value"}` points (or `data`, `valor`)."""
    values = [point.get("value", point.get("valor")) for point in data]
    when = [point.get("date", point.get("data")) for point in data]
    return values, None if all(one is None for one in when) else when


def _numbers(values: Any) -> Floats:
    """Float64 with NaN for missing; text in Brazilian or international writing is understood."""
    if isinstance(values, np.ndarray) and values.dtype.kind in "fiu":
        numbers = values.astype(np.float64)
    else:
        numbers = _mixed(list(values))
    if np.isinf(numbers).any():
        raise _not_numbers(int(np.flatnonzero(np.isinf(numbers))[0]), "infinito")
    large = np.flatnonzero(np.abs(np.nan_to_num(numbers)) > LARGEST)
    if len(large):
        raise _not_numbers(int(large[0]), f"{numbers[large[0]]:g}")
    return numbers


def _mixed(values: list[Any]) -> Floats:
    answer = np.full(len(values), np.nan)
    texts: dict[int, str] = {}
    for i, value in enumerate(values):
        if value is None or value is pd.NA or value is pd.NaT:
            continue
        if isinstance(value, str):
            if value.strip():
                texts[i] = value
        elif isinstance(value, (bool, np.bool_)) or not _is_number(value):
            raise _not_numbers(i, repr(value)[:40])
        else:
            answer[i] = float(value)
    if texts:
        read = written_amounts.number(pa.array(list(texts.values()), pa.string()))
        at = list(texts)
        if len(read.unreadable):
            bad = at[int(read.unreadable[0])]
            raise _not_numbers(bad, repr(texts[bad])[:40])
        answer[at] = read.values
    return answer


def _is_number(value: object) -> bool:
    return hasattr(value, "__float__") and not isinstance(value, (complex, np.ndarray))


def _not_numbers(index: int, seen: str) -> InputError:
    return InputError(
        f"O valor na posição {index} da série não é uma quantia: {seen}.",
        hint='Envie números finitos, como 1234.56 ou "1.234,56"; deixe vazio o que faltar.',
        details={"field": "time_series", "index": index},
    )


def _dates(when: Any) -> Days:
    """datetime64[D] of each date; NaT where it is missing or can't be read."""
    if isinstance(when, pd.DatetimeIndex):
        local = when.tz_localize(None) if when.tz is not None else when
        return local.to_numpy().astype("datetime64[D]")
    cells = list(when)
    texts = [None if cell is None or cell is pd.NaT else str(cell) for cell in cells]
    read = written_dates.date(pa.array(texts, pa.string())).values
    return np.asarray(read).astype("datetime64[D]")


def _missing_note(values: Floats) -> tuple[str, ...]:
    n = int(np.isnan(values).sum())
    if not n:
        return ()
    lacks = "ponto não tem" if n == 1 else "pontos não têm"
    return (f"{words.number(n)} {lacks} valor; não contam como zero.",)


def on_grid(values: Floats, days: Days) -> Series:
    """Dated values, in any order, as a series in order of time."""
    notes: list[str] = []
    dated = ~np.isnat(days)
    if not dated.all():
        undated = int((~dated).sum())
        if undated == len(days):
            raise InputError(
                "Nenhuma data da série pôde ser lida.",
                hint="Use datas como 2024-03-14 ou 14/03/2024.",
                details={"field": "dates"},
            )
        notes.append(f"{words.number(undated)} valores sem data legível ficaram de fora.")
        values, days = values[dated], days[dated]
    if np.any(np.diff(days) < np.timedelta64(0, "D")):
        notes.append("As datas não estavam em ordem e foram ordenadas.")
    when, sums, repeated = _summed(values, days)
    if repeated:
        notes.append(
            f"{words.number(repeated)} datas apareciam mais de uma vez; seus valores foram somados."
        )
    return _placed(when, sums, notes)


def _summed(values: Floats, days: Days) -> tuple[Days, Floats, int]:
    """Distinct days in order, their sums (NaN where all were missing), how many were repeated.

    Each day's values are added from the smallest on, so that the order of rows changes nothing.
    """
    order = np.lexsort((values, days))
    when, start, count = np.unique(days[order], return_index=True, return_counts=True)
    if len(when) == len(days):
        return when, values[order], 0
    known = np.isfinite(values[order])
    total = np.add.reduceat(np.where(known, values[order], 0.0), start)
    some = np.add.reduceat(known.astype(np.int64), start) > 0
    return when, np.where(some, total, np.nan), int((count > 1).sum())


def _placed(when: Days, values: Floats, notes: list[str]) -> Series:
    """Chooses months, weeks, working days or days, whichever the dates fit."""
    for attempt in (_as_months, _as_weeks, _as_working_days):
        found = attempt(when, values)
        if found is not None:
            return replace(found, notes=(*notes, *found.notes))
    found = _as_days(when, values)
    return replace(found, notes=(*notes, *found.notes))


def _spread(code: Ints, values: Floats) -> Floats:
    """Values at their grid positions; NaN elsewhere."""
    if code[-1] >= MAX_POINTS:
        raise InputError(
            "As datas da série cobrem um período longo demais.",
            hint="Confira as datas: um ano digitado errado, como 0202, alonga a série.",
            details={"field": "dates"},
        )
    grid = np.full(int(code[-1]) + 1, np.nan)
    grid[code] = values
    return grid


def _gap_note(grid: Floats, unit: str) -> tuple[str, ...]:
    n = int(np.isnan(grid).sum())
    if not n:
        return ()
    shown = f"{words.number(n)} de {words.number(len(grid))} {unit}"
    return (f"{shown} do período não têm valor; não contam como zero.",)


def _as_months(when: Days, values: Floats) -> Series | None:
    month = when.astype("datetime64[M]").astype(np.int64)
    if len(when) < 3 or len(np.unique(month)) < len(month):
        return None
    gaps = np.diff(month)
    step = int(np.gcd.reduce(gaps))
    code = (month - month[0]) // step
    day = (when - when.astype("datetime64[M]")).astype(np.int64)
    ends = (when + _DAY).astype("datetime64[M]") != when.astype("datetime64[M]")
    same_day = bool((day == day[0]).all() or ends.all())
    covered = len(code) / (int(code[-1]) + 1)
    if not same_day and (covered < ONE_A_MONTH or step > 1 or np.median(np.diff(when)) < 27 * _DAY):
        return None
    if covered < SPARSE:
        return None
    grid = _spread(code, values)
    years, by = step % 12 == 0, step // 12 if step % 12 == 0 else step
    first = when[0].astype("datetime64[M]")
    times = (first + step * np.arange(len(grid))).astype("datetime64[D]")
    unit = "anos" if years else "meses"
    notes = _gap_note(grid, unit)
    if not same_day:
        notes += ("Há um valor por mês, em dias diferentes; a série foi tratada como mensal.",)
    return Series(grid, pd.DatetimeIndex(times), unit, float(by), regular=covered == 1, notes=notes)


def _as_weeks(when: Days, values: Floats) -> Series | None:
    if len(when) < 3:
        return None
    day = (when - when[0]).astype(np.int64)
    step = int(np.gcd.reduce(np.diff(day)))
    if step % 7:
        return None
    code = day // step
    covered = len(code) / (int(code[-1]) + 1)
    if covered < SPARSE:
        return None
    grid = _spread(code, values)
    times = when[0] + step * np.arange(len(grid))
    return Series(grid, pd.DatetimeIndex(times), "semanas", step / 7, regular=covered == 1,
                  notes=_gap_note(grid, "semanas"))  # fmt: skip


def _as_working_days(when: Days, values: Floats) -> Series | None:
    """Series that never has a weekend: one point a working day, 7/5 days each on average."""
    weekday = (when.astype(np.int64) + 3) % 7
    if len(when) < 10 or (weekday > 4).any():
        return None
    every = np.arange(when[0], when[-1] + _DAY)
    every = every[(every.astype(np.int64) + 3) % 7 < 5]
    if len(when) < WEEKDAYS_SEEN * len(every):
        return None
    grid = _spread(np.searchsorted(every, when).astype(np.int64), values)
    notes = ("A série não traz fins de semana; cada ponto é um dia de segunda a sexta.",)
    return Series(grid, pd.DatetimeIndex(every), "dias", 7 / 5, regular=len(when) == len(every),
                  notes=(*notes, *_gap_note(grid, "dias úteis")))  # fmt: skip


def _as_days(when: Days, values: Floats) -> Series:
    day = (when - when[0]).astype(np.int64)
    step = int(np.gcd.reduce(np.diff(day))) if len(day) > 1 else 1
    span = int(day[-1]) + step
    notes: tuple[str, ...] = ()
    if len(day) * step < SPARSE * span:
        step = max(step, int(SPARSE * span / len(day)))
        notes = (f"As datas são esparsas; cada ponto da série cobre {step} dias.",)
    code = day // step
    start = np.unique(code, return_index=True)[1]
    known = np.isfinite(values)
    total = np.add.reduceat(np.where(known, values, 0.0), start)
    total[np.add.reduceat(known.astype(np.int64), start) == 0] = np.nan
    grid = _spread(np.unique(code), total)
    times = when[0] + step * np.arange(len(grid))
    notes += _gap_note(grid, "dias" if step == 1 else "pontos")
    regular = bool(np.isfinite(grid).all())
    return Series(grid, pd.DatetimeIndex(times), "dias", float(step), regular=regular, notes=notes)
