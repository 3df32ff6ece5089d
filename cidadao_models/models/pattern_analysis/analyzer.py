"""PatternAnalyzer: one door to the patterns of suppliers, time, values, splitting, bids and more.

Chooses which checks a kind of data and a type of analysis call for; the checks are in the modules
beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from cidadao_models import __version__, flags
from cidadao_models.errors import InputError
from cidadao_models.findings import SEVERITY_BANDS, NotEvaluated, Report
from cidadao_models.models.pattern_analysis import (
    benford,
    bunching,
    collusion,
    collusion_patterns,
    concentration,
    from_flags,
    near_duplicates,
    network,
    summaries,
    temporal,
    views,
)
from cidadao_models.models.pattern_analysis._shape import (
    FALSE_DISCOVERIES,
    MAX_ROWS,
    Found,
    Pattern,
    missing_fields,
    skipped,
)
from cidadao_models.models.pattern_analysis.study import Study
from cidadao_models.reading import Reading, read
from cidadao_models.records import mask_cpf

Records = Sequence[Mapping[str, object]] | pd.DataFrame | Reading | Mapping[str, object]
Check = Callable[[Study], Found]
BidCheck = Callable[[pd.DataFrame], Found]
C = TypeVar("C", Check, BidCheck)

BID_FIELDS = frozenset({"licitacao_id", "valor_proposta"})
"""Columns that make a table one of bids."""

INSIGHTS = 5
"""Patterns told in `insights`, strongest first."""

_ORDER = {word: place for place, (_, word) in enumerate(SEVERITY_BANDS)}


def _temporal(study: Study) -> Found:
    return temporal.contracts(study.prepared)


def _suppliers(study: Study) -> Found:
    if study.market is None:
        return concentration.suppliers(study.prepared)
    by_chance = study.chance if len(study.market.amount) >= concentration.MIN_CONTRACTS else None
    return concentration.suppliers(study.prepared, market=study.market, by_chance=by_chance)


def _under_limits(study: Study) -> Found:
    return bunching.under_limits(study.prepared)


def _first_digits(study: Study) -> Found:
    return benford.first_digits(study.prepared)


def _splitting(study: Study) -> Found:
    return from_flags.groups(study.prepared, from_flags.SPLITTING, "splitting", study.run)


def _repetition(study: Study) -> Found:
    return from_flags.groups(study.prepared, from_flags.REPETITION, "duplicates", study.run)


def _similar_texts(study: Study) -> Found:
    return near_duplicates.similar_texts(study.prepared)


def _ties(study: Study) -> Found:
    return network.ties(study.prepared, market=study.market)


CONTRACT_CHECKS: dict[str, tuple[Check, ...]] = {
    "temporal": (_temporal,),
    "suppliers": (_suppliers,),
    "values": (_under_limits, _first_digits),
    "splitting": (_splitting, _under_limits),
    "duplicates": (_repetition, _similar_texts),
    "benford": (_first_digits,),
    "network": (_ties,),
    "collusion": (),
}
"""Checks of contract records by type of analysis; "all" makes each of them once."""


def _alike(bids: pd.DataFrame) -> Found:
    if "valor_proposta" not in bids:
        note = missing_fields("propostas_parecidas", collusion_patterns.TITLE, "valor_proposta")
        return [], [note]
    market = collusion.study(bids)
    reason = collusion_patterns.not_evaluated(market)
    notes = [skipped(collusion_patterns.ID, collusion_patterns.TITLE, reason)] if reason else []
    return collusion_patterns.patterns_of(market), notes


BID_CHECKS: dict[str, tuple[BidCheck, ...]] = {
    "network": (network.bidders,),
    "collusion": (_alike, network.bidders),
}

TYPES = ("all", *CONTRACT_CHECKS)


@dataclass(slots=True)
class PatternReport:
    """Patterns found, strongest first, and the checks that could not be made.

    `summaries` describe the amounts and the suppliers, whether or not anything is unusual. `rows`
    are all records that some pattern concerns; a pattern itself lists the first `MAX_ROWS`.
    """

    patterns: list[Pattern]
    not_evaluated: list[NotEvaluated] = field(default_factory=list)
    summaries: dict[str, summaries.Summary] = field(default_factory=dict)
    rows: frozenset[int] = frozenset()

    @property
    def confidence(self) -> float | None:
        """One minus the expected share of chance among the patterns; None when there are none.

        Tests by rarity hold that share at `FALSE_DISCOVERIES`; facts of the records have none.
        """
        if not self.patterns:
            return None
        by_chance = sum(one["p_value"] is not None for one in self.patterns)
        return round(1 - FALSE_DISCOVERIES * by_chance / len(self.patterns), 4)

    @property
    def insights(self) -> list[str]:
        """The strongest patterns in a sentence each, or that nothing was found; then summaries."""
        found = [str(one["explanation"]) for one in self.patterns[:INSIGHTS]]
        return (found or self._nothing()) + summaries.sentences(self.summaries)

    def _nothing(self) -> list[str]:
        unseen = len(self.not_evaluated)
        if not unseen:
            return ["Nada fora do comum."]
        checks = (
            "verificações não puderam ser feitas"
            if unseen > 1
            else "verificação não pôde ser feita"
        )
        return [f"Nada fora do comum no que pôde ser verificado; {unseen} {checks}."]

    def to_dict(self, *, source: str = "api") -> dict[str, Any]:
        """The JSON of `POST /v1/analyze-patterns`."""
        return {
            "patterns": self.patterns,
            "pattern_count": len(self.patterns),
            "confidence": self.confidence,
            "insights": self.insights,
            "not_evaluated": [check.to_dict() for check in self.not_evaluated],
            "summaries": self.summaries,
            "model_version": __version__,
            "source": source,
        }


def complete(report: Report, run: flags.FlagRun, bids: pd.DataFrame | None) -> frozenset[int]:
    """Put patterns, what could not be seen and the charts' tables into a report.

    `run`: what the flags found in its records. With `bids` their patterns, else those of the
    records; gives the rows of the records that some pattern concerns.
    """
    analyzer = PatternAnalyzer()
    if bids is not None:
        found = analyzer.analyze_bids(bids)
        report.views = views.of_bids(bids, found.patterns)
    else:
        assert report.records is not None
        study = Study(report.records, run)
        found = analyzer.analyze_study(study)
        report.views = views.of_study(study, found.patterns)
    report.patterns, report.patterns_not_evaluated = found.patterns, found.not_evaluated
    return frozenset() if bids is not None else found.rows


class PatternAnalyzer:
    """Finds patterns that only show over many records; stateless."""

    def analyze(self, data: Records, analysis_type: str = "all") -> PatternReport:
        """Patterns of one type, or of all that the data allow.

        `data`: contracts in any form `reading.read` takes, `{"contracts": [...]}`, a series
        `{"time_series": [...], "categories": [...]}`, or bids (a table, a `Reading` with `.bids`,
        `{"bids": [...]}`). Raises InputError for an unknown type or data of no known form.
        """
        if analysis_type not in TYPES:
            raise InputError(
                f"O tipo de análise {analysis_type!r} não existe.",
                hint=f"Use um destes: {', '.join(TYPES)}.",
                details={"field": "analysis_type"},
            )
        if isinstance(data, Mapping) and "time_series" in data:
            return _report([_series(data, analysis_type)], _series_summary(data, analysis_type))
        contracts, bids = _tables(data)
        if bids is not None:
            return self.analyze_bids(bids, analysis_type)
        assert contracts is not None
        prepared = flags.prepare(contracts.records, extra=lambda: contracts.extra)
        return self.analyze_study(Study(prepared), analysis_type)

    def analyze_study(self, study: Study, analysis_type: str = "all") -> PatternReport:
        """The same for records already prepared, reusing what the flags found in them."""
        found = [check(study) for check in _chosen(CONTRACT_CHECKS, analysis_type)]
        if analysis_type in (*BID_CHECKS, "all"):
            title = collusion_patterns.TITLE
            found.append(([], [missing_fields(collusion_patterns.ID, title, "licitacao_id")]))
        return _report(found, summaries.of_study(study, analysis_type))

    def analyze_bids(self, bids: pd.DataFrame, analysis_type: str = "all") -> PatternReport:
        """The same for a table of bids."""
        found = [check(bids) for check in _chosen(BID_CHECKS, analysis_type)]
        given = pd.to_numeric(bids["valor_proposta"], errors="coerce").to_numpy(np.float64)
        return _report(found, summaries.of_amounts(given, analysis_type))

    def score_tenders(self, bids: pd.DataFrame) -> pd.DataFrame:
        """Score in [0, 1] of each tender, higher = more like a cartel, and every screen.

        See `collusion.score_tenders`. KeyError names a missing column.
        """
        return collusion.score_tenders(bids)

    def benford(self, values: Any) -> benford.BenfordResult:
        """First digits of the values against Benford's law (see `benford.benford`)."""
        return benford.benford(values)


