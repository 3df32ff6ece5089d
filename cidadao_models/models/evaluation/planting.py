"""What those who plant strong cases share: how rows of an honest file become others.

Plants nothing by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from cidadao_models.models.evaluation import honest_catalogue as catalogue

CASES = 20
"""Records or groups planted in one file: few, so that they stay exceptions in it."""

MONEY = ("valor", "valor_estimado", "valor_inicial", "valor_final", "valor_pago", "valor_unitario")
DATES = (
    "data", "data_publicacao", "data_abertura", "data_encerramento", "data_assinatura",
    "vigencia_inicio", "vigencia_fim", "data_aditivo",
)  # fmt: skip
BY_VALUE = "Lei 14.133/2021, art. 75, II"
EMERGENCY = "Lei 14.133/2021, art. 75, VIII"


@dataclass(frozen=True, slots=True)
class Planted:
    """A table, the row labels of each case in it, and a list of sanctions where one is needed."""

    table: pd.DataFrame
    cases: list[np.ndarray] = field(default_factory=list)
    sanctions: bytes | None = None


Rng = np.random.Generator
Plant = Callable[[pd.DataFrame, Rng], Planted]


def each(table: pd.DataFrame, rows: np.ndarray) -> Planted:
    return Planted(table, [np.array([row]) for row in rows])


def some(table: pd.DataFrame, mask: pd.Series, k: int, rng: Rng) -> np.ndarray:
    """k rows of those in the mask, in any order."""
    return rng.choice(table.index[mask & (table["valor"] > 0)].to_numpy(), k, replace=False)


def modality(table: pd.DataFrame, word: str) -> pd.Series:
    return table["modalidade"].str.upper().str.contains(word.upper())


def year(table: pd.DataFrame) -> pd.Series:
    return table["data_assinatura"].dt.year


def goods(table: pd.DataFrame) -> pd.Series:
    return table["objeto"].str.startswith("Aquisição")


def calls(table: pd.DataFrame) -> pd.Series:
    return modality(table, "preg") & (year(table) >= 2024) & of_law(table, "14.133")


def of_law(table: pd.DataFrame, number: str) -> pd.Series:
    return table["fundamento_legal"].str.contains(number, regex=False)


def set_amount(table: pd.DataFrame, rows: np.ndarray, value: np.ndarray) -> None:
    """One amount for all money of the rows, without amendments."""
    for name in (name for name in MONEY if name in table):
        table.loc[rows, name] = np.round(value, 2)
    if "valor_estimado" in table:
        table.loc[rows, "valor_estimado"] = np.round(value * 1.06, 2)
    table.loc[rows, "quantidade"], table.loc[rows, "n_aditivos"] = 1.0, 0.0
    table.loc[rows, "valor_aditivos"], table.loc[rows, "data_aditivo"] = 0.0, pd.NaT


def award_directly(table: pd.DataFrame, rows: np.ndarray, value: np.ndarray, basis: str) -> None:
    table.loc[rows, "modalidade"] = "Dispensa de Licitação"
    table.loc[rows, "fundamento_legal"] = basis
    table.loc[rows, "n_propostas"] = 2.0
    table.loc[rows, ["data_publicacao", "data_abertura", "data_encerramento"]] = pd.NaT
    table.loc[rows, "data"] = table.loc[rows, "data_assinatura"]
    set_amount(table, rows, value)


def move(table: pd.DataFrame, rows: np.ndarray, number: int) -> None:
    """Make the rows those of one unit of a body of its own."""
    table.loc[rows, "orgao_id"] = f"{91_000 + number}"
    table.loc[rows, "orgao"] = f"Prefeitura Municipal de Nova Barra {number + 1}"
    table.loc[rows, "unidade_gestora_id"] = f"{191_000 + number}"
    table.loc[rows, "unidade_gestora"] = f"Secretaria Geral {number + 1}"
    table.loc[rows, "municipio"] = f"Nova Barra {number + 1}"


def sign_on(table: pd.DataFrame, rows: np.ndarray, days: np.ndarray) -> None:
    """Shift every date of the rows so that they are signed on these days."""
    shift = pd.Series(pd.to_datetime(days), index=rows) - table.loc[rows, "data_assinatura"]
    for name in (name for name in DATES if name in table):
        table.loc[rows, name] = (table.loc[rows, name] + shift).astype("datetime64[us]")


def limits(table: pd.DataFrame, rows: np.ndarray) -> np.ndarray:
    years = year(table.loc[rows])
    return np.array([catalogue.DIRECT_LIMITS[int(year)][1] for year in years])


def set_supplier(table: pd.DataFrame, rows: np.ndarray, name: str, root: int) -> None:
    table.loc[rows, "fornecedor"] = name
    table.loc[rows, "fornecedor_id"] = catalogue.cnpj(root)


def days_from(first: str, offsets: np.ndarray) -> np.ndarray:
    return catalogue.workday(np.datetime64(first) + np.asarray(offsets).astype("m8[D]"))


def one_per_line(table: pd.DataFrame, free: pd.Series, k: int, rng: Rng) -> np.ndarray:
    """k free rows of different lines of business."""
    shuffled = table[free].sample(frac=1.0, random_state=int(rng.integers(1 << 31)))
    return shuffled.drop_duplicates("categoria").index.to_numpy()[:k]
