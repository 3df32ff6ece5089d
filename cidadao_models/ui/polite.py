"""Lets the server that answers everybody go before an analysis. Starts no process."""

from __future__ import annotations

import os

POLITE = 5
"""How much an analysis steps back (Unix nice)."""


def step_back() -> None:
    """Lower this process's priority, where the system knows priorities of this kind."""
    if hasattr(os, "nice"):
        os.nice(POLITE)
