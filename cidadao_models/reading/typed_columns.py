"""Columns of Python values (from JSON, spreadsheets, data frames) as arrow columns.

Keeps numbers and dates where a column holds nothing else; a mixed column becomes text in which no
number can be taken for Brazilian thousands. Understands no column.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from cidadao_models.findings import Issues
from cidadao_models.reading import encoding

EXACT_INTEGER = 1 << 53
"""Largest whole number a float64 holds exactly; longer codes stay text."""

MAX_INTEGER_BITS = 10_000
"""Whole numbers above this (about 3,000 digits) are no data: writing them out costs seconds."""

BYTES_WORTH_A_LOOK = 100_000
"""Size of a column from which looking at the raw bytes first is the faster way."""

_ODD_CHARACTER = (
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x{a0}\\x{feff}\\x{fffd}]|[ÃÂ][^\\x00-\\x7f]"
)
_THREE_DECIMALS = re.compile(r"-?\d+\.\d{3}")


def typed_column(values: Sequence[object], name: str, issues: Issues) -> pa.Array:
    """float64 for numbers, timestamp("us") for dates, else cleaned text; None is null."""
    kinds = {type(value) for value in values}
    kinds.discard(type(None))
    if kinds == {str}:
        return _texts(values, name, issues)
    if kinds and kinds <= {int, float} and _fit_floats(values):
        return _numbers(values, name, issues)
    if kinds and kinds <= {dt.datetime, dt.date}:
        moments = [_moment(value) for value in values]
        return pa.array(moments, pa.timestamp("us"))
    return _texts([render(value) for value in values], name, issues)


def render(value: object) -> str | None:
    """A cell as text: numbers with a decimal point never look like Brazilian thousands."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if value.bit_length() <= MAX_INTEGER_BITS else None
    if isinstance(value, float):
        return _render_float(value)
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, Mapping | list | tuple):
        return _render_nested(value)
    return str(value)


def _render_float(value: float) -> str | None:
    if not math.isfinite(value):
        return None
    if value.is_integer() and abs(value) < EXACT_INTEGER:
        return str(int(value))
    text = repr(value)
    return text + "0" if _THREE_DECIMALS.fullmatch(text) else text


def _render_nested(value: object) -> str | None:
    if isinstance(value, list | tuple) and all(isinstance(item, str | int) for item in value):
        return "; ".join(str(item) for item in value) or None
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except (RecursionError, ValueError):  # nested without end, or a number without end
        return None


def _fit_floats(values: Sequence[object]) -> bool:
    return all(abs(value) <= EXACT_INTEGER for value in values if isinstance(value, int))


def _numbers(values: Sequence[object], name: str, issues: Issues) -> pa.Array:
    return finite_numbers(pa.array(values, pa.float64(), from_pandas=True), name, issues)


def finite_numbers(floats: pa.Array, name: str, issues: Issues) -> pa.Array:
    """float64 with null where a number is NaN or, counted as an issue, infinite."""
    finite = pc.is_finite(floats)
    if pc.all(finite, skip_nulls=True).as_py() in (True, None):
        return floats
    infinite = pc.sum(pc.is_inf(floats)).as_py()
    if infinite:
        issues.add(
            "numero_invalido",
            f"Números infinitos tratados como vazios: {infinite}.",
            column=name,
            count=infinite,
        )
    return pc.if_else(finite, floats, pa.scalar(None, pa.float64()))


def _moment(value: object) -> dt.datetime | None:
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, dt.date):
        return dt.datetime(value.year, value.month, value.day)
    return None


def _texts(values: Sequence[object], name: str, issues: Issues) -> pa.Array:
    try:
        texts = pa.array(values, pa.string(), from_pandas=True)
    except UnicodeEncodeError:  # lone surrogates, which JSON can spell and UTF-8 can't
        repaired = [
            value.encode("utf-8", "replace").decode() if isinstance(value, str) else None
            for value in values
        ]
        texts = pa.array(repaired, pa.string())
    return clean_texts(texts, name, issues)


def clean_texts(texts: pa.Array, name: str, issues: Issues) -> pa.Array:
    """Strings without control characters and outer blanks; null where nothing is left."""
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    trimmed = pc.utf8_trim_whitespace(_clean_odd_cells(texts, name, issues))
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)


def _may_be_odd(texts: pa.Array) -> bool:
    """A quick look at the raw bytes of a long column, before a regular expression runs on it."""
    data = texts.buffers()[2]
    return data is not None and encoding.may_need_cleaning(data.to_pybytes())


def _clean_odd_cells(texts: pa.Array, name: str, issues: Issues) -> pa.Array:
    if texts.nbytes > BYTES_WORTH_A_LOOK and not _may_be_odd(texts):
        return texts
    odd = pc.indices_nonzero(pc.fill_null(pc.match_substring_regex(texts, _ODD_CHARACTER), False))
    if not len(odd):
        return texts
    cells, repairs = texts.to_pylist(), Issues()
    for position in odd.to_pylist():
        cells[position] = encoding.clean(cells[position].encode(), repairs).decode()
    for type_, count in repairs.counts.items():
        encoding.report(issues, type_, count, column=name)
    return pa.array(cells, pa.string())
