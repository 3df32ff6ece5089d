"""The HTML report: one file, nothing loaded from elsewhere, hostile cells shown as text."""

from __future__ import annotations

import datetime as dt
from html.parser import HTMLParser
from pathlib import Path

import pytest
from handmade import HOSTILE, finding, pattern, reason, report, views

from cidadao_models import __version__
from cidadao_models.findings import Finding, Report
from cidadao_models.findings.html import MAX_DETAILED, MAX_OF_KIND, render

TODAY = dt.date(2026, 3, 9)

LOADING = {"src", "href", "srcset", "data", "action", "poster", "background", "xlink:href"}


class Tags(HTMLParser):
    """Collects the tags and attributes of a page, as a browser would see them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def test_loads_nothing_and_runs_nothing() -> None:
    text = render(report(), today=TODAY)
    page = Tags(text)
    assert not {"script", "link", "img", "iframe", "object", "embed"} & set(page.tags)
    assert not [value for name, value in page.attributes if name in LOADING]
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert "@import" not in text and "url(" not in text


def test_hostile_cells_are_shown_as_text() -> None:
    fields = {"objeto": HOSTILE, "fornecedor": HOSTILE, "orgao": HOSTILE, "valor": 10.0}
    bad = Finding(
        11, HOSTILE, 0.99, (reason(title=HOSTILE, explanation=HOSTILE, innocent=HOSTILE),), fields
    )
    made = report([bad, finding(40)])
    made.mapping = {"valor": {"column": HOSTILE, "reason": HOSTILE}}
    made.records.loc[11, "_pares_nivel"] = HOSTILE
    page = Tags(render(made, today=TODAY))
    assert not {"script", "img"} & set(page.tags)


def test_says_everything_a_reader_needs() -> None:
    text = render(report(), today=TODAY)
    for words in (
        "2 de 120 registros merecem uma segunda olhada",
        "Indícios não são provas",
        "Que sinais apareceram?",
        "Como este preço se compara",
        "Pode ser normal se",
        "Para conferir:",
        "Falta a modalidade.",
        "A data 31/02/2024 não existe.",
        "a" * 64,
        f"Cidadão.AI Models {__version__}",
        "09/03/2026",
        "valorcontrato1",
    ):
        assert words in text


def test_a_price_is_only_compared_where_the_finding_is_about_the_price() -> None:
    other = reason(id="documento_invalido", facts={"documento": "x"})
    item = finding()
    made = report([Finding(item.row, item.contract_id, 0.9, (other,), item.item)])
    assert "se compara" not in render(made, today=TODAY)


def test_never_accuses() -> None:
    assert "fraude" not in render(report(), today=TODAY).lower()


def test_nothing_found_is_said() -> None:
    text = render(report([]), today=TODAY)
    assert "Nada fora do comum neste arquivo." in text
    assert "Falta a modalidade." in text


def test_cpf_in_a_data_problem_is_masked() -> None:
    made = report()
    made.issues = {"x": {"count": 1, "examples": [{"row": 1, "message": "CPF 529.982.247-25"}]}}
    assert "529.982.247-25" not in render(made, today=TODAY)


def test_more_findings_than_shown_are_announced() -> None:
    made = report([finding(row, 0.9) for row in range(MAX_DETAILED + 30)])
    text = render(made, today=TODAY)
    assert text.count("<article") == MAX_DETAILED
    assert "outros 30 estão na planilha" in text


@pytest.mark.parametrize("column", ["_pares", "_valor", "data", "_pares_nivel"])
def test_survives_records_without_a_derived_column(column: str) -> None:
    made = report()
    made.records = made.records.drop(columns=column)
    render(made, today=TODAY)


def test_survives_without_records(tmp_path: Path) -> None:
    made = report()
    made.records = None
    assert made.to_html(tmp_path / "a.html").stat().st_size > 1_000


def with_patterns(name: str = "Empresa Exemplo Ltda", many: int = 1) -> Report:
    made = report([])
    made.patterns = [pattern([row, row + 1], explanation=f"{name} {row}") for row in range(many)]
    made.views = views(name)
    return made


def test_patterns_are_told_with_their_charts_and_readings() -> None:
    text = render(with_patterns(), today=TODAY)
    assert "<h2>Padrões</h2>" in text and "Registros: 1, 2." in text
    assert text.count("for um fornecedor exclusivo.") == 1
    for view in views().drawn.values():
        assert view.title in text
    assert "Nenhum registro, sozinho, chegou à nota mínima" in text


def test_hostile_patterns_are_shown_as_text() -> None:
    page = Tags(render(with_patterns(HOSTILE), today=TODAY))
    assert not {"script", "img"} & set(page.tags)


def test_more_patterns_of_a_kind_than_shown_are_announced() -> None:
    text = render(with_patterns(many=MAX_OF_KIND + 7), today=TODAY)
    assert "Outros 7 deste tipo" in text


def test_a_report_without_patterns_has_no_empty_section() -> None:
    assert "<h2>Padrões</h2>" not in render(report(), today=TODAY)
