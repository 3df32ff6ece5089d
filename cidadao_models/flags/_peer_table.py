"""Peer statistics kept by name, so that records can be compared with those of another table.

`_peers.derive` compares a batch with itself; this gives the same columns against peers that were
learned earlier. Looks at amounts only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cidadao_models.flags._peers import CLOSE_LEVELS, LEVELS, MIN_PEERS
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

MIN_IN_FILE, MIN_POOLED = 4, 30
"""Records of a group in one file, and in all, for pooling (few each: medians are pooled)."""

MIN_FILES, MIN_PUBLISHERS = 3, 2
"""Files and publishers that must share a group for its amounts to speak of other bodies."""

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
    def fit(cls, derived: pd.DataFrame, *, minimum: int = MIN_PEERS) -> PeerTable:
        """Learn from records that went through `derive`; smaller groups than `minimum` are left."""
        logs = pd.Series(np.log(derived["_valor"].to_numpy(float)), index=derived.index)
        parts = [_statistics(logs, _keys(derived, level), minimum) for level in range(len(LEVELS))]
        return cls(pd.concat([part for part in parts if len(part)] or parts))

    @classmethod
    def pool(cls, sources: Sequence[tuple[str, PeerTable]]) -> PeerTable:
        """One table of what several bodies' tables share: (publisher, table of one file) pairs.

        A group of purchases of the same object counts when at least `MIN_FILES` files of at least
        `MIN_PUBLISHERS` publishers have it. Its spread holds the differences between bodies as
        well as those inside them (law of total variance), so that a small town is not strange for
        paying less than a state.
        """
        parts = [
            table.table.assign(publisher=publisher)[table._levels() < len(CLOSE_LEVELS)]
            for publisher, table in sources
        ]
        grouped = pd.concat(parts).groupby(level=0, sort=True)
        within, between = grouped["spread"].median(), grouped["median"].std()
        pooled = pd.DataFrame(
            {
                "n": grouped["n"].sum(),
                "median": grouped["median"].median(),
                "spread": np.sqrt(within**2 + between**2),
            }
        )
        shared = (
            (pooled["n"] >= MIN_POOLED)
            & (grouped.size() >= MIN_FILES)
            & (grouped["publisher"].nunique() >= MIN_PUBLISHERS)
        )
        return cls(pooled[shared])

    def _levels(self) -> np.ndarray:
        return self.table.index.str.split(_SEPARATOR, n=1).str[0].to_numpy(dtype=np.int64)

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


def _statistics(logs: pd.Series, keys: pd.Series, minimum: int) -> pd.DataFrame:
    known = logs.notna() & keys.notna()
    grouped = logs[known].groupby(keys[known].to_numpy(), sort=True)
    sizes = grouped.size()
    large = sizes.index[sizes >= minimum]
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
