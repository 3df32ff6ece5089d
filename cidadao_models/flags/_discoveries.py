"""Many tests at once: which of them hold when a share of false discoveries is allowed.

Computes no p-value itself.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def adjusted(p: npt.ArrayLike, n_tests: int | None = None) -> Floats:
    """q-values of the p-values, in their order: smallest false discovery rate that shows each.

    Benjamini and Hochberg (1995), step-up. `n_tests`: tests made in all, where those that are
    not given had a p-value of 1.
    """
    values = np.asarray(p, dtype=np.float64)
    total = max(len(values), n_tests or 0)
    order = np.argsort(values)[::-1]
    scaled = values[order] * total / np.arange(len(values), 0, -1)
    answer = np.empty(len(values))
    answer[order] = np.minimum(1.0, np.minimum.accumulate(scaled))
    return answer
