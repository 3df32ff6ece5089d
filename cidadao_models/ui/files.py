"""The tab for files: what happens on each click. Lays out nothing and words nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr

from cidadao_models.errors import CidadaoError, MissingFields
from cidadao_models.ui import render, scripts, texts, updates
from cidadao_models.ui.filters import filters_of, select
from cidadao_models.ui.layout import REMAPPABLE, Parts, lay_out
from cidadao_models.ui.runs import PRIVATE, QUIET, Run, Runs, Updates, idle, wire_downloads
from cidadao_models.ui.session import (
    Cancelled,
    Progress,
    Service,
    Session,
    Upload,
    forget_upload,
    upload_path,
)
from cidadao_models.ui.updates import State

EXAMPLES_FOLDER = Path(__file__).parent / "examples"


def build(page: gr.Blocks, service: Service) -> None:
    """Lay out the tab inside the open `page` and wire its events."""
    parts = lay_out(service.limits)
    parts.start.upload.preprocess = upload_path
    parts.start.sanctions.preprocess = upload_path
    _wire_upload(parts)
    _wire_sanctions(parts)
    _wire_runs(page, parts, service)
    _wire_findings(parts)
    _wire_downloads(parts)


def _wire_upload(parts: Parts) -> None:
    start = parts.start
    start.upload.upload(
        lambda: (gr.update(interactive=True), render.message("plain", texts.READY)),
        None, [start.run, start.status], **QUIET,
    )  # fmt: skip
    start.upload.clear(
        lambda session: gr.update(interactive=session is not None),
        parts.session, start.run, **QUIET,
    )  # fmt: skip


def _wire_sanctions(parts: Parts) -> None:
    start = parts.start
    start.sanctions.upload(
        lambda session: (
            render.note(texts.SANCTIONS_READY),
            gr.update(interactive=True) if session is not None else gr.skip(),
        ),
        parts.session, [start.sanctions_note, start.run], **QUIET,
    )  # fmt: skip

    def drop(state: State) -> Updates:
        note = render.note(texts.SANCTIONS_DROPPED)
        kept = None if state is None else _upload(state).compared_with(None)
        session = replace(state, upload=kept) if isinstance(state, Session) and kept else kept
        return {
            parts.session: session, start.sanctions: None, start.sanctions_note: note,
            start.sanctions_drop: gr.update(visible=False),
        }  # fmt: skip

    outputs = [parts.session, start.sanctions, start.sanctions_note, start.sanctions_drop]
    start.sanctions_drop.click(drop, parts.session, outputs, **QUIET)


# -- runs --------------------------------------------------------------------------------------


def _wire_runs(page: gr.Blocks, parts: Parts, service: Service) -> None:
    runs, outputs = Runs("planilha", parts.start, service, render.refused), _outputs(parts)
    for trigger, work, inputs in _triggers(parts, Work(parts, runs)):
        runs.on(trigger, work, inputs, outputs).then(
            None, None, None, js=scripts.MARK_ROW, **PRIVATE
        )
    runs.wire_stop(page)


def _triggers(parts: Parts, work: Work) -> list[tuple[Any, Callable[..., Run], list[Any]]]:
    start, columns = parts.start, parts.understood.columns
    found: list[tuple[Any, Callable[..., Run], list[Any]]] = [
        (
            start.run.click,
            work.file,
            [start.upload, start.sanctions, start.threshold, parts.session],
        ),
        (start.threshold.input, work.threshold, [start.threshold, parts.session]),
    ]
    for column in columns:
        found.append((column.input, work.columns, [start.threshold, parts.session, *columns]))
    for button, (name, _) in zip(start.examples, texts.EXAMPLES, strict=True):
        found.append((button.click, work.example(EXAMPLES_FOLDER / name), [start.threshold]))
    return found


class Work:
    """The runs that a click can start, each a stream of updates that ends with the page idle."""

    def __init__(self, parts: Parts, runs: Runs) -> None:
        self._parts = parts
        self._runs = runs
        self._service = runs.service

    def file(
        self, path: str | None, sanctions: str | None, threshold: float, state: State,
        request: gr.Request,
    ) -> Run:  # fmt: skip
        """Analyse the uploaded file; without one, the file in memory again.

        It is compared with the list of sanctions sent now, else with the one in memory.
        """
        if path is None and state is None:
            text = render.message("refused", texts.NO_FILE_TITLE, texts.NO_FILE_HINT)
            yield idle(self._parts.start, text)
        else:
            yield from self._open(path, sanctions, threshold, state, request)

    def threshold(self, threshold: float, state: State, request: gr.Request) -> Run:
        """Analyse the file in memory again with another lowest score."""
        if state is None:
            yield idle(self._parts.start, render.message("plain", texts.EMPTY))
            return
        yield from self._run(_upload(state), threshold, request)

    def columns(
        self, threshold: float, state: State, request: gr.Request, *columns: str | None
    ) -> Run:
        """Analyse the file in memory again with the columns that the reader chose."""
        if state is None:
            yield idle(self._parts.start, updates.expired())
            return
        upload = _upload(state).corrected(_changed(state, columns))
        yield from self._run(upload, threshold, request)

    def example(self, path: Path) -> Callable[[float, gr.Request], Run]:
        """Analyse a file that comes with the page."""

        def run_example(threshold: float, request: gr.Request) -> Run:
            yield from self._run(self._service.open(str(path)), threshold, request)

        return run_example

    def _open(
        self, path: str | None, sanctions: str | None, threshold: float, state: State,
        request: gr.Request,
    ) -> Run:  # fmt: skip
        """Take the files into memory, delete them from the disk, and analyse."""
        start = self._parts.start
        emptied: Updates = {start.upload: None, start.sanctions: None}
        try:
            listed = None if state is None else _upload(state).sanctions
            listed = listed if sanctions is None else self._service.open_sanctions(sanctions)
            upload = _upload(state) if path is None and state is not None else None
            upload = upload or self._service.open(str(path))
        except CidadaoError as error:
            yield idle(self._parts.start, render.refused(error)) | emptied
            return
        finally:
            forget_upload(path)
            forget_upload(sanctions)
        yield emptied
        yield from self._run(upload.compared_with(listed), threshold, request)

    def _run(self, upload: Upload, threshold: float, request: gr.Request) -> Run:
        """Analyse; without usable columns, let the reader choose them."""
        parts, visitor = self._parts, self._runs.key(request)
        try:
            for step in self._service.run(upload, threshold, visitor):
                if isinstance(step, Progress):
                    yield updates.working(parts, step)
                else:
                    yield updates.everything(parts, step)
        except Cancelled:
            yield idle(parts.start, render.message("plain", texts.CANCELLED))
        except CidadaoError as error:
            refused = idle(parts.start, render.refused(error))
            if isinstance(error, MissingFields):
                refused |= updates.choose_columns(parts, upload, _columns_of(error))
            yield refused


def _upload(state: Upload | Session) -> Upload:
    return state.upload if isinstance(state, Session) else state


def _columns_of(error: MissingFields) -> list[str]:
    names = error.details.get("columns")
    return [str(name) for name in names] if isinstance(names, list) else []


def _changed(state: Upload | Session, columns: tuple[str | None, ...]) -> dict[str, str]:
    """The columns that differ from what the analysis had understood."""
    mapping = state.report.mapping if isinstance(state, Session) else {}
    return {
        name: column
        for name, column in zip(REMAPPABLE, columns, strict=True)
        if column and column != mapping.get(name, {}).get("column")
    }


def _outputs(parts: Parts) -> list[Any]:
    start, understood, overview = parts.start, parts.understood, parts.overview
    patterns = parts.patterns
    return [
        parts.session, parts.result, parts.unchecked, parts.downloads.cite, start.upload,
        understood.area, understood.text, understood.problems, understood.mapping,
        *understood.columns,
        overview.summary, overview.area, *overview.plots, *overview.readings,
        parts.listing.area, *parts.listing.inputs, *_list_outputs(parts),
        start.sanctions, start.sanctions_note, start.sanctions_drop,
        patterns.found, patterns.unseen, *patterns.places, *patterns.plots, *patterns.readings,
    ]  # fmt: skip


def _list_outputs(parts: Parts) -> list[Any]:
    part = parts.listing
    return [part.table, part.shown, part.fold, parts.one.area, *_one_outputs(parts)]


def _one_outputs(parts: Parts) -> list[Any]:
    one = parts.one
    return [
        parts.chosen, one.position, one.panel, one.chart, one.reading, one.lai, one.raw,
        one.computed,
    ]  # fmt: skip


# -- findings ----------------------------------------------------------------------------------


def _wire_findings(parts: Parts) -> None:
    inputs = [parts.session, parts.chosen, *parts.listing.inputs]

    def narrow(session: State, chosen: int | None, *values: object) -> Updates:
        if not isinstance(session, Session):
            return {parts.listing.shown: updates.expired()}
        return updates.listed(parts, session, filters_of(*values), chosen)

    def clear(session: State, chosen: int | None) -> Updates:
        if not isinstance(session, Session):
            return {parts.listing.shown: updates.expired()}
        fresh = updates.fresh_filters(parts, session.report)
        return fresh | updates.listed(parts, session, filters_of(), chosen)

    outputs = _list_outputs(parts)
    for part in parts.listing.inputs:
        # A text box says `input` only for some ways of typing (Gradio 6.31); `change` for all.
        trigger = part.change if isinstance(part, gr.Textbox) else part.input
        trigger(narrow, inputs, outputs, trigger_mode="always_last", **QUIET).then(
            None, None, None, js=scripts.MARK_ROW, **PRIVATE
        )
    parts.listing.clear.click(clear, inputs[:2], [*parts.listing.inputs, *outputs], **QUIET).then(
        None, None, None, js=scripts.MARK_ROW, **PRIVATE
    )
    _wire_one(parts, inputs)


def _wire_one(parts: Parts, inputs: list[Any]) -> None:
    def choose(session: State, chosen: int | None, event: gr.EventData, *values: object) -> Updates:
        return turned(session, int(event.row), 0, values)

    def step(by: int) -> Callable[..., Updates]:
        return lambda session, chosen, *values: turned(session, chosen, by, values)

    def turned(session: State, row: int | None, by: int, values: tuple[object, ...]) -> Updates:
        if not isinstance(session, Session):
            return {parts.one.position: updates.expired()}
        selected = select(session.report, filters_of(*values))
        rows = [finding.row for finding in selected]
        position = (rows.index(row) + by) % len(rows) if row in rows else 0
        return updates.opened(parts, session, selected, position) if rows else {}

    outputs = _one_outputs(parts)
    table, one = parts.listing.table, parts.one
    for trigger, work, then in (
        (table.select, choose, scripts.SHOW_PANEL),
        (one.previous.click, step(-1), None),
        (one.next.click, step(1), None),
    ):
        done = trigger(work, inputs, outputs, **QUIET)
        marked = done.then(None, None, None, js=scripts.MARK_ROW, **PRIVATE)
        if then is not None:
            marked.then(None, None, None, js=then, **PRIVATE)


def _wire_downloads(parts: Parts) -> None:
    writers: dict[str, Callable[[Session, Path], Path]] = {
        "html": lambda session, path: session.report.to_html(path),
        "xlsx": lambda session, path: session.report.to_xlsx(path),
        "csv": lambda session, path: session.report.to_csv(path),
    }
    wire_downloads(
        parts.downloads.buttons, parts.session, parts.downloads.file, answer=Session,
        stem=lambda session: session.stem, writers=writers, expired_hint=texts.EXPIRED_HINT,
    )  # fmt: skip
