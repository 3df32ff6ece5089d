"""Measures what is read in official acts against acts annotated by hand, and in legal sentences.

Trains and chooses nothing: the annotated acts are for checking only.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from cidadao_models.models.text_analysis.entities import Entity
from cidadao_models.models.text_analysis.fact_values import amount, bare, iso_day, modality, ordinal

Predict = Callable[[str], tuple[str, list[Entity]]]
"""A text's act type and the facts read in it."""

Span = tuple[int, int, str]
"""(start, end, label): text[start:end]."""

Counts = npt.NDArray[np.float64]
"""(acts, 3): right, too many, missed, of one label in each act."""

RESAMPLES = 500
"""Bootstrap samples of the acts behind an interval."""

INTERVAL = (2.5, 97.5)
"""Percentiles that bound an interval: 95 % of the samples lie within."""

VALUE_LABELS = (
    "numero", "numero_aditivo", "processo", "valor", "data", "modalidade", "dotacao", "cnpj",
)  # fmt: skip
"""Labels compared as sets of values, wherever in the act they stand."""

EXTENT_LABELS = ("objeto", "vigencia", "orgao", "contratado")
"""Labels whose words have no single value: compared by the characters they share."""

_GOLD_LABELS = {
    **dict.fromkeys(("numero_contrato", "numero_licitacao", "numero_convenio"), "numero"),
    "numero_termo_aditivo": "numero_aditivo",
    "processo_gdf": "processo",
    **dict.fromkeys(("orgao_contratante", "orgao_licitante", "orgao_concedente"), "orgao"),
    **dict.fromkeys(("entidade_contratada", "entidade_convenente"), "contratado"),
    **dict.fromkeys(
        ("valor_contrato", "valor_convenio", "valor_estimado_contratacao"), "valor"
    ),
    **dict.fromkeys(
        ("data_escrito", "data_assinatura_contrato", "data_assinatura_convenio",
         "data_abertura_licitacao"), "data"
    ),
    "modalidade_licitacao": "modalidade",
    **dict.fromkeys(
        ("unidade_orcamentaria", "programa_trabalho", "natureza_despesa", "fonte_recurso"),
        "dotacao",
    ),
}  # fmt: skip
_GOLD_PREFIXES = {"cnpj_": "cnpj", "objeto_": "objeto", "vigencia_": "vigencia"}


@dataclass(frozen=True, slots=True)
class Act:
    """An annotated act; `spans` carry the project's labels."""

    id: str
    act_type: str
    text: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and F1 over all acts, F1's 95 % interval, and how many were annotated."""

    precision: float
    recall: float
    f1: float
    low: float
    high: float
    support: int


@dataclass(frozen=True, slots=True)
class Figures:
    """All measures of one reader over one set of acts, by label.

    `values` compares sets of values, `characters` and `tokens` shared extent, `exact` spans that
    are the same but for outer punctuation. `act_type` has one Score for each type and, under
    `macro`, their mean F1.
    """

    values: dict[str, Score]
    characters: dict[str, Score]
    tokens: dict[str, Score]
    exact: dict[str, Score]
    act_type: dict[str, Score]


