"""The embedded model files: where they are, whether they are whole, and what they hold.

Every file is checked against the sha256 of the manifest before it is used. No network.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from cidadao_models.errors import WeightsUnavailable
from cidadao_models.models.baseline import Baseline

MANIFEST = "manifest.json"
REFERENCE = "anomaly_reference.npz"


@dataclass(frozen=True, slots=True)
class Status:
    """State of the weights, as `/health` shows it."""

    loaded: bool
    source: str
    revision: str
    sha256: str
    message: str


def _folder() -> Any:
    return resources.files("cidadao_models") / "weights"


def _unavailable(message: str) -> WeightsUnavailable:
    return WeightsUnavailable(
        message, hint="Reinstale o pacote; os arquivos de cidadao_models/weights vêm com ele."
    )


@cache
def manifest() -> dict[str, Any]:
    """The embedded manifest. Raises WeightsUnavailable when it is missing or no JSON."""
    try:
        text = (_folder() / MANIFEST).read_text("utf-8")
        found: dict[str, Any] = json.loads(text)
    except (OSError, ValueError) as error:
        raise _unavailable("O manifesto dos pesos embutidos não pôde ser lido.") from error
    return found


def _verified(path: str) -> Any:
    """The traversable of one listed file, after its sha256 was found to be right."""
    listed = {entry["path"]: entry["sha256"] for entry in manifest()["files"]}
    file = _folder() / path
    try:
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise _unavailable(f"Falta o arquivo de pesos {path}.") from error
    if listed.get(path) != digest:
        raise _unavailable(f"O arquivo de pesos {path} não confere com o manifesto.")
    return file


@cache
def reference() -> Baseline:
    """The embedded reference for anomaly scores. Raises WeightsUnavailable."""
    training = manifest()["training"]["anomaly_reference"]
    label = (
        f"referência embutida ({training['records']:,} registros de "
        f"{len(training['folders'])} conjuntos públicos)"
    ).replace(",", ".")
    with _verified(REFERENCE).open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
        return Baseline.from_arrays(dict(arrays), label=label)


def status() -> Status:
    """Whether every listed file is there and whole, in the words of `/health`."""
    try:
        found = manifest()
        for entry in found["files"]:
            _verified(entry["path"])
        digest = hashlib.sha256((_folder() / MANIFEST).read_bytes()).hexdigest()
    except WeightsUnavailable as error:
        return Status(False, "embedded", "", "", error.message)
    message = "Pesos embutidos conferidos."
    return Status(True, "embedded", found["revision"], digest, message)
