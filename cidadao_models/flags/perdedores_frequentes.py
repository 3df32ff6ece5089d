"""Bidders that take part often and hardly ever win.

Assumes that every bidder of a tender is as likely to win it; a dear but honest firm also loses, so
it only gives context.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.flags import Hit, _bids, _strength, flag
from cidadao_models.flags._discoveries import adjusted
from cidadao_models.flags._tenders import Participations, participations

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

LEAST_EXPECTED = 4.0
"""Wins that a bidder should have by chance, from which too few can be told."""

SURE = 0.01
"""False discovery rate up to which a bidder is named."""


def _unless(prepared: pd.DataFrame) -> str:
    expected = _expected(participations(prepared))[1]
    if not expected.any():
        return "o arquivo não diz quem venceu licitações com dois ou mais participantes"
    if (expected >= LEAST_EXPECTED).any():
        return ""
    return "nenhuma empresa disputa tantas licitações que suas derrotas possam ser comparadas"


@flag(
    id="perdedores_frequentes",
    title="Participa muito e quase nunca vence",
    legal_basis="Lei 12.529/2011, art. 36, § 3º, I, “d”; Lei 14.133/2021, art. 11, II",
    needs=("licitacao_id", ("fornecedor_id", "fornecedor"), ("vencedor", "situacao_proposta",
           "valor_proposta")),
    explain="{empresa} disputou {n} licitações e venceu {vitorias}; com chances iguais entre os"
    " participantes venceria cerca de {esperadas:1}. Em {mesma} delas venceu {rival}.",
    innocent="a empresa tiver custos mais altos, ou participar só para conhecer o mercado.",
    next_step="veja contra quem ela perde, compare as propostas com as das vencedoras e procure"
    " sócios, endereços e subcontratações em comum.",
    params={"max_share": 0.2},
    method="Compara as vitórias de cada empresa com a soma de 1/n das licitações que disputou"
    " (Poisson-binomial, com controle de falsas descobertas). Itens do mesmo processo contam uma"
    " vez; sem vencedora marcada, vale a menor proposta.",
    example={
        "empresa": "Alfa Ltda",
        "n": 40,
        "vitorias": 0,
        "esperadas": 10.2,
        "mesma": 31,
        "rival": "Beta Ltda",
    },
    context=True,
    unless=_unless,
)  # fmt: skip
def check(contracts: pd.DataFrame, *, max_share: float) -> Iterator[Hit]:
    """`max_share`: greatest share of the expected wins that a bidder named may have."""
    taken = participations(contracts)
    judged = np.flatnonzero(taken.told & (taken.size > 1))
    wins, expected = _expected(taken)
    able = expected >= LEAST_EXPECTED
    low = np.flatnonzero(able & (wins <= max_share * expected))
    if not len(low):
        return
    bidder = taken.bidder[judged]
    order = judged[np.argsort(bidder, kind="stable")]
    bounds = np.searchsorted(taken.bidder[order], np.stack([low, low + 1]))
    spans = [order[start:end] for start, end in bounds.T]
    chance = np.array(
        [few_wins(int(wins[b]), taken.size[span]) for b, span in zip(low, spans, strict=True)]
    )
    q = adjusted(chance, int(able.sum()))
    for k in np.flatnonzero(q <= SURE):
        span, mine = spans[k], int(low[k])
        rival, times = _main_rival(taken, taken.process[span], mine)
        facts: dict[str, object] = {
            "empresa": _bids.bidder_name(contracts, int(taken.row[span].min())),
            "n": len(span),
            "vitorias": int(wins[mine]),
            "esperadas": float(expected[mine]),
            "mesma": times,
            "rival": _bids.bidder_name(contracts, rival),
            "chance": float(chance[k]),
        }
        weight = _strength.CONTEXT * float(_strength.from_chance(q[k], bar=SURE))
        yield Hit(_bids.labels(contracts, taken.row[span]), facts, weight)


def _expected(taken: Participations) -> tuple[Ints, Floats]:
    """Wins of each bidder, and those expected when all bidders of a tender are alike."""
    judged = taken.told & (taken.size > 1)
    bidder = taken.bidder[judged]
    expected = np.bincount(bidder, weights=1 / taken.size[judged], minlength=1)
    wins = np.bincount(bidder[taken.won[judged]], minlength=len(expected))
    return wins.astype(np.int64), expected.astype(np.float64)


def few_wins(wins: int, sizes: Ints) -> float:
    """Chance of so few wins or fewer when each of n tenders is won with chance 1 / size."""
    at_most = np.zeros(wins + 1)
    at_most[0] = 1.0
    for size in sizes:
        at_most[1:] = at_most[1:] * (1 - 1 / size) + at_most[:-1] / size
        at_most[0] *= 1 - 1 / size
    return float(at_most.sum())


def _main_rival(taken: Participations, processes: Ints, loser: int) -> tuple[int, int]:
    """Record of the bidder that won most of the processes, and how many."""
    at = np.flatnonzero(np.isin(taken.process, processes) & taken.won & (taken.bidder != loser))
    rows = pd.Series(taken.row[at]).groupby(taken.bidder[at]).agg(["size", "min"])
    best = rows.sort_values(["size", "min"], ascending=[False, True]).iloc[0]
    return int(best["min"]), int(best["size"])
