"""What several tabs lay out alike: a source with the line below it, steps, figures, downloads.

Wires no event; the words that differ from tab to tab are given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import gradio as gr

from cidadao_models.ui import render, texts


@dataclass(slots=True)
class Source:
    """Where an analysis starts, and the line that says what is going on."""

    upload: gr.File
    run: gr.Button
    cancel: gr.Button
    examples: list[gr.Button]
    status: gr.HTML


@dataclass(slots=True)
class PastedSource(Source):
    """A source that can be typed or pasted too."""

    text: gr.Textbox


def upload_field(label: str, kinds: str, elem_id: str) -> gr.File:
    """A field for a file, and below it which kinds of file it takes."""
    # No `file_types`: Gradio would refuse in English what the reader refuses in words.
    upload = gr.File(label=label, elem_id=elem_id, height=150)
    gr.HTML(f"<p class='soft'>{kinds}</p>")
    return upload


def pasted_source(
    upload: gr.File,
    text: gr.Textbox,
    *,
    prefix: str,
    empty: str,
    examples_label: str,
    examples: Sequence[str],
    example_width: int,
) -> PastedSource:
    """The source of two fields laid out before: below them the buttons, the line, the examples."""
    with gr.Row():
        run = gr.Button(texts.RUN, variant="primary", elem_id=f"{prefix}-run", min_width=200)
        cancel = gr.Button(texts.CANCEL, visible=False, elem_id=f"{prefix}-cancel", min_width=200)
    status = status_line(empty, f"{prefix}-status")
    first, rest = f"{prefix}-example", range(2, len(examples) + 1)
    ids = [first, *(f"{first}-{number}" for number in rest)]
    buttons = example_buttons(
        examples_label, dict(zip(ids, examples, strict=True)), width=example_width
    )
    return PastedSource(upload, run, cancel, buttons, status, text)


def status_line(empty: str, elem_id: str) -> gr.HTML:
    """The line that says what is going on; at first that nothing is."""
    return gr.HTML(render.message("plain", empty), elem_id=elem_id, min_height=64)


def example_buttons(label: str, examples: Mapping[str, str], *, width: int) -> list[gr.Button]:
    """A button for each example; `examples` maps the id of the button to what it says."""
    gr.HTML(f"<p class='soft'>{label}</p>")
    with gr.Row(elem_classes="examples"):
        return [
            gr.Button(said, size="sm", elem_id=elem_id, min_width=width)
            for elem_id, said in examples.items()
        ]


def access_request(elem_id: str, *, fold_id: str | None = None) -> gr.Textbox:
    """The text of a request under the access law, folded away, ready to copy."""
    with gr.Accordion(texts.LAI_LABEL, open=False, elem_classes="more", elem_id=fold_id):
        return gr.Textbox(
            lines=10, max_lines=24, buttons=["copy"], interactive=False,
            elem_id=elem_id, label=texts.LAI_TEXT,
        )  # fmt: skip


def step(title: str, elem_id: str) -> gr.HTML:
    """A heading, and below it the place of its answer."""
    gr.HTML(f"<h2>{title}</h2>")
    return gr.HTML(elem_id=elem_id)


def figure(name: str, elem_id: str) -> tuple[gr.Plot, gr.HTML]:
    """A chart and its reading."""
    with gr.Column(min_width=300, elem_classes=f"figure figure-{name}"):
        return plot(elem_id), gr.HTML(elem_classes="reading")


def plot(elem_id: str, *, visible: bool = True) -> gr.Plot:
    """A chart without frame or label."""
    return gr.Plot(show_label=False, container=False, elem_id=elem_id, visible=visible)


def download_buttons(
    title: str, labels: Mapping[str, str], hint: str, prefix: str
) -> dict[str, gr.Button]:
    """A button for each kind of file that can be taken away."""
    gr.HTML(f"<h2>{title}</h2>")
    with gr.Row(elem_classes="downloads"):
        buttons = {
            kind: gr.Button(label, elem_id=f"{prefix}-{kind}", min_width=180)
            for kind, label in labels.items()
        }
    gr.HTML(f"<p class='soft'>{hint}</p>")
    return buttons
