"""Tells Portuguese prose from what can't be judged: another language, a table, noise, markup.

Strips HTML without moving a character, so that places found later hold in the text as given.
Does not say which act a text is, and takes instructions inside a text for what they are: text.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from cidadao_models.models.text_analysis.folding import fold_text

Name = Literal["prosa", "outra_lingua", "tabela", "ruido"]

MIN_LETTERS = 20
"""Letters left without the markup, below which there is nothing to read (as in `analyzer`)."""

SAMPLE = 40_000
"""Characters of the text looked at: a language shows in far fewer."""

MIN_WORDS = 12
"""Words below which no language is told: a title or an item has too few function words."""

MIN_SHARE = 0.08
"""Share of function words from which a text is in a language; running text has 0.2 to 0.4."""

MIN_LETTER_SHARE = 0.4
"""Share of letters among the visible characters; acts full of numbers still have 0.6."""

LONG_WORD, MAX_LONG_SHARE = 40, 0.4
"""A run of so many characters is no word; above this share of the text it is encoded data."""

MIN_LINES, SAME_COLUMNS, MAX_TABLE_SHARE = 4, 0.7, 0.16
"""A table: so many lines, this share of them with one number of columns, and few function words."""

WHY: dict[Name, str] = {
    "prosa": "",
    "outra_lingua": "O texto não parece estar em português; a análise só lê atos em português.",
    "tabela": "O texto parece uma tabela colada; para analisar registros use a aba de arquivos.",
    "ruido": "O texto não tem frases que se possam ler; cole o texto do contrato ou do ato.",
}
"""What a reader is told; "prosa" has nothing to excuse."""


@dataclass(frozen=True, slots=True)
class TextKind:
    """`plain` is the text without markup, character for character in the same place."""

    name: Name
    why: str
    plain: str


def kind(text: str) -> TextKind:
    """What a text is made of. Any string is answered, none raises."""
    plain = without_markup(text)
    name = _name(plain[:SAMPLE])
    return TextKind(name, WHY[name], plain)


def _name(sample: str) -> Name:
    visible = sum(not character.isspace() for character in sample)
    letters = sum(character.isalpha() for character in sample)
    if letters < MIN_LETTERS:
        return "ruido"
    shares, words = _languages(sample)
    if _is_table(sample, shares["portugues"]):
        return "tabela"
    runs = re.findall(rf"\S{{{LONG_WORD},}}", sample)
    if letters < MIN_LETTER_SHARE * visible or sum(map(len, runs)) > MAX_LONG_SHARE * visible:
        return "ruido"
    if _latin(sample) < 0.5 * letters:
        return "outra_lingua"
    best = max(shares, key=lambda language: shares[language])
    if words >= MIN_WORDS and best != "portugues" and shares[best] >= MIN_SHARE:
        return "outra_lingua"
    return "prosa"


# -- language ------------------------------------------------------------------------------------

_FUNCTION_WORDS = {
    "portugues": "do da dos das em no na nos nas ao aos pelo pela pelos pelas com nao uma um os as"
    " o sao ou seu sua seus e sera que para por foi este esta",
    "espanhol": "el los las del y en una un con al lo es su sus la por que para se sera este esta"
    " no como sin entre",
    "ingles": "the of and to in is for on with be shall by this that or any as are from will at an"
    " not its",
    "frances": "le la les des du et en une un dans pour par est que sur au aux ce sera ou qui avec"
    " son l d",
    "italiano": "il lo gli della del di e che per con una un nel alla dei delle sono e' in la da"
    " le dal",
    "alemao": "der die das und in den von zu mit ist des ein eine dem fur im auf nicht als wird",
}
_SETS = {name: frozenset(words.split()) for name, words in _FUNCTION_WORDS.items()}


def _languages(sample: str) -> tuple[dict[str, float], int]:
    """Share of each language's function words among the words, and the number of words."""
    words = re.findall(r"[a-z']+", fold_text(sample))
    counts = Counter(words)
    total = max(len(words), 1)
    shares = {name: sum(counts[word] for word in known) / total for name, known in _SETS.items()}
    return shares, len(words)


def _latin(sample: str) -> int:
    """Letters of the Latin alphabet, accented ones included."""
    return sum(c.isalpha() and ord(c) < 0x250 for c in sample)


# -- tables --------------------------------------------------------------------------------------


def _is_table(sample: str, portuguese: float) -> bool:
    lines = [line for line in sample.splitlines() if line.strip()]
    if len(lines) < MIN_LINES or portuguese > MAX_TABLE_SHARE:
        return False
    for mark in (r"\t", ";", r"\|", r" {2,}", ","):
        columns = Counter(len(re.findall(mark, line.strip())) for line in lines)
        marks, same = columns.most_common(1)[0]
        if marks >= 2 and same >= SAME_COLUMNS * len(lines):
            return True
    return False


# -- markup --------------------------------------------------------------------------------------

_TAG_NAMES = (
    "p|br|hr|div|span|table|thead|tbody|tr|td|th|ul|ol|li|h[1-6]|b|i|u|strong|em|a|html|body|head"
    "|title|meta|link|font|img|center|section|article|header|footer|nav|form|input|button|label"
    "|script|style|iframe|sup|sub|small|blockquote|pre|code|svg|path|button"
)
_TAG = re.compile(rf"(?i)</?(?:{_TAG_NAMES})\b[^<>]{{0,4000}}/?>|<!(?:doctype|--)[^<>]{{0,4000}}>")
_NEW_LINE = re.compile(r"(?i)</?(?:p|br|hr|div|tr|li|h[1-6]|table|section|article)\b")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_FILL = "\u200b"
"""Takes the place of what an entity leaves over: no space, so that words stay whole."""


def without_markup(text: str) -> str:
    """The text with HTML tags as blanks and entities as their characters, of the same length."""
    if not _TAG.search(text):
        return text
    for name in ("script", "style"):
        text = _without_block(text, name)
    return _ENTITY.sub(_character, _TAG.sub(_blank, text))


def _without_block(text: str, name: str) -> str:
    """Blanks from each `<name` to its end tag; a block that never ends is left."""
    low, pieces, at = text.lower(), [], 0
    if len(low) != len(text):
        return text
    while (start := low.find(f"<{name}", at)) >= 0:
        end = low.find(f"</{name}", start)
        if end < 0:
            break
        pieces += [text[at:start], " " * (end - start)]
        at = end
    return "".join([*pieces, text[at:]])


def _blank(found: re.Match[str]) -> str:
    size = found.end() - found.start()
    return ("\n" if _NEW_LINE.match(found.group()) else " ") + " " * (size - 1)


def _character(found: re.Match[str]) -> str:
    shown = html.unescape(found.group())
    size = found.end() - found.start()
    return shown + _FILL * (size - len(shown)) if len(shown) <= size else found.group()
