"""What a contract's one amendment added, as a share of its initial value.

Where several amendments share the amount, or the share is beyond any law, it is unknown.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.flags import _limits

Floats = npt.NDArray[np.float64]


def share(contracts: pd.DataFrame) -> Floats:
    """Addition over the initial value; NaN where unknown or where several amendments share it."""
    added = _amount(contracts, "valor_aditivos")
    initial = _amount(contracts, "valor_inicial")
    final = _amount(contracts, "valor_final") - added
    base = np.where(initial > 0, initial, np.where(final > 0, final, np.nan))
    count = _amount(contracts, "n_aditivos")
    with np.errstate(invalid="ignore"):
        known = np.where(count > 1, np.nan, added / base)
        return np.where(known <= _limits.REFURBISHMENT_SHARE * 2, known, np.nan)


def _amount(contracts: pd.DataFrame, name: str) -> Floats:
    if name not in contracts:
        return np.full(len(contracts), np.nan)
    amount = contracts[name].to_numpy(dtype=np.float64, na_value=np.nan)
    return np.where(np.isfinite(amount), amount, np.nan)
