"""Tenders whose bids are more alike than chance in their own market explains, one pattern each.

The null is the file's own market: independent bids with its typical spread and the variety of
spreads among its tenders. A market that is one cartel from end to end shows nothing here.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import stats

from cidadao_models.findings import severity
from cidadao_models.findings.words import fill
from cidadao_models.flags import _screens as bid_screens
from cidadao_models.flags._discoveries import adjusted
from cidadao_models.flags._screens import Floats
from cidadao_models.models.core.calibration import score_from_p
from cidadao_models.models.pattern_analysis.collusion import (
    MAX_EVIDENCE,
    WEIGHTS,
    Market,
    combined,
    dispersion_z,
    shape_mean,
    study,
)

LEAST_TENDERS = 20
"""Tenders with two bids or more below which a market's own variety can't be told."""

REPEATS = 5
"""Draws of the market's spread for each simulated tender: 10,000 in all, so p is 1e-4 at least."""

FALSE_DISCOVERIES = 0.05
"""Share of the tenders shown that chance alone would also show (Benjamini & Hochberg 1995)."""

CLEAR = 1.0
"""Evidence of one kind, in sds, that counts as agreeing; two kinds must."""

LEAST_SPREAD_SD = 0.25
"""Smallest variety of log spreads granted to a market: no market is one kind of object only."""

PRICE_DEGREES = 5
"""Degrees of freedom of the null of prices against estimates: heavier than normal (chosen)."""

EXACT_CHANCE = 100 * 2 * bid_screens.MARGIN_TOLERANCE
"""Chance that an independent losing bid lies a whole percentage above the winner's."""

LEAST_EXACT = 2
"""Losing bids at exact percentages from which they are a fact: one may be a discount's wording."""

ID, TITLE = "propostas_parecidas", "Propostas parecidas demais entre si"
INNOCENT = (
    "houver tabela pública de preços, orçamento de referência conhecido por todos ou poucos "
    "fornecedores com os mesmos custos: isso também aproxima propostas, sem nenhum acordo."
)
NEXT_STEP = (
    "peça as propostas originais e compare planilhas, datas, endereços e sócios; veja se as mesmas "
    "empresas disputam e se revezam em outras licitações."
)
TEMPLATES = {
    "spread": "Licitação {tender}: as {n} propostas variam {cv:pct} em torno da média; na "
    "licitação mediana deste arquivo variam {market_cv:pct}.",
    "gap": " As perdedoras variam {loser_cv:pct} entre si e a segunda colocada ficou {diffp:pct} "
    "acima da primeira.",
    "price": " O preço vencedor é {winner_to_estimate:pct} do estimado; a mediana do arquivo é "
    "{market_winner_to_estimate:pct}.",
    "exact": " {n_exact} das perdedoras estão exatos percentuais inteiros acima da menor proposta.",
}


def _market_sd(market: Market) -> float:
    """Sd of the true log spread among tenders: robust sd of the measured one less its error."""
    level, error = market.spread.level["cv"], market.spread.error["cv"]
    measured = 1.4826 * np.nanmedian(np.abs(level - np.nanmedian(level)))
    own = np.sqrt(max(measured**2 - float(np.nanmedian(error)), 0.0))
    return float(np.clip(own, LEAST_SPREAD_SD, None))


