"""The spending of a file as a series: of all of it, or of one buyer, supplier or category.

Sums what is published by day, week or month and hands it to `SpectralAnalyzer`. A period without
records is zero where the file has records around it, and missing where the whole file has none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.errors import InputError, MissingFields, TooFewRecords
from cidadao_models.findings import overview, words
from cidadao_models.models import series_views
from cidadao_models.models.spectral_analysis import SpectralAnalyzer
from cidadao_models.models.spectral_analysis.series import FREQUENCIES, Series
from cidadao_models.reading import Reading, read
from cidadao_models.records import mask_cpf, mask_document, plain_words

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Records = Sequence[Mapping[str, object]] | pd.DataFrame | Reading

DAY, WEEK, MONTH = "dia", "semana", "mes"

GROUPS: dict[str, tuple[str, ...]] = {
    "orgao": overview.BUYER_FIELDS,
    "fornecedor": ("fornecedor", "fornecedor_id"),
    "categoria": ("categoria",),
    "modalidade": ("modalidade",),
}
"""What can be followed, and the fields that may name it, in order of preference."""

BY = {
    **{group: group for group in GROUPS},
    "comprador": "orgao", "buyer": "orgao", "supplier": "fornecedor", "category": "categoria",
}  # fmt: skip
UNITS = {"D": DAY, "W": WEEK, "M": MONTH}
"""Names of groups and units that `from_records` takes."""

MOST_NAMES = 300
"""Names of one group kept to choose from, those with most records first."""

LONE_GAP_DAYS = 730
"""Dates farther than this from all others are typing errors or leftovers (chosen: two years)."""

PARTIAL_GAPS = 3.0
"""A month or week counts as unfinished where the file stops this many of its usual gaps before
the period's end."""

LEAST_PARTIAL_DAYS = 7
"""A month whose last days only are missing is whole: the month's end may be no working day."""

BUSY_DAYS = 0.5
"""Least share of working days with records for a series of days."""

BUSY_WEEKS = 0.8
"""Least share of weeks with records for a series of weeks."""

LEAST_DAYS, LEAST_WEEKS = 60, 78
"""Shortest span for days (`structure.LEAST_FOR_CYCLES`) and weeks (a year and a half)."""

LEAST_DAYS_IN_REPORT = 180
"""Shortest span of days for the report of a file: half a year, so that more than weeks show."""

DENSE_MONTHS, DENSE_OF = 9, 12
"""A long series begins with the first of twelve months of which nine have records, and ends alike:
the few old records of a young system would look like a time without spending."""

LEAST_MONTHS = 24
"""Fewest months about whose cycles anything can be said (`structure.LEAST_FOR_CYCLES`)."""

BUSY_MONTHS = 0.8
"""Least share of months with records for a series of months in the report of a file."""

_MONDAY = 3
"""Days from the epoch's Thursday back to its Monday."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The dated amounts of a file, light enough to be kept: one entry a record.

    `days` counts from 1970; `codes[group]` points into `names[group]` (-1: no name, or a rare one).
    """

    days: Ints
    amounts: Floats
    codes: dict[str, npt.NDArray[np.int32]]
    names: dict[str, tuple[str, ...]]
    notes: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        """Records that have a date and an amount."""
        return len(self.days)


@dataclass(frozen=True, slots=True)
class Followed:
    """A series cut from a ledger: values by date, what was left out, and its name."""

    values: pd.Series
    unit: str
    name: str
    n_records: int
    notes: list[str] = field(default_factory=list)


