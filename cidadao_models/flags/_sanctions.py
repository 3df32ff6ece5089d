"""Suppliers looked up in a list of sanctions (CEIS, CNEP, a state's), each with its contract's day.

Says who is listed, since when and how surely it is the same party; the list's own mistakes and
court orders that suspend a sanction it can't know.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from cidadao_models.errors import InputError
from cidadao_models.findings import words
from cidadao_models.flags import _names, _reach, _signing, _strength
from cidadao_models.flags._limits import DAYS_PER_YEAR
from cidadao_models.flags._peers import codes_of
from cidadao_models.records import as_text, classify_distinct, mask_cpf, mask_document

Ints = npt.NDArray[np.int64]
Objects = npt.NDArray[np.object_]
Via = Literal["documento", "cpf mascarado e nome", "nome", "nome comum"]

CERTAINTY: dict[Via, float] = {
    "documento": 1.0,
    "cpf mascarado e nome": 0.8,
    "nome": 0.4,
    "nome comum": 0.0,
}
"""Share of the evidence left by the way in which the party was recognised."""

UNKNOWN_REACH = 0.5
"""The same where the list doesn't tell whether the sanction binds this buyer."""

UNSIGNED = 0.8
"""The same where the record gives no day of signature: its date may be a payment's."""

UNKNOWN_END = 0.5
"""The same where the list gives no end and the law's longest term has passed."""

AFTERWARDS = 0.3
"""Weight of a sanction that began while the contract ran: no breach, but it bars an extension."""

NO_BAR = 0.3
"""Weight of a sanction that keeps nobody from contracting (fine, publication)."""

MIN_NAME_WORDS = 3
"""Words of a person's or company's name from which it may stand for the party by itself."""

MIN_ID = 8
"""Characters of an unclassified document (hash, foreign id) from which equality tells."""

NOT_TOLD = "órgão não informado"


@dataclass(slots=True)
class Parties:
    """Distinct parties: kind and digits of the document ("" unknown), plain name, text shown."""

    kind: Objects
    digits: Objects
    valid: npt.NDArray[np.bool_]
    written: list[str]
    name: list[str]
    shown: list[str]


def parties(documents: list[str], names: list[str]) -> Parties:
    """Parties of n documents and names as published; "" where one is missing."""
    found = classify_distinct(pa.array(documents, pa.string()))
    return Parties(
        found.kind, found.digits, found.valid, documents, _names.plain(names), names
    )  # fmt: skip


@dataclass(slots=True)
class _Index:
    """Positions in the list by document (company root) and by name, and the common names."""

    by_document: dict[str, list[int]] = field(default_factory=dict)
    by_name: dict[str, list[int]] = field(default_factory=dict)
    common: set[str] = field(default_factory=set)


def _key(kind: str, valid: bool, digits: str, written: str) -> str:
    """What equality of two documents is judged by; "" where the document tells nothing."""
    if kind == "cnpj":
        return digits[:8] if valid else digits
    if kind == "cpf":
        return digits
    return written if kind == "desconhecido" and len(written) >= MIN_ID else ""


def _visible(kind: str, digits: str) -> str:
    """The six digits of a CPF that portals show; "" where there are others or none."""
    if kind == "cpf":
        return digits[3:9]
    return digits if kind == "cpf_mascarado" and len(digits) == 6 else ""


def _index(listed: Parties) -> _Index:
    index = _Index()
    documents: dict[str, set[str]] = {}
    for at, (kind, valid, digits) in enumerate(
        zip(listed.kind, listed.valid, listed.digits, strict=True)
    ):
        key, name = _key(kind, valid, digits, listed.written[at]), listed.name[at]
        if key:
            index.by_document.setdefault(key, []).append(at)
        if name:
            index.by_name.setdefault(name, []).append(at)
            documents.setdefault(name, set()).add(key or digits)
    index.common = {name for name, found in documents.items() if len(found - {""}) > 1}
    return index


def _recognised(
    index: _Index, listed: Parties, suppliers: Parties
) -> Iterator[tuple[int, int, Via]]:
    """(supplier, position in the list, how it was recognised) of every pair that is one party."""
    for at, (kind, valid, digits) in enumerate(
        zip(suppliers.kind, suppliers.valid, suppliers.digits, strict=True)
    ):
        key, name = _key(kind, valid, digits, suppliers.written[at]), suppliers.name[at]
        if key and key in index.by_document:
            yield from ((at, other, "documento") for other in index.by_document[key])
            continue
        if not name or name not in index.by_name:
            continue
        shown = _visible(kind, digits)
        masked = kind == "cpf_mascarado"
        for other in index.by_name[name]:
            their = _visible(listed.kind[other], listed.digits[other])
            if shown and their:
                if shown == their and (masked or listed.kind[other] == "cpf_mascarado"):
                    yield at, other, "cpf mascarado e nome"
            elif _comparable(kind, listed.kind[other]):
                yield at, other, "nome comum" if _is_common(name, index) else "nome"


