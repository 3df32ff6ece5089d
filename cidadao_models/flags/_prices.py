"""Amounts far from those of their peers, and the words of the comparison.

Serves the flags on prices above and below; how rare an amount is comes from `_tails`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.findings import words
from cidadao_models.flags import Hit, _strength, _tails
from cidadao_models.flags._peers import CATEGORY, CLOSE_LEVELS, LEVELS, codes_of
from cidadao_models.flags._shared import shared

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

P_BAR = 3e-3
"""Chance at which an amount far from its close peers reaches the bar. Both sides together then
reach 0.7 in at most 0.6 % of honest records, within the contract's 1 %, and the upper one 0.85 in
0.03 %, within 0.1 %; the least ratio lowers that further."""

WIDE_BAR = 1e-3
"""The same among records of one category, modality or file: these mix purchases, so only an
amount rarer still tells anything."""

CEILING = 0.84
"""Highest weight of an amount that is small, or told from a wide group: below "high" (0.85)."""

TARIFF = 3
"""Records of one group with the very same amount that make it a price in use, not a rarity."""

ALIKE = "registros parecidos"
"""Said of peers that bought the same; those of a category, modality or file are just records."""

ELSEWHERE = ", em dados públicos de referência"

SHARED: dict[str, tuple[str, ...]] = dict(
    zip(
        LEVELS,
        (
            ("_grupo", "_modalidade"),
            ("_grupo",),
            ("_tipo_nome",),
            ("categoria",),
            ("_modalidade",),
            (),
        ),
        strict=True,
    )
)
"""Columns that the peers of each level share."""


@shared
def chances(contracts: pd.DataFrame) -> Floats:
    """One-sided chance of each amount among its peers: from `_tails`, else from the robust z.

    It is 1 within reach of the median. The robust z is for peers that are not in this table (a
    reference learned elsewhere).
    """
    p = contracts["_pares_chance"].to_numpy()
    z = np.abs(contracts["_pares_z"].to_numpy())
    n = contracts["_pares_n"].to_numpy()
    answer = np.where(np.isnan(p), 1.0, p)
    with np.errstate(invalid="ignore"):
        unknown = np.isnan(p) & (z >= _tails.FAR_Z)
    answer[unknown] = _tails.chance(z[unknown], _tails.MAD_FREEDOM * n[unknown])
    return answer


@shared
def spreads(contracts: pd.DataFrame) -> Floats:
    """Spread of log amounts behind `chances`."""
    spread = contracts["_pares_dispersao"].to_numpy()
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio, z = contracts["_pares_razao"].to_numpy(), contracts["_pares_z"].to_numpy()
        return np.where(np.isnan(spread), np.log(ratio) / z, spread)


@shared
def rare(contracts: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Records whose amount is at least as rare among its peers as the bar."""
    return np.nan_to_num(chances(contracts), nan=1.0) <= P_BAR


def weights(contracts: pd.DataFrame, side: int) -> Floats:
    """Weight of each amount's rarity above (`side=1`) or below (`side=-1`) its peers.

    Small amounts are ordinary among a whole modality or file: they only give context there, and
    so do wide groups learned elsewhere and budget lines.
    """
    p = chances(contracts)
    close, purchase = is_close(contracts), contracts["_compra"].to_numpy()
    weight = _strength.from_chance(p, bar=np.where(close, P_BAR, WIDE_BAR))
    own = ~np.isnan(contracts["_pares_chance"].to_numpy())
    if side < 0:
        own &= contracts["_pares_nivel"].to_numpy() == CATEGORY
        weight = np.minimum(weight, CEILING)
    weight = np.where(close, weight, np.minimum(weight, CEILING))
    return np.where((close | own) & purchase, weight, weight * _strength.BAR)


