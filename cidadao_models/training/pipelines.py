"""Remakes the embedded anomaly reference from a folder of public spending files.

Keeps aggregates only: group statistics and means of small groups of similar records. Folders whose
SOURCE.md names a copyleft licence, and those that hold no purchases, are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cidadao_models import flags
from cidadao_models.errors import InputError
from cidadao_models.flags._peer_table import MIN_IN_FILE, PeerTable
from cidadao_models.models.baseline import Baseline, SupplierHistory, features, sampled
from cidadao_models.models.core.manifest import REFERENCE
from cidadao_models.reading import read
from cidadao_models.training.release import COMMAND, write_manifest

WEIGHTS = Path(__file__).resolve().parents[1] / "weights"

COPYLEFT = ("GPL", "CC-BY-SA", "CC BY-SA", "ODBL", "EUPL", "MPL")
"""Words of a licence line that keep a folder out of the published reference."""

PER_FILE = 4_000
"""Most records taken from one file, so that no single body makes the reference."""

AGGREGATE = 5
"""Records averaged into one row of the reference: no single record can be read back."""

SUFFIXES = (".csv", ".json", ".xls", ".xlsx", ".ods", ".zip")


def is_copyleft(source: str) -> bool:
    """Whether the licence line of a SOURCE.md names a copyleft licence."""
    lines = [line for line in source.splitlines() if "licence" in line.lower()]
    return any(word in line.upper() for line in lines for word in COPYLEFT)


def open_files(data: Path) -> Iterator[Path]:
    """Tables of the folders that may be used, in a fixed order."""
    for folder in sorted(path for path in data.iterdir() if path.is_dir()):
        notes = folder / "SOURCE.md"
        if notes.is_file() and not is_copyleft(notes.read_text("utf-8")):
            yield from sorted(f for f in folder.iterdir() if f.suffix.lower() in SUFFIXES)


def _purchases(path: Path) -> pd.DataFrame | None:
    """Records of one file after `flags.prepare`, or None when it holds no purchases."""
    try:
        records = read(path).records
    except InputError:
        return None
    whom = {"fornecedor", "fornecedor_id", "modalidade"} & set(records)
    if "valor" not in records or not whom:
        return None
    derived = flags.prepare(records[records["valor"] > 0].reset_index(drop=True))
    return sampled(derived, PER_FILE)


def microaggregate(matrix: np.ndarray, size: int = AGGREGATE) -> np.ndarray:
    """(m, d) means of groups of at least `size` similar rows with the same missing columns.

    Groups are made by halving along the widest column (Mondrian; LeFevre et al. 2006); rows whose
    pattern of missing values occurs fewer than `size` times are left out.
    """
    patterns: dict[bytes, list[int]] = {}
    for position, missing in enumerate(np.isnan(matrix)):
        patterns.setdefault(missing.tobytes(), []).append(position)
    means: list[np.ndarray] = []
    for positions in patterns.values():
        if len(positions) >= size:
            _halve(matrix[positions], size, means)
    return np.array(means)


def _halve(rows: np.ndarray, size: int, means: list[np.ndarray]) -> None:
    if len(rows) < 2 * size:
        means.append(rows.mean(axis=0))
        return
    widths = np.nan_to_num(rows.max(axis=0) - rows.min(axis=0))
    order = np.argsort(rows[:, int(widths.argmax())], kind="stable")
    half = len(rows) // 2
    _halve(rows[order[:half]], size, means)
    _halve(rows[order[half:]], size, means)


def fit_reference(data: Path) -> tuple[Baseline, list[str]]:
    """The reference fitted on all usable files below `data`, and the folders used.

    Raises InputError when no folder can be used.
    """
    frames: dict[Path, pd.DataFrame] = {}
    for path in open_files(data):
        derived = _purchases(path)
        if derived is not None and len(derived):
            frames[path] = derived
    if not frames:
        raise InputError(
            f"Nenhum arquivo de compras utilizável em {data}.",
            hint="Dê uma pasta com subpastas que tenham SOURCE.md e arquivos de compras.",
        )
    joined = pd.concat(frames.values(), ignore_index=True)
    peers = PeerTable.pool(
        [(path.parent.name, PeerTable.fit(f, minimum=MIN_IN_FILE)) for path, f in frames.items()]
    )
    none = SupplierHistory(pd.Series(dtype=float))
    matrix = microaggregate(features(peers.compare(joined), none))
    fitted = Baseline.of(matrix, none, random_state=0).baseline
    return replace(fitted, n=len(joined), peers=peers), sorted(
        {path.parent.name for path in frames}
    )


def write_reference(data: Path, folder: Path = WEIGHTS) -> Path:
    """Fit the reference and write it with its manifest; gives the manifest's path."""
    made = make_reference(data, folder)
    return write_manifest(folder, {"anomaly_reference": made}, {})


def make_reference(data: Path, folder: Path) -> dict[str, Any]:
    """Fit the reference into `folder`; gives what the manifest says of its making."""
    baseline, folders = fit_reference(data)
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / REFERENCE, allow_pickle=False, **baseline.to_arrays())
    return {
        "records": baseline.n,
        "folders": folders,
        "aggregated_by": AGGREGATE,
        "command": COMMAND,
    }
