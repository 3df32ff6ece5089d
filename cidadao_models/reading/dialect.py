"""How a delimited text is laid out: separator, where the header stands, how many columns.

Looks at a sample of records; the whole file is checked when it is parsed. Reads no bytes further.
"""

from __future__ import annotations

import csv
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

SEPARATORS = (";", ",", "\t", "|")
SAMPLE_BYTES = 1 << 18
"""Bytes looked at to find the separator: a few hundred records of the widest files seen."""

SAMPLE_RECORDS = 500
MAX_LINES_BEFORE_HEADER = 60
"""Title, filters and blank lines above the header; exports of audit courts have up to 12."""

MIN_HEADER_FILL = 0.5
"""Share of the columns that a header names at least; a title line fills one or two."""

DATA_LIKE_SHARE = 0.25
"""Share of amounts and dates from which a first line is a record, not a header."""

NO_HEADER_PENALTY, NUMBER_IN_HEADER_PENALTY, TITLE_PENALTY = 0.8, 0.6, 0.7
"""Factors on the plausibility of a separator under which the first line looks unlike a header;
chosen so that a decimal comma never beats the separator of a table with two columns."""

_PLAIN_NUMBER = re.compile(r"(?!(?:19|20)\d\d$)\d[\d.,]*")
_AMOUNT_OR_DATE = re.compile(
    r"(R\$\s*)?[-+(]?\d[\d.]*,\d+\)?|[-+]?\d+\.\d+|\d{5,}|\d{1,3}(\.\d{3})+(,\d+)?"
    r"|\d{1,2}/\d{1,2}/\d{2,4}.*|\d{4}-\d{2}-\d{2}.*|\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}"
)


@dataclass(frozen=True, slots=True)
class Header:
    """Where the records begin: `start` is the index of the first record in the sample.

    `cells` is None when the first full line is already a record.
    """

    cells: tuple[str, ...] | None
    start: int


@dataclass(frozen=True, slots=True)
class Dialect:
    """Separator, header cells (None without a header), body offset in bytes, columns of a row."""

    separator: str
    header: tuple[str, ...] | None
    body_start: int
    lines_before: int
    width: int


@dataclass(frozen=True, slots=True)
class _Sample:
    records: list[list[str]]
    ends: list[int]


def detect(text: bytes) -> Dialect:
    """Separator and header of clean UTF-8 text, which holds at least one line."""
    cut = text[:SAMPLE_BYTES]
    whole = len(cut) == len(text)
    lines = cut.splitlines(keepends=True)
    if not whole and len(lines) > 1:
        lines.pop()
    samples = {mark: _split(lines, mark, whole=whole) for mark in SEPARATORS}
    separator = max(SEPARATORS, key=lambda mark: _plausibility(samples[mark].records))
    return _layout(separator, samples[separator])


def find_header(records: Sequence[Sequence[str]], width: int) -> Header:
    """The first line that names at least half of the columns, unless it is data itself."""
    needed = max(min(width, 2), math.ceil(MIN_HEADER_FILL * width))
    for index, cells in enumerate(records[:MAX_LINES_BEFORE_HEADER]):
        filled = [cell.strip() for cell in cells if cell.strip()]
        if len(filled) < needed:
            continue
        if _is_data(filled):
            return Header(None, index)
        return Header(tuple(cells), index + 1)
    return Header(None, 0)


def common_width(records: Sequence[Sequence[str]]) -> int:
    """The most frequent number of cells, the wider one on a tie; 1 without records."""
    counts = Counter(len(cells) for cells in records if cells)
    return max(counts, key=lambda width: (counts[width], width), default=1)


def _split(lines: list[bytes], separator: str, *, whole: bool) -> _Sample:
    """Records of the sample and the byte offset after each; a cut last record is left out."""
    offsets = [0]
    for line in lines:
        offsets.append(offsets[-1] + len(line))
    reader = csv.reader((line.decode("utf-8", "replace") for line in lines), delimiter=separator)
    records: list[list[str]] = []
    ends: list[int] = []
    try:
        for cells in reader:
            records.append(cells)
            ends.append(offsets[reader.line_num])
            if len(records) == SAMPLE_RECORDS:
                return _Sample(records, ends)
    except csv.Error:  # a cell beyond the csv module's own limit: a quote never closed
        return _Sample(records, ends)
    if not whole and len(records) > 1:
        return _Sample(records[:-1], ends[:-1])
    return _Sample(records, ends)


def _plausibility(records: list[list[str]]) -> float:
    """Higher for a separator that gives many columns, evenly, under a first line of names."""
    filled = [cells for cells in records if cells]
    width = common_width(filled)
    if width < 2:
        return 0.0
    share = sum(len(cells) == width for cells in filled) / len(filled)
    header = find_header(records, width)
    penalty = 1.0 if header.cells is not None else NO_HEADER_PENALTY
    if any(_PLAIN_NUMBER.fullmatch(cell.strip()) for cell in header.cells or ()):
        penalty *= NUMBER_IN_HEADER_PENALTY
    if len(filled[0]) == 1:
        penalty *= TITLE_PENALTY
    return share * math.log2(width + 1) * penalty


def _layout(separator: str, sample: _Sample) -> Dialect:
    width = common_width(sample.records)
    header = find_header(sample.records, width)
    if header.cells is None:
        start = sample.ends[header.start - 1] if header.start else 0
        return Dialect(separator, None, start, header.start, width)
    body = sample.records[header.start :]
    return Dialect(
        separator,
        header.cells,
        sample.ends[header.start - 1],
        header.start - 1,
        _row_width(header.cells, [cells for cells in body if cells]),
    )


def _row_width(header: tuple[str, ...], body: list[list[str]]) -> int:
    """Cells a record must have: the header's, give or take one empty column at the line's end.

    More when the header's last name is not empty and all sampled rows end in empty cells beyond
    it; one less when the header ends in a separator that the rows lack.
    """
    names, usual = len(header), common_width(body)
    last_is_named = bool(header[-1].strip())
    fitting = sum(len(cells) == names for cells in body)
    longer = [cells for cells in body if len(cells) > names]
    only_blank = all(not "".join(cells[names:]).strip() for cells in longer)
    if body and usual > names and last_is_named and only_blank and not fitting:
        return usual
    if body and usual == names - 1 and not last_is_named:
        return usual
    return names


def _is_data(cells: Sequence[str]) -> bool:
    values = sum(_AMOUNT_OR_DATE.fullmatch(cell) is not None for cell in cells)
    return values >= 1 and values >= DATA_LIKE_SHARE * len(cells)
