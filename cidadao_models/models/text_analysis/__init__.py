"""What a contract text or official act is, says, lacks, and what in it deserves a question.

Accuses nobody. Light to import: what does the work is loaded on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cidadao_models.models.text_analysis.analyzer import TextAnalyzer
    from cidadao_models.models.text_analysis.report import TextReport

__all__ = ["TextAnalyzer", "TextReport"]


def __getattr__(name: str) -> Any:
    if name == "TextAnalyzer":
        from cidadao_models.models.text_analysis import analyzer

        return analyzer.TextAnalyzer
    if name == "TextReport":
        from cidadao_models.models.text_analysis import report

        return report.TextReport
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
