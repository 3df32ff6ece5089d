"""A company that was already closed, suspended or unfit in the register when it contracted.

A company closed later but active on that day is left alone: without the date of the situation the
record can't be judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.flags import Hit, _company, _signing, _strength, flag
from cidadao_models.flags._peers import codes_of
from cidadao_models.records import plain_words

_ENDED = re.compile(r"\bbaixad|\bnul[ao]\b|\bextint|^0?[18](?: 0)?$")
_HELD = re.compile(r"\binapt|\bsuspens|^0?[34](?: 0)?$")
"""Situations of the federal register, by name or code (01 nula, 02 ativa, 03 suspensa, 04 inapta,
08 baixada)."""

HELD_DAYS = 30.0
"""Days that count as one where the company was suspended or unfit: that is often mended."""

PAID_DAYS = 30.0
"""The same where the day may be a payment's: the last bill comes after the work."""


@flag(
    id="empresa_inativa_na_data",
    title="Empresa sem cadastro ativo na data do contrato",
    legal_basis="Lei 14.133/2021, arts. 66 e 68, I (Lei 8.666/1993, arts. 28 e 29; IN RFB"
    " 2.119/2022, situação cadastral do CNPJ)",
    needs=(
        "fornecedor_situacao",
        "fornecedor_situacao_data",
        ("data_assinatura", "data", "vigencia_inicio"),
    ),
    explain="A situação da empresa na Receita é {situacao} desde {desde}, {antes} antes do contrato"
    " ({campo}: {data}).",
    innocent="a empresa tiver sido incorporada por outra, só a filial tiver sido fechada, a"
    " situação tiver sido regularizada ou se tratar do pagamento de um contrato antigo.",
    next_step="emita o comprovante de situação cadastral do CNPJ na Receita Federal e peça as"
    " certidões apresentadas na assinatura.",
    method="Compara a data da situação cadastral (baixada, inapta, suspensa ou nula) com a da"
    " assinatura. Empresa fechada depois do contrato não aparece; sem a data da situação, o"
    " registro não é julgado.",
    example={
        "situacao": "BAIXADA",
        "desde": "10/01/2023",
        "antes": "420 dias",
        "campo": "data de assinatura",
        "data": "05/03/2024",
    },
)
def check(contracts: pd.DataFrame) -> Iterator[Hit]:
    """One hit for each contract made after the company left the active register."""
    situation = codes_of(contracts, "fornecedor_situacao")
    plain = [plain_words(text) for text in situation.texts]
    ended = np.array([*(_ENDED.search(text) is not None for text in plain), False])
    held = np.array([*(_HELD.search(text) is not None for text in plain), False])
    inactive = (ended | held)[situation.codes]
    if not inactive.any():
        return
    since, when = _signing.days(contracts, "fornecedor_situacao_data"), _signing.signing(contracts)
    known = inactive & ~(np.isnat(since) | np.isnat(when.day))
    days = np.where(known, (when.day - since).astype(np.int64), 0)
    rows = np.flatnonzero(days > 0)
    if not len(rows):
        return
    weights = _weights(contracts, rows, days, held[situation.codes], when.signed)
    labels = contracts.index.to_numpy()
    for row, weight in zip(rows, weights, strict=True):
        facts: dict[str, object] = {
            "situacao": situation.texts[situation.codes[row]],
            "desde": _signing.written(since[row]),
            "antes": _company.days_text(int(days[row])),
            "dias": int(days[row]),
            "campo": str(when.source[row]),
            "data": _signing.written(when.day[row]),
        }
        yield Hit([int(labels[row])], facts, float(weight))


def _weights(
    contracts: pd.DataFrame,
    rows: npt.NDArray[np.intp],
    days: npt.NDArray[np.int64],
    held: npt.NDArray[np.bool_],
    signed: npt.NDArray[np.bool_],
) -> npt.NDArray[np.float64]:
    """By the days since the company left the register; less for a branch."""
    bar = np.where(held[rows], HELD_DAYS, 1.0) * np.where(signed[rows], 1.0, PAID_DAYS)
    weights = _strength.strength(np.log10(days[rows] / bar))
    branch = _company.branches(contracts, rows)
    return np.where(branch, np.minimum(weights, _strength.CONTEXT), weights)
