"""Many more amendments than contracts of a like term and law have.

The number alone breaks no rule; long works and yearly renewals have many. Only counts that would
be rare among the peers of the same file are told.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cidadao_models.flags import Hit, _counts, _dates, _strength, flag
from cidadao_models.flags._dates import Ints

MIN_COUNT = 6
"""Amendments: five extensions carry a service through 60 months, so fewer are ordinary."""

MIN_COUNT_OF_FEW, FEW_PEERS = 10, 50
"""The same where the peers are fewer than 50: what is usual is then less sure."""

MIN_RATIO = 3.0
"""Least ratio to the typical number of the peers."""

MANY, ORDINARY = 10, 3
"""A contract with ten amendments among peers of which three quarters have at most three is told as
context where others like it keep it from being rare."""

MAX_COUNT = 200
"""More amendments than this are a code or an amount in the wrong column."""

MIN_PEERS = 10
BAR = 0.01
"""Chance, over all contracts checked, at which the fact reaches the bar."""

TERMS_YEARS = (1.1, 2.1, 3.1, 5.1)
"""Ends of the classes of term (years): the count grows with the term."""

FEW = f"há menos de {MIN_PEERS} contratos com número de aditivos"


def _counted(contracts: pd.DataFrame) -> tuple[Ints, Ints]:
    """Positions of the contracts with a plausible number of amendments, and that number."""
    number = contracts["n_aditivos"].to_numpy(np.float64, na_value=np.nan)
    with np.errstate(invalid="ignore"):
        rows = np.flatnonzero((number >= 0) & (number <= MAX_COUNT) & (number % 1 == 0))
    return rows, number[rows].astype(np.int64)


def _unjudged(contracts: pd.DataFrame) -> str:
    return FEW if len(_counted(contracts)[0]) < MIN_PEERS else ""


@flag(
    id="muitos_aditivos",
    title="Muitos termos aditivos",
    legal_basis="Lei 14.133/2021, arts. 107, 124 e 132; Lei 8.666/1993, arts. 57 e 65",
    needs=("n_aditivos",),
    explain="O contrato tem {aditivos} termos aditivos; entre {pares} contratos parecidos"
    " ({criterio}), contado ele, o comum é {tipico}, e 95 % têm até {alto}.",
    innocent="for serviço contínuo prorrogado todo ano, obra longa com ajustes justificados, ou se"
    " apostilamentos de reajuste contarem como aditivos.",
    next_step="peça a lista dos aditivos com data, motivo e valor, e some os acréscimos.",
    method="Compara o número de aditivos com o dos contratos do arquivo de prazo e lei parecidos."
    " Só aparece, a partir de 6 (10 entre poucos) e do triplo do comum, o que um vão separa dos"
    " demais e seria raro pela distribuição deles, descontado quantos contratos foram vistos; 10 ou"
    " mais onde quase todos têm até 3 são ao menos contexto.",
    example={
        "aditivos": 18,
        "pares": 240,
        "criterio": "mesma faixa de prazo e mesma lei",
        "tipico": 1,
        "alto": 4,
    },
    unless=_unjudged,
)
def check(contracts: pd.DataFrame) -> Iterator[Hit]:
    """Counts in the far tail of their peers, by term and law, else of the whole file."""
    rows, number = _counted(contracts)
    if len(rows) < MIN_PEERS or number.max() < MIN_COUNT:
        return
    tail = _counts.against_peers(number, _classes(contracts, rows), minimum=MIN_PEERS)
    least = np.where(tail.peers < FEW_PEERS, MIN_COUNT_OF_FEW, MIN_COUNT)
    floor = np.maximum(least, MIN_RATIO * np.maximum(tail.typical, 1.0))
    q = np.minimum(1.0, tail.chance * len(rows))
    weights = _strength.from_chance(q, bar=BAR)
    rare = (number >= floor) & (weights >= _strength.BAR)
    many = (number >= MANY) & (tail.nearly_all <= ORDINARY) & (tail.peers >= FEW_PEERS)
    context = _strength.CONTEXT * (1.0 - tail.nearly_all / np.maximum(number, 1))
    weights = np.where(rare, weights, context)
    labels = contracts.index.to_numpy()
    for i in np.flatnonzero(rare | many):
        facts: dict[str, object] = {
            "aditivos": int(number[i]),
            "pares": int(tail.peers[i]),
            "criterio": "mesma faixa de prazo e mesma lei" if tail.alike[i] else "mesmo arquivo",
            "tipico": float(tail.typical[i]),
            "alto": float(tail.high[i]),
            "chance": float(q[i]),
        }
        yield Hit([int(labels[rows[i]])], facts, float(weights[i]))


def _classes(contracts: pd.DataFrame, rows: Ints) -> Ints:
    """One code for each class of term and law; contracts of unknown term are a class too."""
    start = _dates.first_of(contracts, "vigencia_inicio", "data_assinatura")[rows]
    days = _dates.term_days(start, _dates.days(contracts, "vigencia_fim")[rows])
    years = np.where(days >= 0, days / 365.25, np.nan)
    band = np.where(days >= 0, np.searchsorted(TERMS_YEARS, years), len(TERMS_YEARS) + 1)
    return np.asarray(band * 4 + _dates.regimes(contracts, rows) + 1, dtype=np.int64)
