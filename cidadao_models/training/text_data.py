"""Gathers the training texts of all tasks and mixes them. Evaluation-only sets are not read.

Held-out parts are set aside by a hash of the text, so that they stay the same when data grow.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cidadao_models.errors import InputError
from cidadao_models.training.lener import read_lener
from cidadao_models.training.multitask import Labelled
from cidadao_models.training.weak_labels import WeakAct, augment, read_weak_acts
from cidadao_models.training.written_examples import Example, read_examples

HELD_OUT = 20
"""One act in so many is kept out of training."""

_BEFORE = re.compile(r" (?=[,.;:)\]!?])")
_AFTER = re.compile(r"(?<=[(\[]) ")


@dataclass(frozen=True, slots=True)
class Corpus:
    """Training texts by origin, and the held-out acts."""

    acts: list[WeakAct]
    written: list[WeakAct]
    legal: list[Labelled]
    held_acts: list[WeakAct]
    held_written: list[WeakAct]


def find_text_folder(data: Path) -> Path:
    """The folder with `dodf_extratos_2000_2021` and `lener_br`. Raises InputError without one."""
    for folder in (data, data / "train", data / "text" / "train"):
        if (folder / "lener_br").is_dir() and (folder / "dodf_extratos_2000_2021").is_dir():
            return folder
    raise InputError(
        f"A pasta {data} não tem os textos de treino.",
        hint="Dê a pasta que tem text/train com lener_br e dodf_extratos_2000_2021.",
    )


def gather(folder: Path) -> Corpus:
    """All texts below `folder` (see `find_text_folder`), split by a hash of their words."""
    acts = list(read_weak_acts(folder / "dodf_extratos_2000_2021" / "train.jsonl.gz"))
    written = [_as_act(example) for example in read_examples()]
    legal = list(read_lener(folder / "lener_br" / "train.jsonl.gz"))
    return Corpus(
        [act for act in acts if not is_held_out(act.text)],
        [act for act in written if not is_held_out(act.text)],
        legal,
        [act for act in acts if is_held_out(act.text)],
        [act for act in written if is_held_out(act.text)],
    )


def official_texts(folder: Path, every: int) -> Iterator[str]:
    """One in `every` extracts, then all norms, legal sentences and written examples."""
    path = folder / "dodf_extratos_2000_2021" / "train.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number % every == 0:
                yield json.loads(line)["text"]
    norms = folder / "normas" / "normas.jsonl"
    if norms.is_file():
        for line in norms.read_text("utf-8").splitlines():
            yield json.loads(line)["text"]
    yield from (labelled.text for labelled in read_lener(folder / "lener_br" / "train.jsonl.gz"))
    yield from (example.text for example in read_examples())


def is_held_out(text: str) -> bool:
    """Decided by the text's letters alone."""
    letters = "".join(filter(str.isalpha, text.lower()))
    return hashlib.sha256(letters.encode()).digest()[0] % HELD_OUT == 0


def mixed(
    corpus: Corpus, tokens: int, shares: tuple[float, float], rng: random.Random
) -> Iterator[Labelled]:
    """Texts for about `tokens` tokens in random order: legal and written by `shares`, the rest
    acts. Each origin is gone through again, changed anew, as often as its share needs.
    """
    legal, written = shares
    budgets = (
        (_cycle(corpus.legal, rng), legal, _legal_variant),
        (_cycle(corpus.written, rng), written, _act_variant),
        (_cycle(corpus.acts, rng), 1 - legal - written, _act_variant),
    )
    found: list[Labelled] = []
    for source, share, variant in budgets:
        left = share * tokens
        while left > 0:
            item = variant(next(source), rng)
            found.append(item)
            left -= len(item.text) / CHARACTERS_PER_TOKEN + 2
    rng.shuffle(found)
    yield from found


CHARACTERS_PER_TOKEN = 3.0
"""Of official text with the cut vocabulary, capitals included; only sizes a stage."""


def _cycle(items: Sequence[object], rng: random.Random) -> Iterator[object]:
    while True:
        order = list(range(len(items)))
        rng.shuffle(order)
        yield from (items[at] for at in order)


def _act_variant(act: WeakAct, rng: random.Random) -> Labelled:
    changed = act if rng.random() < PLAIN_SHARE else augment(act, rng)
    return labelled_act(changed)


PLAIN_SHARE = 0.3
"""Share of the acts that are read as printed, without any change."""


def labelled_act(act: WeakAct) -> Labelled:
    """A weak or written act as a training text."""
    return Labelled(
        act.text,
        facts=tuple(act.spans),
        act_type=act.act_type,
        clauses=tuple(act.clauses),
        ignored=tuple(act.ignore),
        origin="act",
    )


def _legal_variant(labelled: Labelled, rng: random.Random) -> Labelled:
    """Half of the sentences as running text: the corpus has a space before each comma."""
    chance = rng.random()
    if chance < 0.5:
        labelled = closed_up(labelled)
    if chance < 0.06:
        return replace(labelled, text=labelled.text.upper()) if _keeps(labelled.text) else labelled
    return labelled


def _keeps(text: str) -> bool:
    return len(text.upper()) == len(text)


def closed_up(labelled: Labelled) -> Labelled:
    """The sentence without spaces before its commas and after opening brackets; spans follow."""
    text = labelled.text
    gone = sorted({m.start() for rule in (_BEFORE, _AFTER) for m in rule.finditer(text)})
    shift = [0] * (len(text) + 1)
    for place in gone:
        shift[place + 1] += 1
    total = 0
    for at in range(len(shift)):
        total += shift[at]
        shift[at] = total
    kept = set(gone)
    new = "".join(c for at, c in enumerate(text) if at not in kept)
    spans = tuple((a - shift[a], b - shift[b], label) for a, b, label in labelled.legal or ())
    return replace(labelled, text=new, legal=spans)


def _as_act(example: Example) -> WeakAct:
    return WeakAct(
        example.text, list(example.spans), example.act_type, clauses=list(example.clauses)
    )


def all_texts(labelled: Iterable[Labelled]) -> Iterator[str]:
    """Only the texts."""
    return (item.text for item in labelled)
