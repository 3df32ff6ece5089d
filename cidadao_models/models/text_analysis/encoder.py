"""The text encoder of the weights in use, loaded once, or the reason why there is none.

Imports torch on first use only. Reads no text.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from cidadao_models.errors import WeightsUnavailable
from cidadao_models.models.core import weights
from cidadao_models.models.core.weights import WeightSet

if TYPE_CHECKING:
    from cidadao_models.models.core.text_model import TextModel

FOLDER = "text/"
CONFIG = "text/config.json"

PATTERNS = "padroes"
"""Name of a reading by rules alone, as in the outer contract."""


@dataclass(frozen=True, slots=True)
class Encoder:
    """`model` is None when there is none, and then `reason` says why, in Portuguese."""

    model: TextModel | None
    reason: str = ""

    @property
    def backend(self) -> str:
        """What an answer says of who read the text."""
        return PATTERNS if self.model is None else f"{PATTERNS}+modelo"


def encoder() -> Encoder:
    """The encoder of the weights in use at this moment."""
    try:
        found = weights.active()
    except WeightsUnavailable as error:
        return Encoder(None, error.message)
    return _encoder_of(found)


@lru_cache(maxsize=1)
def _encoder_of(found: WeightSet) -> Encoder:
    if not found.has(CONFIG):
        return Encoder(None, "os pesos em uso não trazem o modelo de texto")
    if any(importlib.util.find_spec(name) is None for name in ("torch", "transformers")):
        return Encoder(None, "as bibliotecas do modelo de texto não estão instaladas")
    try:
        return Encoder(_loaded(found))
    except WeightsUnavailable as error:
        return Encoder(None, error.message)


def _loaded(found: WeightSet) -> TextModel:
    from cidadao_models.models.core.text_model import TextModel

    for name in found.listing.files:
        if name.startswith(FOLDER):
            found.path(name)
    return TextModel.load(found.path(CONFIG).parent)
