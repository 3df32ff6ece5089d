"""Legal bases that contradict the modality, the day or the object of their own record.

Compares what the record states with what the articles are about; corrects nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.findings import words
from cidadao_models.flags import _award_limits, _direct, _limits, _strength
from cidadao_models.flags._peers import Encoded, codes_of, encode

Ints = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]

CEILING = 0.84
"""Highest weight: a wrong article may always be a slip of the publication."""

HABIT_SHARE, HABIT_ROWS = 0.2, 5
"""From this share and number of a modality's records on, a portal publishes one kind of direct
award under the name of the other: a habit of the portal, which only gives context."""

RARE_SHARE = 0.1
"""Share of a modality's records at which a contradiction starts to weigh more for being rare."""

TENDERS = {
    "pregao": "pregão",
    "concorrencia": "concorrência",
    "tomada_precos": "tomada de preços",
    "convite": "convite",
    "concurso": "concurso",
    "leilao": "leilão",
    "dialogo": "diálogo competitivo",
}
DIRECT = {"dispensa": "dispensa", "inexigibilidade": "inexigibilidade"}
_OF_ARTICLE_28 = {1: "pregao", 2: "concorrencia", 3: "concurso", 4: "leilao", 5: "dialogo"}
_FAILED_TENDER = {("14.133", 75, 3), ("8.666", 24, 5), ("8.666", 24, 7)}
"""Direct awards that follow a tender without valid bids: naming that tender is no contradiction."""

_ABOUT = {
    _direct.DISPENSA: "trata de dispensa",
    _direct.INEXIGIBILIDADE: "trata de inexigibilidade",
    _direct.TENDER: "trata das modalidades de licitação",
}
_STRAY = {
    ("14.133", 24): "o art. 24 da Lei 14.133 trata do orçamento sigiloso",
    ("14.133", 25): "o art. 25 da Lei 14.133 trata do edital",
    ("8.666", 74): "o art. 74 da Lei 8.666 trata do recebimento provisório",
    ("8.666", 75): "o art. 75 da Lei 8.666 trata de ensaios e testes",
}
"""Articles that take the number of one law with the name of the other."""

_STARTS = (
    ("Lei 14.133/2021", re.compile(r"14\.?\s?133"), dt.date(2021, 4, 1)),
    ("Lei 13.979/2020", re.compile(r"13\.?\s?979"), dt.date(2020, 2, 6)),
    ("Lei 13.303/2016", re.compile(r"13\.?\s?303"), dt.date(2016, 6, 30)),
)
"""Laws and the day they came into force."""

EARLY_DAYS = 60
"""Days before a law at which its citation reaches the bar: a process opened shortly before may
have been finished under it."""

END_OF_8666 = dt.date(2023, 12, 30)
LATE_DAYS = 365
"""Awards decided in 2023 under Lei 8.666 go on under it (Lei 14.133/2021, art. 191), so only
records a year later are told, as context."""

DATES = ("data", "data_publicacao", "data_abertura", "data_assinatura", "vigencia_inicio")
FIRST_DAY = np.datetime64("1993-06-21")
"""Day of Lei 8.666/1993; earlier dates in a record are entry errors."""

_MATTERS = (
    ({("14.133", 74, 2), ("8.666", 25, 3)}, "contratação de artista",
     r"(?i)art[ií]st|show|banda|cantor|m[uú]sic|apresenta|orquestra|dupla|grupo|dj\b|espet[aá]cul"
     r"|teatr|circo|cultur|evento|carnaval|festa|festiv|palco|produ[cç]"),
    ({("14.133", 74, 5), ("8.666", 24, 10)}, "compra ou locação de imóvel",
     r"(?i)im[oó]ve|pr[eé]dio|sala|terreno|galp[aã]o|casa|[aá]rea|lote|loja|sede|apartamento"
     r"|espa[cç]o|audit[oó]rio|edif|box|dep[oó]sito|pavimento|loca[cç]|alug"),
)  # fmt: skip
"""Items of a law, what they are for, and the words one of which such an object would have."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Records (positions) with one contradiction, in words, and its weight."""

    rows: Ints
    problem: str
    weight: float


def conflicts(contracts: pd.DataFrame) -> Iterator[Conflict]:
    """Every contradiction found, kind by kind; a record may have several."""
    basis = codes_of(contracts, "fundamento_legal")
    classes = codes_of(contracts, "_modalidade")
    modality = codes_of(contracts, "modalidade")
    yield from _of_modality(basis, classes, modality)
    yield from _too_early(contracts, basis)
    yield from _too_late(contracts, basis, classes)
    yield from _works_item(contracts, basis)
    yield from _of_matter(contracts, basis)


