"""How strongly one fact speaks, as a weight in [0, 1] that grows smoothly with the evidence.

Only turns evidence into weights; what counts as evidence is said by each flag.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

BAR = 0.7
"""Weight of a fact that just reaches the bar of its check (outer contract: score of a breach)."""

CONTEXT = 0.5
"""Weight of a fact that only gives context and never makes a finding alone (outer contract)."""

P_BAR = 1e-3
"""Chance, in honest data, that a record shows the fact: at this value the weight is `BAR`.

The contract allows 1 % of honest records at 0.7 over all checks together; ten checks at one in a
thousand each stay within it, and a tenth of that is within the 0.1 % allowed at 0.85.
"""


def strength(steps: npt.ArrayLike) -> Floats:
    """Weight after `steps` beyond the bar: `1 - 0.3 * 2**-steps`, so each step halves the doubt.

    0 steps give 0.7 (the bar), 1 step 0.85, 2 steps 0.925, 3 steps 0.9625; negative steps less.
    What a step is belongs to the kind of evidence: ten times rarer, twice the share, ten times
    the days.
    """
    return np.asarray(np.maximum(0.0, 1.0 - (1.0 - BAR) * np.exp2(-np.asarray(steps, float))))


def from_chance(p: npt.ArrayLike, *, bar: npt.ArrayLike = P_BAR) -> Floats:
    """Weight of a fact seen with chance `p` in honest data; one step for each factor of ten."""
    return strength(np.log10(np.asarray(bar, float) / np.maximum(np.asarray(p, float), 1e-300)))


def from_multiple(value: npt.ArrayLike, *, bar: float) -> Floats:
    """Weight of a share or ratio `value` against the bar; one step for each doubling."""
    return strength(np.log2(np.maximum(np.asarray(value, float), 1e-300) / bar))


def from_days(days: npt.ArrayLike, *, bar: float = 1.0) -> Floats:
    """Weight of so many days against `bar` days; one step for each factor of ten."""
    return strength(np.log10(np.maximum(np.asarray(days, float), 1e-9) / bar))
