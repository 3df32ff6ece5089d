"""Contract records become the series of one buyer, supplier or category by day, week or month.

A day without records inside the period covered is a day without spending, and the series says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.errors import InputError, MissingFields, TooFewRecords
from cidadao_models.models.pattern_analysis import _shape
from cidadao_models.models.spectral_analysis.series import FREQUENCIES, Series
from cidadao_models.reading import Reading, read
from cidadao_models.records import mask_cpf, plain_words

Records = Sequence[Mapping[str, object]] | pd.DataFrame | Reading
Days = npt.NDArray[np.datetime64]
Bools = npt.NDArray[np.bool_]

BY: dict[str, tuple[str, ...]] = {
    "comprador": ("unidade_gestora", "orgao", "unidade_gestora_id", "orgao_id"),
    "fornecedor": ("fornecedor", "fornecedor_id"),
    "categoria": ("categoria", "_grupo_nome"),
}
"""What a series may follow, and the fields that name it, best first."""

ENGLISH = {"buyer": "comprador", "supplier": "fornecedor", "category": "categoria"}

MOST_CHOICES = 200
"""Names offered for a choice, those with most days first."""

EDGE_DAYS = 3
"""Days at the edge of a month or week that may have no record for it to count as whole."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A name to follow, with its records, distinct days and total in R$."""

    name: str
    n: int
    n_days: int
    total: float


def choices(records: Records, by: str) -> list[Choice]:
    """Names that a series may follow, those with most distinct days first."""
    frame = _frame(records)
    names = _names(frame, by)
    table = pd.DataFrame({"name": names, "day": _days(frame), "value": _shape.amounts(frame)})
    table = table[table["name"].notna() & table["day"].notna()]
    grouped = table.groupby("name", sort=True)
    found = [
        Choice(mask_cpf(str(name)), len(part), int(part["day"].nunique()),
               float(np.nansum(part["value"])))
        for name, part in grouped
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-one.n_days, one.name))[:MOST_CHOICES]


def from_records(
    records: Records, *, by: str | None = None, name: str | None = None, freq: str = "D"
) -> Series:
    """Sum of the records' amounts by day, week or month, as a series for `SpectralAnalyzer`.

    `records`: contracts in any form `reading.read` takes, or prepared records; `by` is comprador,
    fornecedor or categoria, and `name` which one (upper case and accents don't matter); without
    them all records count. `freq`: D, W or M. Raises InputError for an unknown choice,
    MissingFields without dates or amounts, TooFewRecords when the choice has no record.
    """
    if freq not in FREQUENCIES:
        raise InputError(
            f"A frequência {freq!r} não existe.",
            hint="Use D (dia), W (semana) ou M (mês).",
            details={"field": "freq"},
        )
    frame = _frame(records)
    days, amounts = _days(frame), _shape.amounts(frame)
    usable = ~np.isnat(days) & np.isfinite(amounts)
    mine = usable & _chosen(frame, by, name)
    if not mine.any():
        raise TooFewRecords(
            "Nenhum registro com data e valor para acompanhar.",
            hint="Escolha outro nome, ou confira as colunas de data e de valor.",
            details={"by": by, "name": name},
        )
    notes = _left_out(frame, by, name, usable)
    covered = (days[usable].min(), days[usable].max())
    return _summed(days[mine], amounts[mine], covered, freq, notes, name or "")


def _frame(records: Records) -> pd.DataFrame:
    if isinstance(records, pd.DataFrame) and {"data", "valor"} <= set(records):
        frame = records
    else:
        frame = (records if isinstance(records, Reading) else read(records)).records
    lacking = [field for field in ("data", "valor") if field not in frame]
    if lacking:
        raise MissingFields(
            f"Os registros não trazem: {', '.join(lacking)}.",
            hint="Indique quais colunas trazem a data e o valor.",
            details={"missing": lacking},
        )
    return frame


def _days(frame: pd.DataFrame) -> Days:
    return pd.to_datetime(frame["data"], errors="coerce").to_numpy().astype("datetime64[D]")


