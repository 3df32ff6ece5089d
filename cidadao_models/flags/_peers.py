"""Derived columns that flags and models share: object groups, keys, and peers by amount.

Adds columns to the records and changes none; says nothing about what is suspicious.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cidadao_models import records as fields
from cidadao_models.flags import _objects, _tails
from cidadao_models.flags._outcomes import WON, outcomes
from cidadao_models.flags._shared import shared
from cidadao_models.flags._tails import MAD_TO_SIGMA as MAD_TO_SIGMA
from cidadao_models.flags._tails import SPREAD_FLOOR as SPREAD_FLOOR
from cidadao_models.flags._tails import Peers

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Objects = npt.NDArray[np.object_]

MIN_PEERS = 10
"""Fewest records that make a group of peers (reference: robust price score, n >= 10)."""

MIN_SAME_MODALITY = 30
"""Fewest records for which a group of one object is split by modality: with fewer, the spread is
too uncertain, and the whole group judges better."""

SMALLEST_COIN = 0.01
"""R$; a smaller amount is a placeholder, not money."""

BUYERS = ("unidade_gestora_id", "unidade_gestora", "orgao_id", "orgao")

IMPOSSIBLE_DATES = "datas_impossiveis"
"""Key of `records.attrs`: {field: {row: text as published}} for dates that don't exist."""

LEVELS = (
    "mesmo grupo de objeto e mesma modalidade",
    "mesmo grupo de objeto",
    "mesmo tipo de objeto",
    "mesma categoria",
    "mesma modalidade",
    "mesmo arquivo",
)
"""What peers share, from the most specific group to the widest."""

CLOSE_LEVELS = LEVELS[:3]
"""Levels whose members are comparable purchases; the others are too wide to prove much."""

CATEGORY = LEVELS[3]
"""The source's own classification: the narrowest of the wide levels."""


def derive(records: pd.DataFrame) -> pd.DataFrame:
    """Copy of the records with the derived columns, whatever canonical columns there are.

    `_modalidade`, `_grupo` (int32, -1 unknown), `_grupo_nome`, `_tipo_nome` (its first noun),
    `_obra` (works or engineering), `_comprador`, `_fornecedor`, `_doc_tipo`, `_doc_valido`,
    `_valor` (positive amount), `_compra` (a purchase rather than a budget line or a losing bid),
    `_data_impossivel`, and the peer columns `_pares` (group, -1), `_pares_nivel`, `_pares_n`,
    `_pares_mediana`, `_pares_razao`, `_pares_z`, `_pares_dispersao` and `_pares_chance` (see
    `_tails`; NaN where the amount is within reach of the median).
    """
    n = len(records)
    modality = _modality(records)
    objects = _object_groups(records)
    documents = _documents(records)
    value = _positive(records)
    lost = losing_bids(records)
    keys = (
        (objects.codes, modality.codes),
        (objects.codes,),
        (objects.heads,),
        (_encode(records.get("categoria"), n).codes,),
        (modality.codes,),
        (np.zeros(n, dtype=np.int64),),
    )
    log_value = np.log(np.where(lost, np.nan, value))
    supplier = _suppliers(records, documents)
    minimum = (MIN_SAME_MODALITY, *(MIN_PEERS,) * (len(keys) - 1))
    peers = compare_with_peers(log_value, keys, minimum=minimum)
    spread, chance = _tails.chances(
        log_value, _combined(keys, np.isfinite(log_value)), peers, _supplier_codes(supplier)
    )
    derived = {
        "_modalidade": modality.column(),
        "_grupo": objects.codes.astype(np.int32),
        "_grupo_nome": objects.names[objects.codes],
        "_tipo_nome": objects.head_names[objects.heads],
        "_obra": objects.works[objects.codes],
        "_comprador": _buyers(records),
        "_fornecedor": supplier,
        "_doc_tipo": documents["kind"].to_numpy() if documents is not None else _blank(n),
        "_doc_valido": documents["valid"].to_numpy()
        if documents is not None
        else np.zeros(n, bool),
        "_valor": value,
        "_compra": _purchases(records, supplier) & ~lost,
        "_data_impossivel": _impossible_dates(records),
        "_pares": peers.group,
        "_pares_nivel": np.array([*LEVELS, None], dtype=object)[peers.level],
        "_pares_n": peers.n,
        "_pares_mediana": np.exp(peers.median),
        "_pares_razao": np.exp(log_value - peers.median),
        "_pares_z": (log_value - peers.median) / peers.spread,
        "_pares_dispersao": spread,
        "_pares_chance": chance,
    }
    columns = {name: _as_column(values) for name, values in derived.items()}
    added = pd.DataFrame(columns, index=records.index, copy=False)
    # attrs are deep-copied at every step of pandas: what flags need of them is now a column
    bare = records.copy(deep=False)
    bare.attrs = {}
    return pd.concat([bare, added], axis=1)


