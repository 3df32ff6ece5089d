"""A plain view of a text for matching: lower case, no accents, one space, words rejoined.

Every character of the view knows where it came from, so that what is found in the view is told in
characters of the text as given. Does not correct spelling.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass

_JOINED = re.compile(
    r"(?<=[^\W\d_])[-\u00ad\u2010\u2011][ \t]*\r?\n[ \t]*(?=[a-zà-ÿA-ZÀ-Ý])|\u00ad"
)
"""A hyphen at a line's end inside a word, and soft hyphens: print has them, the word has not."""

_SAME = str.maketrans(
    {
        "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u00ab": '"', "\u00bb": '"',
        "\u2013": "-", "\u2014": "-", "\u2212": "-", "\u2010": "-", "\u2011": "-",
        "\u00ba": "o", "\u00aa": "a", "\u00b0": "o", "\u2022": "-", "\ufffd": " ",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` is the view; `starts[i]` and `ends[i]` bound in the original what became its `i`th
    character.
    """

    original: str
    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where view[start:end] stands in the original; the view's outer spaces are left out."""
        while start < end and self.text[start] == " ":
            start += 1
        while end > start and self.text[end - 1] == " ":
            end -= 1
        if start == end:
            at = self.starts[start] if start < len(self.starts) else len(self.original)
            return at, at
        return self.starts[start], self.ends[end - 1]

    def at(self, position: int) -> int:
        """Place in the view of a position of the original."""
        return bisect_left(self.starts, position)


def fold(text: str) -> Folded:
    """The plain view of `text`, in linear time."""
    skipped = {i for found in _JOINED.finditer(text) for i in range(*found.span())}
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for position, character in enumerate(text):
        if position in skipped:
            continue
        for letter in _plain(character):
            if letter == " " and letters and letters[-1] == " ":
                continue
            letters.append(letter)
            starts.append(position)
            ends.append(position + 1)
    return Folded(text, "".join(letters), tuple(starts), tuple(ends))


def fold_text(text: str) -> str:
    """Only the view's text, its outer spaces cut."""
    return fold(text).text.strip()


_KNOWN: dict[str, str] = {}


def _plain(character: str) -> str:
    """Zero or more plain characters for one character of the text."""
    known = _KNOWN.get(character)
    if known is None:
        known = _computed(character)
        if len(_KNOWN) < 4096:
            _KNOWN[character] = known
    return known


def _computed(character: str) -> str:
    if character.isspace() or unicodedata.category(character) in {"Cc", "Zs", "Zl", "Zp"}:
        return " "
    if unicodedata.category(character) in {"Cf", "Mn"}:
        return ""
    plain = character.translate(_SAME)
    decomposed = unicodedata.normalize("NFKD", plain)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).lower()
