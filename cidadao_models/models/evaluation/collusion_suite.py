"""How well the fixed collusion score tells cartels from competition, on simulated markets.

The markets differ in what real ones differ in: base spread, number of bids, kind of cover bids,
outsiders, published estimates, known bidders. With `CIDADAO_DATA` set, also on the proven cartel of
`collusion_ticino` there. Nothing is fitted here; the score's weights are round numbers
that were checked on these markets, so the figures say little about a market of another kind.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from cidadao_models.models.evaluation.benchmark import Figure
from cidadao_models.models.pattern_analysis.collusion import score_tenders
from cidadao_models.models.pattern_analysis.collusion_patterns import patterns

SUITE = "collusion"

LEAST_AUROC = 0.80
"""Mean AUROC to reach over markets that leave a trace in the bids."""

WORST_AUROC = 0.55
"""AUROC that no such market may fall under."""

SINGLE = {
    "cv": -1, "spd": -1, "rd": 1, "skew": -1, "loser_cv": -1, "winner_to_estimate": 1,
}  # fmt: skip
"""Single screens set beside the score, with the direction that the literature gives them."""

RING = 12
"""Firms of the simulated cartel, out of `Plan.firms`."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A market to simulate. Spreads are sds of log bids.

    `cover`: tight (losing members bunch above the winner), even (spread evenly), limit (all near
    one price), wide (scattered high, which leaves no low spread). `outsiders` is where bids of
    non-members lie, in spreads from the cartel's price. `estimate` is the estimate's own sd, None
    when not published.
    """

    name: str
    spread: float = 0.08
    variety: float = 0.4
    sizes: tuple[int, int] = (3, 9)
    members: float = 1.0
    cover: str = "tight"
    outsiders: float = 0.5
    overcharge: float = 0.15
    estimate: float | None = None
    size_sd: float = 1.0
    known_bidders: bool = False
    known_dates: bool = False
    tenders: int = 300
    collusive: float = 0.4
    firms: int = 40
    groups: int = 0
    floor: float | None = None
    known_winners: bool = False
    trend: float = 0.0


PLANS = (
    Plan("covers bunch above the winner"),
    Plan("little spread even when competing", spread=0.02, sizes=(6, 14)),
    Plan("spreads of many kinds", spread=0.1, variety=0.8),
    Plan("two to four bids", sizes=(2, 4)),
    Plan("half the bidders are members", members=0.5, sizes=(5, 12)),
    Plan("large spread, estimate", spread=0.2, variety=0.5, cover="even", estimate=0.15),
    Plan(
        "all near the ceiling, estimate", spread=0.02, sizes=(6, 14), cover="limit", estimate=0.05
    ),
    Plan("scattered covers, estimate", spread=0.1, cover="wide", estimate=0.1),
    Plan("scattered covers, unit prices", spread=0.06, sizes=(1, 4), cover="wide", size_sd=0.1),
    Plan("known bidders", sizes=(2, 4), known_bidders=True),
    Plan("known dates", known_dates=True),
    Plan("known bidders, half are members", members=0.5, sizes=(5, 12), known_bidders=True),
    Plan(
        "average-bid auction", spread=0.05, sizes=(25, 90), members=0.4, groups=3, firms=150,
        overcharge=0.0, estimate=0.02, known_winners=True,
    ),
    Plan(
        "average-bid auction, amounts only", spread=0.05, sizes=(25, 90), members=0.5, groups=2,
        firms=150, overcharge=0.0,
    ),
    Plan("four tenders in five are the cartel's", collusive=0.8),
    Plan("a hundred large tenders", spread=0.12, sizes=(5, 20), estimate=0.1, tenders=100),
    Plan(
        "competitors bunch at a floor, estimate", spread=0.06, sizes=(6, 18), cover="limit",
        estimate=0.0, floor=-0.12, overcharge=0.1,
    ),
    Plan(
        "scattered covers, unit prices that rise", spread=0.05, sizes=(1, 3), cover="wide",
        size_sd=0.08, trend=0.3, known_bidders=True, known_dates=True, tenders=1000,
    ),
)  # fmt: skip
"""Markets with a trace of the cartel that the score must find."""

TRACELESS = (
    Plan("scattered covers, no estimate", spread=0.06, sizes=(2, 4), cover="wide"),
    Plan("outsiders far below the cartel", members=0.5, sizes=(5, 12), outsiders=-1.0),
)
"""Markets whose cartel leaves no trace inside the tender; shown so that nobody expects one."""


def _cover(plan: Plan, rng: np.random.Generator, spread: float, size: int) -> npt.NDArray:
    """Log distance of losing members' bids above the cartel's winner."""
    if plan.cover == "tight":
        gap = rng.uniform(0.1, 0.5) * spread
        return gap + np.abs(rng.normal(0, spread * rng.uniform(0.25, 0.7), size))
    if plan.cover == "even":
        return 0.3 * spread + rng.uniform(0, 1.2 * spread, size)
    if plan.cover == "limit":
        return rng.uniform(0, 0.6 * spread, size)
    return 0.01 + rng.exponential(spread, size)


def _tender(
    plan: Plan, rng: np.random.Generator, collusive: bool
) -> tuple[npt.NDArray, npt.NDArray]:
    """Log bids over cost and bidder numbers of one tender."""
    if plan.groups:
        return _grouped(plan, rng, collusive)
    n = int(rng.integers(plan.sizes[0], plan.sizes[1] + 1))
    spread = plan.spread * np.exp(plan.variety * rng.normal())
    bids = rng.normal(0, spread, n)
    bidders = rng.choice(np.arange(RING, plan.firms), n, replace=False)
    members = min(n, RING, max(2, round(n * plan.members)))
    if collusive:
        price = plan.overcharge + rng.normal(0, 0.03)
        bids[members:] += price + plan.outsiders * spread
        bids[:members] = price + np.append(0.0, _cover(plan, rng, spread, members - 1))
    else:
        members = int(rng.integers(0, min(n, 2) + 1))
    bidders[:members] = rng.choice(RING, members, replace=False)
    return bids, bidders


def _grouped(
    plan: Plan, rng: np.random.Generator, collusive: bool
) -> tuple[npt.NDArray, npt.NDArray]:
    """As `_tender` for an average-bid auction: groups bunch about the mean to move it."""
    n = int(rng.integers(plan.sizes[0], plan.sizes[1] + 1))
    spread = plan.spread * np.exp(plan.variety * rng.normal())
    bids = rng.normal(0, spread, n)
    bidders = rng.choice(np.arange(RING, plan.firms), n, replace=False)
    if collusive:
        members = round(n * plan.members)
        centre = rng.normal(0, 0.7 * spread, plan.groups)
        group = rng.integers(0, plan.groups, members)
        bids[:members] = plan.overcharge + centre[group] + rng.normal(0, 0.08 * spread, members)
    return bids, bidders


def market(plan: Plan, seed: int = 0) -> tuple[pd.DataFrame, pd.Series]:
    """Bids table of a simulated market, and whether each tender is collusive (index its id).

    Collusion is four times as frequent in the first half of the period.
    """
    rng = np.random.default_rng(seed)
    rows, label = [], {}
    for number in range(plan.tenders):
        day = int(rng.integers(0, 3000))
        collusive = bool(rng.random() < plan.collusive * (1.6 if day < 1500 else 0.4))
        bids, bidders = _tender(plan, rng, collusive)
        cost = np.exp(rng.normal(12, plan.size_sd) + plan.trend * day / 3000)
        noise = rng.normal() * (plan.estimate or 0.0)
        if plan.floor is not None:
            floor = noise + 0.12 + plan.floor
            bids = np.where(bids < floor, floor + np.abs(rng.normal(0, 0.002, len(bids))), bids)
        target = np.abs(bids - bids.mean()) if plan.groups else bids
        name = f"L{number:04d}"
        label[name] = collusive
        date = pd.Timestamp("2005-01-01") + pd.Timedelta(days=day)
        rows += [
            (name, f"F{bidder:02d}", cost * np.exp(bid), cost * np.exp(noise + 0.12), date, won)
            for bid, bidder, won in zip(bids, bidders, target == target.min(), strict=True)
        ]
    columns = [
        "licitacao_id", "fornecedor_id", "valor_proposta", "valor_estimado", "data", "vencedor",
    ]  # fmt: skip
    dropped = {
        "fornecedor_id": not plan.known_bidders,
        "valor_estimado": plan.estimate is None,
        "data": not plan.known_dates,
        "vencedor": not plan.known_winners,
    }
    table = pd.DataFrame(rows, columns=columns)
    return table.drop(columns=[name for name, gone in dropped.items() if gone]), pd.Series(label)


def auroc(score: pd.Series, positive: pd.Series) -> float:
    """Chance that a positive outranks a negative, ties half; NaN scores left out."""
    known = score.notna()
    hit = positive.reindex(score.index)[known].to_numpy(bool)
    ranks = stats.rankdata(score[known].to_numpy(float))
    pairs = hit.sum() * (~hit).sum()
    if pairs == 0:
        return float("nan")
    return float((ranks[hit].sum() - hit.sum() * (hit.sum() + 1) / 2) / pairs)


def _best_single(scored: pd.DataFrame, positive: pd.Series) -> tuple[float, str]:
    """The single screen that does best here, known only afterwards."""
    found = {name: auroc(sign * scored[name], positive) for name, sign in SINGLE.items()}
    known = {name: value for name, value in found.items() if not np.isnan(value)}
    name = max(known, key=lambda key: known[key])
    return known[name], name


def _judged(case: str, bids: pd.DataFrame, positive: pd.Series, least: float | None) -> Figure:
    scored = score_tenders(bids)
    best, name = _best_single(scored, positive)
    value = auroc(scored["score"], positive)
    return Figure(SUITE, case, "AUROC", value, "", best, f"best single ({name})", at_least=least)


def ticino(folder: Path) -> tuple[pd.DataFrame, pd.Series]:
    """Bids and labels of the proven cartel. OSError when the folder lacks the file."""
    bids = pd.read_csv(folder / "collusion_ticino" / "bids.csv")
    return bids, bids.groupby("licitacao_id")["conluio"].first().astype(bool)


def _real() -> Iterator[Figure]:
    folder = os.environ.get("CIDADAO_DATA")
    if not folder or not (Path(folder) / "collusion_ticino").is_dir():
        return
    bids, positive = ticino(Path(folder))
    scored = score_tenders(bids)
    value = auroc(scored["score"], positive)
    for name, sign in SINGLE.items():
        single = auroc(sign * scored[name], positive)
        if not np.isnan(single):
            case = f"Ticino, beside {name}"
            yield Figure(SUITE, case, "AUROC", value, "", single, name, at_least=LEAST_AUROC)


def _null_files(count: int) -> Iterator[pd.DataFrame]:
    """Competitive markets, by turns with and without an estimate."""
    for seed in range(count):
        estimate = 0.1 if seed % 2 else None
        plan = Plan("null", collusive=0.0, tenders=120, sizes=(2, 10), estimate=estimate)
        yield market(plan, 1000 + seed)[0]


def _honest(quick: bool) -> Iterator[Figure]:
    files = 20 if quick else 100
    flagged = sum(bool(patterns(bids)) for bids in _null_files(files))
    yield Figure(SUITE, "competitive markets", "files flagged", flagged / files, "", at_most=0.1)
    plan = Plan("null", collusive=0.0, tenders=2000, sizes=(2, 14), estimate=0.1)
    scored = score_tenders(market(plan, 5)[0])
    lean = abs(float(stats.spearmanr(scored["score"], scored["n_bids"])[0]))
    yield Figure(SUITE, "competitive market", "rank corr. with bids", lean, "", at_most=0.1)


def figures(quick: bool) -> Iterator[Figure]:
    """AUROC of the score beside the best single screen, false alarms, and leaning on bids."""
    tenders = 150 if quick else 600
    values = []
    for plan in PLANS:
        figure = _judged(plan.name, *market(replace(plan, tenders=tenders), 7), WORST_AUROC)
        values.append(figure.value)
        yield figure
    mean = float(np.mean(values))
    yield Figure(SUITE, "mean of the markets above", "AUROC", mean, at_least=LEAST_AUROC)
    for plan in TRACELESS:
        yield _judged(plan.name, *market(replace(plan, tenders=tenders), 7), None)
    yield from _honest(quick)
    yield from _real()
