"""One document beside clearly different supplier names, of the wrong kind, or the buyer's own.

Spelling variants, trade names that share a word, branches and consortia are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from cidadao_models.flags import Hit, _one_document, flag
from cidadao_models.flags._peers import codes_of


@flag(
    id="documento_de_nomes_diferentes",
    title="Mesmo documento com nomes diferentes",
    legal_basis="Lei 14.133/2021, arts. 92, I, e 174 (Lei 8.666/1993, arts. 55 e 61)",
    needs=("fornecedor_id", ("fornecedor", "orgao_id")),
    explain="{problema}",
    innocent="a empresa tiver mudado de nome, sido incorporada ou aparecer ora pela razão social,"
    " ora pelo nome fantasia; ou for erro de digitação do documento.",
    next_step="consulte o documento na Receita Federal, com os nomes anteriores, e confira o"
    " contrato assinado.",
    method="Compara os nomes que aparecem com um mesmo CNPJ ou CPF, sem a forma da empresa e as"
    " palavras comuns: grafias, siglas e nomes que dividem uma palavra própria contam como um só."
    " Vê também CPF de quem se diz LTDA ou S/A e o CNPJ do próprio órgão como fornecedor.",
    example={
        "problema": "O CNPJ 11.222.333/0001-81 aparece com nomes diferentes: “Alfa Construções"
        " Ltda” em 4 registros e “Panificadora Trigo Bom Ltda” em 2."
    },
)
def check(contracts: pd.DataFrame) -> Iterator[Hit]:
    """Different names of a document, then CPFs of companies, then buyers that supply themselves."""
    documents = codes_of(contracts, "fornecedor_id")
    names = codes_of(contracts, "fornecedor")
    if names.texts:
        yield from _one_document.different_names(contracts, documents, names)
        yield from _one_document.wrong_kind(contracts, documents, names)
    yield from _one_document.own_supplier(contracts, documents)
