"""A supplier that a list of sanctions names, with the sanction in force when it contracted.

Fines, sanctions that came later and those that bind other bodies only give context.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cidadao_models.flags import SANCTIONS, Hit, flag


@flag(
    id="fornecedor_sancionado",
    title="Fornecedor em lista de sanções",
    legal_basis="Lei 14.133/2021, arts. 14, III, 91, § 4º, e 156, III e IV (Lei 8.666/1993, art."
    " 87, III e IV; Lei 10.520/2002, art. 7º; Lei 8.429/1992, art. 12)",
    needs=(("fornecedor_id", "fornecedor"), SANCTIONS),
    explain="{fornecedor} ({documento}) consta da lista de sanções enviada: {sancao},"
    " {orgao_sancionador}, {periodo}. {relacao} Identificação: {identificacao}.",
    innocent="a sanção alcançar só o órgão ou o ente que a aplicou (Lei 8.666/1993, art. 87, III),"
    " estiver suspensa por decisão judicial, o contrato for anterior a ela ou se tratar de um"
    " homônimo.",
    next_step="consulte a sanção no Portal da Transparência (CEIS e CNEP), com o alcance e as"
    " decisões posteriores, e peça a consulta que o órgão fez antes de contratar.",
    method="Procura cada fornecedor na lista pelo CNPJ (a sanção vale para a empresa inteira) ou"
    " CPF; pelo nome só quando falta o documento de um dos lados, ou está mascarado. Compara o"
    " período da sanção com a data do contrato e o alcance dela com o comprador. Multas da Lei"
    " 12.846/2013 não impedem contratar e só dão contexto.",
    example={
        "fornecedor": "Construtora Exemplo Ltda",
        "documento": "11.222.333/0001-81",
        "sancao": "Declaração de Inidoneidade",
        "orgao_sancionador": "Ministério da Saúde",
        "periodo": "desde 10/01/2024 até 10/01/2027",
        "relacao": "O contrato (data de assinatura em 03/06/2024) veio 145 dias depois do início da"
        " sanção. Pelo tipo e pelo alcance informados, ela vale para este comprador.",
        "identificacao": "mesmo CNPJ (raiz) ou CPF",
    },
)
def check(contracts: pd.DataFrame) -> Iterator[Hit]:
    """One hit for each record whose supplier is listed, with the sanction that speaks strongest."""
    position = contracts["_sancao"].to_numpy()
    rows = np.flatnonzero(position >= 0)
    if not len(rows):
        return
    weights = contracts["_sancao_peso"].to_numpy()
    facts = contracts["_sancao_fatos"].to_numpy()
    labels = contracts.index.to_numpy()
    for row in rows:
        yield Hit([int(labels[row])], facts[row], float(weights[row]))
