"""What the service says about itself: health, weights in use and the Space it runs in.

Answers come from memory, so that `/health` never waits for an analysis. Does not load models.
"""

from __future__ import annotations

import os
from dataclasses import asdict

from cidadao_models import __version__
from cidadao_models.inference.settings import Settings
from cidadao_models.models.core.weights import Status

MODELS = ("anomaly_detection", "pattern_analysis", "spectral_analysis", "text_analysis")
"""Names of the models this version serves (`models_available` of the outer contract)."""


def health(settings: Settings, weights: Status) -> dict[str, object]:
    """The JSON of `GET /health`."""
    shown = asdict(weights)
    loaded = bool(shown.pop("loaded"))
    return {
        "status": "healthy" if loaded else "degraded",
        "models_loaded": loaded,
        "message": "Serviço no ar." if loaded else weights.message,
        "version": __version__,
        "weights": shown,
        "limits": settings.to_dict(),
    }


def spaces_info() -> dict[str, object]:
    """The JSON of `GET /spaces-info`; null where the service does not run in a Space."""
    space = os.environ.get("SPACE_ID") or None
    author = os.environ.get("SPACE_AUTHOR_NAME") or (space.split("/")[0] if space else None)
    return {
        "space_id": space,
        "space_author": author,
        "platform": "Hugging Face Spaces" if space else "local",
        "models_available": list(MODELS),
    }
