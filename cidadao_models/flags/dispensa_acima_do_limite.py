"""A direct award made for its small value, though its amount passes the limit for that.

Awards on other grounds (emergency, exclusive supplier, property) have no such limit: left out.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cidadao_models.findings import words
from cidadao_models.flags import Hit, _award_limits, _direct, _strength, flag


def _unchecked(contracts: pd.DataFrame) -> str:
    """Files whose direct awards name no ground and are of any size."""
    told = _direct.grounds(contracts)
    unstated = int((told.ground == _direct.UNSTATED).sum())
    if not unstated or np.isin(told.ground, _direct.BY_VALUE).any():
        return ""
    if unstated >= _award_limits.MIN_UNSTATED:
        over = int(_award_limits.above(contracts, told).unstated.sum())
        if _award_limits.keep_to_limit(unstated, over):
            return ""
    return "as dispensas deste arquivo não dizem em que inciso se apoiam"


@flag(
    id="dispensa_acima_do_limite",
    title="Dispensa por valor acima do limite",
    legal_basis="Lei 14.133/2021, art. 75, I e II (Lei 8.666/1993, art. 24, I e II)",
    needs=(
        "data", ("valor", "valor_inicial", "valor_final"), ("fundamento_legal", "modalidade"),
    ),
    explain="{base}; os {valor:brl} são {vezes:2} vezes o limite de {limite:brl} ({ato}).",
    innocent="o fundamento publicado estiver errado, o valor somar prorrogações ou vários anos, ou"
    " o comprador for consórcio, agência executiva ou estatal, que têm limite maior.",
    next_step="peça o processo da dispensa, com o inciso usado e a estimativa de preço.",
    method="Compara o valor inicial de cada dispensa por valor com o limite da data e da lei"
    " citada; entre datas próximas vale o maior limite. Ficam de fora as dispensas por outro"
    " motivo e as que não dizem o motivo, salvo quando quase todas do arquivo respeitam o limite.",
    example={
        "base": "O registro se apoia no valor (“Lei 14.133/2021, Art. 75, II”)",
        "valor": 98_000.0,
        "vezes": 1.6,
        "limite": 62_725.59,
        "ato": "Decreto 12.343/2024",
    },
    unless=_unchecked,
)  # fmt: skip
def check(contracts: pd.DataFrame) -> Iterator[Hit]:
    """Awards by value above their limit; those that may rest on something else weigh less."""
    told = _direct.grounds(contracts)
    found = _award_limits.above(contracts, told)
    unstated = int((told.ground == _direct.UNSTATED).sum())
    over = int(found.unstated.sum())
    shown = ~found.unstated | _award_limits.keep_to_limit(unstated, over)
    ratio = found.value / found.limit
    weights = np.minimum(_strength.from_multiple(ratio, bar=1.0), found.ceiling)
    for i in np.flatnonzero(shown).tolist():
        row, limit = int(found.rows[i]), float(found.limit[i])
        base = f"O registro se apoia no valor (“{_direct.stated(contracts, row)}”)"
        if found.unstated[i]:
            base = (
                f"O registro diz só “{_direct.stated(contracts, row)}”; das"
                f" {words.number(unstated)} dispensas assim (mesmo arquivo),"
                f" {words.number(over)} {'passa' if over == 1 else 'passam'} do limite"
            )
        facts: dict[str, object] = {
            "base": base,
            "valor": float(found.value[i]),
            "vezes": float(ratio[i]),
            "limite": limit,
            "ato": _award_limits.act_of(contracts, row, limit, int(found.regime[i])),
        }
        yield Hit([int(contracts.index[row])], facts, float(weights[i]))
