"""Bids arranged by tender: sorted valid amounts, winner, estimate, bidders and days.

Reads the bids table of the outer contract; judges nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.models.pattern_analysis.bid_screens import Floats

Ints = npt.NDArray[np.int64]

WINNER_WORDS = frozenset({"1", "1.0", "true", "sim", "s", "verdadeiro", "vencedor", "yes", "y"})
"""What `vencedor` says of a winning bid, lower case."""

SECONDS_FROM, MILLISECONDS_FROM = 1e8, 1e11
"""Numbers from which a numeric date counts seconds or milliseconds since 1970."""

PLACEHOLDER_BIDS = 2.0
"""Bids per tender, beside the median bidder's, from which a bidder's code is no bidder."""

FARTHEST_DAY = 4e6
"""Days from the origin, some ten thousand years, past which a number is no date."""

YEARS = (1900, 2101)
"""Numbers that are a year; with month and day (20240314) they lie between 1e4 times these."""


@dataclass(frozen=True, slots=True)
class Tenders:
    """Valid bids by tender: `values` sorted inside each tender, which starts at `starts`."""

    ids: pd.Index
    counts: Ints
    starts: Ints
    values: Floats
    winner: Floats
    estimate: Floats
    day: Floats
    bids: pd.DataFrame

    def by_size(self, least: int = 1) -> Iterator[tuple[int, Ints, Floats]]:
        """(n, positions (k,), sorted bids (k, n)) for each number of bids n >= least."""
        for n in np.unique(self.counts[self.counts >= least]):
            at = np.flatnonzero(self.counts == n)
            yield int(n), at, self.values[self.starts[at][:, None] + np.arange(n)]


def _is_winner(column: pd.Series) -> npt.NDArray[np.bool_]:
    words = column.astype("str").str.strip().str.lower()
    return np.asarray(words.isin(WINNER_WORDS), dtype=bool)


def _key(column: pd.Series) -> pd.Series:
    """Bidder as text; NaN where unknown or blank."""
    text = column.astype("str").str.strip().reset_index(drop=True)
    return text.mask(column.isna().to_numpy() | (text == "").to_numpy())


def _named(bids: pd.DataFrame) -> pd.Series:
    """Bidders with placeholders ("0", "não informado") blanked.

    A placeholder bids several times in its tenders where the others don't: PLACEHOLDER_BIDS times
    the median bidder's bids per tender, or all the bids there are.
    """
    distinct = bids.drop_duplicates(["tender", "bidder", "value"]).groupby("bidder")["tender"]
    per_tender = distinct.size() / distinct.nunique()
    typical = per_tender.median() if len(per_tender) > 1 else 1.0
    return bids["bidder"].mask(bids["bidder"].map(per_tender) >= PLACEHOLDER_BIDS * typical)


def _without_copies(bids: pd.DataFrame) -> pd.DataFrame:
    """One bid per tender and bidder, the lowest; without bidders, copied tables are folded.

    A tender whose every value occurs equally often, more than once, is a copied table and not a
    row of identical bids. Bids without a bidder are all kept.
    """
    if bids["bidder"].notna().any():
        known = bids["bidder"].notna()
        lowest = bids[known].sort_values("value").drop_duplicates(["tender", "bidder"])
        return pd.concat([lowest, bids[~known]])
    times = bids.groupby(["tender", "value"])["value"].transform("size")
    same = times.groupby(bids["tender"])
    copied = (same.transform("min") == same.transform("max")) & (times > 1)
    copied &= bids.groupby("tender")["value"].transform("nunique") > 1
    return bids[~(copied & bids.duplicated(["tender", "value"]))]


def arrange(bids: pd.DataFrame) -> Tenders:
    """The usable bids of `bids` (columns of the outer contract) by tender.

    Amounts that are not positive numbers, and rows without a tender, are left out; the tenders
    that lose all their bids stay, with a count of 0. Raises KeyError without `licitacao_id` or
    `valor_proposta`.
    """
    codes, ids = pd.factorize(bids["licitacao_id"])
    blank = pd.Series(np.nan, index=bids.index)
    clean = pd.DataFrame(
        {
            "tender": codes,
            "value": pd.to_numeric(bids["valor_proposta"], errors="coerce").to_numpy(float),
            "bidder": _key(bids.get("fornecedor_id", blank)),
            "won": _is_winner(bids.get("vencedor", blank)),
            "estimate": pd.to_numeric(bids.get("valor_estimado", blank), errors="coerce").to_numpy(
                float
            ),
            "day": _days(bids.get("data", blank)),
            "row": _rows(bids.index),
        }
    )
    usable = clean["value"].gt(0) & np.isfinite(clean["value"]) & clean["tender"].ge(0)
    clean = clean[usable]
    clean = _without_copies(clean.assign(bidder=_named(clean))).sort_values(
        ["tender", "value"], kind="stable"
    )
    counts = np.bincount(clean["tender"], minlength=len(ids)).astype(np.int64)
    return Tenders(
        ids=pd.Index(ids, name="licitacao_id"),
        counts=counts,
        starts=np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int64),
        values=clean["value"].to_numpy(),
        winner=_winner(clean, len(ids)),
        estimate=_per_tender(clean["estimate"].where(clean["estimate"] > 0), clean, len(ids)),
        day=_per_tender(clean["day"], clean, len(ids)),
        bids=clean,
    )


def _rows(index: pd.Index) -> Ints:
    """Record numbers: the table's own index where it is one, else the position."""
    numbered = pd.api.types.is_integer_dtype(index.dtype)
    return index.to_numpy(np.int64) if numbered else np.arange(len(index), dtype=np.int64)


