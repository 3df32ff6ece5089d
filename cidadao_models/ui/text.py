"""The tab for texts: what happens on each click. Lays out nothing and words nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import gradio as gr

from cidadao_models.errors import CidadaoError
from cidadao_models.findings.words import number
from cidadao_models.inference.lanes import isolated
from cidadao_models.reading.documents import Document
from cidadao_models.ui import render, scripts, text_render, text_report, text_words, text_work
from cidadao_models.ui import texts as common
from cidadao_models.ui import texts_text as texts
from cidadao_models.ui.endpoints import Apart
from cidadao_models.ui.files import CPU, EXAMPLES_FOLDER, PRIVATE, QUIET
from cidadao_models.ui.session import TICK_S, Service, forget_upload, new_download, upload_path
from cidadao_models.ui.text_layout import TextParts, lay_out
from cidadao_models.ui.text_work import Looked

Updates = dict[Any, Any]
Run = Iterator[Updates]


def build(page: gr.Blocks, service: Service, apart: Apart) -> None:
    """Lay out the tab inside the open `page` and wire its events; `apart` analyses texts."""
    parts = lay_out(service.limits)
    parts.source.upload.preprocess = upload_path
    parts.source.upload.upload(
        lambda: ("", render.message("plain", texts.READY)),
        None, [parts.source.text, parts.source.status], **QUIET,
    )  # fmt: skip
    _wire_runs(page, parts, service, apart)
    _wire_downloads(parts)
    page.load(None, None, None, js=scripts.TEXT_MARKS, **PRIVATE)


# -- runs --------------------------------------------------------------------------------------


def _key(request: gr.Request) -> str:
    """The visitor's runs on this tab; those on the other tabs go on beside them."""
    return f"{request.session_hash}/texto"


def _wire_runs(page: gr.Blocks, parts: TextParts, service: Service, apart: Apart) -> None:
    source, work = parts.source, Work(parts, service, apart)
    _on(parts, service, source.run.click, work.run, [source.upload, source.text])
    for button, (name, label) in zip(source.examples, texts.EXAMPLES, strict=True):
        _on(parts, service, button.click, work.example(name, label), [])

    def cancel(request: gr.Request) -> Updates:
        service.stop(_key(request))
        return _idle(parts, render.message("plain", texts.CANCELLED))

    def leave(request: gr.Request) -> None:
        service.stop(_key(request))
        service.runs.pop(_key(request), None)

    source.cancel.click(cancel, None, [source.status, source.cancel, source.run], **QUIET)
    page.unload(leave)


def _on(
    parts: TextParts, service: Service, trigger: Any, work: Callable[..., Run], inputs: list[Any]
) -> None:
    """Say at once that the click was heard, then work when a place is free."""
    source = parts.source
    line = [source.status, source.cancel, source.run]

    def heard(request: gr.Request) -> Updates:
        service.begin(_key(request))
        return _busy(parts, render.message("working", texts.WAITING))

    clicked = trigger(heard, None, line, **QUIET)
    clicked.then(work, inputs, [*line, *_outputs(parts)], show_progress="hidden", **CPU, **PRIVATE)


def _busy(parts: TextParts, status: str) -> Updates:
    source = parts.source
    return {
        source.status: status,
        source.cancel: gr.update(visible=True),
        source.run: gr.update(visible=False),
    }


def _idle(parts: TextParts, status: str) -> Updates:
    source = parts.source
    return {
        source.status: status,
        source.cancel: gr.update(visible=False),
        source.run: gr.update(visible=True),
    }


