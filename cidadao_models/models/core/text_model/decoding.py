"""Turns one label a token into spans of characters. Knows no network: numpy only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_OUTER = " \t\r\n,;:.\"'“”‘’«»-–—"
"""What print puts around a fact and is no part of it."""

_PAIRS = {")": "(", "]": "["}


@dataclass(frozen=True, slots=True)
class Span:
    """text[start:end] is a `label`; `score` is the mean probability of its tokens' labels."""

    label: str
    start: int
    end: int
    score: float


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """Of the last axis."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def best_path(scores: np.ndarray) -> np.ndarray:
    """(n,) labels of the likeliest sequence in which I-x only follows B-x or I-x (Viterbi).

    `scores` (n, 2 k + 1) are log probabilities: 0 is outside, 2 j + 1 is B of label j, 2 j + 2 its
    I. Linear in n and k: an I has two possible predecessors, any other label has all.
    """
    n, width = scores.shape
    if n == 0:
        return np.zeros(0, int)
    inside = np.arange(2, width, 2)
    best = scores[0].copy()
    best[inside] = -np.inf
    came = np.zeros((n, width), int)
    for t in range(1, n):
        top = int(best.argmax())
        came[t] = top
        reached = np.full(width, best[top])
        begun = best[inside - 1] >= best[inside]
        came[t, inside] = np.where(begun, inside - 1, inside)
        reached[inside] = np.maximum(best[inside - 1], best[inside])
        best = reached + scores[t]
    path = np.zeros(n, int)
    path[-1] = int(best.argmax())
    for t in range(n - 1, 0, -1):
        path[t - 1] = came[t, path[t]]
    return path


def spans_of(
    text: str, scores: np.ndarray, offsets: Sequence[tuple[int, int]], labels: Sequence[str]
) -> list[Span]:
    """Spans of `text` read off (n, 2 k + 1) log probabilities of tokens at `offsets`.

    Tokens that are only a space have no label of their own and end no span.
    """
    seen = [at for at, (a, b) in enumerate(offsets) if not text[a:b].isspace() and b > a]
    scores, offsets = scores[seen], [offsets[at] for at in seen]
    path = best_path(scores)
    chosen = np.exp(scores[np.arange(len(path)), path])
    found: list[Span] = []
    at = 0
    while at < len(path):
        if path[at] == 0:
            at += 1
            continue
        kind = (path[at] - 1) // 2
        end = at + 1
        while end < len(path) and path[end] == 2 * kind + 2:
            end += 1
        start, stop = trimmed(text, *whole_words(text, offsets[at][0], offsets[end - 1][1]))
        if stop > start:
            found.append(Span(labels[kind], start, stop, float(chosen[at:end].mean())))
        at = end
    return found


def whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without a half word at its ends: a token may begin or end inside one."""
    while start > 0 and start < len(text) and text[start].isalnum() and text[start - 1].isalnum():
        start -= 1
    while 0 < end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return start, end


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without spaces, outer punctuation and a bracket whose other half is outside."""
    while start < end and text[start] in _OUTER:
        start += 1
    while end > start and (text[end - 1] in _OUTER or _is_lone(text, start, end)):
        end -= 1
    return start, end


def _is_lone(text: str, start: int, end: int) -> bool:
    closing = text[end - 1]
    if closing in _PAIRS:
        return text.count(_PAIRS[closing], start, end) < text.count(closing, start, end)
    return closing in _PAIRS.values()
