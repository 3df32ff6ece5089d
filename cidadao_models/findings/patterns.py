"""Patterns of a report as a reader sees them: by kind, with their records named.

Only arranges what a report already holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cidadao_models.findings.words import number

MAX_RECORDS_NAMED = 12
"""Records of a pattern named one by one; the rest is counted."""

Pattern = Mapping[str, object]


def kinds(patterns: Sequence[Pattern]) -> list[list[Pattern]]:
    """Patterns by kind, in the order in which each kind first occurs: strongest first."""
    found: dict[object, list[Pattern]] = {}
    for one in patterns:
        found.setdefault((one["id"], one["title"]), []).append(one)
    return list(found.values())


def rows_of(pattern: Pattern) -> list[int]:
    """The records that a pattern lists, 0-based."""
    rows = pattern.get("rows")
    return [row for row in rows if isinstance(row, int)] if isinstance(rows, list) else []


def record_list(rows: Sequence[int]) -> str:
    """Record numbers for a reader, from 1, the first ones of many: `3, 17, 20 e mais 4`."""
    shown = ", ".join(number(row + 1) for row in rows[:MAX_RECORDS_NAMED])
    more = len(rows) - MAX_RECORDS_NAMED
    return f"{shown} e mais {number(more)}" if more > 0 else shown
