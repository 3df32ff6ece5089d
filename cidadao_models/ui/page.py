"""The page put together: tabs for texts, files and series, for the API, on method and limits.

Presents what `analysis` answers; decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gradio as gr

from cidadao_models import __version__, analysis
from cidadao_models.inference.lanes import isolated
from cidadao_models.reading.limits import Limits
from cidadao_models.ui import (
    api_docs,
    endpoints,
    files,
    method,
    scripts,
    start,
    texts,
    texts_spectral,
    texts_text,
)
from cidadao_models.ui import spectral as spectral_tab
from cidadao_models.ui import text as text_tab
from cidadao_models.ui.endpoints import Apart, Health, Patterns, Spectral
from cidadao_models.ui.session import SESSION_TTL_S, Analyze, Service
from cidadao_models.ui.theme import theme

MAX_WAITING = 64
"""Events that may wait in Gradio's queue; beyond it the visitor is told that it is full."""

MAX_SESSIONS = 200
"""Visitors whose analysis is kept in memory at once (DESIGN, promise 9)."""

CLEAN_EVERY_S = 600
"""How often Gradio looks for files that outlived an interrupted upload, in seconds."""


def _alive() -> Mapping[str, object]:
    return {
        "status": "healthy", "models_loaded": True, "message": "Serviço no ar.",
        "version": __version__,
    }  # fmt: skip


def build_page(
    *,
    health: Health = _alive,
    limits: Limits | None = None,
    analyze: Analyze = analysis.analyze,
    patterns: Patterns = endpoints.find_patterns,
    spectral: Spectral = endpoints.find_cycles,
    text: Apart = isolated,
) -> gr.Blocks:
    """The whole page, queue configured, ready for `launch(**launch_options())`.

    `health` gives the JSON of `GET /health`; `limits` are the published ones of a file (default:
    from the environment); `analyze` answers as `analysis.analyze` does, `patterns` as
    `PatternAnalyzer.analyze(...).to_dict()` and `spectral` as `jobs.spectral_bounded`; `text` runs
    the work on a text in the process that has what texts need.
    """
    service = Service(limits or Limits.from_environment(), analyze)
    page = gr.Blocks(
        title=f"{texts.TITLE}: gastos públicos, com uma segunda olhada",
        analytics_enabled=False,
        fill_width=False,
        delete_cache=(CLEAN_EVERY_S, SESSION_TTL_S),
    )
    with page:
        gr.HTML(
            f"<header class='masthead'><p class='name'>{texts.TITLE}</p>"
            f"<h1>{texts.LEAD}</h1><p>{texts.DISCLAIMER}</p></header>"
        )
        choices = start.lay_out()
        with gr.Tabs(selected="planilha") as tabs:
            with gr.Tab(texts_text.TAB, id="texto"):
                text_tab.build(page, service, text)
            with gr.Tab(texts.TAB_FILES, id="planilha"):
                files.build(page, service)
            with gr.Tab(texts_spectral.TAB, id="espectro"):
                spectral_tab.build(page, service)
            with gr.Tab(texts.TAB_API, id="api"):
                api_docs.build(page, service.limits)
            with gr.Tab(texts.TAB_METHOD, id="metodo"):
                method.build(service.limits)
        start.wire(choices, tabs)
        endpoints.build(service, health, patterns, spectral, text)
        page.load(None, None, None, js=scripts.on_load(service.limits), api_visibility="private")
    page.queue(api_open=False, max_size=MAX_WAITING)
    return page


def launch_options(limits: Limits | None = None) -> dict[str, Any]:
    """What the page needs from `launch()`: look, privacy and the size limit of uploads."""
    limits = limits or Limits.from_environment()
    return {
        "theme": theme(),
        "css_paths": [Path(__file__).with_name("style.css")],
        "footer_links": [],
        "run_history": False,
        "enable_monitoring": False,
        "ssr_mode": False,
        "pwa": False,
        "show_error": False,
        "max_file_size": limits.max_bytes,
        "state_session_capacity": MAX_SESSIONS,
    }
