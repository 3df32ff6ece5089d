"""A competitive tender with one bid, compared with how usual that is in its modality.

Direct awards have one supplier by nature and are never named. One bid alone gives context; with
a large amount, or at a buyer where it is a habit, it deserves a look.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cidadao_models.findings import words
from cidadao_models.flags import Hit, _single_bids, _strength, flag


def _only_direct(prepared: pd.DataFrame) -> str:
    present = set(prepared["_modalidade"].dropna().unique())
    if not present.intersection(_single_bids.COMPETITIVE):
        return "não há licitações de modalidade competitiva"
    return ""


@flag(
    id="proposta_unica",
    title="Licitação com uma só proposta",
    legal_basis="Lei 14.133/2021, arts. 5º e 11, II (competitividade; Lei 8.666/1993, arts. 3º e"
    " 22, §§ 3º e 7º; TCU, Súmula 248, para o convite)",
    needs=(("n_propostas", "valor_proposta"), "modalidade"),
    explain="Uma só proposta em licitação por {modalidade}. {usual}{valor}{habito}",
    innocent="o mercado tiver poucos fornecedores, o objeto for muito específico ou local, ou o"
    " arquivo contar só as propostas válidas.",
    next_step="peça a ata da sessão, a lista de quem retirou o edital e as exigências de"
    " habilitação que possam ter afastado concorrentes.",
    params={"min_ratio": 2.0},
    method="Conta as propostas de cada licitação competitiva (pregão, concorrência, tomada de"
    " preços, convite); dispensa e inexigibilidade ficam de fora. Uma só proposta dá contexto;"
    " pesa mais quando o valor está entre os maiores da modalidade ou quando o comprador tem"
    " bem mais casos que os outros.",
    example={
        "modalidade": "pregão",
        "usual": "No arquivo, isso acontece em 8,0 % de 240 licitações dessa modalidade.",
        "valor": " O valor, R$ 4.200.000,00, é o 2º maior dela.",
        "habito": "",
    },
)
def check(contracts: pd.DataFrame, *, min_ratio: float) -> Iterator[Hit]:
    """`min_ratio`: least ratio of a buyer's single bids to those that others' share gives."""
    found = _single_bids.tenders(contracts)
    if found is None:
        return
    usual, number = _single_bids.usual_share(found)
    above, rank = _single_bids.share_above(found)
    habits = _single_bids.habits(found, usual, min_ratio=min_ratio)
    labels = contracts.index.to_numpy()
    context = _strength.CONTEXT * (1 - usual)
    rarity = _strength.from_chance(usual * above, bar=RARE)
    alone = np.isin(found.buyer, list(habits)) | (rarity > context)
    single = found.single & (usual < _single_bids.USUAL)
    for at in np.flatnonzero(single & alone):
        habit = habits.get(int(found.buyer[at]))
        weight = max(float(context[at]), float(rarity[at]))
        if habit is not None:
            rare = _strength.from_chance(habit.q, bar=_single_bids.FALSE_DISCOVERIES)
            weight = max(weight, min(float(rare), HABIT))
        facts = _facts(found, int(at), float(usual[at]), int(number[at]), int(rank[at]), habit)
        yield Hit(labels[found.rows(np.array([at]))].tolist(), facts, weight)
    for code in np.unique(found.modality[single & ~alone]):
        alike = np.flatnonzero(single & ~alone & (found.modality == code))
        one = int(alike[0])
        facts = _facts(found, one, float(usual[one]), int(number[one]), 0, None)
        yield Hit(np.sort(labels[found.rows(alike)]).tolist(), facts, float(context[one]))


RARE = 3e-4
"""Chance of one bid and so large an amount together at which the weight reaches the bar: among
10,000 tenders of any shape, 3 do so by chance."""

HABIT = 0.84
"""Highest weight of a buyer's habit: it is a fact of the group, below "high" for one tender."""

_NAMES = {
    "pregao": "pregão", "concorrencia": "concorrência", "tomada_precos": "tomada de preços",
    "convite": "convite", "dialogo": "diálogo competitivo",
}  # fmt: skip


def _facts(
    found: _single_bids.Tenders,
    at: int,
    share: float,
    number: int,
    rank: int,
    habit: _single_bids.Habit | None,
) -> dict[str, object]:
    told = ""
    if number >= _single_bids.MIN_TENDERS:
        told = (
            f"No arquivo, isso acontece em {words.number(100 * share, 1)} % de"
            f" {words.number(number)} licitações dessa modalidade."
        )
    facts: dict[str, object] = {
        "modalidade": _NAMES[found.modalities[found.modality[at]]],
        "usual": told,
        "valor": "",
        "habito": "",
        "n": number,
    }
    if rank:
        value = words.prose_money(float(found.value[at]))
        facts["valor"] = f" O valor, {value}, é o {f'{rank}º ' if rank > 1 else ''}maior dela."
    if habit is not None:
        facts["habito"] = (
            f" Neste comprador são {habit.n_single} de {habit.n} licitações, ante"
            f" {words.number(100 * habit.others, 1)} % esperados pelos outros."
        )
    return facts
