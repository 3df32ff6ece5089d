"""Which findings the reader wants to see, and in what order.

Chooses among a report's findings; shows nothing.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from cidadao_models.findings import Finding, Report, overview
from cidadao_models.reading import amounts
from cidadao_models.ui import texts

MOST_CHOICES = 300
"""Names offered in one list; the ones with most findings come first, others can be typed."""

_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_MONTH = re.compile(r"(\d{1,2})/(\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?")
_YEAR = re.compile(r"\d{4}")
_NOT_DIGITS = re.compile(r"[.\-/\s]")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader asked for, as typed; empty means anything.

    `since`, `until` and `minimum` are texts such as `03/2023` and `50.000,00`.
    """

    search: str = ""
    severities: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()
    body: str = ""
    supplier: str = ""
    since: str = ""
    until: str = ""
    minimum: str = ""
    order: str = "score"

    @property
    def folded(self) -> int:
        """How many of the filters in the fold are in use."""
        fields = (self.severities, self.signals, self.body, self.supplier,
                  self.since or self.until, self.minimum)  # fmt: skip
        return sum(map(bool, fields))


def filters_of(*values: object) -> Filters:
    """The filters from the values of the page's inputs, in the order of the fields."""
    clean = [
        tuple(map(str, value)) if isinstance(value, list) else str(value or "").strip()
        for value in values
    ]
    return Filters(*clean)  # type: ignore[arg-type]


def select(report: Report, filters: Filters) -> list[Finding]:
    """The findings asked for, in the order asked for."""
    first, last = period(filters.since), period(filters.until)
    since, until = first and first[0], last and last[1]
    minimum = amount(filters.minimum)
    words = filters.search.casefold().split()
    found = [
        finding
        for finding in report.findings
        if (not filters.severities or finding.severity in filters.severities)
        and (not filters.signals or any(r.id in filters.signals for r in finding.reasons))
        and _named(filters.body, overview.buyer_of(finding))
        and _named(filters.supplier, *_supplier(finding))
        and _dated(finding, since, until)
        and (minimum is None or _value(finding) >= minimum)
        and matches(finding, words)
    ]
    return _ordered(found, filters.order)


def not_understood(filters: Filters) -> str:
    """What of the typed filters could not be understood, in words; empty when all was."""
    problems = [
        texts.PERIOD_UNCLEAR.format(text=text)
        for text in (filters.since, filters.until)
        if text and period(text) is None
    ]
    if filters.minimum and amount(filters.minimum) is None:
        problems.append(texts.AMOUNT_UNCLEAR.format(text=filters.minimum))
    return " ".join(problems)


def period(text: str) -> tuple[dt.date, dt.date] | None:
    """First and last day of `2023`, `03/2023`, `14/03/2023` or an ISO date; None for others."""
    text = text.strip()
    if match := _DAY.fullmatch(text):
        return _span(int(match[3]), int(match[2]), int(match[1]))
    if match := _MONTH.fullmatch(text):
        return _span(int(match[2]), int(match[1]), None)
    if match := _ISO.fullmatch(text):
        return _span(int(match[1]), int(match[2]), int(match[3]) if match[3] else None)
    return _span(int(text), None, None) if _YEAR.fullmatch(text) else None


def _span(year: int, month: int | None, day: int | None) -> tuple[dt.date, dt.date] | None:
    try:
        first = dt.date(year, month or 1, day or 1)
        last_day = day or calendar.monthrange(year, month or 12)[1]
        return first, dt.date(year, month or 12, last_day)
    except ValueError:
        return None


def amount(text: str) -> float | None:
    """An amount as Brazilians type it (`50.000`, `R$ 1.234,56`); None when it is none."""
    if not text.strip():
        return None
    value = float(np.asarray(amounts.money(pa.array([text])).values, dtype=float)[0])
    return None if np.isnan(value) else value


def matches(finding: Finding, words: list[str]) -> bool:
    """Whether every word searched for occurs in the finding's texts."""
    parts = [finding.contract_id, *(str(value) for value in finding.item.values())]
    parts += [text for reason in finding.reasons for text in (reason.title, reason.explanation)]
    whole = " ".join(parts).casefold()
    return all(word in whole for word in words)


def body_choices(report: Report) -> list[tuple[str, str]]:
    """(label with count, name) of the bodies with findings, most findings first."""
    return _choices(texts.ANY_BODY, (overview.buyer_of(f) for f in report.findings))


def supplier_choices(report: Report) -> list[tuple[str, str]]:
    """(label with count, name) of the suppliers with findings, most findings first."""
    return _choices(
        texts.ANY_SUPPLIER, (str(f.item.get("fornecedor") or "") for f in report.findings)
    )


def _choices(anything: str, names: Iterable[str]) -> list[tuple[str, str]]:
    counts = Counter(name for name in names if name)
    return [(anything, ""), *((f"{n} ({k})", n) for n, k in counts.most_common(MOST_CHOICES))]


def _supplier(finding: Finding) -> tuple[str, ...]:
    return str(finding.item.get("fornecedor") or ""), str(finding.item.get("fornecedor_id") or "")


def _named(wanted: str, *names: str) -> bool:
    """Whether what was chosen or typed is part of a name; punctuation of numbers aside."""
    if not wanted:
        return True
    text, digits = wanted.casefold(), _NOT_DIGITS.sub("", wanted)
    return any(
        text in name.casefold() or (digits.isdigit() and digits in _NOT_DIGITS.sub("", name))
        for name in names
    )


def _dated(finding: Finding, since: dt.date | None, until: dt.date | None) -> bool:
    if since is None and until is None:
        return True
    day = overview.date_of(finding.item.get("data"))
    return day is not None and (since or day) <= day <= (until or day)


def _value(finding: Finding) -> float:
    value = finding.item.get("valor")
    return float(value) if isinstance(value, int | float) else -np.inf


def _ordered(found: list[Finding], order: str) -> list[Finding]:
    """Reports come by score, and findings of one fact together; ties keep that order."""
    if order == "value":
        return sorted(found, key=lambda finding: -_value(finding))
    if order == "date":
        return sorted(found, key=_day, reverse=True)
    return overview.together(found)


def _day(finding: Finding) -> dt.date:
    return overview.date_of(finding.item.get("data")) or dt.date.min
