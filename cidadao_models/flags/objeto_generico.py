"""A description from which nobody can tell what was bought.

Counts words that tell something; it does not understand them, and one telling word is enough.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.compute as pc

from cidadao_models.flags import Hit, _objects, _strength, _telling, flag
from cidadao_models.flags._peers import codes_of
from cidadao_models.flags._shared import shared
from cidadao_models.records import as_text, mask_cpf

Bools = npt.NDArray[np.bool_]

CATEGORY_LENGTH, CATEGORY_SHARE, MIN_ROWS = 24, 0.5, 10
"""A column of at least 10 records in which half have at most 24 characters holds categories."""

MAX_SHARE = 0.2
"""Share of generic descriptions from which the column simply doesn't describe purchases."""

SHOWN = 100
"""Characters of the description that are quoted."""


@flag(
    id="objeto_generico",
    title="Descrição genérica do objeto",
    legal_basis="Lei 14.133/2021, art. 6º, XXIII, “a”, art. 18, § 1º, e art. 40, § 1º, I; Súmula"
    " TCU 177 (definição precisa do objeto)",
    needs=("objeto",),
    explain="A descrição “{trecho}” tem {contagem} diz o que foi comprado.",
    innocent="o detalhe estiver no edital, na nota ou em outro campo que o portal não publica.",
    next_step="peça o termo de referência e a relação de itens.",
    method="Tira do texto as palavras de praxe (contratação, materiais, diversos), a finalidade, o"
    " órgão e as remissões a outros documentos; se não sobra palavra que diga o que é, aparece."
    " Registros com categoria ou código de item que o digam e colunas de categorias curtas ficam de"
    " fora. Só dá contexto.",
    example={
        "trecho": "Aquisição de materiais diversos para atender a secretaria",
        "n": 8,
        "contagem": "8 palavras e nenhuma",
    },
    context=True,
    unless=lambda prepared: _says_nothing(prepared),
)
def check(contracts: pd.DataFrame) -> Iterator[Hit]:
    """One hit for each distinct generic description, with all its records."""
    rows, words = _generic(contracts)
    if not len(rows):
        return
    kept = ~_told_elsewhere(contracts)[rows]
    labels = contracts.index.to_numpy()
    by_text: dict[str, tuple[int, list[int]]] = {}
    for row, n in zip(rows[kept].tolist(), words[kept].tolist(), strict=True):
        text = " ".join(str(contracts["objeto"].iloc[row]).split())
        by_text.setdefault(text, (n, []))[1].append(int(labels[row]))
    for text, (n, named) in by_text.items():
        shown = mask_cpf(text)
        facts: dict[str, object] = {
            "trecho": shown if len(shown) <= SHOWN else shown[: SHOWN - 1].rstrip() + "…",
            "n": n,
            "contagem": f"{n} palavras e nenhuma" if n > 1 else "uma só palavra, que não",
        }
        # a longer text had more room to say what it is
        yield Hit(named, facts, _strength.CONTEXT * (1 - 0.5 ** (n / 2)))


@shared
def _generic(contracts: pd.DataFrame) -> tuple[_telling.Ints, _telling.Ints]:
    """(rows, words) of purchases whose description tells nothing."""
    rows, words = _telling.generic(as_text(contracts["objeto"]))
    bought = contracts["_compra"].to_numpy()[rows]
    return rows[bought], words[bought]


def _says_nothing(contracts: pd.DataFrame) -> str:
    length = pc.utf8_length(as_text(contracts["objeto"])).to_numpy(zero_copy_only=False)
    seen = length[contracts["_compra"].to_numpy() & (np.nan_to_num(length) > 0)]
    if len(seen) < MIN_ROWS:
        return ""
    if float((seen <= CATEGORY_LENGTH).mean()) >= CATEGORY_SHARE:
        return "o campo traz categorias curtas, não descrições"
    if len(_generic(contracts)[0]) > MAX_SHARE * len(seen):
        return "o campo não descreve as compras neste arquivo"
    return ""


def _told_elsewhere(contracts: pd.DataFrame) -> Bools:
    """Records whose category or item code tells what the description does not."""
    n = len(contracts)
    told = np.zeros(n, dtype=bool)
    if "item_codigo" in contracts:
        told |= contracts["item_codigo"].notna().to_numpy()
    if "categoria" in contracts:
        encoded = codes_of(contracts, "categoria")
        tells = [_telling.tells(text) for text in _objects.fold(encoded.texts)]
        told |= np.array([*tells, False], dtype=bool)[encoded.codes]
    return told
