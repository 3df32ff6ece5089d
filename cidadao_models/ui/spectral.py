"""The tab for series: what happens on each click. Lays out nothing and words nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import gradio as gr

from cidadao_models.charts import of_series as charts
from cidadao_models.errors import CidadaoError, InputError
from cidadao_models.findings.words import number
from cidadao_models.inference.lanes import isolated
from cidadao_models.models import series_views
from cidadao_models.models.spectral_analysis import CoherenceReport
from cidadao_models.ui import render, scripts, spectral_render, spectral_work
from cidadao_models.ui import texts as common
from cidadao_models.ui import texts_spectral as texts
from cidadao_models.ui.files import CPU, PRIVATE, QUIET
from cidadao_models.ui.session import TICK_S, Service, forget_upload, new_download, upload_path
from cidadao_models.ui.spectral_examples import example
from cidadao_models.ui.spectral_layout import DRAWN, SpectralParts, lay_out
from cidadao_models.ui.spectral_work import Choice, Looked

Updates = dict[Any, Any]
Run = Iterator[Updates]

ALL = "tudo"


def build(page: gr.Blocks, service: Service) -> None:
    """Lay out the tab inside the open `page` and wire its events."""
    parts = lay_out(service.limits)
    parts.source.upload.preprocess = upload_path
    parts.source.upload.upload(
        lambda: ("", render.message("plain", texts.READY)),
        None, [parts.source.text, parts.source.status], **QUIET,
    )  # fmt: skip
    _wire_runs(page, parts, service)
    _wire_downloads(parts)


# -- runs --------------------------------------------------------------------------------------


def _key(request: gr.Request) -> str:
    """The visitor's runs on this tab; those on the tab for files go on beside them."""
    return f"{request.session_hash}/serie"


def _wire_runs(page: gr.Blocks, parts: SpectralParts, service: Service) -> None:
    source, follow, compare = parts.source, parts.follow, parts.compare
    work = Work(parts, service)
    outputs = _outputs(parts)
    pasted = [source.upload, source.text, parts.session]
    _on(parts, service, source.run.click, work.run, pasted, outputs)
    for index, button in enumerate(source.examples):
        _on(parts, service, button.click, work.example(index), [], outputs)
    chosen = [parts.session, *follow.inputs]
    follow.group.input(_names(parts), [parts.session, follow.group], follow.name, **QUIET)
    for component in (follow.group, follow.name, follow.unit):
        _on(parts, service, component.input, work.follow, chosen, outputs)
    both = [parts.session, compare.name, compare.text]
    _on(parts, service, compare.run.click, work.compare, both, [compare.plot, compare.reading])

    def cancel(request: gr.Request) -> Updates:
        service.stop(_key(request))
        return _idle(parts, render.message("plain", texts.CANCELLED))

    def leave(request: gr.Request) -> None:
        service.stop(_key(request))
        service.runs.pop(_key(request), None)

    source.cancel.click(cancel, None, [source.status, source.cancel, source.run], **QUIET)
    page.unload(leave)


def _on(
    parts: SpectralParts,
    service: Service,
    trigger: Any,
    work: Callable[..., Run],
    inputs: list[Any],
    outputs: list[Any],
) -> None:
    """Say at once that the click was heard, then work when a place is free."""
    source = parts.source
    line = [source.status, source.cancel, source.run]

    def heard(request: gr.Request) -> Updates:
        service.begin(_key(request))
        return _busy(parts, render.message("working", texts.WAITING))

    clicked = trigger(heard, None, line, **QUIET)
    clicked.then(work, inputs, [*line, *outputs], show_progress="hidden", **CPU, **PRIVATE)


def _busy(parts: SpectralParts, status: str) -> Updates:
    source = parts.source
    return {
        source.status: status,
        source.cancel: gr.update(visible=True),
        source.run: gr.update(visible=False),
    }


def _idle(parts: SpectralParts, status: str) -> Updates:
    source = parts.source
    return {
        source.status: status,
        source.cancel: gr.update(visible=False),
        source.run: gr.update(visible=True),
    }


