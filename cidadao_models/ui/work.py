"""What one analysis of the page does, in a process of its own: read, check, give back little.

Free of gradio, so that the process starts at once. Shows nothing.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from typing import Any

import pandas as pd
import pyarrow as pa

from cidadao_models.analysis import analyze
from cidadao_models.errors import InputError, MissingFields
from cidadao_models.findings import Report
from cidadao_models.findings.overview import DRAWN_COLUMNS
from cidadao_models.reading import read
from cidadao_models.reading.assemble import Reading, from_table
from cidadao_models.reading.limits import Limits
from cidadao_models.reading.table import read_table
from cidadao_models.ui.polite import step_back


@dataclass(frozen=True, slots=True)
class Examined:
    """A report light enough to travel between processes, and the cells behind its findings.

    `cells` has one row per finding, in their order, as published; `columns` names every column
    of the file. `read_s` and `check_s` are the seconds that reading and checking took.
    """

    report: Report
    cells: pa.Table
    columns: tuple[str, ...]
    read_s: float
    check_s: float


@dataclass(frozen=True, slots=True)
class Packed:
    """A second file kept in memory as zlib bytes, with its name."""

    name: str
    packed: bytes = field(repr=False)


def examine_apart(packed: bytes, name: str, **options: Any) -> Examined:
    """`examine` in a process of its own, which lets the server go first."""
    step_back()
    return examine(packed, name, **options)


def examine(
    packed: bytes,
    name: str,
    *,
    overrides: Mapping[str, str],
    threshold: float,
    limits: Limits,
    progress: Connection | None = None,
    sanctions: Packed | None = None,
) -> Examined:
    """Read and analyse a file given as `zlib` bytes; `progress` is told the records once read.

    `sanctions` is a list of the same kind to compare with. Raises what reading and analysing
    raise; a MissingFields names all `columns` in its details.
    """
    started = time.monotonic()
    table = read_table(zlib.decompress(packed), filename=name, limits=limits)
    columns = tuple(str(column) for column in table.data.column_names)
    if progress is not None:
        progress.send(int(table.data.num_rows))
    try:
        reading = from_table(table, overrides)
        read = time.monotonic()
        listed = None if sanctions is None else _sanctions(sanctions, limits)
        report = analyze(reading, threshold=threshold, sanctions=listed)
    except MissingFields as error:
        details = {**error.details, "columns": list(columns)}
        raise MissingFields(error.message, hint=error.hint, details=details) from None
    done = time.monotonic()
    return Examined(_light(report), _cells(reading, report), columns, read - started, done - read)


def _sanctions(sanctions: Packed, limits: Limits) -> Reading:
    """The list as read; refused in words that tell it from the file of records."""
    payload = zlib.decompress(sanctions.packed)
    try:
        return read(payload, filename=sanctions.name, limits=limits)
    except InputError as error:
        message = f"A lista de sanções não pôde ser lida: {error.message}"
        raise InputError(message, hint=error.hint, details={"field": "sanctions"}) from None


def _light(report: Report) -> Report:
    """The report with only those columns of its records that a chart draws, names as codes."""
    if report.records is None:
        return replace(report, scores=None)
    kept = report.records[[name for name in DRAWN_COLUMNS if name in report.records]]
    names = [name for name in kept if not _is_plain(kept[name])]
    light = kept.astype(dict.fromkeys(names, "category"))
    light.attrs = {}
    return replace(report, records=light, scores=None)


def _is_plain(column: pd.Series) -> bool:
    kinds = pd.api.types
    return kinds.is_numeric_dtype(column.dtype) or kinds.is_datetime64_any_dtype(column.dtype)


def _cells(reading: Reading, report: Report) -> pa.Table:
    rows = pd.Index([finding.row for finding in report.findings], dtype="int64")
    positions = reading.records.index.get_indexer(rows)
    assert reading.table is not None
    return reading.table.data.take(pa.array(positions))
