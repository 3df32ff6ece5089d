"""The patterns of a report as HTML, one group for each kind; escapes everything.

Draws no chart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from cidadao_models.findings import SEVERITY_LABELS, Report, patterns
from cidadao_models.findings.views import NAMES
from cidadao_models.findings.words import number
from cidadao_models.ui import texts
from cidadao_models.ui.listing import marks

FIRST, FIRST_WEAK = 3, 1
"""Patterns of one kind that are open to view, and of a kind with weak ones only; the others are
behind a fold."""

AFTER_FINDINGS, AFTER_SUMMARY = 5, 3
"""Number of the section, with findings before it and without."""

MOST = 40
"""Patterns of one kind on the page; the files have all."""

Pattern = Mapping[str, object]


def found(report: Report) -> str:
    """Every kind of pattern, the strongest first, or that there is none."""
    step = texts.STEP_PATTERNS.format(n=AFTER_FINDINGS if report.findings else AFTER_SUMMARY)
    head = Markup("<h2>{}</h2><p class='soft'>{}</p>").format(step, texts.PATTERNS_INTRO)
    if not report.patterns:
        return head + Markup("<p>{}</p>").format(texts.NO_PATTERNS)
    in_findings = {reason.id for finding in report.findings for reason in finding.reasons}
    kinds = patterns.kinds(report.patterns)
    return head + Markup("").join(_kind(same, in_findings) for same in kinds)


def _kind(same: Sequence[Pattern], in_findings: set[str]) -> Markup:
    first = same[0]
    shown = FIRST_WEAK if first["severity"] == "low" else FIRST
    return Markup(
        "<section class='kind'><h3>{title}{n}</h3>{note}{first}{rest}"
        "<p><b>{innocent}</b> {f[innocent]}</p><p><b>{step}</b> {f[next_step]}</p></section>"
    ).format(
        title=first["title"],
        n=Markup(" <span class='soft'>({})</span>").format(number(len(same)))
        if len(same) > 1
        else "",
        note=Markup("<p class='soft'>{}</p>").format(texts.PATTERNS_IN_FINDINGS)
        if first["id"] in in_findings
        else "",
        first=Markup("").join(map(_one, same[:shown])),
        rest=_rest(same, shown),
        innocent=texts.INNOCENT,
        step=texts.NEXT_STEP,
        f=first,
    )


def _rest(same: Sequence[Pattern], shown: int) -> Markup:
    if len(same) <= shown:
        return Markup("")
    body = Markup("").join(map(_one, same[shown:MOST]))
    if len(same) > MOST:
        capped = texts.PATTERNS_CAPPED.format(n=number(len(same) - MOST))
        body += Markup("<p class='soft'>{}</p>").format(capped)
    title = texts.PATTERNS_MORE.format(n=number(len(same) - shown))
    return Markup("<details><summary>{}</summary>{}</details>").format(title, body)


def _one(pattern: Pattern) -> Markup:
    severity = str(pattern["severity"])
    return Markup(
        "<div class='pattern {severity}'><p class='strength'>{marks} {label}</p>"
        "<p>{explanation}</p>{rows}</div>"
    ).format(
        severity=severity,
        marks=marks(severity),
        label=SEVERITY_LABELS[severity],
        explanation=pattern["explanation"],
        rows=_rows(pattern),
    )


def _rows(pattern: Pattern) -> Markup:
    rows = patterns.rows_of(pattern)
    if not rows:
        return Markup("")
    template = texts.PATTERN_RECORDS if len(rows) > 1 else texts.PATTERN_RECORD
    text = template.format(rows=patterns.record_list(rows))
    return Markup("<p class='soft'>{}</p>").format(text)


def unseen(report: Report) -> str:
    """Each check on patterns and each chart that could not be made, and why."""
    charts = report.views.missing if report.views is not None else {}
    lines = [(check.title, check.reason) for check in report.patterns_not_evaluated]
    lines += [(texts.CHART_UNSEEN.format(title=NAMES[name]), why) for name, why in charts.items()]
    if not lines:
        return ""
    rows = Markup("").join(
        Markup("<tr><th scope='row'>{}</th><td>{}</td></tr>").format(title, why)
        for title, why in lines
    )
    return Markup("<details><summary>{}</summary><table>{}</table></details>").format(
        texts.PATTERNS_UNSEEN.format(n=number(len(lines))), rows
    )
