"""An emergency award whose term is longer than the law allows.

Takes the term as published, extensions included; what the emergency was it can't know.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cidadao_models.flags import Hit, _dates, _emergency, _strength, _terms, flag

SHORTEST_LIMIT_DAYS = 180
"""Days; no law sets a shorter limit."""

GRACE_DAYS = 10
"""Days over the limit that counting in whole months explains (six months have up to 184)."""

CLEARLY_OVER = 1.1
"""Share of the limit at the bar: up to a tenth more may be time for receipt and payment."""


@flag(
    id="emergencia_acima_do_prazo",
    title="Contratação emergencial acima do prazo",
    legal_basis="Lei 14.133/2021, art. 75, VIII (STF, ADI 6890); Lei 8.666/1993, art. 24, IV",
    needs=(
        "vigencia_fim",
        ("vigencia_inicio", "data_assinatura", "data"),
        ("fundamento_legal", "modalidade", "objeto"),
    ),
    explain="A contratação por emergência vai de {inicio} a {fim}, {dias} dias; a lei admite até"
    " {limite} ({ato}).",
    innocent="a vigência publicada incluir o tempo de recebimento e pagamento, se houver decisão"
    " judicial, ou se uma das datas tiver erro de digitação.",
    next_step="peça o ato que declarou a emergência, o contrato com seus aditivos e o andamento da"
    " licitação que deve substituí-lo.",
    method="Mede a vigência das dispensas fundadas em emergência (pelo artigo ou pelas palavras do"
    " objeto). Na dúvida entre duas leis, vale o prazo maior; contratações da pandemia e de"
    " calamidades com lei própria ficam de fora.",
    example={
        "inicio": "01/02/2024",
        "fim": "31/07/2025",
        "dias": 546,
        "limite": "12 meses",
        "ato": "Lei 14.133/2021, art. 75, VIII",
    },
)
def check(contracts: pd.DataFrame) -> Iterator[Hit]:
    """Terms beyond the limit of the law that rules, by more than the grace."""
    found = _emergency.awards(contracts)
    labels = contracts.index.to_numpy()
    for i in np.flatnonzero(found.term > SHORTEST_LIMIT_DAYS + GRACE_DAYS).tolist():
        row, limit = found.row[i], found.limit(i)
        days, longest = int(found.term[i]), whole_days(limit)
        if days <= longest + GRACE_DAYS:
            continue
        facts: dict[str, object] = {
            "inicio": _dates.written(found.start[i]),
            "fim": _dates.written(found.end[i]),
            "dias": days,
            "limite": limit.in_words,
            "ato": limit.act,
        }
        weight = _strength.from_multiple(days / longest, bar=CLEARLY_OVER)
        yield Hit([int(labels[row])], facts, float(weight))


def whole_days(limit: _terms.Term) -> int:
    """Most days that the limit can hold: 12 months have up to 366."""
    return round(limit.length + 0.75) if limit.unit == "meses" else limit.amount
