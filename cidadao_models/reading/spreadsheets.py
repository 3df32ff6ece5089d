"""XLSX, XLS and ODS workbooks: the sheet that holds the data, as a table.

python-calamine reads the cells, in a process of its own whose memory is bounded; numbers and dates
stay typed where a whole column has them. Formulas are not computed (the stored result is read) and
number formats are not looked at.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from cidadao_models.errors import TooFewRecords, TooLarge, UnreadableFile
from cidadao_models.findings import Issues
from cidadao_models.reading.apart import ask
from cidadao_models.reading.dialect import common_width, find_header
from cidadao_models.reading.limits import Limits
from cidadao_models.reading.set_aside import find_set_aside, set_aside
from cidadao_models.reading.text_table import TextTable, column_names
from cidadao_models.reading.typed_columns import render, typed_column

MIN_FILLED = 2
"""Cells a row fills to count as part of a table when sheets are compared."""

_OUT_OF_MEMORY = re.compile(rb"memory allocation|capacity overflow|MemoryError")
_PROTECTED = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True, slots=True)
class _Sheet:
    name: str
    rows: list[list[object]]
    score: int


def read_spreadsheet(payload: bytes, issues: Issues, limits: Limits, format_: str) -> TextTable:
    """A table from the sheet with the most rows that look like a table's.

    Raises UnreadableFile for damaged or protected workbooks, TooFewRecords for empty ones.
    """
    sheets = _load(payload, limits)
    if not sheets or not max(sheet.score for sheet in sheets):
        raise TooFewRecords(
            "A planilha não tem nenhuma linha preenchida.",
            hint="Confira se os dados estão mesmo neste arquivo.",
        )
    best = max(sheets, key=lambda sheet: sheet.score)
    for sheet in sheets:
        if sheet is not best and sheet.rows:
            issues.add(
                "planilha_nao_lida",
                f"A aba “{sheet.name}”, com {len(sheet.rows)} linhas, ficou de fora: "
                f"os dados estão em “{best.name}”.",
            )
    return _table(best, issues, limits, format_)


def check_inflated(archive: zipfile.ZipFile, limits: Limits) -> None:
    """Raise TooLarge for a workbook that inflates too far, counting what really comes out."""
    total = 0
    for member in archive.infolist():
        with archive.open(member) as stream:
            while piece := stream.read(1 << 20):
                total += len(piece)
                limits.check_inflated(total)


def _load(payload: bytes, limits: Limits) -> list[_Sheet]:
    answers = [json.loads(line) for line in _ask_worker(payload, limits).splitlines()]
    if not answers or "error" in answers[-1]:
        protected = _PROTECTED in payload or (answers and answers[-1]["error"] == "protected")
        raise _damaged("protegida por senha" if protected else "danificada ou é de outro tipo")
    return [_sheet(answer["name"], answer["rows"]) for answer in answers]


def _damaged(how: str) -> UnreadableFile:
    return UnreadableFile(
        f"A planilha está {how}.",
        hint="Abra-a no seu computador e salve uma cópia sem senha, em XLSX ou CSV.",
    )


def _ask_worker(payload: bytes, limits: Limits) -> bytes:
    """The lines the worker wrote; raises when it ended early or wrote more than the limit."""
    said = ask("sheet_worker.py", payload, most_bytes=limits.max_inflated_bytes)
    if said.too_long:
        raise _too_many_cells()
    if said.status:
        exhausted = _OUT_OF_MEMORY.search(said.complaints)
        raise _too_many_cells() if exhausted else _damaged("danificada")
    return said.answer


def _too_many_cells() -> TooLarge:
    return TooLarge(
        "A planilha ocupa células demais.",
        hint="Apague as linhas e colunas sem dados, ou salve a aba com a tabela como CSV.",
    )


def _sheet(name: str, cells: list[list[object]]) -> _Sheet:
    rows = [[_value(cell) for cell in row] for row in cells]
    while rows and not _filled(rows[-1]):
        rows.pop()
    return _Sheet(name, rows, sum(_filled(row) >= MIN_FILLED for row in rows) or bool(rows))


def _value(cell: object) -> object:
    if isinstance(cell, dict):
        return dt.datetime.fromisoformat(cell["d"])
    return None if cell == "" else cell


def _filled(row: Iterable[object]) -> int:
    return sum(cell is not None for cell in row)


def _table(sheet: _Sheet, issues: Issues, limits: Limits, format_: str) -> TextTable:
    width = _table_width(sheet.rows)
    top = [[render(cell) or "" for cell in row[:width]] for row in sheet.rows[:200]]
    header = find_header(top, width)
    names = list(header.cells) if header.cells is not None else [""] * width
    body = sheet.rows[header.start :]
    width = max([width, *(len(row) for row in body)])
    names += [""] * (width - len(names))
    _report_top(header.start - (header.cells is not None), header.cells is None, issues)
    if not body:
        raise TooFewRecords(
            "A planilha só tem o cabeçalho, sem nenhum registro.",
            hint="Refaça a consulta no portal, com um período que tenha registros.",
        )
    limits.check_shape(len(body), width)
    data, rows, rejected = _columns(body, names, issues)
    info: dict[str, object] = {"format": format_, "sheet": sheet.name}
    return TextTable(data, rows, rejected, issues, info)


def _table_width(rows: Sequence[Sequence[object]]) -> int:
    """Columns up to the last one that is filled in the usual row."""
    ends = [
        [None] * max((i + 1 for i, cell in enumerate(row) if cell is not None), default=0)
        for row in rows[:500]
    ]
    return common_width([[""] * len(end) for end in ends if len(end) >= MIN_FILLED]) or 1


def _report_top(before: int, unnamed: bool, issues: Issues) -> None:
    if before > 0:
        issues.add(
            "linhas_antes_do_cabecalho",
            f"Linhas de título antes da tabela, puladas: {before}.",
            count=before,
        )
    if unnamed:
        issues.add(
            "sem_cabecalho",
            "A primeira linha já é um registro: as colunas não têm nome e foram numeradas.",
        )


def _columns(
    body: list[list[object]], names: list[str], issues: Issues
) -> tuple[pa.Table, np.ndarray, int]:
    """Typed columns of the records; what is no record goes out first, so that it types nothing."""
    cells = [[row[i] if i < len(row) else None for row in body] for i in range(len(names))]
    kept = [i for i, name in enumerate(names) if name.strip() or _filled(cells[i])]
    unique = column_names(names)
    texts = pa.table({unique[i]: _as_text(cells[i]) for i in kept})
    header = [names[i] for i in kept]
    found = find_set_aside(texts, header)
    rows = np.arange(len(body), dtype=np.int64)
    _, rows, rejected = set_aside(texts, rows, header, issues) if found else (texts, rows, 0)
    data = pa.table(
        {unique[i]: typed_column([cells[i][row] for row in rows], unique[i], issues) for i in kept}
    )
    return data, rows, rejected


def _as_text(values: list[object]) -> pa.Array:
    return typed_column([render(value) for value in values], "", Issues())
