"""Cells as published become clean text, codes and identity documents; "no value" becomes missing.

Amounts are cleaned by `amounts`, dates by `dates`. Does not know fields, layouts or files.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from cidadao_models.records import as_text, classify_distinct, text_bytes

Column: TypeAlias = "pa.Array | pa.ChunkedArray"
Rows: TypeAlias = npt.NDArray[np.intp]

_NULL_WORDS = [
    "na",
    "n/a",
    "n.a.",
    "n.a",
    "#n/d",
    "#n/a",
    "null",
    "none",
    "nan",
    "nat",
    "nil",
    "undefined",
    "<na>",
    "-",
    "--",
    "---",
    "–",
    "—",
    ".",
    "..",
    "*",
    "?",
    "n/d",
    "nd",
    "n/i",
    "ni",
    "s/i",
    "[]",
    "{}",
    "vazio",
    "inexistente",
    "sigiloso",
    "sigilosa",
    "ignorado",
    "#nulo",
    "#nulo#",
    "#ne",
    "#ne#",
]
_NULL_PHRASES = (
    "sem informação",
    "não informado",
    "não informada",
    "não se aplica",
    "não aplicável",
    "não disponível",
    "não há",
    "não consta",
    "sem dados",
    "sem registro",
    "não identificado",
    "não especificado",
    "não definido",
    "não divulgado",
    "não possui",
    "não cadastrado",
    "informação sigilosa",
    "informações protegidas por sigilo",
    "orçamento sigiloso",
    "a definir",
)
_UNACCENT = str.maketrans("áâãàçéêíóôõú", "aaaaceeiooou")
NULL_TOKENS = frozenset(
    {*_NULL_WORDS, *_NULL_PHRASES, *(phrase.translate(_UNACCENT) for phrase in _NULL_PHRASES)}
)
"""Texts that stand for "no value", in lower case."""

CODE_SENTINELS = frozenset({"-1", "-2", "-3", "-8", "-9", "-99", "-999"})
"""Negative numbers that stand for "no value" where a code is expected."""

_NULL_CELLS = pa.array(
    sorted(
        {
            written
            for token in NULL_TOKENS
            for written in (token, token.upper(), token.capitalize(), token.title())
        }
        | {"", "NaN", "NaT", "NoneType"}
    )
)
"""The tokens in every usual writing, so that one hash look-up per cell finds them."""


@dataclass(slots=True)
class Cleaned:
    """A clean column and the positions of the cells that did not make it.

    `values` is float64 or datetime64[us] (numpy, NaN and NaT for missing) or a string array.
    `unreadable` were not empty and could not be read; `impossible` are dates of no calendar;
    `improbable` are dates that were kept. `note` says in Portuguese what was decided once for
    the whole column. `coarse` is "mes" or "ano" when no cell of a date column states the day.
    """

    values: Any
    unreadable: Rows = field(default_factory=lambda: np.empty(0, dtype=np.intp))
    impossible: Rows = field(default_factory=lambda: np.empty(0, dtype=np.intp))
    improbable: Rows = field(default_factory=lambda: np.empty(0, dtype=np.intp))
    note: str = ""
    coarse: str = ""


def flags_of(mask: pa.Array | pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    """A boolean Arrow mask as numpy; null counts as False."""
    return np.asarray(pc.fill_null(mask, False).to_numpy(zero_copy_only=False), dtype=bool)


def count_true(mask: pa.Array) -> int:
    return pc.sum(mask).as_py() or 0


_BLANKS = ("\r\n", "\n", "\r", "\t", "\u00a0", "\u2007", "\u202f")
_FEW = 0.5
"""Share of distinct cells, in a sample, below which a column is cleaned by distinct value."""

_SAMPLE = 2_000
"""Rows of that sample; shorter columns are cleaned as they are."""


def tidy(column: Column) -> pa.Array:
    """Text with single spaces and no null tokens, as one string array."""
    texts = as_text(column)
    if len(texts) > _SAMPLE and len(texts[:_SAMPLE].unique()) < _FEW * _SAMPLE:
        encoded = texts.dictionary_encode()
        return _tidied(encoded.dictionary).take(encoded.indices)
    return _tidied(texts)


def _tidied(texts: pa.Array) -> pa.Array:
    cells, bounds = text_bytes(texts)
    whole = cells.tobytes()  # a plain search over all bytes is much faster than one per cell
    for blank in _BLANKS:
        code = blank.encode()
        if code[:1] in whole and code in whole:  # one byte is found faster than several
            texts = pc.replace_substring(texts, blank, " ")
    if b"  " in text_bytes(texts)[0].tobytes():
        doubled = pc.match_substring(texts, "  ")
        single = pc.replace_substring_regex(texts.filter(doubled), " {2,}", " ")
        texts = pc.replace_with_mask(texts, pc.fill_null(doubled, False), single)
    if _may_have_outer_blanks(cells, bounds):
        texts = pc.utf8_trim_whitespace(texts)
    return without_nulls(texts)


def _may_have_outer_blanks(cells: npt.NDArray[np.uint8], bounds: npt.NDArray[np.int32]) -> bool:
    """Whether some cell begins with a blank byte or ends with what may be one."""
    filled = bounds[1:] > bounds[:-1]
    first, last = cells[bounds[:-1][filled]], cells[bounds[1:][filled] - 1]
    if (first <= ord(" ")).any() or (last <= ord(" ")).any() or (first == 0xC2).any():
        return True
    # the special blanks end in C2 A0, 80 AF or 80 87
    before = cells[np.maximum(bounds[1:][filled] - 2, 0)]
    return bool((np.isin(last, (0xA0, 0xAF, 0x87)) & np.isin(before, (0xC2, 0x80))).any())


def without_nulls(texts: pa.Array) -> pa.Array:
    absent = pc.is_in(texts, value_set=_NULL_CELLS)
    if not pc.any(absent).as_py():
        return texts
    return pc.if_else(absent, pa.scalar(None, pa.string()), texts)


def text(column: Column) -> Cleaned:
    """Readable text: spaces collapsed, null tokens missing."""
    return Cleaned(tidy(column))


def code(column: Column) -> Cleaned:
    """Codes as text, zeros and letters kept (`00`, `2E24`).

    `2010,0` loses its tail only when every cell of the column has it (a float artefact).
    """
    texts = tidy(column)
    sentinel = pc.is_in(texts, value_set=_SENTINEL_CELLS)
    if pc.any(sentinel).as_py():
        texts = pc.if_else(sentinel, pa.scalar(None, pa.string()), texts)
    if _all_end_in_zero_decimals(texts):
        return Cleaned(pc.utf8_slice_codeunits(texts, 0, stop=-2), note="sem o ,0 dos códigos")
    return Cleaned(texts)


_SENTINEL_CELLS = pa.array(sorted(CODE_SENTINELS))


def _all_end_in_zero_decimals(texts: pa.Array) -> bool:
    cells = texts.drop_null()
    if not len(cells) or not cells[0].as_py().endswith((".0", ",0")):
        return False
    return bool(pc.all(pc.match_substring_regex(cells, r"^-?\d+[.,]0$")).as_py())


def document(column: Column) -> Cleaned:
    """Identity documents: a CNPJ as its 14 characters, a CPF as ddd.ddd.ddd-dd, others as given.

    CPFs keep their dots so that they are recognised, and masked, wherever they are shown.
    """
    encoded = as_text(column).dictionary_encode()
    unique = _tidied(encoded.dictionary)
    found = classify_distinct(unique.fill_null(""))
    kind, digits = found.kind, found.digits
    shown = unique.to_numpy(zero_copy_only=False).copy()
    is_cnpj, is_cpf = kind == "cnpj", kind == "cpf"
    shown[is_cnpj] = digits[is_cnpj]
    shown[is_cpf] = [f"{d[:3]}.{d[3:6]}.{d[6:9]}-{d[9:]}" for d in digits[is_cpf]]
    missing = np.array([cell in CODE_SENTINELS or cell in {"0", "0.0"} for cell in shown], bool)
    shown[missing] = None
    return Cleaned(pa.array(shown, pa.string()).take(encoded.indices))
