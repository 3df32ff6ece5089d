"""Different bidders of one tender whose bids are equal to the centavo.

Equal bids are weighed by how likely they are given how finely this amount is written; prices
that a table, an estimate or a round number explains are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import comb, pi, sqrt

import numpy as np
import pandas as pd

from cidadao_models.flags import Hit, _bids, _strength, flag
from cidadao_models.flags._tenders import Bids, market

LEAST_TIED = 4
"""Other tenders with equal bids from which a market may be one of fixed prices."""

CENTAVO = 0.01

WORTH_NAMING = 0.01
"""Greatest chance of equal bids that are named at all."""

DISCOUNT_STEPS = (0.01, 0.001)
"""Shares of the estimate at which discounts are offered: whole percentages, then tenths."""


@flag(
    id="propostas_identicas",
    title="Propostas idênticas de empresas diferentes",
    legal_basis="Lei 12.529/2011, art. 36, § 3º, I, “d”; Lei 14.133/2021, art. 60 (empate)",
    needs=("licitacao_id", "valor_proposta", ("fornecedor_id", "fornecedor")),
    explain="Na licitação {licitacao}, {iguais} de {n} propostas, de empresas diferentes, são"
    " iguais até o centavo: {valor:brl}.",
    innocent="o preço for tabelado ou limitado pelo edital, ou as empresas tiverem copiado o mesmo"
    " orçamento de referência.",
    next_step="peça as propostas originais e compare planilhas de custos, datas e autores dos"
    " arquivos.",
    params={"tabulated_share": 0.3},
    method="Procura valores iguais até o centavo de empresas diferentes (filiais contam como uma) e"
    " calcula a chance disso pela dispersão usual das propostas e pelo arredondamento do valor."
    " Ficam de fora empates no valor estimado ou em descontos redondos sobre ele; onde muitas"
    " licitações do arquivo têm empates, é contexto.",
    example={"licitacao": "12/2024", "iguais": 2, "n": 4, "valor": 98_765.43},
)
def check(contracts: pd.DataFrame, *, tabulated_share: float) -> Iterator[Hit]:
    """`tabulated_share`: share of tenders with equal bids from which prices are fixed ones."""
    bids = market(contracts)
    runs = _runs(bids)
    if not len(runs):
        return
    tied = len(np.unique(bids.tender[runs[:, 0]]))
    several = int((bids.counts > 1).sum())
    tabulated = tied > LEAST_TIED and (tied - 1) >= tabulated_share * max(several - 1, 1)
    most = _strength.CONTEXT if tabulated else 1.0
    estimate = _bids.estimates(contracts, bids)
    spread = _bids.log_spreads(bids)
    usual = _bids.typical_spread(spread, bids.counts)
    for start, end in runs:
        tender = int(bids.tender[start])
        own = min(usual, float(spread[tender])) if spread[tender] > _bids.TINY else usual
        value, n = float(bids.value[start]), int(bids.counts[tender])
        grid = resolution(value, float(estimate[start]))
        equal = int(end - start)
        pair = min(1.0, grid / (2 * sqrt(pi) * own * value))
        chance = min(1.0, comb(n, equal) * pair ** (equal - 1))
        if chance > WORTH_NAMING:
            continue
        facts: dict[str, object] = {
            "licitacao": _bids.tender_name(contracts, int(bids.row[start])),
            "iguais": equal,
            "n": n,
            "valor": value,
            "chance": chance,
        }
        rows = _bids.labels(contracts, bids.row[start:end])
        yield Hit(rows, facts, min(most, float(_strength.from_chance(chance))))


def _runs(bids: Bids) -> np.ndarray:
    """(k, 2) first and last-plus-one positions of equal bids by known, different bidders."""
    if len(bids.value) < 2:
        return np.zeros((0, 2), dtype=np.int64)
    close = np.abs(np.diff(bids.value)) < CENTAVO / 100
    equal = close & (np.diff(bids.tender) == 0) & (bids.bidder[1:] >= 0) & (bids.bidder[:-1] >= 0)
    if not equal.any():
        return np.zeros((0, 2), dtype=np.int64)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], equal, [False]]).astype(np.int8)))
    return edges.reshape(-1, 2) + np.array([0, 1])


def resolution(value: float, estimate: float) -> float:
    """R$ between the values that a bidder who writes like this chooses from.

    The largest power of ten, or half of the next one, that divides the value (R$ 12.500,00 is
    written in steps of 500); the step of the discount where it is a whole one of the estimate;
    infinite at the estimate itself.
    """
    cents = value / CENTAVO
    grid = CENTAVO if abs(cents - round(cents)) < 1e-6 * cents + 1e-9 else CENTAVO / 100
    steps = round(value / grid)
    while steps % 10 == 0 and steps:
        steps, grid = steps // 10, grid * 10
    grid = grid * 5 if steps % 5 == 0 else grid
    if not estimate > 0:
        return grid
    if abs(value - estimate) < CENTAVO:
        return float("inf")
    for step in DISCOUNT_STEPS:
        nearest = round(value / estimate / step) * step * estimate
        if abs(nearest - value) <= CENTAVO / 2 + 1e-9:
            return max(grid, step * estimate)
    return grid
