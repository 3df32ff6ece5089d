"""The findings as CSV and workbook: no formulas, no CPF, numbers stay numbers, nothing lost."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from handmade import finding, pattern, reason, report
from hypothesis import given
from hypothesis import strategies as st

from cidadao_models import __version__
from cidadao_models.findings import Finding, Report
from cidadao_models.findings.tables import safe_text, to_frame

FORMULAS = [
    '=HYPERLINK("http://evil.example")',
    "+cmd|' /C calc'!A0",
    "-2+3+cmd",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    " =1+1",
    "\u00a0=1+1",
    "\u200b=1+1",
    "\u202e=1+1",
    "＝1+1",
    "＠SUM(A1)",
    "texto\n=1+1",
    "texto\r\n\u00a0＝1+1",
    "- item da lista",
]

HARMLESS = ["Locação de tendas", "-1.234,56", "+55", "12 = doze", "", "045/2024", "87,57 %"]


def opens_formula(line: str) -> bool:
    """The rule of the reference, written naively: first visible character of the line."""
    visible = [c for c in line if not (c.isspace() or c in "\u200b\u200c\u200d\u2060\ufeff")]
    visible = [c for c in visible if c not in "\u200e\u200f\u202a\u202b\u202c\u202d\u202e"]
    return bool(visible) and visible[0] in "=+-@＝＋－＠"


@pytest.mark.parametrize("text", FORMULAS)
def test_formula_is_made_text(text: str) -> None:
    assert not any(opens_formula(line) for line in safe_text(text).splitlines())
    assert safe_text(text).replace("'", "") == text.replace("'", "")


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_is_kept(text: str) -> None:
    assert safe_text(text) == text


@given(st.text(alphabet=" \t\r\n\u00a0\u200b=+-@＝ab1'", max_size=12))
def test_no_line_of_any_text_opens_a_formula(text: str) -> None:
    for line in safe_text(text).splitlines():
        assert not opens_formula(line) or safe_text(text) == text.strip("'")


def hostile_report() -> Report:
    """Each hostile text in a field of the record and in the reason."""
    findings = [
        Finding(
            row,
            text,
            0.9,
            (reason(explanation=text, title=text),),
            {"id": text, "objeto": text, "fornecedor": text, "valor": -10.5},
        )
        for row, text in enumerate(FORMULAS)
    ]
    return report(findings)


def read_csv(path: Path) -> list[dict[str, str]]:
    text = path.read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def test_csv_has_no_formula_and_keeps_negative_numbers(tmp_path: Path) -> None:
    rows = read_csv(hostile_report().to_csv(tmp_path / "a.csv"))
    assert len(rows) == len(FORMULAS)
    for row in rows:
        assert row.pop("valor") == "-10,5"
        assert not any(opens_formula(line) for cell in row.values() for line in cell.splitlines())


def test_csv_is_what_a_brazilian_excel_opens(tmp_path: Path) -> None:
    path = report().to_csv(tmp_path / "a.csv")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    first = read_csv(path)[0]
    assert first["linha"] == "12" and first["row"] == "11"
    assert first["nota"] == "0,93"
    assert first["valor"] == "480000,0"
    assert first["data"] == "14/03/2024"
    assert first["CNPJ ou CPF"] == "99.900.011/9001-12"


def test_xlsx_holds_texts_and_numbers_but_no_formula(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(hostile_report().to_xlsx(tmp_path / "a.xlsx"))
    assert book.sheetnames == [
        "Achados",
        "Padrões",
        "Não verificado",
        "Problemas nos dados",
        "Método",
    ]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" or cell.hyperlink for cell in cells)
    header = [cell.value for cell in book["Achados"][1]]
    assert book["Achados"].cell(2, header.index("valor") + 1).value == -10.5


def test_xlsx_says_what_was_not_checked_what_was_wrong_and_how(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(report().to_xlsx(tmp_path / "a.xlsx"))
    words = {
        name: " ".join(str(cell.value) for row in book[name].iter_rows() for cell in row)
        for name in book.sheetnames
    }
    assert "Falta a modalidade." in words["Não verificado"]
    assert "31/02/2024" in words["Problemas nos dados"]
    assert "a" * 64 in words["Método"] and __version__ in words["Método"]


def test_round_trip_keeps_every_finding(tmp_path: Path) -> None:
    made = report([finding(row, 0.99 - row / 1000) for row in range(60)])
    frame = to_frame(made)
    back = pd.read_csv(made.to_csv(tmp_path / "a.csv"), sep=";", decimal=",", encoding="utf-8-sig")
    assert back["row"].tolist() == [f.row for f in made.findings]
    assert back["nota"].tolist() == [round(f.score, 4) for f in made.findings]
    assert back["valor"].tolist() == frame["valor"].tolist()
    assert list(back.columns) == list(frame.columns)


def test_nothing_found_still_has_headings(tmp_path: Path) -> None:
    empty = report([])
    assert to_frame(empty).empty
    assert empty.to_csv(tmp_path / "a.csv").read_text("utf-8-sig").startswith("linha;identificador")
    openpyxl.load_workbook(empty.to_xlsx(tmp_path / "a.xlsx"))


def test_cpf_in_a_data_problem_is_masked(tmp_path: Path) -> None:
    made = report()
    made.issues = {
        "x": {"count": 1, "examples": [{"row": 1, "message": "CPF 529.982.247-25 repetido"}]}
    }
    made.to_xlsx(tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    text = " ".join(str(c.value) for row in book["Problemas nos dados"].iter_rows() for c in row)
    assert "529.982.247-25" not in text and "***.982.247-**" in text


def test_dates_before_1900_and_very_long_texts_fit_a_workbook(tmp_path: Path) -> None:
    made = report([finding(1, data="0201-05-03", objeto="x" * 40_000)])
    sheet = openpyxl.load_workbook(made.to_xlsx(tmp_path / "a.xlsx"))["Achados"]
    values = [cell.value for cell in sheet[2]]
    assert "03/05/0201" in values
    assert max(len(v) for v in values if isinstance(v, str)) == 32_767


def test_xlsx_has_the_patterns_with_their_records(tmp_path: Path) -> None:
    made = report()
    made.patterns = [pattern(list(range(9)), explanation=FORMULAS[0]), pattern(p_value=None)]
    sheet = openpyxl.load_workbook(made.to_xlsx(tmp_path / "a.xlsx"))["Padrões"]
    rows = [dict(zip([c.value for c in sheet[1]], [c.value for c in row], strict=True))
            for row in sheet.iter_rows(min_row=2)]  # fmt: skip
    assert [row["registros"] for row in rows] == [9, 2]
    assert rows[1]["linhas"] == "4, 12" and rows[1]["força"] == "sinal moderado"
    assert rows[0]["valor-p"] == pytest.approx(0.0004) and rows[1]["valor-p"] is None
    assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)


def test_csv_stays_findings_only(tmp_path: Path) -> None:
    made = report()
    made.patterns = [pattern()]
    assert len(read_csv(made.to_csv(tmp_path / "a.csv"))) == len(made.findings)
