"""When a buyer spends: year-end rush, days without office hours, months far above the others.

Compares each buyer with its own past or with the other buyers; seasonal needs it cannot know.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy import special, stats

from cidadao_models.findings import NotEvaluated
from cidadao_models.flags._calendar import national_holidays as national_holidays
from cidadao_models.flags._calendar import without_office_hours as without_office_hours
from cidadao_models.flags._year_end import MIN_RUSH, MIN_YEARS, Rush
from cidadao_models.flags._year_end import december as december
from cidadao_models.models.pattern_analysis import _shape
from cidadao_models.models.pattern_analysis._shape import Bools, Floats, Found, Ints, Pattern
from cidadao_models.reading import amounts as written_amounts
from cidadao_models.reading import dates as written_dates

RUSH_ID, RUSH_TITLE = "corrida_fim_de_ano", "Gasto de dezembro acima do próprio histórico"
OFF_ID, OFF_TITLE = "dias_sem_expediente", "Muitas datas em fins de semana ou feriados"
BURST_ID, BURST_TITLE = "mes_fora_do_padrao", "Mês muito acima dos outros do mesmo comprador"
POINT_TITLE = "Ponto muito acima dos outros da série"

MIN_DAYS = 20
"""Fewest distinct days of a buyer whose share without office hours is tested."""

MIN_OFF_RATIO = 2.0
"""Least ratio of that share to what is ordinary worth showing."""

MIN_POINTS = 12
"""Fewest months (or points) that make a past to compare with."""

MIN_BURST = 2.0
"""Least ratio of a month to the typical one worth showing."""

MEDIAN_EFFICIENCY = 0.37
"""Efficiency of the median absolute deviation on normal data (Rousseeuw and Croux 1993): so many
of the points are worth degrees of freedom."""

LONG_SERIES = 400
"""Points from which the pairs of a series are no longer kept in memory between series."""

SPREAD_FLOOR = 0.05
"""Least spread of log amounts: a series of equal amounts has none."""

_MAD_TO_SIGMA = 1.4826


def contracts(prepared: pd.DataFrame) -> Found:
    """The three checks on records with a date; each names what it lacks."""
    lacking = _shape.lacking(prepared, "data")
    if lacking:
        titles = ((RUSH_ID, RUSH_TITLE), (OFF_ID, OFF_TITLE), (BURST_ID, BURST_TITLE))
        return [], [_shape.missing_fields(id, title, *lacking) for id, title in titles]
    dated = _dated(prepared)
    parts = [year_end(prepared, dated), days_off(prepared, dated), bursts(prepared, dated)]
    return [p for found, _ in parts for p in found], [n for _, notes in parts for n in notes]


@dataclass(frozen=True, slots=True)
class Dated:
    """Records with a date: position, day, buyer (0 for all where none is told) and amount."""

    position: Ints
    day: np.ndarray
    buyer: Ints
    amount: Floats

    @property
    def month(self) -> Ints:
        """Months since 1970 of each record."""
        return np.asarray(self.day.astype("datetime64[M]").astype(np.int64))

    def of(self, chosen: Bools | Ints) -> Dated:
        """Some of the records."""
        return Dated(
            self.position[chosen], self.day[chosen], self.buyer[chosen], self.amount[chosen]
        )


def _dated(prepared: pd.DataFrame) -> Dated:
    days = pd.to_datetime(prepared["data"], errors="coerce").to_numpy().astype("datetime64[D]")
    buyer = np.zeros(len(prepared), dtype=np.int64)
    if not _shape.lacking(prepared, "_comprador"):
        buyer = _shape.codes(prepared["_comprador"])[0]
    amount = _shape.amounts(prepared)
    at = np.flatnonzero(~np.isnat(days) & (buyer >= 0))
    return Dated(at, days[at], buyer[at], np.nan_to_num(amount[at]))


def _buyers(dated: Dated) -> Iterator[Dated]:
    order = np.argsort(dated.buyer, kind="stable")
    bounds = np.flatnonzero(np.diff(dated.buyer[order], prepend=-1, append=-1))
    for start, end in pairwise(bounds):
        yield dated.of(order[start:end])


def _select(
    p: Sequence[float] | Floats, ratio: Sequence[float] | Floats, least: float
) -> list[tuple[int, float]]:
    """(index, q-value) of tests with few false discoveries and a large enough effect."""
    if not len(p):
        return []
    q = _shape.adjusted(p)
    shown = np.flatnonzero((q <= _shape.FALSE_DISCOVERIES) & (np.asarray(ratio) >= least)).tolist()
    return [(i, float(q[i])) for i in sorted(shown, key=lambda i: (q[i], i))]


# -- year-end rush -----------------------------------------------------------------------------


def year_end(prepared: pd.DataFrame, dated: Dated) -> Found:
    """Buyers whose last December takes more of the year than their past ones."""
    tests: list[tuple[Dated, Rush]] = []
    for buyer in _buyers(dated):
        rush = _december_of(buyer)
        if rush is not None:
            tests.append((buyer, rush))
    if not tests:
        reason = f"nenhum comprador tem {MIN_YEARS} anos completos de valores"
        return [], [_shape.skipped(RUSH_ID, RUSH_TITLE, reason)]
    ratio = [rush.ratio for _, rush in tests]
    chosen = _select([rush.p_value for _, rush in tests], ratio, MIN_RUSH)
    return [_rush_pattern(prepared, *tests[i], ratio[i], q) for i, q in chosen], []


def _december_of(buyer: Dated) -> Rush | None:
    month = buyer.month
    first, last = -(-int(month.min()) // 12), (int(month.max()) + 1) // 12
    if last - first < MIN_YEARS:
        return None
    inside = (month >= 12 * first) & (month < 12 * last)
    weights = np.maximum(buyer.amount[inside], 0.0)
    flat = _shape.sums(month[inside] - 12 * first, weights, 12 * (last - first))
    return december(flat.reshape(-1, 12), 1970 + last - 1)


def _rush_pattern(
    prepared: pd.DataFrame, buyer: Dated, rush: Rush, ratio: float, q: float
) -> Pattern:
    december_of = np.int64(12 * (rush.year - 1970) + 11)
    rows = buyer.position[buyer.month == december_of]
    facts: dict[str, object] = {
        "buyer": _shape.buyer_name(prepared, buyer.position),
        "year": rush.year,
        "year_text": str(rush.year),
        "share": rush.share,
        "past_share": rush.past_share,
        "n_past": rush.n_past,
        "ratio": ratio,
        "n": len(rows),
        "q_value": q,
    }
    return _shape.pattern(
        id=RUSH_ID,
        type="temporal",
        title=RUSH_TITLE,
        explain="{buyer}: dezembro de {year_text} leva {share:pct} do valor do ano; nos {n_past}"
        " anos anteriores levou em média {past_share:pct}.",
        facts=facts,
        rows=prepared.index[rows],
        p_value=rush.p_value,
        strength=min(_shape.MODERATE, _shape.strength(q, ratio / MIN_RUSH)),
        innocent="houver repasse ou crédito orçamentário recebido no fim do ano, ou contrato anual"
        " renovado em dezembro.",
        next_step="veja o que foi comprado em dezembro e se a necessidade já era conhecida antes.",
    )


# -- days without office hours -----------------------------------------------------------------


def days_off(prepared: pd.DataFrame, dated: Dated) -> Found:
    """Buyers with more dates on weekends and holidays than the other buyers of the file.

    Counts distinct days, as records of one day were often entered together. A file of one buyer
    is compared with the share of such days in its period.
    """
    distinct = _distinct_days(dated)
    off = without_office_hours(distinct.day)
    tests: list[tuple[Dated, int, int, float, float]] = []
    n_of = np.bincount(distinct.buyer)
    k_of = np.bincount(distinct.buyer, weights=off).astype(np.int64)
    for buyer in _buyers(dated):
        n, k = int(n_of[buyer.buyer[0]]), int(k_of[buyer.buyer[0]])
        if n >= MIN_DAYS:
            ordinary = _ordinary(distinct, int(off.sum()) - k, len(off) - n)
            p = float(stats.binom.sf(k - 1, n, ordinary))
            tests.append((buyer, n, k, ordinary, p))
    if not tests:
        reason = f"nenhum comprador tem {MIN_DAYS} dias distintos"
        return [], [_shape.skipped(OFF_ID, OFF_TITLE, reason)]
    least = MIN_OFF_RATIO if len(tests) > 1 else 1.0
    ratio = [k / n / ordinary for _, n, k, ordinary, _ in tests]
    chosen = _select([test[-1] for test in tests], ratio, least)
    return [_off_pattern(prepared, *tests[i], q) for i, q in chosen], []


def _distinct_days(dated: Dated) -> Dated:
    key = pd.DataFrame({"buyer": dated.buyer, "day": dated.day})
    return dated.of(~key.duplicated().to_numpy())


def _ordinary(distinct: Dated, k_others: int, n_others: int) -> float:
    """Ordinary share of days off: that of the other buyers, else that of the calendar."""
    if n_others >= MIN_DAYS:
        return (k_others + 1) / (n_others + 1)
    first, last = distinct.day.min(), distinct.day.max()
    return float(without_office_hours(np.arange(first, last + 1)).mean())


def _off_pattern(
    prepared: pd.DataFrame, buyer: Dated, n: int, k: int, ordinary: float, p: float, q: float
) -> Pattern:
    rows = buyer.position[without_office_hours(buyer.day)]
    facts: dict[str, object] = {
        "buyer": _shape.buyer_name(prepared, buyer.position),
        "n_days": n,
        "n_off": k,
        "share": k / n,
        "ordinary_share": ordinary,
        "n": len(rows),
        "q_value": q,
    }
    return _shape.pattern(
        id=OFF_ID,
        type="temporal",
        title=OFF_TITLE,
        explain="{buyer}: {n_off} dos {n_days} dias com registros são sábados, domingos ou feriados"
        " nacionais ({share:pct}); o comum, para comparar, é {ordinary_share:pct}.",
        facts=facts,
        rows=prepared.index[rows],
        p_value=p,
        # a date alone breaks no rule: this only gives context
        strength=min(_shape.CONTEXT, _shape.strength(q, k / n / ordinary / MIN_OFF_RATIO)),
        innocent="for um serviço que funciona todos os dias, ou se o sistema datar os registros"
        " automaticamente.",
        next_step="compare a data registrada com a do documento assinado ou publicado.",
    )


# -- bursts ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Burst:
    """A point above the others: its index, value, the typical value and the chance of it."""

    index: int
    value: float
    typical: float
    p_value: float

    @property
    def ratio(self) -> float:
        """Value over typical value; infinite where the typical one is not positive."""
        return self.value / self.typical if self.typical > 0 else float("inf")


def upper_points(values: Floats) -> list[Burst]:
    """Each point of a series against the others: robust trend, median, spread, Student tail.

    `values`: at least `MIN_POINTS` finite numbers; positive ones are compared in logs. The trend
    is that of Theil (1950) and Sen (1968), the spread 1.4826 times the median absolute deviation
    of the residuals; the degrees of freedom allow for its inefficiency.
    """
    typical, p = _against_the_others(values)
    return [_burst(values, typical, p, i) for i in range(len(values))]


def _burst(values: Floats, typical: Floats, p: Floats, i: int) -> Burst:
    return Burst(i, float(values[i]), float(typical[i]), float(p[i]))


def _against_the_others(values: Floats) -> tuple[Floats, Floats]:
    """Typical value and p-value of each point; see `upper_points`."""
    positive = bool((values > 0).all())
    x = np.log(values) if positive else values
    steps = np.arange(len(x), dtype=np.float64)
    slope, level = _theil_sen(x, steps)
    fitted = level + slope * steps
    rest = x - fitted
    middle = np.median(rest)
    spread = _MAD_TO_SIGMA * float(np.median(np.abs(rest - middle)))
    scale = float(np.abs(values).max()) or 1.0
    spread = max(spread, SPREAD_FLOOR if positive else SPREAD_FLOOR * scale / len(x))
    freedom = max(2.0, MEDIAN_EFFICIENCY * (len(x) - 2))
    p = special.stdtr(freedom, -(rest - middle) / spread)
    return (np.exp(fitted) if positive else fitted), np.asarray(p)


def _theil_sen(x: Floats, steps: Floats) -> tuple[float, float]:
    """Median slope of all pairs of points, and the level that goes with it."""
    if len(x) > LONG_SERIES:
        slope, level, *_ = stats.theilslopes(x, steps)
        return float(slope), float(level)
    early, late = _pairs(len(x))
    slope = float(np.median((x[late] - x[early]) / (late - early)))
    return slope, float(np.median(x) - slope * np.median(steps))


@lru_cache(maxsize=256)
def _pairs(n: int) -> tuple[Ints, Ints]:
    early, late = np.triu_indices(n, 1)
    return early, late


def bursts(prepared: pd.DataFrame, dated: Dated) -> Found:
    """Months of a buyer far above its others, also without the largest record of the month."""
    tests = [
        (buyer, months)
        for buyer in _buyers(dated.of(dated.amount > 0))
        if (months := _months_of(buyer)) is not None
    ]
    if not tests:
        reason = f"nenhum comprador tem {MIN_POINTS} meses com valores"
        return [], [_shape.skipped(BURST_ID, BURST_TITLE, reason)]
    p = np.concatenate([months.p_value for _, months in tests])
    ratio = np.concatenate([months.total / months.typical for _, months in tests])
    of_test = np.repeat(np.arange(len(tests)), [len(months.month) for _, months in tests])
    starts = np.searchsorted(of_test, np.arange(len(tests)))
    patterns = []
    for i, q in _select(p, ratio, MIN_BURST):
        buyer, months = tests[of_test[i]]
        at = i - int(starts[of_test[i]])
        burst = _burst(months.total, months.typical, months.p_value, at)
        patterns.append(_burst_pattern(prepared, buyer, int(months.month[at]), burst, q))
    return patterns, []


@dataclass(frozen=True, slots=True)
class _Months:
    """A buyer's months with amounts: total, typical total and chance of each."""

    month: Ints
    total: Floats
    typical: Floats
    p_value: Floats


