"""Which column is which canonical field, and why: by layout, by title, by the look of its values.

Proposes candidates in order of trust; `assemble` reads them and keeps the first that is what its
title says. What can't be told stays unmapped.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cidadao_models.errors import InputError
from cidadao_models.reading import dates, values
from cidadao_models.reading.headers import name_key, spellings
from cidadao_models.reading.layouts import Layout, layouts, names
from cidadao_models.records import (
    FIELDS,
    as_text,
    classify_distinct,
    classify_documents,
    modality_class,
)

MAX_NESTED_CELLS = 100_000
"""Distinct cells of one column parsed as nested objects; a column with more stays text."""

MAX_NESTED_LENGTH = 20_000
"""Characters of one nested cell; real ones have under 1,000."""

SNIFFED_CELLS = 200
"""Distinct cells looked at to tell what a column without a known title holds."""

SNIFFED_SHARE = 0.9
"""Share of them that must have the shape of the field."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One column that may be a field, with the reason in Portuguese."""

    column: str
    reason: str
    asked: bool = False


Candidates = dict[str, list[Candidate]]


# -- cells that hold objects -------------------------------------------------------------------


def expand_nested(table: pa.Table) -> pa.Table:
    """Columns of JSON or Python dicts in cells become dotted columns (`estabelecimento.nome`)."""
    for name in table.column_names:
        column = table[name]
        if pa.types.is_string(column.type) and _looks_nested(column):
            table = _with_parts(table, name, column)
    return table


def _looks_nested(column: pa.ChunkedArray) -> bool:
    head = column.slice(0, SNIFFED_CELLS).drop_null()
    if not len(head):
        return False
    return bool(pc.all(pc.match_substring_regex(head, r"^\s*\{\s*['\"]")).as_py())


def _with_parts(table: pa.Table, name: str, column: pa.ChunkedArray) -> pa.Table:
    encoded = column.combine_chunks().dictionary_encode()
    if len(encoded.dictionary) > MAX_NESTED_CELLS:
        return table
    objects = [_object(cell) for cell in encoded.dictionary.to_pylist()]
    if sum(found is not None for found in objects) < SNIFFED_SHARE * len(objects):
        return table
    flat = [dict(_flatten(found or {}, name)) for found in objects]
    for key in dict.fromkeys(key for row in flat for key in row):
        if key not in table.column_names:
            part = pa.array([row.get(key) for row in flat], pa.string())
            table = table.append_column(key, part.take(encoded.indices))
    return table.drop_columns([name])


def _object(cell: str) -> dict[object, object] | None:
    """The cell as a dict, whether JSON or Python wrote it; None when it is neither."""
    if len(cell) > MAX_NESTED_LENGTH:
        return None
    try:
        found = json.loads(cell)
    except ValueError:
        try:
            found = ast.literal_eval(cell)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return None
    except RecursionError:
        return None
    return found if isinstance(found, dict) else None


def _flatten(found: Mapping[object, object], prefix: str) -> Iterable[tuple[str, str]]:
    for key, value in found.items():
        name = f"{prefix}.{key}"
        if isinstance(value, dict):
            yield from _flatten(value, name)
        elif value is not None and value != "" and not isinstance(value, (list, tuple, set)):
            yield name, str(value)


# -- titles ------------------------------------------------------------------------------------


def recognise(columns: Iterable[str]) -> Layout | None:
    """The known source whose signature these columns hold, or None."""
    keys = {name_key(column) for column in columns}
    return next((layout for layout in layouts() if layout.signature <= keys), None)


def candidates(
    table: pa.Table, layout: Layout | None, overrides: Mapping[str, str] | None = None
) -> Candidates:
    """Columns that may be each field, best first. InputError for an override that can't be."""
    by_key = _columns_by_key(table.column_names)
    found = _by_title(by_key, _spoken_for(layout))
    if layout is not None:
        for field, keys in layout.fields.items():
            given = [by_key[key] for key in keys if key in by_key]
            if given:
                reason = f"layout reconhecido: {layout.name}"
                found[field] = [Candidate(column, reason) for column in given]
    for field, column in (overrides or {}).items():
        _check_override(field, column, table.column_names)
        found[field] = [Candidate(column, "indicada por quem enviou", asked=True)]
    return found


