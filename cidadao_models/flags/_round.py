"""Round amounts, and the reasons that make one ordinary: grants, fees, ceilings, legal limits.

Reads words of the record; whether an amount was negotiated it cannot know.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.flags import _limits
from cidadao_models.flags._peers import encode
from cidadao_models.records import plain_words

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_OFTEN_ROUND = re.compile(
    r"conveni|fomento|termo de colabora|acordo de coop|repasse|subven|auxili|contribui|doac"
    r"|patrocin|premi|\bbolsas?\b|\bdiarias?\b|adiantament|suprimento de fundo|pronto pagamento"
    r"|cache|\bshows?\b|artist|cantor|banda|musical|\bteto\b|estimativ|limite|alugue|loca\w* de"
    r" imove|imovel|indeniza|sentenca|precatori|emenda|transferenc|cota|folha|taxa|anuidade"
    r"|credenciament|publicidade|credito|reforco|fundo"
)
"""Grants, fees, ceilings and allowances: their amounts are decided, not measured."""

SMALLEST = 10_000.0
"""R$; smaller amounts are round by habit (tickets, advances, small services)."""

LAW_8666 = (8_000.0, 15_000.0, 80_000.0, 150_000.0, 330_000.0, 650_000.0, 176_000.0, 1_500_000.0)
"""R$; round limits of Lei 8.666/1993, arts. 23 and 24, before and after Decreto 9.412/2018."""

MAX_ZEROS = 9
"""Zeros counted; no purchase is a multiple of ten thousand million."""


def zeros(value: Floats) -> Ints:
    """Zeros before the comma: 3 for R$ 45.000,00, none for R$ 45.000,50."""
    cents = np.rint(value * 100)
    answer = np.zeros(len(value), dtype=np.int64)
    at = np.arange(len(value))
    for power in range(1, MAX_ZEROS + 1):
        step = 10.0 ** (power + 2)
        at = at[np.rint(cents[at] / step) * step == cents[at]]
        answer[at] = power
    return answer


def ordinary(contracts: pd.DataFrame, rows: Ints, value: Floats) -> Bools:
    """Whether these round amounts have a reason: a legal limit, or a grant, fee or ceiling."""
    limits = {row.works for row in _limits.table()} | {row.other for row in _limits.table()}
    reason = np.isin(value, [*limits, *LAW_8666])
    for name in ("objeto", "categoria", "modalidade"):
        if name in contracts and len(rows):
            encoded = encode(contracts[name].iloc[rows], len(rows))
            told = [_OFTEN_ROUND.search(plain_words(text)) is not None for text in encoded.texts]
            reason |= np.array([*told, False], dtype=bool)[encoded.codes]
    return np.asarray(reason)


class Amounts:
    """Amounts of at least `SMALLEST` of purchases: row, value, zeros before the comma."""

    def __init__(self, contracts: pd.DataFrame) -> None:
        value = contracts["_valor"].to_numpy()
        with np.errstate(invalid="ignore"):
            self.row: Ints = np.flatnonzero((value >= SMALLEST) & contracts["_compra"].to_numpy())
        self.value: Floats = value[self.row]
        self.zeros = zeros(self.value)
