"""A tender whose bids are far closer to each other than in the other tenders of the file.

The yardstick is the file's own market; one that is alike from end to end shows nothing here.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cidadao_models.flags import Hit, _bids, _dispersion, _strength, flag
from cidadao_models.flags._discoveries import adjusted
from cidadao_models.flags._tenders import market

LEAST_BIDS = 3
"""Bids that make a spread."""

SURE = 0.01
"""False discovery rate up to which a tender is named, where its weight reaches the bar."""

LARGEST = 0.84
"""Greatest weight: published prices and common costs also bring bids together."""


def _unless(prepared: pd.DataFrame) -> str:
    n = int((market(prepared, qualified=True).counts >= LEAST_BIDS).sum())
    return _bids.too_few(n, f"com {LEAST_BIDS} propostas ou mais")


@flag(
    id="baixa_dispersao_das_propostas",
    title="Propostas próximas demais entre si",
    legal_basis="Lei 12.529/2011, art. 36, § 3º, I, “d”; Lei 14.133/2021, art. 11, II",
    needs=("licitacao_id", "valor_proposta"),
    explain="Na licitação {licitacao}, as {n} propostas variam {cv:pct} em torno da média; na"
    " licitação mediana deste arquivo variam {mediana:pct} ({licitacoes} licitações com três ou"
    " mais propostas).",
    innocent="o objeto tiver preço público de referência ou custos iguais para todos os"
    " fornecedores.",
    next_step="peça as propostas originais, compare as planilhas e veja se as mesmas empresas se"
    " encontram em outras licitações.",
    params={"max_ratio": 0.5},
    method="Compara o coeficiente de variação das propostas não desclassificadas com o das outras"
    " licitações do arquivo, descontado o que poucas propostas variam por acaso. Só aparece o que"
    " continua raro depois de corrigido pelo número de licitações.",
    example={"licitacao": "12/2024", "n": 5, "cv": 0.006, "mediana": 0.081, "licitacoes": 240},
    unless=_unless,
)
def check(contracts: pd.DataFrame, *, max_ratio: float) -> Iterator[Hit]:
    """`max_ratio`: greatest share of the market's median spread that a tender named may have."""
    bids = market(contracts, qualified=True)
    judged = np.flatnonzero(bids.counts >= LEAST_BIDS)
    if len(judged) < _bids.LEAST_TENDERS:
        return
    counts = bids.counts[judged]
    spread = np.maximum(_bids.log_spreads(bids)[judged], 1e-6)
    free = np.log(spread) - _bids.log_bias(counts)
    middle = float(np.median(free))
    low = np.flatnonzero(free <= middle + np.log(max_ratio))
    if not len(low):
        return
    variety = _dispersion.variety_among(free - middle, counts)
    chances = _dispersion.chances(np.log(spread[low]) - middle, counts[low], variety)
    q = adjusted(chances, len(judged))
    cv = _dispersion.cv(bids.value, bids.tender, len(bids.starts))
    for k in np.flatnonzero(q <= SURE):
        tender = int(judged[low[k]])
        first, n = int(bids.starts[tender]), int(bids.counts[tender])
        facts: dict[str, object] = {
            "licitacao": _bids.tender_name(contracts, int(bids.row[first])),
            "n": n,
            "cv": float(cv[tender]),
            "mediana": float(np.median(cv[judged])),
            "licitacoes": len(judged),
            "chance": float(chances[k]),
        }
        weight = min(LARGEST, float(_strength.from_chance(q[k], bar=SURE)))
        yield Hit(_bids.labels(contracts, bids.row[first : first + n]), facts, weight)
