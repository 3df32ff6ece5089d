"""Pieces of the tab for texts as HTML: each takes what was found and escapes everything.

No components and no events here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

from cidadao_models.errors import CidadaoError, ServiceUnavailable
from cidadao_models.findings import SEVERITY_LABELS
from cidadao_models.findings.words import number
from cidadao_models.models.text_analysis import TextReport
from cidadao_models.models.text_analysis.entities import LEGAL_LABELS
from cidadao_models.models.text_analysis.report import Item, Signal
from cidadao_models.records import mask_cpf
from cidadao_models.ui import render, text_words
from cidadao_models.ui import texts as common
from cidadao_models.ui import texts_text as texts
from cidadao_models.ui.listing import STEPS, marks
from cidadao_models.ui.text_marks import Mark, Piece, label_of, marks_of, pieces
from cidadao_models.ui.text_work import Looked

MAX_CHARACTERS_SHOWN = 200_000
"""Characters of the text on screen, about 80 pages; the analysis is of the whole text."""

_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Control characters and those that turn the direction of writing: shown as a box each, so that
what is on screen is what was analysed."""


def done(looked: Looked) -> str:
    """That the answer is there, of what, and what became of the file."""
    kept = looked.document is not None
    return render.message(
        "done", texts.DONE.format(what=_what(looked)), common.DELETED if kept else ""
    )


def _what(looked: Looked) -> str:
    size = texts.CHARACTERS.format(n=number(len(looked.report.text)))
    pages = looked.document.pages if looked.document is not None else None
    if pages is not None:
        size = f"{texts.PAGES.format(n=number(pages)) if pages != 1 else texts.ONE_PAGE}, {size}"
    return texts.FROM_FILE.format(name=mask_cpf(looked.name) or texts.PASTED, size=size)


def refused(error: CidadaoError) -> str:
    """What went wrong and what to do about it; being busy is nobody's mistake."""
    if isinstance(error, ServiceUnavailable):
        return render.message("refused", error.message, error.hint)
    return render.refused(error)


# -- the right column --------------------------------------------------------------------------


def verdict(looked: Looked) -> str:
    """The opening sentence, and below it what it leaves open."""
    report = looked.report
    more = [text_words.object_line(report), report.explanation, text_words.not_found(report)]
    if report.act_type == texts.OTHER:
        more.append(texts.VERDICT_OTHER_MORE)
    if report.novelty is not None:
        more.append(texts.NOVELTY.format(n=number(report.novelty, 0)))
    if report.backend == texts.PATTERNS_ONLY:
        more.append(texts.PATTERNS_ONLY_SAID)
    lead = Markup("<p class='lead'>{}</p>").format(mask_cpf(text_words.verdict(report)))
    lines = [Markup("<p class='soft'>{}</p>").format(mask_cpf(line)) for line in more if line]
    return lead + Markup("").join(lines) + _notes(looked)


def _notes(looked: Looked) -> Markup:
    notes = looked.document.notes if looked.document is not None else ()
    if not notes:
        return Markup("")
    body = Markup("").join(Markup("<li>{}</li>").format(note) for note in notes)
    return Markup("<p class='soft'><b>{}</b></p><ul class='soft'>{}</ul>").format(texts.NOTES, body)


def signals(report: TextReport) -> str:
    """Each signal as a finding looks: fact, norm, innocent reading, next step."""
    if not report.signals:
        return Markup("<p>{}</p>").format(texts.NO_SIGNALS) + _citations(report)
    ranked = sorted(enumerate(report.signals), key=lambda one: -STEPS.get(one[1].severity, 0))
    return Markup("").join(_signal(*one) for one in ranked) + _citations(report)


