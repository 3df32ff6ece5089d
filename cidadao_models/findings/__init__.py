"""What every analysis produces: findings with reasons, checks not made, problems in the data.

Plain values without numpy or pandas, so that a thin client can import them; the exports
(`tables`, `html`) load what they need when they are called. Decides nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cidadao_models import __version__
from cidadao_models.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from cidadao_models.findings.views import Views

SEVERITY_BANDS = ((0.95, "critical"), (0.85, "high"), (0.7, "medium"))
"""Lowest score of each severity (outer contract); below all of them a finding is "low"."""

SEVERITY_LABELS = {
    "critical": "sinal muito forte",
    "high": "sinal forte",
    "medium": "sinal moderado",
    "low": "sinal fraco",
}


def check_threshold(value: object) -> float:
    """`value` as a lowest score shown, in [0, 1]; raises InputError for anything else."""
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    if not 0 <= number <= 1:
        raise InputError(
            "O valor de 'threshold' precisa ser um número entre 0 e 1.",
            hint="Use, por exemplo, 0.7, o valor que vale quando 'threshold' não é enviado.",
            details={"field": "threshold"},
        )
    return float(number)


def severity(score: float) -> str:
    """Word of the contract for a score in [0, 1]: low, medium, high or critical."""
    return next((word for floor, word in SEVERITY_BANDS if score >= floor), "low")


@dataclass(frozen=True, slots=True)
class Reason:
    """One observable fact about a record: with its numbers, norm, innocent reading, next step.

    `weight` in [0, 1] is the strength of this fact alone; `facts` are the plain numbers that
    `explanation` quotes.
    """

    id: str
    title: str
    explanation: str
    legal_basis: str
    innocent: str
    next_step: str
    facts: Mapping[str, object]
    weight: float

    def to_dict(self) -> dict[str, object]:
        """The reason as plain JSON values."""
        return {
            "id": self.id,
            "title": self.title,
            "explanation": self.explanation,
            "legal_basis": self.legal_basis,
            "innocent": self.innocent,
            "next_step": self.next_step,
            "facts": dict(self.facts),
            "weight": round(self.weight, 4),
        }


@dataclass(frozen=True, slots=True)
class Finding:
    """One record that deserves a second look. `row` is its 0-based number in the source."""

    row: int
    contract_id: str
    score: float
    reasons: tuple[Reason, ...]
    item: Mapping[str, object]

    @property
    def severity(self) -> str:
        """Band of the score."""
        return severity(self.score)

    @property
    def main(self) -> Reason:
        """The strongest reason."""
        return self.reasons[0]

    def to_dict(self) -> dict[str, object]:
        """One entry of `anomalies` in the outer contract."""
        return {
            "contract_id": self.contract_id,
            "row": self.row,
            "anomaly_score": round(self.score, 4),
            "severity": self.severity,
            "anomaly_type": self.main.id,
            "explanation": self.main.explanation,
            "reasons": [reason.to_dict() for reason in self.reasons],
            "item": dict(self.item),
        }


@dataclass(frozen=True, slots=True)
class NotEvaluated:
    """A check that could not be made on this input, and why."""

    id: str
    title: str
    reason: str
    missing: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """One entry of `not_evaluated` in the outer contract."""
        return {
            "id": self.id,
            "title": self.title,
            "reason": self.reason,
            "missing": list(self.missing),
        }


@dataclass(frozen=True, slots=True)
class Issue:
    """A problem inside a readable file; `row` is the 0-based record number, or None."""

    type: str
    message: str
    row: int | None = None
    column: str | None = None

    def __getitem__(self, key: str) -> object:
        """The same four values by key, for callers that treat issues as dicts."""
        return self.to_dict()[key]

    def to_dict(self) -> dict[str, object]:
        """The issue as plain JSON values."""
        return {"type": self.type, "row": self.row, "column": self.column, "message": self.message}


MAX_ISSUE_EXAMPLES = 50
"""How many issues are kept whole; all are counted (outer contract of `Reading.issues`)."""


@dataclass(slots=True)
class Issues:
    """Collector: counts every problem by type and keeps the first examples, a few of each."""

    examples: list[Issue] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def add(
        self,
        type: str,
        message: str,
        *,
        row: int | None = None,
        column: str | None = None,
        count: int = 1,
    ) -> None:
        """Count `count` problems of one type and keep one example while there is room."""
        self.counts[type] = self.counts.get(type, 0) + count
        if len(self.examples) < MAX_ISSUE_EXAMPLES:
            self.examples.append(Issue(type, message, row, column))

    def to_dict(self) -> dict[str, object]:
        """`issues` of the outer contract: per type the count and the examples kept."""
        return {
            type_: {
                "count": count,
                "examples": [issue.to_dict() for issue in self.examples if issue.type == type_],
            }
            for type_, count in self.counts.items()
        }


@dataclass(slots=True)
class Report:
    """The answer to one analysis: what to look at, what could not be checked, what was wrong.

    `findings` come sorted by score, all at or above `threshold`. `scores` holds every record's
    score (NaN where it can't be scored) and `records` the canonical records with the derived
    columns of `flags.prepare`; both are None in a report without records. `patterns` are those of
    `/v1/analyze-patterns`, with the checks on them that could not be made, and `views` what their
    charts draw; empty and None where they were not asked for. `series` is what the amounts of the
    file show along time, None where they make no series. `weights` says which set of weights stood
    behind the answer, and why no newer one.
    """

    findings: list[Finding]
    total_analyzed: int
    threshold: float
    confidence: float | None
    not_evaluated: list[NotEvaluated]
    issues: dict[str, object]
    reference: str
    mapping: dict[str, dict[str, str]] = field(default_factory=dict)
    info: dict[str, object] = field(default_factory=dict)
    patterns: list[dict[str, object]] = field(default_factory=list)
    patterns_not_evaluated: list[NotEvaluated] = field(default_factory=list)
    summary: dict[str, object] = field(default_factory=dict)
    model_version: str = __version__
    scores: pd.Series | None = None
    records: pd.DataFrame | None = None
    views: Views | None = None
    series: dict[str, object] | None = None
    weights: dict[str, str] = field(default_factory=dict)

    def anomalies_dict(self, *, source: str = "api") -> dict[str, Any]:
        """The JSON of `POST /v1/detect-anomalies`."""
        return {
            "anomalies": [finding.to_dict() for finding in self.findings],
            "total_analyzed": self.total_analyzed,
            "anomalies_found": len(self.findings),
            "confidence_score": self.confidence,
            "model_version": self.model_version,
            "threshold": self.threshold,
            "not_evaluated": [check.to_dict() for check in self.not_evaluated],
            "issues": self.issues,
            "reference": self.reference,
            "weights": self.weights,
            "source": source,
        }

    def to_dict(self, *, source: str = "api") -> dict[str, Any]:
        """The JSON of `POST /v1/analyze-file`: plain types, no NaN, no unmasked CPF."""
        return self.anomalies_dict(source=source) | {
            "mapping": self.mapping,
            "info": self.info,
            "patterns": self.patterns,
            "patterns_not_evaluated": [check.to_dict() for check in self.patterns_not_evaluated],
            "series": self.series,
            "summary": self.summary,
        }

    def to_frame(self) -> pd.DataFrame:
        """The findings as a table, one row a finding, columns titled in Portuguese."""
        from cidadao_models.findings import tables

        return tables.to_frame(self)

    def to_csv(self, path: str | Path) -> Path:
        """Write the findings as CSV (utf-8-sig, `;`, safe against formulas); gives the path."""
        from cidadao_models.findings import tables

        return tables.write_csv(self, Path(path))

    def to_xlsx(self, path: str | Path) -> Path:
        """Write findings, data problems and method as a workbook; gives the path."""
        from cidadao_models.findings import tables

        return tables.write_xlsx(self, Path(path))

    def to_html(self, path: str | Path) -> Path:
        """Write one self-contained HTML page; gives the path."""
        from cidadao_models.findings import html

        return html.write_html(self, Path(path))
