"""Numbers and dates as Brazilians write them, and templates filled with them.

Pure text: the sentence's template lives beside the computation that fills it.
"""

from __future__ import annotations

import datetime as dt
import string
from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache

_SWAP = str.maketrans(",.", ".,")


def number(value: float, decimals: int | None = None) -> str:
    """`1234567.891` -> `1.234.567,89`; whole numbers without decimals unless asked for."""
    if decimals is None:
        decimals = 0 if float(value).is_integer() else 2
    if round(value, decimals) == value:
        return f"{value:,.{decimals}f}".translate(_SWAP)
    rounded = Decimal(repr(float(value))).quantize(_step(decimals), ROUND_HALF_EVEN)
    return f"{rounded:,f}".translate(_SWAP)


@lru_cache(maxsize=16)
def _step(decimals: int) -> Decimal:
    return Decimal(1).scaleb(-decimals)


def money(value: float) -> str:
    """`1234567.891` -> `R$ 1.234.567,89`."""
    sign = "-" if value < 0 else ""
    return f"{sign}R$ {number(abs(value), 2)}"


def prose_money(value: float) -> str:
    """Large amounts for prose: `R$ 3,2 milhões`; below a million the exact amount."""
    for size, one, many in (
        (1e12, "trilhão", "trilhões"),
        (1e9, "bilhão", "bilhões"),
        (1e6, "milhão", "milhões"),
    ):
        if abs(value) >= size:
            scaled = value / size
            return f"R$ {number(scaled, 1)} {one if abs(scaled) < 2 else many}"
    return money(value)


def date(value: dt.date) -> str:
    """`2024-03-14` -> `14/03/2024`."""
    return f"{value.day:02d}/{value.month:02d}/{value.year:04d}"


def _written(value: object, spec: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (dt.date, dt.datetime)):
        return date(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    if spec == "brl":
        return money(value)
    if spec == "pct":
        return f"{number(100 * value, 1)} %"
    return number(value, int(spec) if spec else None)


@lru_cache(maxsize=256)
def _parts(template: str) -> tuple[tuple[str, str | None, str], ...]:
    """(literal, name of the fact after it or None, its form) of each part."""
    parsed = string.Formatter().parse(template)
    return tuple((literal, name, spec or "") for literal, name, spec, _ in parsed)


def fill(template: str, facts: Mapping[str, object]) -> str:
    """The template with every fact written in Brazilian form. KeyError on a missing fact.

    `{x}` by type, `{x:brl}` as R$, `{x:1}` with that many decimals, `{x:pct}` of a share.
    """
    return "".join(
        literal if name is None else literal + _written(facts[name], spec)
        for literal, name, spec in _parts(template)
    )


def placeholders(template: str) -> set[str]:
    """Names of the facts that a template quotes."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}
