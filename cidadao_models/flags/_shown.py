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

BUYER = ("unidade_gestora", "orgao", "unidade_gestora_id", "orgao_id", "_comprador")
SUPPLIER = ("fornecedor", "fornecedor_id", "_fornecedor")

CODES = frozenset(("unidade_gestora_id", "orgao_id", "_comprador"))
"""Columns that hold no name but a code."""

DOCUMENTS = frozenset(("fornecedor_id", "_fornecedor"))
"""Columns that may hold a document."""


def buyer(contracts: pd.DataFrame, rows: Ints, unknown: str = "Registros deste arquivo") -> str:
    """Unit or body of the records at these positions by name, else its code, else `unknown`."""
    return _commonest(contracts, rows, BUYER) or unknown


def supplier(contracts: pd.DataFrame, rows: Ints, unknown: str = "um mesmo fornecedor") -> str:
    """Supplier of the records at these positions by name, else its masked document."""
    return _commonest(contracts, rows, SUPPLIER) or unknown


def _commonest(contracts: pd.DataFrame, rows: Ints, columns: Sequence[str]) -> str:
    """The commonest text of the first of these columns that says anything, CPFs masked, or ""."""
    for name in columns:
        if name in contracts:
            told = contracts[name].iloc[rows].dropna().astype(str).value_counts()
            if len(told):
                text = min(told.index[told == told.iloc[0]])
                if name in CODES:
                    return f"código {text}"
                return mask_document(text) if name in DOCUMENTS else mask_cpf(text)
    return ""
