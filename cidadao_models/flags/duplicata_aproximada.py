"""Records of one supplier, buyer and amount, days apart, described in almost the same words.

Regular payments and the parcels of one purchase are left out, as far as the text tells them.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from cidadao_models.flags import Hit, _duplicates, _strength, flag

P_BAR = 0.05
"""Chance of two of the supplier's records of that amount coming so close by themselves. Larger
than for other facts, because equal amount, supplier and words are already rare together."""


@flag(
    id="duplicata_aproximada",
    title="Registro quase igual a outro",
    legal_basis="Lei 4.320/1964, arts. 62 e 63",
    needs=("valor", ("fornecedor_id", "fornecedor"), "data", "objeto"),
    explain="{n} registros do mesmo fornecedor, no mesmo valor ({valor:brl}), com {dias} dia(s)"
    " entre eles e descrição {semelhanca:0} % igual (registros {registros}).",
    innocent="forem parcelas, lotes ou serviços repetidos de preço fixo.",
    next_step="compare os processos, as notas fiscais e os recebimentos de cada um.",
    params={"window_days": 10},
)
def check(contracts: pd.DataFrame, *, window_days: int) -> Iterator[Hit]:
    """`window_days`: most days between two entries of one purchase (days; below a month)."""
    pairs = list(_duplicates.near_pairs(contracts, window_days=window_days, max_chance=P_BAR))
    for chain in _duplicates.chains(pairs):
        rows = sorted({row for pair in chain for row in (pair.first, pair.second)})
        labels = sorted(contracts.index[rows].tolist())
        p = max(pair.p for pair in chain)
        facts: dict[str, object] = {
            "n": len(labels),
            "valor": float(contracts["_valor"].iloc[rows[0]]),
            "dias": max(pair.days for pair in chain),
            "semelhanca": float(min(pair.similarity for pair in chain)),
            "registros": _duplicates.listed(labels),
            "chance": p,
        }
        weight = float(_strength.from_chance(p, bar=P_BAR))
        yield Hit(labels, facts, weight)
