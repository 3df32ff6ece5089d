"""One self-contained HTML page of a report, to keep, print and cite.

Loads nothing from anywhere: no script, no outside font, picture or style. Every text from the
file is escaped by the template.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from cidadao_models.findings import SEVERITY_LABELS, Finding, Report, overview, patterns, svg, views
from cidadao_models.findings import method as words
from cidadao_models.findings.tables import heading
from cidadao_models.findings.words import date, number
from cidadao_models.records import FIELDS, mask_cpf

MAX_DETAILED = 200
"""Findings written out in full, strongest first; all are in the CSV and XLSX downloads."""

MAX_OF_KIND = 40
"""Patterns of one kind written out, strongest first; all are in the XLSX download."""

MAX_STRIPS = 60
"""Findings that also get a chart of their peers, to keep the page within a few megabytes."""

SIGNALS_TITLE = "Que sinais apareceram?"
PLACES_TITLE = "Onde e quando os achados se concentram?"


@dataclass(frozen=True, slots=True)
class _Entry:
    """One finding as the template shows it."""

    finding: Finding
    headline: str
    strength: str
    score: str
    number: str
    fields: list[tuple[str, str]]
    strip: Markup | None
    strip_title: str
    strip_reading: str


@dataclass(frozen=True, slots=True)
class _Kind:
    """Patterns of one kind as the template shows them: (severity, its words, sentence, records)."""

    title: str
    patterns: list[tuple[str, str, str, str]]
    n_more: str
    innocent: str
    next_step: str


def render(report: Report, *, today: dt.date | None = None) -> str:
    """The whole page as text; `today` is the date printed on it."""
    today = today or dt.date.today()
    shown = report.findings[:MAX_DETAILED]
    return _template().render(
        summary=report.summary.get("sentence", ""),
        confidence=overview.confidence_sentence(report),
        disclaimer=words.DISCLAIMER,
        charts=_charts(report),
        entries=[_entry(report, f, with_strip=i < MAX_STRIPS) for i, f in enumerate(shown)],
        n_more=number(len(report.findings) - len(shown)),
        has_more=len(report.findings) > len(shown),
        kinds=[_kind(same) for same in patterns.kinds(report.patterns)],
        views=_views(report),
        patterns_asked=report.views is not None,
        not_evaluated=[*report.not_evaluated, *report.patterns_not_evaluated],
        issues=_issues(report),
        mapping=_mapping(report),
        source=words.source_lines(report),
        how=words.HOW,
        bands=words.score_bands(),
        threshold=number(report.threshold, 2),
        reference=report.reference,
        limits=words.LIMITS,
        never=words.NEVER,
        version=report.model_version,
        today=date(today),
        citation=words.citation(report, today),
    )


def write_html(report: Report, path: Path) -> Path:
    """Write the page to `path`; gives the path."""
    path.write_text(render(report), encoding="utf-8")
    return path


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("cidadao_models", "findings"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.jinja")


def _charts(report: Report) -> list[tuple[str, Markup, str]]:
    """(title, drawing, reading) of the overview charts; the drawings escape their own texts."""
    charts = []
    counts = overview.signal_counts(report)
    if counts:
        drawing = Markup(svg.bars(counts, SIGNALS_TITLE))
        charts.append((SIGNALS_TITLE, drawing, overview.signals_reading(report)))
    places = overview.concentration(report)
    if places is not None:
        drawing = Markup(svg.grid(places, PLACES_TITLE))
        charts.append((PLACES_TITLE, drawing, overview.places_reading(places)))
    return charts


def _entry(report: Report, finding: Finding, *, with_strip: bool) -> _Entry:
    compared = with_strip and overview.is_about_price(finding)
    peers = overview.peers_of(report, finding.row) if compared else None
    title = overview.peers_title(peers) if peers else ""
    return _Entry(
        finding,
        overview.headline(finding),
        SEVERITY_LABELS[finding.severity],
        number(finding.score, 2),
        overview.record_number(finding.row),
        [
            (heading(name), overview.show(name, value))
            for name, value in finding.item.items()
            if name in FIELDS and value not in (None, "")
        ],
        Markup(svg.strip(peers, title)) if peers else None,
        title,
        overview.peers_reading(peers, with_ratio=True) if peers else "",
    )


def _kind(same: Sequence[Mapping[str, object]]) -> _Kind:
    shown = [
        (
            str(one["severity"]),
            SEVERITY_LABELS[str(one["severity"])],
            str(one["explanation"]),
            patterns.record_list(patterns.rows_of(one)),
        )
        for one in same[:MAX_OF_KIND]
    ]
    more = len(same) - len(shown)
    first = same[0]
    return _Kind(
        str(first["title"]),
        shown,
        number(more) if more else "",
        str(first["innocent"]),
        str(first["next_step"]),
    )


def _views(report: Report) -> list[tuple[str, Markup | None, str]]:
    """(question, drawing or None, what it shows) of the charts of patterns that apply."""
    drawn = report.views.drawn if report.views is not None else {}
    return [(one.title, _drawing(one), one.reading) for one in drawn.values()]


def _drawing(view: views.View) -> Markup | None:
    """The tables of columns are drawn; the others are told in their sentence."""
    text = svg.columns(view) if isinstance(view, views.Piles | views.Digits) else ""
    return Markup(text) if text else None


def _issues(report: Report) -> list[tuple[str, str, list[str]]]:
    return [
        (type_.replace("_", " "), number(count), [_example(example) for example in examples])
        for type_, count, examples in overview.issue_list(report)
    ]


def _example(example: dict[str, object]) -> str:
    row = example.get("row")
    where = f"registro {overview.record_number(row)}: " if isinstance(row, int) else ""
    return mask_cpf(f"{where}{example.get('message') or ''}")


def _mapping(report: Report) -> list[tuple[str, str, str]]:
    return [
        (FIELDS[name].label, entry.get("column", ""), entry.get("reason", ""))
        for name, entry in report.mapping.items()
        if name in FIELDS
    ]
