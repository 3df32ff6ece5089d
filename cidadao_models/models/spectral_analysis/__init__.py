"""What in a spending series is calendar, what is not, and what cannot be told. Accuses nobody.

Light to import: what does the work is loaded on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cidadao_models.models.series_of_file import from_records
    from cidadao_models.models.spectral_analysis.analyzer import SpectralAnalyzer
    from cidadao_models.models.spectral_analysis.report import CoherenceReport, SpectralReport

__all__ = ["CoherenceReport", "SpectralAnalyzer", "SpectralReport", "from_records"]


def __getattr__(name: str) -> Any:
    if name == "SpectralAnalyzer":
        from cidadao_models.models.spectral_analysis import analyzer

        return analyzer.SpectralAnalyzer
    if name == "from_records":
        from cidadao_models.models import series_of_file

        return series_of_file.from_records
    if name in __all__:
        from cidadao_models.models.spectral_analysis import report

        return getattr(report, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
