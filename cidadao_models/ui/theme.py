"""Colours, font and sizes of the page for Gradio. The rest of the look is in `style.css`."""

from __future__ import annotations

import gradio as gr


def theme() -> gr.themes.Base:
    """Paper and ink, one accent, one bundled font in two weights."""
    font = gr.themes.LocalFont("IBM Plex Sans", weights=(400, 700))  # its 600 lacks letters
    base = gr.themes.Base(
        primary_hue=gr.themes.colors.Color(*_ACCENT, name="accent"),
        neutral_hue="stone",
        font=[font, "system-ui", "sans-serif"],
        font_mono=["ui-monospace", "monospace"],
        text_size=gr.themes.sizes.text_lg,
        radius_size=gr.themes.sizes.radius_sm,
    )
    return base.set(
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
        checkbox_border_color=SOFT,
        checkbox_border_color_dark=SOFT_DARK,
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
