"""What is known of each source: column names, quirks, code tables, sane amounts (one TOML each).

Loads and checks these files; does not look at data.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any

from cidadao_models.reading.headers import name_key
from cidadao_models.records import FIELDS

NAMES_FILE = "_nomes.toml"
BID_NAMES_FILE = "_propostas.toml"


@dataclass(frozen=True, slots=True)
class PercentQuirk:
    """A money column that holds percentages where another amount is large."""

    field: str
    against: str
    at_most: float
    above: float


@dataclass(frozen=True, slots=True)
class Bounds:
    """Amounts in R$ outside which a source's value deserves an issue."""

    floor: float = float("-inf")
    ceiling: float = float("inf")


@dataclass(frozen=True, slots=True)
class Layout:
    """One known source. Column names are normalised keys (`headers.name_key`)."""

    id: str
    name: str
    signature: frozenset[str]
    fields: Mapping[str, tuple[str, ...]]
    notes: tuple[str, ...] = ()
    ignore: frozenset[str] = frozenset()
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    limits: Mapping[str, Bounds] = field(default_factory=dict)
    percent: PercentQuirk | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """Keys that mean one field in any source, best first, and patterns tried after them."""

    keys: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]


def _documents() -> dict[str, dict[str, Any]]:
    folder = resources.files("cidadao_models.reading") / "sources"
    return {
        entry.name: tomllib.loads(entry.read_text(encoding="utf-8"))
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".toml")
    }


@lru_cache(maxsize=1)
def layouts() -> tuple[Layout, ...]:
    """Every known source, the most particular signature first. ValueError on a malformed file."""
    found = [
        _layout(name.removesuffix(".toml"), document)
        for name, document in _documents().items()
        if name not in (NAMES_FILE, BID_NAMES_FILE)
    ]
    return tuple(sorted(found, key=lambda layout: -len(layout.signature)))


@lru_cache(maxsize=1)
def names() -> dict[str, Names]:
    """The general names of each field. ValueError when one is no canonical field."""
    document = _documents()[NAMES_FILE]
    _only(document, FIELDS, NAMES_FILE)
    return {
        field_name: Names(
            tuple(dict.fromkeys(name_key(name) for name in entry["names"])),
            tuple(re.compile(pattern) for pattern in entry.get("patterns", ())),
        )
        for field_name, entry in document.items()
    }


@lru_cache(maxsize=1)
def bid_names() -> dict[str, tuple[str, ...]]:
    """Keys that mean one column of a table of bids, best first."""
    document = _documents()[BID_NAMES_FILE]
    return {name: tuple(map(name_key, titles)) for name, titles in document.items()}


_LAYOUT_KEYS = ("name", "signature", "fields", "notes", "ignore", "codes", "limits", "percent")


def _only(given: Mapping[str, object], allowed: Any, where: str) -> None:
    unknown = sorted(set(given) - set(allowed))
    if unknown:
        raise ValueError(f"{where}: unknown entries {unknown}")


def _layout(layout_id: str, document: dict[str, Any]) -> Layout:
    _only(document, _LAYOUT_KEYS, layout_id)
    for part in ("fields", "codes", "limits"):
        _only(document.get(part, {}), FIELDS, f"{layout_id}.{part}")
    return Layout(
        id=layout_id,
        name=document["name"],
        signature=frozenset(map(name_key, document["signature"])),
        fields={
            name: tuple(map(name_key, [given] if isinstance(given, str) else given))
            for name, given in document["fields"].items()
        },
        notes=tuple(document.get("notes", ())),
        ignore=frozenset(map(name_key, document.get("ignore", ()))),
        codes=document.get("codes", {}),
        limits={name: Bounds(**bounds) for name, bounds in document.get("limits", {}).items()},
        percent=PercentQuirk(**document["percent"]) if "percent" in document else None,
    )
