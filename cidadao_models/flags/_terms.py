"""Legal periods: notice of a tender, publication of a contract, longest terms, emergencies.

Says which period held on a day under which law; counts no days and judges no record. `verified`
says whether the figure was read in a published text of the law; the others are from memory.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from cidadao_models.flags import _limits_file
from cidadao_models.flags._limits import END_OF_8666, REGIMES, START_OF_14133, Regime

Unit = Literal["dias úteis", "dias", "meses"]
UNITS: tuple[Unit, ...] = ("dias úteis", "dias", "meses")

START_OF_8666 = dt.date(1993, 6, 22)
START_OF_PREGAO = dt.date(2002, 7, 18)
START_OF_13303 = dt.date(2016, 7, 1)

CALENDAR_PER_WORKING_DAY = 1.4
"""Calendar days that a working day takes on average: only ranks periods in different units."""

DAYS_PER_MONTH = 30.4375


@dataclass(frozen=True, slots=True)
class Term:
    """A period that held from `start` on under one law."""

    name: str
    regime: Regime
    start: dt.date
    amount: int
    unit: Unit
    act: str
    verified: bool

    @property
    def in_words(self) -> str:
        """ "8 dias úteis", "1 dia"."""
        return counted(self.amount, self.unit)

    @property
    def length(self) -> float:
        """About how many calendar days it takes."""
        per = {"dias úteis": CALENDAR_PER_WORKING_DAY, "dias": 1.0, "meses": DAYS_PER_MONTH}
        return self.amount * per[self.unit]


def counted(amount: int, unit: Unit) -> str:
    """The amount with its unit: "1 dia útil", "3 dias úteis"."""
    one = {"dias úteis": "dia útil", "dias": "dia", "meses": "mês"}
    return f"{amount} {one[unit] if amount == 1 else unit}"


def _new(name: str, amount: int, unit: Unit, article: str, *, verified: bool = True) -> Term:
    act = f"Lei 14.133/2021, {article}"
    return Term(name, "14.133", START_OF_14133, amount, unit, act, verified)


def _old(name: str, amount: int, unit: Unit, article: str, *, verified: bool = True) -> Term:
    act = f"Lei 8.666/1993, {article}"
    return Term(name, "8.666", START_OF_8666, amount, unit, act, verified)


def _companies(name: str, amount: int, unit: Unit, article: str) -> Term:
    act = f"Lei 13.303/2016, {article}"
    return Term(name, "13.303", START_OF_13303, amount, unit, act, False)


_PREGAO = Term(
    "edital_pregao", "8.666", START_OF_PREGAO, 8, "dias úteis", "Lei 10.520/2002, art. 4º, V", True
)

_TERMS: tuple[Term, ...] = (
    # notice of a tender, by what is bought and how it is judged
    _new("edital_bens", 8, "dias úteis", "art. 55, I, a"),
    _new("edital_bens_outros_criterios", 15, "dias úteis", "art. 55, I, b"),
    _new("edital_servicos", 10, "dias úteis", "art. 55, II, a"),
    _new("edital_servicos_especiais", 25, "dias úteis", "art. 55, II, b"),
    _new("edital_integrada", 60, "dias úteis", "art. 55, II, c"),
    _new("edital_semi_integrada", 35, "dias úteis", "art. 55, II, d"),
    _new("edital_leilao", 15, "dias úteis", "art. 55, III"),
    _new("edital_tecnica", 35, "dias úteis", "art. 55, IV"),
    _new("edital_dialogo", 25, "dias úteis", "art. 32, § 1º, I"),
    _PREGAO,
    _old("edital_concorrencia", 30, "dias", "art. 21, § 2º, II, a"),
    _old("edital_concorrencia_tecnica", 45, "dias", "art. 21, § 2º, I, b"),
    _old("edital_tomada_precos", 15, "dias", "art. 21, § 2º, III"),
    _old("edital_tomada_precos_tecnica", 30, "dias", "art. 21, § 2º, II, b"),
    _old("edital_convite", 5, "dias úteis", "art. 21, § 2º, IV"),
    _old("edital_concurso", 45, "dias", "art. 21, § 2º, I, a", verified=False),
    _old("edital_leilao", 15, "dias", "art. 21, § 2º, III", verified=False),
    _companies("edital_bens", 5, "dias úteis", "art. 39, I, a"),
    _companies("edital_servicos", 15, "dias úteis", "art. 39, II, a"),
    # publication of the signed contract
    _new("publicacao_licitacao", 20, "dias úteis", "art. 94, I"),
    _new("publicacao_direta", 10, "dias úteis", "art. 94, II"),
    _old("publicacao", 20, "dias", "art. 61, parágrafo único"),
    # longest terms
    _new("continuo_na_assinatura", 60, "meses", "art. 106"),
    _new("continuo_total", 120, "meses", "art. 107"),
    _new("sistema_estruturante", 180, "meses", "art. 114"),
    _new("receita_com_investimento", 420, "meses", "art. 110, II"),
    _old("continuo_na_assinatura", 60, "meses", "art. 57, II"),
    _old("continuo_total", 72, "meses", "art. 57, II e § 4º"),
    _old("informatica", 48, "meses", "art. 57, IV"),
    # direct awards in an emergency
    _new("emergencia", 12, "meses", "art. 75, VIII"),
    _old("emergencia", 180, "dias", "art. 24, IV"),
    _companies("emergencia", 180, "dias", "art. 29, XV"),
)
"""Read: Lei 14.133/2021 (all articles above); Lei 10.520/2002, art. 4º, V; Lei 8.666/1993, arts. 57
and 61 and, in tables of practitioners, art. 21 and art. 24, IV. From memory: the rest."""


@lru_cache(maxsize=1)
def table() -> tuple[Term, ...]:
    """Every period, those of the limits file included; one of the same law and day replaces."""
    newest = {(t.name, t.regime, t.start): t for t in (*_TERMS, *_configured())}
    return tuple(newest[key] for key in sorted(newest))


def _configured() -> Iterable[Term]:
    names = {term.name for term in _TERMS}
    for entry in _limits_file.entries("prazo"):
        known = entry["nome"] in names and entry["lei"] in REGIMES and entry["unidade"] in UNITS
        if not known:
            raise ValueError(f"prazo table: unknown name, law or unit in {entry}")
        yield Term(
            entry["nome"], entry["lei"], entry["desde"], entry["quanto"], entry["unidade"],
            entry["ato"], False,
        )  # fmt: skip


def term(name: str, regime: Regime, date: dt.date) -> Term | None:
    """The period of this name under a law on `date`; None where it has none (yet)."""
    held = [t for t in _by_name().get((name, regime), ()) if t.start <= date]
    return held[-1] if held else None


@lru_cache(maxsize=1)
def _by_name() -> dict[tuple[str, Regime], list[Term]]:
    """The periods of one name and law, by date."""
    found: dict[tuple[str, Regime], list[Term]] = {}
    for one in table():
        found.setdefault((one.name, one.regime), []).append(one)
    return found


def laws(stated: Regime | None, date: dt.date) -> tuple[Regime, ...]:
    """Laws that may rule a purchase: the stated one, else those that could be chosen on `date`."""
    if stated is not None:
        return (stated,)
    if date < START_OF_14133:
        return ("8.666",)
    return ("8.666", "14.133") if date <= END_OF_8666 else ("14.133",)


Kind = Literal["bens", "servicos", ""]

_OLD_NOTICE = {
    name: f"edital_{name}"
    for name in ("pregao", "concorrencia", "tomada_precos", "convite", "concurso", "leilao")
}
_NEW_NOTICE = {"leilao": "edital_leilao", "concurso": "edital_tecnica", "dialogo": "edital_dialogo"}


def notice(
    modality: str, date: dt.date, *, stated: Regime | None = None, kind: Kind = ""
) -> Term | None:
    """Smallest notice that a tender needs, whatever is not known about it; None without a rule.

    `modality`: a class of `records.modality_class`. `kind`: what is bought, "" unknown. Criterion
    and regime of execution are never known from a record: the mildest ones are assumed.
    """
    found = [
        term(name, law, date)
        for law in laws(stated, date)
        for name in _notices(modality, law, kind)
    ]
    return min((t for t in found if t is not None), key=lambda t: t.length, default=None)


def _notices(modality: str, law: Regime, kind: Kind) -> tuple[str, ...]:
    if law == "8.666":
        return (_OLD_NOTICE[modality],) if modality in _OLD_NOTICE else ()
    if law == "14.133" and modality in _NEW_NOTICE:
        return (_NEW_NOTICE[modality],)
    if modality not in ("pregao", "concorrencia"):
        return ()
    return ("edital_servicos",) if kind == "servicos" else ("edital_bens",)


def publication(*, direct: bool, date: dt.date = dt.date.max) -> Term:
    """Longest time from signature to publication under Lei 14.133/2021."""
    return sure("publicacao_direta" if direct else "publicacao_licitacao", "14.133", date)


def publication_under_8666() -> Term:
    """Days that Lei 8.666/1993 gives after the fifth working day of the month after signature."""
    return sure("publicacao", "8.666", dt.date.max)


def sure(name: str, regime: Regime, date: dt.date) -> Term:
    """As `term`, where the law has one. ValueError where it has not."""
    found = term(name, regime, date)
    if found is None:
        raise ValueError(f"no period {name} under {regime} on {date}")
    return found


def emergency(date: dt.date, stated: Regime | None = None) -> Term:
    """Longest term of an emergency award; the mildest where two laws could rule."""
    found = [term("emergencia", law, date) for law in laws(stated, date)]
    known = [t for t in found if t is not None]
    return max(known or [t for t in _TERMS if t.name == "emergencia"], key=lambda t: t.length)


def eras(days: npt.NDArray[np.datetime64]) -> npt.NDArray[np.int64]:
    """One code for each stretch of days in which no period and no choice of law changes."""
    return np.searchsorted(_changes(), days, side="right").astype(np.int64)


@lru_cache(maxsize=1)
def _changes() -> npt.NDArray[np.datetime64]:
    changes = {t.start for t in table()} | {START_OF_14133, END_OF_8666 + dt.timedelta(days=1)}
    return np.array(sorted(changes), dtype="datetime64[D]")
