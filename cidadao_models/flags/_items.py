"""Unit prices of the same item: what counts as one item, one unit of supply, and one period.

Groups records and reads prices; says nothing of which price is strange.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.flags import _objects
from cidadao_models.flags._peers import Encoded, codes_of, losing_bids, recode
from cidadao_models.flags._shared import shared
from cidadao_models.records import plain_words

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

MIN_CODE = 4
"""Fewest digits of a catalogue code (CATMAT has six, CATSER four or five): shorter ones number the
items of one tender."""

MIN_REPEATS = 3
"""Records that share a code of a catalogue; other items are told by their description."""

OWN_PROCESSES = 0.5
"""Least share of distinct tenders among the records of one description: with fewer, the text is
that of the whole tender and its items differ."""

SMALLEST_PRICE = 0.0001
"""R$; some medicines cost less than a centavo a unit, nothing costs less than this."""

_UNITS = {
    "unidade": "un und unid unids uni u unidade unidades unitario peca pecas pc pcs pca pç",
    "caixa": "cx cxs caixa caixas",
    "pacote": "pct pcte pcts pac pacote pacotes pt",
    "frasco": "fr frs fra frasco frascos fco",
    "litro": "l lt lts litro litros",
    "quilo": "kg kgs kilo quilo quilos quilograma quilogramas kilograma",
    "grama": "g gr gramas grama",
    "metro": "m mt mts metro metros ml",
    "metro quadrado": "m2 m² metro-quadrado",
    "metro cubico": "m3 m³ metro-cubico",
    "hora": "h hr hrs hs hora horas",
    "dia": "dia dias diaria diarias",
    "mes": "mes meses mensal mensalidade",
    "comprimido": "comp cp cpr comprimido comprimidos cpd",
    "ampola": "amp ap ampola ampolas",
    "capsula": "cap caps capsula capsulas",
    "resma": "rsm rm resma resmas",
    "galao": "gl galao galoes",
    "fardo": "fd fardo fardos",
    "rolo": "rl rolo rolos",
    "saco": "sc saco sacos",
    "tubo": "tb tubo tubos",
    "bisnaga": "bg bisn bisnaga bisnagas",
    "par": "par pares pr",
    "tonelada": "t ton tonelada toneladas",
    "bobina": "bob bobina bobinas",
    "cartucho": "cart cartucho cartuchos",
    "quilometro": "km quilometro quilometros",
}
"""Units of supply and the spellings seen in Brazilian portals."""

_WHOLE = frozenset(
    "servico servicos serv sv srv verba vb global gb lote lt lotes conjunto cj conj empreitada"
    " obra projeto evento contrato estimativa".split()
)
"""Units that are no measure: one service or one lot is of any size."""

_SERVICE = frozenset(
    "mes ano anual anuidade semestre semestral trimestre trimestral bimestre semana semanal"
    " quinzena dia hora plantao show apresentacao sessao aula turma curso palestra viagem"
    " atendimento consulta posto ponto evento inscricao assinatura locacao".split()
)
"""Units that measure how long or how often a service is given, not how much of it: a month of
rent, a day of a stage. They compare prices only where those are much alike."""

_SPELLINGS = {word: name for name, words in _UNITS.items() for word in words.split()}


@dataclass(frozen=True, slots=True)
class Items:
    """n records: group of item and unit (-1 not comparable), price, quantity and year (0 none).

    `service`: whether the unit only measures the time or the times of a service.
    """

    group: Ints
    by_code: Bools
    service: Bools
    unit: Encoded
    price: Floats
    quantity: Floats
    year: Ints


def items(contracts: pd.DataFrame) -> Items:
    """Item, unit, unit price and year of each record."""
    n = len(contracts)
    quantity = _positive(contracts, "quantidade")
    price = _prices(contracts, quantity)
    unit = units(contracts)
    whole, service = whole_units(unit), service_units(unit)
    known = np.isfinite(price) & ~whole & ~losing_bids(contracts)
    code = _often(np.where(known, _codes(contracts), -1))
    described = codes_of(contracts, "objeto") if "objeto" in contracts else None
    text = np.full(n, -1, dtype=np.int64)
    head = np.zeros(n, dtype=np.int64)
    if described is not None:
        folded = _objects.fold(described.texts)
        text = _described(described.codes, folded, known & (code < 0))
        text = _of_many_tenders(contracts, text)
        head = recode(_first_words(folded), described.codes).codes + 1
    by_code = code >= 0
    # a code whose descriptions begin with other words is not one item: both must agree
    item = np.where(by_code, 2 * (code * (int(head.max(initial=0)) + 1) + head), 2 * text + 1)
    item = np.where(by_code | (text >= 0), item, -1)
    group = np.where(item >= 0, item * (len(unit.texts) + 1) + unit.codes + 1, -1)
    return Items(group, by_code, service, unit, price, quantity, _years(contracts))


def _positive(contracts: pd.DataFrame, name: str) -> Floats:
    if name not in contracts:
        return np.full(len(contracts), np.nan)
    value = contracts[name].to_numpy(dtype=np.float64, na_value=np.nan)
    return np.where(np.isfinite(value) & (value >= SMALLEST_PRICE), value, np.nan)


def _prices(contracts: pd.DataFrame, quantity: Floats) -> Floats:
    """The unit price told, else the amount divided by the quantity."""
    told = _positive(contracts, "valor_unitario")
    return np.where(np.isnan(told), _positive(contracts, "valor") / quantity, told)


def _years(contracts: pd.DataFrame) -> Ints:
    if "data" not in contracts:
        return np.zeros(len(contracts), dtype=np.int64)
    days = contracts["data"].to_numpy()
    return np.where(np.isnat(days), 0, days.astype("datetime64[Y]").astype(np.int64) + 1970)


def whole_units(unit: Encoded) -> Bools:
    """Records whose unit is no measure: a service, a lot, a work."""
    return _first_word_in(unit, _WHOLE)


def service_units(unit: Encoded) -> Bools:
    """Records whose unit only measures the time or the times of a service."""
    return _first_word_in(unit, _SERVICE)


def _first_word_in(unit: Encoded, words: frozenset[str]) -> Bools:
    told = [text.split()[0] in words for text in unit.texts]
    return np.array([*told, False], dtype=bool)[unit.codes]


@shared
def units(contracts: pd.DataFrame) -> Encoded:
    """Units under one spelling: "UND." and "unidade" are one, "CX C/ 100" keeps its 100."""
    encoded = codes_of(contracts, "unidade")
    return recode([_unit(text) for text in encoded.texts], encoded.codes)


def _unit(text: str) -> str:
    words = plain_words(text.replace("²", "2").replace("³", "3")).split()
    kept = [_SPELLINGS.get(word, word) for word in words if word not in ("de", "com", "c", "por")]
    return " ".join(kept)


def _codes(contracts: pd.DataFrame) -> Ints:
    """Catalogue codes; those of few digits number the items of a tender and are none."""
    encoded = codes_of(contracts, "item_codigo")
    names = [re.sub(r"[^0-9A-Za-z]", "", text).lstrip("0") for text in encoded.texts]
    return recode([name if len(name) >= MIN_CODE else "" for name in names], encoded.codes).codes


def _often(code: Ints) -> Ints:
    """Codes that several records share; one that occurs once or twice numbers a single purchase."""
    if not (code >= 0).any():
        return code
    size = np.bincount(code[code >= 0])
    return np.where((code >= 0) & (size[code] >= MIN_REPEATS), code, -1)


def _described(codes: Ints, folded: list[bytes], wanted: Bools) -> Ints:
    """One code for each description of the wanted records in bare words, -1 for the others."""
    used = np.zeros(len(folded) + 1, dtype=bool)
    used[codes[wanted]] = True
    plain = [
        b" ".join(text.split()).decode("ascii") if told else ""
        for text, told in zip(folded, used.tolist(), strict=False)
    ]
    return np.where(wanted, recode(plain, codes).codes, -1)


def _first_words(folded: list[bytes]) -> list[str]:
    """First word of each description, in the singular: "seringas" -> "seringa"."""
    first = [b"".join(text.split(None, 1)[:1]) for text in folded]
    stems = {word: _objects.stem(word.decode("ascii")) for word in set(first)}
    return [stems[word] for word in first]


def _of_many_tenders(contracts: pd.DataFrame, text: Ints) -> Ints:
    """Descriptions repeated within few tenders are those of the tender, not of an item."""
    name = next((c for c in ("licitacao_id", "numero") if c in contracts), None)
    if name is None or not (text >= 0).any():
        return text
    tender = codes_of(contracts, name).codes
    at = np.flatnonzero((text >= 0) & (tender >= 0))
    pairs = np.unique(text[at] * (int(tender.max(initial=0)) + 1) + tender[at])
    of_text = pairs // (int(tender.max(initial=0)) + 1)
    size = np.bincount(text[at], minlength=int(text.max(initial=0)) + 1)
    distinct = np.bincount(of_text, minlength=len(size))
    spread = distinct >= OWN_PROCESSES * size
    return np.where((text >= 0) & spread[text], text, -1)
