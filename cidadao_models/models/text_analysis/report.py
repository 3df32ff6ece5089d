"""What the analysis of one text answers, as values. Computes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from cidadao_models.findings import NotEvaluated
from cidadao_models.models.text_analysis.entities import Entity, in_order
from cidadao_models.records import mask_cpf

Presence = Literal["found", "missing", "not_applicable"]


@dataclass(frozen=True, slots=True)
class Item:
    """One required clause or element: whether the text has it and where."""

    id: str
    title: str
    status: Presence
    legal_basis: str
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Signal:
    """Words of the text that deserve a question. `weight` in [0, 1] is what it adds to the score;
    `start` and `end` are None when the fact is in no one place.
    """

    id: str
    title: str
    explanation: str
    legal_basis: str
    innocent: str
    next_step: str
    severity: str
    start: int | None
    end: int | None
    weight: float = 0.0
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Citation:
    """A norm close to a passage of the text."""

    source: str
    article: str
    text: str


@dataclass(frozen=True, slots=True)
class TextReport:
    """The JSON of `/v1/analyze-text`, as values. `score` is None when nothing could be judged."""

    text: str
    score: float | None
    risk_level: str | None
    explanation: str
    act_type: str
    act_score: float
    entities: Sequence[Entity]
    checklist: Sequence[Item]
    signals: Sequence[Signal]
    novelty: float | None
    citations: Sequence[Citation]
    backend: str
    not_evaluated: Sequence[NotEvaluated] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    model_version: str = ""
    weights: dict[str, str] = field(default_factory=dict)

    @property
    def anomaly_score(self) -> float | None:
        """The same as `score`, by the name it has in the JSON."""
        return self.score

    def highlights(self) -> list[dict[str, Any]]:
        """What to mark in the text: facts, then signals, by place."""
        marks = [
            {"start": e.start, "end": e.end, "label": e.label, "text": mask_cpf(e.text)}
            for e in in_order(self.entities)
        ]
        marks += [
            {"start": s.start, "end": s.end, "label": s.id, "text": self._words(s.start, s.end)}
            for s in self.signals
            if s.start is not None and s.end is not None
        ]
        return sorted(marks, key=lambda mark: (mark["start"], mark["end"], mark["label"]))

    def _words(self, start: int, end: int) -> str:
        return mask_cpf(self.text[start:end])

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types, no NaN."""
        return {
            "anomaly_score": None if self.score is None else round(self.score, 4),
            "risk_level": self.risk_level,
            "explanation": self.explanation,
            "facts": {
                "act_type": {"label": self.act_type, "score": round(self.act_score, 4)},
                "entities": [entity.to_dict() for entity in in_order(self.entities)],
                **self.facts,
            },
            "checklist": [asdict(item) for item in self.checklist],
            "signals": [asdict(signal) for signal in self.signals],
            "highlights": self.highlights(),
            "novelty": None if self.novelty is None else round(self.novelty, 1),
            "citations": [asdict(citation) for citation in self.citations],
            "not_evaluated": [check.to_dict() for check in self.not_evaluated],
            "backend": self.backend,
            "model_version": self.model_version,
            "weights": self.weights,
        }
