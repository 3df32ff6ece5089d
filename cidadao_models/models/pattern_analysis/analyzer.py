"""PatternAnalyzer: one door to the patterns of suppliers, time, values, splitting, bids and more.

Chooses which checks a kind of data and a type of analysis call for; the checks are in the modules
beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from cidadao_models import __version__, flags
from cidadao_models.errors import InputError
from cidadao_models.findings import SEVERITY_BANDS, NotEvaluated
from cidadao_models.models.pattern_analysis import (
    benford,
    bunching,
    collusion,
    collusion_patterns,
    concentration,
    from_flags,
    near_duplicates,
    network,
    temporal,
)
from cidadao_models.models.pattern_analysis._shape import (
    FALSE_DISCOVERIES,
    Found,
    Pattern,
    missing_fields,
    skipped,
)
from cidadao_models.reading import Reading, read
from cidadao_models.records import mask_cpf

Records = Sequence[Mapping[str, object]] | pd.DataFrame | Reading | Mapping[str, object]
Check = Callable[[pd.DataFrame], Found]

BID_FIELDS = frozenset({"licitacao_id", "valor_proposta"})
"""Columns that make a table one of bids."""

INSIGHTS = 5
"""Patterns told in `insights`, strongest first."""

_ORDER = {word: place for place, (_, word) in enumerate(SEVERITY_BANDS)}


def _splitting(prepared: pd.DataFrame) -> Found:
    return from_flags.groups(prepared, from_flags.SPLITTING, "splitting")


def _repetition(prepared: pd.DataFrame) -> Found:
    return from_flags.groups(prepared, from_flags.REPETITION, "duplicates")


CONTRACT_CHECKS: dict[str, tuple[Check, ...]] = {
    "temporal": (temporal.contracts,),
    "suppliers": (concentration.suppliers,),
    "values": (bunching.under_limits, benford.first_digits),
    "splitting": (_splitting, bunching.under_limits),
    "duplicates": (_repetition, near_duplicates.similar_texts),
    "benford": (benford.first_digits,),
    "network": (network.ties,),
    "collusion": (),
}
"""Checks of contract records by type of analysis; "all" makes each of them once."""


def _alike(bids: pd.DataFrame) -> Found:
    market = collusion.study(bids)
    reason = collusion_patterns.not_evaluated(market)
    notes = [skipped("propostas_parecidas", collusion_patterns.TITLE, reason)] if reason else []
    return collusion_patterns.patterns_of(market), notes


BID_CHECKS: dict[str, tuple[Check, ...]] = {
    "network": (network.bidders,),
    "collusion": (_alike, network.bidders),
}

TYPES = ("all", *CONTRACT_CHECKS)


@dataclass(slots=True)
class PatternReport:
    """Patterns found, strongest first, and the checks that could not be made."""

    patterns: list[Pattern]
    not_evaluated: list[NotEvaluated] = field(default_factory=list)

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
        """The strongest patterns in a sentence each, or that nothing was found."""
        if self.patterns:
            return [str(one["explanation"]) for one in self.patterns[:INSIGHTS]]
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
            "model_version": __version__,
            "source": source,
        }


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
            return _report([_series(data, analysis_type)])
        contracts, bids = _tables(data)
        found: list[Found] = []
        if bids is not None:
            found += [check(bids) for check in _chosen(BID_CHECKS, analysis_type)]
        elif analysis_type in BID_CHECKS:
            found.append(([], [missing_fields("propostas_parecidas", collusion_patterns.TITLE,
                                              "licitacao_id")]))  # fmt: skip
        if contracts is not None:
            prepared = flags.prepare(contracts.records, extra=lambda: contracts.extra)
            found += [check(prepared) for check in _chosen(CONTRACT_CHECKS, analysis_type)]
        return _report(found)

    def score_tenders(self, bids: pd.DataFrame) -> pd.DataFrame:
        """Score in [0, 1] of each tender, higher = more like a cartel, and every screen.

        See `collusion.score_tenders`. KeyError names a missing column.
        """
        return collusion.score_tenders(bids)

    def benford(self, values: Any) -> benford.BenfordResult:
        """First digits of the values against Benford's law (see `benford.benford`)."""
        return benford.benford(values)


def _chosen(checks: Mapping[str, tuple[Check, ...]], analysis_type: str) -> list[Check]:
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


def _report(found: list[Found]) -> PatternReport:
    patterns = [one for several, _ in found for one in several]
    patterns.sort(key=lambda one: (_ORDER.get(str(one["severity"]), len(_ORDER)), _p(one)))
    notes = {note.id: note for _, several in found for note in several}
    return PatternReport([_masked(one) for one in patterns], list(notes.values()))


def _p(one: Pattern) -> float:
    value = one["p_value"]
    return float(value) if isinstance(value, int | float) else 0.0


def _masked(one: Pattern) -> Pattern:
    """The pattern without a readable CPF in its words."""
    facts = one["facts"]
    plain = {k: mask_cpf(v) if isinstance(v, str) else v for k, v in dict(facts).items()}  # type: ignore[call-overload]
    return one | {"explanation": mask_cpf(str(one["explanation"])), "facts": plain}