def _as_column(values: npt.NDArray[Any]) -> object:
    if values.dtype != object:
        return values
    return pd.array(pa.array(values, type=pa.string(), from_pandas=True), dtype="str")


def _blank(n: int) -> Objects:
    return np.full(n, None, dtype=object)


# -- codes and keys ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Encoded:
    """A text column as int64 codes (-1 missing) into its distinct texts."""

    codes: Ints
    texts: list[str]

    def column(self) -> Objects:
        """The texts again, None where missing."""
        return np.array([*self.texts, None], dtype=object)[self.codes]


def _encode(values: pd.Series | None, n: int) -> Encoded:
    if values is None:
        return Encoded(np.full(n, -1, dtype=np.int64), [])
    encoded = fields.as_text(values).dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return Encoded(codes, encoded.dictionary.to_pylist())


def encode(values: pd.Series | None, n: int) -> Encoded:
    """Codes of a text column of n rows; all -1 when there is no such column."""
    return _encode(values, n)


@shared
def codes_of(contracts: pd.DataFrame, name: str) -> Encoded:
    """Codes of one column of a table, whether it has it or not; not to be changed."""
    encoded = _encode(contracts.get(name), len(contracts))
    encoded.codes.setflags(write=False)
    return encoded


def recode(names: Sequence[str], codes: Ints) -> Encoded:
    """Codes after giving each distinct text a name; texts that share one merge, "" is missing."""
    position: dict[str, int] = {}
    merged = [position.setdefault(name, len(position)) if name else -1 for name in names]
    return Encoded(np.array([*merged, -1], dtype=np.int64)[codes], list(position))


def _modality(records: pd.DataFrame) -> Encoded:
    encoded = _encode(records.get("modalidade"), len(records))
    return recode(fields.modality_class(encoded.texts).tolist(), encoded.codes)


@dataclass(frozen=True, slots=True)
class _Groups:
    codes: Ints
    names: Objects
    works: Bools
    heads: Ints
    head_names: Objects


def _object_groups(records: pd.DataFrame) -> _Groups:
    encoded = _encode(records.get("objeto"), len(records))
    keys, at = _objects.distinct_keys(encoded.texts)
    codes = np.array([*at, -1], dtype=np.int64)[encoded.codes]
    groups = recode([name for name, _, _ in keys], codes)
    heads = recode([head for _, head, _ in keys], codes)
    works = dict.fromkeys(groups.texts, False) | {
        name: True for name, _, is_works in keys if is_works
    }
    return _Groups(
        groups.codes,
        np.array([*groups.texts, None], dtype=object),
        np.array([*(works[name] for name in groups.texts), False], dtype=bool),
        heads.codes,
        np.array([*heads.texts, None], dtype=object),
    )


def _buyers(records: pd.DataFrame) -> Objects:
    """Managing unit (and body) of each record as one key, None when neither is known."""
    n = len(records)
    unit = _first([_encode(records.get(name), n) for name in BUYERS[:2]])
    body = _first([_encode(records.get(name), n) for name in BUYERS[2:]])
    if unit is None or body is None:
        known = unit if unit is not None else body
        return known if known is not None else _blank(n)
    joined = pc.binary_join_element_wise(
        pa.array(body, pa.string()), pa.array(unit, pa.string()), " / ", null_handling="skip"
    )
    return pc.if_else(pc.equal(joined, ""), None, joined).to_numpy(zero_copy_only=False)


