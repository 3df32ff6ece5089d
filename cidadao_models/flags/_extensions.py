"""Growth of a contract's value that yearly extensions of a continuous service explain.

Judges by term, object and the size of the growth; whether an extension was signed it can't know.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.flags._limits import ADDITION_SHARE, DAYS_PER_YEAR
from cidadao_models.flags._peers import encode

Bools = npt.NDArray[np.bool_]

_CONTINUOUS = re.compile(
    r"^(?:servico|locacao|manutencao|limpeza|vigilancia|coleta|transporte|licenca|suporte"
    r"|hospedagem|monitoramento|seguro|assinatura)\b"
)
"""Heads of objects that may be services hired year after year (Lei 14.133/2021, art. 107)."""

YEARLY_ADJUSTMENT = 0.1
"""Most that prices rise each year by reajuste or repactuação (the IPCA of 2021 was 10.06 %)."""

TERM_TOLERANCE_YEARS = 0.25
"""A term published up to three months short still holds its last year."""

ROUNDING = 0.005
"""Half a percent over a share is rounding of the published values."""

_NEEDS = ("valor_inicial", "valor_final", "vigencia_inicio", "vigencia_fim")


def explained(contracts: pd.DataFrame) -> Bools:
    """Records whose final value is that of the yearly periods that their term holds.

    k years cost k times the first: each later year dearer by up to `YEARLY_ADJUSTMENT`, or all of
    them with an addition within the legal share. Growth between two such ranges stays unexplained.
    """
    if any(name not in contracts for name in _NEEDS):
        return np.zeros(len(contracts), dtype=bool)
    initial, final = (contracts[name].to_numpy(np.float64, na_value=np.nan) for name in _NEEDS[:2])
    term = (contracts["vigencia_fim"] - contracts["vigencia_inicio"]).dt.days
    years = term.to_numpy(np.float64, na_value=np.nan) / DAYS_PER_YEAR
    with np.errstate(invalid="ignore", divide="ignore"):
        times = np.where(initial > 0, final / initial, np.nan)
        periods = np.floor(np.minimum(times + ROUNDING, years + TERM_TOLERANCE_YEARS))
        dearer = ((1 + YEARLY_ADJUSTMENT) ** np.minimum(periods, 99) - 1) / YEARLY_ADJUSTMENT
        most = np.maximum(dearer, periods * (1 + ADDITION_SHARE + ROUNDING))
        fits = (periods >= 2) & (times <= most)
    return np.asarray(fits & matches(contracts["_grupo_nome"], _CONTINUOUS))


def matches(texts: pd.Series, pattern: re.Pattern[str]) -> Bools:
    """Whether each text matches; distinct texts are looked at once, missing ones never match."""
    encoded = encode(texts, len(texts))
    told = [pattern.search(text) is not None for text in encoded.texts]
    return np.array([*told, False], dtype=bool)[encoded.codes]
