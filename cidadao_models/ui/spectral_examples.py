"""Invented series that show what the tab can and cannot tell. The same at every start."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from cidadao_models.findings.words import date as written_date
from cidadao_models.findings.words import number

STEP_DAY = date(2023, 3, 14)
"""Day on which the level of the first example doubles."""

HEADER = "data;valor (R$)"


def _lines(points: Iterator[tuple[date, float]]) -> str:
    return "\n".join([HEADER, *(f"{written_date(day)};{number(v, 2)}" for day, v in points)])


def _daily(draw: random.Random) -> Iterator[tuple[date, float]]:
    """Payments of three years: quiet weekends, a full first week of the month, and one step."""
    day = date(2021, 1, 1)
    while day <= date(2023, 12, 31):
        level = 18_000.0 * (2.0 if day >= STEP_DAY else 1.0)
        level *= 0.15 if day.weekday() >= 5 else 1.0
        level *= 2.6 if day.day <= 5 else 1.0
        yield day, level * draw.lognormvariate(0.0, 0.3)
        day += timedelta(days=1)


def _monthly(draw: random.Random) -> Iterator[tuple[date, float]]:
    """Ten years of months with the usual December, the last one far above its own past."""
    for index in range(120):
        year, month = 2014 + index // 12, 1 + index % 12
        rush = 1.0 if month < 12 else 3.4 if year == 2023 else 1.5
        low = 0.75 if month == 1 else 1.0
        yield date(year, month, 1), 410_000.0 * rush * low * draw.lognormvariate(0.0, 0.12)


def _short(draw: random.Random) -> Iterator[tuple[date, float]]:
    """Fourteen months: whatever one thinks to see in them, nothing can be told."""
    for index in range(14):
        year, month = 2023 + index // 12, 1 + index % 12
        yield date(year, month, 1), 52_000.0 * draw.lognormvariate(0.0, 0.35)


MAKERS: tuple[tuple[Callable[[random.Random], Iterator[tuple[date, float]]], int], ...] = (
    (_daily, 7),
    (_monthly, 11),
    (_short, 5),
)


def example(number_: int) -> str:
    """The text of an example, as a reader would paste it: one `data;valor` a line."""
    maker, seed = MAKERS[number_]
    return _lines(maker(random.Random(seed)))
