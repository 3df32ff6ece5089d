"""How much each tender looks like a cartel's: a fixed, untrained, directional score of its bids.

Collusion makes bids alike, close to the estimate, and leaves a gap below the cover bids; the
score adds up published screens with weights fixed beforehand. It proves no agreement, and on a
market that is one cartel from end to end nothing stands out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cidadao_models.flags import _screens as bid_screens
from cidadao_models.flags._screens import Floats
from cidadao_models.flags._tenders import Ints, Tenders, arrange
from cidadao_models.models.pattern_analysis import bidder_context

WEIGHTS = {"dispersion": 1.0, "shape": 0.5, "price": 1.5, "level": 1.0, "marks": 0.3}
"""Weight of each kind of evidence: round numbers from the literature, checked to be flat on
simulated markets. A price against its estimate is the overcharge itself; the shape of the bids is
the weaker half of Imhof's (2017) screens and turns round where covers are scattered."""

DISPERSION_WEIGHTS = {
    "cv": 1.0, "spd": 0.5, "loser_cv": 1.0, "subgroup_cv_median": 1.0, "subgroup_cv_min": 0.5,
}  # fmt: skip
"""Shares inside the spread: extremes (range, tightest triple) carry half."""

SHAPE_WEIGHTS = {
    "skew": 1.0, "cluster": 1.0, "rd": 0.5, "rd_normalised": 0.5, "rd_alternative": 0.5,
}  # fmt: skip
"""Shares inside the shape of few bids: the three readings of one distance (b2 - b1) carry half
each. Kurtosis, KS, DIFFP, even spacing, round and identical bids are shown and carry nothing: their
direction differs between cartels, or public price tables explain them as well."""

CLUSTER_WEIGHTS = {"cluster": 1.0, "spacing": 1.0}
"""Shares inside the shape of many bids, where a cartel is a part of them that bunches."""

FEW_BIDS = 10
"""Bids up to which the lowest ones tell the shape; with n of them they keep FEW_BIDS / n of it, for
the distance between two of many bids says little. Bunching has the rest."""

CLUSTER_GAIN = 2.0
"""Weight of bunching among many bids beside the shape of few: it rests on all of them."""

LEAST_MARKED, LOWEST_SHARE = 20, 0.5
"""Marked winners needed to tell the rule of award, and the share of lowest bids among them below
which it is not the lowest price (average-bid auctions): the lowest bids then tell nothing."""

OTHER_RULE_PRICE = 0.3
"""Share of the weight of prices that is left under another rule: it rewards no overcharge."""

MEETING_WEIGHT = 0.3
"""Weight of bidders meeting again: neighbours with one trade also meet, so it is small."""

MAX_MEETING = 2.0
"""Bound of the excess of common tenders per pair of bidders, in standard deviations."""

TYPICAL_CV = 0.06
"""Between the CV of cartels (about 3 %) and of competition (8 to 10 %) in Imhof 2017."""

SPREAD_SD = 0.6
"""Standard deviation of log CV among the tenders of one market (chosen)."""

TYPICAL_PRICE = np.log(0.92)
PRICE_SD = 0.12
"""Log of price over estimate: centre and sd where the file is too small to tell (chosen)."""

PRICE_SD_RANGE = (0.02, 0.3)
"""Bounds of the sd of log price over estimate learnt from a file."""

PLAUSIBLE_RATIO = (0.1, 10.0)
"""Price over estimate outside these bounds is a difference of unit or of item, not of price."""

PRIOR_TENDERS = 20
"""Weight of the fixed centres against the file's own median, in tenders (chosen)."""

FILE_SHARE = 0.5
"""Share of a market's own deviation from the typical CV that its scores forgive."""

MAX_EVIDENCE = 3.0
"""Bound of one screen's evidence in standard deviations: no screen decides alone."""

UNIT_PRICE_SD = 0.35
"""Log sd of the tenders' mean bids below which they are unit prices of one thing (chosen)."""

LEAST_UNIT_PRICES = 30
"""Tenders needed to tell that."""

SAME = 1e-6
"""Relative difference below which two bids of different tenders are one number."""

REASONS = {
    "no_bids": "nenhuma proposta com valor positivo",
    "one_bid": "uma só proposta e nenhum valor estimado: não há o que comparar",
}


