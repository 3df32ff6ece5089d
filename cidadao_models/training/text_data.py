"""Gathers the training texts of all tasks and mixes them. Evaluation-only sets are not read.

Held-out parts are set aside by a hash of the text, so that they stay the same when data grow.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from cidadao_models.errors import InputError
from cidadao_models.training.augment import augment
from cidadao_models.training.configs import TasksConfig
from cidadao_models.training.lener import read_lener
from cidadao_models.training.multitask import Labelled
from cidadao_models.training.weak_act import WeakAct
from cidadao_models.training.weak_labels import EXTRACTS, weak_acts
from cidadao_models.training.written_examples import CLAUSE_TEXTS, JUDGES, Example, read_examples

HELD_OUT = 12
"""One act in so many is kept out of training and judges the weights."""

_BEFORE = re.compile(r" (?=[,.;:)\]!?])")
_AFTER = re.compile(r"(?<=[(\[]) ")


@dataclass(frozen=True, slots=True)
class Corpus:
    """Training texts by origin, and the held-out acts."""

    acts: list[Labelled]
    written: list[Labelled]
    legal: list[Labelled]
    held_out: list[Labelled]


LENER = Path("text/train/lener_br/train.jsonl.gz")
NORMS = Path("text/train/normas/normas.jsonl")


def require_texts(data: Path) -> None:
    """Raises InputError when the folder has no training texts."""
    missing = [path for path in (EXTRACTS, LENER) if not (data / path).is_file()]
    if missing:
        raise InputError(
            f"Faltam textos de treino em {data}: {', '.join(map(str, missing))}.",
            hint="Dê a pasta que tem text/train com os extratos e o LeNER-Br.",
        )


@cache
def gather(data: Path) -> Corpus:
    """All texts of the folder of real files and those written for the project, split."""
    acts = [labelled_act(act) for act in weak_acts(data)]
    written = read_examples()
    apart = [act for act in acts if is_held_out(act.text)]
    return Corpus(
        [act for act in acts if not is_held_out(act.text)],
        [_labelled_example(one) for one in written if not is_held_out(one.text)],
        list(read_lener(data / LENER)),
        [*apart, *(_labelled_example(one) for one in written if is_held_out(one.text))],
    )


def clause_examples() -> list[Labelled]:
    """What the head of the clauses is fitted on: every marked paragraph, and those without one."""
    return [_marked(one) for one in _with_clauses() if not is_held_out(one.text)]


def clause_judges() -> list[Example]:
    """Whole contracts kept out of training, whose every line is marked with its clauses."""
    kept = [one for one in _with_clauses() if one.is_whole and is_held_out(one.text)]
    return [*kept, *read_examples(JUDGES)]


def _with_clauses() -> list[Example]:
    return [one for one in [*read_examples(), *read_examples(CLAUSE_TEXTS)] if one.clauses]


def _marked(example: Example) -> Labelled:
    return replace(_labelled_example(example), clauses=example.clauses)


def official_texts(data: Path, every: int) -> Iterator[str]:
    """One in `every` extracts, then all norms, legal sentences and written examples."""
    with gzip.open(data / EXTRACTS, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number % every == 0:
                yield json.loads(line)["text"]
    if (data / NORMS).is_file():
        for line in (data / NORMS).read_text("utf-8").splitlines():
            yield json.loads(line)["text"]
    yield from (labelled.text for labelled in read_lener(data / LENER))
    yield from (example.text for example in read_examples())


def is_held_out(text: str) -> bool:
    """Decided by the text's letters alone."""
    letters = "".join(filter(str.isalpha, text.lower()))
    return hashlib.sha256(letters.encode()).digest()[0] % HELD_OUT == 0


def mixed(corpus: Corpus, config: TasksConfig, rng: random.Random) -> Iterator[Labelled]:
    """Texts for about the tokens of one stage in random order: legal and written ones by their
    shares, the rest acts. Each origin is gone through again, changed anew, as often as its share
    needs.
    """
    legal, written = config.legal_share, config.written_share
    known = entities_by_label(corpus.legal)

    def legal_variant(labelled: Labelled, rng: random.Random) -> Labelled:
        return _legal_variant(swapped(labelled, known, config.swapped_share, rng), rng)

    budgets = (
        (_cycle(corpus.legal, rng), legal, legal_variant),
        (_cycle(corpus.written, rng), written, _act_variant),
        (_cycle(corpus.acts, rng), 1 - legal - written, _act_variant),
    )
    found: list[Labelled] = []
    for source, share, variant in budgets:
        left = share * config.tokens
        while left > 0:
            item = variant(next(source), rng)
            found.append(item)
            left -= len(item.text) / CHARACTERS_PER_TOKEN + 2
    rng.shuffle(found)
    yield from found


