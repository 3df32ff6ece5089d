"""Names of suppliers as people compare them: bare words, what kind of person, and likeness.

Compares spellings; which of two names is the right one it can't know.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import fuzz

from cidadao_models.flags import _objects

_SUFFIXES = frozenset(
    "ltda limitada me epp sa eireli mei cia ss sc ei filial matriz falida unipessoal".split()
)
"""Words that end a company's name and say its form."""

_PARTICLES = frozenset(("de", "da", "do", "e"))
"""Words after which "sa" is a family name, not a company's form."""

_FORM = r"(?i)\b(?:ltda|limitada|eireli|s ?[/.] ?a\b|sociedade an[oô]nima)"
"""Forms that only a company with a CNPJ has; "ME" is not one: a person trades under it too."""

_TRAIL = re.compile(
    rb"(?: (?:cpfh[0-9a-f]{10}|\d{3} \d{3} \d{3} \d{2}|\d{11}|\d{14}))+$"
    rb"| em (?:recuperacao judicial|liquidacao.*)$"
)
_HEAD = re.compile(rb"^(?:\d{2} \d{3} \d{3}|\d{11}|\d{14})(?: \d{4} \d{2})? ")
"""Documents written before or after the name: `12.345.678 FULANO`, `FULANO 12345678909`."""

_MARKED = re.compile(rb"\d|cpfh| em (?:rec|liq)")
"""What a name has that either of them changes."""

_BUSINESS = frozenset(
    "comercio comercial industria industrial ind servicos servico serv distribuidora distrib dist"
    " construtora construcoes construcao const transportes transporte transp empresa produtos prod"
    " materiais material grupo companhia cia associacao assoc instituto fundacao centro engenharia"
    " consultoria representacoes locacao locacoes solucoes sistemas tecnologia importacao"
    " exportacao imp exp participacoes empreendimentos alimentos medicamentos hospitalar eventos"
    " producoes auto equipamentos loja padaria mercado supermercado restaurante farmacia posto"
    " oficina papelaria livraria confeccoes moveis".split()
)
"""Words of trades: a name with one of them is no person's."""

_GENERIC = _BUSINESS | frozenset(
    "de da do das dos e em para por com a o as os brasileira brasil nova novo geral nacional"
    " municipal estadual federal prefeitura secretaria estado municipio fundo saude educacao silva"
    " santos souza sousa oliveira pereira costa lima ferreira rodrigues alves filho junior neto"
    " maria jose joao antonio ana".split()
)
"""Words that many names share: sharing one of them relates no two suppliers."""

_CLOSE_WORDS = 80
"""Least likeness (0-100, rapidfuzz `ratio`) of two words that are spellings of one."""

_CLOSE_NAMES = 72
"""The same for whole names without blanks: `HOMECARE` and `HOME CARE MEDICAL`."""

_MIN_WORD = 3
"""Letters from which a word can be the short form of another (`SEC`, `SECRETARIA`)."""


def plain(texts: Sequence[str]) -> list[str]:
    """Each name in bare lower-case words, without company form and documents; "" when empty."""
    return [_bare(text) for text in _objects.fold(texts)]


def _bare(text: bytes) -> str:
    text = b" ".join(text.split())
    if _MARKED.search(text):
        text = _TRAIL.sub(b"", _HEAD.sub(b"", text))
    words = text.decode("ascii").split()
    while len(words) > 1:
        if words[-1] in _SUFFIXES and words[-2] not in _PARTICLES:
            words.pop()
        elif words[-2:] in (["s", "a"], ["s", "c"], ["s", "s"]) and len(words) > 2:
            del words[-2:]
        else:
            break
    return " ".join(words)


def are_companies(texts: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Whether each name, as published, states a form that only companies have (LTDA, S/A)."""
    stated = pc.match_substring_regex(pa.array(texts, pa.string()), _FORM)
    return np.asarray(stated.to_numpy(zero_copy_only=False), dtype=bool)


def may_be_person(name: str) -> bool:
    """Whether a plain name has no word of a trade, and at least two words."""
    parts = name.split()
    return len(parts) > 1 and not _BUSINESS.intersection(parts)


_NOBODY = re.compile(
    r"^(?:consorcio|diversos|varios|outros|folha|pagamento|credor(?:es)? |servidor(?:es)?|nao |sem "
    r"|fornecedor(?:es)? (?:divers|vari)|inss\b|fgts\b|tributos|suprimento|adiantamento|diarias?\b)"
)
"""How texts begin that stand for no supplier in particular, or for several together."""


def is_nobody(name: str) -> bool:
    """Whether a plain name stands for no supplier in particular, or for several together."""
    return _NOBODY.match(name) is not None


def telling(name: str) -> list[str]:
    """The words of a plain name that few others share."""
    return [word for word in name.split() if word not in _GENERIC and len(word) > 1]


def likeness(a: str, b: str) -> float:
    """0 to 100: how far two plain names may be spellings of one.

    100 where a telling word is shared, for initials (`CEMIG`), short forms (`SEC ESTADO SAUDE`)
    and one name inside the other.
    """
    first, second = telling(a) or a.split(), telling(b) or b.split()
    if any(_same_word(x, y) for x in first for y in second):
        return 100.0
    joined = "".join(first), "".join(second)
    if _is_short_form(a, b) or _is_short_form(b, a):
        return 100.0
    whole = fuzz.ratio(*joined)
    shorter = min(map(len, joined))
    part = fuzz.partial_ratio(*joined) if shorter >= 2 * _MIN_WORD else 0.0
    in_order = fuzz.token_sort_ratio(" ".join(first), " ".join(second))
    return float(max(whole, in_order, 100.0 if part >= 90 else 0.0))


def different(a: str, b: str) -> bool:
    """Whether two plain names are clearly of different suppliers."""
    return likeness(a, b) < _CLOSE_NAMES


def _same_word(x: str, y: str) -> bool:
    if x == y:
        return True
    short, long = sorted((x, y), key=len)
    if len(short) >= _MIN_WORD and long.startswith(short):
        return True
    return len(short) > _MIN_WORD and fuzz.ratio(x, y) >= _CLOSE_WORDS


def _is_short_form(short: str, long: str) -> bool:
    """`cemig` of `companhia energetica de minas gerais`: letters in order, from word starts."""
    words = long.split()
    for word in short.split():
        if 2 <= len(word) <= 10 and len(words) > 1 and _spells(word, words):
            return True
    return False


def _spells(word: str, words: list[str]) -> bool:
    """Whether `word` is made of beginnings of `words` in order, some of them skipped."""
    if not word:
        return True
    for at, other in enumerate(words):
        size = 0
        while size < min(len(word), len(other)) and word[size] == other[size]:
            size += 1
            if _spells(word[size:], words[at + 1 :]):
                return True
    return False
