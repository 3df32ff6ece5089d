"""An award far below the estimate, beside the discounts of the same file.

Low prices may be good bargaining, a loose estimate, or a bid that can't be kept: it says which
records to look at, not which of these it is.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cidadao_models.findings import words
from cidadao_models.flags import Hit, _discounts, _estimates, _strength, flag

P_BAR = 5e-4
"""Chance of a discount among those of its modality at which it reaches the bar."""

P_SHOWN = 5e-3
"""Chance from which a discount is worth naming at all."""

P_WORKS = 0.05
"""The same for works below the legal mark: where most are, the mark tells little."""

CEILING = 0.84
"""Highest weight: a low price alone stays below "high"."""


@flag(
    id="desconto_incomum",
    title="Desconto muito acima do usual",
    legal_basis="Lei 14.133/2021, art. 59, III e IV, §§ 2º e 4º",
    needs=("valor_estimado", ("valor", "valor_inicial")),
    explain="O valor homologado ({homologado:brl}) é {quanto} menor que o estimado"
    " ({estimado:brl}){comparacao}.",
    innocent="a estimativa estiver folgada, for de todos os lotes, ou só parte da compra tiver sido"
    " homologada.",
    next_step="peça a pesquisa de preços, a ata de julgamento e a demonstração de exequibilidade da"
    " proposta.",
    method="Compara a razão entre homologado e estimado com as do mesmo arquivo na mesma modalidade"
    " (ao menos 30), em dispersões robustas para o lado baixo. Vendas, concessões, percentuais,"
    " valores simbólicos, licitações canceladas e estimativas do todo ao lado de lotes ficam de"
    " fora; onde homologar só parte dos lotes é comum no arquivo, menos de 5 % do estimado só dá"
    " contexto, como obras abaixo de 75 % do orçado.",
    example={
        "homologado": 12_000.0,
        "quanto": "94,0 %",
        "estimado": 200_000.0,
        "comparacao": "; a mediana de 180 registros (mesma modalidade) é 21,5 %",
    },
    unless=_discounts.too_few,
)
def check(contracts: pd.DataFrame) -> Iterator[Hit]:
    """One hit for each record whose discount is rare, or below the legal mark of works."""
    known = _estimates.pairs(contracts)
    known = known.of(~np.isin(known.modality, _estimates.NOT_A_PURCHASE))
    chance, median, n, same = _discounts.rarity(known)
    works = contracts["_obra"].to_numpy()[known.row]
    ratio = known.ratio
    rare = (chance <= P_SHOWN) & (ratio <= 1 - _discounts.MIN_DISCOUNT)
    below = works & (ratio < _discounts.WORKS_SHARE) & ((n == 0) | (chance <= P_WORKS))
    at = np.flatnonzero(below)
    below[at] = _discounts.under_works_mark(contracts, known.row[at])
    at = np.flatnonzero(rare | below)
    found = known.of(at)
    out = _estimates.is_sale(contracts, found.row) | _estimates.is_part(contracts, found, known)
    partial = _discounts.partial_below(known) if len(at) else 0.0
    labels = contracts.index.to_numpy()
    hits: dict[tuple[float, ...], Hit] = {}
    for i in at[~out]:
        label, legal = int(labels[known.row[i]]), bool(below[i])
        facts: dict[str, object] = {
            "homologado": float(known.award[i]),
            "estimado": float(known.estimate[i]),
            "desconto": float(1 - ratio[i]),
            "quanto": _percent(float(1 - ratio[i])),
            "comparacao": "",
        }
        if rare[i]:
            facts |= {"mediana": float(1 - median[i]), "n": int(n[i]), "chance": float(chance[i])}
            facts["comparacao"] = _usual(facts, same[i])
        facts["comparacao"] = f"{facts['comparacao']}{_LEGAL if legal else ''}"
        rarity = float(chance[i]) if rare[i] else 1.0
        weight = _weight(rarity, float(ratio[i]), partial, legal)
        # a tender published once for each lot is one fact
        key = (float(known.award[i]), float(known.estimate[i]), weight)
        before = hits.get(key)
        rows = [*before.rows, label] if before else [label]
        hits[key] = Hit(rows, facts, weight)
    yield from hits.values()


def _percent(discount: float) -> str:
    """A discount as a reader sees it; nothing is "100 %" cheaper."""
    return f"{words.number(100 * discount, 1)} %" if discount < 0.999 else "mais de 99,9 %"


def _usual(facts: dict[str, object], same: bool) -> str:
    peers = "mesma modalidade" if same else "outras licitações do mesmo arquivo"
    return words.fill(f"; a mediana de {{n}} registros ({peers}) é {{mediana:pct}}", facts)


_LEGAL = "; em obras e serviços de engenharia, menos de 75 % do orçado presume-se inexequível"


def _weight(chance: float, ratio: float, partial: float, legal: bool) -> float:
    """Rarity decides; the legal mark of works alone gives context, more the lower the award.

    An award below `partial` times the estimate is more often of a part: it stays below the bar.
    """
    rarity = min(CEILING, float(_strength.from_chance(chance, bar=P_BAR)))
    if ratio < partial:
        rarity *= _strength.BAR
    mark = float(_strength.from_multiple((1 - ratio) / (1 - _discounts.WORKS_SHARE), bar=1.0))
    return max(rarity, _strength.CONTEXT * mark if legal else 0.0)