class Work:
    """The runs that a click can start, each a stream of updates that ends with the page idle."""

    def __init__(self, parts: SpectralParts, service: Service) -> None:
        self._parts = parts
        self._service = service

    def run(self, path: str | None, text: str, state: Looked | None, request: gr.Request) -> Run:
        """Analyse the uploaded file, else the pasted numbers, else the file in memory again."""
        if path is not None:
            yield from self._file(path, request)
        elif (text or "").strip():
            yield from self._text(text, request)
        elif state is not None and state.ledger is not None:
            yield from self._ledger(state, state.choice, request)
        else:
            title, hint = texts.NOTHING_TITLE, texts.NOTHING_HINT
            yield _idle(self._parts, render.message("refused", title, hint))

    def example(self, index: int) -> Callable[[gr.Request], Run]:
        """Show an example in the text field and analyse it."""

        def run_example(request: gr.Request) -> Run:
            text = example(index)
            yield {self._parts.source.text: text, self._parts.source.upload: None}
            yield from self._text(text, request)

        return run_example

    def follow(
        self, state: Looked | None, group: str, name: str | None, unit: str, request: gr.Request
    ) -> Run:
        """Follow something else of the file in memory."""
        if state is None or state.ledger is None:
            yield _idle(self._parts, _expired())
            return
        known = state.ledger.names.get(group, ())
        chosen = name if name in known else (known[0] if known else None)
        choice = Choice(group if chosen else None, chosen, unit)
        yield from self._ledger(state, choice, request)

    def compare(
        self, state: Looked | None, name: str | None, text: str, request: gr.Request
    ) -> Run:
        """Compare the series on the screen with another one."""
        if state is None:
            yield _idle(self._parts, _expired())
            return
        work: tuple[Callable[..., CoherenceReport], tuple[Any, ...], dict[str, Any]]
        if (text or "").strip():
            limits = {"limits": self._service.limits}
            work = (spectral_work.compare_with_text, (state.values, text), limits)
        elif name and state.ledger is not None:
            other = Choice(state.choice.group, name, state.choice.unit)
            work = (spectral_work.compare_in_ledger, (state.values, state.ledger, other), {})
        else:
            yield _idle(self._parts, render.message("refused", texts.COMPARE_FIRST))
            return
        yield from self._followed(texts.WORKING, self._compared(state), *work, request=request)

    def _file(self, path: str, request: gr.Request) -> Run:
        """Take the file into memory, delete it from the disk, and analyse it."""
        upload_field = self._parts.source.upload
        try:
            upload = self._service.open(path)
        except CidadaoError as error:
            yield _idle(self._parts, render.refused(error)) | {upload_field: None}
            return
        finally:
            forget_upload(path)
        yield {upload_field: None}
        yield from self._followed(
            texts.READING, self._shown, spectral_work.look_at_file, (upload.packed, upload.name),
            {"limits": self._service.limits}, request=request,
        )  # fmt: skip

    def _text(self, text: str, request: gr.Request) -> Run:
        yield from self._followed(
            texts.WORKING, self._shown, spectral_work.look_at_text, (text,),
            {"limits": self._service.limits}, request=request,
        )  # fmt: skip

    def _ledger(self, state: Looked, choice: Choice, request: gr.Request) -> Run:
        arguments = (state.ledger, choice, state.file)
        yield from self._followed(
            texts.WORKING, self._shown, spectral_work.look_at_ledger, arguments, {}, request=request
        )

    def _followed(
        self,
        stage: str,
        show: Callable[[Any], Updates],
        work: Callable[..., Any],
        arguments: tuple[Any, ...],
        options: dict[str, Any],
        *,
        request: gr.Request,
    ) -> Run:
        """Run `work` in a process of its own and show its answer, or why there is none."""
        parts, stop = self._parts, self._service.runs.get(_key(request))
        stop = stop or self._service.begin(_key(request))
        began = time.monotonic()
        with ThreadPoolExecutor(1) as pool:
            done = pool.submit(isolated, work, *arguments, stop=stop, **options)
            try:
                while not wait({done}, timeout=TICK_S).done:
                    yield _busy(parts, _working(stage, time.monotonic() - began))
                yield show(done.result())
            except CidadaoError as error:
                cancelled = render.message("plain", texts.CANCELLED)
                yield _idle(parts, cancelled if stop.is_set() else render.refused(error))
            finally:
                self._end(stop, _key(request))

    def _end(self, stop: threading.Event, key: str) -> None:
        stop.set()
        if self._service.runs.get(key) is stop:
            del self._service.runs[key]

    def _shown(self, looked: Looked) -> Updates:
        return _everything(self._parts, looked)

    def _compared(self, state: Looked) -> Callable[[CoherenceReport], Updates]:
        def show(found: CoherenceReport) -> Updates:
            figure = charts.coherence(found)
            compare = self._parts.compare
            return _idle(self._parts, spectral_render.done(state)) | {
                compare.plot: gr.update(value=figure, visible=figure is not None),
                compare.reading: render.paragraph(series_views.coherence_reading(found)),
            }

        return show


def _working(stage: str, seconds: float) -> str:
    return render.message("working", stage, common.ELAPSED.format(s=number(seconds, 0)))


def _expired() -> str:
    return render.message("refused", texts.EXPIRED_TITLE, texts.EXPIRED_HINT)


# -- what is shown -----------------------------------------------------------------------------