def _spoken_for(layout: Layout | None) -> frozenset[str]:
    """Columns that a recognised layout has explained: no general name applies to them."""
    if layout is None:
        return frozenset()
    return layout.ignore.union(*layout.fields.values())


def _columns_by_key(columns: Iterable[str]) -> dict[str, str]:
    by_key: dict[str, str] = {}
    for column in columns:
        by_key.setdefault(name_key(column), column)
    for key, column in list(by_key.items()):
        for spelt in spellings(key):
            by_key.setdefault(spelt, column)
    return by_key


def _by_title(by_key: Mapping[str, str], ignore: frozenset[str]) -> Candidates:
    known = {key: column for key, column in by_key.items() if key not in ignore}
    found: Candidates = {}
    for field, entry in names().items():
        matches = {known[key]: _name_reason(known[key]) for key in entry.keys if key in known}
        for pattern in entry.patterns:
            for key, column in known.items():
                if column not in matches and pattern.search(key):
                    matches[column] = f"título “{column}” tem a forma usual deste campo"
        if matches:
            found[field] = [Candidate(column, reason) for column, reason in matches.items()]
    _settle_unit(found, known.get("unidade"))
    _settle_due_date(found, known)
    _settle_item(found)
    return found


def _settle_unit(found: Candidates, column: str | None) -> None:
    """“Unidade” alone is a measure beside quantities, else a part of the administration."""
    if column is None:
        return
    measured = "quantidade" in found or "valor_unitario" in found
    field = "unidade" if measured else "unidade_gestora"
    found.setdefault(field, []).append(Candidate(column, _name_reason(column)))


_ITEM_WORDS = ("item", "produto", "material")


def _settle_item(found: Candidates) -> None:
    """On lines with quantity and unit price, what was bought is the item, not the contract."""
    if {"quantidade", "valor_unitario", "objeto"} <= found.keys():
        described = ("descricao", "nome", "item", "produto")

        def is_item(candidate: Candidate) -> bool:
            key = name_key(candidate.column)
            return key.startswith(described) and any(word in key for word in _ITEM_WORDS)

        if name_key(found["objeto"][0].column) != "descricao":
            found["objeto"].sort(key=lambda candidate: not is_item(candidate))


_DUE_DATES = ("datavencimento", "vencimento")
_PAYMENT_WORDS = ("pagamento", "notafiscal", "liquidacao", "parcela", "fatura", "boleto", "valornf")


def _settle_due_date(found: Candidates, known: Mapping[str, str]) -> None:
    """A due date beside payments is the invoice's, not the end of a contract."""
    ends = found.get("vigencia_fim")
    if not ends or not any(word in key for key in known for word in _PAYMENT_WORDS):
        return
    due = {column for key in _DUE_DATES for column in [known.get(key)] if column}
    kept = [candidate for candidate in ends if candidate.column not in due]
    if kept:
        found["vigencia_fim"] = kept
    else:
        del found["vigencia_fim"]


def _name_reason(column: str) -> str:
    return f"título “{column}” é um nome conhecido deste campo"


def _check_override(field: str, column: str, columns: list[str]) -> None:
    if field not in FIELDS:
        raise InputError(
            f"O campo “{field}” não existe.",
            hint=f"Use um destes: {', '.join(FIELDS)}.",
            details={"field": field},
        )
    if column not in columns:
        raise InputError(
            f"A coluna “{column}” não existe neste arquivo.",
            hint=f"As colunas são: {', '.join(columns[:60])}.",
            details={"column": column, "columns": columns[:200]},
        )


# -- years and months --------------------------------------------------------------------------

_YEAR_KEYS = ("ano", "exercicio", "anoexercicio", "year", "anolancamento", "anoreferencia")
_MONTH_KEYS = (
    "mes",
    "mescodigo",
    "codigomes",
    "month",
    "numeromes",
    "meslancamento",
    "mesreferencia",
)


def year_and_month(table: pa.Table) -> tuple[str, str] | None:
    """The columns that together give a month, when the file splits it in two."""
    by_key = _columns_by_key(table.column_names)
    year = next((by_key[key] for key in _YEAR_KEYS if key in by_key), None)
    month = next((by_key[key] for key in _MONTH_KEYS if key in by_key), None)
    return (year, month) if year is not None and month is not None else None


