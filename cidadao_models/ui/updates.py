"""What changes on the tab for files after each event, as updates of its components.

Takes a session and gives updates; wires nothing and runs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import gradio as gr

from cidadao_models import charts
from cidadao_models.findings import SEVERITY_LABELS, Finding, Report, overview
from cidadao_models.findings.views import NAMES
from cidadao_models.findings.words import number
from cidadao_models.ui import filters, listing, render, render_patterns, texts
from cidadao_models.ui.filters import Filters
from cidadao_models.ui.layout import REMAPPABLE, Parts
from cidadao_models.ui.runs import Updates, busy, idle
from cidadao_models.ui.session import Progress, Session, Upload

State = Upload | Session | None


def working(parts: Parts, progress: Progress) -> Updates:
    """How far the run is."""
    return busy(parts.start, render.working(progress))


def expired() -> str:
    """The message for an analysis that is no longer in memory."""
    return render.message("refused", texts.EXPIRED_TITLE, texts.EXPIRED_HINT)


def everything(parts: Parts, session: Session) -> Updates:
    """The whole tab for a finished analysis; the first finding is opened."""
    report = session.report
    found = gr.update(visible=bool(report.findings))
    updates: Updates = {
        parts.session: session,
        parts.result: gr.update(visible=True),
        parts.understood.area: gr.update(visible=True),
        parts.understood.mapping: gr.update(open=False),
        parts.understood.text: render.understood(session),
        parts.understood.problems: render.problems(report),
        parts.overview.summary: render.summary(report),
        parts.overview.area: found,
        parts.listing.area: found,
        parts.patterns.found: render_patterns.found(report),
        parts.patterns.unseen: render_patterns.unseen(report),
        parts.unchecked: render.unchecked(report),
        parts.downloads.cite: render.cite(session),
    }
    updates |= idle(parts.start, render.done(session)) | _columns(parts, session)
    updates |= fresh_filters(parts, report) | _plots(parts, report) | _views(parts, report)
    updates |= sanctions_used(parts, session.upload)
    return updates | listed(parts, session, Filters(), None)


def sanctions_used(parts: Parts, upload: Upload | None) -> Updates:
    """Which list of sanctions the analysis uses, if any."""
    used = upload is not None and upload.sanctions is not None
    name = upload.sanctions.name if upload is not None and upload.sanctions is not None else ""
    text = texts.SANCTIONS_USED.format(name=name) if used else ""
    return {
        parts.start.sanctions_note: render.note(text),
        parts.start.sanctions_drop: gr.update(visible=used),
    }


def _views(parts: Parts, report: Report) -> Updates:
    part, drawn = parts.patterns, report.views.drawn if report.views is not None else {}
    updates: Updates = {}
    for name, place, plot, box in zip(NAMES, part.places, part.plots, part.readings, strict=True):
        view = drawn.get(name)
        updates[place] = gr.update(visible=view is not None)
        updates[plot] = gr.update(value=None if view is None else charts.view(view))
        updates[box] = render.paragraph("" if view is None else view.reading)
    return updates


def choose_columns(parts: Parts, upload: Upload, columns: Sequence[str]) -> Updates:
    """For a file whose columns could not be told: the reader chooses them."""
    names = list(columns)
    return {
        parts.session: upload,
        parts.result: gr.update(visible=False),
        parts.understood.area: gr.update(visible=True),
        parts.understood.mapping: gr.update(open=True),
        parts.understood.text: render.columns_seen(names),
        parts.understood.problems: "",
    } | {
        dropdown: gr.update(choices=names, value=upload.overrides.get(name))
        for name, dropdown in zip(REMAPPABLE, parts.understood.columns, strict=True)
    }


def _columns(parts: Parts, session: Session) -> Updates:
    mapping = session.report.mapping
    choices = sorted(session.upload.columns, key=str.casefold)
    return {
        dropdown: gr.update(choices=choices, value=mapping.get(name, {}).get("column"))
        for name, dropdown in zip(REMAPPABLE, parts.understood.columns, strict=True)
    }


def fresh_filters(parts: Parts, report: Report) -> Updates:
    """No filter in use, and the choices that this report offers."""
    part = parts.listing
    severities = [
        (f"{SEVERITY_LABELS[word].removeprefix('sinal ')} ({number(n)})", word)
        for word, n in overview.severity_counts(report).items()
    ]
    signals = [(f"{s.title} ({number(s.count)})", s.id) for s in overview.signal_counts(report)]
    return {
        part.search: "",
        part.severities: gr.update(choices=severities, value=[]),
        part.signals: gr.update(choices=signals, value=[]),
        part.body: gr.update(choices=filters.body_choices(report), value=""),
        part.supplier: gr.update(choices=filters.supplier_choices(report), value=""),
        part.since: "",
        part.until: "",
        part.minimum: "",
        part.order: "score",
    }


def listed(parts: Parts, session: Session, asked: Filters, chosen: int | None) -> Updates:
    """The list for the filters; the record `chosen` stays open while it is in the list."""
    report = session.report
    selected = filters.select(report, asked)
    problem = filters.not_understood(asked)
    counts = listing.counted(len(selected), len(report.findings))
    label = texts.FILTERS_USED.format(n=asked.folded) if asked.folded else texts.FILTERS
    updates: Updates = {
        parts.listing.table: listing.table(selected),
        parts.listing.shown: render.counts(counts, problem),
        parts.listing.fold: gr.update(label=label),
        parts.one.area: gr.update(visible=bool(selected)),
    }
    rows = [finding.row for finding in selected]
    if chosen in rows:
        return updates | {parts.one.position: _position(rows.index(chosen), rows)}
    return updates | (opened(parts, session, selected, 0) if selected else {})


def opened(parts: Parts, session: Session, selected: Sequence[Finding], position: int) -> Updates:
    """One finding of the selected ones in full."""
    report, finding, one = session.report, selected[position], parts.one
    figure = charts.among_peers(report, finding.row, overview.name_of(finding))
    return {
        parts.chosen: finding.row,
        one.position: _position(position, selected),
        one.panel: render.finding_panel(finding),
        one.chart: gr.update(value=figure, visible=figure is not None),
        one.reading: render.paragraph(_chart_reading(report, finding, drawn=figure is not None)),
        one.lai: render.lai_request(finding),
        one.raw: render.raw_row(session, finding),
        one.computed: render.computed(report, finding),
    }


def _position(position: int, selected: Sequence[object]) -> str:
    where = texts.POSITION.format(i=number(position + 1), n=number(len(selected)))
    return f"<p class='position'>{where}</p>"


def _chart_reading(report: Report, finding: Finding, *, drawn: bool) -> str:
    peers = overview.peers_of(report, finding.row)
    if peers is not None:
        return overview.peers_reading(peers, with_ratio=overview.is_about_price(finding))
    return overview.file_reading(report, finding.row) if drawn else texts.NO_CHART


def _plots(parts: Parts, report: Report) -> Updates:
    view = parts.overview
    if not report.findings:
        return {plot: gr.update(value=None, visible=False) for plot in view.plots}
    places, line = overview.concentration(report), overview.timeline(report)
    figures = [charts.signals(report), charts.places(report), charts.timeline(report)]
    readings = [
        overview.signals_reading(report),
        overview.places_reading(places) if places else "",
        overview.timeline_reading(line) if line else "",
    ]
    updates: Updates = {}
    for plot, box, figure, text in zip(view.plots, view.readings, figures, readings, strict=True):
        updates[plot] = gr.update(value=figure, visible=figure is not None)
        updates[box] = render.paragraph(text)
    return updates
