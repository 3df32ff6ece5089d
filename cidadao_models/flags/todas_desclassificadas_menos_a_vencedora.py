"""A tender in which every bidder but the winner was disqualified.

Counts bidders and outcomes as published; whether each disqualification was right it can't see.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import special

from cidadao_models.flags import Hit, _bids, _disqualified, _strength, flag
from cidadao_models.flags._outcomes import OUT

LEAST_OUT = 2
"""Disqualified bidders from which the fact is worth telling."""

WORTH_NAMING = 0.02
"""Greatest chance of as many disqualifications that is named at all."""

COMMON = 0.2
LEAST_COMMON = 4
"""Share, and number, of other tenders that end the same way from which it is the file's habit, and
only gives context."""


@flag(
    id="todas_desclassificadas_menos_a_vencedora",
    title="Todas desclassificadas, menos a vencedora",
    legal_basis="Lei 14.133/2021, arts. 9º, I, e 59 (Lei 8.666/1993, art. 48)",
    needs=("licitacao_id", "situacao_proposta", ("fornecedor_id", "fornecedor", "valor_proposta")),
    explain="Na licitação {licitacao}, {fora} de {n} participantes foram desclassificados ou"
    " inabilitados e restou um só; no restante do arquivo, {taxa:pct} dos participantes o são.",
    innocent="o edital pedir um documento técnico que poucas empresas tinham, ou as propostas"
    " forem mesmo inexequíveis.",
    next_step="peça a ata de julgamento, os motivos de cada desclassificação e os recursos.",
    params={"min_out": LEAST_OUT},
    method="Conta participantes distintos e compara com a taxa de desclassificação do resto do"
    " arquivo (binomial). Se muitas licitações do arquivo terminam assim, é só contexto.",
    example={"licitacao": "12/2024", "fora": 4, "n": 5, "taxa": 0.08},
)
def check(contracts: pd.DataFrame, *, min_out: int) -> Iterator[Hit]:
    """`min_out`: fewest disqualified bidders."""
    found = _disqualified.outcomes(contracts)
    if found is None:
        return
    left = found.counts - found.out
    lone = (left == 1) & (found.out >= min_out)
    shown = np.flatnonzero(lone)
    if not len(shown):
        return
    able = int((found.counts > min_out).sum())
    habit = len(shown) > LEAST_COMMON and len(shown) - 1 >= COMMON * (able - 1)
    most = _strength.CONTEXT if habit else 1.0
    usual = np.where(lone, 0, 1)
    rate = _disqualified.rate(found.out * usual, found.told * usual, shown)
    n = found.counts[shown]
    chance = special.bdtrc(found.out[shown] - 1, n, rate)
    for k in np.flatnonzero(chance <= WORTH_NAMING):
        tender = shown[k]
        span = slice(int(found.starts[tender]), int(found.starts[tender] + n[k]))
        stays = found.row[span][found.outcome[span] != OUT]
        facts: dict[str, object] = {
            "licitacao": _bids.tender_name(contracts, int(stays[0])),
            "fora": int(found.out[tender]),
            "n": int(n[k]),
            "taxa": float(rate[k]),
            "chance": float(chance[k]),
        }
        weight = min(most, float(_strength.from_chance(chance[k])))
        yield Hit(_bids.labels(contracts, found.row[span]), facts, weight)
