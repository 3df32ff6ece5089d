"""Column titles compared as people mean them: without accents, case, punctuation, abbreviations.

Knows words, not fields.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200b\ufeff]")
_UNIT = r"(?:mil(?:hares)?\b(?:\s+de)?|milh[oõ]es(?:\s+de)?|1\.000(?:\.000)?(?:,00)?)"
_CURRENCY = re.compile(
    rf"\(?\s*(?:\bem\s+)?(?:{_UNIT}\s+)?(?:R\$|\bBRL\b|\breais\b)\s*(?:1,00|{_UNIT})?\s*\)?"
    rf"|\bem\s+{_UNIT}",
    re.IGNORECASE,
)
_MILLIONS = re.compile(r"milh[oõ]es|1\.000\.000", re.IGNORECASE)
_THOUSANDS = re.compile(r"\bmil\b|milhares|1\.000(?!\.)", re.IGNORECASE)
_FIRST_OF_LIST = re.compile(r"[./\[]0(?=[./\]])")
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
        "pra",
        "the",
        "of",
    ]
)
_SAME_WORD = {
    short: word
    for word, shorts in {
        "valor": "vl vlr vr val vlor valores",
        "data": "dt dat dta dthr",
        "nome": "nm nom",
        "codigo": "cd cod",
        "numero": "nr nu num nro n",
        "descricao": "ds dsc desc",
        "tipo": "tp",
        "quantidade": "qt qtd qtde qntd quant",
        "vigencia": "vig vigenc",
        "licitacao": "lic",
        "contrato": "ctr contr cto",
        "processo": "proc",
        "fornecedor": "forn fornec",
        "credor": "cred",
        "favorecido": "favorec",
        "modalidade": "mod modal",
        "objeto": "obj objetivo",
        "orgao": "org",
        "secretaria": "secr",
        "municipio": "mun munic",
        "assinatura": "assin",
        "publicacao": "publ public",
        "abertura": "abert",
        "vencimento": "venc vencto",
        "homologacao": "homolog",
        "pagamento": "pagto pgto",
        "emissao": "emis",
        "inicio": "ini inic",
        "convenio": "conv",
        "identificacao": "identif",
        "total": "tot",
        "unitario": "unit",
        "estimado": "estim",
        "aditivo": "adit",
        "situacao": "sit",
        "historico": "hist historico1",
        "elemento": "elem",
        "despesa": "desp",
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
    clean = _FIRST_OF_LIST.sub("", clean)
    clean = clean.replace("%", " percentual ")
    plain = unicodedata.normalize("NFKD", clean).encode("ascii", "ignore").decode()
    words = re.findall("[a-z0-9]+", _CAMEL.sub(" ", plain).lower())
    if words[0:1] == ["no"]:  # what is left of "Nº" without its sign; a preposition starts nothing
        words[0] = "numero"
    kept = [_SAME_WORD.get(word, word) for word in words if word not in _STOP_WORDS]
    return kept or words


@lru_cache(maxsize=20_000)
def money_unit(title: str) -> int:
    """R$ that one unit of a column is worth by its title: 1,000 for `Valor (R$ mil)`, else 1."""
    stated = " ".join(_CURRENCY.findall(title))
    if _MILLIONS.search(stated):
        return 1_000_000
    return 1_000 if _THOUSANDS.search(stated) else 1


def spellings(key: str) -> list[str]:
    """What `vlhomologado` may stand for: abbreviations written without a break, and itself."""
    return [key] + [
        word + key[len(short) :]
        for short, word in _GLUED
        if key.startswith(short) and not key.startswith(word) and len(key) > len(short) + 2
    ]
