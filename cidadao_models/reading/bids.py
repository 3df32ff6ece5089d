"""Tables of bids: which columns say the tender, the bidder, the amount and who won.

A tender's number that repeats in several bodies, years, modalities or items is joined with them.
A list of participants without amounts counts as bids too. Judges nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from cidadao_models.reading import amounts, dates, values
from cidadao_models.reading.headers import name_key, spellings
from cidadao_models.reading.layouts import bid_names
from cidadao_models.records import ITEM_MARK, as_text

Ints = npt.NDArray[np.int64]

CLEANERS = {
    "licitacao_id": values.code,
    "valor_proposta": amounts.money,
    "fornecedor_id": values.document,
    "fornecedor": values.text,
    "valor_estimado": amounts.money,
    "vencedor": values.text,
    "situacao_proposta": values.text,
    "data": dates.date,
}
"""The columns of a table of bids and how their cells are read."""

_WHO = r"(?:licitante|participante|proponente|concorrente|bidder|tenderer|competitor)"
_DOC_WORD = r"(?:numero|codigo|id|documento|cnpj|cpf|cgc|cic|ni|inscricao|ou|cnpjcpf|cpfcnpj)"
_NAME_WORD = r"(?:nome|razaosocial|empresa|fornecedor|descricao|name)"
_WHO_ID = re.compile(rf"^(?:{_DOC_WORD}+{_WHO}|{_WHO}{_DOC_WORD}+)$")
_WHO_NAME = re.compile(rf"^(?:{_NAME_WORD}*{_WHO}|{_WHO}{_NAME_WORD})s?$")

_CODES = {
    "C": "Classificada", "D": "Desclassificada", "H": "Habilitado", "I": "Inabilitado", "N": "",
}  # fmt: skip
"""Letters of LicitaCon for the results of proposal and qualification."""

LEAST_KEPT = 0.5
"""Share of the tenders with several rows that must keep some when a part is joined to the number:
what tells every row from the next counts rows, not items."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table of bids by field, and those joined to the tender's number."""

    fields: Mapping[str, str]
    parts: tuple[str, ...]
    items: tuple[str, ...]
    qualified: str | None

    @property
    def used(self) -> set[str]:
        """Source columns that the bids explain."""
        more = {self.qualified} if self.qualified else set()
        return {*self.fields.values(), *self.parts, *self.items, *more}


def columns(
    table: pa.Table,
    chosen: Mapping[str, str] | None = None,
    overrides: Mapping[str, str] | None = None,
) -> Columns | None:
    """The columns of a table of bids, or None when this is no such table.

    `chosen` are the columns that the canonical fields already have, `overrides` those that the
    caller asked for.
    """
    by_key = _by_key(table.column_names)
    asked = {name: column for name, column in (overrides or {}).items() if name in CLEANERS}
    found = _found(by_key) | asked
    if "licitacao_id" not in found or not _holds_bids(table, by_key, found):
        return None
    for name in ("fornecedor_id", "fornecedor", "valor_estimado", "data"):
        column = (chosen or {}).get(name)
        if name not in found and column is not None and column not in found.values():
            found[name] = column
    return _with_parts(table, by_key, found)


def _by_key(names: Iterable[str]) -> dict[str, str]:
    by_key: dict[str, str] = {}
    for column in names:
        by_key.setdefault(name_key(column), column)
    for key, column in list(by_key.items()):
        for spelt in spellings(key):
            by_key.setdefault(spelt, column)
    return by_key


def _first(by_key: Mapping[str, str], name: str, taken: Iterable[str] = ()) -> str | None:
    """The column with the best title of `name` that is not taken yet."""
    return next(
        (by_key[k] for k in bid_names()[name] if k in by_key and by_key[k] not in taken), None
    )


def _matching(by_key: Mapping[str, str], pattern: re.Pattern[str]) -> str | None:
    return next((column for key, column in by_key.items() if pattern.search(key)), None)


