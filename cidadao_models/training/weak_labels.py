"""Makes training acts with marked facts from the regular fields of published extracts.

Keeps only acts that read cleanly, none that shares text with an evaluation act, and not too many
of one form or one buyer. Same files, same acts. Trains nothing.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from cidadao_models.models.text_analysis.field_names import Field, split
from cidadao_models.models.text_analysis.folding import Folded, fold
from cidadao_models.training.augment import Change, augment
from cidadao_models.training.weak_act import WeakAct
from cidadao_models.training.weak_fields import Facts, read_facts

__all__ = ["Change", "Tally", "WeakAct", "augment", "weak_acts"]

EXTRACTS = Path("text/train/dodf_extratos_2000_2021/train.jsonl.gz")
EVALUATION = Path("text/evaluate_only/dodf_licita_contratos/train.jsonl.gz")

MAX_PER_FORM = 12
"""Acts whose first 80 letters are the same: the same form of the same buyer."""
MAX_PER_BUYER = 300
"""Acts of one buyer, about 3 % of the acts."""
FORM_LETTERS = 80
SHORTEST, LONGEST = 180, 3000
"""Characters of an act: shorter ones are cut, longer ones hold more than an act."""
SHINGLE_WORDS = 5
SHARED_LETTERS = 200
"""Letters in a row shared with an evaluation act from which a block is left out."""


@dataclass
class Tally:
    """What became of the blocks and of the acts in them."""

    counts: Counter[str] = field(default_factory=Counter)


def weak_acts(data: Path, *, limit: int = 10_000, tally: Tally | None = None) -> Iterator[WeakAct]:
    """Up to `limit` clean acts from the folder of real files, in the order of their hashes."""
    tally = tally if tally is not None else Tally()
    shared = Shingles(_texts(data / EVALUATION))
    taken = Taken()
    blocks = sorted(_texts(data / EXTRACTS), key=lambda block: (_rare(block) is None, _hash(block)))
    for block in blocks:
        if shared.share_text(block):
            tally.counts["bloco com texto de avaliação"] += 1
            continue
        for act in acts_of(block, tally):
            if taken.full(act):
                tally.counts["forma ou órgão repetido"] += 1
            elif taken.acts < limit:
                taken.add(act)
                yield act
        if taken.acts == limit:
            return


@dataclass
class Taken:
    """Acts taken so far, by form and by buyer, so that no form and no buyer fills the training."""

    forms: Counter[str] = field(default_factory=Counter)
    buyers: Counter[str] = field(default_factory=Counter)
    acts: int = 0

    def full(self, act: WeakAct) -> bool:
        form, buyer = _form(act.text), _buyer(act)
        return self.forms[form] >= MAX_PER_FORM or self.buyers[buyer] >= MAX_PER_BUYER

    def add(self, act: WeakAct) -> None:
        self.forms[_form(act.text)] += 1
        self.buyers[_buyer(act)] += 1
        self.acts += 1


_RARE = re.compile(
    r"(?i)termos? (?:de )?aditivo|conv[eê]nio n|termo de coopera|acordo de coopera|rescis[aã]o d"
    r"|distrato"
)


def _rare(block: str) -> re.Match[str] | None:
    """Whether the block may hold kinds of act that are rare here: such blocks are read first."""
    return _RARE.search(block, 0, 4 * _TOP)


def _texts(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in lines]


def _hash(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=8).digest()


def _words(text: str) -> list[str]:
    """Letters only, without accents, words broken at a line's end rejoined."""
    bare = unicodedata.normalize("NFKD", text.replace("-\n", "")).encode("ascii", "ignore")
    return re.findall("[a-z]+", bare.decode().lower())


def _form(text: str) -> str:
    return "".join(_words(text[: 3 * FORM_LETTERS]))[:FORM_LETTERS]


def _buyer(act: WeakAct) -> str:
    return next(
        ("".join(_words(act.text[s:e])) for s, e, label in act.spans if label == "orgao"), ""
    )


