"""First digits of amounts against Benford's law, where that law can be expected to hold.

A property of a whole file, never of one record: it says where to look, not what is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.findings import words
from cidadao_models.flags import _limits
from cidadao_models.models.pattern_analysis import _shape
from cidadao_models.models.pattern_analysis._shape import Floats, Found, Ints

Digits: TypeAlias = Literal[1, 2, 12]

MIN_VALUES = 300
"""Below this the fixed cut-offs call most honest data nonconforming (reference: 46 % at 250)."""

MIN_ORDERS = 2.0
"""Least log10(p99/p1): honest lognormals of fewer orders deviate by themselves."""

MAX_REPEATED = 0.20
"""Largest share of repeated amounts beyond what chance repeats: above it prices are tabulated."""

MAX_ONE_PARTY = 0.80
"""Largest share of records of one supplier or item: above it one price list sets the digits."""

EDGE_WIDTH = float(np.log(1.1))
"""Log width of the windows beside an edge."""

MIN_AT_EDGE = 10
"""Fewest amounts in the last window before an edge that make it a cut rather than a tail."""

GAPS_TO_EDGE = 8.0
"""Farthest that the last amount may lie from the true edge, in mean gaps between amounts."""

MIN_AT_LIMIT = 30
"""Fewest amounts just below a legal limit that can show a cut (so many limits are looked at)."""

CUT_RATIO = 4.0
"""Amounts just below a legal limit for each one just above from which the data count as cut."""

SIMULATIONS = 4_999
"""Multinomial samples behind a p-value: its smallest value is 1/5,000."""

MIN_EXCESS = 0.004
"""Excess MAD worth showing: with it, an infinite sample is past "acceptable" (0.012) by a third
of the way from "close" (0.006) (Nigrini 2012)."""

SHOWN_BELOW = 0.01
"""p-value from which a file's deviation is shown."""

