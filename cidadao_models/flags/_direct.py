"""On what ground a direct award rests, read from its legal basis and modality.

Knows the articles of Leis 14.133/2021, 8.666/1993 and 13.303/2016 on direct awards; judges none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cidadao_models import records as fields
from cidadao_models.flags import _limits
from cidadao_models.flags._peers import Encoded, codes_of, encode
from cidadao_models.flags._shared import shared

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

NONE, UNSTATED, VALUE, VALUE_WORKS, VALUE_OTHER, OTHER = range(6)
"""Ground of an award: no "dispensa"; one that names no ground; small value (item not told, item I,
item II); another ground."""

BY_VALUE = (VALUE, VALUE_WORKS, VALUE_OTHER)

_MEMORY = 1 << 16
"""Distinct texts whose reading is kept: a file repeats few legal bases over and over."""

DISPENSA, INEXIGIBILIDADE, TENDER = "dispensa", "inexigibilidade", "licitacao"
"""What an article is about: a direct award of either kind, or a modality of tender (art. 28)."""

_LAWS = {
    "14.133": re.compile(r"14\.?\s?133"),
    "8.666": re.compile(r"8\.?\s?666"),
    "13.303": re.compile(r"13\.?\s?303"),
    "outra": re.compile(
        r"13\.?\s?979|14\.?\s?035|14\.?\s?124|14\.?\s?217|11\.?\s?947|14\.?\s?628|14\.?\s?981"
        r"|10\.?\s?880|12\.?\s?512|11\.?\s?652|13\.?\s?243|10\.?\s?973|8\.?\s?958|12\.?\s?305"
    ),
}
"""Laws by number. "outra": acts that allow a direct award on grounds of their own (covid, food of
family farming, disasters, research, recycling)."""

_ARTICLE = re.compile(
    r"\bart(?:igo)?s?\b[\s.:º°]*(?:n[º°o]?[\s.]*)?(\d{1,3})(?!\d|\.\d|/)[ºo°a]?"
    r"(?=\W|$)([^§]{0,24})"
)
_BARE = re.compile(r"(?<![\d./§])\b(74|75|24|25|29|30)[ºo°]?\s*[,.:\s-]\s*((?:inc\w*\W*)?[ivx]+\b)")
_ITEM_FIRST = re.compile(
    r"\binc(?:iso)?s?\b[\s.:]*([ivx]+|0?\d{1,2})\b[\s,]*(?:d[oa]|-|,)?\s*art\w*[\s.:]*(\d{1,3})"
)
_NEXT_ITEM = re.compile(
    r"^[\s,.:;ºo°\-–/()]*(?:caput[\s,.:;-]*)?(?:inc(?:iso)?s?\b[\s.:º°]*(?:n[º°o]\s*)?)?"
    r"([ivx]+|0?\d{1,2})\b(?![\s,]*d[eo]\b|/|\.\d)"
)
_MORE_ITEMS = re.compile(r"^\s*(?:,|e|ou|/)\s*([ivx]+)\b")
_ALONE = re.compile(r"^(?:inc(?:iso)?[\s.:]*)?([ivx]+|0?[12])\W*$")
_ROMAN = {"i": 1, "v": 5, "x": 10}


@dataclass(frozen=True, slots=True)
class Basis:
    """A legal basis as read: laws named, and (article, items) pairs in order of mention."""

    laws: frozenset[str]
    articles: tuple[tuple[int, tuple[int, ...]], ...]

    @property
    def law(self) -> str:
        """The only law named, else that of the articles, or "" where neither tells."""
        if len(self.laws) == 1:
            return next(iter(self.laws))
        told = {_LAW_OF_ARTICLE.get(article, "") for article, _ in self.articles}
        return next(iter(told)) if len(told) == 1 else ""


_LAW_OF_ARTICLE = {74: "14.133", 75: "14.133", 24: "8.666", 25: "8.666"}
_KINDS = {
    ("14.133", 75): DISPENSA,
    ("14.133", 74): INEXIGIBILIDADE,
    ("14.133", 28): TENDER,
    ("8.666", 24): DISPENSA,
    ("8.666", 25): INEXIGIBILIDADE,
    ("13.303", 29): DISPENSA,
    ("13.303", 30): INEXIGIBILIDADE,
}
BY_VALUE_ARTICLE = {"14.133": 75, "8.666": 24, "13.303": 29}
"""Article of each law whose items I and II allow a direct award for its small value."""


def _folded(text: str) -> str:
    return " ".join(text.lower().replace("í", "i").replace("ó", "o").replace("ç", "c").split())


@lru_cache(maxsize=_MEMORY)
def read_basis(text: str) -> Basis:
    """What a legal basis cites: "Lei 14.133/2021, Art. 75, II" -> 14.133, ((75, (2,)),).

    Reads "Artigo: 24 - Inciso: II", "inc. II do art. 24" and a bare "II" (article 0) too.
    """
    plain = _folded(text)
    laws = frozenset(name for name, pattern in _LAWS.items() if pattern.search(plain))
    alone = _ALONE.match(plain)
    if alone:
        return Basis(laws, ((0, (_number(alone[1]),)),))
    articles: list[tuple[int, tuple[int, ...]]] = [
        (int(m[2]), (_number(m[1]),)) for m in _ITEM_FIRST.finditer(plain)
    ]
    if not articles:
        found = [*_ARTICLE.finditer(plain)] or [*_BARE.finditer(plain)]
        articles = [(int(m[1]), _items(m[2])) for m in found]
    return Basis(laws, tuple(dict.fromkeys(articles)))


def _items(rest: str) -> tuple[int, ...]:
    first = _NEXT_ITEM.match(rest)
    if first is None:
        return ()
    items = [_number(first[1])]
    more = _MORE_ITEMS.match(rest[first.end() :])
    return (*items, _number(more[1])) if more else tuple(items)


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    values = [_ROMAN[letter] for letter in text]
    return sum(-v if v < max(values[i:]) else v for i, v in enumerate(values))


def kinds(basis: Basis) -> frozenset[str]:
    """What the articles cited are about: dispensa, inexigibilidade, licitacao."""
    law = basis.law
    return frozenset(_KINDS[law, a] for a, _ in basis.articles if (law, a) in _KINDS)


_BY_VALUE_WORDS = re.compile(
    r"(?:por|em razao do|pelo|baixo|pequeno|reduzido|-|\() ?valor|por limite|pequena monta"
    r"|cotacao eletronica|\bcotep\b|\bcoep\b"
)
_OTHER_WORDS = re.compile(
    r"outr[oa]s|demais|exceto|emergenc|calamidad|covid|coronav|deserta|fracassad|imove|judicial"
    r"|agricultura familiar|chamada publica|remanescente|sem fins lucrativos|nao por valor"
    r"|adm direta|pesquisa"
)
NOT_BY_VALUE = (
    r"(?i)emerg[eê]nci|calamidade|covid|coronav|13\.?979|agricultura familiar|chamada p[uú]blica"
    r"|im[oó]ve[li]|inexig|judicial|ades[aã]o"
)
"""Grounds of a direct award other than its small value: those sums have no such limit."""

_NOT_DISPENSA = ("pregao", "tomada_precos", "concorrencia", "dialogo", "convite", "leilao",
                 "concurso", "adesao", "inexigibilidade", "credenciamento")  # fmt: skip


@lru_cache(maxsize=_MEMORY)
def _ground_of_basis(text: str) -> int:
    """Ground that the legal basis names; UNSTATED where it names none."""
    basis = read_basis(text)
    if not basis.articles:
        told = "outra" in basis.laws or re.search(NOT_BY_VALUE, text)
        return OTHER if told else VALUE if _BY_VALUE_WORDS.search(_plain(text)) else UNSTATED
    wanted = (BY_VALUE_ARTICLE.get(basis.law, -1), 0)
    items = [item for article, items in basis.articles if article in wanted for item in items]
    if any(item > 2 for item in items) or "outra" in basis.laws:
        return OTHER
    if items:
        return VALUE if len(set(items)) > 1 else VALUE_WORKS if items[0] == 1 else VALUE_OTHER
    return UNSTATED if any(article in wanted for article, _ in basis.articles) else OTHER


def _plain(text: str) -> str:
    return fields.plain_words(text).replace("-", " - ")


@lru_cache(maxsize=_MEMORY)
def _ground_of_modality(text: str) -> int:
    """Ground that a modality of direct award names in its text: "Dispensa por Valor"."""
    basis = _ground_of_basis(text)
    if basis != UNSTATED:
        return basis
    plain = _plain(text)
    if _OTHER_WORDS.search(plain):
        return OTHER
    return VALUE if _BY_VALUE_WORDS.search(plain) else UNSTATED


@dataclass(frozen=True, slots=True)
class Grounds:
    """For each record its `ground` and the `regime` stated (position in `REGIMES`, -1 none)."""

    ground: Ints
    regime: Ints


@shared
def grounds(contracts: pd.DataFrame) -> Grounds:
    """Ground and law of each record; a record that states another modality is no dispensa."""
    basis = codes_of(contracts, "fundamento_legal")
    modality = codes_of(contracts, "modalidade")
    told = per_text(basis, _ground_of_basis, UNSTATED)
    direct = per_text(modality, _is_dispensa, 0)
    by_words = per_text(modality, _ground_of_modality, UNSTATED)
    told = np.where((told == UNSTATED) & (direct == 1), by_words, told)
    by_value = (told >= VALUE) & (told <= VALUE_OTHER)
    ground = np.where(direct == 1, told, np.where((direct == 0) & by_value, told, NONE))
    return Grounds(ground, regimes(basis, modality))


@lru_cache(maxsize=_MEMORY)
def _is_dispensa(text: str) -> int:
    """1 for a dispensa, -1 for another modality, 0 where the text does not tell."""
    told = str(fields.modality_class([text]).iloc[0])
    if told == "dispensa" or (told == "outros" and _BY_VALUE_WORDS.search(_plain(text))):
        return 1
    return -1 if told in _NOT_DISPENSA else 0


def per_text(texts: Encoded, judge: Callable[[str], int], missing: int) -> Ints:
    """`judge` of each row's text, asked once a distinct text; `missing` where there is none."""
    told = [judge(text) for text in texts.texts]
    return np.array([*told, missing], dtype=np.int64)[texts.codes]