def _first(parts: list[Encoded]) -> Objects | None:
    """The first known text of each row; None when no part has any text."""
    best: Objects | None = None
    for part in parts:
        if part.texts:
            text = part.column()
            best = text if best is None else np.where(pd.isna(best), text, best)
    return best


def _documents(records: pd.DataFrame) -> pd.DataFrame | None:
    if "fornecedor_id" not in records.columns:
        return None
    return fields.classify_documents(records["fornecedor_id"])


_COMPANY_SUFFIX = {
    b"ltda",
    b"me",
    b"epp",
    b"sa",
    b"s",
    b"a",
    b"eireli",
    b"mei",
    b"cia",
    b"limitada",
}


def _suppliers(records: pd.DataFrame, documents: pd.DataFrame | None) -> Objects:
    """Company root of a valid CNPJ, a valid CPF, else document as written with the plain name."""
    n = len(records)
    names = _plain_names(_encode(records.get("fornecedor"), n))
    if documents is None:
        return names
    kind = documents["kind"].to_numpy()
    digits = documents["digits"].to_numpy()
    known = documents["valid"].to_numpy()
    root = np.array([d[:8] for d in digits], dtype=object) if known.any() else digits
    written = _encode(records["fornecedor_id"], n).column()
    masked = np.array(kind == "cpf_mascarado", dtype=bool)
    wrong = (kind == "cnpj") | (kind == "cpf")
    use_text = ~known & ((kind == "desconhecido") | (wrong & pd.isna(names)))
    key = np.where(known, np.where(kind == "cnpj", root, digits), names)
    key = np.where(use_text, written, key)
    if masked.any():
        rows = np.flatnonzero(masked & ~pd.isna(names))
        key[rows] = [f"{digits[row]} {names[row]}" for row in rows]
    return key


def _plain_names(encoded: Encoded) -> Objects:
    plain = [_plain_name(text.split()) for text in _objects.fold(encoded.texts)]
    return recode(plain, encoded.codes).column()


def _plain_name(words: list[bytes]) -> str:
    while len(words) > 1 and words[-1] in _COMPANY_SUFFIX:
        words.pop()
    return b" ".join(words).decode("ascii")


def _positive(records: pd.DataFrame) -> Floats:
    if "valor" not in records.columns:
        return np.full(len(records), np.nan)
    value = records["valor"].to_numpy(dtype=np.float64, na_value=np.nan)
    return np.where(np.isfinite(value) & (value >= SMALLEST_COIN), value, np.nan)


def _purchases(records: pd.DataFrame, supplier: Objects) -> Bools:
    """Records with a supplier, a modality or a date: budget lines have none of them."""
    told = ~np.asarray(pd.isna(supplier))
    for name in ("modalidade", "data"):
        if name in records.columns:
            told |= records[name].notna().to_numpy()
    return told


@shared
def losing_bids(records: pd.DataFrame) -> Bools:
    """Rows of a table of bids that bought nothing: all but those told to have won.

    Several bids for one tender are offers for one purchase: compared with other purchases they
    would count it many times, and the losing ones are no price that was paid.
    """
    n = len(records)
    if "valor_proposta" not in records or "licitacao_id" not in records:
        return np.zeros(n, dtype=bool)
    bid = records["valor_proposta"].notna().to_numpy() & records["licitacao_id"].notna().to_numpy()
    if not records["licitacao_id"][bid].duplicated().any():
        return np.zeros(n, dtype=bool)
    return np.asarray(bid & (outcomes(records) != WON))


def _impossible_dates(records: pd.DataFrame) -> Objects:
    """The first impossible date of each record as "início da vigência: 30/02/2020"."""
    given = records.attrs.get(IMPOSSIBLE_DATES) or {}
    texts: dict[object, str] = {}
    for name, rows in given.items():
        label = fields.FIELDS[name].label if name in fields.FIELDS else name
        for row, text in rows.items():
            texts.setdefault(row, f"{label}: {text}")
    answer = _blank(len(records))
    if texts:
        at = records.index.get_indexer(pd.Index(list(texts)))
        for position, text in zip(at, texts.values(), strict=True):
            if position >= 0:
                answer[position] = text
    return answer


