"""The list of findings as HTML: a table on a wide screen, one block a finding on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from markupsafe import Markup

from cidadao_models.findings import SEVERITY_LABELS, Finding, overview
from cidadao_models.findings.words import number
from cidadao_models.ui import texts

MAX_ROWS_SHOWN = 500
"""Findings in the list on screen, some 400 KB of HTML; the files have all."""

MAX_WHY = 220
"""Characters of a reason in the list; the whole sentence is in the panel."""

SAME_FACT = 3
"""Findings of one fact from which they share a line."""

STEPS = {"low": 1, "medium": 2, "high": 3, "critical": 4}
"""How many of the four marks of a severity are filled."""


def table(findings: Sequence[Finding]) -> str:
    """The findings, one row each, strongest marks first; a way out when none is left."""
    if not findings:
        return Markup("<p class='none'>{}</p>").format(texts.NO_MATCH)
    head = Markup("").join(
        Markup("<th scope='col' class='{}'>{}</th>").format(kind, name)
        for name, kind in texts.COLUMNS_SHOWN
    )
    groups = [list(g) for _, g in groupby(findings[:MAX_ROWS_SHOWN], key=overview.same_reason)]
    rows = Markup("").join(_group(number, group) for number, group in enumerate(groups))
    return Markup(
        "<div class='scroll' tabindex='0' role='region' aria-label='{}'>"
        "<table class='list'><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>"
    ).format(texts.LIST_LABEL, head, rows)


def _group(number_: int, group: Sequence[Finding]) -> Markup:
    """The first finding of a group, and a line that opens the others of the same fact."""
    if len(group) < SAME_FACT:
        return Markup("").join(_row(finding) for finding in group)
    label = texts.SAME_REASON.format(n=number(len(group)))
    more = Markup(
        "<button type='button' class='more' data-more='{}' aria-expanded='false'>{}: "
        "<span data-show='{show}' data-hide='{hide}'>{show}</span></button>"
    ).format(number_, label, show=texts.SAME_REASON_SHOW, hide=texts.SAME_REASON_HIDE)
    fold = Markup("<tr class='fold {}'><td class='all' colspan='{}'>{}</td></tr>").format(
        group[0].severity, len(texts.COLUMNS_SHOWN), more
    )
    rest = (_row(one, attributes=_folded(number_)) for one in group[1:])
    return _row(group[0]) + fold + Markup("").join(rest)


def _folded(number_: int) -> Markup:
    return Markup(" data-of='{}' hidden").format(number_)


def _row(finding: Finding, *, attributes: str = "") -> Markup:
    item = finding.item
    return Markup(
        "<tr data-row='{row}' class='{severity}'{attributes}>"
        "<td class='strength'>{marks} {strength}</td>"
        "<td class='signal'><button type='button' class='open'>{signal}</button></td>"
        "<td class='who'>{who}<span class='soft'>{buyer}</span></td>"
        "<td class='number amount'>{amount}</td>"
        "<td class='why'>{why}</td>"
        "<td class='number record'><span class='only-phone'>registro </span>{record}</td></tr>"
    ).format(
        row=finding.row,
        attributes=attributes,
        severity=finding.severity,
        marks=marks(finding.severity),
        strength=SEVERITY_LABELS[finding.severity].removeprefix("sinal "),
        signal=finding.main.title,
        who=item.get("fornecedor") or "",
        buyer=_buyer(finding),
        amount=overview.show("valor", item.get("valor")),
        why=shorten(finding.main.explanation, MAX_WHY),
        record=overview.record_number(finding.row),
    )


def _buyer(finding: Finding) -> str:
    name = overview.buyer_of(finding)
    return "" if name == overview.UNKNOWN_BUYER else name


def marks(severity: str) -> Markup:
    """Four small marks, as many filled as the finding is strong; hidden from screen readers."""
    filled = STEPS[severity]
    steps = ("on" if i < filled else "off" for i in range(4))
    inner = Markup("").join(Markup("<i class='{}'></i>").format(step) for step in steps)
    return Markup("<span class='marks' aria-hidden='true'>{}</span>").format(inner)


def shorten(text: str, length: int) -> str:
    """At most `length` characters, the last an ellipsis where something was cut."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def counted(selected: int, total: int) -> str:
    """How many findings the list shows, of how many."""
    if selected > MAX_ROWS_SHOWN:
        sentence = texts.FINDINGS_CAPPED.format(
            shown=number(MAX_ROWS_SHOWN), total=number(selected)
        )
    elif selected == total:
        sentence = texts.FINDINGS_ALL if total != 1 else texts.FINDINGS_ONE
        sentence = sentence.format(total=number(total))
    else:
        sentence = texts.FINDINGS_SHOWN.format(shown=number(selected), total=number(total))
    return f"{sentence} {texts.FINDINGS_HINT}" if selected else sentence
