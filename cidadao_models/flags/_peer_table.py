"""Peer statistics kept by name, so that records can be compared with those of another table.

`_peers.derive` compares a batch with itself; this gives the same columns against peers that were
learned earlier. Looks at amounts only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cidadao_models.flags._peers import LEVELS, MIN_PEERS
from cidadao_models.flags._tails import MAD_TO_SIGMA, SPREAD_FLOOR

_LEVEL_COLUMNS: tuple[tuple[str, ...], ...] = (
    ("_grupo_nome", "_modalidade"),
    ("_grupo_nome",),
    ("_tipo_nome",),
    ("categoria",),
    ("_modalidade",),
    (),
)
"""Columns whose texts name the peer group of each of `LEVELS`."""

_SEPARATOR = "\x1f"
_STATISTICS = ("n", "median", "spread")


def _keys(derived: pd.DataFrame, level: int) -> pd.Series:
    """Name of each record's group at a level; missing where one of its parts is."""
    columns = _LEVEL_COLUMNS[level]
    if any(name not in derived for name in columns):
        return pd.Series(np.nan, index=derived.index, dtype="str")
    key = pd.Series(str(level), index=derived.index, dtype="str")
    for name in columns:
        key = key + _SEPARATOR + derived[name].astype("str")
    return key


@dataclass(frozen=True, slots=True)
class PeerTable:
    """Size, median and robust spread of log amounts for each named group of at least 10."""

    table: pd.DataFrame

    @classmethod
    def fit(cls, derived: pd.DataFrame) -> PeerTable:
        """Learn from records that went through `derive`."""
        logs = pd.Series(np.log(derived["_valor"].to_numpy(float)), index=derived.index)
        parts = [_statistics(logs, _keys(derived, level)) for level in range(len(LEVELS))]
        return cls(pd.concat([part for part in parts if len(part)] or parts))

    def compare(self, derived: pd.DataFrame) -> pd.DataFrame:
        """The records with `_pares…` columns that speak of this table's groups."""
        logs = np.log(derived["_valor"].to_numpy(float))
        n = len(derived)
        place = np.full(n, -1, dtype=np.int64)
        level_of = np.full(n, -1, dtype=np.int64)
        for level in range(len(LEVELS)):
            found = self.table.index.get_indexer(pd.Index(_keys(derived, level)))
            takes = (place < 0) & (found >= 0) & np.isfinite(logs)
            place[takes], level_of[takes] = found[takes], level
        return derived.assign(**self._columns(place, level_of, logs))

    def _columns(
        self, place: np.ndarray, level: np.ndarray, logs: np.ndarray
    ) -> dict[str, np.ndarray]:
        known = place >= 0
        n, median, spread = (
            np.where(known, self.table[name].to_numpy(float)[place], np.nan)
            if len(self.table)
            else np.full(len(place), np.nan)
            for name in _STATISTICS
        )
        return {
            "_pares": place,
            "_pares_nivel": np.array([*LEVELS, None], dtype=object)[level],
            "_pares_n": np.nan_to_num(n).astype(np.int64),
            "_pares_mediana": np.exp(median),
            "_pares_razao": np.exp(logs - median),
            "_pares_z": (logs - median) / spread,
            "_pares_dispersao": np.full(len(place), np.nan),
            "_pares_chance": np.full(len(place), np.nan),
        }

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Plain arrays, the keys as text."""
        keys = {"keys": self.table.index.to_numpy(dtype=str)}
        return keys | {name: self.table[name].to_numpy(float) for name in _STATISTICS}

    @classmethod
    def from_arrays(cls, arrays: dict[str, np.ndarray]) -> PeerTable:
        """The table that `to_arrays` gave."""
        index = pd.Index(arrays["keys"].astype(str), dtype="str")
        return cls(pd.DataFrame({name: arrays[name] for name in _STATISTICS}, index=index))


def _statistics(logs: pd.Series, keys: pd.Series) -> pd.DataFrame:
    known = logs.notna() & keys.notna()
    grouped = logs[known].groupby(keys[known].to_numpy(), sort=True)
    sizes = grouped.size()
    large = sizes.index[sizes >= MIN_PEERS]
    median = grouped.median()
    centred = (logs[known] - keys[known].map(median).to_numpy(float)).abs()
    deviation = centred.groupby(keys[known].to_numpy(), sort=True).median()
    table = pd.DataFrame(
        {
            "n": sizes.astype(float),
            "median": median,
            "spread": np.maximum(MAD_TO_SIGMA * deviation, SPREAD_FLOOR),
        }
    )
    return table.loc[large]
