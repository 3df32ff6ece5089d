"""Cells as published become dates, in whatever way the day was written.

Reports dates of no calendar and improbable ones; does not compare dates with each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from cidadao_models.reading.values import Cleaned, Column, Rows, count_true, flags_of, without_nulls
from cidadao_models.records import as_text

MIN_YEAR, MAX_YEAR = 1900, 2100
"""Calendar years kept as dates; outside them the cell becomes an issue (`data_impossivel`)."""

FAR_YEARS = 30
"""Years from the column's median beyond which a date is kept but reported as improbable; longer
than the longest usual public contract (35-year concessions start well after the median)."""

_TIME = r"(?:[t ,]+(?P<h>\d{1,2})[:h](?P<n>\d{2})(?::(?P<s>\d{2})(?:[.,]\d+)?)?)?"
_ZONE = r"\s*(?:z|utc|gmt|brt|[+-]\d{2}:?\d{2})?$"
_YEAR_FIRST = r"^(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})" + _TIME + _ZONE
_DAY_FIRST = r"^(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/.](?P<y>\d{4}|\d{2})" + _TIME + _ZONE
_NAMED_DAY = (
    r"^(?P<d>\d{1,2})[ºo°]?(?: de |[-/. ])(?P<w>[a-zç]{3,9})\.?(?: de |[-/. ])(?P<y>\d{4}|\d{2})"
    + _TIME
    + _ZONE
)
_NAMED_MONTH = r"^(?P<w>[a-zç]{3,9})\.?(?: de |[-/. ])(?P<y>\d{4}|\d{2})$"
_MONTH_YEAR = r"^(?P<m>\d{1,2})[-/.](?P<y>\d{4})$"
_YEAR_MONTH = r"^(?P<y>\d{4})[-/.](?P<m>\d{1,2})$"
_FORMS = (_DAY_FIRST, _YEAR_FIRST, _NAMED_DAY)
_MONTH_FORMS = (_MONTH_YEAR, _YEAR_MONTH, _NAMED_MONTH)
_MONTHS = {
    name: number
    for number, names in enumerate(
        [
            "jan",
            "fev feb",
            "mar",
            "abr apr",
            "mai may",
            "jun",
            "jul",
            "ago aug",
            "set sep",
            "out oct",
            "nov",
            "dez dec",
        ],
        1,
    )
    for name in names.split()
}
_NO_DATE = pa.array(["0001-01-01", "01/01/0001", "9999-12-31", "31/12/9999"])
"""What systems write for "no date"; all-zero dates are told by their digits."""
_PIVOT_YEAR = 70
"""Two-digit years below it are of this century."""
_EXCEL_EPOCH = np.datetime64("1899-12-30", "us")
_EXCEL_DAYS = (20_000, 80_000)
"""Serial days 1954 to 2119: the numbers that a spreadsheet shows when a date lost its format."""
_UNIX_SECONDS = (1e8, 5e9)
_NAT_SENTINEL = -1e9
"""Below it a number is what is left of a missing timestamp (-9223372037)."""


@dataclass(slots=True)
class _Dates:
    """Distinct texts as dates: NaT where unknown, with what was wrong and how exact they are."""

    values: npt.NDArray[np.datetime64]
    shaped: npt.NDArray[np.bool_]
    coarse: npt.NDArray[np.str_]

    @classmethod
    def unknown(cls, n: int) -> _Dates:
        return cls(
            np.full(n, np.datetime64("NaT", "us")),
            np.zeros(n, dtype=bool),
            np.full(n, "", dtype="U4"),
        )


def date(column: Column) -> Cleaned:
    """Dates in every usual writing as datetime64[us]; day before month unless the column denies it.

    A date of no calendar (31/02) or with a year outside 1900..2100 is missing and reported as
    impossible. Months and years without a day stand for their first day (`coarse`).
    """
    if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
        return _typed_date(column)
    if pa.types.is_floating(column.type) or pa.types.is_integer(column.type):
        values = np.array(pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False), dtype=float)
        return _finished(_numeric_dates(values), np.arange(len(values)), ~np.isnan(values))
    encoded = as_text(column).dictionary_encode()
    distinct = without_nulls(pc.utf8_trim_whitespace(encoded.dictionary))
    found = _text_dates(distinct)
    found.coarse[flags_of(pc.is_null(distinct))] = _ABSENT
    codes = encoded.indices.fill_null(0).to_numpy(zero_copy_only=False)
    return _finished(found, codes, flags_of(pc.is_valid(encoded.indices)))


def _typed_date(column: Column) -> Cleaned:
    values = pc.cast(column, pa.timestamp("us"), safe=False).to_numpy(zero_copy_only=False)
    found = _Dates.unknown(len(values))
    found.values = np.array(values, dtype="M8[us]")
    found.shaped[:] = True
    years = _years(found.values)
    found.values[(years < MIN_YEAR) | (years > MAX_YEAR)] = np.datetime64("NaT")
    return _finished(found, np.arange(len(values)), flags_of(pc.is_valid(column)))


def _years(values: npt.NDArray[np.datetime64]) -> npt.NDArray[np.int64]:
    return values.astype("M8[Y]").astype(np.int64) + 1970


def _finished(
    found: _Dates, codes: npt.NDArray[np.integer], filled: npt.NDArray[np.bool_]
) -> Cleaned:
    """The distinct answers laid out over the column, with what was wrong with whom."""
    if not len(found.values):
        return Cleaned(np.full(len(codes), np.datetime64("NaT", "us")))
    values = found.values[codes]
    values[~filled] = np.datetime64("NaT")
    known = ~np.isnat(found.values)
    lost = ~known & (found.coarse != _ABSENT)
    kinds = set(found.coarse[known])
    coarse = kinds.pop() if len(kinds) == 1 else ""
    return Cleaned(
        values,
        unreadable=_positions(lost & ~found.shaped, codes, filled),
        impossible=_positions(lost & found.shaped, codes, filled),
        improbable=_positions(_far(found.values), codes, filled),
        coarse=coarse,
        note=_COARSE_NOTES.get(coarse, ""),
    )


def _positions(
    distinct: npt.NDArray[np.bool_],
    codes: npt.NDArray[np.integer],
    filled: npt.NDArray[np.bool_],
) -> Rows:
    """Where in the column the marked distinct cells stand."""
    if not distinct.any():
        return np.empty(0, dtype=np.intp)
    return np.flatnonzero(distinct[codes] & filled)


def _far(dates: npt.NDArray[np.datetime64]) -> npt.NDArray[np.bool_]:
    """Distinct dates more than FAR_YEARS from their median."""
    known = ~np.isnat(dates)
    years = np.where(known, _years(dates), 0)
    middle = np.median(years[known]) if known.any() else 0
    return known & (np.abs(years - middle) > FAR_YEARS)


_ABSENT = "none"
"""Mark of a distinct cell that says in numbers that there is no date (0000-00-00)."""

_COARSE_NOTES = {
    "mes": "o arquivo só traz o mês; usado o dia 1º",
    "ano": "o arquivo só traz o ano; usado 1º de janeiro",
}


def _text_dates(texts: pa.Array) -> _Dates:
    found = _Dates.unknown(len(texts))
    if not len(texts):
        return found
    if _iso_dates(found, texts):
        return found
    texts = pc.utf8_lower(texts)
    month_first = _is_month_first(texts)
    for pattern in _FORMS:
        _apply_form(found, texts, pattern, month_first=month_first and pattern is _DAY_FIRST)
    for pattern in _MONTH_FORMS:
        _apply_form(found, texts, pattern, coarse="mes")
    _apply_numbers(found, texts)
    zeros = pc.match_substring_regex(texts, r"^[0\-/.: t]+$")
    no_date = pc.is_in(pc.utf8_slice_codeunits(texts, 0, 10), value_set=_NO_DATE)
    found.coarse[flags_of(pc.or_(zeros, no_date))] = _ABSENT
    found.values[found.coarse == _ABSENT] = np.datetime64("NaT")
    return found


def _iso_dates(found: _Dates, texts: pa.Array) -> bool:
    """The whole column at once, when every cell is an ISO date or time without zone."""
    try:
        values_ = pc.cast(texts, pa.timestamp("us")).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        return False
    years = _years(values_)
    good = (years >= MIN_YEAR) & (years <= MAX_YEAR)
    found.values[good] = values_[good]
    found.shaped[:] = True
    no_date = pc.is_in(pc.utf8_slice_codeunits(texts, 0, 10), value_set=_NO_DATE)
    found.values[flags_of(no_date)] = np.datetime64("NaT")
    found.coarse[flags_of(no_date)] = _ABSENT
    return True


def _is_month_first(texts: pa.Array) -> bool:
    """Whether the column writes 12/31/2024: some month above 12 in second place, none in first."""
    second = pc.match_substring_regex(texts, r"^\d{1,2}[-/.](?:1[3-9]|2\d|3[01])[-/.]\d{2}")
    first = pc.match_substring_regex(texts, r"^(?:1[3-9]|2\d|3[01])[-/.]\d{1,2}[-/.]\d{2}")
    return count_true(second) > 0 and count_true(first) == 0


def _apply_form(
    found: _Dates, texts: pa.Array, pattern: str, *, coarse: str = "", month_first: bool = False
) -> None:
    """Fill in the texts of one form that no earlier form has read."""
    left = np.flatnonzero(~found.shaped)
    parts = pc.extract_regex(texts.take(pa.array(left)), pattern)
    matched = flags_of(pc.is_valid(parts))
    rows = left[matched]
    if not len(rows):
        return
    taken = parts.filter(pa.array(matched))
    names = {part.name for part in parts.type} - {"y", "w"}
    numbers = {name: _integers(pc.struct_field(taken, name)) for name in names}
    if "m" not in names:
        numbers["m"] = _month_numbers(pc.struct_field(taken, "w"))
    if month_first:
        numbers["d"], numbers["m"] = numbers["m"], numbers["d"]
    found.shaped[rows] = numbers["m"] >= 0
    found.coarse[rows] = coarse
    found.values[rows] = _calendar(_full_years(pc.struct_field(taken, "y")), **numbers)


def _full_years(texts: pa.Array) -> npt.NDArray[np.int64]:
    """Years with their century; `0010` was written with four digits and stays the year 10."""
    years = _integers(texts)
    short = flags_of(pc.equal(pc.utf8_length(texts), 2))
    return np.where(short, np.where(years < _PIVOT_YEAR, years + 2000, years + 1900), years)


def _integers(texts: pa.Array) -> npt.NDArray[np.int64]:
    filled = pc.if_else(pc.equal(texts, ""), "0", texts)
    return np.array(pc.cast(filled, pa.int64()).to_numpy(zero_copy_only=False), dtype=np.int64)


def _month_numbers(words: pa.Array) -> npt.NDArray[np.int64]:
    """1 to 12, or -1 for a word that names no month."""
    return np.array([_MONTHS.get(word[:3], -1) for word in words.to_pylist()], dtype=np.int64)


def _calendar(
    year: npt.NDArray[np.int64],
    m: npt.NDArray[np.int64],
    d: npt.NDArray[np.int64] | int = 1,
    h: npt.NDArray[np.int64] | int = 0,
    n: npt.NDArray[np.int64] | int = 0,
    s: npt.NDArray[np.int64] | int = 0,
) -> npt.NDArray[np.datetime64]:
    """datetime64[us] of the parts; NaT where no calendar has that day or the year is absurd."""
    d, h, n, s = (np.broadcast_to(np.asarray(part), year.shape) for part in (d, h, n, s))
    good = (year >= MIN_YEAR) & (year <= MAX_YEAR) & (m >= 1) & (m <= 12) & (d >= 1) & (d <= 31)
    good &= (h <= 24) & (n < 60) & (s < 61)
    months = (np.where(good, year, 1970) - 1970) * 12 + np.where(good, m, 1) - 1
    first = months.astype("M8[M]")
    day = first.astype("M8[D]") + (np.where(good, d, 1) - 1)
    good &= day.astype("M8[M]") == first
    seconds = (h * 3600 + n * 60 + s).astype("m8[s]")
    exact = day.astype("M8[us]") + np.where(good, seconds, np.timedelta64(0, "s"))
    return np.where(good, exact, np.datetime64("NaT", "us"))


def _apply_numbers(found: _Dates, texts: pa.Array) -> None:
    """Dates written as one number: 20240131, 202401, unix seconds, serial days."""
    rows = np.flatnonzero(flags_of(pc.match_substring_regex(texts, r"^-?\d{4,20}(?:[.,]\d+)?$")))
    if not len(rows):
        return
    taken = pc.replace_substring(texts.take(pa.array(rows)), ",", ".")
    numbers = np.array(pc.cast(taken, pa.float64()).to_numpy(zero_copy_only=False), dtype=float)
    read = _numeric_dates(numbers)
    found.values[rows], found.shaped[rows] = read.values, read.shaped
    found.coarse[rows] = read.coarse


def _numeric_dates(numbers: npt.NDArray[np.float64]) -> _Dates:
    found = _Dates.unknown(len(numbers))
    known = np.where(np.isnan(numbers), 0, numbers)
    whole = np.clip(known, -1, 1e15).astype(np.int64)
    year_first = (whole >= 1e7) & (whole < 1e8)
    _fill_numbers(found, year_first, _calendar(whole // 10000, whole // 100 % 100, whole % 100))
    swapped = year_first & np.isnat(found.values)
    _fill_numbers(found, swapped, _calendar(whole % 10000, whole // 10000 % 100, whole // 1000000))
    month = (whole >= MIN_YEAR * 100) & (whole <= MAX_YEAR * 100 + 12)
    _fill_numbers(found, month, _calendar(whole // 100, whole % 100), coarse="mes")
    year = (whole >= MIN_YEAR) & (whole <= MAX_YEAR)
    _fill_numbers(found, year, _calendar(whole, np.ones_like(whole)), coarse="ano")
    for scale in (1.0, 1000.0):
        unix = (known >= _UNIX_SECONDS[0] * scale) & (known < _UNIX_SECONDS[1] * scale)
        stamps = np.where(unix, known / scale, 0).astype("M8[s]").astype("M8[us]")
        _fill_numbers(found, unix & ~found.shaped, stamps)
    _fill_serial_days(found, known)
    found.coarse[known < _NAT_SENTINEL] = _ABSENT
    return found


def _fill_numbers(
    found: _Dates,
    rows: npt.NDArray[np.bool_],
    values: npt.NDArray[np.datetime64],
    *,
    coarse: str = "",
) -> None:
    found.values[rows] = values[rows]
    found.shaped[rows] = True
    found.coarse[rows] = coarse


def _fill_serial_days(found: _Dates, numbers: npt.NDArray[np.float64]) -> None:
    """Spreadsheet serial days, believed only when most numbers of the column are such."""
    serial = (numbers >= _EXCEL_DAYS[0]) & (numbers < _EXCEL_DAYS[1])
    if 2 * serial.sum() > (numbers != 0).sum():
        days = np.where(serial, numbers, 0.0)
        stamps = _EXCEL_EPOCH + np.rint(days * 86_400).astype("m8[s]").astype("m8[us]")
        _fill_numbers(found, serial, stamps)