def null_evidence(n: int, market_sd: float, kinds: frozenset[str]) -> Floats:
    """Sorted own evidence of simulated independent tenders with n bids, 10,000 values.

    `kinds` names the price kinds ("price", "level") that the file has. Nothing depends on the
    file but these and `market_sd`.
    """
    null = bid_screens.null(bid_screens.null_size(n))
    rng = np.random.default_rng(n)
    size = REPEATS * bid_screens.NULL_DRAWS
    spread = market_sd * rng.standard_normal(size)
    level, error = {}, {}
    for name, values in null.dispersion.items():
        mean, variance = null.spread_error(name)
        level[name] = np.tile(values, REPEATS) - mean + spread
        error[name] = np.full(size, variance)
    shape = {
        name: np.tile(null.normal_scores(name, values), REPEATS)
        for name, values in null.shape.items()
    }
    parts = {
        "dispersion": dispersion_z(level, error, dict.fromkeys(level, 0.0)),
        "shape": shape_mean(shape, np.full(size, n)),
        "marks": np.zeros(size),
    }
    for name in ("price", "level"):
        drawn = np.clip(rng.standard_t(PRICE_DEGREES, size), -MAX_EVIDENCE, MAX_EVIDENCE)
        parts[name] = drawn if name in kinds else np.full(size, np.nan)
    return np.sort(combined(parts))


def _alike_p(market: Market) -> Floats:
    """p-value of each tender's own evidence, NaN for under two bids and in small markets."""
    p = np.full(len(market.own), np.nan)
    counts = market.tenders.counts
    if (counts >= 2).sum() < LEAST_TENDERS:
        return p
    own = market.own - WEIGHTS["marks"] * market.parts["marks"]
    market_sd = _market_sd(market)
    for n in np.unique(counts[counts >= 2]):
        for kinds, at in _by_kinds(market, np.flatnonzero(counts == n)):
            null = null_evidence(int(n), market_sd, kinds)
            above = len(null) - np.searchsorted(null, own[at], "left")
            p[at] = (above + 1) / (len(null) + 1)
    return p


def _by_kinds(market: Market, at: np.ndarray) -> list[tuple[frozenset[str], np.ndarray]]:
    """Tenders `at` split by which of the price kinds they have."""
    price, level = (~np.isnan(market.parts[name][at]) for name in ("price", "level"))
    groups = []
    for has_price in (False, True):
        for has_level in (False, True):
            chosen = at[(price == has_price) & (level == has_level)]
            pairs = (("price", has_price), ("level", has_level))
            if len(chosen):
                groups.append((frozenset(name for name, has in pairs if has), chosen))
    return groups


def _resolution(bids: Floats) -> float:
    """Largest power of ten, from a cent up, that divides all bids; 1 when none does."""
    steps = 10.0 ** np.arange(9, -3, -1)
    parts = bids[None, :] / steps[:, None]
    whole = (np.abs(parts - parts.round()) < 1e-6).all(axis=1)
    return float(steps[whole.argmax()]) if whole.any() else 1.0


def _exact_p(market: Market) -> tuple[np.ndarray, Floats]:
    """Number of losing bids at exact percentages, and the chance of as many.

    1 below LEAST_EXACT, NaN with too few bids to reach it. On a grid of `resolution` a bid hits a
    whole percentage with chance 100 * resolution / b1.
    """
    tenders = market.tenders
    found = np.rint(np.nan_to_num(market.raw["exact_margins"]) * (tenders.counts - 1)).astype(int)
    p = np.where(tenders.counts > LEAST_EXACT, 1.0, np.nan)
    for at in np.flatnonzero(found >= LEAST_EXACT):
        bids = tenders.values[tenders.starts[at] : tenders.starts[at] + tenders.counts[at]]
        chance = min(1.0, EXACT_CHANCE + 100 * _resolution(bids) / bids[0])
        p[at] = float(stats.binom.sf(found[at] - 1, len(bids) - 1, chance))
    return found, p


def _agreeing(market: Market) -> np.ndarray:
    """Whether two kinds of evidence inside the tender point the same way."""
    kinds = ("dispersion", "shape", "price", "level")
    clear = [np.nan_to_num(market.parts[name]) > CLEAR for name in kinds]
    return np.asarray(np.sum(clear, axis=0) >= 2)


