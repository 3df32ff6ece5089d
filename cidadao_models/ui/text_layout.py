"""The tab for texts, laid out: which components there are and where. Wires no event."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from cidadao_models.findings.words import number
from cidadao_models.reading.limits import MEGABYTE, Limits
from cidadao_models.ui import texts as common
from cidadao_models.ui import texts_text as texts
from cidadao_models.ui.session import SESSION_TTL_S
from cidadao_models.ui.tab_layout import (
    PastedSource,
    access_request,
    download_buttons,
    pasted_source,
    step,
    upload_field,
)


@dataclass(slots=True)
class TextParts:
    """Everything that the events of the tab read and change."""

    session: gr.State
    source: PastedSource
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
                verdict = step(texts.STEP_VERDICT, "contract-verdict")
                signals = step(texts.STEP_SIGNALS, "contract-signals")
                checklist = step(texts.STEP_CHECKLIST, "contract-checklist")
                facts = step(texts.STEP_FACTS, "contract-facts")
                ask = step(texts.STEP_ASK, "contract-ask")
                lai = access_request("contract-lai", fold_id="contract-lai-fold")
        labels = {"html": texts.DOWNLOAD_HTML, "json": texts.DOWNLOAD_JSON}
        buttons = download_buttons(
            texts.STEP_DOWNLOAD, labels, common.DOWNLOAD_HINT, "contract-download"
        )
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


def _source(limits: Limits) -> PastedSource:
    gr.HTML(f"<p>{texts.INTRO}</p>")
    with gr.Row(elem_classes="start", equal_height=False):
        with gr.Column(scale=3, min_width=280):
            text = gr.Textbox(
                label=texts.INPUT_LABEL, placeholder=texts.INPUT_PLACEHOLDER, lines=8, max_lines=8,
                elem_id="contract-text",
            )  # fmt: skip
        with gr.Column(scale=2, min_width=280):
            upload = upload_field(texts.FILE_LABEL, _kinds(limits), "contract-file")
    return pasted_source(
        upload, text, prefix="contract", empty=texts.EMPTY, examples_label=texts.EXAMPLES_LABEL,
        examples=[label for _, label in texts.EXAMPLES], example_width=140,
    )  # fmt: skip


def _kinds(limits: Limits) -> str:
    size = "—" if limits.max_bytes is None else number(limits.max_bytes / MEGABYTE)
    return texts.FILE_KINDS.format(
        size=size, pages=number(limits.max_pages), characters=number(limits.max_characters)
    )
