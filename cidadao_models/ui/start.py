"""The beginning of the page: three ways to start, each with an example that runs at once.

Analyses nothing itself.
"""

from __future__ import annotations

import json

import gradio as gr

from cidadao_models.findings.words import number
from cidadao_models.flags import all_flags
from cidadao_models.ui import scripts, texts
from cidadao_models.ui.runs import PRIVATE, QUIET


def lay_out() -> list[tuple[str, str, gr.Button, gr.Button]]:
    """The choices, side by side: (tab, its first example, button of the tab, of the example)."""
    found = []
    with gr.Row(elem_classes="choices"):
        for tab, name, bring, example in texts.CHOICES:
            with gr.Column(min_width=220, elem_classes="choice"):
                go = gr.Button(name, elem_id=f"start-{tab}", elem_classes="go")
                gr.HTML(f"<p class='soft'>{bring}</p>")
                see = gr.Button(
                    texts.SEE_EXAMPLE_OF.format(name=name.lower()), size="sm",
                    elem_id=f"start-{tab}-example", elem_classes="see",
                )  # fmt: skip
            found.append((tab, example, go, see))
    promises = texts.PROMISES.format(n=number(len(all_flags())))
    gr.HTML(f"<p class='soft promises'>{promises}</p>")
    return found


def wire(choices: list[tuple[str, str, gr.Button, gr.Button]], tabs: gr.Tabs) -> None:
    """Each choice opens its tab; its example runs there."""
    for tab, example, go, see in choices:

        def chosen(tab: str = tab) -> gr.Tabs:
            return gr.Tabs(selected=tab)

        go.click(chosen, None, tabs, **QUIET)
        script = scripts.RUN_EXAMPLE % json.dumps(example)
        see.click(chosen, None, tabs, **QUIET).then(None, None, None, js=script, **PRIVATE)
