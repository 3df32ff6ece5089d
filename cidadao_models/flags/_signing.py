"""The day on which a contract was made, as far as the record tells.

A payment or an extension may carry a later date: where the term is known to have begun earlier,
the contract is at least that old.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.findings import words
from cidadao_models.flags._shared import shared
from cidadao_models.records import FIELDS

Days = npt.NDArray[np.datetime64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Signing:
    """Day of n contracts (NaT unknown), whether it is the signature's, and the field it is from."""

    day: Days
    signed: Bools
    source: npt.NDArray[np.object_]


def days(contracts: pd.DataFrame, name: str) -> Days:
    """A date column as days; NaT everywhere when there is no such column."""
    if name not in contracts:
        return np.full(len(contracts), np.datetime64("NaT", "D"))
    return contracts[name].to_numpy().astype("datetime64[D]")


def written(day: np.datetime64) -> str:
    """A day as `14/03/2024`; "" when unknown."""
    return "" if np.isnat(day) else words.date(dt.date.fromisoformat(str(day)))


@shared
def signing(contracts: pd.DataFrame) -> Signing:
    """Day of signature, else the record's date or the start of the term, the earlier of them."""
    day = days(contracts, "data_assinatura")
    signed = ~np.isnat(day)
    source = np.full(len(contracts), FIELDS["data_assinatura"].label, dtype=object)
    if signed.all():
        return Signing(day, signed, source)
    dated, start = days(contracts, "data"), days(contracts, "vigencia_inicio")
    with np.errstate(invalid="ignore"):
        earlier = np.isnat(dated) | (start < dated)
    earlier &= ~np.isnat(start)
    other = np.where(earlier, start, dated)
    source[~signed] = np.where(earlier, FIELDS["vigencia_inicio"].label, FIELDS["data"].label)[
        ~signed
    ]
    return Signing(np.where(signed, day, other), signed, source)
