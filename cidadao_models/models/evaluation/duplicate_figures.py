"""Nearly equal descriptions planted in a large file: time, pairs found and false ones.

The texts are invented and carry the boilerplate of real ones, the same kind that the detector
sets aside. A plain TF-IDF of character 4-grams, multiplied block by block, stands beside.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from cidadao_models import flags
from cidadao_models.models.evaluation.benchmark import Figure
from cidadao_models.models.evaluation.synthetic import OBJECTS, cnpj
from cidadao_models.models.pattern_analysis.near_duplicates import similar_texts

TEXTS, QUICK_TEXTS = 20_000, 5_000
PLANTED = 100
MAX_SECONDS = 8.0
MIN_FOUND, MAX_FALSE = 98, 2
PLAIN_CUT = 0.8
"""Least cosine of a pair in the plain baseline."""

OPENINGS = (
    "Registro de preços para eventual e futura contratação de empresa especializada em",
    "Registro de preços para eventual",
    "Contratação de empresa especializada para",
    "Constitui objeto do presente contrato",
    "O objeto da presente licitação é",
    "Aquisição, mediante dispensa de licitação, de",
)
TAILS = (
    "conforme condições e exigências estabelecidas no edital e seus anexos",
    "conforme especificações do termo de referência",
    "para atender às necessidades da secretaria municipal",
    "pelo período de 12 (doze) meses",
    "",
)
_SYLLABLES = "ba ca da fa ga la ma na pa ra sa ta va be ce de le me ne re se te bi ci di li mi ni"

Change = Callable[[str, np.random.Generator], str]


def _typos(text: str, rng: np.random.Generator) -> str:
    letters = list(text)
    for _ in range(2):
        at = int(rng.integers(len(letters)))
        letters[at : at + 1] = [[], ["q"], ["q", letters[at]]][int(rng.integers(3))]
    return "".join(letters)


def _case(text: str, rng: np.random.Generator) -> str:
    return text.upper().translate(str.maketrans("ÁÀÂÃÉÊÍÓÔÕÚÇ", "AAAAEEIOOOUC")) + "."


def _swapped(text: str, rng: np.random.Generator) -> str:
    words = text.split()
    at = int(rng.integers(len(words) - 1))
    words[at], words[at + 1] = words[at + 1], words[at]
    return " ".join(words)


def _numbers(text: str, rng: np.random.Generator) -> str:
    return "".join(str((int(c) + 3) % 10) if c.isdigit() else c for c in text)


def _sentence(text: str, rng: np.random.Generator) -> str:
    return f"{text}, nos termos do art. 75 da Lei 14.133 e do processo administrativo"


CHANGES: dict[str, Change] = {
    "typos": _typos,
    "case and accents": _case,
    "swapped words": _swapped,
    "other numbers": _numbers,
    "added boilerplate": _sentence,
}


def records(n: int, *, seed: int = 0) -> pd.DataFrame:
    """n invented purchases with long boilerplate descriptions, no two of one amount by design."""
    rng = np.random.default_rng(seed)
    syllables = np.array(_SYLLABLES.split())
    names = ["".join(rng.choice(syllables, 4)).capitalize() for _ in range(n // 4)]
    kinds = rng.integers(0, len(OBJECTS), n)
    texts = [
        f"{OPENINGS[rng.integers(len(OPENINGS))]} {OBJECTS[k][0]} no bairro"
        f" {names[rng.integers(len(names))]} e na comunidade {names[rng.integers(len(names))]}"
        f" {TAILS[rng.integers(len(TAILS))]}, lote {rng.integers(1, 900)}".replace(" ,", ",")
        for k in kinds
    ]
    supplier = rng.integers(0, max(40, n // 8), n)
    return pd.DataFrame(
        {
            "numero": [f"{i:06d}" for i in range(n)],
            "orgao": [f"Prefeitura de Vila {b}" for b in rng.integers(1, 40, n)],
            "fornecedor_id": [cnpj(10_000_000 + 7_919 * int(s)) for s in supplier],
            "objeto": texts,
            "valor": np.round(np.exp(rng.normal(10.5, 1.1, n)), 2),
            "data": pd.Timestamp("2024-01-02") + pd.to_timedelta(rng.integers(0, 360, n), "D"),
        }
    )


def planted(
    n: int, changes: dict[str, Change], *, seed: int = 0
) -> tuple[pd.DataFrame, dict[tuple[int, int], str]]:
    """(records, {(original, copy): kind of change}) with `PLANTED` copies at the foot."""
    rng = np.random.default_rng(seed + 1)
    frame = records(n - PLANTED, seed=seed)
    rows = np.sort(rng.choice(len(frame), PLANTED, replace=False))
    kinds = [list(changes)[k % len(changes)] for k in range(PLANTED)]
    copies = frame.loc[rows].copy()
    copies["numero"] = [f"9{k:05d}" for k in range(PLANTED)]
    copies["objeto"] = [
        changes[kind](text, rng) for kind, text in zip(kinds, copies["objeto"], strict=True)
    ]
    copies["data"] = copies["data"] + pd.to_timedelta(rng.integers(1, 6, PLANTED), unit="D")
    pairs = {
        (int(row), len(frame) + k): kind
        for k, (row, kind) in enumerate(zip(rows, kinds, strict=True))
    }
    return pd.concat([frame, copies], ignore_index=True), pairs


def _ours(frame: pd.DataFrame) -> set[tuple[int, int]]:
    found, _ = similar_texts(flags.prepare(frame))
    groups = [sorted(pattern["rows"]) for pattern in found]  # type: ignore[call-overload]
    return {(a, b) for rows in groups for i, a in enumerate(rows) for b in rows[i + 1 :]}


def _plain(texts: list[str]) -> set[tuple[int, int]]:
    """Pairs of TF-IDF vectors of character 4-grams with a cosine of `PLAIN_CUT`."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectors = TfidfVectorizer(analyzer="char", ngram_range=(4, 4)).fit_transform(texts)
    pairs: set[tuple[int, int]] = set()
    for start in range(0, len(texts), 500):
        product = (vectors[start : start + 500] @ vectors.T).tocoo()
        near = (product.data >= PLAIN_CUT) & (product.col > product.row + start)
        rows, columns = product.row[near] + start, product.col[near]
        pairs |= set(zip(rows.tolist(), columns.tolist(), strict=True))
    return pairs


