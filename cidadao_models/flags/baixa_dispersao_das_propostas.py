"""A tender whose bids are far closer to each other than in the other tenders of the file.

The yardstick is the file's own market; one that is alike from end to end shows nothing here.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special, stats

from cidadao_models.flags import Hit, _bids, _strength, flag
from cidadao_models.flags._discoveries import adjusted
from cidadao_models.flags._tenders import market

Floats = npt.NDArray[np.float64]

LEAST_BIDS = 3
"""Bids that make a spread."""

LEAST_VARIETY = 0.3
"""Least sd granted to the true log spreads of a market's tenders: no market is of one kind only."""

DEGREES = 8
"""Degrees of freedom of the variety among tenders: heavier tails than normal: with
4, bids twenty times closer than usual go unseen; with 12, honest files of very mixed spreads are
named (measured on simulated markets)."""

SURE = 0.01
"""False discovery rate up to which a tender is named, where its weight reaches the bar."""

LARGEST = 0.84
"""Greatest weight: published prices and common costs also bring bids together."""


def _unless(prepared: pd.DataFrame) -> str:
    n = int((market(prepared, qualified=True).counts >= LEAST_BIDS).sum())
    return _bids.too_few(n, f"com {LEAST_BIDS} propostas ou mais")


@flag(
    id="baixa_dispersao_das_propostas",
    title="Propostas próximas demais entre si",
    legal_basis="Lei 12.529/2011, art. 36, § 3º, I, “d”; Lei 14.133/2021, art. 11, II",
    needs=("licitacao_id", "valor_proposta"),
    explain="Na licitação {licitacao}, as {n} propostas variam {cv:pct} em torno da média; na"
    " licitação mediana deste arquivo variam {mediana:pct} ({licitacoes} licitações com três ou"
    " mais propostas).",
    innocent="o objeto tiver preço público de referência ou custos iguais para todos os"
    " fornecedores.",
    next_step="peça as propostas originais, compare as planilhas e veja se as mesmas empresas se"
    " encontram em outras licitações.",
    params={"max_ratio": 0.5},
    method="Compara o coeficiente de variação das propostas não desclassificadas com o das outras"
    " licitações do arquivo, descontado o que poucas propostas variam por acaso. Só aparece o que"
    " continua raro depois de corrigido pelo número de licitações.",
    example={"licitacao": "12/2024", "n": 5, "cv": 0.006, "mediana": 0.081, "licitacoes": 240},
    unless=_unless,
)
def check(contracts: pd.DataFrame, *, max_ratio: float) -> Iterator[Hit]:
    """`max_ratio`: greatest share of the market's median spread that a tender named may have."""
    bids = market(contracts, qualified=True)
    judged = np.flatnonzero(bids.counts >= LEAST_BIDS)
    if len(judged) < _bids.LEAST_TENDERS:
        return
    counts = bids.counts[judged]
    spread = np.maximum(_bids.log_spreads(bids)[judged], 1e-6)
    free = np.log(spread) - _bids.log_bias(counts)
    middle = float(np.median(free))
    low = np.flatnonzero(free <= middle + np.log(max_ratio))
    if not len(low):
        return
    variety = _variety(free - middle, counts)
    chances = _chances(np.log(spread[low]) - middle, counts[low], variety)
    q = adjusted(chances, len(judged))
    cv = _cv(bids.value, bids.tender, len(bids.starts))
    for k in np.flatnonzero(q <= SURE):
        tender = int(judged[low[k]])
        first, n = int(bids.starts[tender]), int(bids.counts[tender])
        facts: dict[str, object] = {
            "licitacao": _bids.tender_name(contracts, int(bids.row[first])),
            "n": n,
            "cv": float(cv[tender]),
            "mediana": float(np.median(cv[judged])),
            "licitacoes": len(judged),
            "chance": float(chances[k]),
        }
        weight = min(LARGEST, float(_strength.from_chance(q[k], bar=SURE)))
        yield Hit(_bids.labels(contracts, bids.row[first : first + n]), facts, weight)


def _cv(value: Floats, tender: npt.NDArray[np.int64], size: int) -> Floats:
    """Coefficient of variation (ddof 1) of each tender's bids."""
    n = np.bincount(tender, minlength=size).astype(np.float64)
    mean = np.bincount(tender, weights=value, minlength=size) / np.maximum(n, 1)
    squares = np.bincount(tender, weights=(value - mean[tender]) ** 2, minlength=size)
    return np.where(n > 1, np.sqrt(squares / np.maximum(n - 1, 1)) / mean, np.nan)


def _variety(deviation: Floats, counts: npt.NDArray[np.int64]) -> float:
    """Robust sd of the true log spreads: that of the measured ones less the error of few bids."""
    measured = 1.4826 * float(np.median(np.abs(deviation)))
    # variance of log(chi_n-1 / sqrt(n-1)) is a quarter of the trigamma function
    error = float(np.median(special.polygamma(1, (counts - 1) / 2) / 4))
    return max(LEAST_VARIETY, float(np.sqrt(max(measured**2 - error, 0.0))))


@lru_cache(maxsize=1)
def _nodes() -> tuple[Floats, Floats]:
    """Points and weights of a t distribution with `DEGREES`, in units of the robust sd."""
    share = np.concatenate([np.geomspace(1e-6, 0.02, 40), np.linspace(0.03, 0.97, 48)])
    share = np.concatenate([share, 1 - np.geomspace(1e-6, 0.02, 40)[::-1]])
    edges = np.concatenate([[0.0], (share[1:] + share[:-1]) / 2, [1.0]])
    quartile = float(stats.t.ppf(0.75, DEGREES)) * 1.4826
    return stats.t.ppf(share, DEGREES) / quartile, np.diff(edges)


def _chances(x: Floats, counts: npt.NDArray[np.int64], variety: float) -> Floats:
    """Chance of a log spread `x` beyond the market's or less, for each number of bids.

    Mean over the market's variety of P(chi2(n-1) <= (n-1) exp(2 (x - spread))).
    """
    nodes, weights = _nodes()
    answer = np.empty(len(x))
    for n in np.unique(counts):
        at = counts == n
        points = np.unique(x[at])
        if len(points) > 60:
            points = np.linspace(points[0], points[-1], 60)
        scaled = (n - 1) * np.exp(2 * (points[:, None] - variety * nodes[None, :]))
        logs = np.log(np.maximum(special.gammainc((n - 1) / 2, scaled / 2) @ weights, 1e-300))
        answer[at] = np.exp(np.interp(x[at], points, logs))
    return answer
