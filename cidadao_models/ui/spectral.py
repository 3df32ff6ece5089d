"""The tab for series: what happens on each click. Lays out nothing and words nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import gradio as gr

from cidadao_models.charts import of_series as charts
from cidadao_models.inference.lanes import isolated
from cidadao_models.models import series_views
from cidadao_models.models.spectral_analysis import CoherenceReport
from cidadao_models.ui import render, scripts, spectral_render, spectral_work
from cidadao_models.ui import texts as common
from cidadao_models.ui import texts_spectral as texts
from cidadao_models.ui.runs import (
    PRIVATE,
    QUIET,
    Answer,
    Run,
    Runs,
    Updates,
    idle,
    wire_downloads,
    wire_upload,
)
from cidadao_models.ui.session import Service
from cidadao_models.ui.spectral_examples import example
from cidadao_models.ui.spectral_layout import DRAWN, SpectralParts, lay_out
from cidadao_models.ui.spectral_work import Choice, Looked

ALL = "tudo"


def build(page: gr.Blocks, service: Service) -> None:
    """Lay out the tab inside the open `page` and wire its events."""
    parts = lay_out(service.limits)
    wire_upload(parts.source)
    _wire_runs(page, parts, service)
    writers = {"csv": spectral_render.write_csv, "json": spectral_render.write_json}
    wire_downloads(
        parts.buttons, parts.session, parts.file, answer=Looked, stem=spectral_render.stem,
        writers=writers, expired_hint=texts.EXPIRED_HINT,
    )  # fmt: skip
    parts.image.click(None, None, None, js=scripts.SAVE_CHARTS, **PRIVATE)


# -- runs --------------------------------------------------------------------------------------


def _wire_runs(page: gr.Blocks, parts: SpectralParts, service: Service) -> None:
    source, follow, compare, outputs = parts.source, parts.follow, parts.compare, _outputs(parts)
    runs = Runs("serie", source, service, render.refused)
    work = Work(parts, runs)
    runs.on(source.run.click, work.run, [source.upload, source.text, parts.session], outputs)
    for index, button in enumerate(source.examples):
        runs.on(button.click, work.example(index), [], outputs)
    chosen = [parts.session, *follow.inputs]
    follow.group.input(_names(parts), [parts.session, follow.group], follow.name, **QUIET)
    for component in (follow.group, follow.name, follow.unit):
        runs.on(component.input, work.follow, chosen, outputs)
    both = [parts.session, compare.name, compare.text]
    runs.on(compare.run.click, work.compare, both, [compare.plot, compare.reading])
    runs.wire_stop(page)


class Work:
    """The runs that a click can start, each a stream of updates that ends with the page idle."""

    def __init__(self, parts: SpectralParts, runs: Runs) -> None:
        self._parts = parts
        self._runs = runs
        self._limits = runs.service.limits

    def run(self, path: str | None, text: str, state: Looked | None, request: gr.Request) -> Run:
        """Analyse the uploaded file, else the pasted numbers, else the file in memory again."""
        if path is not None:
            yield from self._file(path, request)
        elif (text or "").strip():
            yield from self._text(text, request)
        elif state is not None and state.ledger is not None:
            yield from self._ledger(state, state.choice, request)
        else:
            yield self._refused(texts.NOTHING_TITLE, texts.NOTHING_HINT)

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
            yield self._refused(common.EXPIRED_TITLE, texts.EXPIRED_HINT)
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
            yield self._refused(common.EXPIRED_TITLE, texts.EXPIRED_HINT)
            return
        compared = partial(_compared, self._parts, state)
        if (text or "").strip():
            given = (state.values, text)
            job = partial(isolated, spectral_work.compare_with_text, *given, limits=self._limits)
        elif name and state.ledger is not None:
            other = Choice(state.choice.group, name, state.choice.unit)
            work = partial(isolated, spectral_work.compare_in_ledger)
            job = partial(work, state.values, state.ledger, other)
        else:
            yield self._refused(texts.COMPARE_FIRST)
            return
        yield from self._settled(texts.WORKING, job, compared, request)

    def _file(self, path: str, request: gr.Request) -> Run:
        upload = yield from self._runs.taken(path)
        if upload is not None:
            given = (upload.packed, upload.name)
            job = partial(isolated, spectral_work.look_at_file, *given, limits=self._limits)
            yield from self._shown(texts.READING, job, request)

    def _text(self, text: str, request: gr.Request) -> Run:
        job = partial(isolated, spectral_work.look_at_text, text, limits=self._limits)
        return self._shown(texts.WORKING, job, request)

    def _ledger(self, state: Looked, choice: Choice, request: gr.Request) -> Run:
        given = (state.ledger, choice, state.file)
        job = partial(isolated, spectral_work.look_at_ledger, *given)
        return self._shown(texts.WORKING, job, request)

    def _shown(self, stage: str, job: Callable[..., Looked], request: gr.Request) -> Run:
        return self._settled(stage, job, partial(_everything, self._parts), request)

    def _settled(
        self,
        stage: str,
        job: Callable[..., Answer],
        show: Callable[[Answer], Updates],
        request: gr.Request,
    ) -> Run:
        return self._runs.settled(partial(self._runs.followed, stage, job), show, request)

    def _refused(self, title: str, hint: str = "") -> Updates:
        return idle(self._parts.source, render.message("refused", title, hint))


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
    updates |= idle(parts.source, spectral_render.done(looked))
    return updates | _drawn(parts, looked) | _choices(parts, looked)


def _compared(parts: SpectralParts, state: Looked, found: CoherenceReport) -> Updates:
    """What the series on the screen and another one say together."""
    figure = charts.coherence(found)
    return idle(parts.source, spectral_render.done(state)) | {
        parts.compare.plot: gr.update(value=figure, visible=figure is not None),
        parts.compare.reading: render.paragraph(series_views.coherence_reading(found)),
    }


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
