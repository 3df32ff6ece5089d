"""Where and in what line of business each tender was: firms of one sector meet without any accord.

Reads places and lines as published, or tells the line from the description; knows no firm's trade.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.flags import _objects
from cidadao_models.flags._peers import Encoded, codes_of, recode

Ints = npt.NDArray[np.int64]

PLACES = (
    "municipio", "unidade_gestora_id", "unidade_gestora", "orgao_id", "orgao", "_comprador", "uf",
)  # fmt: skip
LINES = ("categoria", "_grupo_nome", "objeto")
"""Where the place of a tender and its line of business may stand, the best first."""

LEAST_TENDERS = 6
"""Tenders of one place and line that tell who bids there; fewer are judged with all of the line,
then with all of the place, then with the rest of the file."""


def sectors(table: pd.DataFrame, tender: Ints, row: Ints) -> Ints | None:
    """Sector of each tender code; None where the table tells neither places nor lines.

    `tender`, `row`: for each participation the code of its tender and its position in the table.
    """
    place, line = _told(table, PLACES), _told(table, LINES)
    if place is None and line is None:
        return None
    codes, first = np.unique(tender, return_index=True)
    at = row[first]
    unknown = np.full(len(codes), -1, dtype=np.int64)
    where = unknown if place is None else place.codes[at]
    what = unknown if line is None else line.codes[at]
    answer = np.zeros(int(tender.max(initial=-1)) + 1, dtype=np.int64)
    answer[codes] = _pooled(where, what)
    return answer


def _told(table: pd.DataFrame, names: tuple[str, ...]) -> Encoded | None:
    """The first of the columns that has two values or more; descriptions by what they name."""
    for name in names:
        if name in table:
            encoded = codes_of(table, name)
            if name == "objeto":
                keys = [head for _, head, _ in _objects.object_keys(encoded.texts)]
                encoded = recode(keys, encoded.codes)
            if len(encoded.texts) > 1:
                return encoded
    return None


def _pooled(place: Ints, line: Ints) -> Ints:
    """Place and line where enough tenders share both, else the line, the place, or 0."""
    answer = np.zeros(len(place), dtype=np.int64)
    width = int(line.max(initial=0)) + 1
    both = np.where((place >= 0) & (line >= 0), place * width + line, -1)
    for code in (both, line, place):
        open_ = np.flatnonzero((answer == 0) & (code >= 0))
        if len(open_):
            _, at, size = np.unique(code[open_], return_inverse=True, return_counts=True)
            answer[open_] = np.where(size[at] >= LEAST_TENDERS, answer.max() + 1 + at, 0)
    return answer
