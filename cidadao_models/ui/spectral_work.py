"""What one analysis of a series does, in a process of its own: read, sum up, analyse.

Free of gradio, so that the process starts at once. Shows nothing.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from cidadao_models.errors import InputError
from cidadao_models.models import series_of_file
from cidadao_models.models.series_of_file import Ledger
from cidadao_models.models.spectral_analysis import (
    CoherenceReport,
    SpectralAnalyzer,
    SpectralReport,
)
from cidadao_models.reading import amounts, read
from cidadao_models.reading import dates as written_dates
from cidadao_models.reading.limits import Limits
from cidadao_models.ui.polite import step_back

MAX_TEXT = 16_000_000
"""Characters of pasted text: 300,000 lines of a date and an amount take half of it."""

_SPLIT = re.compile(r"\s*[;\t|]\s*|\s{2,}")
_DATE = r"\d{4}-\d{1,2}(?:-\d{1,2})?|\d{1,2}/\d{1,2}/\d{2,4}|\d{1,2}/\d{4}"
_DATED = re.compile(rf"({_DATE})(?:[\s,]+(.*))?")


@dataclass(frozen=True, slots=True)
class Choice:
    """What of a file to follow: a group and a name in it (None: all), summed by `unit`."""

    group: str | None = None
    name: str | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """A series and what was found in it; `ledger` is the file it was cut from, if any."""

    report: SpectralReport
    values: pd.Series
    money: bool
    choice: Choice = field(default_factory=Choice)
    notes: tuple[str, ...] = ()
    ledger: Ledger | None = field(default=None, repr=False)
    file: str = ""


def look_at_file(packed: bytes, name: str, *, limits: Limits) -> Looked:
    """Read a file given as `zlib` bytes and follow all of its spending."""
    step_back()
    reading = read(zlib.decompress(packed), filename=name, limits=limits)
    given = series_of_file.ledger(reading.records)
    return _followed(given, Choice(unit=series_of_file.best_unit(given)), name)


def look_at_ledger(given: Ledger, choice: Choice, file: str) -> Looked:
    """Follow something else of a file that was read before."""
    step_back()
    return _followed(given, choice, file)


def look_at_text(text: str, *, limits: Limits) -> Looked:
    """Analyse pasted numbers."""
    step_back()
    values = pasted(text, limits=limits)
    report = SpectralAnalyzer().analyze(values)
    report.money = "R$" in text
    return Looked(report, values, money=report.money)


def compare(first: pd.Series, second: pd.Series) -> CoherenceReport:
    """Whether two series move together beyond the calendar."""
    step_back()
    return SpectralAnalyzer().coherence(first, second)


def compare_with_text(first: pd.Series, text: str, *, limits: Limits) -> CoherenceReport:
    """As `compare`, the other series being pasted."""
    return compare(first, pasted(text, limits=limits))


def compare_in_ledger(first: pd.Series, given: Ledger, choice: Choice) -> CoherenceReport:
    """As `compare`, the other series being another name of the same file."""
    other = series_of_file.series_of(given, group=choice.group, name=choice.name, unit=choice.unit)
    return compare(first, other.values)


def _followed(given: Ledger, choice: Choice, file: str) -> Looked:
    found = series_of_file.series_of(given, group=choice.group, name=choice.name, unit=choice.unit)
    report = SpectralAnalyzer().analyze(found.values)
    report.money = True
    return Looked(report, found.values, True, choice, tuple(found.notes), given, file)


# -- pasted text -------------------------------------------------------------------------------


def pasted(text: str, *, limits: Limits) -> pd.Series:
    """The series of a text with one `value` or `date;value` a line; blank values are missing.

    A first line without a number is a heading. Raises InputError, which names the line.
    """
    if len(text) > MAX_TEXT:
        limits.check_points(len(text) // 4)
    rows = [(i, line.strip()) for i, line in enumerate(text.splitlines(), start=1) if line.strip()]
    limits.check_points(len(rows))
    cells = [_cells(line) for _, line in rows]
    if cells and _is_heading(cells[0]):
        rows, cells = rows[1:], cells[1:]
    if not cells:
        raise InputError("Não há números no texto.", hint="Cole um valor por linha.")
    numbers = [number for number, _ in rows]
    values = _values([value for _, value in cells], numbers)
    dated = [day is not None for day, _ in cells]
    if not any(dated):
        return pd.Series(values)
    if not all(dated):
        raise InputError(
            f"A linha {numbers[dated.index(False)]} não tem data, e outras têm.",
            hint="Use “data;valor” em todas as linhas, ou em nenhuma.",
        )
    return pd.Series(values, index=_days([str(day) for day, _ in cells], numbers))


def _cells(line: str) -> tuple[str | None, str]:
    """(date or None, value) of a line."""
    parts = _SPLIT.split(line, maxsplit=1)
    if len(parts) == 2:
        return parts[0], parts[1].split(";")[0].strip()
    if found := _DATED.fullmatch(line):
        return found[1], found[2] or ""
    return None, line


def _is_heading(cells: tuple[str | None, str]) -> bool:
    day, value = cells
    return not re.search(r"\d", value) and re.search(r"[^\W\d_]", f"{day or ''}{value}") is not None


def _values(texts: list[str], lines: list[int]) -> npt.NDArray[np.float64]:
    read_ = amounts.number(pa.array(texts, pa.string()))
    if len(read_.unreadable):
        at = int(read_.unreadable[0])
        raise InputError(
            f"Na linha {lines[at]}, {texts[at][:30]!r} não é um número.",
            hint="Escreva, por exemplo, 1.234,56; deixe vazio o que faltar, depois da data.",
        )
    return np.asarray(read_.values, np.float64)


def _days(texts: list[str], lines: list[int]) -> pd.DatetimeIndex:
    days = np.asarray(written_dates.date(pa.array(texts, pa.string())).values)
    lost = np.flatnonzero(np.isnat(days))
    if len(lost):
        at = int(lost[0])
        raise InputError(
            f"Na linha {lines[at]}, {texts[at][:30]!r} não é uma data.",
            hint="Escreva, por exemplo, 14/03/2024 ou 2024-03-14.",
        )
    return pd.DatetimeIndex(days.astype("datetime64[D]"))