def _found(by_key: Mapping[str, str]) -> dict[str, str]:
    """Every field that some title names; the bidder by its own title before the supplier's."""
    given = {name: _first(by_key, name) for name in CLEANERS if name != "fornecedor"}
    amount = given["valor_proposta"]
    if amount is not None and "unitario" in name_key(amount):
        unit = _first(by_key, "valor_estimado_unitario")
        given["valor_estimado"] = unit or given["valor_estimado"]
    given["fornecedor_id"] = _matching(by_key, _WHO_ID) or given["fornecedor_id"]
    given["fornecedor"] = _matching(by_key, _WHO_NAME)
    return {name: column for name, column in given.items() if column is not None}


def _holds_bids(table: pa.Table, by_key: Mapping[str, str], found: dict[str, str]) -> bool:
    """Whether the rows are bids; finds a plainly named amount of theirs, if need be.

    They are where a title says "proposta" or "lance". Else bidders must be named as such and meet
    in one tender: with an amount, or as a list of who took part (then a mark of the winner, or a
    tender's number beside documents and no amount at all, will do instead of the name).
    """
    if "valor_proposta" in found:
        return True
    who = found.get("fornecedor_id") or found.get("fornecedor")
    number = name_key(found["licitacao_id"])
    if who is None or "processo" in number or any("convenio" in key for key in by_key):
        return False
    named = "fornecedor" in found or _matching(by_key, _WHO_ID) is not None
    named |= "ordemclassificacaosrp" in by_key  # PNCP: every supplier registered for an item
    bare = number == "numerolicitacao" and not any("valor" in key for key in by_key)
    if not (named or bare or "flagvencedor" in by_key):
        return False
    plain = _first(by_key, "valor_simples", set(found.values())) if named else None
    if plain is not None:
        found["valor_proposta"] = plain
    met = pa.table({"t": as_text(table[found["licitacao_id"]]), "b": as_text(table[who])})
    pairs = met.drop_null().group_by(["t", "b"]).aggregate([])
    return bool(pairs.num_rows > len(pairs["t"].unique()))


# -- the tender's key --------------------------------------------------------------------------


def _with_parts(table: pa.Table, by_key: Mapping[str, str], found: Mapping[str, str]) -> Columns:
    """The columns, with those parts of the key that vary within one number."""
    number = found["licitacao_id"]
    code = _codes(table[number])
    parts: list[str] = []
    if not {"pncp", "ocid"} & set(re.findall("pncp|ocid", name_key(number))):
        for part in ("comprador", "ano", "modalidade"):
            code = _joined(table, by_key, part, found, code, parts)
    items: list[str] = []
    for part in ("lote", "item", "subgrupo"):
        code = _joined(table, by_key, part, found, code, items)
    qualified = _first(by_key, "habilitacao", set(found.values()))
    fields = dict(found)
    if qualified is not None and "situacao_proposta" not in fields:
        fields["situacao_proposta"], qualified = qualified, None
    return Columns(fields, tuple(parts), tuple(items), qualified)


def _joined(
    table: pa.Table,
    by_key: Mapping[str, str],
    part: str,
    found: Mapping[str, str],
    code: Ints,
    into: list[str],
) -> Ints:
    """The code of the key refined by the first title of `part` that tells more, kept in `into`."""
    for key in bid_names()[part]:
        column = by_key.get(key)
        if column is None or column in found.values() or column in into:
            continue
        finer = _refined(code, _codes(table[column]))
        if finer.max(initial=-1) == code.max(initial=-1):
            continue
        if _keeps_tenders(code, finer):
            into.append(column)
            return finer
    return code


def _codes(column: pa.ChunkedArray) -> Ints:
    """Codes of the distinct cells; the missing ones share a code of their own."""
    encoded = values.tidy(column).dictionary_encode()
    codes = encoded.indices.fill_null(len(encoded.dictionary))
    return codes.to_numpy(zero_copy_only=False).astype(np.int64)


def _refined(code: Ints, other: Ints) -> Ints:
    pairs = code * (int(other.max(initial=0)) + 1) + other
    return np.unique(pairs, return_inverse=True)[1].astype(np.int64)