def _months_of(buyer: Dated) -> _Months | None:
    month, code = np.unique(buyer.month, return_inverse=True)
    if len(month) < MIN_POINTS:
        return None
    total = _shape.sums(code, buyer.amount)
    typical, p = _against_the_others(total)
    far = np.flatnonzero((p <= _shape.FALSE_DISCOVERIES) & (total >= MIN_BURST * typical))
    if len(far):
        largest = np.zeros(len(month))
        np.maximum.at(largest, code, buyer.amount)
        for i in far.tolist():
            p[i] = max(p[i], _without_largest(total, largest, i))
    return _Months(month, total, typical, p)


def _without_largest(total: Floats, largest: Floats, index: int) -> float:
    """Chance of the month without its largest record: one dear purchase is no burst."""
    rest = total.copy()
    rest[index] -= largest[index]
    return float(_against_the_others(rest)[1][index]) if rest[index] > 0 else 1.0


def _burst_pattern(
    prepared: pd.DataFrame, buyer: Dated, month: int, burst: Burst, q: float
) -> Pattern:
    rows = buyer.position[buyer.month == month]
    facts: dict[str, object] = {
        "buyer": _shape.buyer_name(prepared, buyer.position),
        "month": f"{month % 12 + 1:02d}/{1970 + month // 12}",
        "value": burst.value,
        "typical": burst.typical,
        "ratio": burst.ratio,
        "n": len(rows),
        "q_value": q,
    }
    return _shape.pattern(
        id=BURST_ID,
        type="temporal",
        title=BURST_TITLE,
        explain="{buyer}: {value:brl} em {month}, {ratio:1} vezes o mês típico ({typical:brl}), em"
        " {n} registros.",
        facts=facts,
        rows=prepared.index[rows],
        p_value=burst.p_value,
        strength=min(_shape.MODERATE, _shape.strength(q, burst.ratio / MIN_BURST)),
        innocent="houver compra sazonal, emergência ou registros acumulados de uma vez.",
        next_step="veja o que foi comprado nesse mês e se há decreto ou calendário que o explique.",
    )


