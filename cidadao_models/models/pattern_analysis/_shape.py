"""The form of a pattern, how strongly it speaks, and the names a reader sees in it.

Turns computed figures into plain JSON values; finds nothing itself.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models import records as fields
from cidadao_models.findings import NotEvaluated, severity, words
from cidadao_models.flags import _shown, _strength
from cidadao_models.flags._discoveries import adjusted as adjusted

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]
Pattern: TypeAlias = dict[str, object]
Found: TypeAlias = tuple[list[Pattern], list[NotEvaluated]]

FALSE_DISCOVERIES = 0.05
"""Expected share of chance findings among those shown (Benjamini and Hochberg 1995)."""

MAX_ROWS = 1_000
"""Records listed in one pattern of a report; `facts` always hold the whole number."""

SURE = 0.01
"""Adjusted p-value at which the evidence reaches the bar of "medium"."""

CONTEXT = 0.69
"""Highest strength of a pattern that only gives context (below the bar of "medium")."""

MODERATE = 0.84
"""Highest strength of a pattern whose innocent readings are common (below the bar of "high")."""


def pattern(
    *,
    id: str,
    type: str,
    title: str,
    explain: str,
    facts: Mapping[str, object],
    rows: Sequence[Any] | Ints | pd.Index,
    p_value: float | None,
    strength: float,
    innocent: str,
    next_step: str,
) -> Pattern:
    """One entry of `patterns` in the outer contract; `explain` quotes the facts.

    `strength` in [0, 1] gives the severity; `rows` are labels of the records. KeyError when
    `explain` quotes a fact that is not there.
    """
    plain = {name: _plain(value) for name, value in facts.items()}
    return {
        "id": id,
        "type": type,
        "title": title,
        "explanation": words.fill(explain, plain),
        "rows": np.asarray(rows, dtype=np.int64).tolist(),
        "facts": plain,
        "p_value": None if p_value is None else float(p_value),
        "severity": severity(strength),
        "innocent": innocent,
        "next_step": next_step,
    }


def _plain(value: object) -> object:
    """The value as JSON knows it: numpy scalars unpacked, NaN and infinity as None."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return value


def skipped(id: str, title: str, reason: str, *missing: str) -> NotEvaluated:
    """A check that could not be made, with the reason a reader sees."""
    return NotEvaluated(id, title, f"não verificado: {reason}", missing)


def lacking(prepared: pd.DataFrame, *needs: str) -> tuple[str, ...]:
    """Those of the columns that are absent or hold no value at all."""
    return tuple(n for n in needs if n not in prepared or not prepared[n].count())


def missing_fields(id: str, title: str, *names: str) -> NotEvaluated:
    """A check that lacks fields; derived columns are named by what a reader knows."""
    canonical = tuple(_CANONICAL.get(name, name) for name in names)
    labels = ", ".join(_LABELS.get(n) or fields.FIELDS[n].label for n in canonical)
    verb = "falta" if len(canonical) == 1 else "faltam"
    return skipped(id, title, f"{verb} {labels}", *canonical)


_CANONICAL = {"_comprador": "unidade_gestora", "_fornecedor": "fornecedor", "_valor": "valor"}
_LABELS = {"licitacao_id": "identificador da licitação"}


def strength(q: float, multiple: float) -> float:
    """Strength in [0, 1] of an effect `multiple` times the least worth showing, seen at `q`.

    The weaker of the two decides: rare but small, or large but likely, is never strong.
    """
    rarity = float(_strength.from_chance(q, bar=SURE))
    return min(rarity, float(_strength.from_multiple(multiple, bar=1.0)))


def sums(code: Ints, weights: Floats, n: int = 0) -> Floats:
    """Sum of the weights of each code 0, 1, …; at least `n` of them."""
    return np.bincount(code, weights=weights, minlength=n).astype(np.float64)


def codes(values: pd.Series) -> tuple[Ints, list[str]]:
    """int64 codes (-1 missing) of a text column and its distinct texts, sorted."""
    found, names = pd.factorize(values, sort=True)
    return found.astype(np.int64), [str(name) for name in names]


NOT_TOLD = "não informado"


def supplier_name(prepared: pd.DataFrame, positions: Ints) -> str:
    """How a reader knows the supplier of these records: its name, else its masked document."""
    return _shown.supplier(prepared, positions, NOT_TOLD)


def buyer_name(prepared: pd.DataFrame, positions: Ints) -> str:
    """How a reader knows the buyer of these records: unit or body by name, else its code."""
    return _shown.buyer(prepared, positions, NOT_TOLD)


def amounts(prepared: pd.DataFrame) -> Floats:
    """Amount of each record in R$, negative for an estorno; NaN where unknown or not finite."""
    name = "valor" if "valor" in prepared else "_valor"
    if name not in prepared:
        return np.full(len(prepared), np.nan)
    values = pd.to_numeric(prepared[name], errors="coerce").to_numpy(np.float64, na_value=np.nan)
    return np.where(np.isfinite(values), values, np.nan)