def _keeps_tenders(code: Ints, finer: Ints) -> bool:
    """Whether tenders of several rows still have several after the refinement."""
    several = np.bincount(code)[code] > 1
    still = np.bincount(finer)[finer] > 1
    tenders = len(np.unique(code[several]))
    return len(np.unique(code[several & still])) >= LEAST_KEPT * tenders


def identifiers(table: pa.Table, columns: Columns) -> pa.Array:
    """The tender of each row: its number, in brackets what tells it from others, and the item."""
    number = values.code(table[columns.fields["licitacao_id"]]).values
    if isinstance(number, pa.ChunkedArray):
        number = number.combine_chunks()
    if columns.parts:
        number = _append(number, _texts(table, columns.parts, ", "), " (", ")")
    if columns.items:
        number = _append(number, _texts(table, columns.items, "/"), ITEM_MARK, "")
    return number


def _texts(table: pa.Table, names: Iterable[str], separator: str) -> pa.Array:
    parts = [values.code(table[name]).values for name in names]
    joined = pc.binary_join_element_wise(*parts, separator, null_handling="skip")
    return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined


def _append(number: pa.Array, more: pa.Array, before: str, after: str) -> pa.Array:
    longer = pc.binary_join_element_wise(number, before, more, after, "")
    return pc.if_else(pc.equal(pc.utf8_length(pc.fill_null(more, "")), 0), number, longer)


# -- cells -------------------------------------------------------------------------------------


def lay_out(table: pa.Table, columns: Columns) -> dict[str, object]:
    """Clean columns of the bids by field, as arrays."""
    laid: dict[str, object] = {}
    for name, column in columns.fields.items():
        laid[name] = CLEANERS[name](table[column]).values
    laid["licitacao_id"] = identifiers(table, columns)
    if "vencedor" in laid:
        laid["vencedor"] = _marks(laid)
    states = [laid["situacao_proposta"]] if "situacao_proposta" in laid else []
    if columns.qualified:
        states.append(values.text(table[columns.qualified]).values)
    if states:
        words = [_spelt(_one(state)) for state in states]
        laid["situacao_proposta"] = pc.binary_join_element_wise(*words, " / ", null_handling="skip")
        empty = pc.equal(laid["situacao_proposta"], "")
        laid["situacao_proposta"] = pc.if_else(empty, None, laid["situacao_proposta"])
    return laid


def _one(column: Any) -> pa.Array:
    return as_text(column)


def _spelt(states: pa.Array) -> pa.Array:
    """LicitaCon's letters in words; other states as they are."""
    distinct = states.unique().drop_null().to_pylist()
    if not distinct or not set(distinct) <= set(_CODES):
        return states
    encoded = states.dictionary_encode()
    words = pa.array([_CODES[code] or None for code in encoded.dictionary.to_pylist()], pa.string())
    return words.take(encoded.indices)


def _marks(laid: Mapping[str, object]) -> pa.Array:
    """The mark of the winner; a column that names or documents it becomes "sim" and "não"."""
    told = _one(laid["vencedor"])
    sides = [_plain(_one(laid[n])) for n in ("fornecedor_id", "fornecedor") if n in laid]
    named = [pc.fill_null(pc.equal(_plain(told), side), False) for side in sides]
    hits = [one for one in named if pc.any(one).as_py()]
    if not hits:
        return told
    won = hits[0] if len(hits) == 1 else pc.or_(hits[0], hits[1])
    return pc.if_else(won, "sim", "não")


def _plain(texts: pa.Array) -> pa.Array:
    """Texts compared as people mean them: upper case, no accents, letters and digits only."""
    encoded = texts.dictionary_encode()
    plain = [
        re.sub("[^A-Z0-9]", "", unicodedata.normalize("NFKD", cell).upper())
        for cell in encoded.dictionary.to_pylist()
    ]
    return pa.array(plain, pa.string()).take(encoded.indices)