def duplicate_figures(quick: bool) -> Iterator[Figure]:
    """Time, planted pairs found and false pairs, with amounts and without, beside the baseline."""
    n = QUICK_TEXTS if quick else TEXTS
    for case, changes, columns in _CASES:
        frame, truth = planted(n, changes)
        frame = frame.drop(columns=list(columns))
        started = time.perf_counter()
        ours = _ours(frame)
        seconds = time.perf_counter() - started
        started = time.perf_counter()
        plain = _plain(frame["objeto"].tolist())
        plain_seconds = time.perf_counter() - started
        yield from _figures(
            f"{n} texts, {case}", truth, ours, seconds, plain=plain, plain_seconds=plain_seconds
        )


_CASES: tuple[tuple[str, dict[str, Change], tuple[str, ...]], ...] = (
    ("same amount and supplier", CHANGES, ()),
    (
        "no amounts",
        {name: change for name, change in CHANGES.items() if name != "other numbers"},
        ("valor", "fornecedor_id"),
    ),
)
"""Case, what is changed, and the columns left out. Without amounts, texts that differ in numbers
are taken for lots of one purchase and are none of those sought."""

_BASELINE = "TF-IDF 4-grams"


def _figures(
    case: str,
    truth: dict[tuple[int, int], str],
    ours: set[tuple[int, int]],
    seconds: float,
    *,
    plain: set[tuple[int, int]],
    plain_seconds: float,
) -> Iterator[Figure]:
    suite = "patterns"
    yield Figure(suite, case, "time", seconds, "s", plain_seconds, _BASELINE, at_most=MAX_SECONDS)
    yield Figure(
        suite, case, "planted pairs found of 100", len(ours & truth.keys()), "",
        len(plain & truth.keys()), _BASELINE, at_least=MIN_FOUND,
    )  # fmt: skip
    yield Figure(
        suite, case, "false pairs", len(ours - truth.keys()), "",
        len(plain - truth.keys()), _BASELINE, at_most=MAX_FALSE,
    )  # fmt: skip
    for kind in dict.fromkeys(truth.values()):
        of_kind = {pair for pair, name in truth.items() if name == kind}
        share = len(ours & of_kind) / len(of_kind)
        beside = len(plain & of_kind) / len(of_kind)
        yield Figure(suite, case, f"found, {kind}", share, "", beside, _BASELINE, detail=True)
