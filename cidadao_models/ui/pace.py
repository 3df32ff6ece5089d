"""How long work takes on this service, measured on the runs it has done.

Estimates nothing that it has not seen alike.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

ALIKE = 6.0
"""A measured run tells about amounts up to this many times smaller or larger than its own."""

REMEMBERED = 64
"""Latest runs kept; older ones say little about a machine that others share."""


@dataclass(frozen=True, slots=True)
class Pace:
    """The latest (amount, seconds) of one kind of work."""

    runs: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=REMEMBERED))

    def measured(self, amount: float, seconds: float) -> None:
        """Remember a run; one of nothing says nothing."""
        if amount > 0:
            self.runs.append((float(amount), seconds))

    def expected(self, amount: float) -> float | None:
        """Seconds for `amount`, from the run nearest in size; None without one alike.

        In proportion to the amount, but for a smaller one never less than half of what was
        measured: part of the time is spent whatever the size.
        """
        runs = tuple(self.runs)
        if amount <= 0 or not runs:
            return None
        near, seconds = min(reversed(runs), key=lambda run: max(run[0] / amount, amount / run[0]))
        ratio = amount / near
        if not 1 / ALIKE <= ratio <= ALIKE:
            return None
        return seconds * max(ratio, 0.5)

    def left(self, amount: float, elapsed: float) -> float | None:
        """Seconds still to go after `elapsed`; None when unknown or already past them."""
        total = self.expected(amount)
        return total - elapsed if total is not None and total > elapsed else None
