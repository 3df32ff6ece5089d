"""Delimited text (CSV, TSV, `;`, `|`) parsed by pyarrow, with every bad record accounted for.

Takes clean UTF-8; finds the layout, parses, sets records aside with their number. Decodes no
bytes and understands no column.

A record with cells missing is always set aside, even when they might be trailing blanks: a line
broken inside an unquoted text looks the same, and its values would shift. A record with cells too
many is kept only when everything beyond the named columns is blank. The first reading uses all
cores; only a file with bad records is read again on one core, because pyarrow numbers them only
then.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from cidadao_models.errors import TooFewRecords, UnreadableFile
from cidadao_models.findings import Issues
from cidadao_models.reading.dialect import Dialect, detect
from cidadao_models.reading.encoding import PIECE
from cidadao_models.reading.limits import Limits
from cidadao_models.reading.set_aside import TOTAL, is_total_label, set_aside, without
from cidadao_models.reading.text_table import TextTable, column_names, excerpt, report_rows
from cidadao_models.reading.unclosed_quotes import (
    close_quotes,
    holds_swallowed_records,
    merges_records,
)

BLOCK_BYTES = 1 << 20
"""Bytes a thread parses at once (pyarrow's default); a longer record needs one large block."""

MAX_BLOCK_BYTES = (1 << 31) - 1
RAGGED = "linha_irregular"
MAX_SHIFTED_SHARE = 0.05
"""Share of records filling a column without name up to which they are taken for shifted ones."""


@dataclass(frozen=True, slots=True)
class _BadRecord:
    number: int
    cells: int
    text: str


@dataclass(frozen=True, slots=True)
class _Parsed:
    table: pa.Table
    bad: int
    swallowed: bool


@dataclass(frozen=True, slots=True)
class _Layout:
    """What is handed to pyarrow: the bytes of the records and how to cut them."""

    body: pa.Buffer
    names: tuple[str, ...]
    header: tuple[str, ...]
    header_width: int
    separator: str
    quoted: bool
    escaped: bool = False


def read_delimited(text: bytes, issues: Issues, limits: Limits) -> TextTable:
    """A table of texts from clean UTF-8.

    Raises TooFewRecords for a file without records, TooLarge above the limits, UnreadableFile
    when the text can't be cut into records.
    """
    if not text[:4096].strip() and not text.strip():
        raise TooFewRecords(
            "O arquivo está vazio.", hint="Confira o arquivo na origem e baixe-o de novo."
        )
    dialect = detect(text)
    layout = _layout(text, dialect)
    limits.check_shape(0, len(layout.names))
    if not layout.body.size:
        raise _without_records(layout.header)
    _report_layout(dialect, issues)
    layout, parsed = _best_reading(layout, issues)
    table, rows, rejected = _number_records(layout, parsed, issues)
    limits.check_shape(len(rows) + rejected, len(layout.names))
    table, rows, shifted = _drop_unnamed(layout, _clean_columns(table), rows, issues)
    table, rows, set_apart = set_aside(table, rows, layout.header, issues)
    info: dict[str, object] = {"format": "csv", "delimiter": dialect.separator}
    return TextTable(table, rows, rejected + shifted + set_apart, issues, info)


def _without_records(header: Sequence[str]) -> TooFewRecords:
    shown = excerpt(", ".join(column_names(header)[:8]))
    return TooFewRecords(
        f"O arquivo só tem o cabeçalho ({shown}), sem nenhum registro.",
        hint="Refaça a consulta no portal, com um período que tenha registros.",
    )


def _layout(text: bytes, dialect: Dialect) -> _Layout:
    header = list(dialect.header or ())[: dialect.width]
    header += [""] * (dialect.width - len(header))
    return _Layout(
        body=pa.py_buffer(text).slice(dialect.body_start),
        names=tuple(column_names(header)),
        header=tuple(header),
        header_width=len(dialect.header or header),
        separator=dialect.separator,
        quoted=b'"' in text,
    )


def _report_layout(dialect: Dialect, issues: Issues) -> None:
    if dialect.lines_before:
        issues.add(
            "linhas_antes_do_cabecalho",
            f"Linhas de título antes da tabela, puladas: {dialect.lines_before}.",
            count=dialect.lines_before,
        )
    if dialect.header is None:
        issues.add(
            "sem_cabecalho",
            "A primeira linha já é um registro: as colunas não têm nome e foram numeradas.",
        )


def _best_reading(layout: _Layout, issues: Issues) -> tuple[_Layout, _Parsed]:
    """The plain reading, or when it has bad records the repair that keeps the most records."""
    plain = _parse(layout)
    if not plain.bad and not plain.swallowed:
        return layout, plain
    best = (layout, plain, lambda: None)
    for repair in (_with_closed_quotes, _without_lone_returns, _with_escapes):
        other = repair(best[0], issues)
        if other is None:
            continue
        parsed = _parse(other[0])
        if _rank(parsed) > _rank(best[1]):
            best = (other[0], parsed, other[1])
            other[1]()
    return best[0], best[1]


def _rank(parsed: _Parsed) -> tuple[int, int]:
    return parsed.table.num_rows, -parsed.bad


_Repair = tuple[_Layout, Callable[[], None]]


def _with_closed_quotes(layout: _Layout, issues: Issues) -> _Repair | None:
    if not layout.quoted:
        return None
    body, repaired = close_quotes(
        layout.body.to_pybytes(), layout.separator.encode(), len(layout.names)
    )
    if not repaired:
        return None

    def report() -> None:
        issues.add(
            "aspas_sem_par",
            f"Linhas com aspas abertas e nunca fechadas, lidas uma a uma: {repaired}.",
            count=repaired,
        )

    return replace(layout, body=pa.py_buffer(body)), report


def _without_lone_returns(layout: _Layout, issues: Issues) -> _Repair | None:
    """Carriage returns alone are text, not line ends, when that keeps more records whole."""
    body = layout.body.to_pybytes()
    lone = body.count(b"\r") - body.count(b"\r\n")
    if not lone or b"\n" not in body:
        return None
    body = body.replace(b"\r\n", b"\n").replace(b"\r", b" ")

    def report() -> None:
        issues.add(
            "quebra_de_linha_solta",
            f"Retornos de carro dentro de textos, trocados por espaços: {lone}.",
            count=lone,
        )

    return replace(layout, body=pa.py_buffer(body)), report


def _with_escapes(layout: _Layout, issues: Issues) -> _Repair | None:
    """Quotes written as `\\"` inside quoted text, as MySQL exports do."""
    if not layout.quoted or b'\\"' not in layout.body.to_pybytes():
        return None
    return replace(layout, escaped=True), lambda: None


def _parse(layout: _Layout) -> _Parsed:
    """One reading on all cores: only counts the bad records, and tells swallowed ones."""
    bad, swallowed = 0, False

    def count(row: arrow_csv.InvalidRow) -> str:
        nonlocal bad, swallowed
        bad += 1
        if layout.quoted and not swallowed:
            swallowed = _swallows(row.text, layout)
        return "skip"

    table = _read(layout, count, threads=True)
    return _Parsed(table, bad, swallowed or (layout.quoted and _hides_records(table, layout)))


def _swallows(text: str, layout: _Layout) -> bool:
    return holds_swallowed_records(text, layout.separator, len(layout.names))


def _hides_records(table: pa.Table, layout: _Layout) -> bool:
    """Whether a quote that never closes, or closes much later, may have swallowed records."""
    if len(layout.names) < 2:
        return False
    if _count_quotes(layout.body) % 2:
        return True
    for number, column in enumerate(table.itercolumns()):
        if not _holds_line_break(column):
            continue
        broken = column.filter(pc.match_substring(column, "\n"))
        mixed = broken.filter(pc.match_substring(broken, layout.separator)).to_pylist()
        width = len(layout.names)
        if any(merges_records(cell, number, layout.separator, width) for cell in mixed):
            return True
    return False


def _count_quotes(body: pa.Buffer) -> int:
    whole = np.frombuffer(body, np.uint8)
    starts = range(0, len(whole), PIECE)
    return sum(int(np.count_nonzero(whole[at : at + PIECE] == 0x22)) for at in starts)


def _holds_line_break(column: pa.ChunkedArray) -> bool:
    """Whether a line feed stands in the raw text of a column, looked up without a kernel."""
    return any(
        data is not None and bool((np.frombuffer(data, np.uint8) == 0x0A).any())
        for data in (chunk.buffers()[2] for chunk in column.chunks)
    )


def _read(
    layout: _Layout, on_bad: Callable[[arrow_csv.InvalidRow], str], *, threads: bool
) -> pa.Table:
    try:
        return _read_blocks(layout, on_bad, threads, BLOCK_BYTES)
    except pa.ArrowInvalid:  # a record longer than a block, or one that confuses the cutting
        return _read_whole(layout, on_bad)


def _read_whole(layout: _Layout, on_bad: Callable[[arrow_csv.InvalidRow], str]) -> pa.Table:
    try:
        size = min(layout.body.size + BLOCK_BYTES, MAX_BLOCK_BYTES)
        return _read_blocks(layout, on_bad, False, size)
    except pa.ArrowInvalid as error:
        raise UnreadableFile(
            "O texto não pôde ser dividido em registros.",
            hint="Abra o arquivo numa planilha, confira as colunas e salve de novo como CSV.",
        ) from error


def _read_blocks(
    layout: _Layout,
    on_bad: Callable[[arrow_csv.InvalidRow], str],
    threads: bool,
    block_bytes: int,
) -> pa.Table:
    return arrow_csv.read_csv(
        pa.BufferReader(layout.body),
        read_options=arrow_csv.ReadOptions(
            column_names=list(layout.names), use_threads=threads, block_size=block_bytes
        ),
        parse_options=arrow_csv.ParseOptions(
            delimiter=layout.separator,
            quote_char='"' if layout.quoted else False,
            escape_char="\\" if layout.escaped else False,
            newlines_in_values=layout.quoted,
            ignore_empty_lines=False,
            invalid_row_handler=on_bad,
        ),
        convert_options=arrow_csv.ConvertOptions(
            check_utf8=False,
            column_types=dict.fromkeys(layout.names, pa.string()),
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
            null_values=[""],
        ),
    )


def _number_records(
    layout: _Layout, parsed: _Parsed, issues: Issues
) -> tuple[pa.Table, npt.NDArray[np.int64], int]:
    """The table with record numbers; bad records that only have blanks too many come back."""
    if not parsed.bad:
        return parsed.table, np.arange(parsed.table.num_rows, dtype=np.int64), 0
    bad: list[_BadRecord] = []

    def keep(row: arrow_csv.InvalidRow) -> str:
        bad.append(_BadRecord(row.number - 1, row.actual_columns, row.text))
        return "skip"

    table = _read(layout, keep, threads=False)
    numbers = np.array([record.number for record in bad], dtype=np.int64)
    rows = np.delete(np.arange(table.num_rows + len(bad), dtype=np.int64), numbers)
    whole = {record.number: cells for record in bad if (cells := _whole_cells(record, layout))}
    if whole:
        table, rows = _insert(table, rows, whole)
    _report_bad([record for record in bad if record.number not in whole], layout, issues)
    return table, rows, len(bad) - len(whole)


def _whole_cells(record: _BadRecord, layout: _Layout) -> list[str] | None:
    """The cells of a record whose only fault is blanks beyond the named columns.

    Where the other records have such blanks, one that ends where the header does lacks nothing.
    """
    if record.cells == layout.header_width < len(layout.names):
        cells = _cells(record.text, layout)
        missing = len(layout.names) - len(cells)
        return cells + [""] * missing if len(cells) == record.cells else None
    if record.cells <= len(layout.names):
        return None
    cells = _cells(record.text, layout)
    named = max((i + 1 for i, name in enumerate(layout.header) if name.strip()), default=0)
    if len(cells) <= len(layout.names) or "".join(cells[named or len(layout.names) :]).strip():
        return None
    return cells[: len(layout.names)]


def _cells(text: str, layout: _Layout) -> list[str]:
    """Cells of one record; none where the text needs pyarrow's more lenient reading."""
    escape = "\\" if layout.escaped else None
    try:
        return next(csv.reader([text], delimiter=layout.separator, escapechar=escape), [])
    except csv.Error:  # a line break outside quotes, or a cell beyond the module's limit
        return []


def _insert(
    table: pa.Table, rows: npt.NDArray[np.int64], whole: dict[int, list[str]]
) -> tuple[pa.Table, npt.NDArray[np.int64]]:
    columns: Iterable[Sequence[str]] = zip(*whole.values(), strict=True)
    more = pa.table(
        [pa.array([cell or None for cell in column], pa.string()) for column in columns],
        schema=table.schema,
    )
    numbers = np.concatenate([rows, np.fromiter(whole, np.int64)])
    order = np.argsort(numbers, kind="stable")
    return pa.concat_tables([table, more]).take(pa.array(order)), numbers[order]


def _report_bad(bad: list[_BadRecord], layout: _Layout, issues: Issues) -> None:
    totals: list[_BadRecord] = []
    ragged: list[_BadRecord] = []
    for record in bad:
        (totals if _is_bare_total(record, layout) else ragged).append(record)
    report_rows(
        issues,
        TOTAL,
        [record.number for record in totals],
        lambda i: f"Linha de total separada: “{excerpt(totals[i].text)}”.",
    )
    report_rows(
        issues,
        RAGGED,
        [record.number for record in ragged],
        lambda i: (
            f"O registro tem {ragged[i].cells} campos e o cabeçalho {len(layout.names)}; "
            f"foi separado para não trocar valores de coluna: “{excerpt(ragged[i].text)}”."
        ),
    )


def _is_bare_total(record: _BadRecord, layout: _Layout) -> bool:
    if record.cells >= len(layout.names) or "tota" not in record.text[:100].casefold():
        return False
    return is_total_label(next((cell for cell in _cells(record.text, layout) if cell.strip()), ""))


def _drop_unnamed(
    layout: _Layout, table: pa.Table, rows: npt.NDArray[np.int64], issues: Issues
) -> tuple[pa.Table, npt.NDArray[np.int64], int]:
    """Without the blank columns after the last name; records that reach into them are shifted."""
    named = max((i + 1 for i, name in enumerate(layout.header) if name.strip()), default=0)
    if named in (0, table.num_columns):
        return table, rows, 0
    beyond = table.select(range(named, table.num_columns))
    reaching = np.zeros(table.num_rows, dtype=bool)
    for column in beyond.itercolumns():
        reaching |= pc.is_valid(column).to_numpy()
    positions = np.flatnonzero(reaching)
    if len(positions) > MAX_SHIFTED_SHARE * table.num_rows:
        return table, rows, 0
    report_rows(
        issues,
        RAGGED,
        rows[positions].tolist(),
        lambda i: "O registro tem valores depois da última coluna do cabeçalho; foi separado.",
    )
    kept = without(table.select(range(named)), positions)
    return kept, np.delete(rows, positions), len(positions)


def _clean_columns(table: pa.Table) -> pa.Table:
    """Cells without outer blanks; what becomes empty becomes null."""
    for number, name in enumerate(table.column_names):
        column = table.column(number)
        if _has_outer_blanks(column):
            table = table.set_column(number, name, trim(column))
    return table


def trim(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Strings without outer blanks, null where nothing is left."""
    trimmed = pc.ascii_trim_whitespace(column)
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)


def _has_outer_blanks(column: pa.ChunkedArray) -> bool:
    """Whether any cell begins or ends with a byte up to 0x20, looked up in the raw buffers.

    An empty cell looks at its neighbour's bytes, which changes nothing: they are looked at anyway.
    """
    for chunk in column.chunks:
        _, offset_buffer, data_buffer = chunk.buffers()
        if not len(chunk) or data_buffer is None or not data_buffer.size:
            continue
        offsets = np.frombuffer(offset_buffer, np.int32)[chunk.offset :][: len(chunk) + 1]
        data = np.frombuffer(data_buffer, np.uint8)
        last = int(offsets[-1]) - 1
        if last < int(offsets[0]):
            continue
        firsts = data[np.minimum(offsets[:-1], last)]
        ends = data[np.maximum(offsets[1:] - 1, int(offsets[0]))]
        if firsts.min() <= 0x20 or ends.min() <= 0x20:
            return True
    return False
