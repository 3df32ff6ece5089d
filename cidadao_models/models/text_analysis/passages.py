"""Cuts the plain view of a text into lines and sentences, and tells what a sentence denies.

Knows Portuguese punctuation, negation and the look of quoted law; judges no clause.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from cidadao_models.models.text_analysis.folding import Folded

_STOP = re.compile(r"[.;?!](?= |$)")
_ABBREVIATION = re.compile(
    r"(?:^|[ (])(?:arts?|incs?|al|par|n|no|nos|num|fls?|pags?|p|dra?|sra?|srs|av|prof|eng|cf|obs"
    r"|proc|dec|res|port|ex|vol|[a-z])$"
)
"""What a full stop may shorten rather than end; a single letter is an initial or an item."""

_LABEL = re.compile(
    r"^[ (\"]*(?:(?:art\.? ?|§ ?)\d{1,3}[oa]?|\d{1,3}(?:\.\d{1,3})*|[ivx]{1,5}|[a-z])$"
)
"""The number of an item: its full stop ends nothing."""

_CLAUSE = re.compile(r"clausula \w")
_NEW_PART = re.compile(
    r"paragrafo|§|art\. ?\d|\d{1,2}(?:\.\d{1,2}){0,3}[.)] ?-? ?\w|\d{1,2}(?:\.\d{1,2}){1,3} -? ?\w"
    r"|\d{1,2} - \w|[a-z]\) |[ivx]{1,5} - |- "
)
"""How a line starts that begins an item, where the line before it ended in a mark."""


LONGEST_PARAGRAPH = 1_000
"""Characters from which a paragraph takes no further line."""

LONGEST = 3_000
"""Characters after which a sentence is cut at the next space."""


@dataclass(frozen=True, slots=True)
class Passage:
    """view[start:end] of a folded text."""

    start: int
    end: int


def lines(folded: Folded) -> list[Passage]:
    """The lines of the text as given, those without words left out."""
    bounds = [0]
    bounds += [folded.at(found.end()) for found in re.finditer(r"\n", folded.original)]
    bounds.append(len(folded.text))
    return [Passage(a, b) for a, b in pairwise(bounds) if folded.text[a:b].strip()]


def paragraphs(folded: Folded) -> list[Passage]:
    """Lines joined to what they go on with: text copied from a page is broken within sentences.

    A paragraph begins after a blank line, after a mark, at a clause or item, and at or after a line
    in capitals; none grows beyond `LONGEST_PARAGRAPH`.
    """
    found: list[Passage] = []
    for line in lines(folded):
        last = found[-1] if found else None
        if last is None or last.end - last.start > LONGEST_PARAGRAPH or _begins(folded, last, line):
            found.append(line)
        else:
            found[-1] = Passage(last.start, line.end)
    return found


def _begins(folded: Folded, last: Passage, line: Passage) -> bool:
    view = folded.text
    return (
        view[last.start : last.end].rstrip()[-1:] in set(".;:")
        or _CLAUSE.match(view, line.start) is not None
        or _NEW_PART.match(view, line.start) is not None
        or _in_capitals(folded, line)
        or _in_capitals(folded, last)
        or "\n\n" in folded.original[folded.ends[last.end - 1] : folded.starts[line.start]]
    )


def _in_capitals(folded: Folded, place: Passage) -> bool:
    start, end = folded.span(place.start, place.end)
    return folded.original[start:end].isupper()


def sentences(folded: Folded) -> list[Passage]:
    """What ends in a full stop, semicolon, blank line or the start of a new clause or item.

    A text without such marks is cut between words, so that no sentence is endless.
    """
    view = folded.text
    cuts = sorted({*_stops(view), *_new_parts(folded)} - {0})
    bounds = [0]
    for cut in (*cuts, len(view)):
        while cut - bounds[-1] > LONGEST:
            space = view.find(" ", bounds[-1] + LONGEST, cut)
            if space < 0:
                break
            bounds.append(space + 1)
        bounds.append(cut)
    return [Passage(a, b) for a, b in pairwise(bounds) if view[a:b].strip()]


def _stops(view: str) -> list[int]:
    found: list[int] = []
    last = 0
    for stop in _STOP.finditer(view):
        before = view[max(last, stop.start() - 12) : stop.start()]
        short = stop.group() == "." and _ABBREVIATION.search(before) is not None
        label = len(before) < 12 and _LABEL.match(before.strip()) is not None
        if not short and not label:
            last = stop.end()
            found.append(last)
    return found


def _new_parts(folded: Folded) -> list[int]:
    """Starts of lines after a blank one, of clauses, and of items where the line before ended."""
    view, text = folded.text, folded.original
    blank = [folded.at(m.end()) for m in re.finditer(r"\n[ \t\r]*\n\s*", text)]
    starts = [folded.at(m.end()) for m in re.finditer(r"\n\s*", text)]
    return blank + [
        at
        for at in starts
        if _CLAUSE.match(view, at)
        or (view[max(0, at - 2) : at].rstrip()[-1:] in set(".;:") and _NEW_PART.match(view, at))
    ]


# -- what is denied ------------------------------------------------------------------------------

REACH_BEFORE, REACH_AFTER = 110, 90
"""Characters of the view in which a negation still governs what follows or what came before."""

_TURN = re.compile(r"\b(?:mas|porem|contudo|todavia|entretanto|no entanto|salvo|exceto|embora)\b")
_NO_NEGATION = re.compile(
    r"\bnao (?:obstante|apenas|so|somente|unicamente)\b|\bsem prejuizo\b|\bsem onus\b"
    r"|\bnao (?:inferior|superior|menos|mais)\b"
    r"|\bnao (?:ha|havera|existe\w*) (?:\w+ )?(?:limit|restric|impediment|obice)\w*"
    r"|\bn(?:ao|ada) (?:\w+ ){0,3}(?:vedad\w+|proib\w+|imped\w+|obst\w+|veda|dispensad\w+)"
)
"""Words with "não" in them that deny nothing, and double negations."""

_DENIES = re.compile(
    r"\b(?:nao|nunca|jamais|nem|sem|vedad[oa]s?|veda(?:-se|m)?|vedacao|proibid[oa]s?|proibe"
    r"|proibicao|inadmitid[oa]s?|inadmissivel|impedid[oa]s?|impede|defes[oa]|afastad[oa]s?"
    r"|inexist\w+|ausencia d[aeo]s?|dispensad[oa]s?|dispensa-se|abster-se|abstenham?(?:-se)?"
    r"|evitar|evitando|ilegal|ilicit[oa]|nenhuma?|excluid[oa]s?)\b"
)
_OWN_VERB = re.compile(
    r"[,:] (?:[^,]*\b)?(?:sera|serao|havera|fica|ficam|podera|poderao|devera|deverao|tera|terao"
    r"|pagara|ocorrera|admite-se|e permitid[oa]|autoriza-se|faz-se|devendo|fara)\b"
)
"""A clause of its own between the negation and the words: what was denied is something else."""

_DENIED_AFTER = re.compile(
    r"^[^,;]{0,60}?\b(?:nao (?:\w+ ){0,2}(?:admit\w+|permit\w+|ocorr\w+|hav\w+|ha|houve|aceit\w+"
    r"|cab\w+|sera\w*|e|sao|foi|foram|exig\w+|previst\w+|se aplica\w*|constitu\w+|e exigid\w+)"
    r"|(?:e|sera|sao|serao|fica|ficam|esta|estao|foi|foram|resta) (?:\w+ )?"
    r"(?:vedad|proibid|inadmissi|inadmitid|dispensad|afastad|excluid)\w*"
    r"|vedad[oa]s?\b|proibid[oa]s?\b|inexistente|nao (?:houve|ha|havera)\b)"
)


def denied(view: str, sentence: Passage, start: int, end: int) -> bool:
    """Whether the sentence denies what stands in view[start:end], before, within or after it."""
    before = view[max(sentence.start, start - REACH_BEFORE) : end]
    before = _NO_NEGATION.sub(" ", _TURN.split(before)[-1])
    for found in _DENIES.finditer(before):
        if not _OWN_VERB.search(before, found.end()):
            return True
    after = view[end : min(sentence.end, end + REACH_AFTER)]
    return _DENIED_AFTER.search(_NO_NEGATION.sub(" ", after)) is not None


# -- quoted law ----------------------------------------------------------------------------------

_ARTICLE = re.compile(r"[ \"'(]*(?:art\.? ?\d|artigo \d|sumula)")
_BELOW_ARTICLE = re.compile(r"[ \"'(]*(?:§|paragrafo|[ivx]{1,5} ?-|[a-z]\)|\(?vetado)")
_CITED = re.compile(
    r"\b(?:arts?\.?|artigo|sumula|acordao|lei|decreto|dispoe|estabelece|preve|reza)\b"
)
CITATION_REACH = 160
"""Characters before a quotation in which the norm that it comes from is named."""


def of_law(view: str, found: list[Passage]) -> frozenset[int]:
    """Starts of the sentences that are a norm's own text: articles, and what hangs below them."""
    starts: list[int] = []
    inside = False
    for sentence in found:
        inside = _ARTICLE.match(view, sentence.start) is not None or (
            inside and _BELOW_ARTICLE.match(view, sentence.start) is not None
        )
        if inside:
            starts.append(sentence.start)
    return frozenset(starts)


def quoted(view: str, start: int) -> bool:
    """Whether view[start] stands between quotation marks after the name of a norm."""
    first = max(0, start - LONGEST)
    opened = view.rfind('"', first, start)
    if opened < 0 or view.count('"', first, start) % 2 == 0:
        return False
    if view.find('"', start, start + LONGEST) < 0:
        return False
    return _CITED.search(view, max(0, opened - CITATION_REACH), opened) is not None
