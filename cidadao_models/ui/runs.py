"""The run that a click starts: heard at once, done elsewhere, stopped on request; and downloads.

Serves every tab that has a source. Knows neither what is analysed nor how the answer looks.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import gradio as gr

from cidadao_models.errors import CidadaoError
from cidadao_models.findings.words import number
from cidadao_models.ui import render, scripts, texts
from cidadao_models.ui.session import (
    TICK_S,
    Service,
    Upload,
    forget_upload,
    new_download,
    upload_path,
)
from cidadao_models.ui.tab_layout import PastedSource, Source

CPU = {"concurrency_id": "cpu", "concurrency_limit": 2}
"""Analyses of all visitors share two places: a free Space has two cores."""

PRIVATE: dict[str, Any] = {"api_visibility": "private"}

QUIET: dict[str, Any] = {"show_progress": "hidden", "queue": False} | PRIVATE
"""Events that answer at once, without a place in the queue."""

Answer = TypeVar("Answer")
Updates = dict[Any, Any]
Run = Iterator[Updates]
Stages = Generator[Updates, None, Answer]
"""Updates while the work goes on, and its answer at the end."""


def busy(source: Source, status: str) -> Updates:
    """Something runs, and can be cancelled."""
    return {
        source.status: status,
        source.cancel: gr.update(visible=True),
        source.run: gr.update(visible=False),
    }


def idle(source: Source, status: str) -> Updates:
    """Nothing runs any more; what was on the screen stays."""
    return {
        source.status: status,
        source.cancel: gr.update(visible=False),
        source.run: gr.update(visible=True, interactive=True),
    }


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs of one tab: a visitor's next ends the one before; other tabs go on beside it.

    `refused` says, as HTML, why there is no answer.
    """

    tab: str
    source: Source
    service: Service
    refused: Callable[[CidadaoError], str]

    def key(self, request: gr.Request) -> str:
        """The visitor on this tab."""
        return f"{request.session_hash}/{self.tab}"

    def on(
        self, trigger: Any, work: Callable[..., Run], inputs: list[Any], outputs: list[Any]
    ) -> Any:
        """Say at once that the click was heard, then work when a place is free."""
        line = [self.source.status, self.source.cancel, self.source.run]

        def heard(request: gr.Request) -> Updates:
            self.service.begin(self.key(request))
            return busy(self.source, render.message("working", texts.WAITING))

        return trigger(heard, None, line, **QUIET).then(
            work, inputs, [*line, *outputs], show_progress="hidden", **CPU, **PRIVATE
        )

    def wire_stop(self, page: gr.Blocks) -> None:
        """The visitor's run ends on the click that cancels it, and when the page is left."""
        source = self.source

        def cancel(request: gr.Request) -> Updates:
            self.service.stop(self.key(request))
            return idle(source, render.message("plain", texts.CANCELLED))

        def leave(request: gr.Request) -> None:
            self.service.stop(self.key(request))
            self.service.runs.pop(self.key(request), None)

        source.cancel.click(cancel, None, [source.status, source.cancel, source.run], **QUIET)
        page.unload(leave)

    def taken(self, path: str) -> Stages[Upload | None]:
        """The uploaded file in memory, deleted from the disk; None where it is refused."""
        emptied: Updates = {self.source.upload: None}
        try:
            upload = self.service.open(path)
        except CidadaoError as error:
            yield idle(self.source, self.refused(error)) | emptied
            return None
        finally:
            forget_upload(path)
        yield emptied
        return upload

    def settled(
        self,
        stages: Callable[[threading.Event], Stages[Answer]],
        show: Callable[[Answer], Updates],
        request: gr.Request,
    ) -> Run:
        """Pass the updates of `stages(stop)` on; at the end show the answer, or why none is."""
        with self.service.under_way(self.key(request)) as stop:
            try:
                answer = yield from stages(stop)
                yield show(answer)
            except CidadaoError as error:
                cancelled = render.message("plain", texts.CANCELLED)
                yield idle(self.source, cancelled if stop.is_set() else self.refused(error))

    def followed(
        self, stage: str, job: Callable[..., Answer], stop: threading.Event
    ) -> Stages[Answer]:
        """The answer of `job(stop=stop)`, with the seconds gone said at every tick."""
        began = time.monotonic()
        with ThreadPoolExecutor(1) as pool:
            done = pool.submit(job, stop=stop)
            try:
                while not wait({done}, timeout=TICK_S).done:
                    yield busy(self.source, _working(stage, time.monotonic() - began))
            except GeneratorExit:
                stop.set()
                raise
            return done.result()


def _working(stage: str, seconds: float) -> str:
    return render.message("working", stage, texts.ELAPSED.format(s=number(seconds, 0)))


def wire_upload(source: PastedSource) -> None:
    """A file that arrives empties the text field, and the line says that it is there."""
    source.upload.preprocess = upload_path
    source.upload.upload(
        lambda: ("", render.message("plain", texts.READY)),
        None, [source.text, source.status], **QUIET,
    )  # fmt: skip


def wire_downloads(
    buttons: Mapping[str, gr.Button],
    session: gr.State,
    file: gr.File,
    *,
    answer: type[Answer],
    stem: Callable[[Answer], str],
    writers: Mapping[str, Callable[[Answer, Path], Path]],
    expired_hint: str,
) -> None:
    """Each button writes a file of the `answer` that the session holds, and hands it over."""
    for kind, button in buttons.items():

        def make(found: Any, kind: str = kind) -> str:
            if not isinstance(found, answer):
                raise gr.Error(f"{texts.EXPIRED_TITLE} {expired_hint}", print_exception=False)
            write, name = writers[kind], f"{stem(found)}.{kind}"
            return new_download(file.GRADIO_CACHE, name, lambda path: write(found, path))

        button.click(make, session, file, show_progress="hidden", **CPU, **PRIVATE).success(
            None, file, None, js=scripts.SAVE_FILE, **PRIVATE
        )
