"""A TOML file that adds later years to the dated legal tables: read, checked, refused when odd.

Knows the keys and their types; what the figures mean is said by `_limits` and `_terms`.
"""

from __future__ import annotations

import datetime as dt
import os
import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

LIMITS_FILE = "CIDADAO_LIMITS_FILE"
"""Environment variable: path of the file."""

_NUMBER = (int, float)
_KEYS: Mapping[str, Mapping[str, type | tuple[type, ...]]] = {
    "dispensa": {"lei": str, "desde": dt.date, "obras": _NUMBER, "outros": _NUMBER, "ato": str},
    "valor": {"nome": str, "desde": dt.date, "valor": _NUMBER, "ato": str},
    "modalidade": {
        "modalidade": str, "desde": dt.date, "obras": _NUMBER, "outros": _NUMBER, "ato": str,
    },
    "prazo": {
        "nome": str, "lei": str, "desde": dt.date, "quanto": int, "unidade": str, "ato": str,
    },
}  # fmt: skip
"""Keys of each table and their types; all of them are needed and no other is allowed."""

Tables = dict[str, list[dict[str, Any]]]


def read(path: Path) -> Tables:
    """Tables of the file by name, every entry with exactly the keys of its table.

        [[dispensa]]
        lei = "14.133"
        desde = 2027-01-01
        obras = 137000.00
        outros = 68500.00
        ato = "Portaria …"

        [[valor]]             # grande_vulto, veiculos or pronto_pagamento
        nome = "veiculos"
        desde = 2027-01-01
        valor = 10900.00
        ato = "Portaria …"

        [[modalidade]]        # as dispensa, with `modalidade` instead of `lei`
        [[prazo]]             # see `_terms`: nome, lei, desde, quanto, unidade, ato

    ValueError on unknown tables and keys, missing keys and values of another type.
    """
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    unknown = set(tables) - set(_KEYS)
    if unknown:
        raise ValueError(f"{path.name}: unknown tables {sorted(unknown)}")
    return {name: [_checked(name, entry) for entry in found] for name, found in tables.items()}


def _checked(name: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    types = _KEYS[name]
    if set(entry) != set(types):
        raise ValueError(f"{name} table needs exactly {sorted(types)}")
    for key, kind in types.items():
        if not isinstance(entry[key], kind) or isinstance(entry[key], bool):
            raise ValueError(f"{name} table: {key} = {entry[key]!r} has another type")
    return dict(entry)


@lru_cache(maxsize=1)
def _configured() -> Tables:
    path = os.environ.get(LIMITS_FILE)
    return read(Path(path)) if path else {}


def entries(name: str) -> Sequence[dict[str, Any]]:
    """Entries of one table in the file that the environment names; none without such a file."""
    return _configured().get(name, ())