# -- values ------------------------------------------------------------------------------------


def by_values(table: pa.Table, free: Iterable[str], missing: Iterable[str]) -> Candidates:
    """Fields still missing that exactly one free column has the look of."""
    wanted = [field for field in _LOOKS if field in set(missing)]
    looks: dict[str, list[str]] = {field: [] for field in wanted}
    for column in free if wanted else ():
        cells = _sample(table[column])
        fields = [field for field in wanted if len(cells) and _LOOKS[field](cells)]
        field = next((f for f in fields if not _denied(f, column)), None)
        if field is not None:
            looks[field].append(column)
    return {
        field: [Candidate(columns[0], _LOOK_REASONS[field])]
        for field, columns in looks.items()
        if len(columns) == 1
    }


_DENYING_WORDS = {
    "fornecedor_id": (
        "orgao entidade contratante unidade uasg comprador buyer concedente gerenciador "
        "gestor responsavel ordenador servidor portador fiscal secretario representante pregoeiro "
        "parlamentar deputado senador autor socio usuario assinante prefeito"
    ).split(),
    "valor": (
        "percentual desconto taxa aliquota indice cotacao conversao latitude longitude pontuacao "
        "extensao quantidade dotacao garantia retencao"
    ).split(),
    "data": (
        "nascimento atualizacao extracao scraped carga inclusao coleta processamento ingest"
    ).split(),
    "modalidade": ["aplicacao", "empenho"],
}
"""Words of titles that deny what their column's values look like."""


def _denied(field: str, column: str) -> bool:
    key = name_key(column)
    return any(word in key for word in _DENYING_WORDS[field])


def _sample(column: pa.ChunkedArray) -> pa.Array:
    if not pa.types.is_string(column.type):
        return pa.array([], pa.string())
    head = column.slice(0, 20 * SNIFFED_CELLS).drop_null().unique()[:SNIFFED_CELLS]
    return values.tidy(head).drop_null()


def _share(mask: pa.Array) -> float:
    return pc.mean(mask.cast(pa.float64())).as_py() or 0.0


def _is_document(cells: pa.Array) -> bool:
    found = classify_documents(cells)
    return bool((found["valid"] | (found["kind"] == "cpf_mascarado")).mean() >= SNIFFED_SHARE)


def _is_date(cells: pa.Array) -> bool:
    if _share(pc.match_substring_regex(cells, r"[-/.T ]")) < SNIFFED_SHARE:
        return False
    return bool(np.mean(~np.isnat(dates.date(cells).values)) >= SNIFFED_SHARE)


def _is_money(cells: pa.Array) -> bool:
    cents = r"^(?:R\$)?\s*-?(?:\d{1,3}(?:\.\d{3})*|\d+)(?:,\d{2}|\.\d{2})$"
    return _share(pc.match_substring_regex(cells, cents)) >= SNIFFED_SHARE


def _is_modality(cells: pa.Array) -> bool:
    classes = modality_class(cells)
    return bool(len(cells) >= 2 and (~classes.isin(["outros", ""])).mean() >= SNIFFED_SHARE)


_LOOKS = {
    "fornecedor_id": _is_document,
    "data": _is_date,
    "valor": _is_money,
    "modalidade": _is_modality,
}
_LOOK_REASONS = {
    "fornecedor_id": "única coluna livre cujos valores têm forma de CNPJ ou CPF",
    "data": "única coluna livre cujos valores são datas",
    "valor": "única coluna livre cujos valores têm forma de dinheiro",
    "modalidade": "única coluna livre cujos valores são modalidades de licitação",
}


def document_share(column: pa.ChunkedArray) -> float:
    """Share of the distinct values that are a CNPJ or CPF, masked ones included."""
    cells = _sample(column)
    if not len(cells):
        return 0.0
    return float(np.isin(classify_distinct(cells).kind, ("cnpj", "cpf", "cpf_mascarado")).mean())


def word_share(column: pa.ChunkedArray) -> float:
    """Share of the distinct values that have letters, as names do and codes do not."""
    cells = _sample(column)
    return _share(pc.match_substring_regex(cells, r"\p{L}")) if len(cells) else 0.0