def raw_columns(tenders: Tenders) -> dict[str, Floats]:
    """Every published screen by its own formula, NaN where a tender has too few bids for it."""
    columns = {name: np.full(len(tenders.ids), np.nan) for name in bid_screens.RAW}
    mean = np.full(len(tenders.ids), np.nan)
    for n, at, b in tenders.by_size():
        mean[at] = b.mean(axis=1)
        if n > 1:
            for name, values in bid_screens.raw_screens(b).items():
                columns[name][at] = values
    columns["winner_to_estimate"] = _plausible(tenders.winner / tenders.estimate)
    columns["mean_to_estimate"] = _plausible(mean / tenders.estimate)
    return columns


def _plausible(ratio: Floats) -> Floats:
    low, high = PLAUSIBLE_RATIO
    return np.where((ratio > low) & (ratio < high), ratio, np.nan)


def _centre(values: Floats, typical: float) -> float:
    """The file's median, pulled towards `typical` as if that were PRIOR_TENDERS tenders."""
    known = values[~np.isnan(values)]
    if len(known) == 0:
        return typical
    weight = len(known) / (len(known) + PRIOR_TENDERS)
    return float(weight * np.median(known) + (1 - weight) * typical)


def _robust_sd(values: Floats) -> float:
    return float(1.4826 * np.nanmedian(np.abs(values - np.nanmedian(values))))


@dataclass(frozen=True, slots=True)
class Spread:
    """Unbiased log spread by each dispersion screen (m,), with the variance of its error."""

    level: dict[str, Floats]
    error: dict[str, Floats]


def spreads(tenders: Tenders) -> tuple[Spread, dict[str, Floats]]:
    """Log spreads freed of the number of bids, and shape screens as normal scores within it."""
    size = len(tenders.ids)
    level = {name: np.full(size, np.nan) for name in bid_screens.DISPERSION}
    error = {name: np.full(size, np.nan) for name in bid_screens.DISPERSION}
    shape = {name: np.full(size, np.nan) for name in bid_screens.SHAPE}
    for n, at, b in tenders.by_size(least=2):
        null, x = bid_screens.null(bid_screens.null_size(n)), np.log(b)
        for name, values in bid_screens.log_dispersions(x).items():
            mean, variance = null.spread_error(name)
            level[name][at], error[name][at] = values - mean, variance
        for name, values in bid_screens.shapes(x).items():
            if name in null.ordered:
                shape[name][at] = null.normal_scores(name, values)
    return Spread(level, error), shape


def _weighted(columns: dict[str, Floats], weights: dict[str, float]) -> Floats:
    """Weighted mean of the known columns, NaN where none is."""
    stack = np.array([columns[name] for name in weights])
    share = np.array(list(weights.values()))[:, None] * ~np.isnan(stack)
    with np.errstate(invalid="ignore"):
        return np.asarray((np.nan_to_num(stack) * share).sum(axis=0) / share.sum(axis=0))


def dispersion_z(
    level: dict[str, Floats], error: dict[str, Floats], middle: dict[str, float]
) -> Floats:
    """How much tighter than `middle` each tender is, in sds, over all dispersion screens.

    (middle - level) / SPREAD_SD, times SPREAD_SD^2 / (SPREAD_SD^2 + error): few bids say little.
    """
    evidence = {}
    for name in DISPERSION_WEIGHTS:
        trust = SPREAD_SD**2 / (SPREAD_SD**2 + error[name])
        z = (middle[name] - level[name]) / SPREAD_SD
        evidence[name] = np.clip(z, -MAX_EVIDENCE, MAX_EVIDENCE) * trust
    return _weighted(evidence, DISPERSION_WEIGHTS)


def dispersion_evidence(spread: Spread) -> tuple[Floats, float]:
    """How much tighter than its market each tender is, in sds; and the market's log spread."""
    typical = float(np.log(TYPICAL_CV))
    middle = {name: _centre(level, typical) for name, level in spread.level.items()}
    return dispersion_z(spread.level, spread.error, middle), middle["cv"]


def shape_mean(shape: dict[str, Floats], counts: Ints, *, lowest_wins: bool = True) -> Floats:
    """Gap below the losing bids, left skew and bunching as one normal score, (m,).

    Among more than FEW_BIDS bids bunching counts more, and alone where the lowest does not win.
    """
    nothing = np.full(len(counts), np.nan)
    few, many = (
        _weighted({name: shape.get(name, nothing) for name in weights}, weights)
        for weights in (SHAPE_WEIGHTS, CLUSTER_WEIGHTS)
    )
    share = FEW_BIDS / np.maximum(counts, FEW_BIDS) if lowest_wins else np.zeros(len(counts))
    bunching = (1 - share) * CLUSTER_GAIN * np.where(share < 1, many, 0.0)
    return np.asarray(np.where(share > 0, share * few, 0.0) + bunching)


