"""Groups of records found by the flags (splitting, repetition) in the form of a pattern.

Finds nothing itself: the flags do.
"""

from __future__ import annotations

import pandas as pd

from cidadao_models import flags
from cidadao_models.findings import NotEvaluated, severity
from cidadao_models.models.pattern_analysis._shape import Found, Pattern

SPLITTING = ("fracionamento",)
REPETITION = ("duplicata_exata", "duplicata_aproximada")


def groups(
    prepared: pd.DataFrame, ids: tuple[str, ...], type: str, run: flags.FlagRun | None = None
) -> Found:
    """One pattern for each group of records that one of the flags `ids` names.

    `run`: what all flags found in these records, where they have already run.
    """
    run = run or _run(prepared, ids)
    patterns = [_pattern(one, hit, type) for one, hit in run.hits if one.id in ids]
    return patterns, [note for note in run.not_evaluated if note.id in ids]


def _run(prepared: pd.DataFrame, ids: tuple[str, ...]) -> flags.FlagRun:
    hits: list[tuple[flags.Flag, flags.Hit]] = []
    notes: list[NotEvaluated] = []
    for one in (flag for flag in flags.all_flags() if flag.id in ids):
        skipped = flags.not_evaluated(one, prepared)
        if skipped is not None:
            notes.append(skipped)
        else:
            hits.extend((one, hit) for hit in one.hits(prepared))
    return flags.FlagRun(hits, notes)


def _pattern(one: flags.Flag, hit: flags.Hit, type: str) -> Pattern:
    reason = one.reason(hit)
    return {
        "id": one.id,
        "type": type,
        "title": reason.title,
        "explanation": reason.explanation,
        "rows": [int(row) for row in hit.rows],
        "facts": dict(reason.facts),
        "p_value": None,
        "severity": severity(reason.weight),
        "innocent": reason.innocent,
        "next_step": reason.next_step,
    }
