"""The article or súmula that a passage names or is plainly about, with its words.

Compares words by BM25 (Robertson and Zaragoza 2009) and cites only what is clearly close. Gives no
legal advice; the texts come from `training/norms.py`.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cidadao_models.models.text_analysis.clauses import ClauseHit
from cidadao_models.models.text_analysis.folding import Folded, fold_text
from cidadao_models.models.text_analysis.report import Citation, Signal

FILE = "norms.json"

LAW, SUMULA = "Lei 14.133/2021", "TCU"

K1, B = 1.2, 0.75
"""Usual saturation and length weights of BM25 (Robertson and Zaragoza 2009, section 3.2)."""

CLOSE = 0.5
"""Share of a passage's weighted words that a norm must hold. Measured: of windows of 25 words of
the norms themselves 94 % are cited right, 0.3 % wrong; 0.5 % of the sentences of extracts cite."""

MARGIN = 1.15
"""Times the second norm: closer ones say the same in two places, and neither is cited."""

MIN_WORDS = 8
"""Different content words that a passage needs to be compared."""

SHOWN = 600
"""Characters of a norm that are shown."""

MOST = 8
"""Citations of one text."""

_WORD = re.compile(r"[a-z]{3,}")
_EMPTY = frozenset(
    "que para com por dos das nos nas uma aos pelo pela pelos pelas como mais sem sob ser sera art"
    " este esta desta deste seu sua seus suas quando forem for lei inciso paragrafo caput".split()
)
_NUMBER = r"(\d{1,3})(?![\d.]|/\d)"
_ARTICLE = re.compile(
    rf"\b(?:arts?\b\.?|artigos?) ?{_NUMBER}(?=[^;]{{0,90}}?\blei\b[^;]{{0,25}}?14\.?133\b)"
    rf"|\b14\.?133(?:/\d{{2,4}})?,? ?(?:arts?\b\.?|artigos?) ?{_NUMBER}"
)
_SUMULA = re.compile(
    r"\bsumulas? (?:n[o.]{0,2} ?)?(\d{1,3})\b(?= ?(?:/\w+ )?(?:do )?tcu)"
    r"|\bsumulas? (?:do )?tcu ?(?:n[o.]{0,2} ?)?(\d{1,3})\b"
)
_OTHER_LAW = re.compile(r"\blei\b[^;]{0,20}?\b(?!14\.?133)\d{1,2}\.?\d{3}")


@dataclass(frozen=True, slots=True)
class Norm:
    """One article or súmula: `number` within its `source`."""

    source: str
    number: int
    text: str

    def citation(self) -> Citation:
        """As the reader sees it, cut at a word."""
        name = "art." if self.source == LAW else "Súmula"
        shown = self.text
        if len(shown) > SHOWN:
            shown = shown[:SHOWN].rsplit(" ", 1)[0] + "…"
        return Citation(self.source, f"{name} {self.number}", shown)


class Norms:
    """The norms with the index of their words."""

    def __init__(self, norms: Sequence[Norm]) -> None:
        self.norms = tuple(norms)
        self._at = {(norm.source, norm.number): norm for norm in norms}
        counts = [Counter(_words(_ascii(norm.text))) for norm in norms]
        lengths = np.array([sum(count.values()) for count in counts], dtype=float)
        self._norm_of_length = 1 - B + B * lengths / max(lengths.mean(), 1) if norms else lengths
        self._postings: dict[str, tuple[list[int], list[int]]] = {}
        for row, count in enumerate(counts):
            for word, n in count.items():
                rows, times = self._postings.setdefault(word, ([], []))
                rows.append(row)
                times.append(n)

    def named(self, view: str) -> list[Norm]:
        """The norms that a plain view names by number, in order, each once."""
        found = [(m.start(), LAW, m[1] or m[2]) for m in _ARTICLE.finditer(view)]
        found = [one for one in found if not self._of_other_law(view, one[0])]
        found += [(m.start(), SUMULA, m[1] or m[2]) for m in _SUMULA.finditer(view)]
        keys = dict.fromkeys((source, int(number)) for _, source, number in sorted(found))
        return [self._at[key] for key in keys if key in self._at]

    @staticmethod
    def _of_other_law(view: str, start: int) -> bool:
        """Whether another law's number comes between the article and that of Lei 14.133."""
        end = view.find("133", start)
        return _OTHER_LAW.search(view, start, max(end - 4, start)) is not None

    def nearest(self, view: str) -> Norm | None:
        """The norm that a passage is plainly about, or None."""
        words = list(dict.fromkeys(_words(view)))
        if len(words) < MIN_WORDS or not self.norms:
            return None
        total, scores = 0.0, np.zeros(len(self.norms))
        for word in words:
            rows, times = self._postings.get(word, ([], []))
            weight = math.log(1 + (len(self.norms) - len(rows) + 0.5) / (len(rows) + 0.5))
            total += weight
            if rows:
                n = np.array(times, dtype=float)
                scores[rows] += weight * self._saturated(n, np.array(rows))
        return self._clear(scores / total)

    def _saturated(
        self, n: npt.NDArray[np.float64], rows: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.float64]:
        """Weight in [0, 1] of a word seen `n` times; one mention in a norm of usual length is 1."""
        value = n * (K1 + 1) / (n + K1 * self._norm_of_length[rows])
        return np.asarray(np.minimum(value, 1.0))

    def _clear(self, scores: npt.NDArray[np.float64]) -> Norm | None:
        order = np.argsort(-scores, kind="stable")[:2]
        best = float(scores[order[0]])
        second = float(scores[order[1]]) if len(order) > 1 else 0.0
        return self.norms[order[0]] if best >= CLOSE and best >= MARGIN * second else None


