"""What is read in contract texts, beside a keyword rule, TF-IDF, and itself without the encoder.

The annotated acts are for checking only: nothing here is fitted on them. Printed with 95 %
intervals over acts; the suite's targets are those of the project.
"""

from __future__ import annotations

import gc
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from cidadao_models.models.evaluation import text_gold
from cidadao_models.models.evaluation.benchmark import Figure
from cidadao_models.models.evaluation.text_gold import Act, Figures, Score
from cidadao_models.models.evaluation.text_variants import scanned, upper_case, without_accents
from cidadao_models.models.text_analysis import act_type, facts, fields, patterns
from cidadao_models.models.text_analysis.encoder import encoder
from cidadao_models.models.text_analysis.entities import Entity
from cidadao_models.models.text_analysis.folding import fold, fold_text

ACTS = Path("text/evaluate_only/dodf_licita_contratos/train.jsonl.gz")
LEGAL_TRAIN = Path("text/train/lener_br/train.jsonl.gz")
LEGAL_DEV = Path("text/train/lener_br/dev.jsonl.gz")

VALUE_TARGETS = {
    "processo": 0.95,
    "numero": 0.86,
    "valor": 0.92,
    "data": 0.92,
    "modalidade": 0.94,
    "dotacao": 0.82,
}
EXTENT_TARGETS = {"objeto": 0.85, "vigencia": 0.85, "orgao": 0.75, "contratado": 0.75}
CNPJ_RECALL = 0.96
TYPE_TARGET = 0.96
LEGAL_TARGET = 0.78
"""What the project set itself to reach."""

COST_OF_PRINT = 0.04
"""Most F1 that stripped accents or capitals may cost."""

VARIANTS = {"without accents": without_accents, "capitals": upper_case, "scanned": scanned}

QUICK_EVERY = 8
LATENCY_TOKENS = (512, 10_000)
LATENCY_TARGETS_S = (0.25, 3.0)
MEMORY_TARGET_MB = 1_200

KEYWORDS = (
    ("suspensao_licitacao", r"suspens|suspend|suspens"),
    ("anul_revog_licitacao", r"revog|anula"),
    ("aditamento_contrato", r"termo aditivo|aditivo|apostila"),
    ("extrato_convenio", r"convenio"),
    ("extrato_contrato", r"extrato"),
    ("aviso_licitacao", r"aviso|pregao|licitacao"),
)
"""The keyword rule: the first of these found in the first 300 characters."""


def figures(quick: bool) -> Iterator[Figure]:
    """All figures; those on real texts need CIDADAO_DATA."""
    data = os.environ.get("CIDADAO_DATA")
    if data is None:
        raise SystemExit("CIDADAO_DATA: the folder of real files is not set")
    acts = text_gold.read_acts(Path(data) / ACTS)[:: QUICK_EVERY if quick else 1]
    measured = {
        reader.__name__: text_gold.measure(acts, reader)
        for reader in (full, without_encoder, encoder_alone)
    }
    yield from _kinds(acts, Path(data), measured)
    yield from _facts(measured)
    yield from _written()
    yield from _checklist()
    yield from _variants(acts[::4])
    yield from _legal(Path(data), quick)
    yield from _calibration(acts)
    yield from _latency(acts)


# -- readers ------------------------------------------------------------------------------------

Answer = tuple[str, list[Entity]]


def full(text: str) -> Answer:
    """Everything the product reads."""
    folded = fold(text)
    model = encoder().model
    reading = None if model is None else model.read(text)
    kind, _ = facts.kind_of(act_type.judge(folded), None if reading is None else reading.act_types)
    spans = None if reading is None else reading.facts
    return kind, facts.joined(text, patterns.find(folded), fields.find(folded), spans)


def without_encoder(text: str) -> Answer:
    """The same with the encoder switched off."""
    folded = fold(text)
    kind = act_type.act_type(folded)[0]
    return kind, facts.joined(text, patterns.find(folded), fields.find(folded), None)


