"""A list of sanctions (CEIS, CNEP, a state's) read like any file, and told from one of contracts.

Finds the columns; who of a file's suppliers is listed it does not look up.
"""

from __future__ import annotations

import re
from typing import Any

from cidadao_models.errors import InputError
from cidadao_models.reading import Reading, read
from cidadao_models.reading.headers import name_key
from cidadao_models.reading.limits import Limits

_NAME_KEYS = ("nome", "razaosocialnome", "pessoa", "nomerazaosocialpessoa", "responsavel")
"""Titles that name the sanctioned party in a list, too vague to do so in other files."""

_SANCTION_WORDS = re.compile(
    r"sanc|inidone|idone|suspens|imped|proib|penalidad|apenad|multa|punid|ceis|cnep|leniencia"
)
"""Words in titles or categories that make a file a list of sanctions (on `name_key`s)."""

HINT = (
    "Envie a lista CEIS ou CNEP como o Portal da Transparência a publica (CSV, ZIP ou JSON da API)"
    " no lugar da lista de sanções, e os contratos no do arquivo."
)


def read_sanctions(source: Any, *, limits: Limits | None = None) -> Reading:
    """The list as a `Reading`. InputError says that it is the list which can't be read."""
    try:
        reading = read(source, limits=limits)
        names = _vague_names(reading)
        if names is not None:
            reading = read(reading, mapping={"fornecedor": names})
    except InputError as error:
        raise type(error)(
            f"Na lista de sanções: {error.message}",
            hint=error.hint,
            details=error.details | {"field": "sanctions"},
        ) from error
    if _is_of_contracts(reading):
        raise InputError(
            "A lista de sanções parece um arquivo de contratos.",
            hint=HINT,
            details={"field": "sanctions", "mapping": reading.mapping},
        )
    return reading


def _vague_names(reading: Reading) -> str | None:
    """The column that holds the names, where its title alone doesn't say whose."""
    if "fornecedor" in reading.records:
        return None
    unmapped = {name_key(column): column for column in reversed(reading.info.get("unmapped", []))}
    return next((unmapped[key] for key in _NAME_KEYS if key in unmapped), None)


def _is_of_contracts(reading: Reading) -> bool:
    """Whether the records are purchases: looked up as a list, every supplier would be "listed"."""
    records = reading.records
    if "modalidade" not in records and not {"objeto", "valor"} <= set(records):
        return False
    titles = [entry["column"] for entry in reading.mapping.values()]
    titles += reading.info.get("unmapped", [])
    kinds = records["categoria"].dropna().unique()[:50].tolist() if "categoria" in records else []
    return not any(_SANCTION_WORDS.search(name_key(str(text))) for text in [*titles, *kinds])
