"""Prepared records of one source and what several pattern checks need of them, made once.

Holds and shares; checks nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from cidadao_models import flags
from cidadao_models.models.pattern_analysis import _shape, concentration, shares


@dataclass(frozen=True)
class Study:
    """Records from `flags.prepare`, and what the flags found in them where they have run."""

    prepared: pd.DataFrame
    run: flags.FlagRun | None = None

    @cached_property
    def market(self) -> concentration.Purchases | None:
        """The purchases with supplier and amount; None without these fields."""
        lacking = _shape.lacking(self.prepared, "_fornecedor", "_valor")
        return None if lacking else concentration.purchases(self.prepared)

    @cached_property
    def by_supplier(self) -> _shape.Floats:
        """Total of each supplier with purchases, R$; empty without any."""
        if self.market is None:
            return np.zeros(0)
        return _shape.sums(
            np.unique(self.market.supplier, return_inverse=True)[1], self.market.amount
        )

    @property
    def leader(self) -> str:
        """Name of the supplier with most money, as a reader knows it."""
        assert self.market is not None
        code = np.unique(self.market.supplier)[int(self.by_supplier.argmax())]
        mine = self.market.records(np.flatnonzero(self.market.supplier == code))
        return _shape.supplier_name(self.prepared, mine)

    @cached_property
    def chance(self) -> shares.Chance | None:
        """What chance would give the same suppliers of the same purchases."""
        if self.market is None:
            return None
        return shares.chance(self.market.amount, len(self.by_supplier))