# -- peers -------------------------------------------------------------------------------------


def compare_with_peers(
    x: Floats, keys: Sequence[tuple[Ints, ...]], *, minimum: Sequence[int]
) -> Peers:
    """Median and robust spread of log amounts in the most specific group with enough of them.

    `x`: n log amounts, NaN unknown; `keys`: from the most specific level to the widest, the code
    columns (-1 unknown) that make its groups; `minimum`: records that each level needs. A group
    holds all its records, also those that found a narrower one. The spread is 1.4826 times the
    median absolute deviation, at least `SPREAD_FLOOR` (Rousseeuw and Croux 1993).
    """
    n = len(x)
    answer = Peers(
        np.full(n, -1, dtype=np.int64),
        np.full(n, -1, dtype=np.int64),
        np.zeros(n, dtype=np.int64),
        np.full(n, np.nan),
        np.full(n, np.nan),
    )
    known = np.isfinite(x)
    offset = 0
    for level, columns in enumerate(keys):
        waiting = known & (answer.group < 0)
        if not waiting.any():
            break
        code, n_codes = _combine(columns, known)
        size = np.bincount(code[code >= 0], minlength=n_codes)
        takes = waiting & (code >= 0)
        takes[takes] = size[code[takes]] >= minimum[level]
        if takes.any():
            median, spread = _median_and_spread(x, code, np.unique(code[takes]), n_codes)
            answer.group[takes] = code[takes] + offset
            answer.level[takes] = level
            answer.n[takes] = size[code[takes]]
            answer.median[takes] = median[code[takes]]
            answer.spread[takes] = spread[code[takes]]
        offset += n_codes
    return answer


def _combine(columns: tuple[Ints, ...], known: Bools) -> tuple[Ints, int]:
    """One code for each combination of codes; -1 where one of them or the value is unknown."""
    code = np.where(known, columns[0], -1)
    for column in columns[1:]:
        width = int(column.max(initial=0)) + 1
        code = np.where((code >= 0) & (column >= 0), code * width + column, -1)
    if len(columns) > 1 and len(code):
        distinct, code = np.unique(code, return_inverse=True)
        code = code - int(distinct[0] == -1)
    return code, int(code.max(initial=-1)) + 1


def _combined(keys: Sequence[tuple[Ints, ...]], known: Bools) -> Callable[[int], Ints]:
    """Codes of a level when they are asked for: few levels ever are."""
    return lambda level: _combine(keys[level], known)[0]


def _supplier_codes(supplier: Objects) -> Ints:
    """One code for each supplier; a record without one is a supplier of its own."""
    codes = pd.factorize(supplier)[0].astype(np.int64)
    unknown = codes < 0
    codes[unknown] = len(codes) + np.flatnonzero(unknown)
    return codes


def _median_and_spread(x: Floats, code: Ints, wanted: Ints, n_codes: int) -> tuple[Floats, Floats]:
    chosen = np.zeros(n_codes, dtype=bool)
    chosen[wanted] = True
    rows = np.flatnonzero((code >= 0) & chosen[code])
    median = _group_medians(x[rows], code[rows], n_codes, of_logs=True)
    deviation = _group_medians(np.abs(x[rows] - median[code[rows]]), code[rows], n_codes)
    return median, np.maximum(MAD_TO_SIGMA * deviation, SPREAD_FLOOR)


def _group_medians(x: Floats, code: Ints, n_codes: int, *, of_logs: bool = False) -> Floats:
    """Median of x for each code; NaN for codes that do not occur.

    `of_logs`: x are logs, and the answer is the log of the median amount that a reader computes.
    """
    order = np.lexsort((x, code))
    ordered, sizes = x[order], np.bincount(code, minlength=n_codes)
    starts = np.cumsum(sizes) - sizes
    present = sizes > 0
    low = ordered[starts[present] + (sizes[present] - 1) // 2]
    high = ordered[starts[present] + sizes[present] // 2]
    medians = np.full(n_codes, np.nan)
    medians[present] = np.logaddexp(low, high) - np.log(2) if of_logs else (low + high) / 2
    return medians
