"""The tab for series, laid out: which components there are and where. Wires no event."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from cidadao_models.findings.words import number
from cidadao_models.reading.limits import Limits
from cidadao_models.ui import render
from cidadao_models.ui import texts_spectral as texts
from cidadao_models.ui.session import SESSION_TTL_S
from cidadao_models.ui.tab_layout import (
    PastedSource,
    download_buttons,
    figure,
    pasted_source,
    plot,
    step,
    upload_field,
)

DRAWN = ("line", "spectrum", "calendar", "spectrogram")
"""The charts, in the order in which they are read."""


@dataclass(slots=True)
class Follow:
    """What of a file is followed, and by which unit of time."""

    area: gr.Column
    group: gr.Radio
    name: gr.Dropdown
    unit: gr.Radio

    @property
    def inputs(self) -> list[gr.Component]:
        """What the choice is read from."""
        return [self.group, self.name, self.unit]


@dataclass(slots=True)
class Compare:
    """A second series and what both say together."""

    fold: gr.Accordion
    name: gr.Dropdown
    text: gr.Textbox
    run: gr.Button
    plot: gr.Plot
    reading: gr.HTML


@dataclass(slots=True)
class SpectralParts:
    """Everything that the events of the tab read and change."""

    session: gr.State
    source: PastedSource
    follow: Follow
    result: gr.Column
    verdict: gr.HTML
    plots: dict[str, gr.Plot]
    readings: dict[str, gr.HTML]
    cycles: gr.HTML
    details: gr.Column
    found: gr.Column
    findings: gr.HTML
    notes: gr.HTML
    compare: Compare
    buttons: dict[str, gr.Button]
    image: gr.Button
    file: gr.File


def lay_out(limits: Limits) -> SpectralParts:
    """Make the components inside the open `gr.Blocks`."""
    source = _source(limits)
    follow = _follow()
    with gr.Column(visible=False, elem_id="spectral-result") as result:
        verdict = step(texts.STEP_VERDICT, "spectral-verdict")
        plots, readings, details, cycles = _charts()
        with gr.Column() as found:
            findings = step(texts.STEP_FINDINGS, "spectral-findings")
        notes = gr.HTML(elem_id="spectral-notes")
        compare = _compare()
        buttons = _downloads()
        image = buttons.pop("image")
    return SpectralParts(
        session=gr.State(None, time_to_live=SESSION_TTL_S),
        source=source,
        follow=follow,
        result=result,
        verdict=verdict,
        plots=plots,
        readings=readings,
        cycles=cycles,
        details=details,
        found=found,
        findings=findings,
        notes=notes,
        compare=compare,
        buttons=buttons,
        image=image,
        file=gr.File(label="arquivo", elem_classes="off"),
    )


def _source(limits: Limits) -> PastedSource:
    kinds = texts.FILE_KINDS.format(size=render.limits_sentence(limits))
    most = number(limits.max_rows) if limits.max_rows is not None else "quantos"
    gr.HTML(f"<p>{texts.INTRO}</p>")
    with gr.Row(elem_classes="start", equal_height=False):
        with gr.Column(min_width=280):
            upload = upload_field(texts.FILE_LABEL, kinds, "spectral-file")
        with gr.Column(min_width=280):
            text = gr.Textbox(
                label=texts.INPUT_LABEL, placeholder=texts.INPUT_PLACEHOLDER, lines=5, max_lines=5,
                elem_id="spectral-input",
            )  # fmt: skip
            gr.HTML(f"<p class='soft'>{texts.INPUT_HINT.format(n=most)}</p>")
    return pasted_source(
        upload, text, prefix="spectral", empty=texts.EMPTY, examples_label=texts.EXAMPLES_LABEL,
        examples=texts.EXAMPLE_LABELS, example_width=200,
    )  # fmt: skip


def _follow() -> Follow:
    with gr.Column(visible=False, elem_id="spectral-follow") as area, gr.Row():
        group = gr.Radio(
            [(texts.GROUPS["tudo"], "tudo")], value="tudo", label=texts.FOLLOW_LABEL,
            elem_id="spectral-group", min_width=300, scale=2,
        )  # fmt: skip
        name = gr.Dropdown(
            [], label=texts.NAME_LABEL, visible=False, elem_id="spectral-name", min_width=280
        )
        unit = gr.Radio(
            [(label, key) for key, label in texts.UNITS.items()], label=texts.UNIT_LABEL,
            elem_id="spectral-unit", min_width=220,
        )  # fmt: skip
    return Follow(area, group, name, unit)


def _charts() -> tuple[dict[str, gr.Plot], dict[str, gr.HTML], gr.Column, gr.HTML]:
    plots: dict[str, gr.Plot] = {}
    readings: dict[str, gr.HTML] = {}

    def chart(name: str, elem_id: str) -> None:
        plots[name], readings[name] = figure(name, elem_id)

    gr.HTML(f"<h2>{texts.STEP_SERIES}</h2>")
    chart("line", "spectral-plot")
    gr.HTML(f"<h2>{texts.STEP_CYCLES}</h2>")
    chart("spectrum", "spectral-spectrum")
    cycles = gr.HTML(elem_id="spectral-cycles")
    with gr.Column(elem_id="spectral-details") as details:
        gr.HTML(f"<h2>{texts.STEP_DETAILS}</h2>")
        with gr.Row(equal_height=False):
            chart("calendar", "spectral-calendar")
            chart("spectrogram", "spectral-spectrogram")
    return plots, readings, details, cycles


def _compare() -> Compare:
    with gr.Accordion(texts.STEP_COMPARE, open=False, elem_id="spectral-compare") as fold:
        gr.HTML(f"<p class='soft'>{texts.COMPARE_INTRO}</p>")
        with gr.Row():
            name = gr.Dropdown(
                [], label=texts.OTHER_NAME, visible=False, elem_id="spectral-other-name",
                min_width=260,
            )  # fmt: skip
            text = gr.Textbox(
                label=texts.OTHER_INPUT, lines=3, max_lines=3, elem_id="spectral-other",
                min_width=260,
            )  # fmt: skip
        run = gr.Button(texts.COMPARE, elem_id="spectral-compare-run")
        with gr.Column(elem_classes="figure figure-coherence"):
            drawn = plot("spectral-coherence", visible=False)
            reading = gr.HTML(elem_classes="reading", elem_id="spectral-coherence-note")
    return Compare(fold, name, text, run, drawn, reading)


def _downloads() -> dict[str, gr.Button]:
    labels = {
        "csv": texts.DOWNLOAD_CSV, "json": texts.DOWNLOAD_JSON, "image": texts.DOWNLOAD_IMAGE,
    }  # fmt: skip
    return download_buttons(texts.STEP_DOWNLOAD, labels, texts.DOWNLOAD_HINT, "spectral-download")
