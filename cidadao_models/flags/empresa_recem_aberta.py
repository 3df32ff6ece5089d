"""A company opened shortly before its contract, or only after it.

Youth alone is lawful and only gives context; it speaks with an amount far above its peers, or far
beyond what so young a company could be expected to deliver.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cidadao_models.findings import words
from cidadao_models.flags import Hit, _company, _signing, flag

LEAST = 0.3
"""Least weight worth a word: below it a young company with a small purchase is like any other."""


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
    " acima da mediana de registros parecidos, ou de muitas vezes o limite da dispensa por mês de"
    " vida da empresa. Consórcios e sociedades de propósito específico"
    " ficam de fora.",
    example={
        "relacao": "A empresa foi aberta em 20/02/2024, 12 dias antes do contrato (data de"
        " assinatura: 03/03/2024).",
        "comparacao": " O valor, R$ 900.000,00, é 18,0 vezes a mediana de 60 registros parecidos e"
        " 15,0 vezes o limite da dispensa (R$ 59.906,02).",
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
    limit = _company.limits(contracts, when.day, rows)
    weights = np.where(
        age[rows] < 0,
        _company.before(age[rows], when.signed[rows], branch),
        _company.young(contracts, age, rows, branch, limit, max_days),
    )
    told = np.flatnonzero(weights >= LEAST)
    labels = contracts.index.to_numpy()[rows[told]]
    facts = _facts(contracts, opened, when, rows[told], limit[told])
    for label, weight, one in zip(labels, weights[told], facts, strict=True):
        yield Hit([int(label)], one, float(weight))


def _facts(
    contracts: pd.DataFrame,
    opened: _signing.Days,
    when: _signing.Signing,
    rows: _company.Ints,
    limit: _company.Floats,
) -> Iterator[dict[str, object]]:
    ages = (when.day[rows] - opened[rows]).astype(np.int64).tolist()
    ratios, counts = contracts["_pares_razao"].to_numpy()[rows], contracts["_pares_n"].to_numpy()
    values = contracts["_valor"].to_numpy()[rows]
    for at, (row, age) in enumerate(zip(rows, ages, strict=True)):
        count = _company.days_text(abs(age))
        order = f"{count} {'antes' if age > 0 else 'depois'} do contrato" if age else "no mesmo dia"
        facts: dict[str, object] = {
            "relacao": f"A empresa foi aberta em {_signing.written(opened[row])}, {order}"
            f" ({when.source[row]}: {_signing.written(when.day[row])}).",
            "comparacao": "",
            "dias": age,
        }
        value, ratio, n = float(values[at]), float(ratios[at]), int(counts[row])
        yield facts | _comparison(value, ratio, n, float(limit[at]))


def _comparison(value: float, ratio: float, n: int, limit: float) -> dict[str, object]:
    """What the amount is beside: the median of its peers and the limit of a direct award."""
    told: list[str] = []
    facts: dict[str, object] = {}
    if ratio > 1:
        told.append(f"{words.number(ratio, 1)} vezes a mediana de {words.number(n)} registros")
        told[-1] += " parecidos"
        facts |= {"vezes": ratio, "n": n}
    if value > limit:
        times = value / limit
        told.append(f"{words.number(times, 1)} vezes o limite da dispensa ({words.money(limit)})")
        facts |= {"vezes_o_limite": times, "limite": limit}
    if not told:
        return facts
    text = f" O valor, {words.prose_money(value)}, é {' e '.join(told)}."
    return facts | {"comparacao": text, "valor": value}
