"""Makes the text model's weights in stages, each resumable and ending in files.

    encoder   E5's first layers with its vocabulary cut down to Portuguese official text
    adapt     the short encoder learns the whole one's hidden states (distillation)
    tasks-N   all tasks at once, at most `STAGE_TOKENS` tokens a stage
    clauses   the head of the clauses, fitted alone on more contracts
    compact   int8 words and matrices, the rest fp16, shards below 10 MB

A stage whose files are there and were made with the same numbers is not made again; one that was
interrupted goes on from its last checkpoint. Publishes nothing and replaces no embedded file.
"""

from __future__ import annotations

import json
import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from cidadao_models.training import text_data, vocabulary
from cidadao_models.training.clause_head import fit_clauses
from cidadao_models.training.configs import TasksConfig, TextTraining
from cidadao_models.training.distillation import distil
from cidadao_models.training.e5 import read_e5
from cidadao_models.training.fitting import fit, within
from cidadao_models.training.multitask import Window, batches, tensors, windows, with_unknowns
from cidadao_models.training.network_files import compact, load, save
from cidadao_models.training.network_of_e5 import network_of

log = logging.getLogger(__name__)

DONE = "done.json"


@dataclass(frozen=True, slots=True)
class Stage:
    """One step: its folder's name and what fills it, given the folder of the step before."""

    name: str
    make: Callable[[Path, Path], dict[str, Any]]


def run_stages(data: Path, work: Path, training: TextTraining, *, report_to: str = "none") -> Path:
    """Make all stages below `work` that are not there yet; gives the folder of the last one."""
    before = work
    for stage in stages(data, training, report_to=report_to):
        folder = work / stage.name
        if not is_done(folder, training):
            folder.mkdir(parents=True, exist_ok=True)
            log.info("stage %s begins", stage.name)
            started = time.monotonic()
            figures = stage.make(folder, before)
            figures |= {"seconds": round(time.monotonic() - started), "digest": training.digest()}
            (folder / DONE).write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
            log.info("stage %s done: %s", stage.name, figures)
        before = folder
    return before


def is_done(folder: Path, training: TextTraining) -> bool:
    """Whether the stage's files were made, with the same numbers."""
    mark = folder / DONE
    return mark.is_file() and json.loads(mark.read_text("utf-8")).get("digest") == training.digest()


def stages(data: Path, training: TextTraining, *, report_to: str) -> list[Stage]:
    """The stages in their order."""
    text_data.require_texts(data)
    made = [Stage("encoder", partial(_encoder, data, training))]
    if training.adapt is not None:
        adapt = training.adapt
        made.append(Stage("adapt", partial(distil, data, adapt, report_to)))
    for number in range(training.tasks.stages):
        step = partial(_tasks, data, training.tasks, number, report_to)
        made.append(Stage(f"tasks-{number + 1}", step))
    made.append(Stage("clauses", partial(fit_clauses, training.clauses)))
    made.append(Stage("compact", compact))
    return made


def _encoder(data: Path, training: TextTraining, folder: Path, before: Path) -> dict[str, Any]:
    e5 = read_e5()
    full = vocabulary.tokenizer(e5.pieces)
    counts = vocabulary.count_pieces(full, text_data.official_texts(data, training.encoder.every))
    kept = vocabulary.kept_pieces(e5, counts, training.encoder.vocabulary)
    tokenizer, rows = vocabulary.pruned(e5, kept)
    network = network_of(e5, rows, training.encoder.layers)
    save(network, tokenizer, folder)
    np.save(folder / "kept.npy", kept, allow_pickle=False)
    covered = sum(counts[int(i)] for i in kept) / max(sum(counts.values()), 1)
    return {"pieces": len(kept), "covered": covered, "parameters": network.num_parameters()}


def _tasks(
    data: Path, config: TasksConfig, number: int, report: str, folder: Path, before: Path
) -> dict[str, Any]:
    """One stage of fine-tuning; its texts are drawn by the stage's own seed."""
    network, tokenizer = load(before)
    rng = random.Random(config.seed * 1_000 + number)
    corpus = text_data.gather(data)
    network.encoder.embeddings.requires_grad_(not config.frozen_embeddings)
    drawn: list[Window] = []
    for labelled in text_data.mixed(corpus, config, rng):
        for window in windows(labelled, tokenizer, network.config):
            drawn.append(with_unknowns(window, config.unknown_share, rng))
    groups = within(batches(drawn, config.batch_tokens, rng), config.tokens)
    rows = [tensors(group, len(network.config.clauses)) for group in groups]
    loss = fit(network, rows, folder, config, number, report)
    save(network, tokenizer, folder)
    return {"tokens": sum(len(w.ids) for g in groups for w in g), "steps": len(rows), "loss": loss}