def _chosen(checks: Mapping[str, tuple[C, ...]], analysis_type: str) -> list[C]:
    if analysis_type != "all":
        return list(checks.get(analysis_type, ()))
    return list(dict.fromkeys(check for several in checks.values() for check in several))


def _series(data: Mapping[str, Any], analysis_type: str) -> Found:
    if analysis_type in ("all", "temporal"):
        return temporal.series(data)
    points = temporal.series_points(data["time_series"])
    if analysis_type in ("benford", "values") and points is not None:
        return benford.first_digits(pd.DataFrame({"_valor": points["value"]}))
    reason = "uma série de valores não traz os campos desta análise"
    return [], [skipped(analysis_type, "Padrões", reason, "contracts")]


def _series_summary(data: Mapping[str, Any], analysis_type: str) -> dict[str, summaries.Summary]:
    points = temporal.series_points(data["time_series"])
    if points is None:
        return {}
    return summaries.of_amounts(points["value"].to_numpy(np.float64), analysis_type)


def _tables(data: Any) -> tuple[Reading | None, pd.DataFrame | None]:
    """(contracts, bids) in the data; one of them may be None."""
    if isinstance(data, Mapping):
        if "bids" in data:
            reading = read(data["bids"])
            return None, reading.bids if reading.bids is not None else _no_bids()
        if "contracts" not in data:
            raise InputError(
                "Os dados não trazem 'contracts', 'time_series' nem 'bids'.",
                hint='Envie, por exemplo, {"contracts": [{"valor": 1000.0, "data": "2024-03-14"}]}',
                details={"field": "data"},
            )
        data = data["contracts"]
    if isinstance(data, pd.DataFrame) and set(data) >= BID_FIELDS:
        return None, data
    reading = read(data)
    return (None, reading.bids) if reading.bids is not None else (reading, None)


