"""The page: one tab for files, one with the API, one on method and limits.

Presents what `analysis` answers; decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gradio as gr

from cidadao_models import __version__, analysis
from cidadao_models.reading.limits import Limits
from cidadao_models.ui import api_docs, endpoints, files, method, texts
from cidadao_models.ui.endpoints import Health
from cidadao_models.ui.session import SESSION_TTL_S, Analyze, Service

__all__ = ["build_page", "launch_options"]

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
) -> gr.Blocks:
    """The whole page, queue configured, ready for `launch(**launch_options())`.

    `health` gives the JSON of `GET /health`; `limits` are the published ones of a file (default:
    from the environment); `analyze` answers as `analysis.analyze` does.
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
        with gr.Tabs():
            with gr.Tab(texts.TAB_FILES, id="planilha"):
                files.build(service)
            with gr.Tab(texts.TAB_API, id="api"):
                api_docs.build(page, service.limits)
            with gr.Tab(texts.TAB_METHOD, id="metodo"):
                method.build(service.limits)
        endpoints.build(service, health)
    page.queue(api_open=False, max_size=MAX_WAITING)
    return page


def launch_options(limits: Limits | None = None) -> dict[str, Any]:
    """What the page needs from `launch()`: look, privacy and the size limit of uploads."""
    limits = limits or Limits.from_environment()
    return {
        "theme": _theme(),
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


def _theme() -> gr.themes.Base:
    font = gr.themes.LocalFont("IBM Plex Sans", weights=(400, 700))  # its 600 lacks letters
    theme = gr.themes.Base(
        primary_hue=gr.themes.colors.Color(*_ACCENT, name="accent"),
        neutral_hue="stone",
        font=[font, "system-ui", "sans-serif"],
        font_mono=["ui-monospace", "monospace"],
        text_size=gr.themes.sizes.text_lg,
        radius_size=gr.themes.sizes.radius_sm,
    )
    return theme.set(
        body_background_fill=PAPER,
        body_background_fill_dark=NIGHT,
        body_text_color=INK,
        body_text_color_dark=CHALK,
        background_fill_primary=PAPER,
        background_fill_primary_dark=NIGHT,
        background_fill_secondary="#f3efe7",
        background_fill_secondary_dark="#24221f",
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_border_width="0px",
        block_shadow="none",
        block_label_background_fill="transparent",
        block_label_background_fill_dark="transparent",
        block_label_text_color=SOFT,
        block_label_text_color_dark=SOFT_DARK,
        body_text_color_subdued=SOFT,
        body_text_color_subdued_dark=SOFT_DARK,
        color_accent=_ACCENT[7],
        slider_color=_ACCENT[7],
        slider_color_dark=_ACCENT[3],
        border_color_primary=RULE,
        border_color_primary_dark=RULE_DARK,
        input_background_fill="#ffffff",
        input_background_fill_dark="#24221f",
        input_border_color=RULE,
        input_border_color_dark=RULE_DARK,
        input_border_width="1px",
        button_secondary_background_fill="#efe9dd",
        button_secondary_background_fill_hover="#e6dfd0",
        button_secondary_background_fill_dark="#2f2c28",
        button_secondary_background_fill_hover_dark="#3a3631",
        button_secondary_text_color=INK,
        button_secondary_text_color_dark=CHALK,
        table_odd_background_fill="transparent",
        table_odd_background_fill_dark="transparent",
        table_even_background_fill="transparent",
        table_even_background_fill_dark="transparent",
        table_border_color=RULE,
        table_border_color_dark=RULE_DARK,
        link_text_color=_ACCENT[7],
        link_text_color_dark=_ACCENT[3],
        button_primary_background_fill=_ACCENT[7],
        button_primary_background_fill_hover=_ACCENT[8],
        button_primary_background_fill_dark=_ACCENT[3],
        button_primary_background_fill_hover_dark=_ACCENT[2],
        button_primary_text_color="#ffffff",
        button_primary_text_color_dark="#12262f",
    )


PAPER, NIGHT = "#faf8f4", "#1b1a18"
RULE, RULE_DARK = "#d9d3c7", "#45413a"
INK, CHALK = "#23211d", "#ece8e0"
SOFT, SOFT_DARK = "#625d54", "#aaa397"

_ACCENT = (
    "#eef5f8", "#d7e8ee", "#b3d3df", "#8fc1d6", "#5d9fba", "#3a7e9b", "#2b6780", "#1f4e63",
    "#173c4c", "#102b37", "#0b1f28",
)  # fmt: skip
"""Shades 50 to 950 of the one accent; white on 700 has a contrast of 8.9:1."""
