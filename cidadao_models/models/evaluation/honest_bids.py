"""Honest tables of bids: firms of a region that compete, and the lowest valid bid wins.

A firm's cost is its own, a tender's spread too (fuel has little); a few bids are round or at the
estimate; bids are disqualified at random. No firm knows another's bid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cidadao_models.models.evaluation import honest_catalogue as catalogue
from cidadao_models.models.evaluation.honest_catalogue import ITEMS

DISQUALIFIED = 0.06
AT_ESTIMATE = 0.02
ROUND_BIDS = 0.06
FIRM_SD = 0.04
"""Sd of the log of a firm's lasting cost, so that some honest firms lose often."""

FIRST_DAY = np.datetime64("2022-01-10")
REGIONS = 5
LINES_IN_FILE = 8
FIRMS_PER_LINE = 25
AWAY = 0.12
"""Chance of a firm to bid in another region, beside one in its own."""

ITEM_OF = {i.ramo: i for i in ITEMS if i.kind in ("bem", "servico", "pontual", "obra")}


@dataclass(frozen=True, slots=True)
class _Market:
    firms: catalogue.Companies
    home: np.ndarray
    cost: np.ndarray
    lines: tuple[str, ...]


def _market(rng: np.random.Generator) -> _Market:
    firms = catalogue.companies(rng, FIRMS_PER_LINE * len({item.ramo for item in ITEMS}))
    n = len(firms.names)
    lines = rng.choice(sorted(ITEM_OF), LINES_IN_FILE, replace=False)
    return _Market(firms, rng.integers(0, REGIONS, n), rng.normal(0, FIRM_SD, n), tuple(lines))


def bids(tenders: int, seed: int = 0) -> pd.DataFrame:
    """One row a bid: tender, bidder, bid, estimate, winner, state of the bid, day, place."""
    rng = np.random.default_rng(seed)
    market = _market(rng)
    days = catalogue.workday(FIRST_DAY + np.sort(rng.integers(0, 1_000, tenders)))
    drawn = [_tender(market, rng) for _ in range(tenders)]
    size = np.array([len(one.bidders) for one in drawn])
    bidders = np.concatenate([one.bidders for one in drawn])
    won, valid = (
        np.concatenate([getattr(one, name) for one in drawn]) for name in ("won", "valid")
    )
    items = [ITEM_OF[one.line] for one in drawn]
    of_tender = pd.DataFrame(
        {
            "licitacao_id": [f"{k + 1:04d}/{str(day)[:4]}" for k, day in enumerate(days)],
            "orgao": [f"Prefeitura Municipal de Vila {one.region + 1}" for one in drawn],
            "municipio": [f"Vila {one.region + 1}" for one in drawn],
            "uf": "PR",
            "objeto": [
                f"{item.text} {catalogue.PLACES[k % len(catalogue.PLACES)]}"
                for k, item in enumerate(items)
            ],
            "categoria": [item.ramo for item in items],
            "modalidade": [
                "Concorrência" if item.kind == "obra" else "Pregão Eletrônico" for item in items
            ],
            "valor_estimado": [one.estimate for one in drawn],
            "n_propostas": size.astype(float),
            "data": pd.to_datetime(days).astype("datetime64[us]"),
        }
    )
    table = of_tender.loc[np.repeat(np.arange(tenders), size)].reset_index(drop=True)
    return table.assign(
        fornecedor_id=market.firms.documents[bidders],
        fornecedor=market.firms.names[bidders],
        valor_proposta=np.concatenate([one.amounts for one in drawn]),
        vencedor=np.where(won, "Sim", "Não"),
        situacao_proposta=np.where(valid, "Classificada", "Desclassificada"),
    )


@dataclass(frozen=True, slots=True)
class _Tender:
    region: int
    line: str
    bidders: np.ndarray
    amounts: np.ndarray
    estimate: float
    valid: np.ndarray
    won: np.ndarray


def _tender(market: _Market, rng: np.random.Generator) -> _Tender:
    region, line = int(rng.integers(REGIONS)), str(rng.choice(market.lines))
    item, pool = ITEM_OF[line], market.firms.of_line[line]
    weight = np.where(market.home[pool] == region, 1.0, AWAY)
    n = min(len(pool), 2 + int(rng.binomial(10, 0.35)))
    bidders = rng.choice(pool, n, replace=False, p=weight / weight.sum())
    spread = 0.02 if line == "Combustíveis" else 0.10 * np.exp(0.4 * rng.normal())
    size = item.price * max(1.0, np.round(item.quantity * np.exp(0.6 * rng.normal())))
    amounts = size * np.exp(market.cost[bidders] + rng.normal(0, spread, n))
    estimate = float(np.round(size * np.exp(rng.normal(0.15, 0.05)), 2))
    amounts = _as_written(amounts, estimate, rng)
    valid = rng.random(n) >= DISQUALIFIED
    valid |= not valid.any()
    winner = int(np.flatnonzero(valid)[amounts[valid].argmin()])
    return _Tender(region, line, bidders, amounts, estimate, valid, np.arange(n) == winner)


def _as_written(amounts: np.ndarray, estimate: float, rng: np.random.Generator) -> np.ndarray:
    """Cents; a few bids in whole hundreds, a few at the estimate, the highest price allowed."""
    n = len(amounts)
    written = np.where(rng.random(n) < ROUND_BIDS, np.round(amounts, -2), np.round(amounts, 2))
    at = rng.random(n) < AT_ESTIMATE
    return np.where(at | (written <= 0), estimate, written)