def regimes(*texts: Encoded) -> Ints:
    """Position in `_limits.REGIMES` of the law named by the first text that names one, else -1."""
    regime = np.full(len(texts[0].codes), -1, dtype=np.int64)
    for encoded in texts:
        found = per_text(encoded, _regime, -1)
        regime = np.where(regime < 0, found, regime)
    return regime


@lru_cache(maxsize=_MEMORY)
def _regime(text: str) -> int:
    law = read_basis(text).law or _limits.stated_regime(text) or ""
    return _limits.REGIMES.index(law) if law in _limits.REGIMES else -1


def buyer_name(contracts: pd.DataFrame, row: int) -> str:
    """How a reader knows the buyer of a record: unit or body by name, else its code."""
    for name in ("unidade_gestora", "orgao", "unidade_gestora_id", "orgao_id"):
        if name in contracts and not pd.isna(contracts[name].iloc[row]):
            text = str(contracts[name].iloc[row])
            return f"código {text}" if name.endswith("_id") else text
    return "sem nome"


def cites_works(text: str) -> bool:
    """Whether a legal basis cites the item for works and engineering services."""
    return _ground_of_basis(text) == VALUE_WORKS


def ground_in_modality(contracts: pd.DataFrame) -> Bools:
    """Records whose modality itself names the ground: "Dispensa - art. 75, II"."""
    modality = codes_of(contracts, "modalidade")
    return per_text(modality, _names_a_ground, 0) == 1


