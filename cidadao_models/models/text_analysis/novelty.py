"""How unusual the wording of a text is among acts of its kind, as a percentile of held-out ones.

Reads word pairs, digits left out; says nothing of whether the unusual is wrong. Trains nothing:
the file comes from `training/novelty.py`.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

FILE = "novelty.npz"

BUCKETS = 1 << 17
"""Places that word pairs are hashed into: pairs that share one are taken for the same."""

MIN_PAIRS = 20
"""Word pairs below which a text has too little wording to compare."""

LENGTHS = (60, 150, 400)
"""Word pairs at which texts count as longer: a short text's mean rarity varies more."""

PERCENTS = 101

_WORD = re.compile(r"[a-z]+|\d[\d.,/-]*")


def pairs(view: str) -> npt.NDArray[np.int64]:
    """The distinct hashed word pairs of a plain view; every number counts as the same word."""
    words = ["0" if word[0].isdigit() else word for word in _WORD.findall(view)]
    joined = {f"{a} {b}" for a, b in pairwise(words)}
    return np.unique([zlib.crc32(pair.encode()) % BUCKETS for pair in joined] or []).astype(int)


@dataclass(frozen=True, slots=True)
class Novelty:
    """For each kind of act the rarity of each bucket and the quantiles of held-out texts.

    `rarity` (acts, BUCKETS) uint8, in steps of `step` (acts,); `quantiles` (acts, lengths, 101).
    """

    acts: tuple[str, ...]
    rarity: npt.NDArray[np.uint8]
    step: npt.NDArray[np.float32]
    quantiles: npt.NDArray[np.float32]

    def score(self, view: str, act_type: str) -> float | None:
        """Mean rarity of the text's word pairs; None for an unknown act or too few pairs."""
        found = pairs(view)
        if act_type not in self.acts or len(found) < MIN_PAIRS:
            return None
        row = self.acts.index(act_type)
        return float(self.rarity[row, found].mean() * self.step[row])

    def percentile(self, view: str, act_type: str) -> tuple[float | None, str]:
        """Share (0 to 100) of held-out acts whose wording is less unusual, or None and why."""
        if act_type not in self.acts:
            return None, "não há textos suficientes deste tipo de ato para comparar"
        value = self.score(view, act_type)
        if value is None:
            return None, "o texto é curto demais para comparar a redação"
        known = self.quantiles[self.acts.index(act_type), length_of(len(pairs(view)))]
        below = np.searchsorted(known, value, side="left")
        return float(100 * below / PERCENTS), ""

    def save(self, folder: Path) -> Path:
        """Write the file; arrays and plain text only."""
        path = folder / FILE
        np.savez_compressed(
            path,
            acts=np.array(self.acts, dtype=np.str_),
            rarity=self.rarity,
            step=self.step,
            quantiles=self.quantiles,
        )
        return path


def length_of(n: int) -> int:
    """Position of a text of `n` word pairs among the lengths."""
    return int(np.searchsorted(LENGTHS, n, side="right"))


def load(folder: Path) -> tuple[Novelty | None, str]:
    """The model of a folder, or None and the reason, in Portuguese, why there is none."""
    try:
        with np.load(folder / FILE, allow_pickle=False) as stored:
            found = Novelty(
                tuple(map(str, stored["acts"])),
                stored["rarity"],
                stored["step"],
                stored["quantiles"],
            )
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
        return None, "o modelo de novidade da redação não está instalado ou não pôde ser lido"
    n = len(found.acts)
    expected = ((n, BUCKETS), (n,), (n, len(LENGTHS) + 1, PERCENTS))
    if (found.rarity.shape, found.step.shape, found.quantiles.shape) != expected:
        return None, "o modelo de novidade da redação tem outro formato"
    return found, ""
