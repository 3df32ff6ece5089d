"""A direct award without a legal basis in a file whose other direct awards give theirs.

Looks at what was published: the process itself may well state it, so this only gives context.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.flags import Hit, _direct, _strength, flag
from cidadao_models.flags._peers import codes_of

MIN_COMPARABLE = 20
"""Fewest direct awards of a kind from which a file shows that it publishes legal bases."""

MAX_MISSING = 0.3
"""Share of them without one from which the file simply does not fill the column."""

_PLACEHOLDER = re.compile(
    r"(?i)^[\s\W_0x]*$|^(?:n[aã]o (?:se aplica|informad[oa]|aplic[aá]vel|h[aá]|consta|possui)"
    r"|sem (?:informa[cç][aã]o|fundamento.*|registro)|n/?[ad]|s/?[ni]|nenhum[a]?|nulo|null|outros?"
    r"|a definir|n[aã]o|-+)\.?$"
)
_CITED = r"(?i)\bart(?:igo)?s?\b[\s.]*(?:24|25|29|30|74|75)\b|14\.?133|8\.?666|13\.?303|13\.?979"
"""A legal basis given in another column."""

_KINDS = {"dispensa": ("Dispensa", "dispensas"),
          "inexigibilidade": ("Inexigibilidade", "inexigibilidades")}  # fmt: skip


def _unchecked(contracts: pd.DataFrame) -> str:
    """Files with few direct awards, or whose direct awards mostly give no basis."""
    counts = [(len(rows), int(blank.sum())) for _, rows, blank in _direct_awards(contracts)]
    if not counts or any(_filled(n, missing) for n, missing in counts):
        return ""
    if max(n for n, _ in counts) < MIN_COMPARABLE:
        return f"há menos de {MIN_COMPARABLE} dispensas ou inexigibilidades para comparar"
    return "o fundamento falta em boa parte das contratações diretas do arquivo"


@flag(
    id="dispensa_sem_fundamento",
    title="Contratação direta sem fundamento legal publicado",
    legal_basis="Lei 14.133/2021, arts. 72 e 94 (Lei 8.666/1993, art. 26)",
    needs=("modalidade", "fundamento_legal"),
    explain="{tipo} sem fundamento legal no registro; {com} das {n} {plural} do arquivo (mesmo"
    " arquivo, mesma modalidade) dizem o seu.",
    innocent="o fundamento estiver no processo e só faltar nesta publicação.",
    next_step="peça o ato que autorizou a contratação direta, com o artigo e a justificativa.",
    method="Procura dispensas e inexigibilidades com o fundamento vazio ou de preenchimento, quando"
    " mais de sete em cada dez do mesmo arquivo dizem o seu. Fundamento citado na modalidade ou no"
    " objeto conta. Sozinho, é só contexto.",
    example={"tipo": "Dispensa", "com": 412, "n": 415, "plural": "dispensas"},
    context=True,
    unless=_unchecked,
)
def check(contracts: pd.DataFrame) -> Iterator[Hit]:
    """One hit for all records of a kind, heavier the rarer they are."""
    for kind, rows, blank in _direct_awards(contracts):
        n, missing = len(rows), int(blank.sum())
        if not missing or not _filled(n, missing):
            continue
        named = rows[blank]
        named = named[~_direct.mentions(contracts, named, _CITED)]
        if not len(named):
            continue
        singular, plural = _KINDS[kind]
        facts: dict[str, object] = {
            "tipo": singular, "com": n - missing, "n": n, "plural": plural,
        }  # fmt: skip
        weight = _strength.CONTEXT * (1 - missing / n / MAX_MISSING)
        yield Hit(contracts.index[named].tolist(), facts, float(weight))


def _filled(n: int, missing: int) -> bool:
    return n >= MIN_COMPARABLE and missing < MAX_MISSING * n


def _direct_awards(
    contracts: pd.DataFrame,
) -> Iterator[tuple[str, npt.NDArray[np.int64], npt.NDArray[np.bool_]]]:
    """Kind, positions and whether the basis is blank, of the direct awards of each kind."""
    classes = codes_of(contracts, "_modalidade")
    basis = codes_of(contracts, "fundamento_legal")
    blank = _direct.per_text(basis, lambda text: bool(_PLACEHOLDER.match(text)), 1) == 1
    elsewhere = _direct.ground_in_modality(contracts)
    for kind in _KINDS:
        if kind in classes.texts:
            rows = np.flatnonzero((classes.codes == classes.texts.index(kind)) & ~elsewhere)
            if len(rows):
                yield kind, rows, blank[rows]