def encoder_alone(text: str) -> Answer:
    """Only what the encoder reads."""
    model = encoder().model
    if model is None:
        return "outro", []
    reading = model.read(text)
    kind = max(reading.act_types, key=reading.act_types.__getitem__)
    return kind, facts.joined(text, [], [], reading.facts)


def keyword_kind(text: str) -> str:
    """The first keyword's act type."""
    top = fold_text(text[:600])[:300]
    return next((kind for kind, words in KEYWORDS if re.search(words, top)), "outro")


def tfidf_kinds(data: Path, texts: Sequence[str]) -> list[str]:
    """TF-IDF of words and pairs with logistic regression, trained as the encoder is."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    from cidadao_models.training.text_data import gather

    corpus = gather(data)
    known = [item for item in [*corpus.acts, *corpus.written * 5] if item.act_type is not None]
    model = make_pipeline(
        TfidfVectorizer(strip_accents="unicode", ngram_range=(1, 2), min_df=3, sublinear_tf=True),
        LogisticRegression(max_iter=300, class_weight="balanced"),
    )
    model.fit([item.text for item in known], [item.act_type for item in known])
    return list(model.predict(texts))


# -- figures ------------------------------------------------------------------------------------


def _kinds(acts: Sequence[Act], data: Path, measured: Mapping[str, Figures]) -> Iterator[Figure]:
    ours = measured["full"].act_type
    rules = measured["without_encoder"].act_type["macro"]
    encoder_only = measured["encoder_alone"].act_type["macro"]
    keyword = text_gold.compare(acts, [(keyword_kind(a.text), []) for a in acts]).act_type["macro"]
    counted = tfidf_kinds(data, [act.text for act in acts])
    tfidf = text_gold.compare(acts, [(kind, []) for kind in counted]).act_type["macro"]
    case = f"act type, {len(acts):,} annotated acts"
    yield _f1(case, "macro F1", ours["macro"], tfidf.f1, "TF-IDF", TYPE_TARGET)
    yield _f1(case, "macro F1, encoder off", rules)
    yield _f1(case, "macro F1, keyword rule", keyword)
    yield _f1(case, "macro F1, encoder alone", encoder_only)
    for name, score in ours.items():
        yield _f1(f"act type: {name}", "F1", score, detail=True)


def _facts(measured: Mapping[str, Figures]) -> Iterator[Figure]:
    ours, off = measured["full"], measured["without_encoder"]
    alone = measured["encoder_alone"]
    for label, score in ours.values.items():
        target = VALUE_TARGETS.get(label)
        yield _f1(f"fact: {label}", "set F1", score, off.values[label].f1, "encoder off", target)
        yield _f1(f"fact: {label}", "set F1, encoder alone", alone.values[label])
    yield Figure("text", "fact: cnpj", "recall", ours.values["cnpj"].recall, at_least=CNPJ_RECALL)
    for label, score in ours.characters.items():
        target = EXTENT_TARGETS[label]
        rules = off.characters[label].f1
        yield _f1(f"fact: {label}", "overlap F1", score, rules, "encoder off", target)
        yield _f1(f"fact: {label}", "overlap F1, encoder alone", alone.characters[label])


def _written() -> Iterator[Figure]:
    """On acts written for the project in many forms, those kept out of training."""
    from cidadao_models.training.text_data import is_held_out
    from cidadao_models.training.written_examples import read_examples

    acts = [
        Act(str(number), example.act_type, example.text, tuple(example.spans))
        for number, example in enumerate(read_examples())
        if is_held_out(example.text)
    ]
    ours, off = text_gold.measure(acts, full), text_gold.measure(acts, without_encoder)
    case = f"{len(acts)} written acts"
    kinds = off.act_type["macro"].f1
    yield _f1(f"{case}: act type", "macro F1", ours.act_type["macro"], kinds, "encoder off")
    for label, score in ours.characters.items():
        rules = off.characters[label].f1
        yield _f1(f"{case}: {label}", "overlap F1", score, rules, "encoder off")


def _checklist() -> Iterator[Figure]:
    """Parts told as found, on whole contracts kept out of training."""
    from cidadao_models.models.evaluation import text_checklist
    from cidadao_models.training.text_data import clause_judges

    contracts = clause_judges()
    ours = text_checklist.measure(contracts, text_checklist.full)
    off = text_checklist.measure(contracts, text_checklist.without_encoder)
    case = f"required parts, {len(contracts)} written contracts"
    yield _f1(case, "F1 of found", ours, off.f1, "encoder off")
    yield Figure("text", case, "recall", ours.recall, "", off.recall, "encoder off")
    yield Figure("text", case, "precision", ours.precision, "", off.precision, "encoder off")


def _variants(acts: Sequence[Act]) -> Iterator[Figure]:
    plain = _mean(text_gold.measure(acts, full))
    for name, variant in VARIANTS.items():
        changed = [variant(act) for act in acts]
        found = text_gold.measure(changed, full)
        cost = plain - _mean(found)
        limit = None if name == "scanned" else COST_OF_PRINT
        yield Figure("text", f"{name}, {len(acts)} acts", "F1 lost", cost, "", plain, "as printed",
                     at_most=limit)  # fmt: skip


def _mean(found: Figures) -> float:
    scores = [*found.values.values(), *found.characters.values(), found.act_type["macro"]]
    return float(np.mean([score.f1 for score in scores]))


def _legal(data: Path, quick: bool) -> Iterator[Figure]:
    sentences = text_gold.read_legal_sentences(data / LEGAL_DEV)[:: 4 if quick else 1]
    model = encoder().model

    def find(text: str) -> list[Entity]:
        return [] if model is None else facts.legal(text, model.read(text).legal, [], "outro")

    scores = text_gold.measure_legal(sentences, find)
    plain = text_gold.measure_legal(sentences, window_tagger(data / LEGAL_TRAIN))
    yield _f1("LeNER-Br dev", "exact F1", scores["micro"], plain["micro"].f1,
              "word windows, logistic", LEGAL_TARGET)  # fmt: skip
    for label, score in scores.items():
        yield _f1(f"LeNER-Br dev: {label}", "exact F1", score, detail=True)


def window_tagger(path: Path) -> Callable[[str], list[Entity]]:
    """A plain tagger: hashed words, shapes and endings of a window of five, linear classes."""
    from sklearn.feature_extraction import FeatureHasher
    from sklearn.linear_model import SGDClassifier

    hasher = FeatureHasher(2**18, input_type="string")
    rows, tags = [], []
    for act in text_gold.read_legal_sentences(path):
        words = act.text.split(" ")
        rows += [_window(words, at) for at in range(len(words))]
        tags += _tags(words, act)
    model = SGDClassifier(loss="log_loss", alpha=1e-6, max_iter=8, random_state=0)
    model.fit(hasher.transform(rows), tags)

    def find(text: str) -> list[Entity]:
        words = text.split(" ")
        told = model.predict(hasher.transform([_window(words, at) for at in range(len(words))]))
        return _entities(words, list(told))

    return find


def _window(words: Sequence[str], at: int) -> list[str]:
    found = []
    for near in range(-2, 3):
        word = words[at + near] if 0 <= at + near < len(words) else ""
        shape = re.sub(r"\d", "0", re.sub(r"[A-ZÀ-Ý]", "X", re.sub(r"[a-zà-ÿ]", "x", word)))
        found += [f"{near}w{word.lower()}", f"{near}s{shape[:6]}", f"{near}e{word[-3:].lower()}"]
    return found


def _tags(words: Sequence[str], act: Act) -> list[str]:
    begins = {start: label for start, _, label in act.spans}
    tags, place, label, until = [], 0, "", -1
    for word in words:
        if place in begins:
            label = begins[place]
            until = next(end for start, end, _ in act.spans if start == place)
            tags.append(f"B-{label}")
        else:
            tags.append(f"I-{label}" if place < until else "O")
        place += len(word) + 1
    return tags


def _entities(words: Sequence[str], tags: Sequence[str]) -> list[Entity]:
    found: list[Entity] = []
    place, before = 0, "O"
    for word, tag in zip(words, tags, strict=True):
        end = place + len(word)
        if tag.startswith("I-") and before[2:] == tag[2:]:
            found[-1] = Entity(found[-1].label, "", found[-1].start, end, 1.0)
        elif tag != "O":
            found.append(Entity(tag[2:], "", place, end, 1.0))
        place, before = end + 1, tag
    return found


def _calibration(acts: Sequence[Act]) -> Iterator[Figure]:
    """Expected calibration error of the encoder's spans and of its act types, in ten bins."""
    model = encoder().model
    if model is None:
        return
    spans: list[tuple[float, bool]] = []
    kinds: list[tuple[float, bool]] = []
    known = text_gold.annotated_labels(acts)
    for act in acts[::4]:
        reading = model.read(act.text)
        best = max(reading.act_types, key=reading.act_types.__getitem__)
        kinds.append((reading.act_types[best], best == act.act_type))
        for span in reading.facts:
            if span.label in known[act.act_type]:
                spans.append((span.score, _is_right(act, span.start, span.end, span.label)))
    yield Figure("text", "encoder's facts", "calibration error", calibration_error(spans))
    yield Figure("text", "encoder's act type", "calibration error", calibration_error(kinds))


