"""An award equal to the estimate in a tender with competition, where that is rare in the file.

One such tender only gives context, and so does a buyer whose tenders are nearly all like that: its
system may copy the estimate. A supplier whose awards are so is worth a look. Whether the
estimate was known to the bidders it cannot tell.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.findings import words
from cidadao_models.flags import Hit, _equal_awards, _estimates, _strength, flag

Bools = npt.NDArray[np.bool_]

P_SHOWN = 0.02
"""Chance of an equal amount at least as large from which it is worth naming."""


@flag(
    id="valor_igual_ao_estimado",
    title="Valor homologado igual ao estimado",
    legal_basis="Lei 14.133/2021, arts. 11, I, 23 e 24 (orçamento estimado e sigilo)",
    needs=("valor_estimado", ("valor", "valor_inicial"), "modalidade"),
    explain="{caso}, o que ocorre em {parcela:pct} das {n} licitações com disputa {onde}.",
    innocent="o preço for tabelado, o contrato for por teto, só houver uma proposta, ou o sistema"
    " repetir a estimativa como valor homologado.",
    next_step="peça a ata da sessão e o histórico de lances, e veja se a estimativa era pública.",
    method="Conta homologados iguais ao estimado (até 0,1 %) nas modalidades com disputa. Só fala"
    " quando isso é raro no arquivo: um caso isolado dá contexto, mais forte quanto maior o valor;"
    " um fornecedor que repete pesa mais, comparado com o usual dos mesmos compradores. Um"
    " comprador em que isso é a regra é contado à parte e só dá contexto.",
    example={
        "caso": "Em 6 das 7 licitações de Empresa Exemplo Ltda o valor homologado é igual ao"
        " estimado (R$ 2.400.000,00 no total)",
        "parcela": 0.031,
        "n": 420,
        "onde": "deste arquivo",
    },
    unless=lambda prepared: _equal_awards.says_nothing(prepared, _competitive(prepared)),
)
def check(contracts: pd.DataFrame) -> Iterator[Hit]:
    """One hit for each supplier that repeats, and one for each other large equal award."""
    known = _competitive(contracts)
    equal = _equal_awards.are_equal(known)
    if not equal.any():
        return
    parts = _estimates.is_part(contracts, known.of(equal), known)
    parts |= _estimates.is_sale(contracts, known.row[equal])
    equal[np.flatnonzero(equal)[parts]] = False
    copied = _equal_awards.copying(contracts, known, equal)
    labels = contracts.index.to_numpy()
    seen = _equal_awards.seen(equal, copied)
    for rows, facts, weight in _equal_awards.habitual(contracts, known, equal, copied):
        yield Hit([int(label) for label in labels[known.row[rows]]], facts | seen, weight)
    known, equal = known.of(~copied), equal[~copied]
    if not len(known.row):
        return
    told = np.zeros(len(known.row), dtype=bool)
    for rows, facts, weight in _equal_awards.repeated(contracts, known, equal):
        told[rows] = True
        yield Hit([int(label) for label in labels[known.row[rows]]], facts | seen, weight)
    larger = _share_as_large(known.award)
    for i in np.flatnonzero(equal & ~told & (larger * equal.mean() <= P_SHOWN)):
        chance = float(larger[i] * equal.mean())
        facts = {
            "caso": f"O valor homologado ({words.money(known.award[i])}) {_how(known, int(i))}",
            "homologado": float(known.award[i]),
            "estimado": float(known.estimate[i]),
            "chance": chance,
        }
        weight = min(_strength.CONTEXT, float(_strength.from_chance(chance)))
        yield Hit([int(labels[known.row[i]])], facts | seen, weight)


def _competitive(contracts: pd.DataFrame) -> _estimates.Pairs:
    known = _estimates.pairs(contracts)
    return known.of(np.isin(known.modality, _estimates.COMPETITIVE))


def _how(known: _estimates.Pairs, i: int) -> str:
    if abs(known.award[i] - known.estimate[i]) < 0.005:
        return "é igual ao estimado"
    return f"fica a menos de 0,1 % do estimado ({words.money(known.estimate[i])})"


def _share_as_large(award: _estimates.Floats) -> _estimates.Floats:
    """Share of the awards that are at least as large as each."""
    ordered = np.sort(award)
    return 1.0 - np.searchsorted(ordered, award) / len(award)
