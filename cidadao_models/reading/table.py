"""Any file, list of dicts or data frame into a table of texts, with every record accounted for.

Finds the container, the encoding and the layout, and sets aside what is no record. Does not
understand columns or values: `mapping` and `values` do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from cidadao_models.errors import InputError, TooFewRecords, TooLarge, UnreadableFile
from cidadao_models.findings import MAX_ISSUE_EXAMPLES as _MAX_EXAMPLES
from cidadao_models.findings import Issue, Issues
from cidadao_models.reading.containers import (
    DAMAGE,
    detect_kind,
    gunzip,
    inflate_member,
    members,
    open_zip,
)
from cidadao_models.reading.delimited import read_delimited
from cidadao_models.reading.encoding import to_utf8
from cidadao_models.reading.limits import NO_LIMITS, Limits
from cidadao_models.reading.set_aside import set_aside
from cidadao_models.reading.spreadsheets import check_inflated, read_spreadsheet
from cidadao_models.reading.structured import looks_like_json, read_json, read_records
from cidadao_models.reading.text_table import TextTable, clean_name, column_names
from cidadao_models.reading.typed_columns import (
    EXACT_INTEGER,
    clean_texts,
    finite_numbers,
    typed_column,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Limits", "TextTable", "from_frame", "from_records", "read_table"]

SIDE_HASH_BYTES = 1 << 20
"""From this size on the checksum runs beside the parsing; below, a thread costs more."""


def read_table(
    payload: bytes, *, filename: str | None = None, limits: Limits = NO_LIMITS
) -> TextTable:
    """The table in a file, whatever its name says.

    `filename` is only kept in `info`, without its folder. Raises UnreadableFile for what is no
    table, TooFewRecords for one without records and TooLarge above `limits`.
    """
    limits.check_bytes(len(payload))
    if not payload[:4096].strip() and not payload.strip():
        raise TooFewRecords(
            "O arquivo está vazio.", hint="Confira o arquivo na origem e baixe-o de novo."
        )
    if len(payload) < SIDE_HASH_BYTES:
        table, digest = _read_any(payload, limits), hashlib.sha256(payload).hexdigest()
    else:
        with ThreadPoolExecutor(1) as side:
            pending = side.submit(lambda: hashlib.sha256(payload).hexdigest())
            table = _read_any(payload, limits)
            digest = pending.result()
    base = {"encoding": None, "delimiter": None, "sheet": None, "member": None}
    table.info = base | table.info | {"sha256": digest, "filename": _base_name(filename)}
    return table


def _base_name(filename: str | None) -> str | None:
    return clean_name(filename.replace("\\", "/").rsplit("/", 1)[-1]) if filename else None


def from_records(
    records: Sequence[Mapping[str, object]], *, limits: Limits = NO_LIMITS
) -> TextTable:
    """The table of a list of dicts; nested dicts become columns named with dots.

    An empty list is an empty table. Raises TooLarge above `limits`.
    """
    return read_records(records, limits)


def from_frame(frame: pd.DataFrame, *, limits: Limits = NO_LIMITS) -> TextTable:
    """The table of a DataFrame: row numbers are positions, the index is left out."""
    limits.check_shape(*frame.shape)
    issues = Issues()
    header = [str(name) for name in frame.columns]
    names = column_names(header)
    arrays = [_series_column(frame.iloc[:, i], name, issues) for i, name in enumerate(names)]
    data = pa.table(arrays, names=names) if names else pa.table({})
    rows = np.arange(len(frame), dtype=np.int64)
    if names:
        data, rows, rejected = set_aside(data, rows, [clean_name(name) for name in header], issues)
    else:
        rows, rejected = rows[:0], len(frame)
    return TextTable(data, rows, rejected, issues, {"format": "frame"})


def _series_column(series: pd.Series, name: str, issues: Issues) -> pa.Array:
    import pandas as pd

    kind = series.dtype.kind
    if kind in "iuf" and series.abs().max() <= EXACT_INTEGER:
        return finite_numbers(pa.array(series.to_numpy("float64", na_value=np.nan)), name, issues)
    if isinstance(series.dtype, pd.StringDtype):
        return clean_texts(pa.array(series, pa.string(), from_pandas=True), name, issues)
    if kind == "M":
        naive = series.dt.tz_localize(None) if getattr(series.dt, "tz", None) else series
        return pa.array(naive.astype("datetime64[us]"), pa.timestamp("us"), from_pandas=True)
    present = series.notna().to_numpy()
    values = series.astype(object).to_numpy()
    return typed_column(
        [_plain(value) if there else None for value, there in zip(values, present, strict=True)],
        name,
        issues,
    )


def _plain(value: object) -> object:
    """The Python value inside a numpy scalar."""
    return value.item() if isinstance(value, np.generic) else value


def _read_any(payload: bytes, limits: Limits, *, inside: bool = False) -> TextTable:
    kind = detect_kind(payload)
    if inside and kind in ("zip", "gzip"):
        raise UnreadableFile(
            "O arquivo compactado contém outro arquivo compactado.",
            hint="Descompacte no seu computador e envie a tabela.",
        )
    if kind == "zip":
        return _read_zip(payload, limits)
    if kind == "gzip":
        return _read_any(gunzip(payload, limits), limits, inside=True)
    if kind == "text":
        return _read_text(payload, limits)
    if kind != "xls":
        _check_workbook(payload, limits)
    return read_spreadsheet(payload, Issues(), limits, kind)


def _check_workbook(payload: bytes, limits: Limits) -> None:
    with open_zip(payload) as archive:
        try:
            check_inflated(archive, limits)
        except DAMAGE as error:
            raise UnreadableFile(
                "A planilha está danificada ou protegida por senha.",
                hint="Abra-a no seu computador e salve uma cópia em XLSX ou CSV.",
            ) from error


def _read_text(payload: bytes, limits: Limits) -> TextTable:
    issues = Issues()
    text, encoding = to_utf8(payload, issues)
    if looks_like_json(text):
        table = read_json(text, issues, limits)
    else:
        table = read_delimited(text, issues, limits)
    table.info["encoding"] = encoding
    return table


@dataclass(frozen=True, slots=True)
class _Member:
    name: str
    table: TextTable


def _read_zip(payload: bytes, limits: Limits) -> TextTable:
    """The readable members with the same columns as one table: the group with most records."""
    read: list[_Member] = []
    failed: list[tuple[str, InputError]] = []
    with open_zip(payload) as archive:
        inflated = 0
        for info in members(archive, limits):
            content = inflate_member(archive, info, limits, inflated)
            inflated += len(content)
            name = _base_name(info.filename) or "?"
            try:
                read.append(_Member(name, _read_any(content, limits, inside=True)))
            except TooLarge:
                raise
            except InputError as error:
                failed.append((name, error))
    if not read:
        raise _nothing_inside(failed)
    return _join(read, failed, limits)


def _nothing_inside(failed: list[tuple[str, InputError]]) -> InputError:
    if not failed:
        return UnreadableFile("O ZIP está vazio.", hint="Confira o arquivo na origem.")
    name, error = failed[0]
    return type(error)(f"No ZIP, {name}: {error.message}", hint=error.hint)


def _join(read: list[_Member], failed: list[tuple[str, InputError]], limits: Limits) -> TextTable:
    groups: dict[tuple[str, ...], list[_Member]] = {}
    for member in read:
        groups.setdefault(tuple(member.table.data.column_names), []).append(member)
    chosen = max(groups.values(), key=lambda group: sum(_source_records(m.table) for m in group))
    table = chosen[0].table if len(chosen) == 1 else _concatenate(chosen)
    limits.check_shape(_source_records(table), table.data.num_columns)
    table.info["member"] = ", ".join(member.name for member in chosen)
    for member in read:
        if member not in chosen:
            _report_unread(table.issues, member.name, f"registros: {_source_records(member.table)}")
    for name, error in failed:
        _report_unread(table.issues, name, error.message)
    return table


def _report_unread(issues: Issues, name: str, what: str) -> None:
    issues.add("arquivo_nao_lido", f"O arquivo {name} do ZIP ficou de fora ({what.rstrip('.')}).")


def _source_records(table: TextTable) -> int:
    return len(table.rows) + table.n_rejected


def _concatenate(group: list[_Member]) -> TextTable:
    """Members one after the other: record numbers go on counting."""
    issues, rows, offset = Issues(), [], 0
    for member in group:
        _add_shifted(issues, member.table.issues, offset)
        rows.append(member.table.rows + offset)
        offset += _source_records(member.table)
    data = _stack([member.table.data for member in group])
    rejected = sum(member.table.n_rejected for member in group)
    issues.add("arquivos_reunidos", f"{len(group)} arquivos do ZIP com as mesmas colunas reunidos.")
    return TextTable(data, np.concatenate(rows), rejected, issues, dict(group[0].table.info))


def _stack(tables: list[pa.Table]) -> pa.Table:
    """One table; a column typed in one member and text in another becomes text."""
    if all(table.schema == tables[0].schema for table in tables):
        return pa.concat_tables(tables)
    columns = {
        name: typed_column(
            [cell for table in tables for cell in table.column(name).to_pylist()], name, Issues()
        )
        for name in tables[0].column_names
    }
    return pa.table(columns)


def _add_shifted(issues: Issues, more: Issues, offset: int) -> None:
    for type_, count in more.counts.items():
        issues.counts[type_] = issues.counts.get(type_, 0) + count
    for issue in more.examples[: _MAX_EXAMPLES - len(issues.examples)]:
        row = None if issue.row is None else issue.row + offset
        issues.examples.append(Issue(issue.type, issue.message, row, issue.column))
