"""Records that repeat in every field that the source has.

Needs something that identifies a record: without number or date, equal payments are ordinary.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from cidadao_models.flags import Hit, _duplicates, _strength, flag

MIN_RECORDS = 50
"""Below this many records a share of repeated ones says nothing about the file."""

MANY_SHARE = 0.2
"""Share of repeated records from which the repetition is a trait of the publication (a joined or
doubled file), not of single records."""


@flag(
    id="duplicata_exata",
    title="Registro repetido",
    legal_basis="Lei 4.320/1964, arts. 62 e 63",
    needs=(
        "valor",
        ("fornecedor_id", "fornecedor", "objeto"),
        ("id", "numero", "data"),
    ),
    explain="{n} registros iguais em todos os campos, de {valor:brl} cada (registros"
    " {registros}){geral}.",
    innocent="forem itens, lotes ou parcelas que só diferem em colunas que o arquivo não traz, ou"
    " uma repetição apenas da publicação.",
    next_step="confira os números dos documentos de pagamento de cada um.",
    method="Procura registros iguais em todas as colunas, também nas que não foram reconhecidas.",
    example={"n": 2, "valor": 48_000.0, "registros": "12 e 15", "geral": ""},
)
def check(contracts: pd.DataFrame) -> Iterator[Hit]:
    """One hit for each set; a step for each identifying field (number, date, object) after one."""
    groups = list(_duplicates.identical_groups(contracts))
    repeated = sum(len(rows) - 1 for rows, _ in groups)
    n = len(contracts)
    general = n >= MIN_RECORDS and repeated > MANY_SHARE * n
    index, value = contracts.index.to_numpy(), contracts["_valor"].to_numpy()
    for rows, identifying in groups:
        labels = sorted(index[rows].tolist())
        facts = {
            "n": len(labels),
            "valor": float(value[rows[0]]),
            "registros": _duplicates.listed(labels),
            "geral": "; no arquivo todo muitos se repetem" if general else "",
        }
        weight = float(_strength.strength(identifying - 1))
        yield Hit(labels, facts, _strength.CONTEXT if general else weight)