def read_acts(path: Path) -> list[Act]:
    """The annotated acts of a gzipped file with one JSON object a line."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [_act(json.loads(line)) for line in lines]


def _act(raw: Mapping[str, Any]) -> Act:
    text = raw["text"]
    given = [(start, min(end, len(text)), gold_label(name)) for start, end, name, _ in raw["spans"]]
    spans = tuple((s, e, label) for s, e, label in given if label is not None and s < e)
    return Act(raw["id"], raw["act_type"], text, spans)


def gold_label(name: str) -> str | None:
    """The project's label for one of the annotation's; None for what is not compared."""
    for prefix, label in _GOLD_PREFIXES.items():
        if name.startswith(prefix):
            return label
    return _GOLD_LABELS.get(name)


def annotated_labels(acts: Iterable[Act]) -> dict[str, frozenset[str]]:
    """For each act type the labels that its annotation has at all: only those are compared."""
    found: dict[str, set[str]] = {}
    for act in acts:
        found.setdefault(act.act_type, set()).update(label for *_, label in act.spans)
    return {act_type: frozenset(labels) for act_type, labels in found.items()}


def value_of(label: str, words: str) -> str | float | int | None:
    """What the words of a fact are worth when compared; None when they hold no value."""
    if label == "valor":
        return amount(words)
    if label == "data":
        return iso_day(words)
    if label == "modalidade":
        return modality(words)
    if label == "numero_aditivo":
        return ordinal(words)
    return bare(words) or None


def measure(acts: Sequence[Act], predict: Predict, *, seed: int = 0) -> Figures:
    """Everything about `predict` over `acts`; the same seed gives the same intervals."""
    answers = [predict(act.text) for act in acts]
    return compare(acts, answers, seed=seed)


def compare(
    acts: Sequence[Act], answers: Sequence[tuple[str, list[Entity]]], *, seed: int = 0
) -> Figures:
    """As `measure`, for answers at hand: one (act type, facts) for each act."""
    known = annotated_labels(acts)
    found = [
        [(e.start, e.end, e.label) for e in facts if e.label in known[act.act_type]]
        for act, (_, facts) in zip(acts, answers, strict=True)
    ]
    draws = np.random.default_rng(seed).multinomial(
        len(acts), np.full(len(acts), 1 / len(acts)), size=RESAMPLES
    )
    labels = sorted(set().union(*known.values()))

    def scores(wanted: Iterable[str], count: Count) -> dict[str, Score]:
        return {
            label: score(_counted(acts, found, label, count), draws)
            for label in wanted
            if label in labels
        }

    return Figures(
        values=scores(VALUE_LABELS, count_values),
        characters=scores(EXTENT_LABELS, count_characters),
        tokens=scores(EXTENT_LABELS, count_tokens),
        exact=scores(labels, count_exact),
        act_type=type_scores([a.act_type for a in acts], [a for a, _ in answers], draws),
    )


# -- one label in one act: how many right, too many, missed -------------------------------------

Count = Callable[[str, Sequence[Span], Sequence[Span]], tuple[int, int, int]]


def _counted(
    acts: Sequence[Act], found: Sequence[Sequence[Span]], label: str, count: Count
) -> Counts:
    rows = []
    for act, spans in zip(acts, found, strict=True):
        gold = [span for span in act.spans if span[2] == label]
        rows.append(count(act.text, gold, [span for span in spans if span[2] == label]))
    return np.array(rows, dtype=float).reshape(-1, 3)


def _overlap(gold: Set[Any], found: Set[Any]) -> tuple[int, int, int]:
    return len(gold & found), len(found - gold), len(gold - found)


def count_values(text: str, gold: Sequence[Span], found: Sequence[Span]) -> tuple[int, int, int]:
    """Sets of values: each counts once an act, wherever it stands."""
    return _overlap(_values(text, gold), _values(text, found))


def _values(text: str, spans: Sequence[Span]) -> set[Any]:
    return {value_of(label, text[start:end]) for start, end, label in spans} - {None}


def count_characters(
    text: str, gold: Sequence[Span], found: Sequence[Span]
) -> tuple[int, int, int]:
    """Characters that both mark, spaces left out."""
    return _overlap(_characters(text, gold), _characters(text, found))


def _characters(text: str, spans: Sequence[Span]) -> set[int]:
    return {i for start, end, _ in spans for i in range(start, end) if not text[i].isspace()}


def count_tokens(text: str, gold: Sequence[Span], found: Sequence[Span]) -> tuple[int, int, int]:
    """Words that both mark; a word is named by its first character."""
    starts = {
        i
        for i, character in enumerate(text)
        if character.isalnum() and not (i and text[i - 1].isalnum())
    }
    gold_words = {i for i in _characters(text, gold) if i in starts}
    return _overlap(gold_words, {i for i in _characters(text, found) if i in starts})


def count_exact(text: str, gold: Sequence[Span], found: Sequence[Span]) -> tuple[int, int, int]:
    """Spans with the same two ends, but for outer spaces, punctuation and the currency sign.

    Of an addendum's number only the ordinal is compared: part of the gold marks its noun too.
    """
    return _overlap({_trimmed(text, s) for s in gold}, {_trimmed(text, s) for s in found})


_ADDENDUM_NOUN = re.compile(r"\s*termos?\s+(?:de\s+)?aditivos?.*", re.IGNORECASE | re.DOTALL)
_OUTER = " \t\r\n.,;:-–—\"'“”()"


def _trimmed(text: str, span: Span) -> Span:
    start, end, label = span
    if label == "numero_aditivo":
        end = start + len(_ADDENDUM_NOUN.sub("", text[start:end]))
    if text[start:end].startswith("R$"):
        start += 2
    while start < end and text[start] in _OUTER:
        start += 1
    while end > start and text[end - 1] in _OUTER:
        end -= 1
    return start, end, label


# -- scores with intervals ----------------------------------------------------------------------


def score(counts: Counts, draws: npt.NDArray[np.int64]) -> Score:
    """Precision, recall and F1 of the sums; the interval is over the drawn acts."""
    right, extra, missed = counts.sum(axis=0)
    low, high = np.percentile(_f1(draws @ counts), INTERVAL)
    return Score(
        precision=_share(right, right + extra),
        recall=_share(right, right + missed),
        f1=float(_f1(counts.sum(axis=0, keepdims=True))[0]),
        low=float(low),
        high=float(high),
        support=int(right + missed),
    )


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole else 0.0


def _f1(sums: Counts) -> npt.NDArray[np.float64]:
    right, extra, missed = sums.T
    whole = 2 * right + extra + missed
    return np.divide(2 * right, whole, out=np.zeros(len(sums)), where=whole > 0)


def type_scores(
    gold: Sequence[str], found: Sequence[str], draws: npt.NDArray[np.int64]
) -> dict[str, Score]:
    """One Score for each act type of the gold, and `macro`: their means, with its own interval."""
    types = sorted(set(gold))
    told, answered = np.array(gold), np.array(found)
    counts = []
    for name in types:
        is_gold, is_found = told == name, answered == name
        counts.append(
            np.stack([is_gold & is_found, is_found & ~is_gold, is_gold & ~is_found], axis=1)
        )
    scores = {n: score(c.astype(float), draws) for n, c in zip(types, counts, strict=True)}
    means = np.mean([_f1(draws @ c.astype(float)) for c in counts], axis=0)
    low, high = np.percentile(means, INTERVAL)
    single = list(scores.values())
    macro = Score(
        precision=float(np.mean([s.precision for s in single])),
        recall=float(np.mean([s.recall for s in single])),
        f1=float(np.mean([s.f1 for s in single])),
        low=float(low),
        high=float(high),
        support=len(gold),
    )
    return {**scores, "macro": macro}


# -- legal sentences (LeNER-Br) -----------------------------------------------------------------


def read_legal_sentences(path: Path) -> list[Act]:
    """Sentences of tokens and BIO tags as texts with spans; tokens are joined by spaces."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        Act(str(number), "outro", " ".join(row["tokens"]), tuple(_bio_spans(row)))
        for number, row in enumerate(rows)
    ]


