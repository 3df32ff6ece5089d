"""Emergency awards of one buyer for one need that follow each other beyond the legal term.

Days covered twice count once; awards for court orders are left out. Whether it was one emergency
the records do not say.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cidadao_models.flags import Hit, _dates, _emergency, _peers, _strength, flag
from cidadao_models.flags._emergency import Emergencies
from cidadao_models.flags.emergencia_acima_do_prazo import whole_days

OTHER_SUPPLIERS = 1.5
"""Share of the limit at the bar where suppliers differ: the ban of art. 75, VIII is on hiring the
same one again, so a change of supplier takes more days to speak as loudly."""

SAME_SUPPLIER = 1.1

ONE_OFF = ("aquisicao", "obra")
"""Actions of deliveries and works: many of them side by side need not be one need."""


@flag(
    id="emergencia_repetida",
    title="Emergências seguidas para a mesma necessidade",
    legal_basis="Lei 14.133/2021, art. 75, VIII (STF, ADI 6890); Lei 8.666/1993, art. 24, IV",
    needs=(
        _peers.BUYERS,
        ("vigencia_inicio", "data_assinatura", "data"),
        ("fundamento_legal", "modalidade", "objeto"),
        ("objeto", "categoria"),
    ),
    explain="{n} contratações por emergência ({criterio}) {cobertura}; para uma mesma emergência a"
    " lei admite até {limite} ({ato}).",
    innocent="forem emergências diferentes, ou locais diferentes atendidos ao mesmo tempo.",
    next_step="compare os motivos das dispensas e peça o andamento da licitação que deveria"
    " substituí-las.",
    params={"max_gap_days": 60},
    method="Junta contratações emergenciais do mesmo comprador e da mesma natureza, separadas por"
    " poucos dias, e conta os dias cobertos. Só é sinal forte quando passam do prazo legal; o mesmo"
    " fornecedor duas vezes dentro do prazo é só contexto.",
    example={
        "n": 3,
        "criterio": "mesmo comprador, mesmo grupo de objeto, “servico limpeza”, mesmo fornecedor",
        "cobertura": "cobrem 540 dias, de 01/02/2023 a 25/07/2024",
        "limite": "12 meses",
        "ato": "Lei 14.133/2021, art. 75, VIII",
    },
)
def check(contracts: pd.DataFrame, *, max_gap_days: int) -> Iterator[Hit]:
    """`max_gap_days`: longest pause (days) between awards taken for one continuing need."""
    found = _emergency.awards(contracts)
    if len(found.row) < 2:
        return
    supplier = contracts["_fornecedor"].to_numpy(dtype=object)[found.row]
    for members in _emergency.chains(contracts, found, max_gap_days):
        hit = _judge(contracts, found, members, supplier[members])
        if hit is not None:
            yield hit


def _judge(
    contracts: pd.DataFrame, found: Emergencies, members: np.ndarray, supplier: np.ndarray
) -> Hit | None:
    start = found.start[members].astype(np.int64)
    end = start + np.maximum(found.term[members], 0)
    n = len(set(zip(start.tolist(), end.tolist(), supplier.tolist(), strict=True)))
    same = not pd.isna(supplier).any() and len(set(supplier.tolist())) == 1
    limit = max((found.limit(i) for i in members.tolist()), key=lambda t: t.length)
    covered, longest = _emergency.covered_days(start, end), whole_days(limit)
    weight = _weight(covered / longest, same=same, n=n, one_off=_one_off(contracts, found, members))
    if len(np.unique(start)) < 2 or weight <= 0.0:
        return None
    first, last = found.start[members].min(), start.max() if covered == 0 else end.max()
    period = f"de {_dates.written(first)} a {_dates.written(np.datetime64(int(last), 'D'))}"
    facts: dict[str, object] = {
        "n": n,
        "criterio": _criterion(contracts, found.row[members], same=same),
        "cobertura": f"cobrem {covered} dias, {period}" if covered else f"foram feitas {period}",
        "dias": covered,
        "limite": limit.in_words,
        "ato": limit.act,
    }
    rows = np.sort(contracts.index.to_numpy()[found.row[members]])
    return Hit(rows.tolist(), facts, weight)


def _weight(share: float, *, same: bool, n: int, one_off: bool) -> float:
    """From the share of the limit that is covered; within the limit, context or nothing."""
    if share > 1.0:
        bar = SAME_SUPPLIER if same else OTHER_SUPPLIERS
        weight = float(_strength.from_multiple(share, bar=bar))
        return min(weight, _strength.CONTEXT) if one_off and not same else weight
    return _strength.CONTEXT * (1.0 - 0.5 ** (n - 1)) if same and not one_off else 0.0


def _one_off(contracts: pd.DataFrame, found: Emergencies, members: np.ndarray) -> bool:
    name = contracts["_grupo_nome"].iloc[found.row[members[0]]]
    return not pd.isna(name) and str(name).split()[0] in ONE_OFF


def _criterion(contracts: pd.DataFrame, rows: np.ndarray, *, same: bool) -> str:
    name = contracts["_grupo_nome"].iloc[rows[0]]
    nature = "mesma categoria" if pd.isna(name) else f"mesmo grupo de objeto, “{name}”"
    alike = ["mesmo comprador", nature, "mesmo fornecedor" if same else "fornecedores diferentes"]
    return ", ".join(alike)
