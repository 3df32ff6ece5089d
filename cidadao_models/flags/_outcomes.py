"""What a source says of a bid: it won, it lost, it was disqualified, or nothing.

Reads words, ranks and codes of the columns `vencedor` and `situacao_proposta`; decides no winner.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models import records as fields

WON, LOST, OUT, UNTOLD = 1, 0, -1, -2
"""Outcomes: winner; in the running but not the winner; disqualified; not said."""

_YES = frozenset("sim s true verdadeiro v yes y x vencedor vencedora ganhador ganhadora".split())
_NO = frozenset("nao n false falso f no".split())
_RANK = re.compile(r"^0*(\d{1,4})(?:[.,]0+)?\s*(?:[oa]\b)?\s*(?:lugar|coloc\w*|classif\w*)?$")
_OUT = re.compile(
    r"desclass|inabilit|inexequ|recusad|rejeitad|reprovad|eliminad|excluid|impedid"
    r"|(?:nao|in)\s*-?(?:aceit|habilit|classific)"
)
_LOST = re.compile(r"nao\s+(?:venc|adjudic|homolog|contrat)|perdedor|derrotad|segund|terceir")
_WON = re.compile(
    r"vencedor|venceu|ganhador|adjudic|homologad|contratad|arrematant|primeir[oa]\s+(?:coloc|lugar)"
    r"|aceit[oa] e habilitad|^1\s*[oa]?\s+(?:coloc|lugar|classif)"
)
_RUNNING = re.compile(r"classific|habilit|aceit|valid|particip|^[ch]$")
_NO_BID = re.compile(r"nao (?:cotado|cotou|apresent|particip)|sem proposta|desist|retirad|declin")


@lru_cache(maxsize=4096)
def outcome(text: str, *, flag: bool) -> int:
    """What one cell says; `flag`: the column says who won, so that a rank or "não" tells too."""
    plain = unicodedata.normalize("NFKD", text.replace("º", "o").replace("ª", "a"))
    plain = plain.replace("°", "o").encode("ascii", "ignore").decode().strip().lower()
    rank = _RANK.match(plain)
    if rank is not None:
        place = int(rank.group(1))
        return WON if place == 1 else LOST if flag or place == 2 else UNTOLD
    if _NO_BID.search(plain):
        return UNTOLD
    if _OUT.search(plain) or plain in ("d", "i"):
        return OUT
    if plain in _YES:
        return WON
    if _LOST.search(plain) or plain in _NO:
        return LOST
    if _WON.search(plain):
        return WON
    return LOST if _RUNNING.search(plain) else UNTOLD


def outcomes(bids: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Outcome of each bid by `vencedor` and `situacao_proposta`, where there are such columns.

    A disqualification outweighs the rank; else the column that says who won comes first.
    """
    won = _column(bids.get("vencedor"), len(bids), flag=True)
    state = _column(bids.get("situacao_proposta"), len(bids), flag=False)
    told = np.where(won == UNTOLD, state, won)
    told = np.where((told == LOST) & (state == WON) & ~(won == WON).any(), WON, told)
    return np.where((state == OUT) & (won != WON), OUT, told)


def _column(column: pd.Series | None, n: int, *, flag: bool) -> npt.NDArray[np.int64]:
    if column is None:
        return np.full(n, UNTOLD, dtype=np.int64)
    encoded = fields.as_text(column).dictionary_encode()
    told = [outcome(text, flag=flag) for text in encoded.dictionary.to_pylist()]
    codes = encoded.indices.fill_null(len(told)).to_numpy(zero_copy_only=False)
    return np.array([*told, UNTOLD], dtype=np.int64)[codes]
