"""The findings as a table: DataFrame, CSV for Excel in Brazil, and workbook.

Writes text so that no spreadsheet program can take it for a formula; computes nothing new.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from cidadao_models.findings import SEVERITY_LABELS, Finding, Report
from cidadao_models.findings.method import citation, method_lines
from cidadao_models.findings.overview import date_of, issue_list, show
from cidadao_models.findings.patterns import rows_of
from cidadao_models.records import FIELDS, mask_cpf

FIRST_FIELDS = ("valor", "fornecedor", "fornecedor_id", "orgao", "objeto", "data")
"""Fields of the record that every findings table has, in this order, even when empty."""

HEADINGS = {"fornecedor_id": "CNPJ ou CPF"}
"""Headings that differ from the field's label."""

REASON_HEADINGS = (
    "linha", "identificador", "nota", "força", "sinal", "por quê", "norma",
    "pode ser normal se", "para conferir", "outros sinais",
)  # fmt: skip

PATTERN_HEADINGS = [
    "força", "padrão", "por quê", "pode ser normal se", "para conferir", "registros",
    "linhas", "valor-p",
]  # fmt: skip

ROW_HEADING = "row"
"""0-based record number, the name it has in the API."""

FORMULA_STARTS = tuple("=+-@＝＋－＠")
"""What opens a formula in a spreadsheet, also full-width (OWASP, CSV injection)."""

INVISIBLE = " \t\v\f\u00a0\u200b\u200c\u200d\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
"""Characters that may hide the start of a formula: blanks, zero-width, direction marks."""

_LEADING = re.compile(f"[{INVISIBLE}]*")
_PLAIN_NUMBER = re.compile(r"[+-]?\d[\d.,]*\s?%?")

MAX_CELL = 32_767
"""Characters that one spreadsheet cell may hold (Excel's limit)."""

WIDTHS = {"por quê": 60, "pode ser normal se": 40, "para conferir": 40, "objeto": 50,
          "norma": 30, "sinal": 30, "padrão": 30, "linhas": 40, "fornecedor": 34,
          "órgão": 34}  # fmt: skip
"""Column widths of the workbook, in characters; the others have `DEFAULT_WIDTH`."""

DEFAULT_WIDTH = 16

SMALLEST_AMOUNT = 0.01
"""Numbers below it (p-values) are not written with the two decimals of money."""


def safe_text(text: str) -> str:
    """Text that no spreadsheet takes for a formula: `'` before each line that would open one.

    Rule of OWASP's "CSV injection" page, applied to every line inside the cell and behind blanks
    and invisible characters. A plain number keeps its sign.
    """
    if _PLAIN_NUMBER.fullmatch(text):
        return text
    lines = text.splitlines(keepends=True)
    safe = "".join(f"'{line}" if _opens_formula(line) else line for line in lines)
    return f"'{safe}" if text.startswith(("\t", "\r", "\n")) else safe


def _opens_formula(line: str) -> bool:
    start = _LEADING.match(line)
    rest = line[start.end() :] if start else line
    return rest.startswith(FORMULA_STARTS) or line.lstrip(" \u00a0").startswith("\t")


def to_frame(report: Report) -> pd.DataFrame:
    """One row a finding, strongest first: the reason's text, then the record's own fields."""
    fields = _fields_shown(report.findings)
    headings = [*REASON_HEADINGS, *(heading(name) for name in fields), ROW_HEADING]
    rows = [_row(finding, fields) for finding in report.findings]
    frame = pd.DataFrame(rows, columns=headings)
    for name in fields:
        frame[heading(name)] = _typed(frame[heading(name)], FIELDS[name].kind)
    return frame.astype({"linha": "int64", "nota": "float64", ROW_HEADING: "int64"})


def heading(name: str) -> str:
    """Portuguese heading of a canonical field."""
    return HEADINGS.get(name, FIELDS[name].label)


def _fields_shown(findings: Sequence[Finding]) -> list[str]:
    present = {name for finding in findings for name in finding.item if name in FIELDS}
    elsewhere = (*FIRST_FIELDS, "id")
    rest = [name for name in FIELDS if name in present and name not in elsewhere]
    return [*FIRST_FIELDS, *rest]


def _row(finding: Finding, fields: Sequence[str]) -> list[object]:
    main = finding.main
    others = "; ".join(reason.title for reason in finding.reasons[1:])
    return [
        finding.row + 1,
        finding.contract_id,
        round(finding.score, 4),
        SEVERITY_LABELS[finding.severity],
        main.title,
        main.explanation,
        main.legal_basis,
        main.innocent,
        main.next_step,
        others,
        *(finding.item.get(name) for name in fields),
        finding.row,
    ]


def _typed(values: pd.Series, kind: str) -> pd.Series:
    if kind in ("money", "number"):
        return pd.to_numeric(values, errors="coerce")
    if kind == "date":
        return pd.Series([date_of(value) for value in values], index=values.index, dtype=object)
    if kind == "document":
        return values.map(lambda value: show("fornecedor_id", value))
    return values.map(lambda value: "" if value is None or value != value else str(value))


