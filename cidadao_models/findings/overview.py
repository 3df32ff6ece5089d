"""Counts and small tables behind the charts and sentences of a report.

Only gathers what a `Report` already holds; draws nothing and decides nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cidadao_models.findings import Finding, Report
from cidadao_models.findings.words import date, money, number, prose_money
from cidadao_models.records import FIELDS

MAX_POINTS = 2_000
"""Most points in one chart: beyond it browsers need seconds (measured on Gradio 6.31)."""

MAX_BUYERS = 12
"""Buyers shown in the concentration chart, so that each keeps a readable row."""

MAX_PERIODS = 36
"""Columns of the concentration chart; with more months, years are shown instead."""

BUYER_FIELDS = ("unidade_gestora", "orgao", "unidade_gestora_id", "orgao_id", "municipio")
"""Fields that name the buyer, most specific first."""

PEER_COLUMNS = {"_valor", "_pares", "_pares_n", "_pares_mediana"}
"""What `flags.prepare` derives and a comparison with peers needs."""

DRAWN_COLUMNS = ("data", *sorted(PEER_COLUMNS), "_pares_nivel", "_grupo_nome")
"""The columns of a report's records that charts and their sentences read; no other is needed."""

UNKNOWN_BUYER = "órgão não informado"

SEVERITY_ORDER = ("critical", "high", "medium", "low")

_CNPJ = re.compile(r"^([0-9A-Z]{2})([0-9A-Z]{3})([0-9A-Z]{3})([0-9A-Z]{4})(\d{2})$")
"""A CNPJ without punctuation, also the alphanumeric one: spreadsheets take it for a number."""

_MONTHS = ("jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez")


@dataclass(frozen=True, slots=True)
class SignalCount:
    """How many findings carry one signal."""

    id: str
    title: str
    count: int


@dataclass(frozen=True, slots=True)
class Peers:
    """One record's amount (R$) among the amounts of similar records (itself left out)."""

    row: int
    value: float
    others: np.ndarray
    n: int
    median: float
    shared: str
    group: str

    @property
    def below(self) -> int:
        """How many of the similar records cost less."""
        return int((self.others < self.value).sum())


@dataclass(frozen=True, slots=True)
class Concentration:
    """Findings per buyer (rows, largest first) and period (columns, in order)."""

    buyers: tuple[str, ...]
    periods: tuple[str, ...]
    counts: np.ndarray
    by_year: bool
    n_other_buyers: int
    n_undated: int
    n_earlier: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """Amounts (R$) by date: a sample of ordinary records and the ones found."""

    dates: np.ndarray
    values: np.ndarray
    found_dates: np.ndarray
    found_values: np.ndarray
    found_rows: np.ndarray
    n_total: int


def same_reason(finding: Finding) -> tuple[str, str]:
    """What findings that stem from one fact about several records have in common."""
    return finding.main.id, finding.main.explanation


