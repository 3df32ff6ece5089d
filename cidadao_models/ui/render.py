"""Pieces of the page as HTML or text: each takes a session or a finding, escapes everything.

No components and no events here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from markupsafe import Markup, escape

from cidadao_models.errors import CidadaoError
from cidadao_models.findings import SEVERITY_LABELS, Finding, Report, overview
from cidadao_models.findings.method import DISCLAIMER, citation
from cidadao_models.findings.tables import heading
from cidadao_models.findings.words import number
from cidadao_models.flags import LABELS
from cidadao_models.reading.limits import MEGABYTE, Limits
from cidadao_models.records import FIELDS, mask_cpf, mask_document
from cidadao_models.ui import texts
from cidadao_models.ui.listing import marks
from cidadao_models.ui.session import Progress, Session

MAX_EXAMPLES = 3
"""Examples shown of each problem in the data."""

_ASKED = re.compile(
    r"(?:peça|solicite)\s+(.+?)(?=\s+e\s+(?:confira|compare|avise|procure|veja)\b|[.;]|$)", re.I
)
"""What follows "peça" in a next step, up to the next instruction."""


def message(kind: str, title: str, body: str = "") -> str:
    """A message in the page: `kind` is plain, working, done or refused."""
    text = Markup('<div class="message {}" role="{}"><p><strong>{}</strong></p>{}</div>')
    role = "alert" if kind == "refused" else "status"
    return text.format(kind, role, title, Markup("<p>{}</p>").format(body) if body else "")


def refused(error: CidadaoError) -> str:
    """What went wrong and what to do about it."""
    return message("refused", f"{texts.REFUSED} {error.message}", error.hint)


def done(session: Session) -> str:
    """That the answer is there, and what became of the file."""
    total = number(session.report.total_analyzed)
    return message("done", texts.DONE.format(name=session.name, n=total), texts.DELETED)


def working(progress: Progress) -> str:
    """What a run is doing, how long it has taken, and how long it may still take."""
    if progress.records is None:
        stage = texts.READING.format(size=number(max(0.1, progress.size / MEGABYTE), 1))
    else:
        stage = texts.CHECKING.format(n=number(progress.records))
    times = [texts.ELAPSED.format(s=number(progress.elapsed_s, 0))]
    if progress.left_s is None:
        bar = Markup("<progress aria-label='{}'></progress>").format(texts.PROGRESS_LABEL)
    else:
        total = progress.elapsed_s + progress.left_s
        times.append(texts.LEFT.format(s=number(max(1.0, progress.left_s), 0)))
        bar = Markup("<progress aria-label='{}' max='100' value='{:.0f}'></progress>").format(
            texts.PROGRESS_LABEL, 100 * progress.elapsed_s / total
        )
    return Markup(
        "<div class='message working'><p role='status'><strong>{}</strong></p>{}"
        "<p class='soft'>{}</p></div>"
    ).format(stage, bar, " ".join(times))


def counts(text: str, problem: str = "") -> str:
    """How many findings are listed, and what of the filters was not understood."""
    warning = Markup("<p class='message refused' role='alert'>{}</p>").format(problem)
    return Markup("{}<p class='soft' role='status'>{}</p>").format(warning if problem else "", text)


def understood(session: Session) -> str:
    """Layout, counts and the columns recognised."""
    info, report = session.report.info, session.report
    facts = [f"{number(report.total_analyzed)} registros"]
    if layout := info.get("layout"):
        facts.insert(0, f"modelo de planilha: {layout}")
    if sheet := info.get("sheet"):
        facts.append(f"aba “{sheet}”")
    if encoding := info.get("encoding"):
        facts.append(f"codificação {encoding}")
    if rejected := _whole(info.get("n_rejected")):
        facts.append(f"{number(rejected)} fora da análise (total, cabeçalho repetido, malformado)")
    rows = Markup("").join(
        Markup("<tr><th scope='row'>{}</th><td>{}</td><td class='soft'>{}</td></tr>").format(
            FIELDS[name].label, mask_cpf(entry.get("column", "")), entry.get("reason", "")
        )
        for name, entry in report.mapping.items()
        if name in FIELDS
    )
    notes = Markup("").join(
        Markup("<p class='soft'>{}</p>").format(note) for note in _listed(info.get("notes"))
    )
    if "valor" not in report.mapping:
        notes = Markup("<p><strong>{}</strong></p>").format(texts.NO_AMOUNT) + notes
    return Markup("<p>{}</p>{}{}").format(
        " · ".join(facts),
        notes,
        _details(
            f"{texts.COLUMNS} ({len(report.mapping)})", Markup("<table>{}</table>").format(rows)
        ),
    ) + _unmapped(info.get("unmapped"))


def columns_seen(names: list[str]) -> str:
    """The columns of a file that could not be understood, for the reader to choose from."""
    return Markup("<p>{}</p><p class='soft'>{}</p>").format(
        texts.CHOOSE_COLUMNS, ", ".join(mask_cpf(name) for name in names[:60])
    )


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []


def _whole(value: object) -> int:
    return int(value) if isinstance(value, int | float) else 0


def _unmapped(columns: object) -> Markup:
    if not isinstance(columns, list | tuple) or not columns:
        return Markup("")
    names = ", ".join(mask_cpf(str(column)) for column in columns[:60])
    more = f" e outras {number(len(columns) - 60)}" if len(columns) > 60 else ""
    title = f"Colunas que não foram usadas ({number(len(columns))})"
    return _details(title, Markup("<p class='soft'>{}{}</p>").format(names, more))


def _details(title: str, body: Markup) -> Markup:
    return Markup("<details><summary>{}</summary>{}</details>").format(title, body)


def problems(report: Report) -> str:
    """Problems found in the data: type, count, examples with their record; empty when none."""
    found = overview.issue_list(report)
    if not found:
        return ""
    total = number(sum(count for _, count, _ in found))
    rows = Markup("").join(
        Markup("<tr><th scope='row'>{}</th><td class='number'>{}</td><td>{}</td></tr>").format(
            type_.replace("_", " "),
            number(count),
            Markup("<br>").join(_example(example) for example in examples[:MAX_EXAMPLES]),
        )
        for type_, count, examples in found
    )
    table = Markup("<table>{}</table>").format(rows)
    return _details(f"{texts.PROBLEMS} ({total})", table)


def _example(example: Mapping[str, object]) -> str:
    row = example.get("row")
    where = f"registro {overview.record_number(row)}: " if isinstance(row, int) else ""
    return escape(mask_cpf(f"{where}{example.get('message') or ''}"))


def summary(report: Report) -> str:
    """The opening sentence and what chance alone would give."""
    text = Markup("<p class='lead'>{}</p>").format(report.summary.get("sentence", ""))
    if report.total_analyzed == 0:
        return text + Markup("<p>{}</p>").format(texts.NO_RECORDS)
    if not report.findings:
        text += Markup("<p>{}</p>").format(texts.NOTHING_BODY)
    extra = [overview.confidence_sentence(report), f"Comparado com: {report.reference}."]
    return text + Markup("<p class='soft'>{}</p>").format(" ".join(e for e in extra if e))


def unchecked(report: Report) -> str:
    """Each check that could not be made, and why; many are folded behind what is missing most."""
    if not report.not_evaluated:
        return Markup("<p>{}</p>").format(texts.ALL_CHECKED)
    rows = Markup("").join(
        Markup("<tr><th scope='row'>{}</th><td>{}</td></tr>").format(check.title, check.reason)
        for check in report.not_evaluated
    )
    table = Markup("<table>{}</table>").format(rows)
    if len(report.not_evaluated) <= SHOWN_UNCHECKED:
        return table
    return Markup("<p>{}</p><details><summary>{}</summary>{}</details>").format(
        _missing_most(report), texts.SEE_UNCHECKED, table
    )


SHOWN_UNCHECKED = 6
"""Checks not made that are listed at once; more are folded, so that the page stays readable."""

NAMED_MISSING = 4
"""Missing fields named in the sentence above the fold."""


def _missing_most(report: Report) -> str:
    counts = Counter(name for check in report.not_evaluated for name in check.missing)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:NAMED_MISSING]
    what = ", ".join(f"{LABELS[name]} ({number(count)})" for name, count in ranked)
    return texts.MISSING_MOST.format(n=number(len(report.not_evaluated)), what=what)


def cite(session: Session) -> str:
    """How to cite the analysis, with the warning."""
    return Markup("<p class='soft'>Para citar: {}</p><p class='soft'>{}</p>").format(
        citation(session.report), DISCLAIMER
    )


def finding_panel(finding: Finding) -> str:
    """One finding in full: fact, norm, innocent reading, next step."""
    head = Markup("<p class='strength {}'>{} {}</p><h3>{}</h3>").format(
        finding.severity,
        marks(finding.severity),
        SEVERITY_LABELS[finding.severity],
        overview.headline(finding),
    )
    body = Markup("").join(_reason(reason) for reason in finding.reasons)
    foot = Markup("<p class='soft'>Registro {} do arquivo · nota {}</p>").format(
        overview.record_number(finding.row), number(finding.score, 2)
    )
    return Markup("<article class='finding {}' data-record='{}'>{}{}{}{}</article>").format(
        finding.severity, finding.row, head, _parties(finding), body, foot
    )


def _parties(finding: Finding) -> Markup:
    names = ("fornecedor", "fornecedor_id", "orgao", "unidade_gestora", "modalidade", "data")
    shown = [
        Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(
            heading(name), overview.show(name, finding.item[name])
        )
        for name in names
        if finding.item.get(name) not in (None, "")
    ]
    return Markup("<dl class='parties'>{}</dl>").format(Markup("").join(shown))


def _reason(reason: object) -> Markup:
    return Markup(
        "<section><h4>{r.title}</h4><p>{r.explanation}</p>"
        "<p><b>{norm}:</b> {r.legal_basis}</p><p><b>{innocent}</b> {r.innocent}</p>"
        "<p><b>{step}</b> {r.next_step}</p></section>"
    ).format(r=reason, norm=texts.NORM, innocent=texts.INNOCENT, step=texts.NEXT_STEP)


def lai_request(finding: Finding) -> str:
    """A request under the access to information law, ready to be sent to the body."""
    item = finding.item
    what = overview.headline(finding)
    buyer = overview.buyer_of(finding)
    if buyer != overview.UNKNOWN_BUYER:
        what += f", de {buyer}"
    if item.get("fornecedor"):
        what += f", com {item['fornecedor']}"
    documents = [name for reason in finding.reasons for name in documents_asked(reason.next_step)]
    asked = dict.fromkeys([texts.LAI_PROCESS, *documents, texts.LAI_PAYMENTS])
    items = "\n".join(f"{i}. {text}" for i, text in enumerate(asked, start=1))
    context = " ".join(reason.explanation for reason in finding.reasons[:2])
    return texts.LAI_TEMPLATE.format(what=what, items=items, context=context)


def documents_asked(next_step: str) -> list[str]:
    """What a next step asks for: `confira o valor e peça a ata.` -> `a ata`."""
    return [asked.strip(" .;,") for asked in _ASKED.findall(next_step)]


def raw_row(session: Session, finding: Finding) -> str:
    """The record as published, CPFs masked."""
    documents = {
        entry.get("column")
        for name, entry in session.report.mapping.items()
        if name in FIELDS and FIELDS[name].kind == "document"
    }
    rows = Markup("").join(
        Markup("<tr><th scope='row'>{}</th><td>{}</td></tr>").format(
            mask_cpf(str(column)), _masked(value, column in documents)
        )
        for column, value in session.cells(finding).items()
    )
    return Markup("<table>{}</table>").format(rows)


def _masked(value: object, is_document: bool) -> str:
    if value is None or value != value:
        return ""
    return mask_document(str(value)) if is_document else mask_cpf(str(value))


def computed(report: Report, finding: Finding) -> str:
    """The numbers behind a finding: facts of each reason with its own weight, and the score."""
    rows = []
    for reason in finding.reasons:
        facts = "; ".join(f"{name}: {_fact(value)}" for name, value in reason.facts.items())
        rows.append(
            Markup("<tr><th scope='row'>{}</th><td class='number'>{}</td><td>{}</td></tr>").format(
                reason.title, number(reason.weight, 2), facts
            )
        )
    columns = ("verificação", "peso", "números")
    head = Markup("").join(Markup("<th scope='col'>{}</th>").format(name) for name in columns)
    return Markup(
        "<p>A nota {} vem da evidência mais forte. Comparado com: {}.</p>"
        "<table><tr>{}</tr>{}</table>"
    ).format(number(finding.score, 2), report.reference, head, Markup("").join(rows))


def _fact(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        day = overview.date_of(value)
        return overview.show("data", value) if day else mask_cpf(str(value))
    return number(value)


def paragraph(text: str) -> str:
    """One escaped paragraph, or nothing."""
    return Markup("<p>{}</p>").format(text) if text else ""


def note(text: str) -> str:
    """One escaped paragraph in soft ink, or nothing."""
    return Markup("<p class='soft' role='status'>{}</p>").format(text) if text else ""


def limits_sentence(limits: Limits) -> str:
    """The published limits of a file: `até 80 MB e 300.000 registros`."""
    parts = []
    if limits.max_bytes is not None:
        parts.append(f"{number(limits.max_bytes / MEGABYTE)} MB")
    if limits.max_rows is not None:
        parts.append(f"{number(limits.max_rows)} registros")
    return f"até {' e '.join(parts)}" if parts else "sem limite de tamanho"
