"""Purchases heaped just under a legal limit, against the density of amounts around it.

Compares counts in narrow windows of one file; a purchase under a limit is in itself lawful.
Several purchases that together pass a limit are the flag `fracionamento`'s.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy import stats

from cidadao_models.flags import _limits
from cidadao_models.models.pattern_analysis import _shape
from cidadao_models.models.pattern_analysis._shape import Bools, Floats, Found, Ints, Pattern

ID, TITLE = "logo_abaixo_do_limite", "Valores acumulados logo abaixo de um limite legal"

WINDOW = 0.05
"""Log width of the windows beside the limit (about 5 %; reference: local binomial test)."""

OUTER = 3
"""The outer windows reach this many window widths from the limit."""

MIN_IN_WINDOWS = 20
"""Fewest amounts beside the limit that can be tested in the whole file."""

MIN_OF_BUYER = 10
"""Fewest amounts of one buyer beside the limit that can be tested."""

FILE_WEIGHT = 10.0
"""Amounts that the slope of the whole file is worth beside those of one buyer."""

MIN_RATIO = 1.3
"""Least ratio of amounts below to those expected there that is worth showing."""

INVITATION: tuple[tuple[dt.date, dt.date, float, float, str], ...] = (
    (dt.date(1998, 5, 28), dt.date(2018, 7, 18), 150_000.0, 80_000.0,
     "Lei 8.666/1993, art. 23, I, a, e II, a"),
    (dt.date(2018, 7, 19), dt.date(2023, 12, 30), 330_000.0, 176_000.0, "Decreto 9.412/2018"),
)  # fmt: skip
"""Invitation ("convite") under Lei 8.666: first and last day, limits for works and others (R$)."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Amounts in windows around a limit: inner ones beside it, outer ones to measure the slope."""

    below: int
    above: int
    outer_below: int
    outer_above: int
    at_limit: int

    @property
    def n(self) -> int:
        """Amounts in the inner windows."""
        return self.below + self.above


@dataclass(frozen=True, slots=True)
class Bunching:
    """Counts around a limit, how many were expected just below, and the chance of so many.

    `p_value` is against the density on both sides. `p_peak` is against the density farther below:
    a drop above the limit alone, where dearer purchases take another form, makes no peak.
    """

    counts: Counts
    expected_below: float
    p_value: float
    p_peak: float


def local_test(amounts: Floats, limit: Floats | float, *, prior: Counts | None = None) -> Bunching:
    """Whether amounts heap just under their limits (R$; one limit for all, or one each).

    One-sided binomial test (mid-p) of the amounts within 5 % below against those within 5 %
    above, given the slope of the log density between the outer windows. Round amounts heap by
    themselves and are counted, but not tested; amounts equal to the limit are left out, as it is
    often itself a round one. `prior`: counts of a larger set, whose slope stands in where there
    are few amounts.
    """
    cents = np.rint(amounts * 100)
    edge = np.broadcast_to(np.rint(np.asarray(limit) * 100), len(amounts))
    counts = window_counts(cents, edge)
    odd = ~is_round(cents, edge)
    tested = window_counts(cents[odd], edge[odd])
    slope = _step(tested, prior)
    expected = counts.above * _step(counts, prior)
    return Bunching(counts, expected, _p_above(tested, slope), _p_below(tested, slope))


def window_counts(cents: Floats, edge: Floats) -> Counts:
    """Amounts (centavos) in the windows of their limits."""
    with np.errstate(divide="ignore", invalid="ignore"):
        x = np.log(cents / edge) / WINDOW
    inside = (np.abs(x) <= OUTER) & (cents != edge)
    position = np.clip(np.floor(x[inside]), -OUTER, OUTER - 1).astype(np.int64) + OUTER
    bins = np.bincount(position, minlength=2 * OUTER)
    return Counts(
        below=int(bins[OUTER - 1]),
        above=int(bins[OUTER]),
        outer_below=int(bins[: OUTER - 1].sum()),
        outer_above=int(bins[OUTER + 1 :].sum()),
        at_limit=int((cents == edge).sum()),
    )


