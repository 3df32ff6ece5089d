"""Several direct awards that together pass the limit for one.

Looks at purchases that a limit allows one by one; awards on other grounds are left out.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cidadao_models.flags import Hit, _limits, _splitting, _strength, flag

UNDESCRIBED_SHARE = 0.5
"""Share of the limit: where nothing says what was bought, smaller amounts may be bills of one
contract (water, post), so such a cluster only gives context."""


@flag(
    id="fracionamento",
    title="Possível fracionamento de despesa",
    legal_basis="Lei 14.133/2021, art. 75, § 1º (Lei 8.666/1993, art. 23, § 5º, e art. 24, I e II)",
    needs=(
        ("unidade_gestora_id", "unidade_gestora", "orgao_id", "orgao"),
        "data",
        "valor",
        ("modalidade", "fundamento_legal"),
        ("categoria", "objeto", "fornecedor_id", "fornecedor"),
    ),
    explain="{n} dispensas em {periodo} somam {total:brl}, acima do limite de {limite:brl}"
    " ({ato}) para uma só compra: {criterio}.",
    innocent="forem compras de naturezas diferentes ou imprevisíveis, que não se somam.",
    next_step="peça o plano de contratações do ano e as justificativas das dispensas.",
    params={"window_days": 60},
    method="Soma dispensas por valor da mesma unidade, no mesmo ano e da mesma natureza (ou do"
    " mesmo fornecedor), em janelas de dias. Só aparece o que seria raro ao acaso, dada a densidade"
    " das compras do arquivo.",
    example={
        "n": 4,
        "periodo": "25 dias",
        "total": 230_000.0,
        "limite": 62_725.59,
        "ato": "Decreto 12.343/2024",
        "criterio": "mesma unidade e mesmo tipo de objeto",
    },
)
def check(contracts: pd.DataFrame, *, window_days: int) -> Iterator[Hit]:
    """`window_days`: widest span of the awards that are added up (days, within one year)."""
    awards = _splitting.direct_awards(contracts)
    for cluster in _splitting.clusters(awards, window_days=window_days):
        members = cluster.members
        total, limit = float(awards.value[members].sum()), float(awards.limit[members].max())
        if total <= limit:
            continue
        rows = awards.records[np.isin(awards.award, members)]
        days = int(np.ptp(awards.day[members])) + 1
        facts: dict[str, object] = {
            "n": len(members),
            "dias": days,
            "periodo": "um dia" if days == 1 else f"{days} dias",
            "total": total,
            "limite": limit,
            "ato": _act(contracts, int(awards.row[members[0]])),
            "criterio": _criterion(contracts, awards.row[members], cluster.kind),
            "chance": cluster.p,
        }
        weight = float(_strength.from_chance(cluster.p))
        near = awards.value[members] >= UNDESCRIBED_SHARE * awards.limit[members]
        if not (near | awards.described[members]).all():
            weight *= _strength.BAR
        yield Hit(contracts.index[np.sort(rows)].tolist(), facts, weight)


def _act(contracts: pd.DataFrame, row: int) -> str:
    basis = " ".join(
        str(contracts[name].iloc[row])
        for name in ("fundamento_legal", "modalidade")
        if name in contracts and not pd.isna(contracts[name].iloc[row])
    )
    works = bool(contracts["_obra"].iloc[row])
    day = contracts["data"].iloc[row].date()
    limit = _limits.dispensa_limit(day, works=works, legal_basis=basis)
    return f"{limit.act}; {limit.note}" if limit.note else limit.act


def _criterion(contracts: pd.DataFrame, rows: np.ndarray, kind: str) -> str:
    """What the awards share, in words: the buyer, and the object, category or supplier."""
    alike = ["mesmo comprador"]
    names = contracts["_grupo_nome"].iloc[rows]
    if kind == "natureza":
        name = names.iloc[0]
        alike.append("mesma categoria" if pd.isna(name) else f"mesmo grupo de objeto, “{name}”")
    suppliers = contracts["_fornecedor"].iloc[rows]
    if suppliers.nunique(dropna=False) == 1 and not suppliers.isna().any():
        alike.append("mesmo fornecedor")
    return ", ".join(alike)
