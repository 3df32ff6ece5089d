"""Learns how usual each word pair is in acts of a kind, and the quantiles of held-out acts.

Keeps hashed counts only, so no sentence can be read back. Reads extracts of the training folder
and whatever labelled texts the caller adds; nothing meant for evaluation.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cidadao_models.models.text_analysis.folding import fold_text
from cidadao_models.models.text_analysis.novelty import (
    BUCKETS,
    LENGTHS,
    PERCENTS,
    Novelty,
    length_of,
    pairs,
)

EXTRACTS = Path("text/train/dodf_extratos_2000_2021/train.jsonl.gz")

MIN_TEXTS = 100
"""Texts of a kind below which its wording is not learned."""

MIN_OF_LENGTH = 40
"""Held-out texts of a length below which those of all lengths stand in for them."""

MOST_TEXTS = 6_000
"""Texts of a kind that are enough: more change the quantiles by less than a point."""

LONGEST = 3_000
"""Characters of a block that is likely one act; longer ones hold several."""

HELD_OUT = 5
"""One text in so many gives the quantiles and is not learned from."""

LEVELS = 63
"""Steps that a rarity is rounded to: finer ones only make the file larger."""

_TITLE = 160
_KINDS = (
    ("aditamento_contrato", re.compile(r"termo aditivo|aditamento|\baditivo\b")),
    ("extrato_convenio", re.compile(r"\bconvenio|termo de (?:cooperacao|fomento|colaboracao)")),
    ("extrato_contrato", re.compile(r"\bcontratos?\b")),
)
_OTHER = re.compile(r"rescis|distrato|apostil|retific|suspens|revog|anula|\baviso\b")


def acts_of_extracts(data: Path) -> Iterator[tuple[str, str]]:
    """(act type, text) of the training extracts whose title tells the type."""
    with gzip.open(data / EXTRACTS, "rt", encoding="utf-8") as lines:
        for line in lines:
            text = str(json.loads(line)["text"])
            title = fold_text(text[:_TITLE])
            found = [act for act, pattern in _KINDS if pattern.search(title)]
            if found and len(text) <= LONGEST and not _OTHER.search(title):
                yield found[0], text


def train(texts: Iterable[tuple[str, str]]) -> Novelty:
    """The model of labelled texts, taken in an order of their own (that of a hash).

    ValueError when no kind has enough of them.
    """
    by_act: dict[str, list[npt.NDArray[np.int64]]] = {}
    held: dict[str, list[npt.NDArray[np.int64]]] = {}
    for act, text in sorted(texts, key=lambda pair: zlib.crc32(pair[1].encode())):
        view = fold_text(text)
        out = zlib.crc32(view.encode()) % HELD_OUT == 0
        kept = (held if out else by_act).setdefault(act, [])
        if len(kept) < MOST_TEXTS:
            kept.append(pairs(view))
    acts = sorted(a for a in by_act if len(by_act[a]) + len(held.get(a, [])) >= MIN_TEXTS)
    if not acts:
        raise ValueError(f"no kind of act has {MIN_TEXTS} texts")
    rarity, step = zip(*(_rarity(by_act[act]) for act in acts), strict=True)
    made = Novelty(
        tuple(acts),
        np.stack(rarity),
        np.array(step, dtype=np.float32),
        np.zeros((len(acts), len(LENGTHS) + 1, PERCENTS), dtype=np.float32),
    )
    for row, act in enumerate(acts):
        made.quantiles[row] = _quantiles(made, row, held.get(act, []))
    return made


def _rarity(documents: list[npt.NDArray[np.int64]]) -> tuple[npt.NDArray[np.uint8], float]:
    """Minus log of each bucket's share of documents, half a document added, in rounded steps."""
    counts = np.zeros(BUCKETS)
    for document in documents:
        counts[document] += 1
    value = -np.log((counts + 0.5) / (len(documents) + 1))
    step = float(value.max()) / LEVELS
    return np.rint(np.maximum(value, 0) / step).astype(np.uint8), step


def _quantiles(
    made: Novelty, row: int, documents: list[npt.NDArray[np.int64]]
) -> npt.NDArray[np.float32]:
    values = np.array([made.rarity[row, d].mean() * made.step[row] for d in documents if len(d)])
    lengths = np.array([length_of(len(d)) for d in documents if len(d)])
    grid = np.linspace(0, 1, PERCENTS)
    every = np.quantile(values, grid)
    rows = [values[lengths == k] for k in range(len(LENGTHS) + 1)]
    told = [np.quantile(v, grid) if len(v) >= MIN_OF_LENGTH else every for v in rows]
    return np.stack(told).astype(np.float32)