def is_round(cents: Floats, edge: Floats) -> Bools:
    """Whether an amount is a multiple of a tenth or an eighth of the limit's power of ten.

    Beside 8,000 these are multiples of 100 and 125, beside 62,725.59 of 1,000 and 1,250.
    """
    step = 10.0 ** (np.floor(np.log10(edge)) - 1)
    return np.asarray((np.mod(cents, step) == 0) | (np.mod(cents, 1.25 * step) == 0))


def _step(counts: Counts, prior: Counts | None) -> float:
    """Ratio of the density of one window to that of the next higher one, from the outer windows.

    Their middles lie `OUTER + 1` windows apart.
    """
    low, high = float(counts.outer_below), float(counts.outer_above)
    if prior is not None and prior.outer_below + prior.outer_above:
        share = prior.outer_below / (prior.outer_below + prior.outer_above)
        low, high = low + FILE_WEIGHT * share, high + FILE_WEIGHT * (1 - share)
    return float(((low + 0.5) / (high + 0.5)) ** (1 / (OUTER + 1)))


def _p_above(counts: Counts, step: float) -> float:
    return _binomial(counts.below, counts.n, step / (1 + step))


def _p_below(counts: Counts, step: float) -> float:
    # a slope that a drop above the limit makes steep must not hide what lies below it
    widths = sum(min(step, 1.0) ** k for k in range(1, OUTER))
    return _binomial(counts.below, counts.below + counts.outer_below, 1 / (1 + widths))


def _binomial(k: int, n: int, share: float) -> float:
    """Chance of k or more of n, the case of exactly k counted half (mid-p, Lancaster 1961)."""
    if not n:
        return 1.0
    half = 0.5 * float(stats.binom.pmf(k, n, share))
    return float(stats.binom.sf(k - 1, n, share)) - half


# -- which limit each record has ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Limited:
    """Records with the amount and the limit of one kind that held on their day."""

    kind: str
    position: Ints
    amount: Floats
    limit: Floats
    buyer: Ints


def under_limits(prepared: pd.DataFrame) -> Found:
    """Limits with amounts heaped below them, in the whole file and for single buyers."""
    lacking = _shape.lacking(prepared, "_valor", "data")
    if lacking:
        return [], [_shape.missing_fields(ID, TITLE, *lacking)]
    groups = list(_limited(prepared))
    tests = [(group, local_test(group.amount, group.limit), None) for group in groups]
    enough = [test for test in tests if test[1].counts.n >= MIN_IN_WINDOWS]
    if not enough:
        reason = f"há menos de {MIN_IN_WINDOWS} valores em volta de cada limite legal"
        return [], [_shape.skipped(ID, TITLE, reason)]
    of_buyers = [
        (part, local_test(part.amount, part.limit, prior=whole.counts), int(part.buyer[0]))
        for group, whole, _ in enough
        for part in _by_buyer(group)
    ]
    return _shown(prepared, enough) + _shown(prepared, of_buyers), []


def _limited(prepared: pd.DataFrame) -> Iterator[_Limited]:
    """Records around each distinct limit: of direct awards, and of invitations before 2024."""
    days = pd.to_datetime(prepared["data"], errors="coerce").to_numpy().astype("datetime64[D]")
    works = _works(prepared)
    amount = prepared["_valor"].to_numpy(np.float64, copy=True)
    regimes = _regimes(prepared)
    direct = _limits.dispensa_limits(days, works, regimes)
    buyer = _buyers(prepared)
    amount[_parcels(prepared, buyer, amount)] = np.nan
    for kind, limits in (("dispensa", direct), ("convite", _invitation(days, works, regimes))):
        with np.errstate(divide="ignore", invalid="ignore"):
            near = np.abs(np.log(amount / limits)) <= OUTER * WINDOW
        for value in np.unique(limits[near]):
            at = np.flatnonzero(near & (limits == value))
            yield _Limited(kind, at, amount[at], limits[at], buyer[at])


