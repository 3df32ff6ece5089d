"""How rare an award's discount is among those of the same file and modality, and which law's mark
of unfeasible works holds for it.

Judges no record; the flag does.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.flags import _estimates, _limits, _tails
from cidadao_models.flags._peers import encode
from cidadao_models.records import plain_words

Bools = npt.NDArray[np.bool_]

MIN_PAIRS = 30
"""Fewest tenders with estimate and award whose discounts tell what is usual."""

MIN_DISCOUNT = 0.5
"""Least discount worth telling of goods and services (IN SEGES/ME 73/2022, art. 34: below half of
the estimate a bid is a sign of being unfeasible; not verified)."""

WORKS_SHARE = 0.75
"""Works and engineering below this share of the estimate are presumed unfeasible (Lei
14.133/2021, art. 59, § 4º); in practice nearly a third of real works are, so it only gives
context."""

PARTS_RANGE, PARTS_SHARE = (0.1, 0.3), 0.03
"""Shares of the estimate at which parts of a tender are awarded, and the share of tenders there
from which that is the file's habit (5 to 8 % in Paraná, Belo Horizonte and Vitória, none where
each award is of its whole estimate)."""

MANY_PAIRS = 100
"""Tenders from which the lack of such parts tells that awards below them are no parts either."""

COPIED_SHARE = 0.5
"""Share of awards equal to the estimate from which the source copies one from the other: only the
others then tell what a usual discount is."""


Rarity = tuple[_estimates.Floats, _estimates.Floats, _estimates.Ints, npt.NDArray[np.bool_]]


def rarity(known: _estimates.Pairs) -> Rarity:
    """(chance, median ratio, n, same modality) of each pair among those of its modality.

    Modalities with few pairs are judged among all competitive ones together.
    """
    size = len(known.row)
    chance, median = np.ones(size), np.full(size, np.nan)
    n, same = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=bool)
    x = np.log(known.ratio)
    low = x <= np.log(WORKS_SHARE)
    competitive = np.isin(known.modality, _estimates.COMPETITIVE)
    for name in np.unique(known.modality[low].astype(str)):
        mine = np.flatnonzero(known.modality == name)
        usual = _discounts(x[mine], known.estimate[mine])
        close = len(usual) >= MIN_PAIRS
        if not close and name in _estimates.COMPETITIVE:
            usual = _discounts(x[competitive], known.estimate[competitive])
        if len(usual) < MIN_PAIRS:
            continue
        middle = float(np.median(usual))
        chance[mine] = _tails.chance((middle - x[mine]) / _tails.low_spread(usual), len(usual))
        median[mine], n[mine], same[mine] = np.exp(middle), len(usual), close
    return chance, median, n, same


def _discounts(x: _estimates.Floats, estimate: _estimates.Floats) -> _estimates.Floats:
    """Log ratios of distinct tenders; without the equal ones where the source copies estimates."""
    distinct = np.unique(np.column_stack((x, estimate)), axis=0)[:, 0]
    equal = np.abs(distinct) <= _estimates.SAME
    return distinct[~equal] if equal.mean() > COPIED_SHARE else distinct


PARTIAL, SMALL_PARTIAL, UNIT = 0.05, 0.03, 0.01
"""Shares of the estimate below which an award is more often of a part of the lots than a price
(read through in Paraná's tenders of 2020 to 2024): where parts are the habit, in a small file
without parts, and in any file (there it is more often a unit price or an entry error)."""


def partial_below(known: _estimates.Pairs) -> float:
    """Share of the estimate below which awards of these tenders are more often parts."""
    low, high = PARTS_RANGE
    ratio = known.ratio
    if ((ratio > low) & (ratio < high)).mean() >= PARTS_SHARE:
        return PARTIAL
    return SMALL_PARTIAL if len(ratio) < MANY_PAIRS else UNIT


_GOODS = re.compile(r"aquisic|\bcompra|\bfornecimento|\bmateria(?:l|is)\b|\blocacao")
_WORKS = re.compile(r"\bobras?\b|execucao|engenharia|reforma|paviment|edificacao")


def under_works_mark(contracts: pd.DataFrame, rows: _estimates.Ints) -> Bools:
    """Whether the mark of Lei 14.133/2021 for works holds for each of these records of works.

    It does when the law is stated or its date tells, or when nothing tells another law; buying
    building materials is no work.
    """
    n = len(rows)
    stated = np.full(n, -1, dtype=np.int64)
    for name in ("modalidade", "fundamento_legal"):
        if name in contracts and n:
            encoded = encode(contracts[name].iloc[rows], n)
            codes = np.array([*map(_law, encoded.texts), -1], dtype=np.int64)[encoded.codes]
            stated = np.where(codes >= 0, codes, stated)
    recent = np.ones(n, dtype=bool)
    if "data" in contracts:
        days = contracts["data"].to_numpy()[rows].astype("datetime64[D]")
        recent = np.isnat(days) | (days > END_OF_8666)
    holds = np.where(stated >= 0, stated == 1, recent)
    if holds.any():
        encoded = encode(contracts["objeto"].iloc[rows], n)
        goods = np.array([*map(_buys_goods, encoded.texts), False], dtype=bool)
        holds &= ~goods[encoded.codes]
    return np.asarray(holds)


def _law(text: str) -> int:
    """1 where the text names Lei 14.133, 0 another law, -1 none."""
    regime = _limits.stated_regime(text)
    return -1 if regime is None else int(regime == "14.133")


END_OF_8666 = np.datetime64("2023-12-30")
"""Last day of Lei 8.666/1993, which has another mark (art. 48, § 1º); the day is not verified."""


def _buys_goods(text: str) -> bool:
    """Whether building materials are bought, not works."""
    plain = plain_words(text[:400])
    return _GOODS.search(plain) is not None and _WORKS.search(plain) is None


def too_few(prepared: pd.DataFrame) -> str:
    """Why no discount of these records can be judged, or ""."""
    known = _estimates.pairs(prepared)
    usable = ~np.isin(known.modality, _estimates.NOT_A_PURCHASE)
    works: npt.NDArray[np.bool_] = prepared["_obra"].to_numpy()[known.row]
    if int(usable.sum()) < MIN_PAIRS and not (usable & works).any():
        return f"menos de {MIN_PAIRS} registros têm valor estimado e homologado comparáveis"
    return ""