def write_csv(report: Report, path: Path) -> Path:
    """Findings as CSV for Excel in Brazil: utf-8-sig, `;`, decimal comma, dates as dd/mm/aaaa."""
    frame = to_frame(report)
    for column in _text_columns(frame):
        frame[column] = frame[column].map(_csv_cell)
    frame.to_csv(
        path, sep=";", decimal=",", index=False, encoding="utf-8-sig", lineterminator="\r\n"
    )
    return path


def _text_columns(frame: pd.DataFrame) -> pd.Index:
    return frame.columns[[not pd.api.types.is_numeric_dtype(dtype) for dtype in frame.dtypes]]


def _csv_cell(value: object) -> str:
    if value is None or value != value:
        return ""
    if isinstance(value, dt.date):
        return f"{value.day:02d}/{value.month:02d}/{value.year:04d}"
    return safe_text(str(value))


def write_xlsx(report: Report, path: Path) -> Path:
    """Findings, patterns, checks not made, data problems and method, one sheet each; text only."""
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "dd/mm/yyyy",
        "remove_timezone": True,
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        amount = book.add_format({"num_format": "#,##0.00", "valign": "top"})
        frame = to_frame(report)
        _sheet(book.add_worksheet("Achados"), frame, head, wrap, amount)
        for name, table in _other_sheets(report).items():
            _sheet(book.add_worksheet(name), table, head, wrap, amount)
    return path


def _other_sheets(report: Report) -> dict[str, pd.DataFrame]:
    checks = [
        (check.title, check.reason, ", ".join(_labels(check.missing)))
        for check in report.not_evaluated
    ]
    checks += [
        (check.title, check.reason, ", ".join(_labels(check.missing)))
        for check in report.patterns_not_evaluated
    ]
    method = [*method_lines(report), ("Como citar", citation(report))]
    return {
        "Padrões": patterns_frame(report),
        "Não verificado": pd.DataFrame(
            checks, columns=["verificação", "por quê", "campos que faltam"]
        ),
        "Problemas nos dados": issues_frame(report),
        "Método": pd.DataFrame(method, columns=["item", "conteúdo"]),
    }


def _labels(names: Iterable[str]) -> list[str]:
    return [FIELDS[name].label if name in FIELDS else name for name in names]


def patterns_frame(report: Report) -> pd.DataFrame:
    """One row a pattern, strongest first; records as a reader counts them, from 1."""
    rows = [
        (
            SEVERITY_LABELS[str(one["severity"])],
            str(one["title"]),
            str(one["explanation"]),
            str(one["innocent"]),
            str(one["next_step"]),
            len(rows_of(one)),
            ", ".join(str(row + 1) for row in rows_of(one)),
            one["p_value"],
        )
        for one in report.patterns
    ]
    return pd.DataFrame(rows, columns=PATTERN_HEADINGS)


def issues_frame(report: Report) -> pd.DataFrame:
    """Problems in the data: one row for each example kept, with the count of its type."""
    rows: list[tuple[object, ...]] = []
    for type_, count, examples in issue_list(report):
        for example in examples or [{}]:
            row = example.get("row")
            rows.append((
                type_.replace("_", " "),
                count,
                row + 1 if isinstance(row, int) else None,
                mask_cpf(str(example.get("column") or "")),
                mask_cpf(str(example.get("message") or "")),
            ))  # fmt: skip
    return pd.DataFrame(rows, columns=["tipo", "quantos", "linha", "coluna", "exemplo"])


def _sheet(
    sheet: Worksheet, frame: pd.DataFrame, head: Format, wrap: Format, amount: Format
) -> None:
    for column, name in enumerate(frame.columns):
        sheet.set_column(column, column, WIDTHS.get(name, DEFAULT_WIDTH))
        sheet.write_string(0, column, str(name), head)
    for row, values in enumerate(frame.itertuples(index=False), start=1):
        for column, value in enumerate(values):
            _write_cell(sheet, row, column, value, wrap, amount)
    sheet.freeze_panes(1, 0)
    if len(frame):
        sheet.autofilter(0, 0, len(frame), len(frame.columns) - 1)


def _write_cell(
    sheet: Worksheet, row: int, column: int, value: object, wrap: Format, amount: Format
) -> None:
    if value is None or value != value:
        return
    if isinstance(value, dt.date) and value.year >= 1900:
        sheet.write_datetime(row, column, dt.datetime(value.year, value.month, value.day))
    elif isinstance(value, float):
        sheet.write_number(row, column, value, amount if abs(value) >= SMALLEST_AMOUNT else None)
    elif isinstance(value, int):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, _xlsx_text(value), wrap)


def _xlsx_text(value: object) -> str:
    text = _csv_date(value) if isinstance(value, dt.date) else str(value)
    return text if len(text) <= MAX_CELL else text[: MAX_CELL - 1] + "…"


def _csv_date(value: dt.date) -> str:
    return f"{value.day:02d}/{value.month:02d}/{value.year:04d}"