def p_values(market: Market) -> Floats:
    """Chance of a tender at least this cartel-like under independent bids, (m,); NaN unjudged."""
    alike = np.where(_agreeing(market), _alike_p(market), np.maximum(_alike_p(market), 0.5))
    exact = _exact_p(market)[1]
    smaller = np.fmin(alike, exact)
    both = ~np.isnan(alike) & ~np.isnan(exact)
    return np.asarray(np.minimum(np.where(both, 2, 1) * smaller, 1.0))


def _discoveries(p: Floats) -> np.ndarray:
    """Positions kept by Benjamini and Hochberg at FALSE_DISCOVERIES, smallest p first."""
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    return order[adjusted(p[order]) <= FALSE_DISCOVERIES]


def _middle(values: Floats) -> float:
    return float(np.nanmedian(values)) if (~np.isnan(values)).any() else float("nan")


def facts_of(row: Mapping[str, object], market: Mapping[str, float]) -> dict[str, object]:
    """The plain numbers of one tender that its sentence quotes, without the unknown ones.

    `row` is its row of `score_tenders` with `tender`, `n_exact`; `market` the file's medians.
    """
    names = ("cv", "spd", "diffp", "rd", "skew", "loser_cv", "winner_to_estimate", "score")
    facts: dict[str, object] = {"tender": str(row["tender"]), "n": int(str(row["n_bids"]))}
    numbers = {name: float(str(row[name])) for name in names}
    numbers |= {f"market_{name}": market[name] for name in ("cv", "winner_to_estimate")}
    facts |= {name: round(value, 6) for name, value in numbers.items() if np.isfinite(value)}
    return facts | {"n_exact": int(str(row["n_exact"]))}


def explain(facts: Mapping[str, object]) -> str:
    """The sentences that state the facts of `facts_of`, in Brazilian form."""
    said = ["spread"]
    said += ["gap"] if {"loser_cv", "diffp"} <= facts.keys() else []
    said += ["price"] if "winner_to_estimate" in facts else []
    said += ["exact"] if int(str(facts["n_exact"])) >= LEAST_EXACT else []
    return "".join(fill(TEMPLATES[name], facts) for name in said)


def patterns(bids: pd.DataFrame) -> list[dict[str, object]]:
    """Patterns of the outer contract, one per tender that chance does not explain, by p-value.

    `rows` are the tender's row numbers in `bids` (its integer index, else positions). On a market
    of independent bids the list is empty in at least 95 of 100 files. KeyError as in
    `score_tenders`.
    """
    return patterns_of(study(bids))


def patterns_of(market: Market) -> list[dict[str, object]]:
    """`patterns` for a market already studied."""
    p, table, exact = p_values(market), market.table(), _exact_p(market)[0]
    medians = {name: _middle(market.raw[name]) for name in ("cv", "winner_to_estimate")}
    tender, row = market.tenders.bids["tender"].to_numpy(), market.tenders.bids["row"].to_numpy()
    found = []
    for at in _discoveries(p):
        values = table.iloc[at].to_dict() | {"tender": table.index[at], "n_exact": exact[at]}
        facts = facts_of(values, medians)
        found.append(_pattern(facts, np.sort(row[tender == at]).tolist(), float(p[at])))
    return found


def _pattern(facts: dict[str, object], rows: list[int], p: float) -> dict[str, object]:
    return {
        "id": ID,
        "type": "collusion",
        "title": TITLE,
        "explanation": explain(facts),
        "rows": rows,
        "facts": facts,
        "p_value": p,
        "severity": severity(float(score_from_p(p))),
        "innocent": INNOCENT,
        "next_step": NEXT_STEP,
    }


def not_evaluated(market: Market) -> str:
    """Why the comparison with the market could not be made, empty where it could."""
    usable = int((market.tenders.counts >= 2).sum())
    if usable >= LEAST_TENDERS:
        return ""
    return (
        f"licitações com duas propostas ou mais: {usable}; para saber o que é comum neste "
        f"mercado são precisas {LEAST_TENDERS}"
    )
