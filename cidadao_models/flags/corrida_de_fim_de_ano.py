"""A buyer whose December takes far more of the year than its own past says.

Context for the purchases of that December; a late budget release it cannot tell from haste.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.findings import words
from cidadao_models.flags import Hit, _shown, _strength, _year_end, flag

FALSE_DISCOVERIES = 0.05
"""Expected share of chance findings among the Decembers shown (Benjamini and Hochberg 1995)."""

LATE_DAY = 10
"""First day of the stretch that is told apart: commitments usually close in mid December."""


@flag(
    id="corrida_de_fim_de_ano",
    title="Compras concentradas em dezembro",
    legal_basis="Lei 4.320/1964, arts. 35, 36 e 59 (exercício e empenho); Lei 14.133/2021,"
    " art. 12, VII (plano de contratações anual)",
    needs=("data", "valor"),
    explain="{comprador}: dezembro de {ano} leva {parcela:pct} do valor do ano em {n} registros;"
    " {comparacao}{fim}.",
    innocent="houver crédito ou repasse recebido no fim do ano, ou contrato anual renovado em"
    " dezembro.",
    next_step="veja o plano de contratações anual e se a necessidade já era conhecida antes.",
    method="Compara o dezembro de cada comprador com os seus dezembros anteriores (ao menos dois"
    " anos completos) ou, sem esse passado, com os outros meses do ano, também sem a maior compra."
    " Controla os achados ao acaso entre todos os compradores; só dá contexto.",
    example={
        "comprador": "Secretaria de Obras",
        "ano": "2024",
        "parcela": 0.41,
        "n": 87,
        "comparacao": "nos 3 anos anteriores levou em média 12,0 %",
        "fim": "; 80,0 % disso a partir do dia 10",
    },
    context=True,
    unless=_year_end.too_little,
)
def check(contracts: pd.DataFrame) -> Iterator[Hit]:
    """One hit for each buyer and December that stands out, with all its purchases."""
    at, buyer, month, amount = _year_end.dated(contracts)
    if not len(at):
        return
    tested, n_tests = _year_end.busy_decembers(buyer, month, amount)
    labels = contracts.index.to_numpy()
    for one, q in _year_end.shown(tested, n_tests, false_discoveries=FALSE_DISCOVERIES):
        rush, rows = one.rush, at[one.rows]
        facts: dict[str, object] = {
            "comprador": _shown.buyer(contracts, rows),
            "ano": str(rush.year),
            "parcela": rush.share,
            "n": len(rows),
            "parcela_de_comparacao": rush.past_share,
            "anos_anteriores": rush.n_past,
            "comparacao": _comparison(rush),
            "fim": _late(contracts, rows, amount[one.rows]),
            "chance": q,
        }
        evidence = min(
            float(_strength.from_chance(q, bar=FALSE_DISCOVERIES)),
            float(_strength.from_multiple(rush.ratio, bar=rush.least)),
        )
        yield Hit([int(label) for label in labels[np.sort(rows)]], facts,
                  _strength.CONTEXT * evidence)  # fmt: skip


def _comparison(rush: _year_end.Rush) -> str:
    share = f"{words.number(100 * rush.past_share, 1)} %"
    if rush.n_past:
        return f"nos {rush.n_past} anos anteriores levou em média {share}"
    return f"os outros meses do ano levam em média {share} cada um"


def _late(contracts: pd.DataFrame, rows: npt.NDArray[np.int64], amount: _year_end.Floats) -> str:
    """How much of it fell from the 10th on, where the dates tell more than the month."""
    days = contracts["data"].to_numpy()[rows].astype("datetime64[D]")
    day = (days - days.astype("datetime64[M]")).astype(np.int64) + 1
    if len(np.unique(day)) < 2:
        return ""
    share = float(amount[day >= LATE_DAY].sum() / amount.sum())
    return f"; {words.number(100 * share, 1)} % disso a partir do dia {LATE_DAY}"
