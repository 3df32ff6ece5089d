"""What in a spending series is calendar, what is not, and what cannot be told. Accuses nobody.

Light to import: what does the work is loaded on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cidadao_models.models.spectral_analysis.analyzer import SpectralAnalyzer
    from cidadao_models.models.spectral_analysis.contracts import choices, from_records
    from cidadao_models.models.spectral_analysis.report import CoherenceReport, SpectralReport

__all__ = ["CoherenceReport", "SpectralAnalyzer", "SpectralReport", "choices", "from_records"]


def __getattr__(name: str) -> Any:
    if name == "SpectralAnalyzer":
        from cidadao_models.models.spectral_analysis import analyzer

        return analyzer.SpectralAnalyzer
    if name in ("choices", "from_records"):
        from cidadao_models.models.spectral_analysis import contracts

        return getattr(contracts, name)
    if name in __all__:
        from cidadao_models.models.spectral_analysis import report

        return getattr(report, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
