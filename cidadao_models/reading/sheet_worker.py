"""A process of its own that reads one workbook from standard input, with its memory bounded.

A few hostile bytes make any spreadsheet library reserve more memory than the machine has, which
ends the process: so it ends this one. Writes one JSON line a sheet; imports nothing of the package
and understands no table. Run by `spreadsheets`, never imported.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import sys

import python_calamine

MAX_MEMORY_BYTES = 3 << 30
"""Address space of this process: a sheet of 300,000 rows and 30 columns needs about 1.5 GB."""

MAX_CPU_S = 120
"""Processor time: a million rows take about 20 s."""


def bound() -> None:
    """Let the system end this process beyond its memory and time, where it can."""
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_S, MAX_CPU_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def plain(cell: object) -> object:
    """Dates and times as `{"d": ISO text}`, spans of time as text."""
    if isinstance(cell, dt.datetime | dt.date):
        return {"d": cell.isoformat()}
    return str(cell)


def main() -> None:
    """Answer `{"name", "rows"}` for every sheet, or `{"error"}`: "protected" or "damaged"."""
    bound()
    payload = io.BytesIO(sys.stdin.buffer.read())
    try:
        workbook = python_calamine.load_workbook(payload)
        for name in workbook.sheet_names:
            rows = workbook.get_sheet_by_name(name).to_python()
            print(json.dumps({"name": name, "rows": rows}, default=plain))
    except python_calamine.PasswordError:
        print(json.dumps({"error": "protected"}))
    except (python_calamine.CalamineError, OSError, ValueError):
        print(json.dumps({"error": "damaged"}))


if __name__ == "__main__":
    main()