class Shingles:
    """The runs of five words of some texts, to tell whether another text repeats them."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._known: set[int] = set()
        for text in texts:
            words = _words(text)
            self._known.update(map(hash, _runs(words)))

    def share_text(self, text: str) -> bool:
        """Whether at least `SHARED_LETTERS` letters in a row are made of known runs."""
        words = _words(text)
        at = 0
        while at <= len(words) - SHINGLE_WORDS:
            # a shared stretch has far more than two runs of words, so each fifth run meets it
            if self._knows(words, at) and self._stretch(words, at) >= SHARED_LETTERS:
                return True
            at += SHINGLE_WORDS
        return False

    def _knows(self, words: list[str], at: int) -> bool:
        return hash(tuple(words[at : at + SHINGLE_WORDS])) in self._known

    def _stretch(self, words: list[str], at: int) -> int:
        """Letters of the known stretch around the run at `at`."""
        first, last = at, at
        while first > 0 and self._knows(words, first - 1):
            first -= 1
        while last < len(words) - SHINGLE_WORDS and self._knows(words, last + 1):
            last += 1
        return sum(map(len, words[first : last + SHINGLE_WORDS]))


def _runs(words: list[str]) -> Iterator[tuple[str, ...]]:
    return (tuple(words[i : i + SHINGLE_WORDS]) for i in range(len(words) - SHINGLE_WORDS + 1))


# -- acts of a block ---------------------------------------------------------------------------

_NEW_EXTRACT = re.compile(
    r"^[ \t]*(?=(?:EXTRATOS?|AVISOS?|RESULTADO|RETIFICA|DESPACHO|ERRATA|TERMO DE ADITAMENTO"
    r"|ATO D|PORTARIA|ORDEM DE SERVI|RESOLU|REPUBLICA|COMUNICADO)\b)",
    re.MULTILINE,
)
_NOT_AN_EXTRACT = re.compile(
    r"[ \t]*(?:AVISO|RESULTADO|RETIFICA|DESPACHO|ERRATA|ATO D|PORTARIA|ORDEM|RESOLU|COMUNICADO)"
)
_NEXT_BODY = re.compile(
    r"\n[ \t]*(?:ADMINISTRAÇÃO|AGÊNCIA|COMISSÃO|COMPANHIA|CONSELHO|CORPO|DEFENSORIA|DEPARTAMENTO"
    r"|DIRETORIA|EMPRESA|FUNDAÇÃO|FUNDO|GERÊNCIA|INSTITUTO|POLÍCIA|PROCURADORIA|SECRETARIA"
    r"|SERVIÇO|SUBSECRETARIA|SUPERINTENDÊNCIA|TRIBUNAL"
    r"|UNIDADE)\b[^a-zà-ÿ:\n]{8,}\n[ \t]*(?=[A-ZÀ-Ý])"
)
"""The heading of the next body in the gazette: what follows it is no part of the act."""
_LINE_HEADS = tuple(
    re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for pattern in (
        r"^[ \t]*esp[eé]cie ?:",
        r"^[ \t]*(?:(?:extrato )?d?[oe]? ?(?:[\wº]+ termo aditivo[^\n]{0,60}|contrato|conv[eê]nio"
        r"|termo de "
        r"\w+)(?: n|:| \d| [A-Z]{2,5} n))",
        r"^[ \t]*contratante ?:",
        r"^[ \t]*(?:n[uú]mero do )?processo",
        r"^[ \t]*(?:das? )?partes ?:",
    )
)
_SIGNED = re.compile(r"(?i)signat|assinant|assinam|p/ ?\w|pel[oa]s? \w")
_OBJECT = re.compile(r"\bobjeto(?: do (?:contrato|termo aditivo|aditivo))? ?:", re.IGNORECASE)


def acts_of(block: str, tally: Tally | None = None) -> Iterator[WeakAct]:
    """The clean acts of one block."""
    tally = tally if tally is not None else Tally()
    for piece in pieces_of(block):
        act = read_act(piece)
        tally.counts["limpo" if act else "não limpo"] += 1
        if act is not None:
            yield act


def pieces_of(block: str) -> Iterator[str]:
    """The block cut into single acts; parts that cannot be cut for sure are left out."""
    cuts = [m.start() for m in _NEW_EXTRACT.finditer(block) if m.start()] + [len(block)]
    start = 0
    for cut in cuts:
        part = block[start:cut]
        start = cut
        if not _NOT_AN_EXTRACT.match(part):
            yield from _single(_own(part))


def _own(part: str) -> str:
    """The part up to the heading of the next body, looked for behind its object."""
    objects = [m.end() for m in _OBJECT.finditer(part)]
    heading = _NEXT_BODY.search(part, objects[-1]) if objects else None
    signed = heading is not None and _SIGNED.search(part, objects[-1], heading.start())
    return part[: heading.start()] if heading is not None and signed else part


def _single(part: str) -> Iterator[str]:
    objects = [m.start() for m in _OBJECT.finditer(part)]
    if len(objects) <= 1:
        yield part.strip()
        return
    for head in _LINE_HEADS:
        starts = [m.start() for m in head.finditer(part)]
        if len(starts) < 2 or not _alternate(starts, objects):
            continue
        bounds = [0, *starts[1:], len(part)]
        yield from (part[a:b].strip() for a, b in pairwise(bounds))
        return
    if len(objects) == 2 and re.search(r"(?i)objeto do (?:termo )?aditivo", part):
        yield part.strip()


def _alternate(starts: list[int], objects: list[int]) -> bool:
    """Whether each start is followed by one object, or by two where one is an addendum's."""
    edges = [*starts, max(objects[-1], starts[-1]) + 1]
    inside = [sum(a < o < b for o in objects) for a, b in pairwise(edges)]
    return objects[0] > starts[0] and all(n == 1 for n in inside)


