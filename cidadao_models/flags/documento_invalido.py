"""A supplier's CNPJ or CPF whose check digits do not hold.

Masked, hashed, missing and placeholder documents are not judged.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cidadao_models.flags import Hit, _strength, flag
from cidadao_models.flags._peers import encode
from cidadao_models.records import mask_document

CERTAINTY_STEPS = 1.0
"""Steps beyond the bar: the failure is arithmetic, with no chance in it, but a single wrong key
stroke is enough for it."""


@flag(
    id="documento_invalido",
    title="CNPJ ou CPF inválido",
    legal_basis="Lei 14.133/2021, art. 92, I; IN RFB 2.119/2022 e 2.229/2024 (CNPJ)",
    needs=("fornecedor_id",),
    explain="Os dígitos verificadores do {tipo} {documento} não conferem.",
    innocent="for erro de digitação na publicação: o documento correto consta do contrato.",
    next_step="procure o fornecedor pelo nome na Receita Federal e peça a correção do cadastro.",
    method="Refaz os dígitos verificadores do CNPJ (também o alfanumérico) ou CPF. Não julga"
    " documentos mascarados, ausentes ou de preenchimento, como 000.000.000-00.",
    example={"tipo": "CNPJ", "documento": "12.345.678/0001-00"},
)
def check(contracts: pd.DataFrame) -> Iterator[Hit]:
    """One hit for each wrong document, with all the records that carry it."""
    kind = contracts["_doc_tipo"].to_numpy()
    wrong = np.isin(kind, ("cnpj", "cpf")) & ~contracts["_doc_valido"].to_numpy()
    if not wrong.any():
        return
    weight = float(_strength.strength(CERTAINTY_STEPS))
    rows = np.flatnonzero(wrong)
    written = encode(contracts["fornecedor_id"].iloc[rows], len(rows))
    order = np.argsort(written.codes, kind="stable")
    first = np.flatnonzero(np.diff(written.codes[order], prepend=-1))
    labels = contracts.index.to_numpy()[rows[order]].tolist()
    for start, end in zip(first, [*first[1:], len(rows)], strict=True):
        at = order[start]
        facts = {
            "tipo": str(kind[rows[at]]).upper(),
            "documento": mask_document(written.texts[written.codes[at]]),
            "n": int(end - start),
        }
        yield Hit(labels[start:end], facts, weight)
