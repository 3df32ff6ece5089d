"""The same annotated acts written otherwise: no accents, capitals, noise of a scanned page.

The marked spans move with their words. Changes no digit: what a number was stays known.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from random import Random

from cidadao_models.models.evaluation.text_gold import Act

NOISE_RATE = 0.02
"""Share of a scanned page's characters that come out wrong; a poor scan, not a hopeless one."""

_LOOK_ALIKE = {
    "a": "o", "e": "c", "c": "e", "l": "I", "i": "l", "n": "ri", "m": "rn", "u": "ii", "o": "0",
    "h": "b", "ç": "c", "ã": "a", "é": "e", "í": "i", "ó": "o", ".": ",", ",": ".",
}  # fmt: skip
"""What a reader of scanned pages takes letters for."""


def without_accents(act: Act) -> Act:
    """The act with its accents gone, as old systems wrote; same length, same spans."""
    return _rewritten(act, lambda c: unicodedata.normalize("NFD", c)[0])


def upper_case(act: Act) -> Act:
    """The act in capitals; letters whose capital is two letters stay."""
    return _rewritten(act, lambda c: c.upper() if len(c.upper()) == 1 else c)


def _rewritten(act: Act, change: Callable[[str], str]) -> Act:
    return Act(act.id, act.act_type, "".join(map(change, act.text)), act.spans)


def scanned(act: Act, *, seed: int = 0, rate: float = NOISE_RATE) -> Act:
    """The act as read from a scanned page: letters mistaken, lost or set apart, words broken.

    Each act draws its own noise from the seed and its id.
    """
    draw = Random(f"{seed} {act.id}")
    pieces = [_noisy(act.text, at, draw, rate) for at in range(len(act.text))]
    places = [0]
    for piece in pieces:
        places.append(places[-1] + len(piece))
    spans = tuple((places[s], places[e], label) for s, e, label in act.spans)
    kept = tuple(span for span in spans if span[1] > span[0])
    return Act(act.id, act.act_type, "".join(pieces), kept)


def _noisy(text: str, at: int, draw: Random, rate: float) -> str:
    character = text[at]
    if draw.random() >= rate:
        return character
    inside = 0 < at < len(text) - 1 and text[at - 1].isalpha() and text[at + 1].isalpha()
    kind = draw.random()
    if character.isdigit():
        return f"{character} " if kind < 0.2 else character
    if character == " ":
        return "\n" if kind < 0.7 else ""
    if not character.isalpha():
        return f" {character}" if kind < 0.5 else character
    if kind < 0.5:
        return _LOOK_ALIKE.get(character.lower(), character)
    if inside and kind < 0.8:
        return f"{character}-\n" if kind < 0.65 else f"{character} "
    return "" if inside and kind < 0.9 else character