def _signal(index: int, signal: Signal) -> Markup:
    severity = signal.severity if signal.severity in STEPS else "low"
    head = Markup("<p class='strength {}'>{} {}</p><h3>{}</h3>").format(
        severity, marks(severity), SEVERITY_LABELS[severity], signal.title
    )
    body = Markup(
        "<p>{}</p><p><b>{norm}:</b> {s.legal_basis}</p><p><b>{innocent}</b> {}</p>"
        "<p><b>{step}</b> {s.next_step}</p>"
    ).format(
        mask_cpf(signal.explanation),
        signal.innocent.removeprefix("Pode ser normal se "),
        s=signal,
        norm=common.NORM,
        innocent=common.INNOCENT,
        step=common.NEXT_STEP,
    )
    where = _go(f"sinal-{index}", signal.title) if signal.start is not None else Markup("")
    return Markup("<article class='finding {}'>{}{}{}</article>").format(
        severity, head, body, where
    )


def _go(target: str, title: str) -> Markup:
    """A button that brings a mark into view."""
    return Markup(
        "<button type='button' class='link' data-go='{}' aria-label='{}: {}'>{}</button>"
    ).format(target, texts.SEE_IN_TEXT, title, texts.SEE_IN_TEXT)


def _citations(report: TextReport) -> Markup:
    if not report.citations:
        return Markup("")
    lines = Markup("").join(
        Markup("<li><b>{c.source}, {c.article}</b>: {c.text}</li>").format(c=one)
        for one in report.citations
    )
    title = texts.CITATIONS.format(n=number(len(report.citations)))
    return Markup("<details><summary>{}</summary><ul>{}</ul></details>").format(title, lines)


def checklist(report: TextReport) -> str:
    """What is missing first, then what is there; what does not apply is folded, and so is what an
    excerpt lacks.
    """
    items = {
        status: [item for item in report.checklist if item.status == status]
        for status in ("missing", "found", "not_applicable")
    }
    if not items["missing"] and not items["found"]:
        return Markup("<p class='soft'>{}</p>").format(texts.NO_CHECKLIST)
    if text_words.is_excerpt(report):
        return (
            _items(texts.FOUND, items["found"])
            + _folded_items(texts.NOT_IN_EXCERPT, items["missing"])
            + _folded_items(texts.NOT_APPLICABLE, items["not_applicable"])
        )
    hint = Markup("<p class='soft'>{}</p>").format(texts.MISSING_HINT)
    return (
        _items(texts.MISSING, items["missing"])
        + (hint if items["missing"] else Markup(""))
        + _items(texts.FOUND, items["found"])
        + _folded_items(texts.NOT_APPLICABLE, items["not_applicable"])
    )


def _items(title: str, items: Sequence[Item]) -> Markup:
    if not items:
        return Markup("")
    return Markup("<h4>{} ({})</h4><ul class='parts {}'>{}</ul>").format(
        title, number(len(items)), items[0].status, _lines(items)
    )


def _lines(items: Iterable[Item]) -> Markup:
    return Markup("").join(
        Markup("<li>{} <span class='soft'>{}</span> {}</li>").format(
            item.title,
            item.legal_basis,
            _go(f"parte-{item.id}", item.title) if item.start is not None else "",
        )
        for item in items
    )


def _folded_items(title: str, items: Sequence[Item]) -> Markup:
    if not items:
        return Markup("")
    return Markup("<details><summary>{} ({})</summary><ul class='parts'>{}</ul></details>").format(
        title, number(len(items)), _lines(items)
    )


def facts(report: TextReport, *, copy: bool = True) -> str:
    """What was read, one line a fact, to copy; persons, places and norms are folded."""
    rows = text_words.facts(report)
    acts = [row for row in rows if row[0] not in LEGAL_LABELS]
    legal = [row for row in rows if row[0] in LEGAL_LABELS]
    if not rows:
        return Markup("<p class='soft'>{}</p>").format(texts.NO_FACTS)
    button = Markup(
        "<p><button type='button' class='link' data-copy='contract-facts-table' data-done='{}'>{}"
        "</button></p>"
    ).format(texts.COPIED, texts.COPY_FACTS)
    body = _facts_table(acts, "contract-facts-table") + (button if copy else Markup(""))
    if not legal:
        return body
    title = texts.LEGAL_FOLD.format(n=number(len(legal)))
    return (body if acts else Markup("")) + Markup(
        "<details><summary>{}</summary>{}</details>"
    ).format(title, _facts_table(legal, "contract-legal-table"))


