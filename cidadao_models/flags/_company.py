"""What a supplier's document and name tell of the company: branches, and companies made to order.

Reads the record alone; the company register it does not know.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.findings import words
from cidadao_models.flags._peers import encode
from cidadao_models.records import as_text, classify_distinct

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

HEAD_OFFICE = "0001"
"""Order number of a company's head office: the four characters after the root of the CNPJ."""

UNSIGNED = 0.5
"""Share of the evidence left where the day is not the signature's: it may be a payment's."""

BRANCH = 0.5
"""The same where the CNPJ is a branch's: opening and closing dates may be the branch's alone."""

_TO_ORDER = re.compile(
    r"(?i)\bcons[oó]rcio\b|\bSPE\b|prop[oó]sito espec[ií]fico|\bconcession[aá]ria\b"
)
"""Consortia and special-purpose companies, which the law has the winner open before signing
(Lei 14.133/2021, art. 15; Lei 8.987/1995, arts. 19 and 20)."""


def made_to_order(contracts: pd.DataFrame, rows: Ints) -> Bools:
    """Whether the supplier of each of these rows is a consortium or special-purpose company."""
    if "fornecedor" not in contracts:
        return np.zeros(len(rows), dtype=bool)
    names = encode(contracts["fornecedor"].iloc[rows], len(rows))
    found = np.array([*(_TO_ORDER.search(text) is not None for text in names.texts), False])
    return np.asarray(found[names.codes], dtype=bool)


def branches(contracts: pd.DataFrame, rows: Ints) -> Bools:
    """Whether the CNPJ of each of these rows is a branch's; False where there is none."""
    if "fornecedor_id" not in contracts:
        return np.zeros(len(rows), dtype=bool)
    encoded = as_text(contracts["fornecedor_id"].iloc[rows]).dictionary_encode()
    found = classify_distinct(encoded.dictionary)
    branch = [
        kind == "cnpj" and digits[8:12] != HEAD_OFFICE
        for kind, digits in zip(found.kind, found.digits, strict=True)
    ]
    codes = encoded.indices.fill_null(len(branch)).to_numpy(zero_copy_only=False)
    return np.asarray(np.array([*branch, False])[codes], dtype=bool)


def days_text(days: int) -> str:
    """`1 dia`, `1.234 dias`."""
    return "1 dia" if days == 1 else f"{words.number(days)} dias"
