"""Groups of bidders that meet in far more tenders than chance would have them meet.

Counts who takes part with whom, whatever they offer; the group is a fact about the file, so it
only gives context.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.flags import Hit, _bids, _rivals, _sectors, _strength, flag
from cidadao_models.flags._tenders import Participations, participations

Ints = npt.NDArray[np.int64]

NAMED = 5
"""Bidders named in the sentence; the rest is counted."""


def _unless(prepared: pd.DataFrame) -> str:
    taken = participations(prepared)
    often = np.bincount(taken.bidder, minlength=1) >= _rivals.MIN_TENDERS
    if often.sum() >= _rivals.MIN_GROUP:
        return ""
    return (
        f"menos de {_rivals.MIN_GROUP} empresas disputam {_rivals.MIN_TENDERS} licitações ou mais"
    )


@flag(
    id="rede_de_coparticipacao",
    title="Empresas que disputam juntas além do acaso",
    legal_basis="Lei 12.529/2011, art. 36, § 3º, I, “d”; Lei 14.133/2021, art. 11, II",
    needs=("licitacao_id", ("fornecedor_id", "fornecedor")),
    explain="{n} empresas ({empresas}) se encontram muito além do acaso: três ou mais delas estão"
    " juntas em {licitacoes} licitações; o par que mais se encontra disputa {encontros}, e ao acaso"
    " seriam cerca de {esperado:1}.",
    innocent="forem do mesmo ramo e da mesma região, onde poucas empresas atendem aos editais.",
    next_step="compare endereços, sócios e propostas dessas empresas e veja como as vitórias se"
    " distribuem entre elas.",
    params={"min_ratio": _rivals.MIN_RATIO},
    method="Conta em quantas licitações cada par de empresas se encontra e compara com o acaso"
    " entre as licitações do mesmo lugar e ramo, onde o arquivo os traz (hipergeométrica, com"
    " controle de falsas descobertas). Itens do mesmo processo contam uma vez; ficam de fora as"
    " licitações com mais de 200 participantes e os arquivos em que muitas empresas andam juntas:"
    " ali os grupos são os ramos e as regiões.",
    example={
        "n": 4,
        "empresas": "Alfa, Beta, Gama e Delta",
        "licitacoes": 14,
        "encontros": 15,
        "esperado": 0.4,
    },
    context=True,
    unless=_unless,
)
def check(contracts: pd.DataFrame, *, min_ratio: float) -> Iterator[Hit]:
    """`min_ratio`: least ratio of a pair's meetings to those expected by chance."""
    taken = participations(contracts)
    small = taken.size <= _rivals.MAX_BIDDERS
    process, bidder = taken.process[small], taken.bidder[small]
    active = int((np.bincount(bidder, minlength=1) >= _rivals.MIN_TENDERS).sum())
    if active < _rivals.MIN_GROUP:
        return
    links = _rivals.co_participation(
        process, bidder, least=_rivals.MIN_TENDERS, min_ratio=min_ratio
    )
    chosen = _rivals.significant(links.p_value, active * (active - 1) // 2)
    chosen &= _rivals.far(links, np.bincount(bidder, minlength=1))
    if chosen.sum() < _rivals.MIN_GROUP - 1:
        return
    sector = _sectors.sectors(contracts, process, taken.row[small])
    if sector is not None:
        tests = active * (active - 1) // 2
        links, chosen = _rivals.within_sectors(links, chosen, process, bidder, sector, tests)
    groups = _rivals.groups(links, chosen, process, bidder)
    if _rivals.are_sectors(groups, active):
        return
    kept = np.flatnonzero(chosen)
    records = contracts["_licitante"].to_numpy()
    parts = _rivals.by_group(groups, links.a[kept], taken.bidder, records)
    for nodes, edges, mine, rows in zip(groups, *parts, strict=True):
        inside = kept[edges]
        inside = inside[np.isin(links.b[inside], nodes)]
        yield _hit(contracts, taken, links, inside, mine, rows)


def _hit(
    contracts: pd.DataFrame,
    taken: Participations,
    links: _rivals.Links,
    inside: Ints,
    mine: Ints,
    rows: Ints,
) -> Hit:
    """The hit of one group: its links, its participations and its records, by position."""
    best = inside[np.lexsort((links.expected[inside], -links.count[inside]))[0]]
    process, times = np.unique(taken.process[mine], return_counts=True)
    process = process[times >= _rivals.MIN_GROUP]
    first = np.unique(taken.bidder[mine], return_index=True)[1]
    members = sorted(_bids.bidder_name(contracts, int(taken.row[mine[k]])) for k in first)
    chance = float(links.p_value[inside].max())
    facts: dict[str, object] = {
        "n": len(members),
        "empresas": _bids.listed(members, NAMED),
        "licitacoes": len(process),
        "encontros": int(links.count[best]),
        "esperado": float(links.expected[best]),
        "chance": chance,
    }
    rows = rows[np.isin(contracts["_processo"].to_numpy()[rows], process)]
    weight = _strength.CONTEXT * float(_strength.from_chance(chance))
    return Hit(_bids.labels(contracts, rows), facts, weight)
