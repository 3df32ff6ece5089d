"""What kind of official act a text is, by evidence anyone can look up in it.

Learns nothing: each piece of evidence has a weight in log-odds, chosen by reading acts of several
gazettes. Says nothing about whether the act is right.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from math import exp
from pathlib import Path

from cidadao_models.models.text_analysis import clauses
from cidadao_models.models.text_analysis.entities import ACT_TYPES
from cidadao_models.models.text_analysis.folding import Folded, fold

TITLE = 260
"""Characters in which a title stands, after the end of the act before it, if any."""

OPENING = 900
"""Characters of the title and the first sentences."""

BODY = 30_000
"""Characters looked at in all; what an act is shows long before."""

NAMES_ITSELF = 5.0
"""Log-odds from which an act has said what it is, and its clauses need not be looked at."""

PER_CLAUSE, FEW_CLAUSES, MOST_CLAUSES = 1.2, 2, 5
"""Log-odds of each kind of clause that only contracts have, beyond so many, up to so many more:
extracts and notices seldom have three, whole contracts mostly five or more."""

_PRIOR = {"outro": 2.5, "contrato": -0.5}
"""Log-odds without any evidence: an unknown text is of no known kind."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """`pattern` among the first `within` characters speaks for `act_type` with `weight`.

    With `most`, each further occurrence adds the weight again, up to that many times.
    """

    act_type: str
    within: int
    weight: float
    pattern: re.Pattern[str]
    most: int = 1


def read_evidence() -> tuple[Evidence, ...]:
    """The evidence of `act_evidence.toml`, in the file's order."""
    table = tomllib.loads(Path(__file__).with_name("act_evidence.toml").read_text("utf-8"))
    words = table.pop("words")
    zones = {"title": TITLE, "opening": OPENING, "body": BODY}
    return tuple(
        Evidence(act_type, zones[zone], weight, _pattern(pattern, words), *most)
        for act_type, by_zone in table.items()
        for zone, items in by_zone.items()
        for weight, pattern, *most in items
    )


def _pattern(pattern: str, words: dict[str, str]) -> re.Pattern[str]:
    for name, meaning in words.items():
        pattern = pattern.replace(f"{{{name}}}", meaning)
    return re.compile(pattern)


EVIDENCE = read_evidence()


def judge(folded: Folded) -> dict[str, float]:
    """Each act type's share of the belief, summing to 1; the largest is the answer."""
    weights = evidence_for(folded.text.strip())
    if max(weights.values()) < NAMES_ITSELF:
        weights["contrato"] += _structure(folded)
    top = max(weights.values())
    odds = {name: exp(weight - top) for name, weight in weights.items()}
    total = sum(odds.values())
    return {name: odd / total for name, odd in odds.items()}


def _structure(folded: Folded) -> float:
    """Log-odds that the text is a contract itself, by the clauses that only contracts have."""
    if len(folded.text) > BODY:
        folded = fold(folded.original[: folded.ends[BODY - 1]])
    inner = {hit.id for hit in clauses.find(folded)} & clauses.INNER
    return PER_CLAUSE * min(max(len(inner) - FEW_CLAUSES, 0), MOST_CLAUSES)


def evidence_for(view: str) -> dict[str, float]:
    """Log-odds of each act type: prior plus what was found."""
    weights = {name: _PRIOR.get(name, 0.0) for name in ACT_TYPES}
    for item in EVIDENCE:
        weights[item.act_type] += item.weight * _times(item, view)
    return weights


def _times(item: Evidence, view: str) -> int:
    found = item.pattern.finditer(view, 0, min(len(view), item.within))
    return sum(1 for _, _ in zip(range(item.most), found, strict=False))


def act_type(folded: Folded) -> tuple[str, float]:
    """The likeliest act type and its share of the belief."""
    shares = judge(folded)
    best = max(ACT_TYPES, key=lambda name: shares[name])
    return best, shares[best]
