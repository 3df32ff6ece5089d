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
from cidadao_models.flags._peers import CLOSE_LEVELS, LEVELS, encode

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

P_BAR = 2e-3
"""Chance at which an amount far from its peers reaches the bar. Both sides together then reach
0.7 in at most 0.4 % and 0.85 in at most 0.04 % of honest records, within the contract's 1 % and
0.1 %; the least ratio lowers that further."""

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


def chances(contracts: pd.DataFrame) -> Floats:
    """One-sided chance of each amount among its peers: from `_tails`, else from the robust z.

    The second is for peers that are not in this table (a reference learned elsewhere).
    """
    p = contracts["_pares_chance"].to_numpy()
    z = np.abs(contracts["_pares_z"].to_numpy())
    from_z = _tails.chance(z, _tails.MAD_FREEDOM * contracts["_pares_n"].to_numpy())
    return np.where(np.isnan(p), from_z, p)


def spreads(contracts: pd.DataFrame) -> Floats:
    """Spread of log amounts behind `chances`."""
    spread = contracts["_pares_dispersao"].to_numpy()
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio, z = contracts["_pares_razao"].to_numpy(), contracts["_pares_z"].to_numpy()
        return np.where(np.isnan(spread), np.log(ratio) / z, spread)


def rare(contracts: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Records whose amount is at least as rare among its peers as the bar."""
    return np.nan_to_num(chances(contracts), nan=1.0) <= P_BAR


def weight(p: float, *, close: bool) -> float:
    """Weight of that chance; among wide groups (category, modality, file) below the bar."""
    return float(_strength.from_chance(p, bar=P_BAR)) * (1.0 if close else _strength.BAR)


def is_close(contracts: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Purchases compared with purchases of the same object."""
    close = np.isin(contracts["_pares_nivel"].to_numpy(), CLOSE_LEVELS)
    return np.asarray(close & contracts["_compra"].to_numpy())


def far_from_peers(contracts: pd.DataFrame, *, side: int, min_ratio: float) -> Iterator[Hit]:
    """Records above (`side=1`) or below (`side=-1`) their peers by `min_ratio` and by chance."""
    ratio = contracts["_pares_razao"].to_numpy() ** side
    with np.errstate(invalid="ignore"):
        rows = np.flatnonzero((ratio >= min_ratio) & rare(contracts))
    if not len(rows):
        return
    close, p = is_close(contracts), chances(contracts)
    peers = PeerGroups(contracts)
    for row in rows:
        facts = peers.facts(int(row), side)
        facts |= {"chance": float(p[row]), "vezes": float(ratio[row])}
        yield Hit([int(contracts.index[int(row)])], facts, weight(p[row], close=bool(close[row])))


class PeerGroups:
    """All records of a peer group (also those that found a narrower one), looked up when told."""

    def __init__(self, contracts: pd.DataFrame) -> None:
        self.contracts = contracts
        self.value = contracts["_valor"].to_numpy()
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
        }
        if n != len(values):
            return facts | {"criterio": self._criterion(row) + ELSEWHERE, "contagem": ""}
        first = int(np.searchsorted(values, value, side="left" if side > 0 else "right"))
        count = first if side > 0 else n - first
        told = f"; {words.number(count)} deles custaram {'menos' if side > 0 else 'mais'}"
        facts |= {"criterio": self._criterion(row) + years, "contagem": told}
        return facts | {"do_outro_lado": count}

    def _at(self, column: str, row: int) -> Any:
        return self.contracts[column].iat[row]

    def _codes(self, level: str) -> tuple[Ints, Ints]:
        """Group of each row at a level (-1 unknown), and the rows ordered by group and amount."""
        if level not in self.sorted:
            code = np.where(np.isnan(self.value), -1, 0)
            for column in SHARED[level]:
                values = self.contracts[column]
                part = (
                    values.to_numpy().astype(np.int64)
                    if values.dtype.kind == "i"
                    else encode(values, len(values)).codes
                )
                width = int(part.max(initial=0)) + 1
                code = np.where((code >= 0) & (part >= 0), code * width + part, -1)
            self.sorted[level] = code, np.lexsort((self.value, code))
        return self.sorted[level]

    def _members(self, row: int) -> tuple[Floats, str]:
        level = str(self._at("_pares_nivel", row))
        code, order = self._codes(level)
        key = level, int(code[row])
        if key not in self.seen:
            first = np.searchsorted(code, code[row], side="left", sorter=order)
            last = np.searchsorted(code, code[row], side="right", sorter=order)
            rows = order[first:last]
            self.seen[key] = self.value[rows], self._years(rows)
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