def _outputs(parts: SpectralParts) -> list[Any]:
    compare = parts.compare
    return [
        parts.session, parts.source.upload, parts.source.text, parts.result, parts.verdict,
        *parts.plots.values(), *parts.readings.values(), parts.cycles, parts.details, parts.found,
        parts.findings, parts.notes, parts.follow.area, *parts.follow.inputs,
        compare.name, compare.plot, compare.reading,
    ]  # fmt: skip


def _everything(parts: SpectralParts, looked: Looked) -> Updates:
    """The whole tab for a finished analysis."""
    report = looked.report
    updates: Updates = {
        parts.session: looked,
        parts.result: gr.update(visible=True),
        parts.verdict: spectral_render.verdict(looked),
        parts.cycles: spectral_render.calendar_cycles(report),
        parts.found: gr.update(visible=bool(report.findings())),
        parts.findings: spectral_render.findings(report),
        parts.notes: spectral_render.notes(looked),
        parts.compare.plot: gr.update(value=None, visible=False),
        parts.compare.reading: "",
    }
    updates |= _idle(parts, spectral_render.done(looked))
    return updates | _drawn(parts, looked) | _choices(parts, looked)


def _drawn(parts: SpectralParts, looked: Looked) -> Updates:
    """The charts that the series allows, each with its reading."""
    report, money = looked.report, looked.money
    spectrum = series_views.spectrum(report, money=money)
    calendar = series_views.calendar(report, money=money)
    spectrogram = series_views.spectrogram(report)
    figures = {
        "line": charts.line(series_views.line(report, money=money)) if report.n else None,
        "spectrum": charts.spectrum(spectrum) if spectrum else None,
        "calendar": charts.calendar(calendar) if calendar else None,
        "spectrogram": charts.spectrogram(spectrogram) if spectrogram else None,
    }
    readings = {
        "line": series_views.line_reading(report),
        "spectrum": series_views.spectrum_reading(report, spectrum)
        if spectrum
        else texts.TOO_SHORT_FOR_CYCLES,
        "calendar": series_views.calendar_reading(calendar) if calendar else "",
        "spectrogram": series_views.SPECTROGRAM_READING if spectrogram else "",
    }
    updates: Updates = {
        parts.details: gr.update(visible=calendar is not None or spectrogram is not None)
    }
    for name in DRAWN:
        figure = figures[name]
        updates[parts.plots[name]] = gr.update(value=figure, visible=figure is not None)
        updates[parts.readings[name]] = render.paragraph(readings[name])
    return updates


def _choices(parts: SpectralParts, looked: Looked) -> Updates:
    """What of the file can be followed, and what is being followed now."""
    follow, ledger, choice = parts.follow, looked.ledger, looked.choice
    if ledger is None:
        return {
            follow.area: gr.update(visible=False),
            parts.compare.name: gr.update(visible=False, value=None),
        }
    groups = [(texts.GROUPS[key], key) for key in (ALL, *ledger.names)]
    names = list(ledger.names.get(choice.group or "", ()))
    others = [name for name in names if name != choice.name]
    return {
        follow.area: gr.update(visible=True),
        follow.group: gr.update(choices=groups, value=choice.group or ALL),
        follow.name: gr.update(choices=names, value=choice.name, visible=bool(names)),
        follow.unit: choice.unit,
        parts.compare.name: gr.update(choices=others, value=None, visible=bool(others)),
    }


def _names(parts: SpectralParts) -> Callable[[Looked | None, str], Any]:
    """The names of a group as soon as it is chosen."""

    def names(state: Looked | None, group: str) -> Any:
        known = list(state.ledger.names.get(group, ())) if state and state.ledger else []
        return gr.update(choices=known, value=known[0] if known else None, visible=bool(known))

    return names


# -- downloads ---------------------------------------------------------------------------------


def _wire_downloads(parts: SpectralParts) -> None:
    writers = {"csv": spectral_render.write_csv, "json": spectral_render.write_json}
    for kind, button in parts.buttons.items():

        def make(looked: Looked | None, kind: str = kind) -> str:
            if looked is None:
                refused = InputError(texts.EXPIRED_TITLE, hint=texts.EXPIRED_HINT)
                raise gr.Error(f"{refused.message} {refused.hint}", print_exception=False)
            name = f"{spectral_render.stem(looked)}.{kind}"
            write = writers[kind]
            return new_download(parts.file.GRADIO_CACHE, name, lambda path: write(looked, path))

        button.click(
            make, parts.session, parts.file, show_progress="hidden", **CPU, **PRIVATE
        ).success(None, parts.file, None, js=scripts.SAVE_FILE, **PRIVATE)
    parts.image.click(None, None, None, js=scripts.SAVE_CHARTS, **PRIVATE)
