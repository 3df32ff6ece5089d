"""Pieces of the tab for series as HTML: each takes what was found and escapes everything.

No components and no events here.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import numpy as np
from markupsafe import Markup

from cidadao_models.findings.words import date, number
from cidadao_models.models import series_views
from cidadao_models.models.spectral_analysis.report import (
    EXPECTED,
    INCONCLUSIVE,
    SpectralReport,
    describe,
)
from cidadao_models.ui import texts as common
from cidadao_models.ui import texts_spectral as texts
from cidadao_models.ui.render import message
from cidadao_models.ui.spectral_work import Looked

DECIMALS = 6
"""Decimals of the numbers in a table whose unit is not known."""


def points(report: SpectralReport) -> str:
    """`1.095 dias, de 01/01/2021 a 31/12/2023`."""
    text = series_views.counted(report.n, report.unit)
    if report.times is None or not report.n:
        return text
    first, last = report.times[0].date(), report.times[-1].date()
    return f"{text}, de {date(first)} a {date(last)}"


def done(looked: Looked) -> str:
    """That the answer is there, of what, and what became of the file."""
    name = looked.choice.name or looked.file
    text = points(looked.report) if not name else f"{name}: {points(looked.report)}"
    return message("done", texts.DONE.format(points=text), common.DELETED if looked.file else "")


def verdict(looked: Looked) -> str:
    """The opening sentence and what it leaves open."""
    report = looked.report
    lead = Markup("<p class='lead'>{}</p>").format(series_views.verdict(report))
    if report.findings():
        after = texts.SEE_FINDINGS
    elif report.status == INCONCLUSIVE:
        after = texts.UNSURE
    else:
        after = texts.CALM
    more = report.reason if report.status != INCONCLUSIVE else ""
    return lead + Markup("").join(
        Markup("<p class='soft'>{}</p>").format(text) for text in (after, more) if text
    )


def findings(report: SpectralReport) -> str:
    """Each atypical finding with its innocent reading and next step."""
    found = report.findings()
    head = Markup("").join(Markup("<th scope='col'>{}</th>").format(c) for c in texts.COLUMNS)
    rows = [_row(one) for one in found]
    first, rest = rows[: texts.MOST_SHOWN], rows[texts.MOST_SHOWN :]
    text = _table(head, first)
    if rest:
        text += Markup("<details><summary>{}</summary>{}</details>").format(
            texts.MORE.format(n=number(len(rest))), _table(head, rest)
        )
    return text + Markup("<p class='soft'>{}</p>").format(texts.CHANCE)


def _table(head: Markup, rows: list[Markup]) -> Markup:
    return Markup(
        "<table class='stack'><thead><tr>{}</tr></thead><tbody>{}</tbody></table>"
    ).format(head, Markup("").join(rows))


def _row(finding: dict[str, str]) -> Markup:
    innocent = finding["innocent"].removeprefix("Pode ser normal se ")
    step = finding["next_step"].removeprefix("Para conferir: ")
    return Markup(
        "<tr><td><b>{}</b></td><td><span class='only-phone'>Pode ser normal se </span>{}</td>"
        "<td><span class='only-phone'>Para conferir: </span>{}</td></tr>"
    ).format(finding["explanation"], innocent, step)


def calendar_cycles(report: SpectralReport) -> str:
    """The cycles that the calendar explains; empty when there are none."""
    pairs = zip(report.periods, report.cycles, strict=True)
    lines = [describe(one, cycle) for one, cycle in pairs if one.kind == EXPECTED]
    return _folded(texts.EXPECTED_CYCLES, lines)


def notes(looked: Looked) -> str:
    """How the series was made from what was sent; empty when there is nothing to say."""
    return _folded(texts.NOTES, list(dict.fromkeys([*looked.notes, *looked.report.notes])))


def _folded(title: str, lines: list[str]) -> str:
    if not lines:
        return ""
    body = Markup("").join(Markup("<li>{}</li>").format(line) for line in lines)
    return Markup("<details><summary>{} ({})</summary><ul>{}</ul></details>").format(
        title, number(len(lines)), body
    )


def stem(looked: Looked) -> str:
    """File name of the downloads: short, and the same for the same series."""
    values = np.ascontiguousarray(looked.report.values)
    return f"serie-{sha256(values.tobytes()).hexdigest()[:8]}"


def write_csv(looked: Looked, path: Path) -> Path:
    """The series, what was expected and what was found, as Brazilian spreadsheets open it."""
    frame = looked.report.to_frame().rename(columns=texts.CSV_COLUMNS)
    frame = frame.round(2 if looked.money else DECIMALS)
    if looked.report.times is None:
        frame.index = frame.index + 1
    name = "ponto" if looked.report.times is None else "data"
    frame.to_csv(
        path, sep=";", decimal=",", encoding="utf-8-sig", index_label=name, date_format="%d/%m/%Y",
        lineterminator="\r\n",
    )  # fmt: skip
    return path


def write_json(looked: Looked, path: Path) -> Path:
    """What `/v1/analyze-spectral` answers for this series."""
    text = json.dumps(looked.report.to_dict(source="page"), ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")
    return path
