"""Records of one supplier (or buyer) and amount, days apart, in almost the same words.

Regular payments and the parcels of one purchase are left out, as far as the text tells them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd

from cidadao_models.flags import Hit, _duplicates, _strength, flag
from cidadao_models.flags._peers import BUYERS
from cidadao_models.flags.duplicata_exata import MANY_SHARE, MIN_RECORDS

MANY_OF_BUYER = 0.05
"""The same share where no supplier is told: lots of one tender then look like repetitions."""

CEILING = 0.84
"""Highest weight where no supplier is told: below "high" (0.85)."""

P_BAR = 0.05
"""Chance of two of the supplier's records of that amount coming so close by themselves. Larger
than for other facts, because equal amount, supplier and words are already rare together."""


@flag(
    id="duplicata_aproximada",
    title="Registro quase igual a outro",
    legal_basis="Lei 4.320/1964, arts. 62 e 63",
    needs=(
        "valor",
        ("fornecedor_id", "fornecedor", *BUYERS),
        "data",
        "objeto",
    ),
    explain="{n} registros do mesmo {parte}, no mesmo valor ({valor:brl}), {quando}"
    " e com {descricao} (registros {registros}){geral}.",
    innocent="forem parcelas, lotes ou serviços repetidos de preço fixo.",
    next_step="compare os processos, as notas fiscais e os recebimentos de cada um.",
    params={"window_days": 10},
    method="Procura registros da mesma parte, no mesmo valor, em datas próximas e com descrição"
    " quase igual. Valores que se repetem em muitos registros (mensalidades, preços de tabela)"
    " não contam.",
    example={
        "n": 2,
        "parte": "fornecedor",
        "valor": 48_000.0,
        "quando": "a 4 dias um do outro",
        "descricao": "descrição quase igual",
        "registros": "12 e 15",
        "geral": "",
    },
)
def check(contracts: pd.DataFrame, *, window_days: int) -> Iterator[Hit]:
    """`window_days`: most days between two entries of one purchase (days; below a month)."""
    pairs = list(_duplicates.near_pairs(contracts, window_days=window_days, max_chance=P_BAR))
    supplied = bool(contracts["_fornecedor"].notna().any())
    named = len({row for pair in pairs for row in (pair.first, pair.second)})
    most = MANY_SHARE if supplied else MANY_OF_BUYER
    general = len(contracts) >= MIN_RECORDS and named > most * contracts["_valor"].count()
    for chain in _duplicates.chains(pairs):
        rows = sorted({row for pair in chain for row in (pair.first, pair.second)})
        labels = sorted(contracts.index[rows].tolist())
        p = max(pair.p for pair in chain)
        days = max(pair.days for pair in chain)
        similarity = float(min(pair.similarity for pair in chain))
        facts: dict[str, object] = {
            "n": len(labels),
            "parte": "fornecedor" if supplied else "comprador",
            "valor": float(contracts["_valor"].iloc[rows[0]]),
            "dias": days,
            "quando": _when(days),
            "semelhanca": similarity,
            "descricao": _wording(similarity),
            "registros": _duplicates.listed(labels),
            "geral": "; no arquivo todo há muitos assim" if general else "",
            "chance": p,
        }
        weight = min(float(_strength.from_chance(p, bar=P_BAR)), 1.0 if supplied else CEILING)
        yield Hit(labels, facts, _strength.CONTEXT if general else weight)


def _when(days: int) -> str:
    if days == 0:
        return "no mesmo dia"
    return f"com {days} {'dia' if days == 1 else 'dias'} entre eles"


def _wording(similarity: float) -> str:
    if similarity >= 100:
        return "a mesma descrição"
    return f"descrição {math.floor(similarity)} % igual"
