"""Column titles compared as people mean them: without accents, case, punctuation, abbreviations.

Knows words, not fields.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200b\ufeff]")
_CURRENCY = re.compile(r"\(?\s*(?:em\s+)?R\$\s*(?:1,00|mil)?\s*\)?|\bem reais\b", re.IGNORECASE)
_NUMBER_SIGN = re.compile(r"\b[nN][º°ª]\.?")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_STOP_WORDS = frozenset(
    [
        "de",
        "do",
        "da",
        "dos",
        "das",
        "o",
        "os",
        "a",
        "as",
        "em",
        "e",
        "no",
        "na",
        "nos",
        "nas",
        "ao",
        "por",
        "para",
        "com",
        "the",
        "of",
    ]
)
_SAME_WORD = {
    short: word
    for word, shorts in {
        "valor": "vl vlr val vlor",
        "data": "dt dat dta dthr",
        "nome": "nm nom",
        "codigo": "cd cod",
        "numero": "nr nu num nro n",
        "descricao": "ds dsc desc",
        "tipo": "tp",
        "quantidade": "qt qtd qtde qntd quant",
        "vigencia": "vig",
        "licitacao": "lic",
        "contrato": "ctr contr",
        "processo": "proc",
        "fornecedor": "forn fornec",
        "municipio": "mun munic",
        "unidade": "unid und",
        "percentual": "perc pct porcentagem",
        "documento": "doc docto",
    }.items()
    for short in shorts.split()
}
_GLUED = tuple(
    (short, word)
    for short, word in sorted(_SAME_WORD.items(), key=lambda pair: -len(pair[0]))
    if word in {"valor", "data", "nome", "codigo", "numero", "descricao", "tipo", "quantidade"}
    and len(short) >= 2
)


@lru_cache(maxsize=20_000)
def name_key(title: str) -> str:
    """`Nº do Contrato (R$)`, `nr_contrato` and `numeroContrato` all give `numerocontrato`."""
    return "".join(_words(title))


def _words(title: str) -> list[str]:
    clean = _CURRENCY.sub(" ", _NUMBER_SIGN.sub("numero ", _CONTROL.sub(" ", title)))
    clean = clean.replace("%", " percentual ")
    plain = unicodedata.normalize("NFKD", clean).encode("ascii", "ignore").decode()
    words = re.findall("[a-z0-9]+", _CAMEL.sub(" ", plain).lower())
    kept = [_SAME_WORD.get(word, word) for word in words if word not in _STOP_WORDS]
    return kept or words


def spellings(key: str) -> list[str]:
    """What `vlhomologado` may stand for: abbreviations written without a break, and itself."""
    return [key] + [
        word + key[len(short) :]
        for short, word in _GLUED
        if key.startswith(short) and not key.startswith(word) and len(key) > len(short) + 2
    ]