def _no_bids() -> pd.DataFrame:
    raise InputError(
        "As propostas não trazem o identificador da licitação e o valor da proposta.",
        hint="Use as colunas licitacao_id e valor_proposta.",
        details={"field": "bids"},
    )


def _report(found: list[Found], described: dict[str, summaries.Summary]) -> PatternReport:
    patterns = [one for several, _ in found for one in several]
    patterns.sort(key=lambda one: (_ORDER.get(str(one["severity"]), len(_ORDER)), _p(one)))
    notes = {note.id: note for _, several in found for note in several}
    rows = frozenset(row for one in patterns for row in _rows(one))
    return PatternReport([_shown(one) for one in patterns], list(notes.values()), described, rows)


def _rows(one: Pattern) -> list[int]:
    rows = one["rows"]
    return rows if isinstance(rows, list) else []


def _p(one: Pattern) -> float:
    value = one["p_value"]
    return float(value) if isinstance(value, int | float) else 0.0


def _shown(one: Pattern) -> Pattern:
    """The pattern with at most `MAX_ROWS` rows, no readable CPF, and a capital to begin with."""
    facts = one["facts"]
    plain = {k: mask_cpf(v) if isinstance(v, str) else v for k, v in dict(facts).items()}  # type: ignore[call-overload]
    rows = _rows(one)[:MAX_ROWS]
    text = mask_cpf(str(one["explanation"]))
    return one | {"explanation": text[:1].upper() + text[1:], "facts": plain, "rows": rows}
