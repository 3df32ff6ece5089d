"""What a text is compared with: how common its wording is, and the norms close to it.

Both need files of the weights in use; without them the answer says so. Finds no signal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cidadao_models.errors import WeightsUnavailable
from cidadao_models.findings import NotEvaluated
from cidadao_models.models.core import weights
from cidadao_models.models.core.weights import WeightSet
from cidadao_models.models.text_analysis import citations, novelty
from cidadao_models.models.text_analysis.citations import Norms
from cidadao_models.models.text_analysis.clauses import ClauseHit
from cidadao_models.models.text_analysis.folding import Folded
from cidadao_models.models.text_analysis.novelty import Novelty
from cidadao_models.models.text_analysis.report import Citation, Signal

FOLDER = "text/"


@dataclass(frozen=True, slots=True)
class References:
    """What the weights in use bring to compare with; each None with the reason why."""

    novelty: Novelty | None
    no_novelty: str
    norms: Norms | None
    no_norms: str


@dataclass(frozen=True, slots=True)
class Compared:
    """Percentile of the wording's novelty, or None; citations; what could not be looked up."""

    novelty: float | None
    citations: list[Citation]
    not_evaluated: list[NotEvaluated]


def compared(
    folded: Folded, act_type: str, signals: Sequence[Signal], hits: Sequence[ClauseHit]
) -> Compared:
    """Novelty and citations of a text by the weights in use."""
    known = references()
    unseen: list[NotEvaluated] = []
    percentile, why = None, known.no_novelty
    if known.novelty is not None:
        percentile, why = known.novelty.percentile(folded.text, act_type)
    if percentile is None:
        unseen.append(_unseen("novidade", "Novidade da redação", why))
    if known.norms is None:
        unseen.append(_unseen("citacoes", "Normas próximas", known.no_norms))
        return Compared(percentile, [], unseen)
    return Compared(percentile, citations.citations(known.norms, folded, signals, hits), unseen)


def _unseen(id: str, title: str, why: str) -> NotEvaluated:
    return NotEvaluated(id, title, f"não verificado: {why}")


def references() -> References:
    """Those of the weights in use at this moment."""
    try:
        return _references_of(weights.active())
    except WeightsUnavailable as error:
        return References(None, error.message, None, error.message)


@lru_cache(maxsize=1)
def _references_of(found: WeightSet) -> References:
    measure, no_measure = novelty.load(_folder(found, novelty.FILE))
    norms, no_norms = citations.load(_folder(found, citations.FILE))
    return References(measure, no_measure, norms, no_norms)


def _folder(found: WeightSet, name: str) -> Path:
    """Where the file is, verified; a folder without it when the set doesn't list it."""
    listed = FOLDER + name
    return found.path(listed).parent if found.has(listed) else found.folder
