"""Purchases heaped just under a legal limit, against the density of amounts around it.

Compares counts in narrow windows of one file; a purchase under a limit is in itself lawful.
Several purchases that together pass a limit are the flag `fracionamento`'s.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from cidadao_models.flags._bunching import KIND_WORDS as KIND_WORDS
from cidadao_models.flags._bunching import OUTER as OUTER
from cidadao_models.flags._bunching import WINDOW as WINDOW
from cidadao_models.flags._bunching import Bunching as Bunching
from cidadao_models.flags._bunching import Counts as Counts
from cidadao_models.flags._bunching import Limited as Limited
from cidadao_models.flags._bunching import act_of as act_of
from cidadao_models.flags._bunching import by_buyer
from cidadao_models.flags._bunching import limited as limited
from cidadao_models.flags._bunching import local_test as local_test
from cidadao_models.flags._bunching import window_counts as window_counts
from cidadao_models.models.pattern_analysis import _shape
from cidadao_models.models.pattern_analysis._shape import Found, Pattern

ID, TITLE = "logo_abaixo_do_limite", "Valores acumulados logo abaixo de um limite legal"

MIN_IN_WINDOWS = 20
"""Fewest amounts beside the limit that can be tested in the whole file."""

MIN_RATIO = 1.3
"""Least ratio of amounts below to those expected there that is worth showing."""


def under_limits(prepared: pd.DataFrame) -> Found:
    """Limits with amounts heaped below them, in the whole file and for single buyers."""
    lacking = _shape.lacking(prepared, "_valor", "data")
    if lacking:
        return [], [_shape.missing_fields(ID, TITLE, *lacking)]
    groups = list(limited(prepared))
    tests = [(group, local_test(group.amount, group.limit), None) for group in groups]
    enough = [test for test in tests if test[1].counts.n >= MIN_IN_WINDOWS]
    if not enough:
        reason = f"há menos de {MIN_IN_WINDOWS} valores em volta de cada limite legal"
        return [], [_shape.skipped(ID, TITLE, reason)]
    of_buyers = [
        (part, local_test(part.amount, part.limit, prior=whole.counts), int(part.buyer[0]))
        for group, whole, _ in enough
        for part in _buyers_apart(group)
    ]
    return _shown(prepared, enough) + _shown(prepared, of_buyers), []


def _buyers_apart(group: Limited) -> Iterator[Limited]:
    """The group by buyer; none where there is only one, whose test the whole file's is."""
    if len(np.unique(group.buyer)) > 1:
        yield from by_buyer(group)


# -- in words ----------------------------------------------------------------------------------

_EXPLAIN = (
    "{who}: {n_below} valores entre {low:brl} e o limite de {limit:brl} ({kind_words}, {act}) e"
    " {n_above} logo acima dele, até {high:brl}; pela densidade em volta, seriam de esperar cerca"
    " de {expected_below:0} logo abaixo."
)
_Test = tuple[Limited, Bunching, int | None]


def _shown(prepared: pd.DataFrame, tests: Sequence[_Test]) -> list[Pattern]:
    if not tests:
        return []
    q = _shape.adjusted([max(test.p_value, test.p_peak) for _, test, _ in tests])
    ranked = sorted(zip(q, range(len(tests)), strict=True))
    return [
        _pattern(prepared, *tests[i], q=float(value))
        for value, i in ranked
        if value <= _shape.FALSE_DISCOVERIES and _ratio(tests[i][1]) >= MIN_RATIO
    ]


def _ratio(test: Bunching) -> float:
    return test.counts.below / max(test.expected_below, 1.0)


def _pattern(
    prepared: pd.DataFrame, group: Limited, test: Bunching, buyer: int | None, *, q: float
) -> Pattern:
    limit = float(group.limit[0])
    below = (group.amount < limit) & (group.amount >= limit * np.exp(-WINDOW))
    facts: dict[str, object] = {
        "who": "No arquivo" if buyer is None else _shape.buyer_name(prepared, group.position),
        "n_below": test.counts.below,
        "n_above": test.counts.above,
        "n_at_limit": test.counts.at_limit,
        "expected_below": test.expected_below,
        "window": WINDOW,
        "low": round(limit * float(np.exp(-WINDOW)), 2),
        "high": round(limit * float(np.exp(WINDOW)), 2),
        "limit": limit,
        "kind": group.kind,
        "kind_words": KIND_WORDS[group.kind],
        "act": act_of(prepared, group),
        "q_value": q,
    }
    return _shape.pattern(
        id=ID,
        type="splitting",
        title=TITLE,
        explain=_EXPLAIN,
        facts=facts,
        rows=prepared.index[group.position[below]],
        p_value=max(test.p_value, test.p_peak),
        strength=min(_shape.MODERATE, _shape.strength(q, _ratio(test) / MIN_RATIO)),
        innocent="as compras forem planejadas para caber no limite, o que a lei permite quando não"
        " há divisão de um mesmo objeto, ou se houver preços de tabela nessa faixa.",
        next_step="veja se há, entre essas compras, objetos iguais do mesmo comprador no mesmo ano"
        " (Lei 14.133/2021, art. 75, § 1º).",
    )
