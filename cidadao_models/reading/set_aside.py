"""Records that are none: empty ones, repeated headers, totals and notes at the foot.

Finds them in a table of texts and takes them out, each counted as an issue. Judges no value.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from cidadao_models.findings import Issues
from cidadao_models.reading.text_table import (
    EXAMPLES_PER_TYPE,
    clean_name,
    excerpt,
    report_rows,
)

EMPTY, HEADER, TOTAL, NOTE = (
    "registro_vazio",
    "cabecalho_repetido",
    "linha_de_total",
    "linha_de_rodape",
)
_SAID = {
    EMPTY: "Registro sem nenhum valor, separado.",
    HEADER: "O cabeçalho se repete no meio do arquivo; a linha foi separada.",
    TOTAL: "Linha de total separada, para não contar os valores duas vezes",
    NOTE: "Linha de rodapé separada",
}

USUALLY_FILLED = 0.9
"""Share of the records that fill a column from which a total's blank there tells it apart."""

FOOT_RECORDS = 20
"""Records at the end looked at for notes such as "Fonte: …"."""

MAX_LABEL_LENGTH = 80
MAX_CANDIDATES = 50_000
"""Records starting with "total" looked at one by one; suppliers of that name stay far below."""

MAX_SLICES = 64
"""Up to this many records are cut out without copying the table."""

_Cells = list[tuple[int, object]]
_YEAR = r"(?:19|20)\d\d"
_CANDIDATE = rf"(?i)^\W*(?:{_YEAR}\W+)?(?:sub\W?|valor(?:es)?\W+|grand\W+|soma\W+)?tota(?:l|is)\b"
_STARTS_AS_TOTAL = re.compile(_CANDIDATE)
_EXACT_TOTAL = re.compile(
    rf"(?i)\W*(?:{_YEAR}\W+)?(?:sub\W?|valor(?:es)?\W+|grand\W+|soma\W+)?tota(?:l|is)"
    rf"(?:\W+(?:gera(?:l|is)|acumulad[oa]|(?:d[oae]|no)\W+(?:ano|exerc[ií]cio|per[ií]odo|m[eê]s|"
    rf"[oó]rg[aã]o|grupo|relat[oó]rio|registros)))?(?:\W+{_YEAR})?\W*"
)
_NUMERIC = re.compile(r"(?:R\$)?\s*[-+(]?\s*(?:R\$)?\s*\d[\d.,\s]*%?\)?|-|0")
_NOTE = re.compile(
    r"(?i)\W*(?:fontes?\b|notas?\b|obs\b|observa|legenda|emitid|gerad|extra[ií]d|consulta|"
    r"atualizad|p[aá]gina|relat[oó]rio|data d[aeo] (?:emiss|extra|consulta|atualiza)|\*|\()"
)


def set_aside(
    data: pa.Table, rows: npt.NDArray[np.int64], header: Sequence[str], issues: Issues
) -> tuple[pa.Table, npt.NDArray[np.int64], int]:
    """The table and row numbers without what is no record, and how many were taken out."""
    found = find_set_aside(data, header)
    if not found:
        return data, rows, 0
    positions = np.array(sorted(found), dtype=np.int64)
    for type_ in (EMPTY, HEADER, TOTAL, NOTE):
        chosen = [position for position in positions.tolist() if found[position] == type_]
        if chosen:
            told = [_describe(type_, data, position) for position in chosen[:EXAMPLES_PER_TYPE]]
            report_rows(issues, type_, rows[chosen].tolist(), told.__getitem__)
    return without(data, positions), np.delete(rows, positions), len(positions)


def find_set_aside(data: pa.Table, header: Sequence[str]) -> dict[int, str]:
    """Position of every record that is none, with the type of its issue."""
    if data.num_rows == 0 or data.num_columns == 0:
        return {}
    found = dict.fromkeys(_empty_records(data), EMPTY)
    found |= dict.fromkeys(_repeated_headers(data, header), HEADER)
    found |= dict.fromkeys(_totals(data), TOTAL)
    found |= dict.fromkeys(_foot_notes(data, found), NOTE)
    return found


def is_total_label(text: str) -> bool:
    """Whether a whole cell only says "total", as a total row's first cell does."""
    return _EXACT_TOTAL.fullmatch(text.strip()) is not None


def without(data: pa.Table, positions: npt.NDArray[np.int64]) -> pa.Table:
    """The table without some rows (sorted positions); a few are cut out without a copy."""
    if len(positions) > MAX_SLICES:
        keep = np.ones(data.num_rows, dtype=bool)
        keep[positions] = False
        return data.filter(pa.array(keep))
    edges = [-1, *positions.tolist(), data.num_rows]
    pieces = [data.slice(a + 1, b - a - 1) for a, b in pairwise(edges) if b - a > 1]
    return pa.concat_tables(pieces) if pieces else data.slice(0, 0)


