"""What of a text can be taken away: the answer as JSON, and a report that opens anywhere.

Writes files; shows nothing on the page.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from markupsafe import Markup

from cidadao_models.findings.words import number
from cidadao_models.records import mask_cpf
from cidadao_models.ui import text_render
from cidadao_models.ui import texts_text as texts
from cidadao_models.ui.text_work import Looked

_STYLE = """
:root{color-scheme:light dark}body{font:16px/1.6 system-ui,sans-serif;margin:0;padding:1rem}
main{max-width:46rem;margin:auto}h2{font-size:1.2rem;margin-top:2rem;border-top:1px solid #8886;
padding-top:1rem}h3,h4{font-size:1rem;margin:.6rem 0 .2rem}.lead{font-size:1.2rem}
.soft{opacity:.75;font-size:.95rem}.finding{border-left:6px solid #bd7250;padding-left:1rem;
margin:1rem 0}table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;
padding:.3rem 1rem .3rem 0;border-bottom:1px solid #8886;overflow-wrap:anywhere}
.act-text{white-space:pre-wrap;overflow-wrap:anywhere}.why,.marks,button{display:none}
mark{background:#1f4e6322;color:inherit}mark.item{background:none;border-bottom:2px dotted}
mark.signal{background:#bd725055;border-bottom:2px solid #8f3b2a}.legend{padding:0;list-style:none}
.legend li{display:inline-block;margin-right:1rem}
"""


def stem(looked: Looked) -> str:
    """File name of the downloads: short, and the same for the same text."""
    digest = sha256(looked.report.text.encode("utf-8", "replace")).hexdigest()
    return f"texto-{digest[:8]}"


def write_json(looked: Looked, path: Path) -> Path:
    """What `/v1/analyze-text` answers for this text, CPFs masked."""
    found: dict[str, Any] = {**looked.report.to_dict(), "source": "page"}
    if looked.document is not None:
        found["notes"] = list(looked.document.notes)
    text = json.dumps(_masked(found), ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return mask_cpf(value)
    if isinstance(value, list):
        return [_masked(item) for item in value]
    if isinstance(value, dict):
        return {key: _masked(item) for key, item in value.items()}
    return value


def write_html(looked: Looked, path: Path) -> Path:
    """The whole reading in one file, without scripts or outside addresses."""
    report = looked.report
    parts = (
        (texts.STEP_VERDICT, text_render.verdict(looked)),
        (texts.STEP_SIGNALS, text_render.signals(report)),
        (texts.STEP_CHECKLIST, text_render.checklist(report)),
        (texts.STEP_FACTS, text_render.facts(report, copy=False)),
        (texts.STEP_ASK, text_render.ask(report)),
        (texts.STEP_TEXT, text_render.marked(report)),
    )
    body = Markup("").join(
        Markup("<h2>{}</h2>{}").format(title, Markup(inner)) for title, inner in parts
    )
    page = Markup(
        "<!doctype html><html lang='pt-BR'><head><meta charset='utf-8'><title>{title}</title>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'><style>{style}</style>"
        "</head><body><main><h1>{title}</h1><p>{disclaimer}</p>{body}<p class='soft'>Cidadão.AI "
        "Models {version}. {size} caracteres, sha256 {sha}.</p></main></body></html>"
    ).format(
        title=texts.REPORT_TITLE,
        style=Markup(_STYLE),
        disclaimer=texts.DISCLAIMER,
        body=body,
        version=report.model_version,
        size=number(len(report.text)),
        sha=sha256(report.text.encode("utf-8", "replace")).hexdigest(),
    )
    path.write_text(page, encoding="utf-8")
    return path