MIN_REPEATED = 3
"""Records from which a document that stands beside different names is known to be no supplier's."""


def is_of_another(documents: pa.ChunkedArray, names_: pa.ChunkedArray) -> bool:
    """Whether each document stands beside several supplier names: it is the buyer's, then.

    Names count as different by their first four letters, so that one company spelt in two ways
    is one.
    """
    pairs = pa.table({"d": as_text(documents), "n": as_text(names_)}).slice(0, 20 * SNIFFED_CELLS)
    pairs = pairs.drop_null()
    if pairs.num_rows < MIN_REPEATED:
        return False
    short = pc.utf8_slice_codeunits(pc.utf8_upper(pc.utf8_trim_whitespace(pairs["n"])), 0, 4)
    met = pairs.set_column(1, "n", short).group_by(["d", "n"]).aggregate([])
    return bool(met.num_rows >= 2 * len(met["d"].unique()))


_IDENTITY_WORDS = re.compile("cnpj|cpf|cgc|documento|numero|codigo|formatado|ou|ni|id")


def role(column: str) -> str:
    """Whose document a column holds by its title, or "" when it does not say."""
    return _IDENTITY_WORDS.sub("", name_key(column))


# -- documents beside names --------------------------------------------------------------------

_WRITTEN = r"\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}|\d{14}|[\d*X]{3}\.\d{3}\.\d{3}-[\d*X]{2}"
_BESIDE = rf"(?:^|[^\d])(?P<document>{_WRITTEN})(?:[^\d]|$)"
_AROUND = rf"(?i)[\s(\[–:,;/-]*(?:\b(?:CNPJ|CPF)\b[\s:/n.º°-]*)*(?:{_WRITTEN})[\s)\]–:,;/-]*"


def names_and_documents(column: pa.ChunkedArray) -> tuple[pa.Array, pa.Array] | None:
    """Names and documents of cells like `11.222.333/0001-81 - ACME LTDA`, when they are so."""
    cells = _sample(column)
    if not len(cells) or _share(pc.match_substring_regex(cells, _BESIDE)) < SNIFFED_SHARE:
        return None
    texts = values.tidy(column)
    bare = values.tidy(pc.replace_substring_regex(texts, _AROUND, " "))
    if bare.null_count + pc.sum(pc.equal(pc.utf8_length(bare), 0)).as_py() > len(bare) / 2:
        return None  # nothing but documents: there are no names to set apart
    return bare, pc.struct_field(pc.extract_regex(texts, _BESIDE), "document")


# -- periods in one cell -----------------------------------------------------------------------

_PERIOD_KEYS = ("vigencia", "vigenciacontrato", "periodovigencia", "prazovigencia", "periodo",
                "periodoexecucao", "prazo", "prazocontrato", "vigenciaata", "validade",
                "validadeata")  # fmt: skip
_DAY = r"\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}"
_PERIOD = rf"(?i)^(?:de\s+)?(?P<first>{_DAY})\s*(?:a|at[eé]|à|-|–|to)\s*(?P<last>{_DAY})$"


def period(table: pa.Table) -> tuple[str, pa.Array, pa.Array] | None:
    """A column of `01/01/2024 a 31/12/2024`, with its first and last days as texts."""
    by_key = _columns_by_key(table.column_names)
    for key in _PERIOD_KEYS:
        column = by_key.get(key)
        if column is None or not len(cells := _sample(table[column])):
            continue
        if _share(pc.match_substring_regex(cells, _PERIOD)) >= SNIFFED_SHARE:
            parts = pc.extract_regex(values.tidy(table[column]), _PERIOD)
            return column, pc.struct_field(parts, "first"), pc.struct_field(parts, "last")
    return None


def modality_share(column: pa.ChunkedArray) -> float:
    """Share of the distinct values that name a known modality."""
    cells = values.tidy(column.slice(0, 20 * SNIFFED_CELLS)).drop_null().unique()
    if not len(cells):
        return 0.0
    return float((~modality_class(cells).isin(["outros", ""])).mean())


def is_total(column: str) -> bool:
    """Whether the title names a contract's whole amount."""
    return any(
        key.startswith("valor") and any(word in key for word in ("total", "global", "atual"))
        for key in spellings(name_key(column))
    )