def together(findings: Sequence[Finding]) -> list[Finding]:
    """The findings in order, those of one fact together where the first of them stands."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault(same_reason(finding), []).append(finding)
    return [finding for group in groups.values() for finding in group]


def record_number(row: int) -> str:
    """0-based record number as a reader counts it, from 1: `11` -> `12`."""
    return number(row + 1)


def signal_counts(report: Report) -> list[SignalCount]:
    """Signals by number of findings, most frequent first; a finding may carry several."""
    titles: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for finding in report.findings:
        for reason in {reason.id: reason for reason in finding.reasons}.values():
            titles.setdefault(reason.id, reason.title)
            counts[reason.id] += 1
    return [SignalCount(id_, titles[id_], n) for id_, n in counts.most_common()]


def severity_counts(report: Report) -> dict[str, int]:
    """Findings by severity, strongest first; severities without findings are left out."""
    counts = Counter(finding.severity for finding in report.findings)
    return {word: counts[word] for word in SEVERITY_ORDER if counts[word]}


def peers_of(report: Report, row: int) -> Peers | None:
    """The records that one was compared with, or None when no comparison was possible."""
    records = report.records
    if records is None or row not in records.index or not set(records.columns) >= PEER_COLUMNS:
        return None
    code, value = _real(records, row, "_pares", -1.0), _real(records, row, "_valor", 0.0)
    if code < 0 or value <= 0:
        return None
    group = records["_valor"][records["_pares"] == code].dropna()
    others = group.drop(index=row, errors="ignore").to_numpy(float)
    if len(others) == 0:
        return None
    return Peers(
        row,
        value,
        others,
        n=int(_real(records, row, "_pares_n", len(others))),
        median=_real(records, row, "_pares_mediana", float(np.median(others))),
        shared=_text(records, row, "_pares_nivel"),
        group=_text(records, row, "_grupo_nome"),
    )


def _real(records: pd.DataFrame, row: int, column: str, default: float) -> float:
    value = float(str(records.at[row, column]))
    return default if np.isnan(value) else value


def _text(records: pd.DataFrame, row: int, column: str) -> str:
    value = records.at[row, column] if column in records else ""
    return value if isinstance(value, str) else ""


def buyer_of(finding: Finding) -> str:
    """Who bought, by the most specific field that the record has."""
    names = (_named(name, finding.item[name]) for name in BUYER_FIELDS if finding.item.get(name))
    return next(names, UNKNOWN_BUYER)


def _named(field: str, value: object) -> str:
    return f"código {value}" if field.endswith("_id") else str(value)


def date_of(value: object) -> dt.date | None:
    """A date of a finding's item (date, timestamp or ISO text), or None when it isn't one."""
    if isinstance(value, dt.datetime):
        return None if pd.isna(value) else value.date()
    if isinstance(value, dt.date):
        return value
    match = re.match(r"(\d{4})-(\d\d)-(\d\d)", str(value))
    if match is None:
        return None
    year, month, day = map(int, match.groups())
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def concentration(report: Report) -> Concentration | None:
    """Where the findings are, by buyer and month (or year); None without two places to compare."""
    dated = [(buyer_of(f), day) for f in report.findings if (day := date_of(f.item.get("data")))]
    buyers = [name for name, _ in Counter(name for name, _ in dated).most_common()]
    months = {(day.year, day.month) for _, day in dated}
    if not dated or len(buyers) + len(months) < 3:
        return None
    by_year = _months_between(min(months), max(months)) > MAX_PERIODS
    periods = _contiguous({_period(day, by_year) for _, day in dated}, by_year)
    shown = buyers[:MAX_BUYERS]
    counts = np.zeros((len(shown), len(periods)), dtype=int)
    for name, day in dated:
        if name in shown and _period(day, by_year) in periods:
            counts[shown.index(name), periods.index(_period(day, by_year))] += 1
    return Concentration(
        tuple(shown),
        tuple(str(y) if by_year else f"{_MONTHS[m - 1]}/{y}" for y, m in periods),
        counts,
        by_year,
        n_other_buyers=max(0, len(buyers) - MAX_BUYERS),
        n_undated=len(report.findings) - len(dated),
        n_earlier=sum(_period(day, by_year) < periods[0] for _, day in dated),
    )


def _months_between(first: tuple[int, int], last: tuple[int, int]) -> int:
    return 12 * (last[0] - first[0]) + last[1] - first[1] + 1


def _contiguous(found: set[tuple[int, int]], by_year: bool) -> list[tuple[int, int]]:
    """Every month (or year) from the first to the last found, so that gaps show as gaps."""
    (year, month), last = min(found), max(found)
    periods = []
    while (year, month) <= last:
        periods.append((year, month))
        next_year = by_year or month == 12
        year, month = (year + 1, month if by_year else 1) if next_year else (year, month + 1)
    return periods[-MAX_PERIODS:]


def _period(day: dt.date, by_year: bool) -> tuple[int, int]:
    return (day.year, 0) if by_year else (day.year, day.month)


def timeline(report: Report) -> Timeline | None:
    """Amounts by date, at most `MAX_POINTS`; None without five dated amounts."""
    records = report.records
    if records is None or "data" not in records or "_valor" not in records:
        return None
    known = records[["data", "_valor"]].dropna()
    known = known[known["_valor"] > 0]
    if len(known) < 5:
        return None
    found = [f.row for f in report.findings if f.row in known.index][: MAX_POINTS // 4]
    ordinary = known.drop(index=found)
    step = max(1, -(-len(ordinary) // (MAX_POINTS - len(found))))
    ordinary = ordinary.sort_values(["data", "_valor"]).iloc[::step]
    marked = known.loc[found]
    return Timeline(
        ordinary["data"].to_numpy(),
        ordinary["_valor"].to_numpy(float),
        marked["data"].to_numpy(),
        marked["_valor"].to_numpy(float),
        np.asarray(found, dtype=int),
        len(known),
    )


def confidence_sentence(report: Report) -> str:
    """What share of the findings chance alone would give, in words; empty when not estimated."""
    if report.confidence is None or not report.findings:
        return ""
    share = number(100 * (1 - report.confidence), 0)
    return (
        f"Em dados honestos deste tamanho esperaríamos ver, por acaso, cerca de {share} % "
        "destes achados."
    )


def show(name: str, value: object) -> str:
    """One canonical value as its reader sees it: `R$ 1.234,50`, `14/03/2024`, `1.200`."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    kind = FIELDS[name].kind if name in FIELDS else "text"
    if kind == "document":
        return _CNPJ.sub(r"\1.\2.\3/\4-\5", str(value))
    if kind == "date":
        day = date_of(value)
        return date(day) if day else str(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    return money(value) if kind == "money" else number(value)


def name_of(finding: Finding) -> str:
    """What the record is called: its own number, else its place in the file, counted from 1."""
    own = any(finding.item.get(name) for name in ("id", "numero"))
    return finding.contract_id if own else f"registro {record_number(finding.row)}"


def headline(finding: Finding) -> str:
    """Number, object and amount of a record in one line, from the fields it has."""
    item: Mapping[str, object] = finding.item
    parts = [
        name_of(finding),
        str(item.get("objeto") or item.get("categoria") or ""),
        show("valor", item.get("valor")),
    ]
    return ", ".join(part for part in parts if part)


def issue_list(report: Report) -> list[tuple[str, int, list[dict[str, object]]]]:
    """Problems found in the data: type, how many, and the examples kept; most frequent first."""
    found: list[tuple[str, int, list[dict[str, object]]]] = []
    for type_, entry in report.issues.items():
        if not isinstance(entry, Mapping):
            continue
        examples = [dict(example) for example in entry.get("examples", [])]
        found.append((type_, int(entry.get("count", len(examples))), examples))
    return sorted(found, key=lambda issue: -issue[1])


def signals_reading(report: Report) -> str:
    """What the chart of signals shows, in one sentence."""
    counts = signal_counts(report)
    if not counts:
        return "Nenhum sinal apareceu."
    n = len(report.findings)
    if len(counts) == 1:
        return (
            f"Um só tipo de sinal: {counts[0].title}, em {number(counts[0].count)} de {number(n)}."
        )
    return (
        f"O mais frequente é “{counts[0].title}”, em {number(counts[0].count)} de {number(n)} "
        "achados; um achado pode ter mais de um sinal."
    )


def places_reading(places: Concentration) -> str:
    """What the grid of buyers and periods shows, in one sentence."""
    i, j = np.unravel_index(int(places.counts.argmax()), places.counts.shape)
    most = int(places.counts[i, j])
    total = int(places.counts.sum())
    text = (
        f"O maior encontro é {places.buyers[i]} em {places.periods[j]}: "
        f"{number(most)} de {number(total)} achados."
    )
    if places.n_other_buyers:
        text += f" Outros {number(places.n_other_buyers)} órgãos não cabem no gráfico."
    if places.n_earlier:
        text += f" {number(places.n_earlier)} são anteriores a {places.periods[0]}."
    if places.n_undated:
        text += f" {number(places.n_undated)} achados não têm data."
    return text


def is_about_price(finding: Finding) -> bool:
    """Whether a reason of the finding compares its amount with those of other records."""
    return any("mediana" in reason.facts for reason in finding.reasons)


def peers_title(peers: Peers) -> str:
    """The question that the chart of peers answers; "parecidos" only for the same object."""
    if "objeto" in peers.shared:
        return f"Como este preço se compara a {number(peers.n)} contratos parecidos?"
    shared = f" ({peers.shared})" if peers.shared else ""
    return f"Como este valor se compara a {number(peers.n)} registros{shared}?"


def peers_reading(peers: Peers, *, with_ratio: bool) -> str:
    """What the chart of peers shows, in one sentence.

    With few records the median is that of the reference, and only the file's own are drawn. The
    ratio to the median is only quoted where the finding itself is about the amount: beside
    another finding it would suggest something that no check has said.
    """
    below, total = number(peers.below), number(len(peers.others))
    shared = f" ({peers.shared})" if peers.shared else ""
    ratio = peers.value / peers.median if peers.median > 0 else 0.0
    here = " deste arquivo" if peers.n > len(peers.others) + 1 else ""
    times = f"É {number(ratio, 1)} vezes a mediana, " if with_ratio and ratio >= 1.05 else ""
    return (
        f"{times or 'A mediana é '}{money(peers.median)}{shared}; "
        f"{below} dos outros {total}{here} custaram menos."
    )


def short_money(value: float) -> str:
    """A round amount for an axis: `R$ 100`, `R$ 10 mil`, `R$ 1 milhão`."""
    if value >= 1e6:
        return prose_money(value).replace(",0 ", " ")
    return f"R$ {number(value / 1_000)} mil" if value >= 1_000 else f"R$ {number(value)}"


def timeline_reading(line: Timeline) -> str:
    """What the chart of amounts over time shows, in one sentence."""
    shown = len(line.values) + len(line.found_values)
    text = (
        f"{number(len(line.found_values))} achados entre {number(line.n_total)} registros datados."
    )
    if shown < line.n_total:
        text += f" O gráfico mostra uma amostra de {number(shown)} registros."
    return text


def file_amounts(report: Report, row: int) -> tuple[np.ndarray, float | None]:
    """Amounts (R$) of the other records of the file, and the record's own (None if unknown)."""
    records = report.records
    if records is None or "_valor" not in records or row not in records.index:
        return np.array([]), None
    value = _real(records, row, "_valor", 0.0)
    others = records["_valor"].drop(index=row).dropna().to_numpy(float)
    return others[others > 0], value if value > 0 else None


def file_reading(report: Report, row: int) -> str:
    """What the chart of the whole file shows for a record without peers, in one sentence."""
    others, value = file_amounts(report, row)
    if value is None or len(others) == 0:
        return ""
    below = number(int((others < value).sum()))
    return (
        f"Não há contratos parecidos em número suficiente: a comparação é com o arquivo inteiro. "
        f"A mediana é {money(float(np.median(others)))}; {below} dos outros "
        f"{number(len(others))} registros têm valor menor."
    )
