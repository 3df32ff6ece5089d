"""The tab for files: upload, what was understood, findings, one finding, downloads.

Lays out and wires; the words are in `texts`, the pieces in `render`, the work in `session`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from cidadao_models import charts
from cidadao_models.errors import CidadaoError, MissingFields
from cidadao_models.findings import SEVERITY_LABELS, Finding, Report, overview
from cidadao_models.findings.words import money, number
from cidadao_models.reading.limits import Limits
from cidadao_models.records import FIELDS
from cidadao_models.ui import render, texts
from cidadao_models.ui.session import (
    SESSION_TTL_S,
    Opened,
    Service,
    Session,
    forget_upload,
    new_download,
    upload_path,
)

EXAMPLES_FOLDER = Path(__file__).parent / "examples"

FILE_TYPES = [".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".json", ".jsonl", ".ndjson",
              ".zip", ".gz"]  # fmt: skip

REMAPPABLE = ("valor", "data", "objeto", "fornecedor", "fornecedor_id", "orgao",
              "unidade_gestora", "modalidade", "numero")  # fmt: skip
"""Fields whose column the reader can correct: those that most checks need."""

CPU = {"concurrency_id": "cpu", "concurrency_limit": 2}
"""Analyses of all visitors share two places: a free Space has two cores."""

PRIVATE: dict[str, Any] = {"api_visibility": "private"}

SAVE_FILE = """(file) => {
  const one = Array.isArray(file) ? file[0] : file;
  if (!one || !one.url) { return; }
  const link = document.createElement("a");
  link.href = one.url;
  link.download = one.orig_name || "";
  document.body.appendChild(link);
  link.click();
  link.remove();
}"""
"""Saves the file just made, so that one click is enough."""

Updates = dict[Any, Any]
State = Opened | Session | None


@dataclass(slots=True)
class Parts:
    """The components that the events of the tab read and change."""

    session: gr.State
    chosen: gr.State
    upload: gr.File
    threshold: gr.Slider
    run: gr.Button
    cancel: gr.Button
    examples: list[gr.Button]
    status: gr.HTML
    result: gr.Column
    area: gr.Column
    mapping: gr.Accordion
    understood: gr.HTML
    problems: gr.HTML
    columns: list[gr.Dropdown]
    summary: gr.HTML
    overview: gr.Column
    plots: list[gr.Plot]
    plot_notes: list[gr.HTML]
    findings: gr.Column
    search: gr.Textbox
    signals: gr.CheckboxGroup
    severities: gr.CheckboxGroup
    shown: gr.HTML
    table: gr.Dataframe
    position: gr.HTML
    previous: gr.Button
    next: gr.Button
    panel: gr.HTML
    chart: gr.Plot
    chart_note: gr.HTML
    lai: gr.Textbox
    raw: gr.HTML
    computed: gr.HTML
    unchecked: gr.HTML
    cite: gr.HTML
    downloads: dict[str, gr.Button]
    file: gr.File


def build(service: Service) -> None:
    """Lay out the tab inside the open `gr.Blocks` and wire its events."""
    parts = _layout(service.limits)
    _wire(parts, service)


# -- layout ------------------------------------------------------------------------------------


def _layout(limits: Limits) -> Parts:
    start = _start(limits)
    understood = _understood_section()
    with gr.Column(visible=False, elem_id="file-result") as result:
        summary = _summary_section()
        findings = _findings_section()
        gr.Markdown(f"## {texts.STEP_UNCHECKED}")
        unchecked = gr.HTML(elem_id="file-unchecked")
        downloads = _downloads_section()
    return Parts(
        session=gr.State(None, time_to_live=SESSION_TTL_S),
        chosen=gr.State(None, time_to_live=SESSION_TTL_S),
        result=result,
        unchecked=unchecked,
        **start,
        **understood,
        **summary,
        **findings,
        **downloads,
    )


def _start(limits: Limits) -> dict[str, Any]:
    kinds = texts.FILE_KINDS.format(size=render.limits_sentence(limits))
    with gr.Row(elem_classes="start", equal_height=False):
        with gr.Column(scale=3, min_width=300):
            upload = gr.File(
                label=texts.FILE_LABEL, file_types=FILE_TYPES, elem_id="file-input", height=150
            )
            upload.preprocess = upload_path
            gr.HTML(f"<p class='soft'>{kinds}</p>")
        with gr.Column(scale=2, min_width=280):
            threshold = gr.Slider(
                0.5, 1, value=0.7, step=0.01, label=texts.THRESHOLD_LABEL,
                info=texts.THRESHOLD_INFO, elem_id="file-threshold",
            )  # fmt: skip
            run = gr.Button(texts.RUN, variant="primary", elem_id="file-run", interactive=False)
            cancel = gr.Button(texts.CANCEL, visible=False, elem_id="file-cancel")
    gr.HTML(f"<p class='soft'>{texts.EXAMPLES_LABEL}</p>")
    with gr.Row(elem_classes="examples"):
        examples = [
            gr.Button(label, size="sm", elem_id=f"file-example-{i}", min_width=200)
            for i, (_, label) in enumerate(texts.EXAMPLES, start=1)
        ]
    status = gr.HTML(render.message("plain", texts.EMPTY), elem_id="file-status", min_height=64)
    return {
        "upload": upload, "threshold": threshold, "run": run, "cancel": cancel,
        "examples": examples, "status": status,
    }  # fmt: skip


def _understood_section() -> dict[str, Any]:
    with gr.Column(visible=False) as area:
        gr.Markdown(f"## {texts.STEP_UNDERSTOOD}")
        understood = gr.HTML(elem_id="file-understood")
        problems = gr.HTML(elem_id="file-problems")
        with gr.Accordion(texts.REMAP, open=False, elem_id="file-mapping") as mapping:
            gr.HTML(f"<p class='soft'>{texts.REMAP_HINT}</p>")
            with gr.Row():
                columns = [
                    gr.Dropdown(
                        [], label=FIELDS[name].label, elem_id=f"file-column-{name}", min_width=240
                    )
                    for name in REMAPPABLE
                ]
    return {
        "area": area, "understood": understood, "problems": problems, "mapping": mapping,
        "columns": columns,
    }  # fmt: skip


def _summary_section() -> dict[str, Any]:
    gr.Markdown(f"## {texts.STEP_SUMMARY}")
    summary = gr.HTML(elem_id="file-summary")
    plots, notes = [], []
    with gr.Column(elem_id="file-overview") as area:
        with gr.Row(equal_height=False):
            for name in ("signals", "places"):
                with gr.Column(min_width=300):
                    plots.append(_plot(f"file-{name}"))
                    notes.append(gr.HTML(elem_classes="reading"))
        plots.append(_plot("file-timeline"))
        notes.append(gr.HTML(elem_classes="reading"))
    return {"summary": summary, "overview": area, "plots": plots, "plot_notes": notes}


def _plot(elem_id: str) -> gr.Plot:
    return gr.Plot(show_label=False, container=False, elem_id=elem_id)


def _findings_section() -> dict[str, Any]:
    with gr.Column(elem_id="file-found") as findings:
        gr.Markdown(f"## {texts.STEP_FINDINGS}")
        with gr.Row(equal_height=False):
            search = gr.Textbox(
                label=texts.SEARCH_LABEL, placeholder=texts.SEARCH_PLACEHOLDER,
                elem_id="file-search", max_length=200, min_width=260,
            )  # fmt: skip
            severities = gr.CheckboxGroup(
                [], label=texts.SEVERITY_FILTER, elem_id="file-severity", min_width=260
            )
        signals = gr.CheckboxGroup([], label=texts.SIGNAL_FILTER, elem_id="file-signal")
        shown = gr.HTML(elem_id="file-shown")
        table = gr.Dataframe(
            headers=list(texts.COLUMNS_SHOWN), interactive=False, wrap=True, max_height=460,
            show_label=False, elem_id="file-findings", buttons=[],
            datatype=["str", "str", "str", "number", "str", "number"],
            column_widths=["110px", "170px", "190px", "150px", "320px", "110px"],
        )  # fmt: skip
        return {
            "findings": findings, "search": search, "severities": severities,
            "signals": signals, "shown": shown, "table": table,
        } | _finding_section()  # fmt: skip


def _finding_section() -> dict[str, Any]:
    gr.Markdown(f"## {texts.STEP_FINDING}")
    with gr.Row(elem_classes="steps"):
        previous = gr.Button(texts.PREVIOUS, size="sm", elem_id="file-previous", min_width=90)
        position = gr.HTML(elem_id="file-position")
        following = gr.Button(texts.NEXT, size="sm", elem_id="file-next", min_width=90)
    panel = gr.HTML(elem_id="file-finding")
    chart = _plot("file-chart")
    note = gr.HTML(elem_id="file-chart-note", elem_classes="reading")
    with gr.Accordion(texts.LAI_LABEL, open=False):
        lai = gr.Textbox(
            show_label=False, lines=10, max_lines=24, buttons=["copy"], interactive=False,
            elem_id="file-lai", label=texts.LAI_LABEL,
        )  # fmt: skip
    with gr.Accordion(texts.RAW_LABEL, open=False):
        raw = gr.HTML(elem_id="file-raw")
    with gr.Accordion(texts.COMPUTED_LABEL, open=False):
        computed = gr.HTML(elem_id="file-computed")
    return {
        "previous": previous, "position": position, "next": following, "panel": panel,
        "chart": chart, "chart_note": note, "lai": lai, "raw": raw, "computed": computed,
    }  # fmt: skip


def _downloads_section() -> dict[str, Any]:
    gr.Markdown(f"## {texts.STEP_DOWNLOAD}")
    with gr.Row(elem_classes="downloads"):
        buttons = {
            "html": gr.Button(texts.DOWNLOAD_HTML, elem_id="download-html", min_width=180),
            "xlsx": gr.Button(texts.DOWNLOAD_XLSX, elem_id="download-xlsx", min_width=180),
            "csv": gr.Button(texts.DOWNLOAD_CSV, elem_id="download-csv", min_width=180),
        }
    gr.HTML(f"<p class='soft'>{texts.DOWNLOAD_HINT}</p>")
    cite = gr.HTML(elem_id="file-cite")
    return {
        "downloads": buttons,
        "cite": cite,
        "file": gr.File(label="arquivo", elem_classes="off"),
    }


# -- events ------------------------------------------------------------------------------------


def _wire(parts: Parts, service: Service) -> None:
    outputs = _all_outputs(parts)
    shown = {"show_progress": "full", "show_progress_on": [parts.status]}
    runs = []

    def on(trigger: Any, work: Callable[..., Iterator[Updates]], inputs: list[Any]) -> None:
        runs.append(trigger(work, inputs, outputs, **shown, **CPU, **PRIVATE))

    def run_file(
        path: str | None,
        threshold: float,
        state: State,
        progress: gr.Progress = gr.Progress(),  # noqa: B008
    ) -> Iterator[Updates]:
        if path is None and state is not None:
            yield from _run(parts, service, _opened(state), threshold, progress)
            return
        yield from _first_run(parts, service, path, threshold, progress)

    def run_threshold(
        threshold: float,
        state: State,
        progress: gr.Progress = gr.Progress(),  # noqa: B008
    ) -> Iterator[Updates]:
        if state is None:
            yield {parts.cancel: gr.skip()}
            return
        yield from _run(parts, service, _opened(state), threshold, progress)

    def run_columns(threshold: float, state: State, *columns: str | None) -> Iterator[Updates]:
        if state is None:
            yield {parts.status: _expired()}
            return
        opened = _opened(state).corrected(_changed(state, columns))
        yield from _run(parts, service, opened, threshold, gr.Progress())

    on(parts.run.click, run_file, [parts.upload, parts.threshold, parts.session])
    on(parts.threshold.release, run_threshold, [parts.threshold, parts.session])
    for column in parts.columns:
        on(column.input, run_columns, [parts.threshold, parts.session, *parts.columns])
    for button, (name, _) in zip(parts.examples, texts.EXAMPLES, strict=True):
        on(button.click, _example_runner(parts, service, EXAMPLES_FOLDER / name), [parts.threshold])
    parts.cancel.click(
        lambda: _idle(parts) | {parts.status: render.message("plain", texts.CANCELLED)},
        None,
        [parts.status, parts.cancel, parts.run],
        cancels=runs,
        queue=False,
        **PRIVATE,
    )
    _wire_upload(parts)
    _wire_findings(parts)
    _wire_downloads(parts)


def _example_runner(parts: Parts, service: Service, path: Path) -> Callable[..., Iterator[Updates]]:
    def run_example(
        threshold: float,
        progress: gr.Progress = gr.Progress(),  # noqa: B008
    ) -> Iterator[Updates]:
        yield from _first_run(parts, service, str(path), threshold, progress, keep_file=True)

    return run_example


def _all_outputs(parts: Parts) -> list[Any]:
    found: list[Any] = []
    for name in parts.__dataclass_fields__:
        part = getattr(parts, name)
        if name in ("examples", "downloads", "file", "threshold"):
            continue
        found += part if isinstance(part, list) else [part]
    return found


def _wire_upload(parts: Parts) -> None:
    parts.upload.upload(
        lambda: (gr.update(interactive=True), render.message("plain", texts.READY)),
        None, [parts.run, parts.status], queue=False, **PRIVATE,
    )  # fmt: skip
    parts.upload.clear(
        lambda session: gr.update(interactive=session is not None),
        parts.session, parts.run, queue=False, **PRIVATE,
    )  # fmt: skip


def _wire_findings(parts: Parts) -> None:
    filters = [parts.session, parts.search, parts.severities, parts.signals]
    listed = [parts.table, parts.shown]

    def filtered(*values: Any) -> Updates:
        session, search, severities, signals = values
        if not isinstance(session, Session):
            return {parts.shown: _expired()}
        return _table(parts, session.report, search, severities, signals)

    for part in filters[1:]:
        part.change(
            filtered, filters, listed, show_progress="hidden", trigger_mode="always_last",
            queue=False, **PRIVATE,
        )  # fmt: skip
    opened = _finding_outputs(parts)

    def choose(session: State, event: gr.SelectData) -> Updates:
        if not isinstance(session, Session):
            return {parts.position: _expired()}
        return _finding(parts, session, _position_of(session.report, event.row_value))

    def step(by: int) -> Callable[[Session | None, int | None], Updates]:
        def stepped(session: State, chosen: int | None) -> Updates:
            if not isinstance(session, Session) or chosen is None:
                return {parts.position: _expired()}
            return _finding(parts, session, (chosen + by) % len(session.report.findings))

        return stepped

    quiet: dict[str, Any] = {"show_progress": "hidden", "queue": False} | PRIVATE
    parts.table.select(choose, [parts.session], opened, **quiet)
    parts.previous.click(step(-1), [parts.session, parts.chosen], opened, **quiet)
    parts.next.click(step(1), [parts.session, parts.chosen], opened, **quiet)


def _position_of(report: Report, row_value: list[Any]) -> int:
    """Which finding a row of the table shows: its last cell is the record, counted from 1."""
    row = int(float(row_value[-1])) - 1
    return next((i for i, finding in enumerate(report.findings) if finding.row == row), 0)


def _finding_outputs(parts: Parts) -> list[Any]:
    return [
        parts.chosen, parts.position, parts.panel, parts.chart, parts.chart_note, parts.lai,
        parts.raw, parts.computed,
    ]  # fmt: skip


def _wire_downloads(parts: Parts) -> None:
    for kind, button in parts.downloads.items():

        def make(session: State, kind: str = kind) -> str:
            if not isinstance(session, Session):
                raise gr.Error(f"{texts.EXPIRED_TITLE} {texts.EXPIRED_HINT}", print_exception=False)
            write: Callable[[Path], Path] = getattr(session.report, f"to_{kind}")
            return new_download(parts.file.GRADIO_CACHE, f"{session.stem}.{kind}", write)

        button.click(
            make, parts.session, parts.file, show_progress="hidden", **CPU, **PRIVATE
        ).success(None, parts.file, None, js=SAVE_FILE, **PRIVATE)


# -- work --------------------------------------------------------------------------------------


def _first_run(
    parts: Parts,
    service: Service,
    path: str | None,
    threshold: float,
    progress: gr.Progress,
    *,
    keep_file: bool = False,
) -> Iterator[Updates]:
    """Open the file, forget it, and analyse what it held."""
    if path is None:
        yield {parts.status: render.message("refused", texts.NO_FILE_TITLE, texts.NO_FILE_HINT)}
        return
    yield _working(parts, texts.READING)
    progress(0.05, desc=texts.READING)
    try:
        opened = service.open(path)
    except CidadaoError as error:
        yield _idle(parts) | {parts.status: render.refused(error), parts.upload: None}
        return
    finally:
        if not keep_file:
            forget_upload(path)
    yield {parts.upload: None}
    yield from _run(parts, service, opened, threshold, progress)


def _run(
    parts: Parts, service: Service, opened: Opened, threshold: float, progress: gr.Progress
) -> Iterator[Updates]:
    """Analyse an opened file; without usable columns, let the reader choose them."""
    checking = texts.CHECKING.format(n=number(opened.size))
    yield _working(parts, checking)
    progress((0, opened.size), desc=checking, unit="registros")
    try:
        session = service.answer(opened, threshold)
    except MissingFields as error:
        yield _idle(parts) | _choose_columns(parts, opened) | {parts.status: render.refused(error)}
        return
    except CidadaoError as error:
        yield _idle(parts) | {parts.status: render.refused(error)}
        return
    progress((opened.size, opened.size), desc=checking, unit="registros")
    yield _idle(parts) | _everything(parts, session)


def _opened(state: Opened | Session) -> Opened:
    return state.opened if isinstance(state, Session) else state


def _changed(state: Opened | Session, columns: tuple[str | None, ...]) -> dict[str, str]:
    """The columns that differ from what the analysis had understood."""
    mapping = state.report.mapping if isinstance(state, Session) else {}
    return {
        name: column
        for name, column in zip(REMAPPABLE, columns, strict=True)
        if column and column != mapping.get(name, {}).get("column")
    }


def _working(parts: Parts, text: str) -> Updates:
    return {
        parts.status: render.message("working", text),
        parts.cancel: gr.update(visible=True),
        parts.run: gr.update(interactive=False),
    }


def _idle(parts: Parts) -> Updates:
    return {parts.cancel: gr.update(visible=False), parts.run: gr.update(interactive=True)}


def _expired() -> str:
    return render.message("refused", texts.EXPIRED_TITLE, texts.EXPIRED_HINT)


# -- updates -----------------------------------------------------------------------------------


def _everything(parts: Parts, session: Session) -> Updates:
    """Updates of the whole tab for a finished analysis; the first finding is opened."""
    report = session.report
    updates: Updates = {
        parts.session: session,
        parts.status: render.done(session),
        parts.area: gr.update(visible=True),
        parts.mapping: gr.update(open=False),
        parts.result: gr.update(visible=True),
        parts.understood: render.understood(session),
        parts.problems: render.problems(report),
        parts.summary: render.summary(report),
        parts.overview: gr.update(visible=bool(report.findings)),
        parts.findings: gr.update(visible=bool(report.findings)),
        parts.unchecked: render.unchecked(report),
        parts.cite: render.cite(session),
        parts.search: "",
    }
    updates |= _columns(parts, session) | _filters(parts, report)
    updates |= _table(parts, report, "", [], []) | _plots(parts, report)
    return updates | (_finding(parts, session, 0) if report.findings else {})


def _choose_columns(parts: Parts, opened: Opened) -> Updates:
    """Updates for a file whose columns could not be told: the reader chooses them."""
    names = [str(name) for name in opened.table.data.column_names]
    return {
        parts.session: opened,
        parts.result: gr.update(visible=False),
        parts.area: gr.update(visible=True),
        parts.mapping: gr.update(open=True),
        parts.understood: render.columns_seen(names),
        parts.problems: "",
    } | {dropdown: gr.update(choices=names, value=None) for dropdown in parts.columns}


def _columns(parts: Parts, session: Session) -> Updates:
    report = session.report
    mapped = {name: entry.get("column") for name, entry in report.mapping.items()}
    unmapped = report.info.get("unmapped")
    names = [column for column in mapped.values() if column]
    names += [str(column) for column in unmapped] if isinstance(unmapped, list | tuple) else []
    choices = sorted(dict.fromkeys(names), key=str.casefold)
    return {
        dropdown: gr.update(choices=choices, value=mapped.get(name))
        for name, dropdown in zip(REMAPPABLE, parts.columns, strict=True)
    }


def _filters(parts: Parts, report: Report) -> Updates:
    severities = [
        (f"{SEVERITY_LABELS[word].removeprefix('sinal ')} ({number(n)})", word)
        for word, n in overview.severity_counts(report).items()
    ]
    signals = [(f"{s.title} ({number(s.count)})", s.id) for s in overview.signal_counts(report)]
    return {
        parts.severities: gr.update(choices=severities, value=[]),
        parts.signals: gr.update(choices=signals, value=[]),
    }


def _selected(
    report: Report, search: str | None, severities: list[str], signals: list[str]
) -> list[Finding]:
    words = (search or "").casefold().split()
    return [
        finding
        for finding in report.findings
        if (not severities or finding.severity in severities)
        and (not signals or any(reason.id in signals for reason in finding.reasons))
        and render.matches(finding, words)
    ]


def _table(
    parts: Parts, report: Report, search: str | None, severities: list[str], signals: list[str]
) -> Updates:
    selected = _selected(report, search, severities, signals)
    shown = selected[: render.MAX_ROWS_SHOWN]
    sentence = texts.FINDINGS_CAPPED if len(selected) > len(shown) else texts.FINDINGS_SHOWN
    total = len(selected) if len(selected) > len(shown) else len(report.findings)
    counts = sentence.format(shown=number(len(shown)), total=number(total))
    frame = render.table_frame(shown)
    return {
        parts.table: frame.style.format({"valor": _amount, "registro": _count}, na_rep=""),
        parts.shown: f"<p class='soft'>{counts} {texts.FINDINGS_HINT}</p>",
    }


def _amount(value: object) -> str:
    return money(value) if isinstance(value, float) and not math.isnan(value) else ""


def _count(value: object) -> str:
    return number(value) if isinstance(value, int) else str(value)


def _plots(parts: Parts, report: Report) -> Updates:
    if not report.findings:
        return {plot: gr.update(value=None, visible=False) for plot in parts.plots}
    places, line = overview.concentration(report), overview.timeline(report)
    figures = [charts.signals(report), charts.places(report), charts.timeline(report)]
    notes = [
        overview.signals_reading(report),
        overview.places_reading(places) if places else "",
        overview.timeline_reading(line) if line else "",
    ]
    updates: Updates = {}
    for plot, box, figure, note in zip(parts.plots, parts.plot_notes, figures, notes, strict=True):
        updates[plot] = gr.update(value=figure, visible=figure is not None)
        updates[box] = render.paragraph(note)
    return updates


def _finding(parts: Parts, session: Session, position: int) -> Updates:
    report = session.report
    finding = report.findings[position]
    where = texts.POSITION.format(i=number(position + 1), n=number(len(report.findings)))
    figure = charts.among_peers(report, finding.row, overview.name_of(finding))
    peers = overview.peers_of(report, finding.row)
    note = "" if figure else texts.NO_CHART
    if peers is not None:
        note = overview.peers_reading(peers, with_ratio=overview.is_about_price(finding))
    return {
        parts.chosen: position,
        parts.position: f"<p class='position'>{where}</p>",
        parts.panel: render.finding_panel(finding),
        parts.chart: gr.update(value=figure, visible=figure is not None),
        parts.chart_note: render.paragraph(note),
        parts.lai: render.lai_request(finding),
        parts.raw: render.raw_row(session, finding.row),
        parts.computed: render.computed(report, finding),
    }
