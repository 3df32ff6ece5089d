"""An awarded value many times the estimate that the buyer made before the tender.

A bid above the estimate should already be refused; a multiple of it also points to a unit or
monthly estimate beside a total.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.flags import Hit, _strength, flag
from cidadao_models.records import FIELDS

SYMBOLIC = 100.0
"""R$; smaller estimates stand for a secret budget (R$ 1,00 in Paraná's integrated contracts)."""

_AWARDED = ("valor_inicial", "valor", "valor_final")
"""Where an award may stand, the nearest to the act of award first: later ones hold additions."""


@flag(
    id="homologado_muito_acima_do_estimado",
    title="Valor homologado muito acima do estimado",
    legal_basis="Lei 14.133/2021, art. 59, III (Lei 8.666/1993, art. 48, II)",
    needs=("valor_estimado", ("valor_inicial", "valor", "valor_final")),
    explain="O {campo} ({homologado:brl}) é {vezes:1} vezes o valor estimado ({estimado:brl}).",
    innocent="a estimativa for de uma unidade, de um lote ou de um mês, ou o orçamento for"
    " sigiloso e publicado com um valor simbólico.",
    next_step="peça o orçamento estimado, a ata de julgamento e o termo de homologação.",
    params={"min_ratio": 2.0},
    method="Divide o valor homologado pelo estimado do mesmo registro. Estimativas simbólicas e"
    " vendas (leilão) ficam de fora.",
    example={"campo": "valor", "homologado": 240_000.0, "vezes": 3.0, "estimado": 80_000.0},
)
def check(contracts: pd.DataFrame, *, min_ratio: float) -> Iterator[Hit]:
    """`min_ratio`: fewest times the estimate (ratio; twice it can't be explained by rounding)."""
    estimate = contracts["valor_estimado"].to_numpy(dtype=np.float64, na_value=np.nan)
    estimate = np.where((estimate >= SYMBOLIC) & ~_sales(contracts), estimate, np.nan)
    known = np.zeros(len(contracts), dtype=bool)
    labels = contracts.index.to_numpy()
    for name in _AWARDED:
        if name not in contracts:
            continue
        awarded = contracts[name].to_numpy(dtype=np.float64, na_value=np.nan)
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = np.where(np.isfinite(awarded), awarded / estimate, np.nan)
            rows = np.flatnonzero((ratio >= min_ratio) & ~known)
        known |= awarded > 0
        for row, weight in zip(
            rows, _strength.from_multiple(ratio[rows], bar=min_ratio), strict=True
        ):
            facts: dict[str, object] = {
                "campo": FIELDS[name].label,
                "homologado": float(awarded[row]),
                "estimado": float(estimate[row]),
                "vezes": float(ratio[row]),
            }
            yield Hit([int(labels[row])], facts, float(weight))


def _sales(contracts: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Auctions in which the public body sells: there the highest bid wins."""
    return np.asarray(contracts["_modalidade"].to_numpy() == "leilao")
