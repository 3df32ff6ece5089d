"""The list that comes with a set of weights, read strictly: what it may name and how it is checked.

Reads one JSON text and opens no file that it lists; no network.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from cidadao_models.errors import WeightsUnavailable

MANIFEST = "manifest.json"
REFERENCE = "anomaly_reference.npz"
TEXT_CONFIG = "text/config.json"

PARTS = {REFERENCE: "a referência de anomalias", TEXT_CONFIG: "o modelo de texto"}
"""The file that stands for each part of a set, with the words a reader sees."""

SUFFIXES = (".safetensors", ".json", ".npz")
"""Formats that hold numbers and no code; nothing else is ever loaded."""

CARD_SUFFIX = ".md"
"""A card may be listed; it is for people, and is neither fetched nor checked."""

MAX_MANIFEST_BYTES = 1_000_000
"""Largest manifest read: a thousand times today's."""

MAX_FILES = 256
"""Most files of a set; the embedded one has a dozen."""

MAX_SET_BYTES = 500_000_000
"""Largest set taken, in bytes: ten times the room that the embedded one has (45 MB)."""

COMMIT = re.compile(r"[0-9a-f]{40}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*")


@dataclass(frozen=True, slots=True)
class Listed:
    """One file of a set: its path below the folder, digest and size."""

    path: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Listing:
    """A manifest that was read: `data` is its JSON, `sha256` the digest of its bytes."""

    data: Mapping[str, Any]
    sha256: str
    revision: str
    created: dt.date
    model_version: str
    files: Mapping[str, Listed]

    @property
    def major(self) -> int:
        """Number of the format: the first of the version that wrote the set."""
        return int(self.model_version.split(".")[0])


def unavailable(message: str) -> WeightsUnavailable:
    """The error of a set that can't be used, with what to do about it."""
    hint = "Se são os pesos embutidos, reinstale o pacote; se vieram do Hub, publique-os de novo."
    return WeightsUnavailable(message, hint=hint)


def parse(payload: bytes) -> Listing:
    """The listing in the bytes of a manifest. Raises WeightsUnavailable, saying what is wrong."""
    if len(payload) > MAX_MANIFEST_BYTES:
        raise unavailable("O manifesto dos pesos é grande demais.")
    try:
        data = json.loads(payload.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise unavailable("O manifesto dos pesos não é um JSON.") from error
    if not isinstance(data, dict):
        raise unavailable("O manifesto dos pesos não é um objeto JSON.")
    return Listing(
        data=data,
        sha256=hashlib.sha256(payload).hexdigest(),
        revision=_text(data, "revision"),
        created=_date(_text(data, "created")),
        model_version=_version(_text(data, "model_version")),
        files=_files(data.get("files")),
    )


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    if not isinstance(value, str) or not re.fullmatch(r"[\w.:+-]{1,80}", value, re.ASCII):
        raise unavailable(f"O manifesto dos pesos não traz um valor legível em {key!r}.")
    return value


def _date(text: str) -> dt.date:
    try:
        return dt.datetime.fromisoformat(text).date()
    except ValueError as error:
        raise unavailable("O manifesto dos pesos não traz uma data em 'created'.") from error


def _version(text: str) -> str:
    if not re.fullmatch(r"\d{1,4}(\.\w+)*", text, re.ASCII):
        raise unavailable("O manifesto dos pesos não traz uma versão em 'model_version'.")
    return text


def _files(entries: object) -> dict[str, Listed]:
    if not isinstance(entries, list) or not 0 < len(entries) <= MAX_FILES:
        raise unavailable("O manifesto dos pesos não traz uma lista de arquivos em 'files'.")
    listed = [_listed(entry) for entry in entries]
    files = {one.path: one for one in listed if not one.path.endswith(CARD_SUFFIX)}
    if len({one.path for one in listed}) != len(listed):
        raise unavailable("O manifesto dos pesos repete um arquivo.")
    if sum(one.bytes for one in listed) > MAX_SET_BYTES:
        raise unavailable(f"Os pesos passam de {MAX_SET_BYTES // 1_000_000} MB.")
    if REFERENCE not in files:
        raise unavailable(f"O manifesto dos pesos não lista {REFERENCE}.")
    if TEXT_CONFIG not in files and any(path.startswith("text/") for path in files):
        raise unavailable(f"O manifesto dos pesos traz o modelo de texto sem {TEXT_CONFIG}.")
    return files


def _listed(entry: object) -> Listed:
    if not isinstance(entry, dict):
        raise unavailable("O manifesto dos pesos lista algo que não é um arquivo.")
    path, digest, size = entry.get("path"), entry.get("sha256"), entry.get("bytes")
    if not isinstance(path, str) or not _NAME.fullmatch(path) or path == MANIFEST:
        raise unavailable(f"O manifesto dos pesos lista um caminho recusado ({str(path)[:80]!r}).")
    if PurePosixPath(path).suffix not in (*SUFFIXES, CARD_SUFFIX):
        raise unavailable(
            f"O manifesto dos pesos lista {path[:80]!r}, de um formato recusado; só se aceitam"
            " safetensors, json e npz."
        )
    if not isinstance(digest, str) or not _SHA256.fullmatch(digest):
        raise unavailable(f"O manifesto dos pesos não traz o sha256 de {path[:80]!r}.")
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise unavailable(f"O manifesto dos pesos não traz o tamanho de {path[:80]!r}.")
    return Listed(path, digest, size)
