"""A contract signed on a weekend or a holiday.

A date alone breaks no rule. Files whose dates fall on any day, or only tell the month, are not
judged.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.flags import Hit, _calendar, _dates, _strength, flag
from cidadao_models.flags._peers import codes_of

MIN_FILE, MIN_BUYER = 10, 20
"""Fewest signatures of a file, and of a buyer, whose share on days off is judged; with fewer of a
buyer the signal is weaker."""

HABIT = 0.7
"""Of the share of days off in the calendar: a body at or above it signs on any day."""

COARSE = 0.5
"""Share of signatures on the first of the month above which the dates only tell the month."""

MIN_COARSE = 3
WEEKDAYS = ("segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira",
            "sábado", "domingo")  # fmt: skip
OFF_SHARE = 0.32
"""Share of weekends and national holidays in a year."""


def _unjudged(contracts: pd.DataFrame) -> str:
    signed = _dates.sane(_dates.days(contracts, "data_assinatura"))
    signed = signed[~np.isnat(signed)]
    firsts = _first_of_month(signed)
    if len(signed) >= MIN_COARSE and firsts.mean() > COARSE:
        return "as datas de assinatura parecem informar só o mês"
    if len(signed) >= MIN_FILE and _calendar.days_off(signed).mean() >= HABIT * OFF_SHARE:
        return "as assinaturas do arquivo caem em qualquer dia, úteis ou não"
    return ""


@flag(
    id="assinatura_em_dia_nao_util",
    title="Assinatura em dia sem expediente",
    legal_basis="Leis 662/1949, 6.802/1980, 10.607/2002 e 14.759/2023 (feriados nacionais); Lei"
    " 9.093/1995 (estaduais)",
    needs=("data_assinatura",),
    explain="Assinado em {data}, {dia}.",
    innocent="a assinatura eletrônica permitir qualquer dia, ou se o serviço funcionar todos os"
    " dias.",
    next_step="compare a data registrada com a da assinatura no documento e a da publicação.",
    method="Vê se a data de assinatura cai em sábado, domingo ou feriado nacional (ou estadual,"
    " havendo UF). É só contexto; 1º de janeiro, que costuma ser data formal, e arquivos com datas"
    " em qualquer dia ficam de fora.",
    example={"data": "07/09/2024", "dia": "sábado e feriado (Independência do Brasil)"},
    context=True,
    unless=_unjudged,
)
def check(contracts: pd.DataFrame) -> Iterator[Hit]:
    """Signatures on days off, of bodies that seldom sign on one."""
    signed = _dates.sane(_dates.days(contracts, "data_assinatura"))
    state = codes_of(contracts, "uf")
    off = np.zeros(len(signed), dtype=bool)
    for code in np.unique(state.codes):
        rows = np.flatnonzero(state.codes == code)
        off[rows] = _calendar.days_off(signed[rows], _uf(state.texts, int(code)))
    formal = (signed == signed.astype("datetime64[Y]")) & ~np.isnat(signed)
    rows = np.flatnonzero(off & ~formal)
    if not len(rows):
        return
    weights = _weights(contracts, signed, off)
    labels = contracts.index.to_numpy()
    for row in rows[weights[rows] > 0]:
        day = _written(signed[row], _uf(state.texts, int(state.codes[row])))
        yield Hit([int(labels[row])], {"data": _dates.written(signed[row]), "dia": day},
                  float(weights[row]))  # fmt: skip


def _uf(texts: list[str], code: int) -> str:
    return texts[code].strip().upper() if code >= 0 else ""


def _first_of_month(days: npt.NDArray[np.datetime64]) -> npt.NDArray[np.bool_]:
    return np.asarray(days == days.astype("datetime64[M]").astype("datetime64[D]"))


def _weights(
    contracts: pd.DataFrame,
    signed: npt.NDArray[np.datetime64],
    off: npt.NDArray[np.bool_],
) -> npt.NDArray[np.float64]:
    """Weight of a day off for each row: the rarer such days are with the buyer, the more."""
    buyer = codes_of(contracts, "_comprador").codes + 1
    known = ~np.isnat(signed)
    n = np.bincount(buyer[known], minlength=int(buyer.max()) + 1)[buyer]
    k = np.bincount(buyer[known & off], minlength=int(buyer.max()) + 1)[buyer]
    own = (k / np.maximum(n, 1)) / (HABIT * OFF_SHARE)
    rare = np.where(n >= MIN_BUYER, np.clip(1.0 - own, 0.0, 1.0), 0.5)
    return np.asarray(_strength.CONTEXT * rare)


def _written(day: np.datetime64, uf: str) -> str:
    """ "domingo", "sexta-feira e feriado (Natal)"."""
    date = day.astype(object)
    name = _calendar.holiday_names(uf).get(date, "")
    weekday = WEEKDAYS[date.weekday()]
    return f"{weekday} e feriado ({name})" if name else weekday