# -- modality ----------------------------------------------------------------------------------


def _of_modality(basis: Encoded, classes: Encoded, modality: Encoded) -> Iterator[Conflict]:
    known = np.flatnonzero((basis.codes >= 0) & (modality.codes >= 0) & (classes.codes >= 0))
    width = max(len(modality.texts), 1)
    pairs, first, code, sizes = np.unique(
        basis.codes[known] * width + modality.codes[known],
        return_index=True, return_inverse=True, return_counts=True,
    )  # fmt: skip
    of_class = np.bincount(classes.codes[known], minlength=len(classes.texts))
    told: list[tuple[int, int, str]] = []
    for k, pair in enumerate(pairs.tolist()):
        name = int(classes.codes[known[first[k]]])
        problem = against_modality(
            basis.texts[pair // width], classes.texts[name], modality.texts[pair % width]
        )
        if problem:
            told.append((k, name, problem))
    wrong = np.zeros(len(of_class))
    np.add.at(wrong, [name for _, name, _ in told], [sizes[k] for k, _, _ in told])
    for k, name, problem in told:
        share = float(wrong[name] / of_class[name])
        habit = share >= HABIT_SHARE and wrong[name] >= HABIT_ROWS
        caput = (74, ()) in _direct.read_basis(basis.texts[pairs[k] // width]).articles
        weight = _strength.CONTEXT if habit or caput else _rare(share)
        yield Conflict(known[code == k], problem, weight)


def _rare(share: float) -> float:
    steps = max(0.0, float(np.log10(RARE_SHARE / share)))
    return min(CEILING, float(_strength.strength(steps)))


def against_modality(basis: str, name: str, modality: str) -> str:
    """What in the legal basis contradicts the modality `name`, in words; "" where nothing does."""
    cited = _direct.read_basis(basis)
    law, about = cited.law, _direct.kinds(cited)
    plain = modality.lower()
    both = "dispensa" in plain and "inexig" in plain
    if not cited.articles or both or name not in TENDERS | DIRECT:
        return ""
    article = cited.articles[0][0]
    if name in DIRECT:
        stray = [_STRAY[law, a] for a, _ in cited.articles if (law, a) in _STRAY]
        if stray and not about:
            return f"a modalidade é {DIRECT[name]}, mas {stray[0]}"
        if len(about) == 1 and name not in about:
            return (
                f"a modalidade é {DIRECT[name]}, mas o art. {article} {_ABOUT[next(iter(about))]}"
            )
        return ""
    items = {(law, a, item) for a, found in cited.articles for item in found}
    if len(about) != 1 or items & _FAILED_TENDER:
        return ""
    kind = next(iter(about))
    if kind != _direct.TENDER:
        return f"a modalidade é {TENDERS[name]}, mas o art. {article} {_ABOUT[kind]}"
    stated = {_OF_ARTICLE_28.get(item, name) for _, a, item in items if a == 28}
    if len(stated) == 1 and name not in stated:
        other = TENDERS[next(iter(stated))]
        return f"a modalidade é {TENDERS[name]}, mas o inciso citado do art. 28 é o de {other}"
    return ""


# -- dates -------------------------------------------------------------------------------------


def _days(contracts: pd.DataFrame, rows: Ints) -> tuple[Days, Days]:
    """Earliest and latest day that each of `rows` gives; NaT where it gives none."""
    given = [contracts[name].to_numpy()[rows] for name in DATES if name in contracts]
    days = [day.astype("datetime64[D]") for day in given]
    days.append(np.full(len(rows), np.datetime64("NaT", "D")))
    days = [np.where(day < FIRST_DAY, np.datetime64("NaT", "D"), day) for day in days]
    return np.fmin.reduce(days), np.fmax.reduce(days)


def _too_early(contracts: pd.DataFrame, basis: Encoded) -> Iterator[Conflict]:
    """Records whose every date comes before the law that they cite."""
    for law, pattern, start in _STARTS:
        cited = np.array([pattern.search(text) is not None for text in basis.texts] + [False])
        rows = np.flatnonzero(cited[basis.codes])
        if "data" in contracts and len(rows):
            days = contracts["data"].to_numpy()[rows].astype("datetime64[D]")
            rows = rows[~(days >= np.datetime64(start))]
        if not len(rows):
            continue
        latest = _days(contracts, rows)[1]
        before = np.datetime64(start) - latest
        early = ~np.isnat(latest) & (before > np.timedelta64(0))
        weights = _strength.from_days(before[early].astype(np.int64), bar=EARLY_DAYS)
        for row, last, weight in zip(rows[early], latest[early].tolist(), weights, strict=True):
            day = words.date(last)
            problem = f"cita a {law}, em vigor desde {words.date(start)}, mas é de {day}"
            yield Conflict(np.array([row]), problem, min(CEILING, float(weight)))


def _too_late(contracts: pd.DataFrame, basis: Encoded, classes: Encoded) -> Iterator[Conflict]:
    """Direct awards under Lei 8.666 whose every date comes long after its end: only context."""
    old = _direct.per_text(basis, lambda text: _direct.read_basis(text).law == "8.666", 0) == 1
    direct = _direct.per_text(classes, lambda name: name in DIRECT, 0) == 1
    rows = np.flatnonzero(old & direct)
    if not len(rows):
        return
    earliest = _days(contracts, rows)[0]
    late = earliest - np.datetime64(END_OF_8666)
    told = ~np.isnat(earliest) & (late >= np.timedelta64(LATE_DAYS, "D"))
    for row, first in zip(rows[told], earliest[told].tolist(), strict=True):
        end = words.date(END_OF_8666)
        problem = f"cita a Lei 8.666/1993, revogada em {end}, e é de {words.date(first)}"
        doubt = 0.5 ** ((first - END_OF_8666).days / _limits.DAYS_PER_YEAR)
        yield Conflict(np.array([row]), problem, _strength.CONTEXT * (1 - doubt))


# -- object ------------------------------------------------------------------------------------


def _works_item(contracts: pd.DataFrame, basis: Encoded) -> Iterator[Conflict]:
    """Plain purchases that cite the item for works and only fit under the limit of that one."""
    if "data" not in contracts or not any(map(_direct.cites_works, basis.texts)):
        return
    told = _direct.grounds(contracts)
    value = _award_limits.awarded(contracts)
    works = contracts["_obra"].to_numpy()
    rows = np.flatnonzero((told.ground == _direct.VALUE_WORKS) & (value > 0) & ~works)
    day = contracts["data"].to_numpy()[rows].astype("datetime64[D]")
    plain = _limits.dispensa_limits(day, np.zeros(len(rows), dtype=bool), told.regime[rows])
    rows = rows[value[rows] > plain]
    rows = rows[_purchases(contracts, rows)]
    rows = rows[~_direct.mentions(contracts, rows, _award_limits.ENGINEERING)]
    held, value = _award_limits.bars(contracts, rows, told.regime[rows]), value[rows]
    between = held.firm & (value >= _award_limits.ROUNDING * held.other) & (value < held.works)
    for i in np.flatnonzero(between):
        problem = (
            "cita o inciso I (obras, engenharia e manutenção de veículos) para uma compra de"
            f" {words.money(float(value[i]))}, acima do limite das compras,"
            f" {words.money(float(held.other[i]))}"
        )
        weight = float(_strength.from_multiple(value[i] / held.other[i], bar=1.0))
        yield Conflict(rows[[i]], problem, min(CEILING, weight))


def _purchases(contracts: pd.DataFrame, rows: Ints) -> npt.NDArray[np.bool_]:
    """Rows whose description says that goods are bought."""
    if not len(rows):
        return np.zeros(0, dtype=bool)
    names = encode(contracts["_grupo_nome"].iloc[rows], len(rows))
    return _direct.per_text(names, lambda name: name.startswith("aquisicao "), 0) == 1


def _of_matter(contracts: pd.DataFrame, basis: Encoded) -> Iterator[Conflict]:
    """Purchases of goods that cite the item for artists or for property."""
    for items, matter, pattern in _MATTERS:
        cited = np.array([_cites(text, items) for text in basis.texts] + [False])
        rows = np.flatnonzero(cited[basis.codes])
        if len(rows):
            rows = rows[_purchases(contracts, rows)]
            rows = rows[~_direct.mentions(contracts, rows, pattern)]
            for row in rows:
                problem = f"cita o inciso de {matter}, mas o objeto é uma compra de bens"
                yield Conflict(np.array([row]), problem, _strength.BAR)


def _cites(text: str, wanted: set[tuple[str, int, int]]) -> bool:
    cited = _direct.read_basis(text)
    found = {(cited.law, article, item) for article, items in cited.articles for item in items}
    return bool(found) and found <= wanted