# -- a series given as numbers -----------------------------------------------------------------


def series(data: Mapping[str, Any]) -> Found:
    """Points far above the others in `{"time_series": [...], "categories": [...]}`.

    Points are numbers or `{"date", "value"}`; dated ones are taken in order of date and added up
    by month where they cover at least a year. `categories`, of the same length, splits them.
    `rows` of a pattern are 0-based positions in `time_series`.
    """
    points = series_points(data.get("time_series"))
    if points is None:
        return [], [_shape.skipped(BURST_ID, POINT_TITLE, "falta a série", "time_series")]
    notes = _unusable(points)
    tests: list[tuple[str, list[Ints], Burst, Floats]] = []
    for name, mine in _by_category(points, data.get("categories"), notes):
        rows, values = _steps(mine)
        if len(values) < MIN_POINTS:
            notes.append(_too_short(name, len(values)))
            continue
        tests.extend((name, rows, burst, values) for burst in upper_points(values))
    # Bonferroni: beside one huge point, false-discovery control would let ordinary ones through
    sure = [(min(1.0, test[2].p_value * len(tests)), test) for test in tests]
    chosen = sorted(
        (i for i in range(len(sure)) if sure[i][0] <= _shape.FALSE_DISCOVERIES),
        key=lambda i: (sure[i][0], i),
    )
    return [_point_pattern(*sure[i][1], sure[i][0]) for i in chosen], notes


