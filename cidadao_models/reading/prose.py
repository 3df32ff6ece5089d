"""Whether a text is running prose or a table written as text, by its shape alone.

Reads no values and knows no layout; a text that could be either is `unclear`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from cidadao_models.reading.structured import looks_like_json

Shape = Literal["prose", "table", "unclear"]

SAMPLE_CHARACTERS = 1 << 16
"""Characters looked at: some 20 pages of prose, some 300 records of a wide table."""

SAMPLE_LINES = 400
MIN_LINES = 2

MIN_ALIKE_MANY, MIN_ALIKE_ONE = 0.5, 0.7
"""Share of lines with the same number of separators from which they are a table's: with two or
more in a line, and with only one. On the real tables at hand at least 0.6 of the lines agree."""

MANY, MIN_WITH_MANY = 4, 0.8
"""So many separators in this share of the lines are a table's too, however the numbers differ."""

MIN_WORDS = 8
"""Words in the longest line below which nothing is told from words."""

MIN_SMALL_WORDS = 0.15
"""Share of the language's small words from which words are prose: 0.25 to 0.4 in official acts,
under 0.12 in lists of names."""

_SMALL_WORDS = frozenset(
    "a à ao aos as às com como da das de do dos e em entre o os ou para pela pelas pelo pelos por "
    "que se sem sob sobre na nas no nos um uma "
    "the of and to in for by with is on el la los las del y en con".split()
)
_WORDS = re.compile(r"[^\W\d_]+")
_QUOTED = re.compile(r'"[^"]*"')
_TIGHT = (r";(?=\S)", r"\t(?=\S)", r"\|", r"(?<!\d),(?=\S)|(?<=\d),(?=[^\d\s])")
"""Separators of tables. One before a space or at a line's end is punctuation, a comma between
digits a decimal one."""

_LOOSE = (r";(?!\s*$)", r"\t(?!\s*$)", r", ")
"""Separators that only count where there are no sentences: extracts of acts are full of them."""


def shape(text: str) -> Shape:
    """`prose`, `table`, or `unclear` when neither shows."""
    sample = text[:SAMPLE_CHARACTERS]
    if looks_like_json(sample.encode("utf-8", "replace")):
        return "table"
    lines = [line for line in _QUOTED.sub('""', sample).splitlines() if line.strip()]
    lines = lines[:SAMPLE_LINES]
    if _is_table(lines, _TIGHT):
        return "table"
    if _has_sentences(sample):
        return "prose"
    return "table" if _is_table(lines, _LOOSE) else "unclear"


def _is_table(lines: Sequence[str], separators: Sequence[str]) -> bool:
    if len(lines) < MIN_LINES:
        return False
    for separator in map(re.compile, separators):
        if _separates([len(separator.findall(line)) for line in lines]):
            return True
    return False


def _separates(counts: Sequence[int]) -> bool:
    """Whether these are the numbers of a table's separator, one for each line."""
    used = Counter(count for count in counts if count)
    if not used:
        return False
    number, alike = used.most_common(1)[0]
    needed = MIN_ALIKE_MANY if number > 1 else MIN_ALIKE_ONE
    if alike >= max(MIN_LINES, needed * len(counts)):
        return True
    return sum(count >= MANY for count in counts) >= MIN_WITH_MANY * len(counts)


def _has_sentences(sample: str) -> bool:
    longest = max(sample.splitlines() or [""], key=len)
    words = _WORDS.findall(sample.lower())
    if len(words) < MIN_WORDS or len(_WORDS.findall(longest)) < MIN_WORDS:
        return False
    return sum(word in _SMALL_WORDS for word in words) >= MIN_SMALL_WORDS * len(words)
