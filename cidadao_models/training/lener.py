"""Reads LeNER-Br (Luz de Araujo et al., PROPOR 2018; MIT): sentences with legal entities."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

from cidadao_models.training.multitask import Labelled


def read_lener(path: Path) -> Iterator[Labelled]:
    """Sentences of a .jsonl.gz file of `tokens` and BIO `ner_tags`, joined by single spaces."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            text, spans = joined(record["tokens"], record["ner_tags"])
            yield Labelled(text, legal=spans, origin="lener_br")


def joined(tokens: list[str], tags: list[str]) -> tuple[str, list[tuple[int, int, str]]]:
    """The tokens with one space between, and the entities as (start, end, label)."""
    text = ""
    spans: list[tuple[int, int, str]] = []
    for token, tag in zip(tokens, tags, strict=True):
        start = len(text)
        text += token
        label = tag[2:]
        if tag.startswith("B-") or (tag.startswith("I-") and not _continues(spans, start, label)):
            spans.append((start, len(text), label))
        elif tag.startswith("I-"):
            spans[-1] = (spans[-1][0], len(text), label)
        text += " "
    return text.rstrip(), spans


def _continues(spans: list[tuple[int, int, str]], start: int, label: str) -> bool:
    return bool(spans) and spans[-1][2] == label and spans[-1][1] == start - 1