def series_points(given: object) -> pd.DataFrame | None:
    """(row, day, value) of each point; NaN where a value can't be read, None for no list."""
    if not isinstance(given, Sequence) or isinstance(given, (str, bytes)):
        return None
    cells = [
        (p.get("date"), p.get("value")) if isinstance(p, Mapping) else (None, p) for p in given
    ]
    texts = [None if value is None else str(value) for _, value in cells]
    days = [None if day is None else str(day) for day, _ in cells]
    values = written_amounts.number(pa.array(texts, pa.string())).values
    when = written_dates.date(pa.array(days, pa.string())).values
    frame = pd.DataFrame({"value": pd.Series(values), "day": pd.Series(when)})
    frame["value"] = pd.to_numeric(frame["value"], errors="coerce")
    frame["row"] = np.arange(len(frame))
    return frame


def _unusable(points: pd.DataFrame) -> list[NotEvaluated]:
    n = int((~np.isfinite(points["value"].to_numpy(np.float64))).sum())
    if not n:
        return []
    reason = f"{n} de {len(points)} pontos não têm valor numérico e ficaram de fora"
    return [_shape.skipped(BURST_ID, POINT_TITLE, reason)]


def _too_short(name: str, n: int) -> NotEvaluated:
    of = f" da categoria {name}" if name else ""
    reason = f"a série{of} tem {n} pontos; são precisos pelo menos {MIN_POINTS}"
    return _shape.skipped(BURST_ID, POINT_TITLE, reason)


