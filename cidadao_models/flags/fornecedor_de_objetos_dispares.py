"""A supplier that wins objects of many unrelated kinds, where the others keep to theirs.

A fact about the supplier, usual for distributors and supermarkets: it only gives context.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from cidadao_models.flags import Hit, _breadth, _shown, _strength, _variety, flag

MAX_NAMED = 6
"""Kinds named in the sentence."""


def _too_few(prepared: pd.DataFrame) -> str:
    if _variety.judged(prepared) < _variety.MIN_SUPPLIERS:
        return (
            f"há menos de {_variety.MIN_SUPPLIERS} fornecedores com"
            f" {_variety.MIN_PURCHASES} compras ou mais"
        )
    return ""


@flag(
    id="fornecedor_de_objetos_dispares",
    title="Fornecedor de objetos muito diferentes",
    legal_basis="Lei 14.133/2021, arts. 66 e 67 (habilitação compatível com o objeto; Lei"
    " 8.666/1993, arts. 28 e 30)",
    needs=(("fornecedor_id", "fornecedor"), ("objeto", "categoria")),
    explain="{fornecedor} vende objetos de {tipos} tipos em {n} compras ({quais}). Só"
    " {principal:pct} delas são do seu tipo principal; no conjunto dos fornecedores do arquivo,"
    " {usual:pct}.",
    innocent="for distribuidor, supermercado, papelaria ou outra empresa de muitos ramos, ou se os"
    " objetos forem do mesmo ramo com descrições diferentes.",
    next_step="confira as atividades (CNAE) da empresa na Receita Federal e os atestados de"
    " capacidade técnica de cada licitação.",
    params={"min_ratio": 1.5},
    method="Toma o primeiro substantivo de cada objeto (ou a categoria) como tipo e conta as"
    " compras fora do tipo principal de cada fornecedor. Compara com o que é comum no arquivo, ou"
    " procura 8 ou mais tipos de ramos sem relação (outra natureza, ou que os outros não vendem"
    " juntos); menos de 5 tipos não aparecem.",
    example={
        "fornecedor": "Empresa Exemplo Ltda",
        "tipos": 8,
        "n": 12,
        "quais": "pneu, limpeza, medicamento, show, asfalto, informatica…",
        "principal": 0.17,
        "usual": 0.82,
    },
    context=True,
    unless=_too_few,
)
def check(contracts: pd.DataFrame, *, min_ratio: float) -> Iterator[Hit]:
    """`min_ratio`: least ratio of purchases outside the main kind to what is usual."""
    labels = contracts.index.to_numpy()
    for one in _variety.varied(contracts, min_ratio=min_ratio):
        more = "…" if len(one.kinds) > MAX_NAMED else ""
        facts: dict[str, object] = {
            "fornecedor": _shown.supplier(contracts, one.rows),
            "tipos": len(one.kinds),
            "n": one.n,
            "quais": ", ".join(one.kinds[:MAX_NAMED]) + more,
            "principal": one.main,
            "usual": one.usual,
            "chance": one.q,
            "ramos": one.trades,
        }
        rare = float(_strength.from_chance(one.q, bar=_variety.FALSE_DISCOVERIES))
        unlike = float(_strength.from_multiple(one.trades * _breadth.MOST_ALIKE, bar=1.0))
        wide = float(_strength.from_multiple(len(one.kinds), bar=_variety.MIN_KINDS))
        rows = sorted(labels[one.rows].tolist())
        yield Hit(rows, facts, _strength.CONTEXT * min(max(rare, unlike), wide))