class Work:
    """The runs that a click can start, each a stream of updates that ends with the page idle."""

    def __init__(self, parts: TextParts, service: Service, apart: Apart) -> None:
        self._parts = parts
        self._service = service
        self._apart = apart

    def run(self, path: str | None, text: str | None, request: gr.Request) -> Run:
        """Analyse the uploaded file, else the pasted text."""
        if path is not None:
            yield from self._file(path, request)
        elif (text or "").strip():
            yield from self._settled(self._text(str(text), request), request)
        else:
            title, hint = texts.NOTHING_TITLE, texts.NOTHING_HINT
            yield _idle(self._parts, render.message("refused", title, hint))

    def example(self, name: str, label: str) -> Callable[[gr.Request], Run]:
        """Show an example in the text field and analyse it."""

        def run_example(request: gr.Request) -> Run:
            text = (EXAMPLES_FOLDER / name).read_text("utf-8").strip()
            yield {self._parts.source.text: text, self._parts.source.upload: None}
            yield from self._settled(self._text(text, request, label), request)

        return run_example

    def _file(self, path: str, request: gr.Request) -> Run:
        """Take the file into memory, delete it from the disk, read and analyse it."""
        upload_field = self._parts.source.upload
        try:
            upload = self._service.open(path)
        except CidadaoError as error:
            yield _idle(self._parts, text_render.refused(error)) | {upload_field: None}
            return
        finally:
            forget_upload(path)
        yield {upload_field: None}
        yield from self._settled(self._read(upload.packed, upload.name, request), request)

    def _read(
        self, packed: bytes, name: str, request: gr.Request
    ) -> Generator[Updates, None, Looked]:
        limits = self._service.limits
        document: Document = yield from self._followed(
            texts.READING, isolated, text_work.read_document, packed, limits=limits, request=request
        )
        looked = yield from self._text(document.text, request)
        return Looked(looked.report, document, name)

    def _text(
        self, text: str, request: gr.Request, name: str = ""
    ) -> Generator[Updates, None, Looked]:
        report = yield from self._followed(
            texts.WORKING, self._apart, text_work.analyze, text, request=request
        )
        return Looked(report, name=name)

    def _followed(
        self, stage: str, runner: Apart, work: Callable[..., Any], *arguments: object,
        request: gr.Request, **options: object,
    ) -> Generator[Updates, None, Any]:  # fmt: skip
        """Run one stage elsewhere, saying at every tick how long it has taken."""
        stop, began = self._stop(request), time.monotonic()
        with ThreadPoolExecutor(1) as pool:
            done = pool.submit(runner, work, *arguments, stop=stop, **options)
            try:
                while not wait({done}, timeout=TICK_S).done:
                    yield _busy(self._parts, _working(stage, time.monotonic() - began))
            except GeneratorExit:
                stop.set()
                raise
            return done.result()

    def _stop(self, request: gr.Request) -> threading.Event:
        return self._service.runs.get(_key(request)) or self._service.begin(_key(request))

    def _settled(self, run: Generator[Updates, None, Looked], request: gr.Request) -> Run:
        """Pass the updates on; at the end show the answer, or why there is none."""
        stop = self._stop(request)
        try:
            looked = yield from run
            yield _everything(self._parts, looked)
        except CidadaoError as error:
            cancelled = render.message("plain", texts.CANCELLED)
            yield _idle(self._parts, cancelled if stop.is_set() else text_render.refused(error))
        finally:
            stop.set()
            if self._service.runs.get(_key(request)) is stop:
                del self._service.runs[_key(request)]


def _working(stage: str, seconds: float) -> str:
    return render.message("working", stage, common.ELAPSED.format(s=number(seconds, 0)))


# -- what is shown -----------------------------------------------------------------------------


def _outputs(parts: TextParts) -> list[Any]:
    return [
        parts.session, parts.source.upload, parts.source.text, parts.result, parts.marked,
        parts.verdict, parts.signals, parts.checklist, parts.facts, parts.ask, parts.lai,
    ]  # fmt: skip


def _everything(parts: TextParts, looked: Looked) -> Updates:
    """The whole tab for a finished analysis."""
    report = looked.report
    return _idle(parts, text_render.done(looked)) | {
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


# -- downloads ---------------------------------------------------------------------------------


def _wire_downloads(parts: TextParts) -> None:
    writers = {"html": text_report.write_html, "json": text_report.write_json}
    for kind, button in parts.buttons.items():

        def make(looked: Looked | None, kind: str = kind) -> str:
            if looked is None:
                raise gr.Error(f"{texts.EXPIRED_TITLE} {texts.EXPIRED_HINT}", print_exception=False)
            name, write = f"{text_report.stem(looked)}.{kind}", writers[kind]
            return new_download(parts.file.GRADIO_CACHE, name, lambda path: write(looked, path))

        button.click(
            make, parts.session, parts.file, show_progress="hidden", **CPU, **PRIVATE
        ).success(None, parts.file, None, js=scripts.SAVE_FILE, **PRIVATE)
