"""Amounts, shares, periods and dates as contract texts write them, in figures or in words.

Reads the plain view (see `folding`); tells nothing of what a quantity is about.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from cidadao_models.reading import amounts

_UNITS = (
    "zero um dois tres quatro cinco seis sete oito nove dez onze doze treze quatorze quinze"
    " dezesseis dezessete dezoito dezenove"
).split()
_TENS = "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa".split()
_HUNDREDS = (
    "cento duzentos trezentos quatrocentos quinhentos seiscentos setecentos oitocentos novecentos"
).split()

_VALUES: dict[str, int] = (
    {word: n for n, word in enumerate(_UNITS)}
    | {word: 10 * (n + 2) for n, word in enumerate(_TENS)}
    | {word: 100 * (n + 1) for n, word in enumerate(_HUNDREDS)}
    | {"uma": 1, "duas": 2, "catorze": 14, "cem": 100, "duzentas": 200, "doze": 12, "dozes": 12}
)

NUMBER_WORD = "(?:" + "|".join(sorted(_VALUES, key=len, reverse=True)) + ")"
WORDS = rf"{NUMBER_WORD}(?: e {NUMBER_WORD}){{0,2}}(?: mil)?"
"""A number in words up to the hundreds, the thousands without what follows them."""


def in_words(text: str) -> int | None:
    """`cento e oitenta` -> 180, `dois mil` -> 2000; None for anything else."""
    parts = text.split()
    thousand = parts[-1:] == ["mil"]
    parts = [part for part in parts if part not in ("e", "mil")]
    if (not parts and not thousand) or any(part not in _VALUES for part in parts):
        return None
    total = sum(_VALUES[part] for part in parts) if parts else 1
    return total * 1000 if thousand else total


# -- money and shares ----------------------------------------------------------------------------

_MONEY = re.compile(r"\d[\d.,]*\d|\d")


def money(text: str) -> float | None:
    """`R$ 1.234,56 (mil duzentos ...)` -> 1234.56; None where there is no number or no sense."""
    found = _MONEY.search(text)
    if found is None:
        return None
    value = float(amounts.money(pa.array([found.group()])).values[0])
    return value if value == value and value > 0 else None


@dataclass(frozen=True, slots=True)
class Share:
    """A percentage in the view: `value` as a share of one, view[start:end]."""

    value: float
    start: int
    end: int


PERCENT = rf"(?:\d{{1,3}}(?:[.,]\d{{1,6}})?|{WORDS}) ?(?:\([^()]{{1,60}}\) ?)?(?:%|por cento)"
_PERCENT = re.compile(rf"(?<![\w,.])(?:{PERCENT})")
_FIGURE = re.compile(r"\d{1,3}(?:[.,]\d{1,6})?")


def shares(view: str, start: int = 0, end: int | None = None) -> Iterator[Share]:
    """Every percentage in view[start:end]: `25 %`, `12,5%`, `vinte e cinco por cento`."""
    for found in _PERCENT.finditer(view, start, len(view) if end is None else end):
        figure = _FIGURE.match(found.group())
        if figure is not None:
            value: float | None = float(figure.group().replace(",", "."))
        else:
            words = re.match(WORDS, found.group())
            value = in_words(words.group()) if words is not None else None
        if value is not None:
            yield Share(value / 100, *found.span())


# -- periods -------------------------------------------------------------------------------------

Unit = Literal["dias", "meses", "anos"]
DAYS: dict[Unit, float] = {"dias": 1.0, "meses": 30.4375, "anos": 365.25}


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time; `start` and `end` bound its words in the view."""

    amount: int
    unit: Unit
    start: int
    end: int

    @property
    def days(self) -> float:
        """About how many days it takes."""
        return self.amount * DAYS[self.unit]

    def after(self, day: dt.date) -> dt.date | None:
        """Last day of the period that starts on `day`; None past the calendar's end."""
        try:
            if self.unit == "dias":
                return day + dt.timedelta(days=self.amount - 1)
            months = self.amount * (12 if self.unit == "anos" else 1)
            return add_months(day, months) - dt.timedelta(days=1)
        except (OverflowError, ValueError):
            return None


PERIOD = re.compile(
    rf"(?<![\w,.])(?:(?P<figure>\d{{1,4}})|(?P<words>{WORDS})) ?(?:\([^()]{{1,40}}\) ?)?"
    r"(?P<unit>dias?|mes(?:es)?|anos?)\b"
)


def periods(view: str, start: int = 0, end: int | None = None) -> Iterator[Period]:
    """Every period in view[start:end]: `180 (cento e oitenta) dias`, `doze meses`, `1 ano`."""
    for found in PERIOD.finditer(view, start, len(view) if end is None else end):
        figure, words = found["figure"], found["words"]
        amount = int(figure) if figure else in_words(words)
        if amount:
            letter = found["unit"][0]
            unit: Unit = "dias" if letter == "d" else "meses" if letter == "m" else "anos"
            yield Period(amount, unit, *found.span())


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day so many months later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


# -- dates ---------------------------------------------------------------------------------------

_MONTHS = (
    "janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro"
).split()
_DATE = re.compile(
    r"(?<![\d/.-])(?:(\d{1,2}) ?[/.-] ?(\d{1,2}) ?[/.-] ?(\d{4}|\d{2})(?![\d/]|[.-]\d)"
    rf"|(\d{{1,2}})[oa]? ?(?:dias )?(?:de |/)?({'|'.join(_MONTHS)})"
    r"(?: de | do ano de |/| )?(\d{4})"
    r"|(\d{4})-(\d{2})-(\d{2})(?!\d))"
)
CENTURY_TURN = 50
"""Two-digit years from here on are of the last century."""


@dataclass(frozen=True, slots=True)
class Day:
    """A date in the view; `date` is None for one that the calendar does not have."""

    date: dt.date | None
    start: int
    end: int


def dates(view: str, start: int = 0, end: int | None = None) -> Iterator[Day]:
    """Every date in view[start:end]: `24/04/2019`, `24.4.19`, `1o de abril de 2019`, ISO."""
    for found in _DATE.finditer(view, start, len(view) if end is None else end):
        yield Day(_date(found), *found.span())


def _date(found: re.Match[str]) -> dt.date | None:
    d, m, y, day, name, year, iso_y, iso_m, iso_d = found.groups()
    if name is not None:
        parts = int(year), _MONTHS.index(name) + 1, int(day)
    elif iso_y is not None:
        parts = int(iso_y), int(iso_m), int(iso_d)
    else:
        full = int(y) if len(y) == 4 else int(y) + (1900 if int(y) >= CENTURY_TURN else 2000)
        parts = full, int(m), int(d)
    try:
        return dt.date(*parts)
    except ValueError:
        return None
