"""Prints an act as gazettes and scanners do: capitals, lost accents, broken lines, misread letters.

Every change keeps the marks on their words. Changes no number.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from random import Random

from cidadao_models.training.weak_act import Edit, WeakAct, edited

LetterChange = Callable[[str], str]

_WIDTHS = (55, 130)
"""Characters of a printed line: from a narrow column to a page."""
_HYPHENATED = 0.5
"""Share of lines whose last word is broken, where it can be."""
_MISREAD = 0.004, 0.02
"""Share of letters that a scanner misreads, from a good page to a bad one."""


def strip_accents(act: WeakAct, rng: Random) -> WeakAct:
    """The act without accents, as old systems print it."""
    return _by_letter(act, _bare)


def upper_case(act: WeakAct, rng: Random) -> WeakAct:
    """The act in capitals."""
    return _by_letter(act, str.upper)


def _bare(letter: str) -> str:
    decomposed = unicodedata.normalize("NFKD", letter)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _by_letter(act: WeakAct, change: LetterChange) -> WeakAct:
    """The act with each letter changed, where its change is one letter too."""
    letters = (c if c.isascii() and change is _bare else change(c) for c in act.text)
    kept = (new if len(new) == 1 else old for new, old in zip(letters, act.text, strict=True))
    return replace(act, text="".join(kept))


def drop_final_stop(act: WeakAct, rng: Random) -> WeakAct:
    """The act without the punctuation at its end."""
    end = len(act.text.rstrip(" .;\n"))
    last = max((e for _, e, _ in act.spans), default=0)
    return edited(act, [(max(end, last), len(act.text), "")])


_BREAK = re.compile(r"(?<=\w)-\n(?=[a-zà-ÿA-ZÀ-Ý])|\s*\n\s*")


def one_line(act: WeakAct, rng: Random) -> WeakAct:
    """The act as one line, broken words rejoined."""
    breaks = _BREAK.finditer(act.text)
    return edited(act, [(m.start(), m.end(), "" if m[0] == "-\n" else " ") for m in breaks])


def break_lines(act: WeakAct, rng: Random) -> WeakAct:
    """The act in lines of another width, some words broken by a hyphen."""
    act = one_line(act, rng)
    width = rng.randint(*_WIDTHS)
    edits: list[Edit] = []
    line = 0
    while len(act.text) - line > width:
        at, words = _line_end(act.text, line, line + width, rng)
        if at <= line:
            break
        edits.append((at, at + (words == "\n"), words))
        line = at + (words == "\n")
    return edited(act, edits)


_CONSONANTS, _VOWELS = "bcdfgjlmnpqrstvxz", "aeiouáéíóúãõâêô"
_SYLLABLE = re.compile(
    rf"(?<=[a-zà-ÿ][{_VOWELS}])(?=[{_CONSONANTS}][{_VOWELS}])"
    rf"|(?<=[A-ZÀ-Ý][{_VOWELS.upper()}])(?=[{_CONSONANTS.upper()}][{_VOWELS.upper()}])"
)
"""Between two open syllables: a safe place for a hyphen in Portuguese."""


def _line_end(text: str, start: int, end: int, rng: Random) -> tuple[int, str]:
    """Where the line that starts at `start` is broken, and by what."""
    space = text.rfind(" ", start, end)
    if rng.random() < _HYPHENATED:
        breaks = [m.start() for m in _SYLLABLE.finditer(text, max(space, start), end)]
        if breaks:
            return breaks[-1], "-\n"
    return (space, "\n") if space > start else (text.find(" ", end), "\n")


_MISREADINGS = {
    "l": ("1", "i", "I"), "i": ("l", "1"), "I": ("l", "1", "|"), "o": ("0", "e"), "O": ("0", "Q"),
    "m": ("rn", "in"), "rn": ("m",), "ç": ("c", "g"), "ã": ("a", "à"), "é": ("e", "6"), "e": ("c",),
    "á": ("a", "à"), "S": ("5",), "B": ("8",), "F": ("E",), "E": ("F",), "u": ("n",), "ú": ("u",),
    "í": ("i", "f"), "õ": ("o", "ô"), ",": (".",), ".": (",", ""), " ": ("",), "ó": ("o", "6"),
}  # fmt: skip
"""What scanners take for what, seen in the extracts; a space is lost."""
_MISREADABLE = re.compile("|".join(sorted(map(re.escape, _MISREADINGS), key=len, reverse=True)))
_EXACT = ("numero", "numero_aditivo", "processo", "cnpj", "valor", "data", "dotacao")


def misread_letters(act: WeakAct, rng: Random) -> WeakAct:
    """Some letters misread and some spaces lost, outside the numbers that must stay exact."""
    share = rng.uniform(*_MISREAD)
    edges = {p for s, e, _ in act.spans for p in (s - 1, s, e - 1, e)}
    exact = [(s - 1, e + 1) for s, e, label in act.spans if label in _EXACT]
    edits: list[Edit] = []
    for found in _MISREADABLE.finditer(act.text):
        start, end = found.span()
        at_edge = any(i in edges for i in range(start, end))
        if rng.random() < share and not at_edge and not _within(start, exact):
            edits.append((start, end, rng.choice(_MISREADINGS[found[0]])))
    return edited(act, edits)


def _within(position: int, pieces: list[tuple[int, int]]) -> bool:
    return any(start <= position < end for start, end in pieces)
