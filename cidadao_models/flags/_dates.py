"""Date columns as days, with those that no contract can have set aside.

Impossible years and reversed dates are told by `datas_incoerentes` alone: here they count as
missing.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cidadao_models import records as fields
from cidadao_models.flags import _limits, _objects
from cidadao_models.flags._peers import encode
from cidadao_models.flags._shared import shared

Days = npt.NDArray[np.datetime64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Objects = npt.NDArray[np.object_]

FIRST, LAST = np.datetime64("1993-06-22"), np.datetime64("2045-12-31")
"""Days from Lei 8.666/1993 on; a start outside them is an entry error."""

LAWS = ("fundamento_legal", "modalidade")
"""Where a record may name its law, the most exact first."""


def days(contracts: pd.DataFrame, name: str) -> Days:
    """A date column as days; all NaT when there is no such column."""
    if name not in contracts:
        return np.full(len(contracts), "NaT", dtype="datetime64[D]")
    return contracts[name].to_numpy().astype("datetime64[D]")


def sane(found: Days) -> Days:
    """The days with those outside 1993 to 2045 as NaT."""
    with np.errstate(invalid="ignore"):
        return np.where((found >= FIRST) & (found <= LAST), found, np.datetime64("NaT"))


@shared
def first_of(contracts: pd.DataFrame, *names: str) -> Days:
    """For each record the first known day of these columns."""
    best = sane(days(contracts, names[0]))
    for name in names[1:]:
        if name in contracts:
            best = np.where(np.isnat(best), sane(days(contracts, name)), best)
    return best


def term_days(start: Days, end: Days) -> Ints:
    """Days from start to end, -1 where unknown, reversed or longer than any law allows."""
    known = ~(np.isnat(start) | np.isnat(end))
    length = np.where(known, (end - start).astype(np.int64), -1)
    longest = (_limits.LONGEST_TERM_YEARS + 1 / 12) * _limits.DAYS_PER_YEAR
    return np.where((length >= 0) & (length <= longest), length, -1)


def written(day: np.datetime64) -> str:
    """A day as `14/03/2024`."""
    year, month, of_month = str(day)[:10].split("-")
    return f"{of_month}/{month}/{year}"


def regimes(contracts: pd.DataFrame, rows: Ints) -> Ints:
    """Position in `_limits.REGIMES` of the law that each of `rows` names, -1 where none."""
    regime = np.full(len(rows), -1, dtype=np.int64)
    for name in LAWS:
        if name in contracts and len(rows):
            encoded = encode(_of(contracts, name, rows), len(rows))
            laws = [_limits.stated_regime(text) for text in encoded.texts]
            stated = [_limits.REGIMES.index(law) if law else -1 for law in laws]
            found = np.array([*stated, -1], dtype=np.int64)[encoded.codes]
            regime = np.where(regime < 0, found, regime)
    return regime


def _of(contracts: pd.DataFrame, name: str, rows: Ints) -> pd.Series:
    column = contracts[name]
    return column if len(rows) == len(column) else column.iloc[rows]


def plain_texts(contracts: pd.DataFrame, rows: Ints, *names: str) -> list[str]:
    """The texts of these columns in each of `rows`, as bare lower-case words, end to end."""
    parts = []
    for name in names:
        if name in contracts and len(rows):
            cells = fields.as_text(contracts[name].iloc[rows]).fill_null("").to_pylist()
            parts.append(_objects.fold(cells))
    if not parts:
        return [""] * len(rows)
    return [b" ".join(cells).decode("ascii") for cells in zip(*parts, strict=True)]


def matching(contracts: pd.DataFrame, rows: Ints, pattern: re.Pattern[str], *names: str) -> Bools:
    """Whether the plain texts of each of `rows` match: for few rows, after cheaper tests."""
    texts = plain_texts(contracts, rows, *names)
    return np.array([pattern.search(text) is not None for text in texts], dtype=bool)


def told(contracts: pd.DataFrame, rows: Ints, pattern: re.Pattern[str], name: str) -> Bools:
    """As `matching`, for a column of few distinct texts: each is looked at once."""
    if name not in contracts or not len(rows):
        return np.zeros(len(rows), dtype=bool)
    encoded = encode(_of(contracts, name, rows), len(rows))
    found = [pattern.search(text.decode("ascii")) for text in _objects.fold(encoded.texts)]
    return np.array([*(hit is not None for hit in found), False], dtype=bool)[encoded.codes]


def holding(contracts: pd.DataFrame, rows: Ints, part: str, *names: str) -> Bools:
    """Whether one of the columns holds `part` (RE2), case ignored: for many rows."""
    held = np.zeros(len(rows), dtype=bool)
    for name in names:
        if name in contracts and len(rows):
            texts = fields.as_text(contracts[name])
            if len(rows) < len(texts):
                texts = texts.take(pa.array(rows))
            found = pc.fill_null(pc.match_substring_regex(texts, f"(?i){part}"), False)
            held |= found.to_numpy(zero_copy_only=False)
    return held
