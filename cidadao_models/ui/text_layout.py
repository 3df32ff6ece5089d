"""The tab for texts, laid out: which components there are and where. Wires no event."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from cidadao_models.findings.words import number
from cidadao_models.reading.limits import MEGABYTE, Limits
from cidadao_models.ui import render
from cidadao_models.ui import texts_text as texts
from cidadao_models.ui.session import SESSION_TTL_S


@dataclass(slots=True)
class Source:
    """Where the text comes from, and the line that says what is going on."""

    text: gr.Textbox
    upload: gr.File
    run: gr.Button
    cancel: gr.Button
    examples: list[gr.Button]
    status: gr.HTML


@dataclass(slots=True)
class TextParts:
    """Everything that the events of the tab read and change."""

    session: gr.State
    source: Source
    result: gr.Column
    marked: gr.HTML
    verdict: gr.HTML
    signals: gr.HTML
    checklist: gr.HTML
    facts: gr.HTML
    ask: gr.HTML
    lai: gr.Textbox
    buttons: dict[str, gr.Button]
    file: gr.File


def lay_out(limits: Limits) -> TextParts:
    """Make the components inside the open `gr.Blocks`."""
    source = _source(limits)
    with gr.Column(visible=False, elem_id="contract-result") as result:
        with gr.Row(elem_classes="reading-desk", equal_height=False):
            with gr.Column(scale=6, min_width=320, elem_classes="desk-text"):
                gr.HTML(f"<h2>{texts.STEP_TEXT}</h2>")
                marked = gr.HTML(elem_id="contract-marked")
            with gr.Column(scale=5, min_width=320, elem_classes="desk-reading"):
                verdict = _step(texts.STEP_VERDICT, "contract-verdict")
                signals = _step(texts.STEP_SIGNALS, "contract-signals")
                checklist = _step(texts.STEP_CHECKLIST, "contract-checklist")
                facts = _step(texts.STEP_FACTS, "contract-facts")
                ask = _step(texts.STEP_ASK, "contract-ask")
                lai = _lai()
        buttons = _downloads()
    return TextParts(
        session=gr.State(None, time_to_live=SESSION_TTL_S),
        source=source,
        result=result,
        marked=marked,
        verdict=verdict,
        signals=signals,
        checklist=checklist,
        facts=facts,
        ask=ask,
        lai=lai,
        buttons=buttons,
        file=gr.File(label="arquivo", elem_classes="off"),
    )


def _step(title: str, elem_id: str) -> gr.HTML:
    gr.HTML(f"<h2>{title}</h2>")
    return gr.HTML(elem_id=elem_id)


def _lai() -> gr.Textbox:
    with gr.Accordion(texts.LAI_LABEL, open=False, elem_id="contract-lai-fold"):
        return gr.Textbox(
            lines=10, max_lines=24, buttons=["copy"], interactive=False,
            elem_id="contract-lai", label=texts.LAI_TEXT,
        )  # fmt: skip


def _source(limits: Limits) -> Source:
    gr.HTML(f"<p>{texts.INTRO}</p>")
    with gr.Row(elem_classes="start", equal_height=False):
        with gr.Column(scale=3, min_width=280):
            text = gr.Textbox(
                label=texts.INPUT_LABEL, placeholder=texts.INPUT_PLACEHOLDER, lines=8, max_lines=8,
                elem_id="contract-text",
            )  # fmt: skip
        with gr.Column(scale=2, min_width=280):
            upload = gr.File(label=texts.FILE_LABEL, elem_id="contract-file", height=150)
            gr.HTML(f"<p class='soft'>{_kinds(limits)}</p>")
    with gr.Row():
        run = gr.Button(texts.RUN, variant="primary", elem_id="contract-run", min_width=200)
        cancel = gr.Button(texts.CANCEL, visible=False, elem_id="contract-cancel", min_width=200)
    status = gr.HTML(render.message("plain", texts.EMPTY), elem_id="contract-status", min_height=64)
    gr.HTML(f"<p class='soft'>{texts.EXAMPLES_LABEL}</p>")
    with gr.Row(elem_classes="examples"):
        examples = [
            gr.Button(label, size="sm", elem_id=_example_id(index), min_width=140)
            for index, (_, label) in enumerate(texts.EXAMPLES)
        ]
    return Source(text, upload, run, cancel, examples, status)


def _kinds(limits: Limits) -> str:
    size = "—" if limits.max_bytes is None else number(limits.max_bytes / MEGABYTE)
    return texts.FILE_KINDS.format(
        size=size, pages=number(limits.max_pages), characters=number(limits.max_characters)
    )


def _example_id(index: int) -> str:
    return "contract-example" if index == 0 else f"contract-example-{index + 1}"


def _downloads() -> dict[str, gr.Button]:
    gr.HTML(f"<h2>{texts.STEP_DOWNLOAD}</h2>")
    with gr.Row(elem_classes="downloads"):
        buttons = {
            "html": gr.Button(texts.DOWNLOAD_HTML, elem_id="contract-download-html", min_width=180),
            "json": gr.Button(texts.DOWNLOAD_JSON, elem_id="contract-download-json", min_width=180),
        }
    gr.HTML(f"<p class='soft'>{texts.DOWNLOAD_HINT}</p>")
    return buttons
