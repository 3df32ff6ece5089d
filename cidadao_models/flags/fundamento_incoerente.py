"""A legal basis that does not fit the modality, the day or the object of its own record.

Says which two statements of the record disagree, not which of them is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from cidadao_models.flags import Hit, _conflicts, flag


@flag(
    id="fundamento_incoerente",
    title="Fundamento legal que não combina com o registro",
    legal_basis="Lei 14.133/2021, arts. 28, 72, 74, 75 e 191 (Lei 8.666/1993, arts. 24 e 25)",
    needs=("fundamento_legal", ("modalidade", "data", "objeto")),
    explain="O fundamento publicado (“{fundamento}”) não combina com o registro: {problema}.",
    innocent="for erro de digitação do artigo, ou se o portal publicar inexigibilidades e dispensas"
    " sob o mesmo nome.",
    next_step="leia o ato que autorizou a contratação e veja o artigo e o inciso usados.",
    method="Lê lei, artigo e inciso do fundamento e compara com a modalidade, as datas e o objeto"
    " do mesmo registro. Quando o portal inteiro usa um nome pelo outro, ou quando a Lei 8.666"
    " aparece depois de 2023 (contratos antigos seguem por ela), o sinal é só contexto.",
    example={
        "fundamento": "Lei 14.133/2021, Art. 74, I",
        "problema": "a modalidade é dispensa, mas o art. 74 trata de inexigibilidade",
    },
)
def check(contracts: pd.DataFrame) -> Iterator[Hit]:
    """The strongest contradiction of each record."""
    best: dict[int, _conflicts.Conflict] = {}
    for conflict in _conflicts.conflicts(contracts):
        for row in conflict.rows.tolist():
            if row not in best or conflict.weight > best[row].weight:
                best[row] = conflict
    labels = contracts.index.to_numpy()
    texts = contracts["fundamento_legal"]
    for row, conflict in best.items():
        facts: dict[str, object] = {
            "fundamento": str(texts.iloc[row]),
            "problema": conflict.problem,
        }
        yield Hit([int(labels[row])], facts, conflict.weight)
