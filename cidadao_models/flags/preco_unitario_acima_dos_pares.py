"""A unit price far above those paid for the same item, unit of supply and years.

Trusts the source's item and unit: brand, freight and delivery terms are not in the records.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from cidadao_models.findings import words
from cidadao_models.flags import Hit, _items, _unit_prices, flag


@flag(
    id="preco_unitario_acima_dos_pares",
    title="Preço unitário acima dos pares",
    legal_basis="Lei 14.133/2021, art. 23, § 1º (Lei 8.666/1993, art. 15, V, e art. 43, IV)",
    needs=(
        ("valor_unitario", "quantidade"),
        ("valor_unitario", "valor"),
        ("item_codigo", "objeto"),
    ),
    explain="O preço unitário ({preco:brl}) é {vezes:1} vezes a mediana ({mediana:brl}) de {n}"
    " outras compras do mesmo item ({criterio}){contagem}{ressalva}.",
    innocent="a marca, a embalagem, a entrega ou a quantidade for outra, o que o registro não"
    " mostra.",
    next_step="compare a descrição completa do item e peça a pesquisa de preços.",
    params={"min_ratio": 3.0},
    method="Compara o preço unitário com os das outras compras do mesmo item (código CATMAT/CATSER"
    " ou a mesma descrição), na mesma unidade de fornecimento, em até um ano antes ou depois (ao"
    " menos 8). Exige mais onde os preços variam muito; múltiplos de embalagem e compras muito"
    " menores que as outras pesam menos. Serviço, obra, lote e verba não são medida; preços por mês"
    " ou por diária só se comparam onde são quase iguais.",
    example={
        "preco": 85.0,
        "vezes": 6.8,
        "mediana": 12.5,
        "n": 43,
        "criterio": "código 461840, “resma”, 2023 a 2025",
        "contagem": "; 43 delas custaram menos",
        "ressalva": "",
    },
)
def check(contracts: pd.DataFrame, *, min_ratio: float) -> Iterator[Hit]:
    """`min_ratio`: fewest times the median of the others worth telling (ratio, a judgement)."""
    items = _items.items(contracts)
    labels = contracts.index.to_numpy()
    for one in _unit_prices.dear(items, min_ratio):
        facts: dict[str, object] = {
            "preco": float(items.price[one.row]),
            "vezes": one.times,
            "mediana": one.median,
            "n": len(one.peers),
            "criterio": _criterion(contracts, items, one),
            "contagem": f"; {words.number(one.below)} delas custaram menos",
            "ressalva": one.remark,
            "chance": one.chance,
        }
        yield Hit([int(labels[one.row])], facts, one.weight)


def _criterion(contracts: pd.DataFrame, items: _items.Items, one: _unit_prices.Dear) -> str:
    """What the purchases share: code or description, unit of supply, years."""
    if items.by_code[one.row]:
        parts = [f"código {contracts['item_codigo'].iloc[one.row]}"]
    else:
        parts = ["mesma descrição"]
    if items.unit.codes[one.row] >= 0:
        parts.append(f"“{contracts['unidade'].iloc[one.row]}”")
    years = items.year[one.peers]
    years = years[years > 0]
    if len(years):
        first, last = int(years.min()), int(years.max())
        parts.append(str(first) if first == last else f"{first} a {last}")
    return ", ".join(parts)
