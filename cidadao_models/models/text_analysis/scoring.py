"""One score from the signals of a text, and the sentence that says where it comes from.

Adds evidence that only grows with more signals; finds no signal and chooses no threshold.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from cidadao_models.findings import severity, words
from cidadao_models.flags._strength import BAR
from cidadao_models.models.text_analysis.report import Signal

CONTEXT_CEILING = 0.69
"""Highest score of signals that each stay below the bar: context never makes a finding alone
(outer contract)."""

CONTEXT_SHARE = 0.25
"""How much of the context counts beside a signal at the bar: it removes at most a sixth of the
doubt that is left, so that it ranks texts and changes no verdict."""


def score(
    signals: Iterable[Signal], *, checked: str = "", why_not: str = ""
) -> tuple[float | None, str | None, str]:
    """(score in [0, 1], risk level, one sentence) of a text; adding a signal never lowers it.

    Signals join as independent doubts (noisy-or of their weights), each kind once by its
    strongest. `checked` says in Portuguese what was looked at, for a text with nothing in it. With
    `why_not`, the reason why the text can't be judged, there is no score.
    """
    if why_not:
        return None, None, why_not
    best: dict[str, Signal] = {}
    for signal in signals:
        if signal.id not in best or signal.weight > best[signal.id].weight:
            best[signal.id] = signal
    ranked = sorted(best.values(), key=lambda s: (-s.weight, s.start or 0, s.id))
    value = _joined([signal.weight for signal in ranked])
    return value, severity(value), _sentence(ranked, value, checked)


def _joined(weights: list[float]) -> float:
    strong = 1 - math.prod(1 - w for w in weights if w >= BAR)
    context = min(1 - math.prod(1 - w for w in weights if w < BAR), CONTEXT_CEILING)
    if strong < BAR:
        return context
    return 1 - (1 - strong) * (1 - CONTEXT_SHARE * context)


def _sentence(ranked: list[Signal], value: float, checked: str) -> str:
    if not ranked:
        return f"Nada fora do comum{' ' + checked if checked else ' no que foi verificado'}."
    first, others = ranked[0], len(ranked) - 1
    lead = "Vale conferir" if value >= BAR else "Nada que se destaque; para ler com atenção"
    more = ""
    if others:
        points = "outros pontos" if others > 1 else "outro ponto"
        more = f"; há {words.number(others)} {points} a conferir"
    return f"{lead}: {_lower(first.title)}{more}."


def _lower(title: str) -> str:
    """The title inside a sentence; an acronym keeps its capitals."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]
