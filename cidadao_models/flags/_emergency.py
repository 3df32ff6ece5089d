"""Direct awards made for an emergency, told by the article, else by the words around the object.

Leaves out the pandemic and the calamities that have laws of their own, and the many objects that
only have the word in them: hospital wards, emergency lights, emergency exits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cidadao_models.flags import _dates, _terms
from cidadao_models.flags._dates import Bools, Days, Ints
from cidadao_models.flags._limits import REGIMES
from cidadao_models.flags._peers import Encoded, codes_of
from cidadao_models.flags._shared import shared

_ITEM = r"\W*(?:caput\W*)?(?:inc\w*\W*)?"
_ARTICLE = re.compile(
    rf"(?i)\bart\w*\W*(?:75\b{_ITEM}viii\b|24\b{_ITEM}iv\b|29\b{_ITEM}xv\b)"
    r"|\binc\w*\W*viii\W+d[oe]\W+art\w*\W*75\b|\binc\w*\W*iv\W+d[oe]\W+art\w*\W*24\b"
)
"""Lei 14.133/2021, art. 75, VIII; Lei 8.666/1993, art. 24, IV; Lei 13.303/2016, art. 29, XV."""

_OTHER_ITEM = re.compile(rf"(?i)\bart\w*\W*(?:7[45]|2[45]|29|30)\b{_ITEM}[ivx]+\b")
"""Another ground: what the object says of emergencies then does not count."""

_WORD = re.compile(r"(?i)emerg[eê]nci|calamidade")

_PLACES = (
    "iluminacao|luz|luzes|luminarias?|lampadas?|blocos?|saidas?|portas?|escadas?|sinalizacao"
    "|placas?|gerador(?:es)?|grupos?|nobreaks?|carro|carrinhos?|kits?|maletas?|bolsas?|brigadas?"
    "|planos?|telefones?|centra(?:l|is)|atendimentos?|veiculos?|viaturas?|hospita(?:l|is)|setor"
    "|ala|unidades?|nucleos?|socorro|medicina|salas?|leitos?|plant(?:ao|oes)|equipes?|rua|bairro"
    "|avenida|travessa|praca|vila|botao|freio|parada|chuveiros?|duchas?|macas?|resgates?|medicos?"
    "|enfermagem|servicos?|portaria|recepcao|pacientes?|medicamentos?|departamento|area"
    "|procedimentos?|treinamento|simulad\\w+|respostas?|interruptor(?:es)?|valvulas?"
)
_NOISE = re.compile(
    rf"urgencias? (?:e |ou )?(?:d?[ae] )?emergencias?|emergencias? (?:e |ou )?urgencias?"
    rf"|\b(?:{_PLACES}) (?:d[aeo]s? |para |em |n[ao]s? |com )*emergencias?\b"
    r"|emergencias? (?:medic|hospital|clinic|pediatric|obstetric|odontolog|psiquiatr|cirurgic"
    r"|climatic|cardio|geral|adult|infantil|veterinari|ambienta|quimic|com produtos)\w*"
    r"|\b(?:auxilios?|rendas?|beneficios?|lei|acoes|geradora?|hospita(?:l|is)|energia|luz)"
    r" emergencia(?:l|is)"
    r"|\b(?:preventiv|corretiv|preditiv)\w+ (?:e |ou |e ou )?emergencia(?:l|is)"
)
"""Objects with the word in them that are no emergency award."""

_AWARD = re.compile(
    r"\bemergencia(?:l|is|lmente)\b|calamidade|\b(?:situac\w+|estado|carater|regime|decret\w+"
    r"|motivo|contratac\w+|dispensa|compra|aquisic\w+) (?:d[aeo]s? |em |por |publica )*emergencia"
)
_DIRECT = re.compile(r"\b(?:dispensa|contratacao|compra|d l|dl)\b.{0,40}\bemergencia(?:l|is)?\b")
"""Words of the object that tell a direct award where no modality is known."""

_OTHER_LAWS = re.compile(
    r"covid|corona ?virus|sars ?cov|pandemi|13 ?979|14 ?124|14 ?217|14 ?981|enfrentamento"
    r"|emergencia (?:de|em|na|da) saude"
)
"""Leis 13.979/2020, 14.124/2021, 14.217/2021 and 14.981/2024 have terms of their own."""

COURT_ORDER = re.compile(
    r"\b(?:judicia(?:l|is)|liminar(?:es)?|mandados?|sentenca|acao civil|ordem do juiz|usuari[oa])\b"
)
"""Each court order, or each patient, is a need of its own."""

_TEXTS = ("objeto", "fundamento_legal", "modalidade")


@dataclass(frozen=True, slots=True)
class Emergencies:
    """Emergency awards: position, first and last day, days of term, and the law that rules."""

    row: Ints
    start: Days
    end: Days
    term: Ints
    regime: Ints

    def limit(self, i: int) -> _terms.Term:
        """Longest term of the i-th award; the mildest where two laws could rule."""
        stated = REGIMES[self.regime[i]] if self.regime[i] >= 0 else None
        return _terms.emergency(self.start[i].astype(object), stated)


@shared
def awards(contracts: pd.DataFrame) -> Emergencies:
    """Emergency awards with a known start; `term` is -1 where the end is unknown."""
    start = _dates.first_of(contracts, "vigencia_inicio", "data_assinatura", "data")
    end = _dates.days(contracts, "vigencia_fim")
    term = _dates.term_days(start, end)
    rows = np.flatnonzero(~np.isnat(start))
    rows = rows[_told(contracts, rows)] if len(rows) else rows
    rows = rows[~_dates.matching(contracts, rows, _OTHER_LAWS, *_TEXTS)]
    regime = _dates.regimes(contracts, rows)
    return Emergencies(rows, start[rows], end[rows], term[rows], regime)


def _told(contracts: pd.DataFrame, rows: Ints) -> Bools:
    """Whether each of `rows` is an emergency award: by its article, else by its words."""
    basis = codes_of(contracts, "fundamento_legal")
    modality = codes_of(contracts, "modalidade")
    by_article = _each(basis, _ARTICLE)[rows] | _each(modality, _ARTICLE)[rows]
    other = _each(basis, _OTHER_ITEM)[rows] & ~by_article
    by_name = _each(basis, _WORD)[rows] | _each(modality, _WORD)[rows]
    kind = contracts["_modalidade"].to_numpy(dtype=object)[rows]
    direct = kind == "dispensa"
    unknown = pd.isna(kind) | (kind == "outros") | (kind == "")
    told = by_article | (by_name & (direct | unknown))
    open_ = np.flatnonzero(~told & ~other & (direct | unknown))
    open_ = open_[_dates.holding(contracts, rows[open_], "emerg|calamid", "objeto")]
    for i, text in zip(open_, _dates.plain_texts(contracts, rows[open_], "objeto"), strict=True):
        words = " ".join(_NOISE.sub(" ", " ".join(text.split())).split())
        told[i] = (_AWARD if direct[i] else _DIRECT).search(words) is not None
    return told & ~other


def _each(encoded: Encoded, pattern: re.Pattern[str]) -> Bools:
    told = [pattern.search(text) is not None for text in encoded.texts]
    return np.array([*told, False], dtype=bool)[encoded.codes]


# -- awards that follow each other ---------------------------------------------------------------


def chains(contracts: pd.DataFrame, found: Emergencies, gap: int) -> Iterator[Ints]:
    """Positions in `found` of awards of one buyer and nature, no pause longer than `gap` days.

    By start within a chain; awards for court orders and those of unknown nature are left out.
    """
    buyer = codes_of(contracts, "_comprador").codes[found.row]
    nature = _natures(contracts)[found.row]
    court = _dates.matching(contracts, found.row, COURT_ORDER, "objeto", "fundamento_legal")
    known = np.flatnonzero((buyer >= 0) & (nature >= 0) & ~court)
    start = found.start.astype(np.int64)
    end = start + np.maximum(found.term, 0)
    order = known[
        np.lexsort((found.row[known], end[known], start[known], nature[known], buyer[known]))
    ]
    chain: list[int] = []
    last = 0
    for i in order.tolist():
        alike = bool(chain) and buyer[i] == buyer[chain[0]] and nature[i] == nature[chain[0]]
        if alike and start[i] - last <= gap:
            chain.append(i)
            last = max(last, int(end[i]))
            continue
        if len(chain) > 1:
            yield np.array(chain)
        chain, last = [i], int(end[i])
    if len(chain) > 1:
        yield np.array(chain)


def _natures(contracts: pd.DataFrame) -> Ints:
    """Object group, or the category where the description names none; -1 where neither."""
    group = contracts["_grupo"].to_numpy().astype(np.int64)
    category = codes_of(contracts, "categoria").codes
    return np.where(group >= 0, group, np.where(category >= 0, category + group.max() + 1, -1))


def covered_days(start: Ints, end: Ints) -> int:
    """Days under at least one award; starts come sorted, both as day numbers."""
    reached = np.maximum.accumulate(end)
    gaps = np.maximum(start[1:] - reached[:-1], 0).sum()
    return int(reached[-1] - start[0] - gaps)
