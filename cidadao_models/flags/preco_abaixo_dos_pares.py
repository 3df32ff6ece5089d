"""An amount that is a small fraction of the median of comparable records.

Does not tell a cheap purchase from a partial, monthly or unit price in the amount's place.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from cidadao_models.flags import Hit, _prices, flag


@flag(
    id="preco_abaixo_dos_pares",
    title="Preço abaixo dos pares",
    legal_basis="Lei 14.133/2021, art. 59, III e § 4º (Lei 8.666/1993, art. 48, II e § 1º)",
    needs=("valor",),
    explain="{valor:brl} é {vezes:1} vezes menor que a mediana ({mediana:brl}) de {n} {quais}"
    " ({criterio}){contagem}.",
    innocent="o valor for de uma parcela, de um mês ou de uma unidade, simbólico, ou a"
    " compra for pequena.",
    next_step="confira no contrato se o valor é total e peça a análise de exequibilidade.",
    params={"min_ratio": 5.0},
    method="Compara o logaritmo do valor com a mediana de contratos parecidos (ao menos 10), medido"
    " em dispersões robustas do grupo. Só aparece o que é raro mesmo em grupos de cauda longa.",
    example={
        "valor": 900.0,
        "vezes": 40.0,
        "mediana": 36_000.0,
        "n": 58,
        "quais": "contratos parecidos",
        "criterio": "mesmo grupo de objeto",
        "contagem": "; 57 deles custaram mais",
    },
)
def check(contracts: pd.DataFrame, *, min_ratio: float) -> Iterator[Hit]:
    """`min_ratio`: fewest times below the median worth telling (ratio, judgement of relevance)."""
    return _prices.far_from_peers(contracts, side=-1, min_ratio=min_ratio)
