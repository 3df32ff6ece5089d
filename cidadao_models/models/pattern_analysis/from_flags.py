"""Groups of records found by the flags (splitting, repetition) in the form of a pattern.

Finds nothing itself: the flags do.
"""

from __future__ import annotations

import pandas as pd

from cidadao_models import flags
from cidadao_models.findings import NotEvaluated, severity
from cidadao_models.models.pattern_analysis._shape import MAX_ROWS, Found, Pattern, missing_fields

SPLITTING = ("fracionamento",)
REPETITION = ("duplicata_exata", "duplicata_aproximada")


def groups(prepared: pd.DataFrame, ids: tuple[str, ...], type: str) -> Found:
    """One pattern for each group of records that one of the flags `ids` names."""
    patterns: list[Pattern] = []
    notes: list[NotEvaluated] = []
    present = {name for name in prepared.columns if prepared[name].notna().any()}
    for one in (flag for flag in flags.all_flags() if flag.id in ids):
        missing = one.missing(present)
        if missing:
            notes.append(missing_fields(one.id, one.title, *missing))
            continue
        patterns += [_pattern(one, hit, type) for hit in one.hits(prepared)]
    return patterns, notes


def _pattern(one: flags.Flag, hit: flags.Hit, type: str) -> Pattern:
    reason = one.reason(hit)
    return {
        "id": one.id,
        "type": type,
        "title": reason.title,
        "explanation": reason.explanation,
        "rows": [int(row) for row in hit.rows[:MAX_ROWS]],
        "facts": dict(reason.facts),
        "p_value": None,
        "severity": severity(reason.weight),
        "innocent": reason.innocent,
        "next_step": reason.next_step,
    }