_ADDENDUM = re.compile(
    r"\btermos? (?:de )?(?:aditivo|aditamento)\b|\b(?:aditivo|aditamento) (?:ao|de) contrato"
)
_AGREEMENT = re.compile(
    r"\bconvenio\b|\b(?:termo|acordo) de cooperacao\b|\btermo de (?:fomento|colaboracao)\b"
)
_OTHER = re.compile(
    r"\b(?:rescisao|distrato|apostila\w*|retificacao|ratificacao d[ae] (?:dispensa|inexig))"
)
_CONTRACT = re.compile(r"\bcontrat(?:o|os|ual|uais)\b")
_TOP = 260
"""Characters at the start of an act in which it says what it is."""


def act_type_of(folded: Folded, fields: list[Field]) -> str | None:
    """The kind of act by its title and its field "Espécie"; None where they leave a doubt."""
    species = [folded.text[f.start : f.end] for f in fields if f.kind == "especie"]
    first = min((f.head for f in fields), default=len(folded.text))
    top = " ".join([folded.text[: max(min(first, _TOP), 40)], *species])
    addendum = _ADDENDUM.search(top) or _ADDENDUM.search(folded.text, 0, _TOP)
    agreement, other = _AGREEMENT.search(top), _OTHER.search(top)
    if other:
        return "outro" if "rescisao" in other[0] or "distrato" in other[0] else None
    if addendum:
        return None if agreement else "aditamento_contrato"
    if agreement:
        return "extrato_convenio"
    late = _ADDENDUM.search(folded.text) or _OTHER.search(folded.text)
    return "extrato_contrato" if _CONTRACT.search(top) and not late else None


def read_act(text: str) -> WeakAct | None:
    """The act with its facts; None where it does not read cleanly."""
    if not SHORTEST <= len(text) <= LONGEST:
        return None
    folded = fold(text)
    act_type = act_type_of(folded, split(folded))
    facts = read_facts(folded) if act_type else None
    if facts is None or act_type is None:
        return None
    if act_type == "extrato_contrato" and _CHANGES.match(_object_of(folded, facts)):
        return None
    return WeakAct(text, _spans(folded, facts), act_type, _ignored(folded, facts))


_CHANGES = re.compile(
    r"(?:[a-z ]{0,60} objeto,? )?(?:[ao] )?(?:prorrog|acresc|acresci|reajust|repactu|supress"
    r"|suplement|retific|rescis"
    r"|rescind|alterar|alteracao|aditar|aditamento|renov)"
)
"""An object that changes a contract in an act that calls itself one: its kind is in doubt."""


def _object_of(folded: Folded, facts: Facts) -> str:
    return next(folded.text[s:e] for s, e, label in facts.spans if label == "objeto")


def _spans(folded: Folded, facts: Facts) -> tuple[tuple[int, int, str], ...]:
    return tuple(sorted((*folded.span(start, end), label) for start, end, label in facts.spans))


def _ignored(folded: Folded, facts: Facts) -> tuple[tuple[int, int], ...]:
    """Pieces that are not sure, joined, without those that a span of their own size explains."""
    known = {(start, end) for start, end, _ in facts.spans}
    pieces = sorted({p for p in facts.ignore if p[0] < p[1] and p not in known})
    joined: list[tuple[int, int]] = []
    for start, end in (folded.span(*piece) for piece in pieces):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif start < end:
            joined.append((start, end))
    return tuple(joined)