def _names_a_ground(text: str) -> int:
    return int(bool(read_basis(text).articles) or _ground_of_modality(text) in BY_VALUE)


def stated(contracts: pd.DataFrame, row: int) -> str:
    """The words that tell the ground of the record at position `row`, as published."""
    texts = {
        name: str(contracts[name].iloc[row])
        for name in ("fundamento_legal", "modalidade")
        if name in contracts and not pd.isna(contracts[name].iloc[row])
    }
    basis, modality = texts.get("fundamento_legal", ""), texts.get("modalidade", "")
    if not modality or (basis and _ground_of_basis(basis) != UNSTATED):
        return basis
    return modality


FEW_ROWS = 500
"""Up to so many texts a plain loop is faster than setting up a search over a whole column."""


def mentions(contracts: pd.DataFrame, rows: Ints, pattern: str = NOT_BY_VALUE) -> Bools:
    """Rows whose object, legal basis or modality has the words of `pattern`."""
    told = np.zeros(len(rows), dtype=bool)
    if "objeto" in contracts and len(rows):
        told |= _found(fields.as_text(contracts["objeto"]).take(pa.array(rows)), pattern)
    search = re.compile(pattern).search
    for name in ("fundamento_legal", "modalidade"):
        if name in contracts and len(rows):
            texts = encode(contracts[name].iloc[rows], len(rows))
            told |= np.array([*(search(text) is not None for text in texts.texts), False])[
                texts.codes
            ]
    return told


def _found(texts: pa.Array, pattern: str) -> Bools:
    if len(texts) <= FEW_ROWS:
        search = re.compile(pattern).search
        return np.array([search(text or "") is not None for text in texts.to_pylist()])
    found = pc.fill_null(pc.match_substring_regex(texts, pattern), False)
    return np.asarray(found.to_numpy(zero_copy_only=False))
