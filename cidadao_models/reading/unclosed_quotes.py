"""Quotes that are opened and never closed: without repair one swallows every record after it.

Rewrites the few lines at fault so that any CSV parser reads them as they look. Leaves cells that
really span lines alone.
"""

from __future__ import annotations

import re

_FIRST_QUOTE = re.compile(rb'[^"]*(?:""[^"]*)*"')

MAX_CELL_LINES = 2_000
"""Lines a quoted cell may span before it is taken for swallowed records."""


def close_quotes(body: bytes, separator: bytes, width: int) -> tuple[bytes, int]:
    """The body with the quotes that never close doubled as text, and how many lines that took.

    A line with an open quote joins the lines down to the one that closes it, unless a line in
    between is a whole record of `width` cells by itself: then the quote is a stray one.
    """
    lines = body.splitlines(keepends=True)
    opening = [i for i, line in enumerate(lines) if _leaves_open(line, separator)]
    repaired, position = 0, 0
    while position < len(opening):
        start = opening[position]
        stop = _closing_line(lines, start, separator, width)
        if stop is None:
            lines[start] = _requote(lines[start], separator)
            repaired += 1
            position += 1
            continue
        while position < len(opening) and opening[position] <= stop:
            position += 1
    return b"".join(lines), repaired


def holds_swallowed_records(text: str, separator: str, width: int) -> bool:
    """Whether the text of one record has lines that are whole records by themselves."""
    if width < 2 or "\n" not in text:
        return False
    mark = separator.encode()
    first, *inner = text.encode().splitlines()
    return any(_width(line, mark) == width and not _leaves_open(line, mark) for line in inner) or (
        _width(first, mark) == width == _width(inner[-1], mark)
    )


def merges_records(cell: str, column: int, separator: str, width: int) -> bool:
    """Whether one cell reads like the end of a record, a line break and the start of another.

    `column` is the 0-based place of the cell: the cells before it and those in its first line
    make a whole record, and so do those in its last line and the cells after it.
    """
    first, *inner = cell.splitlines()
    joins = (
        first.count(separator) == width - column - 1
        and inner[-1:]
        and inner[-1].count(separator) == column
    )
    return bool(joins) or holds_swallowed_records(cell, separator, width)


def split_line(line: bytes, separator: bytes) -> tuple[list[bytes], bool]:
    """Raw cells of one line and whether a quote stays open; such a quote counts as text."""
    cells, at, is_open = [], 0, False
    while True:
        end = _quoted_end(line, at, separator) if line[at : at + 1] == b'"' else None
        if end is None:
            is_open |= line[at : at + 1] == b'"'
            end = line.find(separator, at)
            end = len(line) if end < 0 else end
        cells.append(line[at:end])
        if end >= len(line):
            return cells, is_open
        at = end + len(separator)


def _quoted_end(line: bytes, at: int, separator: bytes) -> int | None:
    """Where the quoted cell that starts at `at` ends, or None when it does not on this line."""
    position = at + 1
    while True:
        position = line.find(b'"', position)
        if position < 0:
            return None
        if line[position + 1 : position + 2] == b'"':
            position += 2
            continue
        end = line.find(separator, position)
        return len(line) if end < 0 else end


def _leaves_open(line: bytes, separator: bytes) -> bool:
    return line.count(b'"') % 2 == 1 and split_line(line.rstrip(b"\r\n"), separator)[1]


def _width(line: bytes, separator: bytes) -> int:
    return len(split_line(line.rstrip(b"\r\n"), separator)[0])


def _closing_line(lines: list[bytes], start: int, separator: bytes, width: int) -> int | None:
    """The line that closes the quote left open on `start`, or None when it is a stray one."""
    joined = lines[start]
    starts_whole = _width(joined, separator) == width
    for stop in range(start + 1, min(len(lines), start + MAX_CELL_LINES)):
        line = lines[stop]
        joined += line
        whole = width > 1 and _width(line, separator) == width
        if line.count(b'"') % 2 == 0:
            if whole:
                return None
        elif whole and starts_whole:
            return None
        elif _ends_a_cell(line, separator) or _completes(joined, separator, width):
            return stop
    return None


def _ends_a_cell(line: bytes, separator: bytes) -> bool:
    """Whether the first quote of a line that is not doubled stands where a cell ends."""
    first = _FIRST_QUOTE.match(line)
    after = line[first.end() :].rstrip(b"\r\n") if first else b"x"
    return not after or after.startswith(separator)


def _completes(joined: bytes, separator: bytes, width: int) -> bool:
    cells, is_open = split_line(joined.rstrip(b"\r\n"), separator)
    return not is_open and len(cells) == width


def _requote(line: bytes, separator: bytes) -> bytes:
    """The line with every cell that holds a quote open quoted anew, its quotes doubled."""
    content = line.rstrip(b"\r\n")
    cells, _ = split_line(content, separator)
    fixed = [
        b'"' + cell.replace(b'"', b'""') + b'"' if _is_stray(cell, separator) else cell
        for cell in cells
    ]
    return separator.join(fixed) + line[len(content) :]


def _is_stray(cell: bytes, separator: bytes) -> bool:
    return cell.startswith(b'"') and _quoted_end(cell, 0, separator) is None