def ledger(records: pd.DataFrame, *, most: int = MOST_NAMES, least: int = 2) -> Ledger:
    """The dated amounts of canonical records, with who bought and who was paid.

    Of a group only the `most` frequent names are kept, and none where it has fewer than `least`.
    Raises MissingFields without dates or amounts, and TooFewRecords when no record has both.
    """
    missing = [name for name in ("data", "valor") if name not in records]
    if missing:
        what = " nem ".join({"data": "data", "valor": "valor"}[name] for name in missing)
        raise MissingFields(
            f"Nenhuma coluna de {what} foi reconhecida neste arquivo.",
            hint="Uma série precisa de uma data e de um valor por registro; confira as colunas.",
            details={"missing": missing},
        )
    when = records["data"].to_numpy().astype("datetime64[D]")
    amounts = records["valor"].to_numpy(np.float64)
    kept = ~np.isnat(when) & np.isfinite(amounts)
    if not kept.any():
        raise TooFewRecords(
            "Nenhum registro tem ao mesmo tempo data e valor.",
            hint="Confira as colunas de data e de valor do arquivo.",
        )
    days = when.astype(np.int64)
    near = np.zeros(len(days), bool)
    near[np.flatnonzero(kept)] = _among_others(days[kept])
    notes = _left_out(int((~kept).sum()), int((kept & ~near).sum()))
    dense = _dense(days[near])
    if dense is not None:
        first, last, n = dense
        near &= (days >= first) & (days <= last)
        notes += (f"{_stayed_out(n)}: antes de {_written(first)} ou depois de {_written(last)} o"
                  " arquivo tem meses quase vazios.",)  # fmt: skip
    codes, names = _groups(records, near, most, least)
    return Ledger(days[near], amounts[near], codes, names, notes)


def _dense(days: Ints) -> tuple[int, int, int] | None:
    """First and last day of the part whose months have records, and how many lie outside.

    None where nothing has to go, or where the whole file is thin.
    """
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    origin = int(months.min())
    busy = np.bincount(months - origin) > 0
    if len(busy) < 2 * DENSE_OF:
        return None
    full = np.convolve(busy, np.ones(DENSE_OF), "valid") >= DENSE_MONTHS
    places = np.flatnonzero(full)
    if not len(places):
        return None
    inside = np.arange(places[0], places[-1] + DENSE_OF)
    inside = inside[busy[inside]]
    first = int(_month_start(np.array([origin + inside[0]]))[0])
    last = int(_month_start(np.array([origin + inside[-1] + 1]))[0]) - 1
    out = int(((days < first) | (days > last)).sum())
    return (first, last, out) if out else None


def _among_others(days: Ints) -> npt.NDArray[np.bool_]:
    """Which days lie in the largest run without a gap of `LONE_GAP_DAYS`."""
    order = np.argsort(days, kind="stable")
    run = np.concatenate([[0], np.cumsum(np.diff(days[order]) > LONE_GAP_DAYS)])
    answer = np.empty(len(days), bool)
    answer[order] = run == np.bincount(run).argmax()
    return answer


def _left_out(incomplete: int, lone: int) -> tuple[str, ...]:
    notes = []
    if incomplete:
        notes.append(f"{_stayed_out(incomplete)}: falta a data ou o valor.")
    if lone:
        notes.append(f"{_stayed_out(lone)}: data a mais de dois anos de todas as outras.")
    return tuple(notes)


def _stayed_out(n: int) -> str:
    if n == 1:
        return "1 registro ficou de fora"
    return f"{words.number(n)} registros ficaram de fora"


def _groups(
    records: pd.DataFrame, kept: npt.NDArray[np.bool_], most: int, least: int
) -> tuple[dict[str, npt.NDArray[np.int32]], dict[str, tuple[str, ...]]]:
    codes, names = {}, {}
    for group, fields in GROUPS.items():
        column = next(
            (name for name in fields if name in records and records[name].notna().any()), ""
        )
        if not column:
            continue
        key = "fornecedor_id" if group == "fornecedor" and "fornecedor_id" in records else column
        found, shown = _coded(records[kept], key, column, most)
        if len(shown) >= least:
            codes[group], names[group] = found, shown
    return codes, names


