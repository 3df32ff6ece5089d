"""How a reader knows the buyer or the supplier of some records.

Takes the commonest name told, with CPFs masked; decides no identity (see `_peers`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.records import mask_cpf, mask_document

Ints = npt.NDArray[np.int64]

BUYER = ("unidade_gestora", "orgao", "unidade_gestora_id", "orgao_id")
SUPPLIER = ("fornecedor", "fornecedor_id", "_fornecedor")
DOCUMENTS = ("fornecedor_id", "_fornecedor")


def buyer(contracts: pd.DataFrame, rows: Ints) -> str:
    """Unit or body of the records at these positions; the file itself when none is told."""
    return commonest(contracts, rows, BUYER) or "Registros deste arquivo"


def supplier(contracts: pd.DataFrame, rows: Ints) -> str:
    """Supplier of the records at these positions, by name or document."""
    return commonest(contracts, rows, SUPPLIER) or "um mesmo fornecedor"


def commonest(contracts: pd.DataFrame, rows: Ints, columns: Sequence[str]) -> str:
    """The commonest text of the first of these columns that says anything, CPFs masked, or ""."""
    for name in columns:
        if name in contracts:
            told = contracts[name].iloc[rows].dropna().astype(str).value_counts()
            if len(told):
                text = min(told.index[told == told.iloc[0]])
                return mask_document(text) if name in DOCUMENTS else mask_cpf(text)
    return ""