def _comparable(kind: str, other: str) -> bool:
    """Whether names may decide: a whole document on each side would have decided already."""
    unknown = ("", "placeholder")
    return kind in unknown or other in unknown


def _is_common(name: str, index: _Index) -> bool:
    short = len(name.split()) < MIN_NAME_WORDS and len(name.replace(" ", "")) < 4 * MIN_NAME_WORDS
    return short or name in index.common or not _names.telling(name)


# -- the list ----------------------------------------------------------------------------------


@dataclass(slots=True)
class Listed:
    """A list of sanctions: parties, periods (NaT unknown), kinds, bodies and stated reach."""

    parties: Parties
    start: _signing.Days
    end: _signing.Days
    category: list[str]
    kind: list[_reach.Kind]
    body: list[str]
    uf: list[str]
    reach: list[str]


def listed(sanctions: pd.DataFrame) -> Listed:
    """The canonical records of a list. InputError when they name nobody."""
    documents, names = _texts(sanctions, "fornecedor_id"), _texts(sanctions, "fornecedor")
    if not any(documents) and not any(names):
        raise InputError(
            "A lista de sanções não traz nomes nem documentos que se reconheçam.",
            hint="Envie a lista CEIS ou CNEP como o Portal da Transparência a publica, com colunas"
            " como “CPF OU CNPJ DO SANCIONADO” e “NOME DO SANCIONADO”.",
            details={"field": "sanctions", "columns": [str(name) for name in sanctions]},
        )
    category, basis = _texts(sanctions, "categoria"), _texts(sanctions, "fundamento_legal")
    start = _signing.days(sanctions, "vigencia_inicio")
    for name in ("data", "data_publicacao"):
        start = np.where(np.isnat(start), _signing.days(sanctions, name), start)
    return Listed(
        parties(documents, names),
        start,
        _signing.days(sanctions, "vigencia_fim"),
        category,
        [_reach.kind_of(c, b) for c, b in zip(category, basis, strict=True)],
        _texts(sanctions, "orgao"),
        _texts(sanctions, "uf"),
        _texts(sanctions, "abrangencia"),
    )


def _texts(table: pd.DataFrame, name: str) -> list[str]:
    if name not in table:
        return [""] * len(table)
    return [text or "" for text in as_text(table[name]).to_pylist()]


# -- records against the list ------------------------------------------------------------------


@dataclass(slots=True)
class _Match:
    """The strongest sanction of one record, in figures and words."""

    position: int
    weight: float
    facts: dict[str, object]


def match(prepared: pd.DataFrame, sanctions: pd.DataFrame) -> dict[str, npt.NDArray[np.generic]]:
    """`_sancao` (position in the list, -1 none), `_sancao_peso` and `_sancao_fatos` of each record.

    A record gets the sanction that speaks strongest on the day of its contract. InputError when
    the list names nobody.
    """
    n = len(prepared)
    found = listed(sanctions)
    position, weight = np.full(n, -1, dtype=np.int64), np.full(n, np.nan)
    facts = np.full(n, None, dtype=object)
    for row, best in _matches(prepared, found):
        position[row], weight[row], facts[row] = best.position, best.weight, best.facts
    return {"_sancao": position, "_sancao_peso": weight, "_sancao_fatos": facts}


def _matches(prepared: pd.DataFrame, found: Listed) -> Iterator[tuple[int, _Match]]:
    code, suppliers = _suppliers(prepared)
    pairs: dict[int, list[tuple[int, Via]]] = {}
    for at, position, via in _recognised(_index(found.parties), found.parties, suppliers):
        pairs.setdefault(at, []).append((position, via))
    if not pairs:
        return
    rows = np.flatnonzero(np.isin(code, list(pairs)))
    when = _signing.signing(prepared)
    ends = _signing.days(prepared, "vigencia_fim")
    buyers = _buyers(prepared, rows)
    for row, buyer in zip(rows, buyers, strict=True):
        at = int(code[row])
        judged = [
            one
            for position, via in pairs[at]
            if (one := _judge(found, position, via, buyer, when, ends[row], int(row))) is not None
        ]
        if judged:
            best = max(judged, key=lambda one: (one.weight, -one.position))
            document = suppliers.written[at]
            best.facts["fornecedor"] = mask_cpf(suppliers.shown[at]) or mask_document(document)
            best.facts["documento"] = mask_document(document) or "não informado"
            yield int(row), best


def _suppliers(prepared: pd.DataFrame) -> tuple[Ints, Parties]:
    """A code for each record's document and name, and the distinct pairs of them."""
    documents, names = (
        codes_of(prepared, "fornecedor_id"),
        codes_of(prepared, "fornecedor"),
    )
    pair = (documents.codes + 1) * (len(names.texts) + 1) + names.codes + 1
    distinct, code = np.unique(pair, return_inverse=True)
    document, name = np.divmod(distinct, len(names.texts) + 1)
    return code.astype(np.int64), parties(
        [documents.texts[k - 1] if k else "" for k in document],
        [names.texts[k - 1] if k else "" for k in name],
    )


