"""The tab for files, laid out: which components there are and where. Wires no event."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from cidadao_models.findings.views import NAMES
from cidadao_models.reading.limits import Limits
from cidadao_models.records import FIELDS
from cidadao_models.ui import render, scripts, texts
from cidadao_models.ui.session import SESSION_TTL_S
from cidadao_models.ui.tab_layout import (
    Source,
    access_request,
    download_buttons,
    example_buttons,
    figure,
    plot,
    status_line,
    step,
    upload_field,
)

REMAPPABLE = ("valor", "data", "objeto", "fornecedor", "fornecedor_id", "orgao",
              "unidade_gestora", "modalidade", "numero")  # fmt: skip
"""Fields whose column the reader can correct: those that most checks need."""

PLOTS = ("signals", "places", "timeline")


@dataclass(slots=True)
class Start(Source):
    """The source of a file, beside it the list of sanctions and the threshold."""

    sanctions: gr.File
    sanctions_note: gr.HTML
    sanctions_drop: gr.Button
    threshold: gr.Radio


@dataclass(slots=True)
class Understood:
    """What was read, and the columns that the reader may correct."""

    area: gr.Column
    text: gr.HTML
    problems: gr.HTML
    mapping: gr.Accordion
    columns: list[gr.Dropdown]


@dataclass(slots=True)
class Overview:
    """The sentence that opens, and the charts."""

    summary: gr.HTML
    area: gr.Column
    plots: list[gr.Plot]
    readings: list[gr.HTML]


@dataclass(slots=True)
class Listing:
    """Search, filters and the list of findings; `inputs` in the order of `Filters`."""

    area: gr.Column
    fold: gr.Accordion
    search: gr.Textbox
    severities: gr.CheckboxGroup
    signals: gr.CheckboxGroup
    body: gr.Dropdown
    supplier: gr.Dropdown
    since: gr.Textbox
    until: gr.Textbox
    minimum: gr.Textbox
    order: gr.Radio
    clear: gr.Button
    shown: gr.HTML
    table: gr.HTML

    @property
    def inputs(self) -> list[gr.Component]:
        """What the filters are read from."""
        return [self.search, self.severities, self.signals, self.body, self.supplier,
                self.since, self.until, self.minimum, self.order]  # fmt: skip


@dataclass(slots=True)
class One:
    """The finding that is open."""

    area: gr.Column
    previous: gr.Button
    position: gr.HTML
    next: gr.Button
    panel: gr.HTML
    chart: gr.Plot
    reading: gr.HTML
    lai: gr.Textbox
    raw: gr.HTML
    computed: gr.HTML


@dataclass(slots=True)
class Patterns:
    """The patterns in words, their charts, and what could not be seen."""

    found: gr.HTML
    places: list[gr.Column]
    plots: list[gr.Plot]
    readings: list[gr.HTML]
    unseen: gr.HTML


@dataclass(slots=True)
class Downloads:
    """The files to take away, and how to cite them."""

    buttons: dict[str, gr.Button]
    cite: gr.HTML
    file: gr.File


@dataclass(slots=True)
class Parts:
    """Everything that the events of the tab read and change."""

    session: gr.State
    chosen: gr.State
    start: Start
    understood: Understood
    result: gr.Column
    overview: Overview
    listing: Listing
    one: One
    patterns: Patterns
    unchecked: gr.HTML
    downloads: Downloads


def lay_out(limits: Limits) -> Parts:
    """Make the components inside the open `gr.Blocks`."""
    start = _start(limits)
    understood = _understood()
    with gr.Column(visible=False, elem_id="file-result") as result:
        overview = _overview()
        listed, one = _findings()
        patterns = _patterns()
        unchecked = step(texts.STEP_UNCHECKED, "file-unchecked")
        downloads = _downloads()
    return Parts(
        session=gr.State(None, time_to_live=SESSION_TTL_S),
        chosen=gr.State(None, time_to_live=SESSION_TTL_S),
        start=start,
        understood=understood,
        result=result,
        overview=overview,
        listing=listed,
        one=one,
        patterns=patterns,
        unchecked=unchecked,
        downloads=downloads,
    )


def _start(limits: Limits) -> Start:
    kinds = texts.FILE_KINDS.format(size=render.limits_sentence(limits))
    with gr.Row(elem_classes="start", equal_height=False):
        with gr.Column(scale=3, min_width=280):
            upload = upload_field(texts.FILE_LABEL, kinds, "file-input")
            sanctions, note, drop = _sanctions()
        with gr.Column(scale=2, min_width=280):
            threshold = gr.Radio(
                list(texts.THRESHOLDS), value=0.7, label=texts.THRESHOLD_LABEL,
                elem_id="file-threshold",
            )  # fmt: skip
            run = gr.Button(texts.RUN, variant="primary", elem_id="file-run", interactive=False)
            cancel = gr.Button(texts.CANCEL, visible=False, elem_id="file-cancel")
    status = status_line(texts.EMPTY, "file-status")
    labels = {f"file-example-{i}": label for i, (_, label) in enumerate(texts.EXAMPLES, start=1)}
    examples = example_buttons(texts.EXAMPLES_LABEL, labels, width=200)
    return Start(upload, run, cancel, examples, status, sanctions, note, drop, threshold)


def _sanctions() -> tuple[gr.File, gr.HTML, gr.Button]:
    with gr.Accordion(texts.SANCTIONS_FOLD, open=False, elem_id="file-sanctions-fold"):
        gr.HTML(f"<p class='soft'>{texts.SANCTIONS_HINT}</p>")
        upload = gr.File(label=texts.SANCTIONS_LABEL, elem_id="file-sanctions", height=110)
        note = gr.HTML(elem_id="file-sanctions-note")
        drop = gr.Button(
            texts.SANCTIONS_DROP, size="sm", visible=False, elem_id="file-sanctions-drop"
        )
    return upload, note, drop


def _understood() -> Understood:
    with gr.Column(visible=False) as area:
        text = step(texts.STEP_UNDERSTOOD, "file-understood")
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
    return Understood(area, text, problems, mapping, columns)


def _overview() -> Overview:
    summary = step(texts.STEP_SUMMARY, "file-summary")
    plots, readings = [], []
    with gr.Column(elem_id="file-overview") as area, gr.Row(equal_height=False):
        for name in PLOTS:
            drawn, reading = figure(name, f"file-{name}")
            plots.append(drawn)
            readings.append(reading)
    return Overview(summary, area, plots, readings)


def _findings() -> tuple[Listing, One]:
    with gr.Column(elem_id="file-found") as area:
        gr.HTML(f"<h2>{texts.STEP_FINDINGS}</h2>")
        search = gr.Textbox(
            label=texts.SEARCH_LABEL, placeholder=texts.SEARCH_PLACEHOLDER,
            elem_id="file-search", max_length=200,
        )  # fmt: skip
        with gr.Accordion(texts.FILTERS, open=False, elem_id="file-filters") as fold:
            severities, signals, order = _groups()
            body, supplier = _names()
            since, until, minimum = _bounds()
            clear = gr.Button(texts.CLEAR_FILTERS, size="sm", elem_id="file-clear")
        shown = gr.HTML(elem_id="file-shown")
        table = gr.HTML(elem_id="file-findings", js_on_load=scripts.OPEN_ROW)
        listed = Listing(area, fold, search, severities, signals, body, supplier, since, until,
                         minimum, order, clear, shown, table)  # fmt: skip
        return listed, _one()


def _groups() -> tuple[gr.CheckboxGroup, gr.CheckboxGroup, gr.Radio]:
    return (
        gr.CheckboxGroup([], label=texts.SEVERITY_FILTER, elem_id="file-severity"),
        gr.CheckboxGroup([], label=texts.SIGNAL_FILTER, elem_id="file-signal"),
        gr.Radio(list(texts.ORDERS), value="score", label=texts.ORDER, elem_id="file-order"),
    )


def _names() -> tuple[gr.Dropdown, gr.Dropdown]:
    with gr.Row():
        body, supplier = (
            gr.Dropdown(
                [], value="", label=label, allow_custom_value=True, elem_id=elem_id, min_width=260
            )
            for label, elem_id in (
                (texts.BODY_FILTER, "file-body"),
                (texts.SUPPLIER_FILTER, "file-supplier"),
            )
        )
    return body, supplier


def _bounds() -> tuple[gr.Textbox, gr.Textbox, gr.Textbox]:
    with gr.Row():
        since, until, minimum = (
            gr.Textbox(label=label, placeholder=hint, elem_id=elem_id, max_length=40, min_width=150)
            for label, hint, elem_id in (
                (texts.SINCE_FILTER, texts.PERIOD_PLACEHOLDER, "file-since"),
                (texts.UNTIL_FILTER, texts.PERIOD_PLACEHOLDER, "file-until"),
                (texts.MINIMUM_FILTER, texts.MINIMUM_PLACEHOLDER, "file-minimum"),
            )
        )
    return since, until, minimum


def _one() -> One:
    with gr.Column(elem_id="file-one") as area:
        gr.HTML(f"<h2>{texts.STEP_FINDING}</h2>")
        with gr.Row(elem_classes="steps"):
            previous = gr.Button(texts.PREVIOUS, size="sm", elem_id="file-previous", min_width=90)
            position = gr.HTML(elem_id="file-position")
            following = gr.Button(texts.NEXT, size="sm", elem_id="file-next", min_width=90)
        panel = gr.HTML(elem_id="file-finding")
        chart = plot("file-chart")
        reading = gr.HTML(elem_id="file-chart-note", elem_classes="reading")
        lai = access_request("file-lai")
        with gr.Accordion(texts.RAW_LABEL, open=False, elem_classes="more"):
            raw = gr.HTML(elem_id="file-raw")
        with gr.Accordion(texts.COMPUTED_LABEL, open=False, elem_classes="more"):
            computed = gr.HTML(elem_id="file-computed")
    return One(area, previous, position, following, panel, chart, reading, lai, raw, computed)


def _patterns() -> Patterns:
    found = gr.HTML(elem_id="file-patterns")
    places, plots, readings = [], [], []
    with gr.Row(equal_height=False, elem_classes="views"):
        for name in NAMES:
            with gr.Column(
                min_width=340, elem_classes=f"figure view-{name}", elem_id=f"file-view-{name}"
            ) as place:
                plots.append(plot(f"file-plot-{name}"))
                readings.append(gr.HTML(elem_classes="reading"))
            places.append(place)
    return Patterns(found, places, plots, readings, gr.HTML(elem_id="file-unseen"))


def _downloads() -> Downloads:
    labels = {
        "html": texts.DOWNLOAD_HTML, "xlsx": texts.DOWNLOAD_XLSX, "csv": texts.DOWNLOAD_CSV,
    }  # fmt: skip
    buttons = download_buttons(texts.STEP_DOWNLOAD, labels, texts.DOWNLOAD_HINT, "download")
    cite = gr.HTML(elem_id="file-cite")
    return Downloads(buttons, cite, gr.File(label="arquivo", elem_classes="off"))
