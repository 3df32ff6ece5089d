"""A final value above the initial one by more than the law lets a contract grow.

Extensions of continuous services also raise the value, lawfully: where term and object tell of
them, the growth only gives context.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.flags import Hit, _strength, flag
from cidadao_models.flags._extensions import ROUNDING, matches
from cidadao_models.flags._limits import ADDITION_SHARE, REFURBISHMENT_SHARE
from cidadao_models.records import FIELDS

_REFURBISHMENT = re.compile(r"(?i)\breforma")


@flag(
    id="valor_final_acima_do_inicial",
    title="Valor final acima do limite de acréscimo",
    legal_basis="Lei 14.133/2021, art. 125; Lei 8.666/1993, art. 65, § 1º",
    needs=("valor_inicial", ("valor_final", "valor_aditivos", "valor")),
    explain="O valor passou de {inicial:brl} para {final:brl} ({campo}): acréscimo de"
    " {acrescimo:pct}, acima do limite de {limite:pct}.",
    innocent="o aumento vier de prorrogação de serviço contínuo, de reajuste ou de alteração"
    " acordada entre as partes.",
    next_step="peça os termos aditivos e as justificativas e confira se a alteração foi"
    " unilateral.",
    method="Divide o acréscimo pelo valor inicial: limite de 25 %, ou 50 % para reforma de edifício"
    " ou equipamento. Crescimento que prorrogações anuais de serviço contínuo explicam fica de"
    " fora.",
    example={
        "inicial": 100_000.0,
        "final": 160_000.0,
        "campo": "valor final",
        "acrescimo": 0.6,
        "limite": 0.25,
    },
)
def check(contracts: pd.DataFrame) -> Iterator[Hit]:
    """Growth over the initial value against 25 %, or 50 % where the object is a refurbishment."""
    initial = _amount(contracts, "valor_inicial")
    final, source = _final(contracts, initial)
    with np.errstate(invalid="ignore", divide="ignore"):
        growth = np.where(initial > 0, final / initial - 1, np.nan)
    limit = np.full(len(contracts), ADDITION_SHARE)
    rows = np.flatnonzero(growth > ADDITION_SHARE + ROUNDING)
    if "objeto" in contracts and len(rows):
        refurbished = matches(contracts["objeto"].iloc[rows], _REFURBISHMENT)
        limit[rows[refurbished]] = REFURBISHMENT_SHARE
    rows = rows[growth[rows] > limit[rows] + ROUNDING]
    weights = _strength.from_multiple(growth[rows] / limit[rows], bar=1.0)
    labels = contracts.index.to_numpy()
    extended = contracts["_prorrogado"].to_numpy()[rows] & (source[rows] == "valor_final")
    for row, weight in zip(rows, np.where(extended, _strength.CONTEXT, weights), strict=True):
        facts: dict[str, object] = {
            "inicial": float(initial[row]),
            "final": float(final[row]),
            "campo": FIELDS[source[row]].label,
            "acrescimo": float(growth[row]),
            "limite": float(limit[row]),
        }
        yield Hit([int(labels[row])], facts, float(weight))


def _amount(contracts: pd.DataFrame, name: str) -> npt.NDArray[np.float64]:
    if name not in contracts:
        return np.full(len(contracts), np.nan)
    amount = contracts[name].to_numpy(dtype=np.float64, na_value=np.nan)
    return np.where(np.isfinite(amount), amount, np.nan)


def _final(
    contracts: pd.DataFrame, initial: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.object_]]:
    """Final value of each record and the field that gave it: the first that is known."""
    choices = (
        ("valor_final", _amount(contracts, "valor_final")),
        ("valor_aditivos", initial + _amount(contracts, "valor_aditivos")),
        ("valor", _amount(contracts, "valor")),
    )
    final = np.full(len(contracts), np.nan)
    source = np.full(len(contracts), "valor", dtype=object)
    for name, amount in choices:
        taken = np.isnan(final) & np.isfinite(amount)
        final[taken], source[taken] = amount[taken], name
    return final, source