def _buyers(prepared: pd.DataFrame, rows: Ints) -> list[_reach.Body]:
    chosen = prepared.iloc[rows]
    orgao, unit = _texts(chosen, "orgao"), _texts(chosen, "unidade_gestora")
    ufs, places = _texts(chosen, "uf"), _texts(chosen, "municipio")
    return [
        _reach.body(" / ".join(filter(None, (a, b))), uf, place)
        for a, b, uf, place in zip(orgao, unit, ufs, places, strict=True)
    ]


def _judge(
    found: Listed,
    position: int,
    via: Via,
    buyer: _reach.Body,
    when: _signing.Signing,
    term_end: np.datetime64,
    row: int,
) -> _Match | None:
    """What one sanction means for one record; None where it has no bearing on it."""
    day, start, end = when.day[row], found.start[position], found.end[position]
    kind = found.kind[position]
    if end <= day or (np.isnat(start) and np.isnat(day)):
        return None
    label, source = _signing.written(day), str(when.source[row])
    if np.isnat(start) or np.isnat(day):
        known = f"{source} em {label}" if label else "o registro não traz data"
        text = f"Não se sabe se valia na data do contrato ({known})."
        return _told(found, position, via, _strength.CONTEXT * CERTAINTY[via], text, 0)
    in_force = int((day - start).astype(np.int64))
    if in_force <= 0:
        return _afterwards(found, position, via, term_end, label, source, in_force)
    count = f"{words.number(in_force)} dia{'s' if in_force > 1 else ''}"
    text = f"O contrato ({source} em {label}) veio {count} depois do início da sanção"
    if kind not in _reach.BARRING:
        text += "; sanções deste tipo não impedem contratar."
        return _told(found, position, via, NO_BAR * _share(via), text, in_force)
    bound = _reach.binds(kind, found.reach[position], _sanctioning(found, position), buyer)
    years = _reach.LONGEST_YEARS.get(kind)
    overdue = years is not None and np.isnat(end) and in_force > years * DAYS_PER_YEAR
    share = (1.0 if when.signed[row] else UNSIGNED) * (UNKNOWN_END if overdue else 1.0)
    weight = _weight(in_force, via, bound, share)
    text = f"{text}. {_BOUND[bound]}"
    if overdue:
        text += f" A lista não diz até quando, e a lei limita esse tipo de sanção a {years} anos."
    return _told(found, position, via, weight, text, in_force)


_BOUND: dict[_reach.Bound, str] = {
    "alcança": "Pelo tipo e pelo alcance informados, ela vale para este comprador.",
    "não se sabe": "A lista não permite saber se ela vale para este comprador.",
    "não alcança": "Pelo que se sabe, ela vale só para o ente que a aplicou, que não é este.",
}


def _share(via: Via) -> float:
    """Part of a context weight that is left by a doubtful identity; a whole one with a document."""
    return 0.5 + 0.5 * CERTAINTY[via]


def _weight(days: int, via: Via, bound: _reach.Bound, share: float) -> float:
    steps = np.log10(days) * share * CERTAINTY[via]
    weight = float(_strength.strength(steps))
    if bound == "não se sabe":
        weight = float(_strength.strength(steps * UNKNOWN_REACH))
    if bound == "não alcança" or via == "nome comum":
        return min(weight * _strength.CONTEXT, _strength.CONTEXT)
    return weight


def _afterwards(
    found: Listed,
    position: int,
    via: Via,
    term_end: np.datetime64,
    label: str,
    source: str,
    days: int,
) -> _Match | None:
    """A sanction younger than the contract: told only where it began within the contract's term."""
    if found.kind[position] not in _reach.BARRING or not term_end > found.start[position]:
        return None
    text = (
        f"O contrato ({source} em {label}) é anterior: isso não é irregular, mas a sanção impede"
        " prorrogá-lo."
    )
    return _told(found, position, via, AFTERWARDS * _share(via), text, days)


def _sanctioning(found: Listed, position: int) -> _reach.Body:
    return _reach.body(found.body[position], found.uf[position], "")


def _told(
    found: Listed, position: int, via: Via, weight: float, relation: str, days: int
) -> _Match:
    facts: dict[str, object] = {
        "sancao": found.category[position] or "sanção sem tipo informado",
        "orgao_sancionador": found.body[position] or NOT_TOLD,
        "periodo": _period(found.start[position], found.end[position]),
        "relacao": relation,
        "identificacao": _IDENTITY[via],
        "dias": days,
        "posicao": position + 1,
    }
    return _Match(position, round(weight, 6), facts)


_IDENTITY: dict[Via, str] = {
    "documento": "mesmo CNPJ (raiz) ou CPF",
    "cpf mascarado e nome": "mesmo nome e mesmos dígitos visíveis do CPF",
    "nome": "só o nome é igual: falta o documento de um dos lados",
    "nome comum": "só o nome é igual, e é um nome comum",
}


def _period(start: np.datetime64, end: np.datetime64) -> str:
    first = "sem data de início" if np.isnat(start) else f"desde {_signing.written(start)}"
    return f"{first}, sem data final" if np.isnat(end) else f"{first} até {_signing.written(end)}"