def shape_evidence(shape: dict[str, Floats], counts: Ints, *, lowest_wins: bool = True) -> Floats:
    """`shape_mean` against the market's own median shape, in sds."""
    score = shape_mean(shape, counts, lowest_wins=lowest_wins)
    return np.clip(score - _centre(score, 0.0), -MAX_EVIDENCE, MAX_EVIDENCE)


def lowest_bid_wins(tenders: Tenders) -> bool:
    """Whether the lowest bid is the rule of award, as far as marked winners tell."""
    marked = np.flatnonzero(tenders.marked & (tenders.counts > 2))
    if len(marked) < LEAST_MARKED:
        return True
    lowest = tenders.values[tenders.starts[marked]]
    return bool((tenders.winner[marked] <= lowest * (1 + 1e-9)).mean() >= LOWEST_SHARE)


def _lowest_of(counts: Ints) -> Floats:
    """Mean of the lowest of n standard normal draws, for each count (0 for one bid)."""
    means = np.zeros(len(counts))
    for n in np.unique(counts[counts > 1]):
        means[counts == n] = bid_screens.null(bid_screens.null_size(int(n))).lowest
    return means


def _standardised(values: Floats, typical: float, sd: float) -> Floats:
    """(value - centre) / sd of the file, both shrunk towards the typical ones, and bounded."""
    known = int((~np.isnan(values)).sum())
    if known == 0:
        return values
    weight = known / (known + PRIOR_TENDERS)
    own = np.clip(_robust_sd(values), *PRICE_SD_RANGE)
    z = (values - _centre(values, typical)) / (weight * own + (1 - weight) * sd)
    return np.clip(z, -MAX_EVIDENCE, MAX_EVIDENCE)


def price_evidence(raw: dict[str, Floats], counts: Ints, centre: float) -> Floats:
    """How near or above the estimate the prices are, in sds of the market's own ratios.

    Mean of the logs of winner / estimate and mean / estimate; the winner's is first freed of the
    fall of a minimum with the number of bids, at the market's typical spread exp(centre).
    """
    lowest = np.log(raw["winner_to_estimate"]) - np.exp(centre) * _lowest_of(counts)
    return _standardised((lowest + np.log(raw["mean_to_estimate"])) / 2, TYPICAL_PRICE, PRICE_SD)


