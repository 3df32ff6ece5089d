"""An amendment signed days after its contract.

Alone it only gives context; a large addition within days tells more, but where amendments are early
throughout the file. An amendment before the signature is left out.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.findings import words
from cidadao_models.flags import Hit, _additions, _dates, _strength, flag

Floats = npt.NDArray[np.float64]

LARGE_SHARE = 0.2
"""Of the initial value: near the limit of 25 % for the whole life of the contract."""

WITHIN_DAYS = 15
"""Days within which a large addition shows that the object was known to be larger."""

HABIT, MIN_OTHERS = 0.25, 20
"""Where, of 20 or more amendments without a large addition, over a quarter come in `max_days`, the
dates are likely those of something else: large additions then give context, others are not told."""

MOSTLY, MIN_FILE = 0.5, 50
"""The same where over half of 50 or more amendments are large and early."""

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
    " único aditivo, em até 15 dias, soma 20 % ou mais do valor inicial. Se mais de um quarto dos"
    " outros aditivos do arquivo vêm tão cedo, tudo é contexto.",
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
    if not len(rows):
        return
    share = _additions.share(contracts)
    large = _large(share, days)
    weights = _weights(days[rows], share[rows], max_days=max_days)
    if _habit(days, large, max_days):
        rows, weights = rows[large[rows]], np.minimum(weights, _strength.CONTEXT)[large[rows]]
    labels = contracts.index.to_numpy()
    for row, added, weight in zip(rows, share[rows], weights, strict=True):
        facts: dict[str, object] = {
            "assinatura": _dates.written(signed[row]),
            "aditivo": _dates.written(amended[row]),
            "dias": int(days[row]),
            "acrescimo": _in_words(contracts, int(row), float(added)),
        }
        yield Hit([int(labels[row])], facts, float(weight))


def _large(share: Floats, days: _dates.Ints) -> npt.NDArray[np.bool_]:
    """Amendments within days that add a large share."""
    with np.errstate(invalid="ignore"):
        return np.asarray((share >= LARGE_SHARE) & (days >= 0) & (days <= WITHIN_DAYS))


def _habit(days: _dates.Ints, large: npt.NDArray[np.bool_], max_days: int) -> bool:
    """Whether amendments in this file come early as a rule, large additions apart."""
    others = days[(days >= 0) & ~large]
    if len(others) >= MIN_OTHERS and (others <= max_days).mean() > HABIT:
        return True
    dated = len(others) + int(large.sum())
    return dated >= MIN_FILE and large.sum() > MOSTLY * dated


def _weights(days: _dates.Ints, share: Floats, *, max_days: int) -> Floats:
    """Context that fades with the days; from the bar on for a large addition within days."""
    context = _strength.CONTEXT * (1.0 - days / (max_days + 1.0))
    large = _large(share, days)
    steps = np.log2(np.where(large, share, LARGE_SHARE) / LARGE_SHARE)
    steps = steps + np.log2(WITHIN_DAYS / np.maximum(days, 1.0)) / SLOW
    return np.asarray(np.where(large, _strength.strength(steps), context))


def _in_words(contracts: pd.DataFrame, row: int, share: float) -> str:
    if not share > 0:
        return ""
    amount = words.money(float(contracts["valor_aditivos"].iloc[row]))
    return f", com acréscimo de {amount} ({words.number(100 * share, 1)} % do valor inicial)"
