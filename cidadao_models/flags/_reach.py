"""How far a sanction reaches: what kind it is, whom it binds, and whether the buyer is among them.

Reads kinds, laws and the names of bodies; where these don't tell, it says that it does not know.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from cidadao_models.records import plain_words

Kind = Literal["inidoneidade", "impedimento", "suspensao", "proibicao", "outra", "sem_efeito"]
Sphere = Literal["federal", "estadual", "municipal", ""]
Bound = Literal["alcança", "não se sabe", "não alcança"]

_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        "sem_efeito",
        re.compile(
            r"interdicao|dissolucao|reabilit|^arquiv|^absolv|leniencia|\bdemissao|\bcassacao"
            r"|destituicao|perdimento"
        ),
    ),
    ("inidoneidade", re.compile(r"\binidon|\bart\w* 46\b.*\b8 ?443\b|\b8 ?443\b.*\bart\w* 46\b")),
    ("proibicao", re.compile(r"improbidade|^proib|\b8 ?429\b|\b9 ?504\b|\b9 ?605\b|\b12 ?529\b")),
    ("impedimento", re.compile(r"\bimped|\bproib|\b10 ?520\b|\b12 ?462\b")),
    ("suspensao", re.compile(r"\bsuspens")),
    ("inidoneidade", re.compile(r"\b87\b.{0,12}\biv\b|\b156\b.{0,12}\biv\b")),
    ("impedimento", re.compile(r"\b156\b.{0,12}\biii\b")),
    ("suspensao", re.compile(r"\b87\b.{0,12}\biii\b|\b13 ?303\b.*\b83\b|\b83\b.*\b13 ?303\b")),
    ("sem_efeito", re.compile(r"\bmulta|publicacao extraordinaria|advertencia|\b12 ?846\b")),
)
"""Kind of a sanction by the words of its category, else of its legal basis; the first that fits."""

_EITHER = re.compile(r"^impedimento proibicao")
"""The CEIS has one category for administrative impediments and court prohibitions."""

_BY_COURT = re.compile(r"improbidade|\b8 ?429\b|\b9 ?504\b|\b9 ?605\b")

_NO_BAR = re.compile(r"\b12 ?846\b")
"""Sanctions of Lei 12.846/2013 (fine, publication, art. 19) don't bar public contracts."""

_BARS_BY_LAW = re.compile(r"\b(?:8 ?666|10 ?520|14 ?133|13 ?303|8 ?429|12 ?462|8 ?443)\b|inidon")

BARRING: frozenset[Kind] = frozenset(
    ("inidoneidade", "impedimento", "suspensao", "proibicao", "outra")
)
"""Kinds that keep a company from contracting, an unnamed one included: such lists hold bars."""


LONGEST_YEARS: dict[Kind, int] = {"suspensao": 2, "impedimento": 5}
"""Longest terms: Lei 8.666/1993, art. 87, III; Lei 10.520/2002, art. 7º (Lei 14.133/2021, art. 156,
§ 4º: 3 years). Inidoneidade lasts until rehabilitation. From memory, not verified."""


@lru_cache(maxsize=20_000)
def kind_of(category: str, basis: str) -> Kind:
    """What a sanction is by its category, else by its legal basis; "outra" when neither says."""
    words, law = _words(category), _words(basis)
    if _NO_BAR.search(f"{words} {law}") and not _BARS_BY_LAW.search(f"{words} {law}"):
        return "sem_efeito"
    if _EITHER.search(words):
        return "proibicao" if _BY_COURT.search(law) else "impedimento"
    for text in (words, law):
        for kind, pattern in _KINDS:
            if text and pattern.search(text):
                return kind
    return "outra"


def _words(text: str) -> str:
    return " ".join(plain_words(text).replace("-", " ").split())


# -- bodies and spheres ------------------------------------------------------------------------