def _level(tenders: Tenders) -> Floats:
    """Log mean bid of each tender, NaN without bids."""
    logs = np.bincount(
        tenders.bids["tender"], weights=np.log(tenders.bids["value"]), minlength=len(tenders.ids)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(logs / tenders.counts)


def _without_trend(level: Floats, day: Floats) -> Floats:
    """The levels less their line over the days, where all but few days are known."""
    known = ~np.isnan(level) & ~np.isnan(day)
    if known.sum() < max(LEAST_UNIT_PRICES, 0.9 * (~np.isnan(level)).sum()):
        return level
    if np.ptp(day[known]) == 0:
        return level
    slope = np.polyfit(day[known] - day[known].mean(), level[known], 1)[0]
    return np.asarray(level - slope * np.nan_to_num(day - day[known].mean()))


def _is_relative(tenders: Tenders) -> bool:
    """Whether bids were divided by a bid of their own tender: it is then the same everywhere."""
    several = tenders.counts > 1
    first = tenders.starts[several]
    if not len(first):
        return False
    last = first + tenders.counts[several] - 1
    for ends in (tenders.values[first], tenders.values[last], tenders.winner[several]):
        if (np.abs(ends / np.median(ends) - 1) < SAME).mean() > LOWEST_SHARE:
            return True
    return False


def level_evidence(tenders: Tenders) -> Floats:
    """How dear a tender is beside the others, where all buy one thing at unit prices.

    Log mean bid less the file's median, as it is and freed of its trend over time (half each: a
    trend may be prices rising, or the cartel itself), only where the file's prices vary by less
    than UNIT_PRICE_SD and LEAST_UNIT_PRICES tenders are known: the overcharge itself, as for school
    milk (Porter & Zona 1999). NaN elsewhere, where the amount only says how large the object is,
    and for bids given as shares of another bid of their tender.
    """
    level = _level(tenders)
    known = level[~np.isnan(level)]
    unlike = len(known) < LEAST_UNIT_PRICES or float(np.std(known)) >= UNIT_PRICE_SD
    if unlike or _is_relative(tenders):
        return np.full(len(level), np.nan)
    both = (level, _without_trend(level, tenders.day))
    return np.mean([_standardised(one, float(np.nanmedian(one)), PRICE_SD) for one in both], axis=0)


def mark_evidence(raw: dict[str, Floats]) -> Floats:
    """Losing bids computed from the winner's (exact percentages), up to MAX_EVIDENCE."""
    return MAX_EVIDENCE * np.nan_to_num(raw["exact_margins"])


def combined(parts: dict[str, Floats]) -> Floats:
    """Weighted sum of the evidence inside a tender, NaN where there is none."""
    stack = np.array([WEIGHTS[name] * parts[name] for name in WEIGHTS])
    empty = np.isnan(parts["dispersion"]) & np.isnan(parts["price"]) & np.isnan(parts["level"])
    return np.asarray(np.where(empty, np.nan, np.nansum(stack, axis=0)))


def _surroundings(own: Floats, tenders: Tenders) -> dict[str, Floats]:
    """Evidence from the bidders' other tenders, the same period, and meeting again."""
    tender = tenders.bids["tender"].to_numpy(np.int64)
    links = bidder_context.incidence(tender, pd.factorize(tenders.bids["bidder"])[0], len(own))
    bidders = bidder_context.predicted(own, bidder_context.bidders_elsewhere(own, links))
    rest = own - bidders
    period = bidder_context.predicted(rest, bidder_context.same_period(rest, tenders.day))
    meeting = np.nan_to_num(bidder_context.together(links))
    return {
        "bidders": bidders,
        "period": period,
        "meeting": MEETING_WEIGHT * np.clip(meeting, -MAX_MEETING, MAX_MEETING),
    }


@dataclass(frozen=True, slots=True)
class Market:
    """Everything computed about a file's tenders; arrays of length m, the number of tenders.

    `parts` is the evidence inside a tender by kind, `own` its weighted sum, `around` the evidence
    from other tenders (already weighted), `centre` the market's log spread.
    """

    tenders: Tenders
    raw: dict[str, Floats]
    spread: Spread
    parts: dict[str, Floats]
    own: Floats
    around: dict[str, Floats]
    centre: float

    def table(self) -> pd.DataFrame:
        """The table of `score_tenders`."""
        level = FILE_SHARE * WEIGHTS["dispersion"] * (np.log(TYPICAL_CV) - self.centre) / SPREAD_SD
        elsewhere = np.sum(list(self.around.values()), axis=0)
        total = np.nan_to_num(self.own) + elsewhere + level
        total[np.isnan(self.own) & (elsewhere == 0)] = np.nan
        counts = self.tenders.counts
        reason = np.where(counts == 0, REASONS["no_bids"], REASONS["one_bid"])
        columns: dict[str, object] = {"score": 1 / (1 + np.exp(-total)), "n_bids": counts}
        columns |= self.raw
        columns |= {f"evidence_{name}": part for name, part in (self.parts | self.around).items()}
        columns["reason"] = np.where(np.isnan(total), reason, "")
        return pd.DataFrame(columns, index=self.tenders.ids)


def study(bids: pd.DataFrame) -> Market:
    """Screens and evidence of every tender in a bids table. KeyError as in `arrange`."""
    tenders = arrange(bids)
    raw = raw_columns(tenders)
    spread, shape = spreads(tenders)
    dispersion, centre = dispersion_evidence(spread)
    lowest_wins = lowest_bid_wins(tenders)
    price = price_evidence(raw, tenders.counts, centre)
    parts = {
        "dispersion": dispersion,
        "shape": shape_evidence(shape, tenders.counts, lowest_wins=lowest_wins),
        "price": price if lowest_wins else OTHER_RULE_PRICE * price,
        "level": level_evidence(tenders),
        "marks": mark_evidence(raw),
    }
    own = combined(parts)
    return Market(tenders, raw, spread, parts, own, _surroundings(own, tenders), centre)


def score_tenders(bids: pd.DataFrame) -> pd.DataFrame:
    """Score in [0, 1] of every tender, higher = more like a cartel's, with its screens.

    `bids` has one bid a row: `licitacao_id`, `valor_proposta` (any one currency) and optionally
    `fornecedor_id`, `valor_estimado`, `vencedor`, `data`. The answer is indexed by `licitacao_id`,
    in order of first appearance: `score`; `n_bids`; one column per screen by its published formula
    (`bid_screens`, `winner_to_estimate`, `mean_to_estimate`); `evidence_*`, what each kind adds
    (in standard deviations, before weighting for the kinds of WEIGHTS); `reason`, why a score is
    NaN, else empty. 0.5 is a tender like its market's median where that market has a CV of
    TYPICAL_CV. Amounts times a constant, order of rows and names of tenders and bidders change
    nothing. KeyError when one of the first two columns is missing.
    """
    return study(bids).table()