def _by_category(
    points: pd.DataFrame, categories: object, notes: list[NotEvaluated]
) -> Iterator[tuple[str, pd.DataFrame]]:
    usable = points[np.isfinite(points["value"].to_numpy(np.float64))]
    if not isinstance(categories, Sequence) or isinstance(categories, str) or not len(categories):
        yield "", usable
        return
    if len(categories) != len(points):
        reason = "há mais ou menos categorias do que pontos, e elas não foram usadas"
        notes.append(_shape.skipped(BURST_ID, POINT_TITLE, reason, "categories"))
        yield "", usable
        return
    names = pd.Series([str(c) for c in categories]).loc[usable["row"]].to_numpy()
    for name, part in usable.groupby(names, sort=True):
        yield str(name), part


def _steps(points: pd.DataFrame) -> tuple[list[Ints], Floats]:
    """Rows and value of each step of a series: months where it is dated and a year long."""
    if points["day"].isna().any() or not len(points):
        return [np.array([row]) for row in points["row"]], points["value"].to_numpy(np.float64)
    ordered = points.sort_values("day", kind="stable")
    month = ordered["day"].to_numpy().astype("datetime64[M]")
    if len(np.unique(month)) < MIN_POINTS:
        month = np.arange(len(ordered))
    groups = ordered.groupby(month, sort=True)
    rows = [part.to_numpy(np.int64) for _, part in groups["row"]]
    return rows, groups["value"].sum().to_numpy(np.float64)


def _point_pattern(name: str, rows: list[Ints], burst: Burst, values: Floats, q: float) -> Pattern:
    facts: dict[str, object] = {
        "series": f"Categoria {name}" if name else "Série",
        "point": burst.index + 1,
        "n": len(values),
        "value": burst.value,
        "typical": burst.typical,
        "ratio": burst.ratio,
        "q_value": q,
    }
    multiple = burst.ratio / MIN_BURST if np.isfinite(burst.ratio) else 1.0
    return _shape.pattern(
        id=BURST_ID,
        type="temporal",
        title=POINT_TITLE,
        explain="{series}: o ponto {point} de {n} vale {value}, e o valor típico nele seria"
        " {typical}.",
        facts=facts,
        rows=rows[burst.index],
        p_value=burst.p_value,
        strength=min(_shape.MODERATE, _shape.strength(q, multiple)),
        innocent="houver sazonalidade, evento extraordinário ou registros acumulados de uma vez.",
        next_step="veja quais registros formam esse ponto e se há calendário que o explique.",
    )