_DIGITS: dict[int, Ints] = {1: np.arange(1, 10), 2: np.arange(0, 10), 12: np.arange(10, 100)}
_EXACT_CENTS = 9e13
"""R$; below it amounts in centavos are exact integers of a float64."""
_POWERS = 10 ** np.arange(19, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class BenfordResult:
    """Digits of n amounts against Benford's law.

    `observed` and `expected` are shares of each digit, `mad` their mean absolute difference,
    `expected_mad` what a true Benford sample of this size shows on average and `excess_mad` the
    difference. `p_value` is simulated, and None where the law can't be expected (`reason`).
    """

    applicable: bool
    reason: str
    n: int
    mad: float | None
    expected_mad: float | None
    excess_mad: float | None
    chi2: float | None
    p_value: float | None
    observed: tuple[float, ...]
    expected: tuple[float, ...]

    def to_dict(self) -> dict[str, object]:
        """The result as plain JSON values."""
        plain = asdict(self)
        return plain | {"observed": list(self.observed), "expected": list(self.expected)}


def benford(
    values: npt.ArrayLike | Sequence[object] | pd.Series,
    *,
    digits: Digits = 1,
    seed: int = 0,
    suppliers: pd.Series | Sequence[object] | None = None,
    items: pd.Series | Sequence[object] | None = None,
) -> BenfordResult:
    """Compare the digits of positive amounts (R$) with Benford's law.

    `digits`: 1 first, 2 second, 12 first two. Amounts that are missing, not finite or below one
    centavo are left out. `suppliers`, `items`: who or what each amount is for, to refuse files
    of one of them. The p-value is that of the MAD under multinomial samples of the law (Cerqueti
    and Lupi 2021 give its asymptotic form). ValueError on other `digits`.
    """
    if digits not in _DIGITS:
        raise ValueError("digits must be 1, 2 or 12")
    amounts = positive(values)
    law = benford_shares(digits)
    n = len(amounts)
    reason = _refusal(amounts) or _one_party(suppliers, "fornecedor") or _one_party(items, "item")
    if not n:
        return BenfordResult(False, reason, 0, None, None, None, None, None, (), tuple(law))
    counts = np.bincount(leading(amounts, digits), minlength=int(_DIGITS[digits][-1]) + 1)
    counts = counts[_DIGITS[digits]]
    observed = counts / n
    mad = float(np.abs(observed - law).mean())
    typical = float(np.sqrt(2 * law * (1 - law) / (np.pi * n)).mean())
    return BenfordResult(
        applicable=not reason,
        reason=reason,
        n=n,
        mad=mad,
        expected_mad=typical,
        excess_mad=mad - typical,
        chi2=float(((counts - n * law) ** 2 / (n * law)).sum()),
        p_value=None if reason else p_value(mad, n, digits, seed),
        observed=tuple(observed.tolist()),
        expected=tuple(law.tolist()),
    )


def positive(values: npt.ArrayLike | Sequence[object] | pd.Series) -> Floats:
    """The finite amounts of at least one centavo; anything else is left out."""
    numbers = pd.to_numeric(pd.Series(values), errors="coerce").to_numpy(np.float64, na_value=0.0)
    with np.errstate(invalid="ignore"):
        return np.asarray(numbers[np.isfinite(numbers) & (np.rint(numbers * 100) >= 1)])


def leading(amounts: Floats, digits: Digits = 1) -> Ints:
    """First, second or first two significant digits of each amount, exact in centavos.

    0.3 -> 3, 0.6 -> 6; the second digit of an amount of one digit is 0.
    """
    two = np.empty(len(amounts), dtype=np.int64)
    exact = amounts < _EXACT_CENTS
    cents = np.rint(amounts[exact] * 100).astype(np.int64) * 10
    power = np.searchsorted(_POWERS, cents, side="right") - 1
    two[exact] = cents // _POWERS[power - 1]
    two[~exact] = [int(f"{value:.16e}".replace(".", "")[:2]) for value in amounts[~exact]]
    return two if digits == 12 else two // 10 if digits == 1 else two % 10


def benford_shares(digits: Digits = 1) -> Floats:
    """Share of each digit under the law: log10(1 + 1/d), summed over first digits for the second.

    Newcomb (1881), Benford (1938).
    """
    two = np.log10(1 + 1 / np.arange(10, 100))
    if digits == 12:
        return two
    if digits == 1:
        return np.log10(1 + 1 / np.arange(1, 10))
    return np.asarray(two.reshape(9, 10).sum(axis=0))


def p_value(mad: float, n: int, digits: Digits, seed: int) -> float:
    """Chance that a true Benford sample of size n shows a mean difference of `mad` or more."""
    simulated = _simulated(n, digits, seed)
    # a tie differs only in the last bits of the mean
    reached = len(simulated) - np.searchsorted(simulated, mad * (1 - 1e-12), side="left")
    return float((1 + reached) / (1 + len(simulated)))


@lru_cache(maxsize=64)
def _simulated(n: int, digits: Digits, seed: int) -> Floats:
    """Sorted MADs of true Benford samples of size n."""
    law = benford_shares(digits)
    counts = np.random.default_rng(seed).multinomial(n, law, SIMULATIONS)
    return np.sort(np.abs(counts / n - law).mean(axis=1))


# -- where the law can't be expected -----------------------------------------------------------


def _refusal(amounts: Floats) -> str:
    """Why the law can't be expected of these amounts, in Portuguese; "" when it can."""
    if len(amounts) < MIN_VALUES:
        return f"há {len(amounts)} valores positivos; são precisos pelo menos {MIN_VALUES}"
    low, high = np.percentile(amounts, [1, 99])
    if np.log10(high / low) < MIN_ORDERS:
        return "os valores variam menos de duas ordens de grandeza (do percentil 1 ao 99)"
    cents = np.sort(np.rint(amounts * 100))
    return _tabulated(cents) or _cut(cents)


def _cut(cents: Floats) -> str:
    logs = np.log(cents)
    if _sharp(-logs[::-1]):
        return f"os valores terminam de repente perto de {_brl(cents[-1])}, como se houvesse teto"
    if _sharp(logs):
        return f"os valores começam de repente perto de {_brl(cents[0])}, como se houvesse piso"
    limits = sorted({value for row in _limits.table() for value in (row.works, row.other)})
    for limit in limits:
        edge = np.log(limit * 100)
        at = np.searchsorted(logs, [edge - EDGE_WIDTH, edge + 1e-12, edge + EDGE_WIDTH])
        below, above = np.diff(at)
        if below >= max(MIN_AT_LIMIT, 0.01 * len(logs)) and below > CUT_RATIO * above:
            return f"os valores param no limite legal de {_brl(limit * 100)}"
    return ""


def _sharp(logs: Floats) -> bool:
    """Whether sorted logs start with a window about as full as the next one: a cut, no tail.

    An edge at a power of ten removes whole decades and keeps the digits: it is no such cut.
    """
    first, second = np.diff(np.searchsorted(logs - logs[0], [0, EDGE_WIDTH, 2 * EDGE_WIDTH]))
    if first < MIN_AT_EDGE or 2 * first < second:
        return False
    decade = np.log(10)
    from_power = abs(float(logs[0]) - decade * round(float(logs[0] / decade)))
    one_cent = float(np.exp(-abs(logs[0])))
    return bool(from_power > GAPS_TO_EDGE * EDGE_WIDTH / first + one_cent)


def _tabulated(cents: Floats) -> str:
    """Share of repeated amounts beyond those that chance repeats at the local density."""
    distinct, counts = np.unique(cents, return_counts=True)
    reach = np.maximum(50.0, 0.005 * distinct)
    edges = np.searchsorted(cents, np.stack([distinct - reach, distinct + reach]))
    density = (edges[1] - edges[0] - counts) / (2 * reach)
    weight = counts / len(cents)
    excess = float((weight * ((counts > 1) - (1 - np.exp(-density)))).sum())
    if excess <= MAX_REPEATED:
        return ""
    return "mais de 20 % dos valores se repetem, como em preços tabelados"


def _one_party(parties: pd.Series | Sequence[object] | None, what: str) -> str:
    if parties is None:
        return ""
    shares = pd.Series(parties).dropna().value_counts(normalize=True)
    if not len(shares) or shares.iloc[0] < MAX_ONE_PARTY:
        return ""
    return f"quase todos os valores são de um só {what}"


def _brl(cents: float) -> str:
    return words.money(float(cents) / 100)


# -- as a pattern ------------------------------------------------------------------------------

_ID, _TITLE = "benford", "Primeiros dígitos diferentes da lei de Benford"
_EXPLAIN = (
    "Nos {n} valores do arquivo, o primeiro dígito {digit} aparece em {observed_share:pct} dos"
    " casos (a lei de Benford prevê {expected_share:pct}); o desvio médio é {mad:4}, quando o"
    " acaso daria cerca de {expected_mad:4} com este número de valores."
)


def first_digits(prepared: pd.DataFrame, *, seed: int = 0) -> Found:
    """The file's first digits as a pattern, when the law applies and the deviation is large."""
    lacking = _shape.lacking(prepared, "_valor")
    if lacking:
        return [], [_shape.missing_fields(_ID, _TITLE, *lacking)]
    result = of_records(prepared, seed=seed)
    if not result.applicable:
        return [], [_shape.skipped(_ID, _TITLE, result.reason)]
    if result.p_value is None or result.p_value > SHOWN_BELOW:
        return [], []
    if result.excess_mad is None or result.excess_mad < MIN_EXCESS:
        return [], []
    return [_pattern(result, result.p_value, result.excess_mad)], []


def of_records(prepared: pd.DataFrame, *, seed: int = 0) -> BenfordResult:
    """First digits of the amounts of prepared records."""
    suppliers = None if _shape.lacking(prepared, "_fornecedor") else prepared["_fornecedor"]
    return benford(prepared["_valor"].to_numpy(), seed=seed, suppliers=suppliers)


def _pattern(result: BenfordResult, p: float, excess: float) -> dict[str, object]:
    gaps = np.abs(np.array(result.observed) - np.array(result.expected))
    worst = int(gaps.argmax())
    facts = result.to_dict() | {
        "digit": worst + 1,
        "observed_share": result.observed[worst],
        "expected_share": result.expected[worst],
    }
    return _shape.pattern(
        id=_ID,
        type="benford",
        title=_TITLE,
        explain=_EXPLAIN,
        facts=facts,
        rows=[],
        p_value=p,
        # honest prices of a few kinds of object need not follow the law: this only gives context
        strength=min(_shape.CONTEXT, _shape.strength(p, excess / MIN_EXCESS)),
        innocent="houver tarifas, tabelas de preço, limites ou pagamentos iguais que se repetem.",
        next_step="veja quais valores começam com esse dígito e de que tipo de despesa são.",
    )
