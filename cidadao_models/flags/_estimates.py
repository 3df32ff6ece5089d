"""Awards beside the estimates made before them: which pairs can be compared, and in what groups.

Leaves out sales, cancelled tenders, percentages, symbolic amounts and estimates of a whole beside
awards of its parts; judges none of the rest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.flags._peers import encode
from cidadao_models.records import plain_words

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

COMPETITIVE = ("pregao", "concorrencia", "tomada_precos", "convite", "dialogo")
"""Modalities in which bidders compete on price, by class (see `records.modality_class`)."""

NOT_A_PURCHASE = ("leilao", "concurso", "credenciamento", "inexigibilidade")
"""Sales, prizes, fixed prices and purchases without competition: no discount is expected."""

SYMBOLIC_ESTIMATE = 100.0
"""R$; smaller estimates stand for a secret budget (R$ 1,00 in Paraná's integrated contracts)."""

SYMBOLIC_AWARD = 1.0
"""R$; awards of R$ 0,01 or R$ 1,00 stand for "free", "by contract" or "highest discount"."""

PERCENT, PERCENT_ABOVE = 100.0, 10_000.0
"""An "award" of at most 100 beside an estimate above R$ 10.000 is a discount in percent
(`valor_ou_desconto_homologado` of Paraná)."""

PARTS = (6, 12, 18, 24, 30, 36, 48, 60)
"""An estimate exactly so many times the award is of a term beside its month, or of a month beside
a day."""

SAME = 0.001
"""Relative difference of amounts that are the same but for rounding."""

SAME_TIMES = 1e-4
"""Relative difference of a multiple that is exact but for cents; in a wider one a discount of more
than nine tenths falls by chance, one in forty times."""

_CANCELLED = re.compile(
    r"revog|anul|cancel|desert|fracass|frustrad|suspens|impugn|encerrada sem|sem exito|nao homolog"
)
_SALE = re.compile(
    r"alien|\bvenda\b|concess|permiss|cessao|onerosa|\bdescarte|leilao|maior (?:lance|oferta)"
    r"|outorga|arrendamento|exploracao (?:de|do|comercial)|cantina|lanchonete|uso d[eo] espaco"
    r"|folha de pagamento"
)
"""The public body sells, or grants a use: there the highest offer wins."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """n records with a comparable estimate and award: position, both in R$, modality class."""

    row: Ints
    estimate: Floats
    award: Floats
    modality: npt.NDArray[np.object_]

    @property
    def ratio(self) -> Floats:
        """Award over estimate."""
        return self.award / self.estimate

    def of(self, chosen: Bools | Ints) -> Pairs:
        """Some of the pairs."""
        return Pairs(
            self.row[chosen], self.estimate[chosen], self.award[chosen], self.modality[chosen]
        )


def pairs(contracts: pd.DataFrame) -> Pairs:
    """Records with an estimate and an award of purchases that were not cancelled."""
    estimate, award = _amount(contracts, "valor_estimado"), _award(contracts)
    with np.errstate(invalid="ignore"):
        known = (estimate >= SYMBOLIC_ESTIMATE) & (award > SYMBOLIC_AWARD)
        known &= ~((award <= PERCENT) & (estimate > PERCENT_ABOVE))
    modality = contracts["_modalidade"].to_numpy(dtype=object, na_value="")
    if "situacao" in contracts:
        known &= ~_matches(contracts["situacao"], _CANCELLED)
    rows = np.flatnonzero(known)
    return Pairs(rows, estimate[rows], award[rows], modality[rows])


def is_sale(contracts: pd.DataFrame, rows: Ints) -> Bools:
    """Whether the description of these records tells a sale or a grant of use."""
    return _told(contracts, rows, _SALE)


def is_part(contracts: pd.DataFrame, found: Pairs, all_pairs: Pairs) -> Bools:
    """Whether the estimate is of more than the award: of a whole beside parts, or of a term.

    Several records of one buyer with the same estimate and different awards are the parts of one
    tender; an estimate of exactly 12 times the award, or as many as the quantity, is of another
    unit, and so is an award that is the price of one of several.
    """
    if not len(found.row):
        return np.zeros(0, dtype=bool)
    times = found.estimate / found.award
    part = np.isclose(times[:, None], np.array(PARTS)[None, :], rtol=SAME_TIMES).any(axis=1)
    if "quantidade" in contracts:
        quantity = _amount(contracts, "quantidade")[found.row]
        with np.errstate(invalid="ignore"):
            part |= (quantity > 1) & np.isclose(times, quantity, rtol=SAME)
            unit = _amount(contracts, "valor_unitario")[found.row]
            part |= (quantity > 1) & np.isclose(found.award, unit, rtol=SAME_TIMES)
    return part | _shares_estimate(contracts, found, all_pairs)


def _shares_estimate(contracts: pd.DataFrame, found: Pairs, all_pairs: Pairs) -> Bools:
    buyer = encode(contracts["_comprador"], len(contracts)).codes
    wanted = np.flatnonzero(np.isin(all_pairs.estimate, found.estimate))
    some = all_pairs.of(wanted)
    order = np.lexsort((some.award, some.estimate, buyer[some.row]))
    key = buyer[some.row][order], some.estimate[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (np.diff(key[0]) != 0) | (np.diff(key[1]) != 0)
    group = np.cumsum(new) - 1
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(order)) - 1
    award = some.award[order]
    differs = ~np.isclose(award[first], award[last], rtol=SAME)
    in_parts = some.row[order][differs[group]]
    return np.isin(found.row, in_parts)


def _amount(contracts: pd.DataFrame, name: str) -> Floats:
    if name not in contracts:
        return np.full(len(contracts), np.nan)
    value = contracts[name].to_numpy(dtype=np.float64, na_value=np.nan)
    return np.where(np.isfinite(value) & (value > 0), value, np.nan)


def _award(contracts: pd.DataFrame) -> Floats:
    """The amount nearest to the act of award: the initial one where told."""
    initial = _amount(contracts, "valor_inicial")
    return np.where(np.isnan(initial), _amount(contracts, "valor"), initial)


def _matches(column: pd.Series, pattern: re.Pattern[str]) -> Bools:
    """Rows whose text matches, looked up once for each distinct text."""
    encoded = encode(column, len(column))
    hit = [pattern.search(plain_words(text)) is not None for text in encoded.texts]
    return np.array([*hit, False], dtype=bool)[encoded.codes]


def _told(contracts: pd.DataFrame, rows: Ints, pattern: re.Pattern[str]) -> Bools:
    if "objeto" not in contracts or not len(rows):
        return np.zeros(len(rows), dtype=bool)
    return _matches(contracts["objeto"].iloc[rows], pattern)