def _facts_table(rows: Sequence[tuple[str, str]], id_: str) -> Markup:
    body = Markup("").join(
        Markup("<tr><th scope='row'>{}</th><td>{}</td></tr>").format(label_of(label), text)
        for label, text in rows
    )
    head = Markup("").join(Markup("<th scope='col'>{}</th>").format(c) for c in texts.FACTS_HEAD)
    return Markup(
        "<table class='facts' id='{}'><thead><tr>{}</tr></thead><tbody>{}</tbody></table>"
    ).format(id_, head, body)


def ask(report: TextReport) -> str:
    """What to ask for, in order."""
    steps = text_words.steps(report)
    if not steps:
        return Markup("<p class='soft'>{}</p>").format(texts.NOTHING_TO_ASK)
    return Markup("<ol>{}</ol>").format(
        Markup("").join(Markup("<li>{}</li>").format(step) for step in steps)
    )


# -- the text ----------------------------------------------------------------------------------


def marked(report: TextReport) -> str:
    """The text with its marks; the reason of each is told on hover, touch and keyboard focus."""
    found = marks_of(report)
    shown = min(len(report.text), MAX_CHARACTERS_SHOWN)
    body = Markup("").join(_piece(report.text, piece, found) for piece in pieces(found, shown))
    reasons = Markup("").join(
        Markup("<li id='contract-why-{}'>{}</li>").format(index, mask_cpf(mark.why))
        for index, mark in enumerate(found)
    )
    return Markup(
        "{}<div class='act' tabindex='0' role='region' aria-label='{}'><div class='act-text'>{}"
        "</div></div><p class='why' aria-hidden='true' data-hint='{hint}'>{hint}</p>"
        "<ul hidden>{}</ul>{}"
    ).format(_legend(), texts.TEXT_LABEL, body, reasons, _cut(report), hint=texts.WHY_HINT)


def _legend() -> Markup:
    keys = Markup("").join(
        Markup("<li><mark class='{}'>{}</mark></li>").format(kind, word)
        for kind, word in texts.LEGEND
    )
    return Markup("<ul class='legend'>{}</ul>").format(keys)


def _cut(report: TextReport) -> Markup:
    if len(report.text) <= MAX_CHARACTERS_SHOWN:
        return Markup("")
    said = texts.CUT.format(n=number(MAX_CHARACTERS_SHOWN))
    return Markup("<p class='soft'>{}</p>").format(said)


def shown(text: str) -> str:
    """A stretch of the text as it may be shown: CPFs masked, unseen characters as boxes."""
    return _UNSEEN.sub("\ufffd", mask_cpf(text.replace("\r\n", "\n").replace("\r", "\n")))


def _piece(text: str, piece: Piece, found: Sequence[Mark]) -> Markup:
    inner = escape(shown(text[piece.start : piece.end]))
    if not piece.marks:
        return inner
    over = [found[index] for index in piece.marks]
    signal = next((mark for mark in over if mark.kind == "signal"), None)
    classes = " ".join(dict.fromkeys(mark.kind for mark in over))
    if signal is not None:
        classes += f" {signal.severity}"
    whys = " ".join(f"contract-why-{index}" for index in piece.marks)
    names = " ".join(found[index].id for index in piece.starts if found[index].id)
    focus = Markup(" tabindex='0' aria-describedby='{}'").format(whys) if piece.starts else ""
    return Markup("<mark class='{}' data-why='{}' data-marks='{}'{}>{}</mark>").format(
        classes, whys, names, focus, inner
    )