def _days(column: pd.Series) -> Floats:
    """Days since some origin of a column of dates, NaN where unknown or not a date.

    Numbers are years, yyyymmdd, seconds or milliseconds by their size, else days already.
    """
    if pd.api.types.is_numeric_dtype(column):
        return _numeric_days(column.astype(float))
    dates = pd.to_datetime(column, errors="coerce", format="ISO8601", utc=True)
    if dates.isna().any():
        brazilian = pd.to_datetime(column, errors="coerce", format="%d/%m/%Y", utc=True)
        dates = dates.fillna(brazilian)
    return _since_1970(dates)


def _since_1970(dates: pd.Series) -> Floats:
    """UTC dates as days since 1970."""
    return np.asarray((dates - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(days=1), dtype=np.float64)


def _numeric_days(values: pd.Series) -> Floats:
    """Numeric dates as days; the median tells the unit."""
    numbers = values.where(np.isfinite(values))
    typical = float(numbers.abs().median()) if numbers.notna().any() else 0.0
    if YEARS[0] <= typical < YEARS[1]:
        numbers = numbers * 365.25
    elif 1e4 * YEARS[0] <= typical < 1e4 * YEARS[1]:
        text = numbers.round().astype("Int64").astype("str")
        return _since_1970(pd.to_datetime(text, format="%Y%m%d", errors="coerce", utc=True))
    elif typical >= SECONDS_FROM:
        numbers = numbers / (86_400_000 if typical >= MILLISECONDS_FROM else 86_400)
    return np.asarray(numbers.where(numbers.abs() < FARTHEST_DAY), dtype=np.float64)


def _per_tender(column: pd.Series, clean: pd.DataFrame, size: int) -> Floats:
    """Median of a column in each tender, NaN where it has none."""
    return column.groupby(clean["tender"]).median().reindex(range(size)).to_numpy(float)


def _winner(clean: pd.DataFrame, size: int) -> Floats:
    """The winner's bid, the lowest where none or several are marked."""
    lowest = clean.groupby("tender")["value"].min()
    winners = clean[clean["won"]].groupby("tender")["value"]
    marked = winners.min()[winners.size() == 1]
    return marked.reindex(lowest.index).fillna(lowest).reindex(range(size)).to_numpy(float)