def _bio_spans(row: Mapping[str, Sequence[str]]) -> list[Span]:
    """A tag I- without its B- before it starts a span of its own."""
    spans: list[Span] = []
    at, before = 0, "O"
    for token, tag in zip(row["tokens"], row["ner_tags"], strict=True):
        end = at + len(token)
        if tag.startswith("I-") and before[2:] == tag[2:]:
            spans[-1] = (spans[-1][0], end, tag[2:])
        elif tag != "O":
            spans.append((at, end, tag[2:]))
        at, before = end + 1, tag
    return spans


def measure_legal(
    sentences: Sequence[Act], find: Callable[[str], list[Entity]], *, seed: int = 0
) -> dict[str, Score]:
    """Exact-span Score for each label of the sentences, and `micro` over all of them."""
    labels = sorted({label for sentence in sentences for *_, label in sentence.spans})
    found = [[(e.start, e.end, e.label) for e in find(s.text)] for s in sentences]
    draws = np.random.default_rng(seed).multinomial(
        len(sentences), np.full(len(sentences), 1 / len(sentences)), size=RESAMPLES
    )
    counts = {label: _counted(sentences, found, label, _count_same) for label in labels}
    scores = {label: score(count, draws) for label, count in counts.items()}
    every = np.sum(list(counts.values()), axis=0)
    return {**scores, "micro": score(every, draws)}


def _count_same(_: str, gold: Sequence[Span], found: Sequence[Span]) -> tuple[int, int, int]:
    return _overlap(set(gold), set(found))


def support(acts: Iterable[Act]) -> Counter[str]:
    """How many spans each label has."""
    return Counter(label for act in acts for *_, label in act.spans)
