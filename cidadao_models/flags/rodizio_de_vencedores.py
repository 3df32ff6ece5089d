"""A stable group of bidders whose wins take turns more regularly than chance.

Looks at who wins, in the order of the tenders; why they take turns it can't see.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.flags import Hit, _bids, _rotation, _strength, flag
from cidadao_models.flags._discoveries import adjusted
from cidadao_models.flags._tenders import participations

Ints = npt.NDArray[np.int64]

LIKELY = 0.01
"""False discovery rate up to which a group is named; at `SURE` its weight reaches the bar."""

SURE = 1e-3

LARGEST = 0.84
"""Greatest weight: capacity and annual contracts also make firms take turns."""

NAMED = 5


def _unless(prepared: pd.DataFrame) -> str:
    taken = participations(prepared)
    if np.isnan(taken.day).all():
        return "as licitações não têm data que as ordene"
    dated = taken.won & (taken.size > 1) & ~np.isnan(taken.day)
    if dated.sum() < _rotation.LEAST_TENDERS:
        return f"menos de {_rotation.LEAST_TENDERS} licitações disputadas têm data e vencedora"
    return ""


@flag(
    id="rodizio_de_vencedores",
    title="Rodízio de vencedores",
    legal_basis="Lei 12.529/2011, art. 36, § 3º, I, “d”; Lei 14.133/2021, art. 11, II",
    needs=("licitacao_id", ("fornecedor_id", "fornecedor"), ("data", "data_abertura",
           "data_publicacao"), ("vencedor", "situacao_proposta", "valor_proposta")),
    explain="Das {n} licitações que {empresas} disputaram juntas e uma delas venceu, em {regulares}"
    " das {seguintes} seguintes à primeira venceu uma empresa que não tinha vencido {janela}.",
    innocent="as empresas dividirem a demanda por capacidade ou por região, ou os contratos forem"
    " renovados em datas fixas.",
    next_step="compare as propostas perdedoras com as vencedoras e veja se houve subcontratação"
    " entre as empresas.",
    params={"min_share": 0.7},
    method="Agrupa empresas que disputam quase sempre juntas, ordena por data as licitações que uma"
    " delas venceu e conta quantas vezes a vez passou adiante. Compara com vitórias sorteadas entre"
    " elas (a hipótese que mais favorece a alternância) e corrige pelo número de grupos.",
    example={
        "n": 12,
        "empresas": "Alfa, Beta e Gama",
        "regulares": 11,
        "seguintes": 11,
        "janela": "as 2 anteriores",
    },
    unless=_unless,
)  # fmt: skip
def check(contracts: pd.DataFrame, *, min_share: float) -> Iterator[Hit]:
    """`min_share`: least share of the wins that must pass the turn on."""
    found = _rotation.turns(contracts, participations(contracts), LIKELY)
    if not found:
        return
    chances = [_chance(one, min_share) for one in found]
    q = adjusted(np.array(chances))
    for k in np.flatnonzero(q <= LIKELY):
        one = found[k]
        firsts = [int(one.row[one.winner == bidder].min()) for bidder in np.unique(one.winner)]
        names = sorted(_bids.bidder_name(contracts, row) for row in firsts)
        window = one.n_winners - 1
        facts: dict[str, object] = {
            "n": len(one.row),
            "empresas": _bids.listed(names, NAMED),
            "regulares": one.regular,
            "seguintes": len(one.row) - 1,
            "janela": "a anterior" if window == 1 else f"as {window} anteriores",
            "chance": float(chances[k]),
        }
        weight = min(LARGEST, float(_strength.from_chance(q[k], bar=SURE)))
        yield Hit(_bids.labels(contracts, _rows(contracts, one)), facts, weight)


def _chance(one: _rotation.Turns, min_share: float) -> float:
    n, regular = len(one.row), one.regular
    if regular < min_share * (n - 1):
        return 1.0
    return _rotation.chance(n, one.n_winners, regular)


def _rows(contracts: pd.DataFrame, one: _rotation.Turns) -> Ints:
    """Records of the winners in the tenders that they won, whatever the item."""
    process, bidder = contracts["_processo"].to_numpy(), contracts["_licitante"].to_numpy()
    width = int(bidder.max()) + 1
    mine = np.isin(process * width + bidder, one.process * width + one.winner)
    return np.flatnonzero(mine & (bidder >= 0) & (process >= 0))
