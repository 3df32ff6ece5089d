"""Compares two text models on texts kept out of training, by paired resampling of the texts.

Looks at no evaluation-only set: what decides which weights ship must not be what they are judged
on. Replaces nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cidadao_models.models.core.text_model import TextModel, TextReading
from cidadao_models.models.text_analysis.analyzer import clause_stretches
from cidadao_models.models.text_analysis.facts import SURE_CLAUSE
from cidadao_models.models.text_analysis.folding import fold
from cidadao_models.training.lener import read_lener
from cidadao_models.training.multitask import Labelled, outermost
from cidadao_models.training.text_data import LENER, clause_judges, gather

RESAMPLES = 1_000
DEV = LENER.with_name("dev.jsonl.gz")

Counts = Callable[[Labelled, TextReading], tuple[float, float, float]]
"""Right, too many, missed in one text."""


@dataclass(frozen=True, slots=True)
class Row:
    """F1 of one task: of the new model with its 95 % interval, and of the one before, if any.

    `gain_low` and `gain_high` bound new minus before, over the same texts.
    """

    new: float
    low: float
    high: float
    before: float | None = None
    gain_low: float | None = None
    gain_high: float | None = None


def compare(data: Path, new: Path, before: Path | None) -> dict[str, Row]:
    """One Row a task. `new` and `before` are folders of text models."""
    texts = _texts(data)
    fresh = _counted(TextModel.load(new), texts)
    old = None if before is None else _counted(TextModel.load(before), texts)
    rng = np.random.default_rng(0)
    return {
        task: _row(counts, None if old is None else old[task], rng)
        for task, counts in fresh.items()
    }


def is_worse(rows: Mapping[str, Row]) -> list[str]:
    """Tasks in which the new model is worse than the one before, beyond the interval."""
    return [task for task, row in rows.items() if row.gain_high is not None and row.gain_high < 0]


def table(rows: Mapping[str, Row]) -> str:
    """The comparison as a Markdown table."""
    lines = ["| task | new F1 | 95 % | before | gain, 95 % |", "| --- | ---: | --- | ---: | --- |"]
    for task, row in rows.items():
        before = "-" if row.before is None else f"{row.before:.3f}"
        gain = "-" if row.gain_low is None else f"{row.gain_low:+.3f} to {row.gain_high:+.3f}"
        told = f"{row.new:.3f} | {row.low:.3f} to {row.high:.3f}"
        lines.append(f"| {task} | {told} | {before} | {gain} |")
    return "\n".join(lines)


def _texts(data: Path) -> dict[str, tuple[list[Labelled], Counts]]:
    held = gather(data).held_out
    extracts = [item for item in held if item.origin == "extract"]
    written = [item for item in held if item.origin == "written"]
    judges = [Labelled(one.text, clauses=one.clauses) for one in clause_judges()]
    return {
        "LeNER-Br dev": (list(read_lener(data / DEV)), _legal),
        "facts, held-out extracts": (extracts, _facts),
        "facts, held-out written": (written, _facts),
        "act type, held-out": (held, _kind),
        "kinds of clause, held-out contracts": (judges, _clauses),
    }


def _counted(
    model: TextModel, texts: Mapping[str, tuple[Sequence[Labelled], Counts]]
) -> dict[str, np.ndarray]:
    """(texts, 3) counts of each task."""
    found = {}
    for task, (items, count) in texts.items():
        rows = []
        for item in items:
            stretches = clause_stretches(fold(item.text)) if item.clauses else []
            rows.append(count(item, model.read(item.text, stretches)))
        found[task] = np.array(rows, float).reshape(-1, 3)
    return found


def _overlap(gold: set[Any], found: set[Any]) -> tuple[float, float, float]:
    return float(len(gold & found)), float(len(found - gold)), float(len(gold - found))


def _legal(item: Labelled, reading: TextReading) -> tuple[float, float, float]:
    return _overlap(set(item.legal or ()), {(s.start, s.end, s.label) for s in reading.legal})


def _facts(item: Labelled, reading: TextReading) -> tuple[float, float, float]:
    """Characters by label, those of unsure stretches left out."""
    unsure = {i for start, end in item.ignored for i in range(start, end)}
    gold = {
        (i, label)
        for start, end, label in outermost(item.facts or ())
        for i in range(start, end)
        if i not in unsure
    }
    found = {(i, s.label) for s in reading.facts for i in range(s.start, s.end) if i not in unsure}
    return _overlap(gold, found)


def _kind(item: Labelled, reading: TextReading) -> tuple[float, float, float]:
    told = max(reading.act_types, key=reading.act_types.__getitem__)
    return _overlap({item.act_type}, {told})


def _clauses(item: Labelled, reading: TextReading) -> tuple[float, float, float]:
    """Kinds that the contract has, by its marks and by any of its paragraphs."""
    gold = {name for *_, ids in item.clauses for name in ids}
    found = {
        name for row in reading.clauses for name, chance in row.items() if chance >= SURE_CLAUSE
    }
    return _overlap(gold, found)


def _row(new: np.ndarray, before: np.ndarray | None, rng: np.random.Generator) -> Row:
    draws = rng.multinomial(len(new), np.full(len(new), 1 / len(new)), size=RESAMPLES)
    fresh = _f1(draws @ new)
    low, high = np.percentile(fresh, (2.5, 97.5))
    mine = float(_f1(new.sum(axis=0, keepdims=True))[0])
    if before is None:
        return Row(mine, float(low), float(high))
    gain_low, gain_high = np.percentile(fresh - _f1(draws @ before), (2.5, 97.5))
    theirs = float(_f1(before.sum(axis=0, keepdims=True))[0])
    return Row(mine, float(low), float(high), theirs, float(gain_low), float(gain_high))


def _f1(sums: np.ndarray) -> np.ndarray:
    right, extra, missed = sums.T
    whole = 2 * right + extra + missed
    return np.divide(2 * right, whole, out=np.zeros(len(sums)), where=whole > 0)