def _coded(
    records: pd.DataFrame, key: str, column: str, most: int
) -> tuple[npt.NDArray[np.int32], tuple[str, ...]]:
    """Codes of the most frequent values of `key` (else of `column`), and how each is shown."""
    keys = records[key].fillna(records[column]) if key != column else records[key]
    code, _ = pd.factorize(keys)
    counts = np.bincount(code[code >= 0])
    order = np.argsort(-counts, kind="stable")[:most]
    place = np.full(len(counts) + 1, -1, np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    new = place[code]
    first = pd.Series(np.arange(len(code)))[new >= 0].groupby(new[new >= 0]).first()
    written = records[column].to_numpy(object)[first.to_numpy()]
    documents = keys.to_numpy(object)[first.to_numpy()]
    return new, _distinct(written, documents)


def _distinct(written: npt.NDArray[Any], documents: npt.NDArray[Any]) -> tuple[str, ...]:
    """Names to show, CPFs masked; namesakes get their document."""
    plain = [
        mask_cpf(str(one)) if isinstance(one, str) else mask_document(str(document))
        for one, document in zip(written, documents, strict=True)
    ]
    answer: list[str] = []
    for name, document in zip(plain, documents, strict=True):
        twin = plain.count(name) > 1 and str(document) != name
        shown = f"{name} ({mask_document(str(document))})" if twin else name
        while shown in answer:
            shown += " ·"
        answer.append(shown)
    return tuple(answer)


def best_unit(given: Ledger) -> str:
    """The finest unit that the records fill: days, else weeks, else months."""
    days = np.unique(given.days)
    span = int(days[-1] - days[0]) + 1
    working = np.count_nonzero((days + _MONDAY) % 7 < 5)
    if span >= LEAST_DAYS and working >= BUSY_DAYS * span * 5 / 7:
        return DAY
    weeks = np.unique((days + _MONDAY) // 7)
    if len(weeks) >= BUSY_WEEKS * span / 7 and span >= 7 * LEAST_WEEKS:
        return WEEK
    return MONTH


def series_of(
    given: Ledger, *, group: str | None = None, name: str | None = None, unit: str | None = None
) -> Followed:
    """Sums by period of all records, or of those whose `group` is called `name`.

    From the first record of whom is followed to the end of the file. Raises TooFewRecords for a
    name that the file does not have.
    """
    unit = unit or best_unit(given)
    mine = np.ones(given.n, bool)
    if group is not None and name:
        mine = _named(given, group, name)
    code, starts = _periods(given.days, unit)
    whole, notes = _finished(given.days, code, starts, unit)
    first = max(int(code[mine].min()), whole[0])
    inside = mine & (code >= first) & (code <= whole[1])
    size = max(0, whole[1] - first + 1)
    sums = np.bincount(code[inside] - first, weights=given.amounts[inside], minlength=size)
    dates = starts[first : first + size]
    sums[~_covered(given.days, dates)] = np.nan
    series = pd.Series(np.round(sums, 2), index=pd.DatetimeIndex(dates.astype("datetime64[D]")))
    return Followed(series, unit, name or "", int(inside.sum()), [*given.notes, *notes])


def _named(given: Ledger, group: str, name: str) -> npt.NDArray[np.bool_]:
    try:
        mine = given.codes[group] == given.names[group].index(name)
    except (KeyError, ValueError):
        raise TooFewRecords(
            "Este nome não está entre os que o arquivo tem.", hint="Escolha um nome da lista."
        ) from None
    return np.asarray(mine)


def _periods(days: Ints, unit: str) -> tuple[Ints, Ints]:
    """Number of each day's period counted from the first one, and the first day of each period."""
    if unit == MONTH:
        code = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    else:
        code = days if unit == DAY else (days + _MONDAY) // 7
    every = np.arange(int(code.min()), int(code.max()) + 1)
    if unit == MONTH:
        return code - every[0], _month_start(every)
    return code - every[0], every if unit == DAY else every * 7 - _MONDAY


def _month_start(months: Ints) -> Ints:
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def _finished(days: Ints, code: Ints, starts: Ints, unit: str) -> tuple[tuple[int, int], list[str]]:
    """First and last period that the file covers wholly, and a note on those it does not.

    A file cut in the middle of a month would otherwise show a fall that never happened.
    """
    first, last = 0, len(starts) - 1
    if unit == DAY or last < 2:
        return (first, last), []
    seen = np.unique(days)
    usual = PARTIAL_GAPS * float(np.median(np.diff(seen))) if len(seen) > 1 else 0.0
    slack = max(usual, LEAST_PARTIAL_DAYS if unit == MONTH else 2.0)
    after = starts[-1] + (starts[-1] - starts[-2])
    notes = []
    if seen[0] - starts[0] > slack:
        first = 1
        notes.append(f"O arquivo começa em {_written(seen[0])}: o primeiro período ficou de fora.")
    if after - 1 - seen[-1] > slack:
        last -= 1
        notes.append(f"O arquivo termina em {_written(seen[-1])}: o último período ficou de fora.")
    return (first, last), notes


def _written(day: int) -> str:
    return words.date(dt.date(1970, 1, 1) + dt.timedelta(days=int(day)))


def _covered(days: Ints, starts: Ints) -> npt.NDArray[np.bool_]:
    """Whether the file has any record in the month in which each period starts."""
    months = np.unique(days.astype("datetime64[D]").astype("datetime64[M]"))
    return np.isin(starts.astype("datetime64[D]").astype("datetime64[M]"), months)


def from_records(
    records: Records, *, by: str | None = None, name: str | None = None, freq: str = "D"
) -> Series:
    """Sum of the records' amounts by day, week or month, as a series for `SpectralAnalyzer`.

    `records`: contracts in any form `reading.read` takes, or canonical records; `by` is orgao (or
    buyer), fornecedor (supplier), categoria (category) or modalidade, and `name` which one (case
    and accents don't matter); without them all records count. `freq`: D, W or M. Periods are those
    of `series_of`. Raises InputError for an unknown choice, MissingFields without dates or amounts,
    TooFewRecords when the choice has no record.
    """
    unit = _one_of(UNITS, freq, "freq")
    group = None if by is None else _one_of(BY, by, "by")
    frame = records if isinstance(records, pd.DataFrame) else None
    if frame is None or not {"data", "valor"} <= set(frame):
        frame = (records if isinstance(records, Reading) else read(records)).records
    given = ledger(frame, most=len(frame), least=1)
    if group is not None and group not in given.names:
        raise MissingFields(
            f"Os registros não trazem {group}.",
            hint=f"Indique qual coluna traz {group}.",
            details={"missing": [group]},
        )
    found = series_of(given, group=group, name=_as_written(given, group, name), unit=unit)
    return Series(
        found.values.to_numpy(np.float64), pd.DatetimeIndex(found.values.index), FREQUENCIES[freq],
        1.0, notes=tuple(found.notes), name=found.name,
    )  # fmt: skip


def _one_of(choices: dict[str, str], given: str, where: str) -> str:
    if given in choices:
        return choices[given]
    raise InputError(
        f"{given!r} não é uma escolha.",
        hint=f"Use um destes: {', '.join(choices)}.",
        details={"field": where},
    )


def _as_written(given: Ledger, group: str | None, name: str | None) -> str | None:
    """The name as the file writes it; as given where the file has none like it."""
    if group is None or name is None:
        return None
    wanted = plain_words(mask_cpf(name))
    return next((one for one in given.names[group] if plain_words(one) == wanted), name)


def follow(prepared: pd.DataFrame) -> dict[str, Any] | None:
    """The series of a whole file for its report; None where it has no series worth the name.

    `prepared`: canonical records. Gives `unit`, `sentence`, `findings`, `notes`, `report` (the
    JSON of `/v1/analyze-spectral` without its arrays) and `line` (`series_views.line`, few points).
    """
    try:
        given = ledger(prepared)
        unit = best_unit(given)
        if not _long_enough(given, unit):
            return None
        followed = series_of(given, unit=unit)
        report = SpectralAnalyzer().analyze(followed.values)
        report.money = True
    except InputError:  # no dates, no amounts, or amounts past what a series can hold
        return None
    light = report.to_dict()
    for name in ("frequencies", "amplitudes", "threshold", "series"):
        del light[name]
    return {
        "unit": unit,
        "sentence": series_views.verdict(report),
        "findings": report.findings(),
        "notes": [*followed.notes, *report.notes],
        "report": light,
        "line": series_views.line(report, money=True),
    }


def _long_enough(given: Ledger, unit: str) -> bool:
    span_days = int(given.days.max() - given.days.min()) + 1
    if unit != MONTH:
        return span_days >= LEAST_DAYS_IN_REPORT
    months = given.days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    span = int(months.max() - months.min()) + 1
    return span >= LEAST_MONTHS and len(np.unique(months)) >= BUSY_MONTHS * span
