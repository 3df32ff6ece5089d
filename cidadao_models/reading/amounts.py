"""Cells as published become numbers, in whatever way the amount was written.

Does not judge amounts: an entry error stays, to be found.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from cidadao_models.reading.values import Cleaned, Column, count_true, flags_of, without_nulls
from cidadao_models.records import as_text, text_bytes

MAX_MONEY = 1e16
"""R$; a larger text (1e308) is no amount at all. Entry errors below it stay, to be found."""

_THREE = r"^[+-]?[1-9]\d{0,2}\.\d{3}$"
_PLAIN = r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$"
_DRESS = r"(?i)R\$|BRL|[\s\x{a0}'\"]"
_GROUPED_DOT = r"^[+-]?\d{1,3}(?:\.\d{3})+(?:,\d*)?$"
_GROUPED_COMMA = r"^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$"


def number(column: Column) -> Cleaned:
    """Numbers in Brazilian, international or scientific writing, as float64.

    The decimal mark of the ambiguous forms (`1.234`, `1,234`) is decided once for the column:
    by its unambiguous cells, else as Brazilians write it. Percentages are not numbers here.
    """
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return _typed_number(column)
    texts = as_text(column)
    clean = _whole_column(texts)
    if clean is not None:
        return clean
    texts = without_nulls(pc.utf8_trim_whitespace(texts))
    for dress in ("R$", " ", "\u00a0"):
        texts = pc.replace_substring(texts, dress, "")
    return _whole_column(texts) or _mixed_numbers(texts)


def _whole_column(texts: pa.Array) -> Cleaned | None:
    """All cells by one rule, or None when they do not agree on one."""
    if b"," in text_bytes(texts)[0].tobytes():
        return _comma_decimals(texts)
    return _dot_decimals(texts) or _comma_decimals(texts)


money = number
"""Amounts in R$; the currency sign, a trailing minus and accounting parentheses are understood."""


def _typed_number(column: Column) -> Cleaned:
    if not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type)):
        filled = flags_of(pc.is_valid(column))
        return Cleaned(np.full(len(column), np.nan), unreadable=np.flatnonzero(filled))
    values = np.array(pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False), dtype=float)
    return _bounded(values, ~np.isnan(values), "números do próprio arquivo")


def _bounded(values: npt.NDArray[np.float64], filled: npt.NDArray[np.bool_], note: str) -> Cleaned:
    with np.errstate(invalid="ignore"):
        bad = filled & ~(np.abs(values) <= MAX_MONEY)
    values[bad] = np.nan
    return Cleaned(values, unreadable=np.flatnonzero(bad), note=note)


def _floats(texts: pa.Array) -> npt.NDArray[np.float64] | None:
    """All cells as floats, or None when one is not a plain number."""
    try:
        parsed = pc.cast(texts, pa.float64())
    except pa.ArrowInvalid:
        return None
    return np.array(parsed.to_numpy(zero_copy_only=False), dtype=float)


def _dot_decimals(texts: pa.Array) -> Cleaned | None:
    """The whole column at once, when every cell is a plain number with a decimal point."""
    values = _floats(texts)
    if values is None:
        return None
    if _dots_group(texts):
        dotted = count_true(pc.match_substring(texts, "."))
        if dotted and dotted == count_true(pc.match_substring_regex(texts, _THREE)):
            return None
    return _bounded(values, flags_of(pc.is_valid(texts)), "ponto como separador decimal")


def _comma_decimals(texts: pa.Array) -> Cleaned | None:
    """The whole column at once, when every cell is as Brazilians write and nothing denies it."""
    if not _dots_group(texts):
        return None
    values = _floats(_swapped(texts))
    if values is None or b"e" in text_bytes(texts)[0].tobytes().lower():
        return None
    return _bounded(values, flags_of(pc.is_valid(texts)), "vírgula como separador decimal")


def _dots_group(texts: pa.Array) -> bool:
    """Whether each dot stands as between thousands: three digits follow it, no lone 0 precedes."""
    cells, bounds = text_bytes(texts)
    dots = np.flatnonzero(cells == ord("."))
    if not len(dots):
        return True
    ends = np.zeros(len(cells) + 5, dtype=bool)
    ends[bounds] = True
    padded = np.concatenate([cells, np.zeros(5, np.uint8)])
    digit = (padded >= ord("0")) & (padded <= ord("9"))
    inside = digit & ~ends
    three = inside[dots + 1] & inside[dots + 2] & inside[dots + 3] & ~inside[dots + 4]
    lone_zero = ends[dots - 1] & (cells[dots - 1] == ord("0"))
    return bool((three & ~lone_zero & ~ends[dots]).all())


def _swapped(texts: pa.Array) -> pa.Array:
    """`1.234,5` as `1234.5`, over all bytes at once."""
    cells, bounds = text_bytes(texts)
    dots = cells == ord(".")
    removed = np.concatenate([np.zeros(1, np.int32), np.cumsum(dots, dtype=np.int32)])
    kept = cells[~dots]
    kept[kept == ord(",")] = ord(".")
    offsets = bounds - removed[bounds]
    valid = (
        None
        if not texts.null_count
        else pa.py_buffer(
            np.packbits(texts.is_valid().to_numpy(zero_copy_only=False), bitorder="little")
        )
    )
    buffers = [valid, pa.py_buffer(offsets), pa.py_buffer(kept)]
    return pa.Array.from_buffers(pa.string(), len(texts), buffers, texts.null_count)


def _undressed(texts: pa.Array) -> pa.Array:
    """Without currency, spaces and quotes; `(1,00)` and `1,00-` with the minus in front."""
    bare = pc.replace_substring_regex(texts, _DRESS, "")
    bare = pc.replace_substring_regex(bare, "[−–]", "-")
    bare = pc.replace_substring_regex(bare, r"^\((.*)\)$", r"-\1")
    bare = pc.replace_substring_regex(bare, r"^([^-].*)-$", r"-\1")
    return pc.replace_substring_regex(bare, r"^--", "-")


def _mixed_numbers(texts: pa.Array) -> Cleaned:
    """Cell by cell, for columns with dressed, foreign or unreadable cells."""
    bare = _undressed(texts)
    exponent = pc.match_substring_regex(bare, r"^[+-]?\d+(?:[.,]\d+)?[eE][+-]?\d+$")
    dots, commas = pc.count_substring(bare, "."), pc.count_substring(bare, ",")
    dots_group, commas_group = _grouping_marks(bare)
    comma_decimal = pc.and_(
        pc.equal(commas, 1), pc.invert(pc.match_substring_regex(bare, r",.*\."))
    )
    three_dot = pc.match_substring_regex(bare, _THREE)
    three_comma = pc.match_substring_regex(bare, r"^[+-]?[1-9]\d{0,2},\d{3}$")
    if commas_group:
        comma_decimal = pc.and_(comma_decimal, pc.invert(three_comma))
    comma_decimal = pc.and_(
        comma_decimal,
        pc.or_(pc.equal(dots, 0), pc.match_substring_regex(bare, _GROUPED_DOT)),
    )
    thousands = pc.match_substring_regex(bare, r"^[+-]?\d{1,3}(?:\.\d{3}){2,}$")
    if dots_group:
        thousands = pc.or_(thousands, three_dot)
    american = pc.and_(pc.greater(commas, 0), pc.match_substring_regex(bare, _GROUPED_COMMA))
    brazilian = pc.or_(comma_decimal, thousands)
    plain = pc.if_else(
        exponent,
        pc.replace_substring(bare, ",", "."),
        pc.if_else(
            brazilian,
            _swapped(bare),
            pc.if_else(american, pc.replace_substring(bare, ",", ""), bare),
        ),
    )
    readable = pc.match_substring_regex(plain, _PLAIN)
    values = np.array(
        pc.cast(pc.if_else(readable, plain, None), pa.float64()).to_numpy(zero_copy_only=False),
        dtype=float,
    )
    mark = "ponto como separador de milhar" if dots_group else "ponto como separador decimal"
    return _bounded(values, flags_of(pc.is_valid(texts)), mark)


def _grouping_marks(bare: pa.Array) -> tuple[bool, bool]:
    """Whether this column's `1.234` means 1234, and whether its `1,234` does."""
    comma_decimals = count_true(pc.match_substring_regex(bare, r"^[+-]?[\d.]*,(?:\d{1,2}|\d{4,})$"))
    dot_groups = count_true(pc.match_substring_regex(bare, r"\.\d{3}[.,]"))
    dot_decimals = count_true(
        pc.match_substring_regex(
            bare, r"^[+-]?(?:[\d,]*\.(?:\d{1,2}|\d{4,})|0+\.\d+|\d{4,}\.\d{3})$"
        )
    )
    comma_groups = count_true(pc.match_substring_regex(bare, r",\d{3}[.,]"))
    brazilian = comma_decimals + dot_groups >= dot_decimals + comma_groups
    return brazilian, not brazilian and comma_groups > 0
