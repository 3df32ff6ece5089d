"""A company opened shortly before its contract, or only after it.

Youth alone is lawful and only gives context; it speaks with an amount far above its peers.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr

from cidadao_models.findings import words
from cidadao_models.flags import Hit, _company, _signing, _strength, flag

AGE_SPAN = 3650.0
"""Days over which the ages of suppliers are taken to be spread evenly (ten years). An assumption,
not measured: real suppliers are older, so youth is rarer than said."""

ORDINARY_SPREAD = 1.0
"""Smallest spread of log amounts taken for honest purchases: amounts of one kind of object differ
by a factor of 2.7 either way."""

YOUNG_SHARE = 0.2
"""Share of a file's suppliers as young as `max_days` from which youth is how this market is."""

MIN_SUPPLIERS = 10
"""Fewest suppliers with a known age for that share to be judged."""


@flag(
    id="empresa_recem_aberta",
    title="Empresa aberta pouco antes do contrato, ou depois",
    legal_basis="Lei 14.133/2021, arts. 62, 66 e 67 (Lei 8.666/1993, arts. 27, 28 e 30)",
    needs=("fornecedor_abertura", ("data_assinatura", "data", "vigencia_inicio")),
    explain="{relacao}{comparacao}",
    innocent="a empresa suceder a outra, for filial de uma mais antiga ou aberta para este contrato"
    " (consórcio, concessão), ou se tratar de compra pequena.",
    next_step="confira a data de abertura na Receita Federal e peça os atestados de capacidade"
    " técnica apresentados na habilitação.",
    params={"max_days": 180},
    method="Conta os dias entre a abertura da empresa e a assinatura (ou outra data do registro)."
    " Contrato anterior à abertura aparece sempre; empresa nova só pesa junto com um valor bem"
    " acima da mediana de registros parecidos. Consórcios e sociedades de propósito específico"
    " ficam de fora.",
    example={
        "relacao": "A empresa foi aberta em 20/02/2024, 12 dias antes do contrato (data de"
        " assinatura: 03/03/2024).",
        "comparacao": " O valor, R$ 900.000,00, é 18,0 vezes a mediana de 60 registros parecidos.",
    },
)
def check(contracts: pd.DataFrame, *, max_days: int) -> Iterator[Hit]:
    """`max_days`: greatest age of a company that is looked at (days)."""
    opened = _signing.days(contracts, "fornecedor_abertura")
    when = _signing.signing(contracts)
    known = ~(np.isnat(opened) | np.isnat(when.day))
    age = np.where(known, (when.day - opened).astype(np.int64), np.iinfo(np.int64).max)
    rows = np.flatnonzero(age <= max_days)
    if not len(rows):
        return
    rows = rows[~_company.made_to_order(contracts, rows)]
    branch = _company.branches(contracts, rows)
    weights = np.where(
        age[rows] < 0,
        _before(age[rows], when.signed[rows], branch),
        _young(contracts, age, rows, branch, max_days),
    )
    labels = contracts.index.to_numpy()
    for row, weight in zip(rows, weights, strict=True):
        yield Hit([int(labels[row])], _facts(contracts, opened, when, int(row)), float(weight))


Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def _before(age: Ints, signed: Bools, branch: Bools) -> Floats:
    """Weight of a contract older than its company, by the days between them."""
    steps = np.log10(np.maximum(-age, 1)) * np.where(signed, 1.0, _company.UNSIGNED)
    weights = _strength.strength(steps)
    return np.where(branch, np.minimum(weights, _strength.CONTEXT), weights)


def _young(contracts: pd.DataFrame, age: Ints, rows: Ints, branch: Bools, widest: int) -> Floats:
    """Weight of youth and amount together: how rare both at once are among honest suppliers.

    For independent shares u (at most w) and v, u * v <= t has chance t * (1 + ln(w / t)).
    """
    rarity = (np.maximum(age[rows], 0) + 1) / AGE_SPAN
    above = _share_above(contracts, rows)
    both, reach = rarity * above, (widest + 1) / AGE_SPAN
    weights = _strength.from_chance(both * (1 + np.log(np.maximum(reach / both, 1.0))))
    small = above >= 0.5
    held = branch | small | _is_usual(contracts, age, widest)
    return np.where(held, np.minimum(weights, _strength.CONTEXT), weights)


def _share_above(contracts: pd.DataFrame, rows: Ints) -> Floats:
    """Share of the peers' amounts that exceed each row's, by a log-normal law; 0.5 where unknown."""
    ratio = contracts["_pares_razao"].to_numpy()[rows]
    z = contracts["_pares_z"].to_numpy()[rows]
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.maximum(np.log(ratio) / z, ORDINARY_SPREAD)
        share = ndtr(-np.log(ratio) / np.where(np.isfinite(spread), spread, ORDINARY_SPREAD))
    return np.where(np.isfinite(share), share, 0.5)


def _is_usual(contracts: pd.DataFrame, age: Ints, widest: int) -> bool:
    """Whether a good part of the file's suppliers are as young when they contract."""
    codes = pd.factorize(contracts["_fornecedor"])[0]
    known = (codes >= 0) & (age < np.iinfo(np.int64).max)
    suppliers = len(np.unique(codes[known]))
    young = len(np.unique(codes[known & (age <= widest)]))
    return suppliers >= MIN_SUPPLIERS and young >= YOUNG_SHARE * suppliers


def _facts(
    contracts: pd.DataFrame, opened: _signing.Days, when: _signing.Signing, row: int
) -> dict[str, object]:
    age = int((when.day[row] - opened[row]).astype(np.int64))
    first, field = _signing.written(opened[row]), when.source[row]
    count = _company.days_text(abs(age))
    order = f"{count} {'antes' if age > 0 else 'depois'} do contrato" if age else "no mesmo dia"
    facts: dict[str, object] = {
        "relacao": f"A empresa foi aberta em {first}, {order}"
        f" ({field}: {_signing.written(when.day[row])}).",
        "comparacao": "",
        "dias": age,
    }
    ratio, value = float(contracts["_pares_razao"].iloc[row]), float(contracts["_valor"].iloc[row])
    if np.isfinite(ratio) and ratio > 1:
        n = int(contracts["_pares_n"].iloc[row])
        facts["comparacao"] = (
            f" O valor, {words.prose_money(value)}, é {words.number(ratio, 1)} vezes a mediana de"
            f" {words.number(n)} registros parecidos."
        )
        facts |= {"valor": value, "vezes": ratio, "n": n}
    return facts
