"""An amendment signed days after its contract.

Alone it only gives context; a large addition within days, in a file where that is rare, tells
more. An amendment before the signature is left out.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.findings import words
from cidadao_models.flags import Hit, _dates, _limits, _strength, flag

LARGE_SHARE = 0.2
"""Of the initial value: near the limit of 25 % for the whole life of the contract."""

WITHIN_DAYS = 15
"""Days within which a large addition shows that the object was known to be larger."""

RARE = 0.02
MIN_FILE = 50
"""Where more than 2 % of 50 or more dated amendments come in `max_days`, they are no exception,
and none is told."""

SLOW = 4.0
"""Halvings of the days that count as one doubling of the share."""


@flag(
    id="aditivo_logo_apos_assinatura",
    title="Aditivo logo depois da assinatura",
    legal_basis="Lei 14.133/2021, arts. 124 e 125; Lei 8.666/1993, art. 65",
    needs=("data_aditivo", ("data_assinatura", "vigencia_inicio")),
    explain="Contrato de {assinatura} e aditivo de {aditivo}, {dias} dias depois{acrescimo}.",
    innocent="o aditivo só corrigir um erro do texto, a dotação ou a forma de pagamento.",
    next_step="peça o termo aditivo, a justificativa e o projeto ou termo de referência da"
    " licitação.",
    params={"max_days": 30},
    method="Conta os dias da assinatura (ou do início) ao aditivo. É contexto; vira sinal quando o"
    " único aditivo, em até 15 dias, soma 20 % ou mais do valor inicial. Arquivos em que aditivos"
    " tão cedo são comuns ficam de fora.",
    example={
        "assinatura": "03/06/2024",
        "aditivo": "10/06/2024",
        "dias": 7,
        "acrescimo": ", com acréscimo de R$ 48.000,00 (24,0 % do valor inicial)",
    },
)
def check(contracts: pd.DataFrame, *, max_days: int) -> Iterator[Hit]:
    """`max_days`: most days after the signature that count as soon (days)."""
    signed = _dates.first_of(contracts, "data_assinatura", "vigencia_inicio")
    amended = _dates.sane(_dates.days(contracts, "data_aditivo"))
    known = ~(np.isnat(signed) | np.isnat(amended))
    days = np.where(known, (amended - signed).astype(np.int64), -1)
    rows = np.flatnonzero((days >= 0) & (days <= max_days))
    after = int((days >= 0).sum())
    if not len(rows) or (after >= MIN_FILE and len(rows) > RARE * after):
        return
    share = _share_added(contracts)[rows]
    labels = contracts.index.to_numpy()
    weights = _weights(days[rows], share, max_days=max_days)
    for row, added, weight in zip(rows, share, weights, strict=True):
        facts: dict[str, object] = {
            "assinatura": _dates.written(signed[row]),
            "aditivo": _dates.written(amended[row]),
            "dias": int(days[row]),
            "acrescimo": _in_words(contracts, int(row), float(added)),
        }
        yield Hit([int(labels[row])], facts, float(weight))


def _weights(
    days: npt.NDArray[np.int64], share: npt.NDArray[np.float64], *, max_days: int
) -> npt.NDArray[np.float64]:
    """Context that fades with the days; from the bar on for a large addition within days."""
    context = _strength.CONTEXT * (1.0 - days / (max_days + 1.0))
    with np.errstate(invalid="ignore"):
        large = (share >= LARGE_SHARE) & (days <= WITHIN_DAYS)
    steps = np.log2(np.where(large, share, LARGE_SHARE) / LARGE_SHARE)
    steps = steps + np.log2(WITHIN_DAYS / np.maximum(days, 1.0)) / SLOW
    return np.asarray(np.where(large, _strength.strength(steps), context))


def _share_added(contracts: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Addition over the initial value; NaN where unknown or where several amendments share it."""
    added = _amount(contracts, "valor_aditivos")
    initial = _amount(contracts, "valor_inicial")
    final = _amount(contracts, "valor_final") - added
    base = np.where(initial > 0, initial, np.where(final > 0, final, np.nan))
    count = _amount(contracts, "n_aditivos")
    with np.errstate(invalid="ignore"):
        share = np.where(count > 1, np.nan, added / base)
        return np.where(share <= _limits.REFURBISHMENT_SHARE * 2, share, np.nan)


def _amount(contracts: pd.DataFrame, name: str) -> npt.NDArray[np.float64]:
    if name not in contracts:
        return np.full(len(contracts), np.nan)
    amount = contracts[name].to_numpy(dtype=np.float64, na_value=np.nan)
    return np.where(np.isfinite(amount), amount, np.nan)


def _in_words(contracts: pd.DataFrame, row: int, share: float) -> str:
    if not share > 0:
        return ""
    amount = words.money(float(contracts["valor_aditivos"].iloc[row]))
    return f", com acréscimo de {amount} ({words.number(100 * share, 1)} % do valor inicial)"