CHARACTERS_PER_TOKEN = 3.0
"""Of official text with the cut vocabulary, capitals included; only sizes a stage."""


def _cycle(items: Sequence[Labelled], rng: random.Random) -> Iterator[Labelled]:
    while True:
        order = list(range(len(items)))
        rng.shuffle(order)
        yield from (items[at] for at in order)


def labelled_act(act: WeakAct) -> Labelled:
    """A weak act as a training text."""
    spans = tuple(span for span in act.spans if _is_plausible(act.text, *span))
    return Labelled(
        act.text, facts=spans, act_type=act.act_type, ignored=act.ignore, origin="extract"
    )


def _is_plausible(text: str, start: int, end: int, label: str) -> bool:
    """A mark that a change of the text has moved onto other words is left out."""
    digits = sum(map(str.isdigit, text[start:end]))
    return digits >= CNPJ_DIGITS if label == "cnpj" else True


CNPJ_DIGITS = 2
"""Check digits, which stay digits in the alphanumeric form too."""


def _labelled_example(example: Example) -> Labelled:
    return Labelled(
        example.text,
        facts=example.spans,
        act_type=example.act_type,
        clauses=tuple(one for one in example.clauses if one[2]),
        origin="written",
    )


PLAIN_SHARE = 0.25
"""Share of the acts that are read as printed, without any change."""


def _act_variant(act: Labelled, rng: random.Random) -> Labelled:
    """The act as printed or changed in form, names and print; written ones only in print."""
    if act.act_type is None or rng.random() < PLAIN_SHARE:
        return act
    if act.origin == "extract":
        source = WeakAct(act.text, tuple(act.facts or ()), act.act_type, tuple(act.ignored))
        return labelled_act(augment(source, rng))
    return _print_variant(act, rng)


def _print_variant(act: Labelled, rng: random.Random) -> Labelled:
    """The act in capitals, without accents, or without its line breaks; all marks stay."""
    text = act.text
    if rng.random() < 0.2:
        text = text.upper()
    if rng.random() < 0.3:
        text = without_accents(text)
    if not act.clauses and rng.random() < 0.4:
        text = text.replace("\n", " ")
    return same_length(act, text)


def same_length(labelled: Labelled, text: str) -> Labelled:
    """The text changed letter by letter; as it was where a letter became two."""
    return replace(labelled, text=text) if len(text) == len(labelled.text) else labelled


def without_accents(text: str) -> str:
    """Each letter without its accent; what has no plain letter stays."""
    return "".join(unicodedata.normalize("NFD", character)[0] for character in text)


def entities_by_label(items: Iterable[Labelled]) -> dict[str, list[str]]:
    """The words of all legal entities by label, one entry for each time they stand somewhere."""
    found: dict[str, list[str]] = {}
    for item in items:
        for start, end, label in item.legal or ():
            found.setdefault(label, []).append(item.text[start:end])
    return found


def swapped(
    labelled: Labelled, known: Mapping[str, Sequence[str]], share: float, rng: random.Random
) -> Labelled:
    """The sentence with about `share` of its legal entities replaced by others of their label."""
    text, place = "", 0
    spans = []
    for start, end, label in sorted(labelled.legal or ()):
        text += labelled.text[place:start]
        words = labelled.text[start:end]
        if rng.random() < share:
            words = rng.choice(known[label])
        spans.append((len(text), len(text) + len(words), label))
        text, place = text + words, end
    return replace(labelled, text=text + labelled.text[place:], legal=tuple(spans))


def _legal_variant(labelled: Labelled, rng: random.Random) -> Labelled:
    """Half of the sentences as running text: the corpus has a space before each comma."""
    chance = rng.random()
    if chance < 0.5:
        labelled = closed_up(labelled)
    if chance < 0.06:
        return same_length(labelled, labelled.text.upper())
    return labelled


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
