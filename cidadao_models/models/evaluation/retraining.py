"""Makes new weights, compares them with the ones in place, and replaces those unless better.

Registers both figures in the new manifest. The texts that decide are kept out of training, and are
none of the evaluation-only sets.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from cidadao_models.errors import InputError
from cidadao_models.models.core import weights
from cidadao_models.models.core.manifest import TEXT_CONFIG
from cidadao_models.models.evaluation import text_compare
from cidadao_models.models.evaluation.text_compare import Row
from cidadao_models.training.candidate import PARTS, make_candidate
from cidadao_models.training.pipelines import WEIGHTS
from cidadao_models.training.release import write_manifest
from cidadao_models.training.weak_labels import EXTRACTS


def retrain(
    data: Path,
    work: Path,
    *,
    parts: tuple[str, ...] | None = None,
    report_to: str = "none",
    target: Path = WEIGHTS,
) -> tuple[Path, str]:
    """The manifest of the new weights, now in `target`, and the comparison as a table.

    Without `parts`, the text model is made where its texts are. Raises InputError when the new
    ones are worse than those in place beyond the interval; they stay in `work`/candidate.
    """
    chosen = parts or (PARTS if (data / EXTRACTS).is_file() else PARTS[:1])
    folder, made = make_candidate(data, work, parts=chosen, report_to=report_to)
    rows: dict[str, Row] = {}
    if "text" in chosen:
        before = target / "text" if (target / TEXT_CONFIG).is_file() else None
        rows = text_compare.compare(data, folder / "text", before)
    elif TEXT_CONFIG in _listed(target):
        rows = _registered(target)
    write_manifest(folder, made, {"comparison": {task: asdict(row) for task, row in rows.items()}})
    weights.probe(weights.WeightSet.open(folder, "embedded"))
    told = text_compare.table(rows) if rows else ""
    if worse := text_compare.is_worse(rows):
        raise InputError(
            f"Os pesos novos são piores que os atuais em: {', '.join(worse)}.\n{told}",
            hint=f"Os atuais ficam; os novos estão em {folder}.",
        )
    return replace(folder, target), told


def _listed(target: Path) -> list[str]:
    return list(weights.WeightSet.open(target, "embedded").listing.files)


def _registered(target: Path) -> dict[str, Row]:
    """The figures that the manifest in place has of its text model, which stays."""
    metrics = weights.WeightSet.open(target, "embedded").manifest["metrics"]
    known: Mapping[str, Mapping[str, float]] = metrics.get("comparison", {})
    return {task: Row(row["new"], row["low"], row["high"]) for task, row in known.items()}


def replace(folder: Path, target: Path) -> Path:
    """Put the set in `folder` in place of `target`; gives the new manifest's path.

    The new set is copied whole beside the old one before that is moved away.
    """
    fresh, old = target.with_name(f"{target.name}.new"), target.with_name(f"{target.name}.old")
    for left in (fresh, old):
        shutil.rmtree(left, ignore_errors=True)
    shutil.copytree(folder, fresh)
    if target.exists():
        target.rename(old)
    fresh.rename(target)
    shutil.rmtree(old, ignore_errors=True)
    return target / "manifest.json"