def _ascii(text: str) -> str:
    """Lower case without accents: much faster than `fold`, for texts known to be clean."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()


def _words(view: str) -> Iterator[str]:
    """Content words, cut to their first letters: a crude stem that joins plural and gender."""
    for word in _WORD.findall(view):
        if word not in _EMPTY:
            yield word[:STEM]


STEM = 7
"""Letters of a word that are compared."""


def citations(
    norms: Norms, folded: Folded, signals: Sequence[Signal], hits: Sequence[ClauseHit]
) -> list[Citation]:
    """What the text names, then what its signals rest on, then what its clauses are plainly about.

    Each norm once, at most `MOST`.
    """
    found = list(norms.named(folded.text))
    for signal in sorted(signals, key=lambda s: -s.weight):
        found += norms.named(fold_text(_spelt(signal.legal_basis)))[:2]
    for hit in hits:
        near = norms.nearest(folded.text[folded.at(hit.start) : folded.at(hit.end)])
        found += [near] if near is not None else []
    return [norm.citation() for norm in dict.fromkeys(found)][:MOST]


def _spelt(basis: str) -> str:
    """A legal basis with every article of a list spelt out: "arts. 9º, I, e 67" names two."""
    law = re.search(r"Lei 14\.133/2021, (?:arts?\. )([^;()]*)", basis)
    listed = re.sub(r"§+ \d+º?(?: e \d+º)?", "", law[1]) if law else ""
    numbers = re.findall(r"(?<!\d)\d{1,3}(?!\d)", listed)
    rest = re.sub(r"Lei 14\.133/2021, arts?\. [^;()]*", "", basis)
    sumulas = re.findall(r"\d+", " ".join(re.findall(r"Súmulas? TCU ([\d, e]+)", rest)))
    articles = [f"art. {n} da Lei 14.133/2021;" for n in numbers]
    return " ".join([*articles, *(f"Súmula TCU {n};" for n in sumulas)])


def load(folder: Path) -> tuple[Norms | None, str]:
    """The norms of a folder, or None and the reason, in Portuguese, why there are none."""
    try:
        entries = json.loads((folder / FILE).read_text("utf-8"))
        norms = [Norm(str(e["source"]), int(e["number"]), str(e["text"])) for e in entries]
    except (OSError, ValueError, KeyError, TypeError):
        return None, "os textos da lei e das súmulas não estão instalados ou não puderam ser lidos"
    return Norms(norms), ""
