"""Training texts of every task as batches of tensors: encoding, windows, labels, mixing.

Reads no file and fits nothing. A label that a text doesn't have is one that no loss counts, so
that all tasks share one batch.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer

from cidadao_models.models.core.text_model.network import IGNORED, CidadaoTextConfig
from cidadao_models.models.core.text_model.reader import WINDOW

PAD = 1
UNKNOWN = 3


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text with what is known of it. None says that the task is not labelled in this text.

    `facts` and `legal` are (start, end, label) in characters; `ignored` are stretches of unsure
    facts; `clauses` are (start, end, ids).
    """

    text: str
    facts: Sequence[tuple[int, int, str]] | None = None
    legal: Sequence[tuple[int, int, str]] | None = None
    act_type: str | None = None
    clauses: Sequence[tuple[int, int, tuple[str, ...]]] = ()
    ignored: Sequence[tuple[int, int]] = ()
    origin: str = ""


@dataclass(slots=True)
class Window:
    """Up to `WINDOW` tokens of one text with the labels of its tasks, special tokens included."""

    ids: list[int]
    act: list[int]
    legal: list[int]
    kind: int
    stretches: list[int]
    clauses: list[list[int]] = field(default_factory=list)


def windows(
    labelled: Labelled, tokenizer: Tokenizer, config: CidadaoTextConfig
) -> Iterator[Window]:
    """The windows of one text, side by side; the kind of act is asked of the first one only."""
    encoding = tokenizer.encode(labelled.text, add_special_tokens=False)
    offsets = [_without_space(labelled.text, *pair) for pair in encoding.offsets]
    act = _token_labels(offsets, labelled.facts, config.act_labels, labelled.ignored)
    legal = _token_labels(offsets, labelled.legal, config.legal_labels, ())
    places, clauses = _stretches(offsets, labelled, config.clauses)
    kind = IGNORED if labelled.act_type is None else config.act_types.index(labelled.act_type)
    for start in range(0, max(len(encoding.ids), 1), WINDOW):
        cut = slice(start, start + WINDOW)
        numbers, rows = _renumbered(places[cut], clauses)
        yield Window(
            [0, *encoding.ids[cut], 2],
            [IGNORED, *act[cut], IGNORED],
            [IGNORED, *legal[cut], IGNORED],
            kind if start == 0 else IGNORED,
            [-1, *numbers, -1],
            rows,
        )


def with_unknowns(window: Window, share: float, rng: random.Random) -> Window:
    """The window with about `share` of its tokens, the special ones aside, as unknown words."""
    inner = [UNKNOWN if rng.random() < share else number for number in window.ids[1:-1]]
    return replace(window, ids=[window.ids[0], *inner, window.ids[-1]])


def _without_space(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    return start, end


def _token_labels(
    offsets: Sequence[tuple[int, int]],
    spans: Sequence[tuple[int, int, str]] | None,
    labels: Sequence[str],
    ignored: Sequence[tuple[int, int]],
) -> list[int]:
    """BIO numbers of the tokens: B of label j is 2 j + 1, its I 2 j + 2."""
    if spans is None:
        return [IGNORED] * len(offsets)
    found = [0 if end > start else IGNORED for start, end in offsets]
    for start, end in ignored:
        for at in _inside(offsets, start, end):
            found[at] = IGNORED
    for start, end, label in outermost(spans):
        number = 2 * labels.index(label) + 1
        for order, at in enumerate(_inside(offsets, start, end)):
            found[at] = number + (order > 0)
    return found


def outermost(spans: Sequence[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Spans that lie in no other one: a token has one label, and an object may quote a law."""
    found: list[tuple[int, int, str]] = []
    for span in sorted(spans, key=lambda s: (s[0], -s[1])):
        if not found or span[0] >= found[-1][1]:
            found.append(span)
    return found


def _inside(offsets: Sequence[tuple[int, int]], start: int, end: int) -> list[int]:
    """Tokens of which at least half stands in [start, end)."""
    return [
        at
        for at, (a, b) in enumerate(offsets)
        if b > a and min(b, end) - max(a, start) >= (b - a) / 2
    ]


def _stretches(
    offsets: Sequence[tuple[int, int]], labelled: Labelled, clauses: Sequence[str]
) -> tuple[list[int], list[list[int]]]:
    """Number of the stretch of each token, and the 0/1 row of each stretch."""
    places = [-1] * len(offsets)
    rows: list[list[int]] = []
    for start, end, ids in labelled.clauses:
        members = _inside(offsets, start, end)
        for at in members:
            places[at] = len(rows)
        rows.append([int(clause in ids) for clause in clauses])
    return places, rows


def _renumbered(places: Sequence[int], rows: list[list[int]]) -> tuple[list[int], list[list[int]]]:
    """Stretch numbers of one window from 0 on, with the rows of the stretches that are in it."""
    order = sorted({place for place in places if place >= 0})
    number = {place: at for at, place in enumerate(order)}
    return [number.get(place, -1) for place in places], [rows[place] for place in order]


def batches(found: Sequence[Window], tokens: int, rng: random.Random) -> list[list[Window]]:
    """Batches of at most `tokens` padded tokens, of windows of like length, in random order."""
    shuffled = list(found)
    rng.shuffle(shuffled)
    shuffled.sort(key=lambda window: (len(window.ids) + rng.randrange(24)) // 24)
    groups: list[list[Window]] = [[]]
    for window in shuffled:
        longest = max((len(w.ids) for w in groups[-1]), default=0)
        if groups[-1] and max(longest, len(window.ids)) * (len(groups[-1]) + 1) > tokens:
            groups.append([])
        groups[-1].append(window)
    rng.shuffle(groups)
    return groups


def tensors(batch: Sequence[Window], clauses: int) -> dict[str, torch.Tensor]:
    """One batch for the network's `forward`."""
    longest = max(len(window.ids) for window in batch)
    most = max((len(window.clauses) for window in batch), default=0)
    rows = np.full((len(batch), max(most, 1), clauses), IGNORED)
    for at, window in enumerate(batch):
        if window.clauses:
            rows[at, : len(window.clauses)] = window.clauses
    made: dict[str, Any] = {
        "input_ids": _padded((w.ids for w in batch), longest, PAD),
        "act_labels": _padded((w.act for w in batch), longest, IGNORED),
        "legal_labels": _padded((w.legal for w in batch), longest, IGNORED),
        "stretches": _padded((w.stretches for w in batch), longest, -1),
        "type_labels": torch.tensor([w.kind for w in batch]),
        "clause_labels": torch.from_numpy(rows),
    }
    made["attention_mask"] = _padded(([1] * len(w.ids) for w in batch), longest, 0)
    return made


def _padded(rows: Iterable[Sequence[int]], length: int, filler: int) -> torch.Tensor:
    return torch.tensor([[*row, *[filler] * (length - len(row))] for row in rows])
