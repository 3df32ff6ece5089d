"""A second bid just above the winner's, where the others are far apart.

Only the gap between the two lowest against the distances of all bids; it can't tell a leak from
chance, so it gives context.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.flags import Hit, _bids, _screens, _strength, flag
from cidadao_models.flags._tenders import Bids, market

Floats = npt.NDArray[np.float64]

LEAST_BIDS = 3

LINEAR = 0.05
"""Share up to which the chance of a small gap grows in proportion to it."""

AUCTION_SHARE = 0.2
"""Share of tenders with a small gap (5 % by chance) from which the bids are those of an auction,
where the winner always stops just below the second."""

LEAST_SMALL = 3
"""Small gaps in other tenders from which that share is believed."""


@flag(
    id="propostas_proximas_da_vencedora",
    title="Segunda proposta colada na vencedora",
    legal_basis="Lei 14.133/2021, art. 13, parágrafo único, I (sigilo das propostas)",
    needs=("licitacao_id", "valor_proposta"),
    explain="Na licitação {licitacao}, a segunda proposta ({segunda:brl}) ficou {diferenca:brl}"
    " acima da menor ({primeira:brl}), {relativa} do valor; a distância média entre as {n}"
    " propostas vizinhas é de {media:brl}.",
    innocent="os valores forem lances de uma disputa aberta, em que se cobre a oferta anterior, ou"
    " o preço for conhecido de todos.",
    next_step="veja se a disputa foi fechada, quando cada proposta foi entregue e se a mesma"
    " empresa vence assim em outras licitações.",
    params={"max_chance": 1e-3},
    method="Divide a distância entre as duas menores propostas não desclassificadas pela distância"
    " média entre propostas vizinhas e compara com o que propostas independentes mostrariam."
    " Arquivos em que distâncias assim são comuns (lances) ficam de fora.",
    example={
        "licitacao": "12/2024",
        "segunda": 100_010.0,
        "diferenca": 10.0,
        "primeira": 100_000.0,
        "relativa": "0,01 %",
        "n": 5,
        "media": 9_000.0,
    },
    context=True,
)
def check(contracts: pd.DataFrame, *, max_chance: float) -> Iterator[Hit]:
    """`max_chance`: greatest chance of so small a gap among independent bids."""
    bids = market(contracts, qualified=True)
    tender, chance = _gaps(bids)
    small = np.flatnonzero(chance <= LINEAR)
    named = np.flatnonzero(chance <= max_chance)
    usual = len(small) - 1 >= max(LEAST_SMALL, AUCTION_SHARE * (len(tender) - 1))
    if not len(named) or usual:
        return
    for k in named:
        first = int(bids.starts[tender[k]])
        n = int(bids.counts[tender[k]])
        low, second, high = (float(bids.value[first + i]) for i in (0, 1, n - 1))
        facts: dict[str, object] = {
            "licitacao": _bids.tender_name(contracts, int(bids.row[first])),
            "primeira": low,
            "segunda": second,
            "diferenca": second - low,
            "relativa": _share(second / low - 1),
            "n": n,
            "media": (high - low) / (n - 1),
            "chance": float(chance[k]),
        }
        weight = _strength.CONTEXT * float(_strength.from_chance(chance[k], bar=max_chance))
        yield Hit(_bids.labels(contracts, bids.row[first : first + 2]), facts, weight)


def _gaps(bids: Bids) -> tuple[npt.NDArray[np.int64], Floats]:
    """Tenders whose lowest of three or more bids won, and the chance of their gap."""
    tenders, chances = [np.zeros(0, dtype=np.int64)], [np.zeros(0)]
    for n, at, positions in bids.by_size(LEAST_BIDS):
        won = bids.winner[at] == bids.starts[at]
        b = bids.value[positions[won]]
        distinct = b[:, 1] > b[:, 0]
        b, at = b[distinct], at[won][distinct]
        if not len(b):
            continue
        null = _screens.null(_screens.null_size(n)).ordered["rd_normalised"]
        bound = float(null[int(LINEAR * len(null))])
        x = _screens.rd_normalised(np.log(b))
        tenders.append(at)
        chances.append(np.where(x < bound, LINEAR * x / bound, 1.0))
    return np.concatenate(tenders), np.concatenate(chances)


def _share(part: float) -> str:
    """A small share as a reader wants it: two significant digits of a per cent."""
    return f"{100 * part:.2g}".replace(".", ",") + " %"
