"""The transformer for Portuguese contract text: its shape, its use on one text, its pipeline.

Light to import: torch and transformers are loaded on first use. Knows no law and no page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cidadao_models.models.core.text_model.network import CidadaoTextConfig, CidadaoTextModel
    from cidadao_models.models.core.text_model.pipeline import ActPipeline
    from cidadao_models.models.core.text_model.reader import TextModel, TextReading, check_folder

_HOMES = {
    "CidadaoTextConfig": "network",
    "CidadaoTextModel": "network",
    "ActPipeline": "pipeline",
    "TextModel": "reader",
    "TextReading": "reader",
    "check_folder": "reader",
}

__all__ = [
    "ActPipeline",
    "CidadaoTextConfig",
    "CidadaoTextModel",
    "TextModel",
    "TextReading",
    "check_folder",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