def _works(prepared: pd.DataFrame) -> Bools:
    if "_obra" not in prepared:
        return np.zeros(len(prepared), dtype=bool)
    return prepared["_obra"].to_numpy(dtype=bool)


def _buyers(prepared: pd.DataFrame) -> Ints:
    if "_comprador" not in prepared:
        return np.full(len(prepared), -1, dtype=np.int64)
    return _shape.codes(prepared["_comprador"])[0]


def _parcels(prepared: pd.DataFrame, buyer: Ints, amount: Floats) -> Bools:
    """Records that repeat an amount of one buyer and supplier: parcels of one purchase."""
    if "_fornecedor" not in prepared:
        return np.zeros(len(prepared), dtype=bool)
    supplier = _shape.codes(prepared["_fornecedor"])[0]
    alike = pd.DataFrame({"b": buyer, "s": supplier, "v": amount}).duplicated().to_numpy()
    return np.asarray(alike & (supplier >= 0))


def _regimes(prepared: pd.DataFrame) -> Ints:
    """Position in `_limits.REGIMES` of the law that a record states, -1 where it states none."""
    regimes = np.full(len(prepared), -1, dtype=np.int64)
    for name in ("fundamento_legal", "modalidade"):
        if name in prepared:
            found, names = _shape.codes(prepared[name])
            laws = [_limits.stated_regime(text) for text in names]
            stated = np.array([*(_limits.REGIMES.index(law) if law else -1 for law in laws), -1])
            regimes = np.where(regimes < 0, stated[found], regimes)
    return regimes


def _invitation(days: np.ndarray, works: Bools, regimes: Ints) -> Floats:
    """Limit of an invitation on each day; NaN where the law had none."""
    answer = np.full(len(days), np.nan)
    old = _limits.REGIMES.index("8.666")
    start_of_new = np.datetime64(_limits.START_OF_14133)
    under_old = (regimes == old) | ((regimes < 0) & (days < start_of_new))
    for first, last, for_works, for_others, _ in INVITATION:
        held = under_old & (days >= np.datetime64(first)) & (days <= np.datetime64(last))
        answer[held] = np.where(works[held], for_works, for_others)
    return answer


def _by_buyer(group: _Limited) -> Iterator[_Limited]:
    order = np.argsort(group.buyer, kind="stable")
    bounds = np.flatnonzero(np.diff(group.buyer[order], prepend=-2, append=-2))
    if len(bounds) <= 2:
        return
    for start, end in pairwise(bounds):
        at = order[start:end]
        inner = np.abs(np.log(group.amount[at] / group.limit[at])) <= WINDOW
        if group.buyer[at[0]] >= 0 and inner.sum() >= MIN_OF_BUYER:
            yield _Limited(
                group.kind, group.position[at], group.amount[at], group.limit[at], group.buyer[at]
            )


# -- in words ----------------------------------------------------------------------------------

_EXPLAIN = (
    "{who}: {n_below} valores entre {low:brl} e o limite de {limit:brl} ({kind_words}, {act}) e"
    " {n_above} logo acima dele, até {high:brl}; pela densidade em volta, seriam de esperar cerca"
    " de {expected_below:0} logo abaixo."
)
_KIND_WORDS = {"dispensa": "dispensa por valor", "convite": "convite"}
_Test = tuple[_Limited, Bunching, int | None]


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
    prepared: pd.DataFrame, group: _Limited, test: Bunching, buyer: int | None, *, q: float
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
        "kind_words": _KIND_WORDS[group.kind],
        "act": _act(prepared, group),
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


def _act(prepared: pd.DataFrame, group: _Limited) -> str:
    first = int(group.position[0])
    day = pd.Timestamp(prepared["data"].iloc[first]).date()
    if group.kind == "convite":
        return next(row[-1] for row in INVITATION if row[0] <= day <= row[1])
    regime = int(_regimes(prepared.iloc[[first]])[0])
    law = _limits.REGIMES[regime] if regime >= 0 else None
    works = bool(_works(prepared.iloc[[first]])[0])
    return _limits.dispensa_limit(day, works=works, legal_basis=law).act
