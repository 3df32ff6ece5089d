"""A supplier that holds most of a buyer's purchases, beyond what its market would give by chance.

A fact about the buyer, not about one contract: it only gives context.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cidadao_models.findings import words
from cidadao_models.flags import Hit, _concentration, _shown, _strength, flag
from cidadao_models.flags._peers import BUYERS


def _too_few(prepared: pd.DataFrame) -> str:
    if len(prepared) < _concentration.MIN_PURCHASES:
        return f"há menos de {_concentration.MIN_PURCHASES} compras"
    return ""


@flag(
    id="fornecedor_dominante",
    title="Um fornecedor com grande parte das compras",
    legal_basis="Lei 14.133/2021, arts. 5º e 11, II (competitividade e tratamento isonômico; Lei"
    " 8.666/1993, art. 3º)",
    needs=(("fornecedor_id", "fornecedor"), BUYERS, "valor"),
    explain="{fornecedor} fica com {parte:pct} dos {total:brl} que {comprador} compra no arquivo:"
    " {n} de {n_total} compras, entre {n_fornecedores} fornecedores. {comparacao}",
    innocent="for uma empresa estatal, concessionária ou fornecedor exclusivo, um contrato contínuo"
    " ou um mercado com poucos fornecedores.",
    next_step="veja as modalidades e os participantes das licitações que esse fornecedor venceu e,"
    " nas inexigibilidades, a prova de exclusividade (Lei 14.133/2021, art. 74).",
    params={"min_share": 0.4, "min_ratio": 1.5},
    method="Soma as compras de cada comprador por empresa (raiz do CNPJ) e compara o número de"
    " compras da maior com o que o acaso daria, dadas as vendas dela aos outros compradores."
    " Compradores com menos de 10 compras ou de 3 fornecedores não são julgados.",
    example={
        "fornecedor": "Empresa Exemplo Ltda",
        "parte": 0.62,
        "total": 3_200_000.0,
        "comprador": "Secretaria de Obras",
        "n": 18,
        "n_total": 31,
        "n_fornecedores": 9,
        "comparacao": "Nos outros compradores, a maior empresa fica com 21,0 % (mediana).",
    },
    context=True,
    unless=_too_few,
)
def check(contracts: pd.DataFrame, *, min_share: float, min_ratio: float) -> Iterator[Hit]:
    """`min_share`: least share of a buyer's amounts; `min_ratio`: least ratio to the usual one."""
    market = _concentration.purchases(contracts)
    if len(market.row) < _concentration.MIN_PURCHASES:
        return
    labels = contracts.index.to_numpy()
    for leader in _concentration.leaders(market, min_share=min_share, min_ratio=min_ratio):
        mine = (market.buyer == leader.buyer) & (market.supplier == leader.supplier)
        at = market.row[mine]
        rows = np.sort(labels[at])
        facts: dict[str, object] = {
            "fornecedor": _shown.supplier(contracts, at),
            "comprador": _shown.buyer(contracts, at),
            "parte": leader.share,
            "total": leader.total,
            "n": leader.n,
            "n_total": leader.n_total,
            "n_fornecedores": leader.n_suppliers,
            "comparacao": _compared(leader.usual),
            "chance": leader.q,
        }
        rare = float(_strength.from_chance(leader.q, bar=_concentration.FALSE_DISCOVERIES))
        large = float(_strength.from_multiple(leader.share, bar=min_share))
        yield Hit(rows.tolist(), facts, _strength.CONTEXT * min(rare, large))


def _compared(usual: float) -> str:
    if np.isnan(usual):
        return "Sorteadas ao acaso, as compras não se juntariam assim."
    share = words.number(100 * usual, 1)
    return f"Nos outros compradores, a maior empresa fica com {share} % (mediana)."