@shared
def is_close(contracts: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Amounts compared with those of the same object."""
    return np.isin(contracts["_pares_nivel"].to_numpy(), CLOSE_LEVELS)


def far_from_peers(contracts: pd.DataFrame, *, side: int, min_ratio: float) -> Iterator[Hit]:
    """Records above (`side=1`) or below (`side=-1`) their peers by `min_ratio` and by chance."""
    ratio = contracts["_pares_razao"].to_numpy() ** side
    with np.errstate(invalid="ignore"):
        rows = np.flatnonzero((ratio >= min_ratio) & rare(contracts))
    if not len(rows):
        return
    weight, p = weights(contracts, side), chances(contracts)
    peers, labels = peer_groups(contracts), contracts.index.to_numpy()
    for row in rows:
        facts = peers.facts(int(row), side)
        facts |= {"chance": float(p[row]), "vezes": float(ratio[row])}
        tariff = _strength.BAR if peers.is_tariff(int(row)) else 1.0
        yield Hit([int(labels[row])], facts, float(weight[row]) * tariff)


_TOLD = ("_pares_n", "_pares_mediana", "_pares_nivel", "_grupo_nome", "_tipo_nome")
"""Columns from which the sentence about one record is made."""


@shared
def peer_groups(contracts: pd.DataFrame) -> PeerGroups:
    """The peer groups of a table, with those looked up before."""
    return PeerGroups(contracts)


class PeerGroups:
    """All records of a peer group (also those that found a narrower one), looked up when told."""

    def __init__(self, contracts: pd.DataFrame) -> None:
        self.contracts = contracts
        self.value = contracts["_valor"].to_numpy()
        self.columns = {name: contracts[name] for name in _TOLD}
        self.sorted: dict[str, tuple[Ints, Ints]] = {}
        self.seen: dict[tuple[str, int], tuple[Floats, str]] = {}

    def facts(self, row: int, side: int) -> dict[str, object]:
        """What the sentence quotes: amount, median, number of peers, those on the other side.

        Peers that are not in this table can't be counted again: the sentence says so instead.
        """
        values, years = self._members(row)
        value, n = float(self.value[row]), int(self._at("_pares_n", row))
        facts: dict[str, object] = {
            "valor": value,
            "mediana": float(self._at("_pares_mediana", row)),
            "n": n,
            "quais": ALIKE if self._at("_pares_nivel", row) in CLOSE_LEVELS else "registros",
        }
        if n != len(values):
            return facts | {"criterio": self._criterion(row) + ELSEWHERE, "contagem": ""}
        first = int(np.searchsorted(values, value, side="left" if side > 0 else "right"))
        count = first if side > 0 else n - first
        told = f"; {words.number(count)} deles custaram {'menos' if side > 0 else 'mais'}"
        facts |= {"criterio": self._criterion(row) + years, "contagem": told}
        return facts | {"do_outro_lado": count}

    def is_tariff(self, row: int) -> bool:
        """Whether `TARIFF` records of the row's group have its very amount."""
        values, _ = self._members(row)
        value = self.value[row]
        return int(np.ptp(np.searchsorted(values, (value, np.nextafter(value, np.inf))))) >= TARIFF

    def _at(self, column: str, row: int) -> Any:
        return self.columns[column].iat[row]

    def _codes(self, level: str) -> tuple[Ints, Ints]:
        """Group of each row at a level (-1 unknown), and the rows ordered by group."""
        if level not in self.sorted:
            code = np.where(np.isnan(self.value), -1, 0)
            for column in SHARED[level]:
                part = (
                    self.contracts[column].to_numpy().astype(np.int64)
                    if self.contracts[column].dtype.kind == "i"
                    else codes_of(self.contracts, column).codes
                )
                width = int(part.max(initial=0)) + 1
                code = np.where((code >= 0) & (part >= 0), code * width + part, -1)
            self.sorted[level] = code, np.argsort(code)
        return self.sorted[level]

    def _members(self, row: int) -> tuple[Floats, str]:
        level = str(self._at("_pares_nivel", row))
        code, order = self._codes(level)
        key = level, int(code[row])
        if key not in self.seen:
            first = np.searchsorted(code, code[row], side="left", sorter=order)
            last = np.searchsorted(code, code[row], side="right", sorter=order)
            rows = order[first:last]
            self.seen[key] = np.sort(self.value[rows]), self._years(rows)
        return self.seen[key]

    def _criterion(self, row: int) -> str:
        level = str(self._at("_pares_nivel", row))
        name = self._at("_grupo_nome" if "grupo" in level else "_tipo_nome", row)
        return f"{level}, “{name}”" if level in CLOSE_LEVELS else level

    def _years(self, members: Ints) -> str:
        if "data" not in self.contracts:
            return ""
        days = self.contracts["data"].to_numpy()[members].astype("datetime64[Y]")
        years = days[~np.isnat(days)]
        if not len(years):
            return ""
        first, last = str(years.min()), str(years.max())
        return f", {first}" if first == last else f", {first} a {last}"