def _describe(type_: str, data: pa.Table, position: int) -> str:
    if type_ in (EMPTY, HEADER):
        return _SAID[type_]
    (((_, label), *_),) = _filled_cells(data, [position])
    return f"{_SAID[type_]}: “{excerpt(str(label))}”."


def _empty_records(data: pa.Table) -> list[int]:
    columns = sorted(data.itercolumns(), key=lambda column: column.null_count)
    if columns[0].null_count == 0:
        return []
    empty = pc.is_null(columns[0])
    for column in columns[1:]:
        empty = pc.and_(empty, pc.is_null(column))
        if not pc.any(empty).as_py():
            return []
    return list(pc.indices_nonzero(empty).to_pylist())


def _repeated_headers(data: pa.Table, header: Sequence[str]) -> Iterator[int]:
    named = [(i, name) for i, name in enumerate(header[: data.num_columns]) if name.strip()]
    if len(named) < 2 or not pa.types.is_string(data.column(named[0][0]).type):
        return
    first, name = named[0]
    same = pc.indices_nonzero(pc.equal(data.column(first), name.strip())).to_pylist()
    for position, filled in zip(same, _filled_cells(data, same), strict=True):
        cells = dict(filled)
        if all(clean_name(str(cells.get(i, ""))) == clean_name(name) for i, name in named):
            yield position


def _totals(data: pa.Table) -> Iterator[int]:
    candidates = sorted(set(_total_candidates(data)))
    filled = _filled_cells(data, candidates)
    usual = _usually_filled(data, filled)
    for position, cells in zip(candidates, filled, strict=True):
        if _is_total(cells, usual):
            yield position


def _usually_filled(data: pa.Table, candidates: list[_Cells]) -> list[int]:
    """Columns that the records other than the candidates fill, but for a few."""
    others = data.num_rows - len(candidates)
    there = Counter(column for cells in candidates for column, _ in cells)
    return [
        number
        for number, column in enumerate(data.itercolumns())
        if column.null_count - (len(candidates) - there[number]) <= (1 - USUALLY_FILLED) * others
    ]


def _total_candidates(data: pa.Table) -> Iterator[int]:
    """Records whose first filled cell, or the one after a year, starts with "total"."""
    blank_so_far = None
    for number, column in enumerate(data.itercolumns()):
        if number >= 2 and not pc.any(blank_so_far).as_py():
            return
        if pa.types.is_string(column.type):
            matches = pc.match_substring_regex(column, _CANDIDATE)
            if number >= 2:
                matches = pc.and_(matches, blank_so_far)
            yield from pc.indices_nonzero(pc.fill_null(matches, False))[:MAX_CANDIDATES].to_pylist()
        blank = pc.is_null(column)
        blank_so_far = blank if blank_so_far is None else pc.and_(blank_so_far, blank)


def _is_total(filled: _Cells, usual: list[int]) -> bool:
    if re.fullmatch(_YEAR, str(filled[0][1]).removesuffix(".0")) and len(filled) > 1:
        filled = filled[1:]
    label = str(filled[0][1])
    numbers = all(_is_number(cell) for _, cell in filled[1:])
    if not numbers or len(label) > MAX_LABEL_LENGTH or not _STARTS_AS_TOTAL.match(label):
        return False
    present = {column for column, _ in filled}
    return is_total_label(label) or any(column not in present for column in usual)


def _is_number(cell: object) -> bool:
    return isinstance(cell, float | int) or (
        isinstance(cell, str) and _NUMERIC.fullmatch(cell.strip()) is not None
    )


def _foot_notes(data: pa.Table, found: dict[int, str]) -> Iterator[int]:
    """Notes in the last records: one filled cell that begins as notes do."""
    if data.num_columns < 3:
        return
    foot = list(range(data.num_rows - 1, max(-1, data.num_rows - 1 - FOOT_RECORDS), -1))
    for position, filled in zip(foot, _filled_cells(data, foot), strict=True):
        if position in found:
            continue
        if len(filled) != 1 or not _NOTE.match(str(filled[0][1])):
            return
        yield position


def _filled_cells(data: pa.Table, positions: list[int]) -> list[_Cells]:
    """For each of some records, in the order given, the number and value of its filled cells."""
    if not positions:
        return []
    if len(positions) <= MAX_SLICES:
        chosen = pa.concat_tables([data.slice(position, 1) for position in positions])
    else:
        chosen = data.take(pa.array(positions, pa.int64()))
    return [
        [(number, cell) for number, cell in enumerate(cells) if cell is not None]
        for cells in zip(*chosen.to_pydict().values(), strict=True)
    ]