def _names(frame: pd.DataFrame, by: str) -> pd.Series:
    """Name of each record's buyer, supplier or category; missing where unknown."""
    kind = ENGLISH.get(by, by)
    if kind not in BY:
        raise InputError(
            f"Não é possível acompanhar por {by!r}.",
            hint=f"Use um destes: {', '.join(BY)}.",
            details={"field": "by"},
        )
    for column in BY[kind]:
        if column in frame and frame[column].notna().any():
            return frame[column]
    raise MissingFields(
        f"Os registros não trazem {kind}.",
        hint=f"Indique qual coluna traz o {kind}.",
        details={"missing": [kind]},
    )


def _chosen(frame: pd.DataFrame, by: str | None, name: str | None) -> Bools:
    if by is None:
        return np.ones(len(frame), dtype=bool)
    names = _names(frame, by)
    if name is None:
        return names.notna().to_numpy()
    wanted = plain_words(mask_cpf(name))
    same = {one: plain_words(mask_cpf(str(one))) == wanted for one in names.dropna().unique()}
    return names.map(same).fillna(False).to_numpy(dtype=bool)


def _left_out(frame: pd.DataFrame, by: str | None, name: str | None, usable: Bools) -> list[str]:
    missing = int((_chosen(frame, by, name) & ~usable).sum())
    return [f"{missing} registros sem data ou valor ficaram de fora."] if missing else []


def _summed(
    days: Days, amounts: npt.NDArray[np.float64], covered: tuple[np.datetime64, np.datetime64],
    freq: str, notes: list[str], name: str,
) -> Series:  # fmt: skip
    """Sums on a grid from the first to the last record; zero where there was no record."""
    code, origin = _codes(days, freq)
    start, end = int(code.min()), int(code.max()) + 1
    order = np.lexsort((amounts, code))  # so that the order of rows changes nothing
    total = _shape.sums(code[order] - start, amounts[order], end - start)
    empty = int((np.bincount(code - start, minlength=end - start) == 0).sum())
    unit = FREQUENCIES[freq]
    if empty:
        notes = [*notes, f"{empty} de {end - start} {unit} não têm registro e contam como zero."]
    negative = int((amounts < 0).sum())
    if negative:
        notes = [*notes, f"{negative} estornos entram com sinal negativo."]
    times = pd.DatetimeIndex(_starts(np.arange(start, end), freq, origin))
    whole = Series(total, times, unit, 1.0, notes=tuple(notes), name=name)
    return whole if freq == "D" else _whole_periods(whole, covered, freq)


def _codes(days: Days, freq: str) -> tuple[npt.NDArray[np.int64], int]:
    """Number of the day, ISO week (from Monday) or month of each date."""
    if freq == "M":
        return days.astype("datetime64[M]").astype(np.int64), 0
    number = days.astype(np.int64)
    return (number, 0) if freq == "D" else ((number + 3) // 7, 3)


def _starts(code: npt.NDArray[np.int64], freq: str, origin: int) -> Days:
    if freq == "M":
        return code.astype("datetime64[M]").astype("datetime64[D]")
    return (code if freq == "D" else code * 7 - origin).astype("datetime64[D]")


def _whole_periods(
    series: Series, covered: tuple[np.datetime64, np.datetime64], freq: str
) -> Series:
    """Without a first or last period that the records only cover in part."""
    assert series.times is not None
    starts = series.times.to_numpy().astype("datetime64[D]")
    length = np.timedelta64(7, "D")
    last_day = (
        (starts[-1].astype("datetime64[M]") + 1).astype("datetime64[D]") - 1
        if freq == "M"
        else starts[-1] + length - 1
    )
    low = int(covered[0] > starts[0] + EDGE_DAYS)
    high = len(starts) - int(covered[1] < last_day - EDGE_DAYS)
    if (low, high) == (0, len(starts)) or high - low < 1:
        return series
    note = "O primeiro ou o último período, cobertos só em parte, ficaram de fora."
    return replace(
        series,
        values=series.values[low:high],
        times=series.times[low:high],
        notes=(*series.notes, note),
    )