_SPHERES: tuple[tuple[Sphere, re.Pattern[str]], ...] = (
    ("municipal", re.compile(r"\bprefeitura|\bmunicip|\bcamara de vereadores")),
    (
        "estadual",
        re.compile(
            r"distrito federal|\bestadua|\bd[eo] estado\b|\bgoverno do\b|\bestado d[aeo]\b"
            r"|tribunal de justica|assembleia legislativa|policia (?:civil|militar)|\bdetran\b"
            r"|bombeiro"
        ),
    ),
    (
        "federal",
        re.compile(
            r"\bfederal|\bministerio (?!publico)|\buniao\b|\btcu\b|\bcomando\b|exercito|marinha"
            r"|aeronautica|correios|petrobras|petroleo brasileiro|infraero|banco do brasil"
            r"|banco central|\bebserh\b|\bembrapa\b|\binss\b|seguro social|\bdnit\b|\bibge\b"
            r"|agencia nacional|conselho nacional|fundacao (?:nacional|oswaldo)|eletrobras"
        ),
    ),
)
_PLACE = re.compile(
    r".*(?:prefeitura|municipio|camara)(?: municipal)?(?: da cidade)?(?: de| do| da)? "
    r"(?P<place>[a-z ]{3,}?)(?: [a-z]{2})?$"
)
_STATES = {
    "mato grosso do sul": "MS", "mato grosso": "MT", "rio grande do norte": "RN",
    "rio grande do sul": "RS", "rio de janeiro": "RJ", "minas gerais": "MG",
    "espirito santo": "ES", "santa catarina": "SC", "sao paulo": "SP", "pernambuco": "PE",
    "paraiba": "PB", "parana": "PR", "para": "PA", "acre": "AC", "alagoas": "AL", "amapa": "AP",
    "amazonas": "AM", "bahia": "BA", "ceara": "CE", "goias": "GO", "maranhao": "MA",
    "piaui": "PI", "rondonia": "RO", "roraima": "RR", "sergipe": "SE", "tocantins": "TO",
    "distrito federal": "DF",
}  # fmt: skip
_STATE = re.compile(rf"\bestado d[aeo] ({'|'.join(_STATES)})\b|(distrito federal)")
_UF_AT_END = re.compile(r"[-(/ ]\s*(?P<uf>[A-Z]{2})\)?\s*$")


@dataclass(frozen=True, slots=True)
class Body:
    """A public body by its name: sphere ("" unknown), state and municipality where told."""

    name: str
    sphere: Sphere
    uf: str
    place: str


@lru_cache(maxsize=20_000)
def body(name: str, uf: str, place: str) -> Body:
    """What a body's name, state and municipality tell of it."""
    words = _words(name)
    sphere: Sphere = next((s for s, pattern in _SPHERES if pattern.search(words)), "")
    if not uf and (found := _UF_AT_END.search(name)) is not None:
        uf = found["uf"]
    if not uf and sphere == "estadual" and (state := _STATE.search(words)) is not None:
        uf = _STATES[state[1] or state[2]]
    if sphere == "municipal":
        told = _PLACE.search(words)
        place = told["place"] if told is not None else _words(place)
    else:
        place = ""
    return Body(words, sphere, uf.strip().upper(), place)


def binds(kind: Kind, reach: str, sanctioning: Body, buyer: Body) -> Bound:
    """Whether a sanction keeps the company from contracting with this buyer.

    Inidoneidade and court prohibitions bind every public body, the others the body or the
    federative entity that applied them, unless the list states another reach.
    """
    stated = _words(reach)
    if "todas as esferas" in stated or stated in (
        "todas",
        "nacional",
        "todo o territorio nacional",
    ):
        return "alcança"
    same = _same_entity(sanctioning, buyer)
    limited = "orgao sancionador" in stated or "esfera" in stated
    if kind in ("inidoneidade", "proibicao") and not limited:
        return "alcança"
    if same is None:
        return "não se sabe"
    if not same:
        elsewhere = kind == "impedimento" or (limited and kind != "inidoneidade")
        return "não alcança" if elsewhere else "não se sabe"
    only_body = stated.startswith("no orgao") or (kind == "suspensao" and not limited)
    if only_body and sanctioning.name != buyer.name and sanctioning.name not in buyer.name:
        return "não se sabe"
    return "alcança"


def _same_entity(a: Body, b: Body) -> bool | None:
    """Whether two bodies belong to one federative entity; None when their names don't tell."""
    if a.name and a.name == b.name:
        return True
    if not a.sphere or not b.sphere:
        return None
    if a.sphere != b.sphere:
        return False
    if a.sphere == "federal":
        return True
    if a.sphere == "municipal" and a.place and b.place:
        return a.place in b.place or b.place in a.place
    if a.uf and b.uf and a.uf != b.uf:
        return False
    return (a.uf == b.uf) if a.sphere == "estadual" and a.uf and b.uf else None