def _is_right(act: Act, start: int, end: int, label: str) -> bool:
    """Whether at least half of the span and of an annotated one of its label are shared."""
    return any(
        2 * (min(end, b) - max(start, a)) >= max(end - start, b - a)
        for a, b, name in act.spans
        if name == label
    )


def calibration_error(pairs: Sequence[tuple[float, bool]]) -> float:
    """Mean distance of told probability and share right over ten bins, by their size."""
    told = np.array([p for p, _ in pairs])
    right = np.array([r for _, r in pairs], float)
    bins = np.minimum((told * 10).astype(int), 9)
    gaps = [
        abs(told[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean()
        for b in np.unique(bins)
    ]
    return float(np.sum(gaps))


def _latency(acts: Sequence[Act]) -> Iterator[Figure]:
    from cidadao_models.models.text_analysis import TextAnalyzer

    analyzer = TextAnalyzer()
    model = encoder().model
    joined = "\n\n".join(act.text for act in acts[:200])
    for tokens, limit in zip(LATENCY_TOKENS, LATENCY_TARGETS_S, strict=True):
        text = _cut(joined, tokens)
        analyzer.analyze(text)
        taken = float(np.median(_times(partial(analyzer.analyze, text), 7)))
        alone = 0.0 if model is None else min(_times(partial(model.read, text), 3))
        case = f"{tokens:,} tokens"
        yield Figure("text", case, "analyze, p50", taken, "s", alone, "s encoder", at_most=limit)
    yield Figure("text", "this process", "memory", _memory_mb(), "MB")


def _times(work: Callable[[], object], count: int) -> list[float]:
    """Seconds of each of `count` runs."""
    found = []
    for _ in range(count):
        gc.collect()
        started = time.perf_counter()
        work()
        found.append(time.perf_counter() - started)
    return found


def _cut(text: str, tokens: int) -> str:
    """The beginning of the text that has about so many tokens."""
    model = encoder().model
    if model is None:
        return text[: tokens * 3]
    offsets = model.tokenizer.encode(text, add_special_tokens=False).offsets
    return text[: offsets[min(tokens, len(offsets)) - 1][1]]


def _memory_mb() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return float("nan")


def _f1(
    case: str,
    metric: str,
    score: Score,
    baseline: float | None = None,
    name: str = "",
    target: float | None = None,
    *,
    detail: bool = False,
) -> Figure:
    """One F1 with its interval in the metric's name."""
    told = f"{metric} [{score.low:.3f}, {score.high:.3f}]"
    return Figure("text", case, told, score.f1, "", baseline, name, at_least=target, detail=detail)
