"""The table of texts that every format is read into, before any column is understood.

Holds the value and names its columns. Reads no format and interprets no cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from cidadao_models.findings import Issues

EXAMPLES_PER_TYPE = 8
"""Rows of one kind of problem told one by one; the rest are counted in one more issue."""

EXCERPT_LENGTH = 120
"""Characters of a rejected line that an issue quotes."""

_NOT_IN_NAMES = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\u200b]")


@dataclass
class TextTable:
    """Cells as published, with the input record number of every row.

    `data` has one column per source column, of type string (cell text without control characters
    and outer blanks, empty is null), or float64 or timestamp("us") where the source is typed.
    `rows` holds the int64 0-based input record numbers, with gaps where records were set aside:
    `len(rows) + n_rejected` is the number of records in the source.
    """

    data: pa.Table
    rows: np.ndarray
    n_rejected: int
    issues: Issues
    info: dict[str, object] = field(default_factory=dict)


def column_names(header: Sequence[str]) -> list[str]:
    """Unique clean names: empty ones become `coluna_<n>`, repeated ones get `_2`, `_3`, …"""
    taken: set[str] = set()
    names = []
    for position, cell in enumerate(header, start=1):
        base = clean_name(cell) or f"coluna_{position}"
        name, copy = base, 1
        while name in taken:
            copy += 1
            name = f"{base}_{copy}"
        taken.add(name)
        names.append(name)
    return names


def clean_name(cell: str) -> str:
    """A header cell without control characters, with single plain spaces."""
    return " ".join(_NOT_IN_NAMES.sub("", cell).replace("\xa0", " ").split())


def excerpt(text: str) -> str:
    """The start of a rejected line on one line, with CPFs masked, to be quoted in an issue."""
    from cidadao_models.records import mask_cpf

    line = mask_cpf(" ".join(text[: 4 * EXCERPT_LENGTH].split()))
    return line if len(line) <= EXCERPT_LENGTH else line[: EXCERPT_LENGTH - 1] + "…"


def report_rows(
    issues: Issues, type: str, rows: Sequence[int], describe: Callable[[int], str]
) -> None:
    """Count one problem per row: the first told by `describe(position)`, the rest summed up."""
    shown = min(len(rows), EXAMPLES_PER_TYPE)
    for position in range(shown):
        issues.add(type, describe(position), row=int(rows[position]))
    rest = len(rows) - shown
    if rest:
        issues.add(type, f"Mais {rest} registros assim.", row=int(rows[shown]), count=rest)
