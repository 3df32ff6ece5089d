"""The page, in Gradio. Light to import: what builds it is loaded on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cidadao_models.ui.page import build_page, launch_options

__all__ = ["build_page", "launch_options"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from cidadao_models.ui import page

        return getattr(page, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
