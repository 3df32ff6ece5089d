"""A tender whose notice came out fewer days before the deadline than the law asks for.

Assumes the mildest rule that fits what is known. Publications of results and annulled tenders are
left out.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cidadao_models.flags import Hit, _dates, _notice, _strength, _terms, flag
from cidadao_models.records import FIELDS

MAJOR_CUT = 4 / 3
"""Times that the minimum holds the days given, at the bar: a day or two may be counting."""

ONE_SHORT = 1
"""Days (of the term's unit) that the two ways of counting differ by: told from two on."""

SAME_DAY = 0.5
"""Days that a notice of the same day counts as."""


@flag(
    id="prazo_de_publicacao_curto",
    title="Prazo curto entre o edital e as propostas",
    legal_basis="Lei 14.133/2021, art. 55; Lei 10.520/2002, art. 4º, V; Lei 8.666/1993, art. 21,"
    " § 2º",
    needs=("data_publicacao", ("data_encerramento", "data_abertura"), "modalidade"),
    explain="Edital publicado em {publicacao}; {campo} em {fim}. São {dias}, e o menor prazo da lei"
    " é de {minimo} ({ato}).",
    innocent="a publicação informada for a de uma correção que não mudou as propostas, ou se o"
    " edital já tivesse saído antes em outro meio oficial.",
    next_step="procure a primeira publicação do edital no diário oficial e no PNCP e as impugnações"
    " por prazo.",
    method="Conta os dias entre a publicação e o fim do recebimento de propostas (sem ele, a"
    " abertura), só com feriados nacionais, e compara com o menor mínimo da modalidade. Se o"
    " arquivo não mostra o corte da lei, as datas são de outra coisa, e o sinal vira contexto.",
    example={
        "publicacao": "10/03/2025",
        "campo": "fim do recebimento de propostas",
        "fim": "13/03/2025",
        "dias": "3 dias úteis",
        "minimo": "8 dias úteis",
        "ato": "Lei 14.133/2021, art. 55, I, a",
    },
)
def check(contracts: pd.DataFrame) -> Iterator[Hit]:
    """Notices shorter than the smallest minimum of their modality."""
    found = _notice.notices(contracts)
    if not len(found.row):
        return
    given = np.maximum(found.given, SAME_DAY)
    weights = _strength.from_multiple(found.minimum / given, bar=MAJOR_CUT)
    if _notice.shows_no_minimum(found):
        weights = np.minimum(weights, _strength.CONTEXT)
    labels = contracts.index.to_numpy()
    for i in np.flatnonzero(found.given < found.minimum - ONE_SHORT):
        term = found.terms[found.term[i]]
        facts: dict[str, object] = {
            "publicacao": _dates.written(found.published[i]),
            "campo": FIELDS[found.field].label,
            "fim": _dates.written(found.deadline[i]),
            "dias": _terms.counted(int(found.given[i]), term.unit),
            "minimo": found.in_words(int(i)),
            "ato": term.act,
        }
        yield Hit([int(labels[found.row[i]])], facts, float(weights[i]))
