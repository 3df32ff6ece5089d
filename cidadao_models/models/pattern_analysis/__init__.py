"""Patterns over many records: what no single record shows by itself. Scores no single contract.

Light to import: what does the work is loaded on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cidadao_models.models.pattern_analysis.analyzer import PatternAnalyzer, PatternReport

__all__ = ["PatternAnalyzer", "PatternReport"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from cidadao_models.models.pattern_analysis import analyzer

        return getattr(analyzer, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
