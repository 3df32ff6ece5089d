"""A contract whose term is longer than the law allows for services and supplies.

Works and other contracts of a fixed result, real estate, concessions, agreements, credit and
monopolies have other rules and are left out; so are terms above 35 years, told as wrong dates.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cidadao_models.flags import Hit, _dates, _longest, _strength, _terms, flag

FIRST_LIMIT_DAYS = 60 * _terms.DAYS_PER_MONTH
GRACE_DAYS = 31
"""Days over the limit that the first or last month explains."""


@flag(
    id="prazo_acima_do_limite",
    title="Vigência acima do prazo legal",
    legal_basis="Lei 14.133/2021, arts. 106 e 107; Lei 8.666/1993, art. 57, II e § 4º",
    needs=("vigencia_fim", ("vigencia_inicio", "data_assinatura"), "objeto"),
    explain="A vigência vai de {inicio} a {fim}, {meses} meses; o máximo para serviços e"
    " fornecimentos contínuos é de {limite} ({ato}){ressalva}.",
    innocent="for contrato de escopo, concessão, locação de imóvel ou outro com prazo próprio que a"
    " descrição não revela, ou se o ano tiver erro de digitação.",
    next_step="peça o contrato e os termos aditivos de prazo, com as justificativas.",
    method="Mede a vigência publicada: 5 anos na assinatura e 10 no total (Lei 14.133), 60 meses e"
    " mais 12 excepcionais (Lei 8.666); na dúvida entre as leis, a mais longa. Obras, imóveis,"
    " concessões, convênios, crédito e serviços públicos ficam de fora.",
    example={
        "inicio": "01/03/2012",
        "fim": "28/02/2020",
        "meses": 96,
        "limite": "72 meses",
        "ato": "Lei 8.666/1993, art. 57, II e § 4º",
        "ressalva": "",
    },
)
def check(contracts: pd.DataFrame) -> Iterator[Hit]:
    """Terms beyond the longest that the law ruling them allows, or beyond the first one."""
    start = _dates.first_of(contracts, "vigencia_inicio", "data_assinatura")
    end = _dates.days(contracts, "vigencia_fim")
    term = _dates.term_days(start, end)
    rows = np.flatnonzero(term > FIRST_LIMIT_DAYS + GRACE_DAYS)
    rows = rows[_longest.ordinary(contracts, rows)] if len(rows) else rows
    labels = contracts.index.to_numpy()
    for row, limits in zip(rows, _longest.limits(contracts, rows, start[rows]), strict=True):
        passed = _passed(int(term[row]), limits)
        if passed is None:
            continue
        limit, weight = passed
        facts: dict[str, object] = {
            "inicio": _dates.written(start[row]),
            "fim": _dates.written(end[row]),
            "meses": round(int(term[row]) / _terms.DAYS_PER_MONTH),
            "limite": limit.in_words,
            "ato": limit.act,
            "ressalva": "" if weight >= _strength.BAR else limits.reserve,
        }
        yield Hit([int(labels[row])], facts, weight)


def _passed(days: int, limits: _longest.Limits) -> tuple[_terms.Term, float] | None:
    """The limit that the term passes and the weight: between the two limits only context."""
    for limit, allowed in ((limits.total, False), (limits.first, limits.extendable)):
        if days > limit.length + GRACE_DAYS:
            weight = float(_strength.from_multiple(days / limit.length, bar=1.0))
            if not allowed:
                return limit, weight
            halfway = (days - limit.length) / (limits.total.length - limit.length)
            return limit, _strength.CONTEXT * min(1.0, halfway)
    return None
