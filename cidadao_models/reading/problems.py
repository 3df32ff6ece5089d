"""What was wrong in a readable file, cell by cell and column by column, for its reader.

Counts everything and quotes the first cells, CPFs masked. Raises nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from cidadao_models.findings.words import money, number
from cidadao_models.reading.headers import money_unit
from cidadao_models.records import FIELDS, mask_cpf

if TYPE_CHECKING:
    from cidadao_models.reading.choosing import Choice

ISSUE_EXAMPLES = 5
"""Rows told one by one for each kind of problem in one column; the rest are counted."""

MAX_EXAMPLE_LENGTH = 60
"""Characters of a cell quoted in an issue."""

_PROBLEMS = {
    "money": ("valor_ilegivel", "não é um valor em dinheiro legível"),
    "number": ("numero_ilegivel", "não é um número legível"),
    "date": ("data_ilegivel", "não é uma data legível"),
}


def report(choice: Choice, unmapped: Sequence[str]) -> None:
    """Add what the chosen columns and the unexplained ones have wrong to the choice's issues."""
    _report_values(choice)
    _report_units(choice)
    _report_bounds(choice)
    _report_columns(choice, unmapped)


def report_cells(
    choice: Choice, type_: str, column: str, positions: npt.NDArray[np.intp], message: str
) -> None:
    """Count a problem of some cells of one column and quote the first ones."""
    shown = positions[:ISSUE_EXAMPLES]
    cells = choice.table[column].take(pa.array(shown)).to_pylist()
    for position, cell in zip(shown, cells, strict=True):
        quoted = mask_cpf(str(cell))[:MAX_EXAMPLE_LENGTH]
        row = int(choice.rows[position])
        choice.issues.add(type_, f"“{quoted}” {message}.", row=row, column=column)
    rest = len(positions) - len(shown)
    if rest > 0:
        choice.issues.counts[type_] += rest


def _report_values(choice: Choice) -> None:
    told: set[str] = set()
    for name, cleaned in choice.chosen.items():
        kind, column = FIELDS[name].kind, choice.mapping[name]["column"]
        if column in told or kind not in _PROBLEMS:
            continue
        told.add(column)
        report_cells(choice, _PROBLEMS[kind][0], column, cleaned.unreadable, _PROBLEMS[kind][1])
        report_cells(choice, "data_impossivel", column, cleaned.impossible, "é uma data impossível")
        report_cells(
            choice,
            "data_improvavel",
            column,
            cleaned.improbable,
            "está muito longe das outras datas",
        )


def _report_units(choice: Choice) -> None:
    columns = {
        choice.mapping[name]["column"] for name in choice.chosen if FIELDS[name].kind == "money"
    }
    for column in sorted(columns):
        unit = money_unit(column)
        if unit != 1:
            choice.issues.add(
                "valor_em_outra_unidade",
                f"O título diz que os valores não estão em reais: foram multiplicados por "
                f"{number(unit)}. Confira antes de citar.",
                column=column,
            )


def _report_bounds(choice: Choice) -> None:
    for name, bounds in (choice.layout.limits if choice.layout else {}).items():
        if name not in choice.chosen:
            continue
        amounts = np.asarray(choice.chosen[name].values, dtype=float)
        with np.errstate(invalid="ignore"):
            out = np.flatnonzero((amounts < bounds.floor) | (amounts > bounds.ceiling))
        report_cells(
            choice,
            "valor_fora_do_esperado",
            choice.mapping[name]["column"],
            out,
            f"está fora do que esta fonte costuma trazer (até {money(bounds.ceiling)})",
        )


def _report_columns(choice: Choice, unmapped: Sequence[str]) -> None:
    if "valor" not in choice.chosen:
        choice.issues.add(
            "sem_coluna_de_valor",
            "Nenhuma coluna de valor foi reconhecida; indique qual é para comparar preços.",
        )
    for name, column in choice.doubts:
        if column in unmapped:
            choice.issues.add(
                "coluna_em_duvida",
                f"O título parece {FIELDS[name].label}, mas os valores não são.",
                column=column,
            )
    for column in unmapped:
        choice.issues.add(
            "campo_desconhecido", "Coluna não usada na análise.", column=mask_cpf(column)
        )
