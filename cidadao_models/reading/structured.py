"""Records of JSON, JSON lines and Python dicts as a table, nested objects flattened with dots.

`{"fornecedor": {"cnpj": …}}` gives the column `fornecedor.cnpj`. Understands no column.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pyarrow as pa

from cidadao_models.errors import TooFewRecords, UnreadableFile
from cidadao_models.findings import Issues
from cidadao_models.reading.limits import Limits
from cidadao_models.reading.set_aside import set_aside
from cidadao_models.reading.text_table import TextTable, clean_name, excerpt, report_rows
from cidadao_models.reading.typed_columns import typed_column

MAX_DEPTH = 8
"""Levels of nesting flattened into columns (PNCP has 2); deeper values stay JSON text."""

WRAPPER_DEPTH = 3
"""Levels searched for the list of records: {"data": {"items": [...]}} is the deepest seen."""

MAX_INTEGER_DIGITS = 300
"""Digits of a JSON whole number read as a number; longer ones are kept as text."""

_RAGGED = "linha_irregular"


def looks_like_json(text: bytes) -> bool:
    """Whether a text starts as a JSON array or object does."""
    start = text[:64].lstrip()
    if start.startswith(b"{"):
        return start[1:].lstrip()[:1] in (b'"', b"}")
    inside = start[1:].lstrip()[:1]
    return start.startswith(b"[") and (
        inside in (b"{", b"[", b"]", b'"') or text[-64:].rstrip().endswith(b"]")
    )


def read_json(text: bytes, issues: Issues, limits: Limits) -> TextTable:
    """A table from JSON or JSON lines in clean UTF-8.

    Raises UnreadableFile for broken JSON or one without records, TooFewRecords for an empty list.
    """
    parsed = _parse(text, issues)
    if isinstance(parsed, _Lines):
        return _table(parsed.records, parsed.numbers, parsed.n_bad, issues, limits, "jsonl")
    records = _find_records(parsed)
    return _table(records, None, 0, issues, limits, "json")


def read_records(records: Sequence[object], limits: Limits) -> TextTable:
    """A table from dicts already in memory; raises TooLarge above the limits."""
    return _table(records, None, 0, Issues(), limits, "records", may_be_empty=True)


class _Lines:
    """Objects of a JSON-lines file, their record numbers and how many lines were no object."""

    def __init__(self, records: list[object], numbers: list[int], n_bad: int) -> None:
        self.records = records
        self.numbers = numbers
        self.n_bad = n_bad


def _parse(text: bytes, issues: Issues) -> object:
    try:
        return _loads(text)
    except RecursionError as error:
        raise UnreadableFile(
            "O JSON está aninhado demais para ser lido.",
            hint="Envie uma lista simples de registros.",
        ) from error
    except json.JSONDecodeError as error:
        lines = _parse_lines(text, issues)
        if lines is not None:
            return lines
        raise UnreadableFile(
            f"O JSON está incompleto ou com erro na linha {error.lineno}, coluna {error.colno}.",
            hint="Baixe o arquivo de novo: ele pode ter sido cortado no caminho.",
        ) from error


def _loads(text: bytes | str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise
    except ValueError:  # a whole number beyond Python's limit of digits
        return json.loads(text, parse_int=_integer)


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) <= MAX_INTEGER_DIGITS else digits


def _parse_lines(text: bytes, issues: Issues) -> _Lines | None:
    """JSON lines, or None when the first line is no JSON object."""
    lines = [line for line in text.split(b"\n") if line.strip()]
    records: list[object] = []
    numbers: list[int] = []
    bad: list[int] = []
    for number, line in enumerate(lines):
        try:
            record = _loads(line)
        except (json.JSONDecodeError, RecursionError):
            record = None
        if isinstance(record, dict):
            records.append(record)
            numbers.append(number)
        elif number == 0:
            return None
        else:
            bad.append(number)
    if len(lines) < 2 or len(bad) > len(records):
        return None
    report_rows(
        issues,
        _RAGGED,
        bad,
        lambda i: f"A linha não é um objeto JSON: “{excerpt(lines[bad[i]].decode())}”.",
    )
    return _Lines(records, numbers, len(bad))


def _find_records(parsed: object) -> Sequence[object]:
    if isinstance(parsed, list):
        return _from_rows(parsed)
    if isinstance(parsed, dict):
        columns = _from_columns(parsed)
        if columns is not None:
            return columns
        lists = list(_record_lists(parsed, WRAPPER_DEPTH))
        if lists:
            return max(lists, key=len)
        if any(isinstance(value, list) and not value for value in parsed.values()):
            return []
        return [parsed]
    raise UnreadableFile(
        "O JSON não contém registros: é um valor solto.",
        hint="Envie uma lista de objetos, como [{…}, {…}].",
    )


def _from_rows(parsed: list[object]) -> Sequence[object]:
    """A list of objects as it is; a list of lists with the names in the first one."""
    if any(isinstance(item, dict) for item in parsed):
        return parsed
    header = parsed[0] if parsed else None
    if isinstance(header, list) and header and all(isinstance(name, str) for name in header):
        return [
            dict(zip(header, row, strict=True))
            if isinstance(row, list) and len(row) == len(header)
            else row
            for row in parsed[1:]
        ]
    if not parsed:
        return []
    raise UnreadableFile(
        "O JSON é uma lista de valores soltos, sem registros.",
        hint="Envie uma lista de objetos, como [{…}, {…}].",
    )


def _from_columns(parsed: dict[str, object]) -> Sequence[object] | None:
    """Records of `{"column": [values], …}`, or None when the object is something else."""
    columns = list(parsed.values())
    lengths = {len(column) for column in columns if isinstance(column, list)}
    plain = all(
        isinstance(column, list) and not any(isinstance(cell, dict | list) for cell in column)
        for column in columns
    )
    if len(columns) < 2 or not plain or len(lengths) != 1 or lengths == {0}:
        return None
    return [dict(zip(parsed, row, strict=True)) for row in zip(*columns, strict=True)]


def _record_lists(parsed: Mapping[str, object], depth: int) -> Iterable[list[object]]:
    for value in parsed.values():
        if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            yield value
        elif isinstance(value, dict) and depth > 1:
            yield from _record_lists(value, depth - 1)


def _table(
    records: Sequence[object],
    numbers: Sequence[int] | None,
    n_bad: int,
    issues: Issues,
    limits: Limits,
    format_: str,
    *,
    may_be_empty: bool = False,
) -> TextTable:
    if not len(records) and not may_be_empty:
        raise TooFewRecords(
            "O JSON não tem nenhum registro.",
            hint="Refaça a consulta, com um período que tenha registros.",
        )
    limits.check_shape(len(records), 0)
    positions = [i for i, record in enumerate(records) if isinstance(record, Mapping)]
    no_objects = [i for i, record in enumerate(records) if not isinstance(record, Mapping)]
    report_rows(issues, _RAGGED, no_objects, lambda i: "O registro não é um objeto; foi separado.")
    columns = flatten_all([records[i] for i in positions])
    limits.check_shape(0, len(columns))
    data = _arrow(columns, len(positions), issues)
    rows = np.array(positions if numbers is None else numbers, dtype=np.int64)
    data, rows, set_apart = set_aside(data, rows, data.column_names, issues)
    return TextTable(data, rows, n_bad + len(no_objects) + set_apart, issues, {"format": format_})


def _arrow(columns: dict[str, list[object]], length: int, issues: Issues) -> pa.Table:
    if not columns and length:  # records without any key: one empty column keeps their count
        columns = {"coluna_1": [None] * length}
    arrays = {name: typed_column(values, name, issues) for name, values in columns.items()}
    return pa.table(arrays)


def flatten_all(records: Sequence[object]) -> dict[str, list[object]]:
    """Column name -> one value per record, None where a record lacks the key."""
    return _merge_clean_names(_flat_columns(records) or _nested_columns(records))


def _flat_columns(records: Sequence[object]) -> dict[str, list[object]] | None:
    """The columns of records that all have the same keys and nothing nested, else None."""
    first = records[0] if len(records) else None
    if not isinstance(first, dict) or any(
        not isinstance(record, dict) or record.keys() != first.keys() for record in records
    ):
        return None
    columns = {str(key): [record[key] for record in records] for key in first}  # type: ignore[index]
    kinds = {kind for values in columns.values() for kind in set(map(type, values))}
    nested = any(issubclass(kind, Mapping | list) for kind in kinds)
    return None if nested or len(columns) != len(first) else columns


def _nested_columns(records: Sequence[object]) -> dict[str, list[object]]:
    columns: dict[str, list[object]] = {}
    for number, record in enumerate(records):
        for key, value in _items(record, "", MAX_DEPTH):
            column = columns.get(key)
            if column is None:
                column = columns[key] = [None] * number
            if len(column) == number:
                column.append(value)
            elif column[number] is None:
                column[number] = value
        for column in columns.values():
            if len(column) == number:
                column.append(None)
    return columns


def _items(record: object, prefix: str, depth: int) -> Iterable[tuple[str, object]]:
    assert isinstance(record, Mapping)
    for key, value in record.items():
        name = f"{prefix}{key}"
        if depth and isinstance(value, Mapping):
            yield from _items(value, name + ".", depth - 1)
        elif (
            depth and isinstance(value, list) and len(value) == 1 and isinstance(value[0], Mapping)
        ):
            yield from _items(value[0], name + ".0.", depth - 1)
        else:
            yield name, value


def _merge_clean_names(columns: dict[str, list[object]]) -> dict[str, list[object]]:
    """Names without control characters; two that become equal are told apart by a number."""
    named: dict[str, list[object]] = {}
    for position, (key, values) in enumerate(columns.items(), start=1):
        base = clean_name(key.encode("utf-8", "replace").decode()) or f"coluna_{position}"
        name, copy = base, 1
        while name in named:
            copy += 1
            name = f"{base}_{copy}"
        named[name] = values
    return named
