"""An amount many times the median of comparable records.

Compares whole amounts: where the source has no quantities, a larger purchase looks dearer.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from cidadao_models.flags import Hit, _prices, flag


@flag(
    id="preco_acima_dos_pares",
    title="Preço acima dos pares",
    legal_basis="Lei 14.133/2021, art. 23 (Lei 8.666/1993, art. 43, IV)",
    needs=("valor",),
    explain="{valor:brl} é {vezes:1} vezes a mediana ({mediana:brl}) de {n} {quais}"
    " ({criterio}){contagem}.",
    innocent="a quantidade, o período ou o porte for maior que o usual: a comparação é do valor"
    " total do registro.",
    next_step="peça a planilha de quantitativos e a pesquisa de preços.",
    params={"min_ratio": 5.0},
    method="Compara o logaritmo do valor com a mediana de contratos parecidos (ao menos 10), medido"
    " em dispersões robustas do grupo. Só aparece o que é raro mesmo em grupos de cauda longa.",
    example={
        "valor": 480_000.0,
        "vezes": 14.2,
        "mediana": 33_800.0,
        "n": 58,
        "quais": "contratos parecidos",
        "criterio": "mesmo grupo de objeto e mesma modalidade",
        "contagem": "; 57 deles custaram menos",
    },
)
def check(contracts: pd.DataFrame, *, min_ratio: float) -> Iterator[Hit]:
    """`min_ratio`: fewest times the median worth telling (ratio, a judgement of relevance)."""
    return _prices.far_from_peers(contracts, side=1, min_ratio=min_ratio)
