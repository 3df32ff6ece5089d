"""From any source to canonical records laid out as a DataFrame, with what was understood of it.

The one way in. Reads no bytes itself (`table`), chooses no column (`choosing`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa

from cidadao_models.errors import InputError, UnreadableFile
from cidadao_models.findings import Issue
from cidadao_models.reading import bids, problems
from cidadao_models.reading import table as tables
from cidadao_models.reading.choosing import Choice
from cidadao_models.reading.headers import name_key
from cidadao_models.reading.limits import NO_LIMITS, Limits
from cidadao_models.reading.text_table import TextTable
from cidadao_models.records import FIELDS

Source: TypeAlias = (
    "str | Path | bytes | bytearray | BinaryIO | pd.DataFrame | Sequence[Mapping[str, object]]"
    " | Reading"
)


@dataclass
class Reading:
    """Canonical records of one source, what they were made of, and what was wrong.

    `records`: one row per input record, index = its 0-based number, only columns that were
    found. `mapping`: field -> {"column", "reason"}. `issues` holds the first problems and
    `issue_counts` all of them by type. `impossible_dates` has one row per date of no calendar
    (`row`, `field`, `text`); the same is in `records.attrs["datas_impossiveis"]`, and
    `records.attrs["datas_sem_dia"]` names the date fields that only state a month or year.
    """

    records: pd.DataFrame
    bids: pd.DataFrame | None
    mapping: dict[str, dict[str, str]]
    issues: list[Issue]
    issue_counts: dict[str, int]
    info: dict[str, Any]
    impossible_dates: pd.DataFrame
    issues_dict: dict[str, object] = field(default_factory=dict)
    table: TextTable | None = field(default=None, repr=False)

    @cached_property
    def extra(self) -> pd.DataFrame:
        """The columns that were not recognised, as published; made when first asked for."""
        if self.table is None:
            return pd.DataFrame(index=self.records.index)
        frame = self.table.data.select(self.info["unmapped"]).to_pandas()
        return frame.set_index(self.records.index)

    def raw(self, row: int) -> dict[str, object]:
        """The cells of input record `row` as published. KeyError when it was set aside."""
        if self.table is None:
            raise KeyError(row)
        position = int(self.records.index.get_indexer(pd.Index([row]))[0])
        if position < 0:
            raise KeyError(row)
        return dict(self.table.data.slice(position, 1).to_pylist()[0])


def read(
    source: Any,
    *,
    filename: str | None = None,
    mapping: Mapping[str, str] | None = None,
    limits: Limits = NO_LIMITS,
) -> Reading:
    """See `cidadao_models.reading.read`."""
    if isinstance(source, Reading):
        if not mapping or source.table is None:
            return source
        return from_table(source.table, mapping)
    return from_table(_text_table(source, filename, limits), mapping)


def _text_table(source: Any, filename: str | None, limits: Limits) -> TextTable:
    if isinstance(source, pd.DataFrame):
        return tables.from_frame(source, limits=limits)
    if isinstance(source, (bytes, bytearray, memoryview)):
        return tables.read_table(bytes(source), filename=filename, limits=limits)
    if isinstance(source, (str, Path)):
        path = Path(source)
        return tables.read_table(_bytes_of(path), filename=filename or path.name, limits=limits)
    if hasattr(source, "read"):
        given = filename or getattr(source, "name", None)
        name = str(given) if given else None
        return tables.read_table(_payload(source), filename=name, limits=limits)
    if isinstance(source, Mapping):
        return tables.from_records([source], limits=limits)
    if isinstance(source, Sequence):
        return tables.from_records(source, limits=limits)
    raise InputError(
        f"Não sei ler {type(source).__name__}.",
        hint="Envie um arquivo, bytes, um DataFrame ou uma lista de registros.",
        details={"type": type(source).__name__},
    )


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFile(
            f"Não foi possível abrir o arquivo {path.name}.",
            hint="Confira o caminho e a permissão de leitura.",
            details={"file": path.name},
        ) from error


def _payload(stream: BinaryIO) -> bytes:
    payload = stream.read()
    if isinstance(payload, str):
        return payload.encode("utf-8")
    return payload


def from_table(table: TextTable, overrides: Mapping[str, str] | None = None) -> Reading:
    """Canonical records of a table of texts. MissingFields when no column was recognised."""
    return _lay_out(Choice(table, overrides or {}).make(), table)


def _bids(choice: Choice) -> tuple[pd.DataFrame | None, dict[str, dict[str, str]]]:
    """The table of bids, when this is one, and the columns it was made of."""
    chosen = {name: entry["column"] for name, entry in choice.mapping.items()}
    columns = bids.columns(choice.table, chosen, choice.overrides)
    if columns is None:
        return None, {}
    choice.used.update(columns.used)
    laid = {name: _pandas_array(v) for name, v in bids.lay_out(choice.table, columns).items()}
    mapping = {
        name: {"column": column, "reason": f"título “{column}” de uma tabela de propostas"}
        for name, column in columns.fields.items()
    }
    joined = ", ".join(f"“{column}”" for column in (*columns.parts, *columns.items))
    if joined:
        mapping["licitacao_id"]["reason"] += f"; o número se repete, juntou-se com {joined}"
    return pd.DataFrame(laid, index=_index(choice)), mapping


def _with_bids(
    records: pd.DataFrame, table: pd.DataFrame, mapping: dict[str, dict[str, str]]
) -> pd.DataFrame:
    """The records with what the table of bids knows: each bid is a record, its amount the value.

    The bidder is the supplier; another field that took a column of the bids loses it.
    """
    told = ("licitacao_id", "vencedor", "situacao_proposta")
    taken = {mapping[name]["column"] for name in told if name in table}
    mistaken = [
        name
        for name in records
        if name not in table and name not in _NUMBERS and mapping[str(name)]["column"] in taken
    ]
    records = records.drop(columns=mistaken)
    if "valor_proposta" in table and not _has_own_amount(mapping):
        records["valor"] = table["valor_proposta"]
        mapping["valor"] = mapping["valor_proposta"]
    missing = [name for name in table if name not in records or name in _BIDDER]
    records = records.drop(columns=[name for name in missing if name in records])
    joined = pd.concat([records, table[missing]], axis=1)
    return joined[[name for name in FIELDS if name in joined]]


_NUMBERS = ("id", "numero")
_BIDDER = ("fornecedor_id", "fornecedor")


def _has_own_amount(mapping: Mapping[str, Mapping[str, str]]) -> bool:
    """Whether the records of bids also have a main amount that is plainly titled so."""
    return "valor" in mapping and name_key(mapping["valor"]["column"]) == "valor"


def _index(choice: Choice) -> pd.Index[Any]:
    return pd.Index(choice.rows, name="registro")


def _lay_out(choice: Choice, source: TextTable) -> Reading:
    table_of_bids, bid_mapping = _bids(choice)
    unmapped = [name for name in choice.table.column_names if name not in choice.used]
    problems.report(choice, unmapped)
    impossible = _impossible_dates(choice)
    order = [name for name in FIELDS if name in choice.chosen]
    laid = {name: _pandas_array(choice.chosen[name].values) for name in order}
    records = pd.DataFrame(laid, index=_index(choice), copy=False)
    mapping = choice.mapping | bid_mapping
    if table_of_bids is not None:
        records = _with_bids(records, table_of_bids, mapping)
    _remember_dates(choice, records, impossible)
    table = TextTable(choice.table, choice.rows, source.n_rejected, source.issues)
    table.info = source.info
    return Reading(
        records=records,
        bids=table_of_bids,
        mapping={n: mapping[n] for n in FIELDS if n in records},
        issues=choice.issues.examples,
        issue_counts=choice.issues.counts,
        info=_info(choice, source, unmapped),
        impossible_dates=impossible,
        issues_dict=choice.issues.to_dict(),
        table=table,
    )


def _info(choice: Choice, source: TextTable, unmapped: list[str]) -> dict[str, Any]:
    empty = {"encoding": None, "delimiter": None, "sheet": None, "sha256": None}
    return (
        empty
        | source.info
        | {
            "layout": choice.layout.name if choice.layout else None,
            "notes": list(choice.layout.notes) if choice.layout else [],
            "n_records": len(choice.rows),
            "n_rejected": source.n_rejected,
            "unmapped": unmapped,
        }
    )


def _impossible_dates(choice: Choice) -> pd.DataFrame:
    found: dict[str, list[Any]] = {"row": [], "field": [], "text": []}
    for name, cleaned in choice.chosen.items():
        if FIELDS[name].kind == "date" and len(cleaned.impossible):
            cells = choice.table[choice.mapping[name]["column"]]
            found["row"] += [int(row) for row in choice.rows[cleaned.impossible]]
            found["field"] += [name] * len(cleaned.impossible)
            found["text"] += map(str, cells.take(pa.array(cleaned.impossible)).to_pylist())
    return pd.DataFrame(found)


def _remember_dates(choice: Choice, records: pd.DataFrame, impossible: pd.DataFrame) -> None:
    if len(impossible):
        records.attrs["datas_impossiveis"] = {
            str(name): dict(zip(group["row"].tolist(), group["text"].tolist(), strict=True))
            for name, group in impossible.groupby("field")
        }
    coarse = [name for name, cleaned in choice.chosen.items() if cleaned.coarse]
    if coarse:
        records.attrs["datas_sem_dia"] = coarse


def _pandas_array(column: Any) -> Any:
    """What pandas holds: numbers and dates as they are, text as `str`."""
    if isinstance(column, np.ndarray):
        return column
    return pd.array(pa.chunked_array([column]), dtype="str")
