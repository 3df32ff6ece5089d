"""The tab for texts: what happens on each click. Lays out nothing and words nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import gradio as gr

from cidadao_models.inference.lanes import isolated
from cidadao_models.reading.documents import Document
from cidadao_models.ui import render, scripts, text_render, text_report, text_words, text_work
from cidadao_models.ui import texts_text as texts
from cidadao_models.ui.endpoints import Apart
from cidadao_models.ui.files import EXAMPLES_FOLDER
from cidadao_models.ui.runs import (
    PRIVATE,
    Run,
    Runs,
    Stages,
    Updates,
    idle,
    wire_downloads,
    wire_upload,
)
from cidadao_models.ui.session import Service, Upload
from cidadao_models.ui.text_layout import TextParts, lay_out
from cidadao_models.ui.text_work import Looked


def build(page: gr.Blocks, service: Service, apart: Apart) -> None:
    """Lay out the tab inside the open `page` and wire its events; `apart` analyses texts."""
    parts = lay_out(service.limits)
    wire_upload(parts.source)
    _wire_runs(page, parts, service, apart)
    writers = {"html": text_report.write_html, "json": text_report.write_json}
    wire_downloads(
        parts.buttons, parts.session, parts.file, answer=Looked, stem=text_report.stem,
        writers=writers, expired_hint=texts.EXPIRED_HINT,
    )  # fmt: skip
    page.load(None, None, None, js=scripts.TEXT_MARKS, **PRIVATE)


# -- runs --------------------------------------------------------------------------------------


def _wire_runs(page: gr.Blocks, parts: TextParts, service: Service, apart: Apart) -> None:
    source, outputs = parts.source, _outputs(parts)
    runs = Runs("texto", source, service, text_render.refused)
    work = Work(parts, runs, apart)
    runs.on(source.run.click, work.run, [source.upload, source.text], outputs)
    for button, (name, label) in zip(source.examples, texts.EXAMPLES, strict=True):
        runs.on(button.click, work.example(name, label), [], outputs)
    runs.wire_stop(page)


class Work:
    """The runs that a click can start, each a stream of updates that ends with the page idle."""

    def __init__(self, parts: TextParts, runs: Runs, apart: Apart) -> None:
        self._parts = parts
        self._runs = runs
        self._apart = apart

    def run(self, path: str | None, text: str | None, request: gr.Request) -> Run:
        """Analyse the uploaded file, else the pasted text."""
        if path is not None:
            upload = yield from self._runs.taken(path)
            if upload is not None:
                yield from self._shown(partial(self._file, upload), request)
        elif (text or "").strip():
            yield from self._shown(partial(self._text, str(text), ""), request)
        else:
            title, hint = texts.NOTHING_TITLE, texts.NOTHING_HINT
            yield idle(self._parts.source, render.message("refused", title, hint))

    def example(self, name: str, label: str) -> Callable[[gr.Request], Run]:
        """Show an example in the text field and analyse it."""

        def run_example(request: gr.Request) -> Run:
            text = (EXAMPLES_FOLDER / name).read_text("utf-8").strip()
            yield {self._parts.source.text: text, self._parts.source.upload: None}
            yield from self._shown(partial(self._text, text, label), request)

        return run_example

    def _shown(
        self, stages: Callable[[threading.Event], Stages[Looked]], request: gr.Request
    ) -> Run:
        return self._runs.settled(stages, partial(_everything, self._parts), request)

    def _file(self, upload: Upload, stop: threading.Event) -> Stages[Looked]:
        limits = self._runs.service.limits
        read = partial(isolated, text_work.read_document, upload.packed, limits=limits)
        document: Document = yield from self._runs.followed(texts.READING, read, stop)
        looked = yield from self._text(document.text, "", stop)
        return Looked(looked.report, document, upload.name)

    def _text(self, text: str, name: str, stop: threading.Event) -> Stages[Looked]:
        analyze = partial(self._apart, text_work.analyze, text)
        report = yield from self._runs.followed(texts.WORKING, analyze, stop)
        return Looked(report, name=name)


# -- what is shown -----------------------------------------------------------------------------


def _outputs(parts: TextParts) -> list[Any]:
    return [
        parts.session, parts.source.upload, parts.source.text, parts.result, parts.marked,
        parts.verdict, parts.signals, parts.checklist, parts.facts, parts.ask, parts.lai,
    ]  # fmt: skip


def _everything(parts: TextParts, looked: Looked) -> Updates:
    """The whole tab for a finished analysis."""
    report = looked.report
    return idle(parts.source, text_render.done(looked)) | {
        parts.session: looked,
        parts.result: gr.update(visible=True),
        parts.marked: text_render.marked(report),
        parts.verdict: text_render.verdict(looked),
        parts.signals: text_render.signals(report),
        parts.checklist: text_render.checklist(report),
        parts.facts: text_render.facts(report),
        parts.ask: text_render.ask(report),
        parts.lai: text_words.lai_request(report),
    }
