"""The real page in a real browser: upload, example, findings, one finding, downloads, refusals."""

from __future__ import annotations

import csv
import io
import random
import re
from pathlib import Path

import pytest
from browsing import PHONE, WAIT_MS, closed, opened, overflow
from browsing import browser as browser
from playwright.sync_api import Browser, Page, expect

EXAMPLES = Path(__file__).resolve().parents[2] / "cidadao_models" / "ui" / "examples"


def run_upload(page: Page, name: str, content: bytes) -> None:
    page.set_input_files(
        "#file-input input[type=file]",
        {"name": name, "mimeType": "text/csv", "buffer": content},
    )
    page.click("#file-run")


def wait_for_findings(page: Page) -> None:
    page.wait_for_selector("#file-findings [data-row]")
    page.wait_for_selector("#file-chart .js-plotly-plot")


def test_upload_findings_one_finding_and_downloads(browser: Browser, app_url: str) -> None:
    page = opened(browser, app_url)
    content = (EXAMPLES / "contratos_prefeitura.csv").read_bytes()
    run_upload(page, "contratos.csv", content)
    wait_for_findings(page)
    expect(page.locator("#file-summary")).to_contain_text("uma segunda olhada")
    expect(page.locator("#file-understood")).to_contain_text("320 registros")
    expect(page.locator("#file-finding")).to_contain_text("Pode ser normal se")
    expect(page.locator("#file-finding")).to_contain_text("Para conferir:")

    second = page.locator("#file-findings [data-row]").nth(1)
    number = second.locator(".record").inner_text().strip()
    second.locator("button").press("Enter")
    expect(page.locator("#file-finding")).to_contain_text(f"Registro {number} do arquivo")
    page.click("#file-previous")
    expect(page.locator("#file-position")).to_contain_text("Achado 1 de")

    for kind in ("csv", "xlsx", "html"):
        with page.expect_download() as download:
            page.click(f"#download-{kind}")
        saved = Path(download.value.path()).read_bytes()
        assert download.value.suggested_filename.endswith(f".{kind}")
        if kind == "csv":
            check_csv(saved, page)
    closed(page)


def check_csv(saved: bytes, page: Page) -> None:
    """The file has every finding that the page counts."""
    rows = list(csv.DictReader(io.StringIO(saved.decode("utf-8-sig"), newline=""), delimiter=";"))
    shown = page.locator("#file-position").inner_text()
    assert shown.strip() == f"Achado 1 de {len(rows)}"
    assert {"linha", "nota", "sinal", "por quê", "norma"} <= set(rows[0])


@pytest.mark.parametrize("number", [1, 2, 3])
def test_every_example_runs_with_one_click_on_a_phone(
    browser: Browser, app_url: str, number: int
) -> None:
    page = opened(browser, app_url, size=PHONE, dark=number == 2)
    assert overflow(page) <= 0
    page.click(f"#file-example-{number}")
    wait_for_findings(page)
    assert overflow(page) <= 0
    closed(page)


def test_search_and_filter_narrow_the_table(browser: Browser, app_url: str) -> None:
    page = opened(browser, app_url)
    page.click("#file-example-1")
    wait_for_findings(page)
    page.fill("#file-search input, #file-search textarea", "nada que exista neste arquivo")
    expect(page.locator("#file-shown")).to_contain_text("0 de ")
    expect(page.locator("#file-one")).not_to_be_visible()
    page.fill("#file-search input, #file-search textarea", "")
    expect(page.locator("#file-shown")).not_to_contain_text("0 de ")
    page.click("#file-filters > button")
    page.locator("#file-signal label", has_text="(").first.click()
    expect(page.locator("#file-filters > button")).to_contain_text("1 em uso")
    expect(page.locator("#file-position")).to_contain_text(re.compile(r"Achado \d+ de \d"))
    page.fill("#file-since input, #file-since textarea", "ontem")
    expect(page.locator("#file-shown")).to_contain_text("não é um período")
    page.click("#file-clear")
    expect(page.locator("#file-filters > button")).not_to_contain_text("em uso")
    page.context.close()


def test_filters_keep_the_chosen_finding_while_it_is_listed(browser: Browser, app_url: str) -> None:
    page = opened(browser, app_url)
    page.click("#file-example-1")
    wait_for_findings(page)
    page.locator("#file-findings [data-row]").nth(2).locator("button").click()
    expect(page.locator("#file-position")).to_contain_text("Achado 3 de")
    chosen = page.locator("#file-finding [data-record]").get_attribute("data-record")
    page.click("#file-filters > button")
    page.locator("#file-order label", has_text="mais recente").click()
    expect(page.locator("#file-position")).not_to_contain_text("Achado 3 de")
    marked = page.locator("#file-findings [aria-current]")
    expect(marked).to_have_attribute("data-row", chosen or "")
    assert page.locator("#file-finding [data-record]").get_attribute("data-record") == chosen
    page.context.close()


def test_cancelled_run_leaves_the_page_usable(browser: Browser, app_url: str) -> None:
    page = opened(browser, app_url)
    lines = "".join(
        f"{i};Compra de material {i % 50};{i % 977},00;Empresa {i % 400}\n" for i in range(150_000)
    )
    content = ("numero;objeto;valor;fornecedor\n" + lines).encode()
    run_upload(page, "grande.csv", content)
    page.click("#file-cancel")
    expect(page.locator("#file-status")).to_contain_text("cancelada")
    expect(page.locator("#file-run")).to_be_enabled()
    page.click("#file-example-1")
    wait_for_findings(page)
    expect(page.locator("#file-status")).to_contain_text("Pronto: contratos_prefeitura.csv")
    page.context.close()


def test_charts_have_a_text_and_the_upload_a_portuguese_name(
    browser: Browser, app_url: str
) -> None:
    page = opened(browser, app_url)
    expect(page.locator("#file-input button").first).not_to_have_attribute(
        "aria-label", re.compile("Click")
    )
    page.click("#file-example-1")
    wait_for_findings(page)
    for name in ("#file-signals", "#file-timeline", "#file-chart"):
        chart = page.locator(f"{name} .js-plotly-plot")
        expect(chart).to_have_attribute("aria-label", re.compile(r"\?.+\."))
    page.context.close()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("vazio.csv", b""),
        ("cabecalho.csv", b"contrato;valor;fornecedor\n"),
        ("pagina.csv", b"<!DOCTYPE html><html><body>Erro 500</body></html>"),
        ("edital.pdf", b"%PDF-1.4 " + bytes(range(256)) * 20),
        ("foto.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20),
    ],
)
def test_bad_file_is_refused_in_words_and_the_page_goes_on(
    browser: Browser, app_url: str, name: str, content: bytes
) -> None:
    page = opened(browser, app_url)
    run_upload(page, name, content)
    refused = page.locator("#file-status .refused")
    expect(refused).to_be_visible()
    assert "Traceback" not in refused.inner_text() and len(refused.inner_text()) > 30
    page.click("#file-example-1")
    wait_for_findings(page)
    page.context.close()


def test_hostile_cells_are_text(browser: Browser, app_url: str) -> None:
    page = opened(browser, app_url)
    attack = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
    doubled = attack.replace('"', '""')
    lines = ["numero;objeto;fornecedor;valor;vigencia_inicio;vigencia_fim"]
    lines += [
        f'{i};"{doubled}";"{doubled}";{1000 + i},00;01/03/2024;01/02/{2023 if i % 9 == 0 else 2025}'
        for i in range(40)
    ]
    run_upload(page, "a.csv", "\n".join(lines).encode())
    page.wait_for_selector("#file-findings [data-row]")
    expect(page.locator("#file-finding")).to_contain_text("<img src=x")
    assert page.evaluate("window.hacked") is None
    page.context.close()


def test_nothing_found_is_an_answer(browser: Browser, app_url: str) -> None:
    page = opened(browser, app_url)
    draw = random.Random(5)
    lines = ["numero;objeto;fornecedor;valor;data"]
    lines += [
        f"{i};Locação de veículos;Empresa {i} Ltda;{draw.lognormvariate(10, 0.3):.2f};"
        f"{draw.randint(1, 28):02d}/{draw.randint(1, 12):02d}/2024".replace(".", ",")
        for i in range(120)
    ]
    run_upload(page, "honesto.csv", "\n".join(lines).encode())
    expect(page.locator("#file-summary")).to_contain_text(
        "Nada fora do comum em 120 registros", timeout=WAIT_MS
    )
    expect(page.locator("#file-unchecked")).not_to_be_empty()
    expect(page.locator("#file-findings")).not_to_be_visible()
    page.context.close()


def test_file_whose_lines_are_all_broken_is_not_called_clean(
    browser: Browser, app_url: str
) -> None:
    page = opened(browser, app_url)
    lines = ["numero;objeto;valor"] + ["1;a;b;c;10,00;x"] * 12
    run_upload(page, "quebrado.csv", "\n".join(lines).encode())
    expect(page.locator("#file-status .done, #file-status .refused")).to_be_visible()
    expect(page.locator("#file-result")).not_to_contain_text("Nada fora do comum")
    page.context.close()


def test_unknown_columns_can_be_named_by_the_reader(browser: Browser, app_url: str) -> None:
    page = opened(browser, app_url)
    lines = ["xa;xb;xc"] + [f"k{i};q{i * i % 7};{1000 + i * 37}" for i in range(60)]
    run_upload(page, "estranho.csv", "\n".join(lines).encode())
    expect(page.locator("#file-status .refused")).to_be_visible(timeout=WAIT_MS)
    page.click("#file-column-valor input")
    page.get_by_role("option", name="xc").click()
    expect(page.locator("#file-summary")).to_contain_text("60 registros", timeout=WAIT_MS)
    page.context.close()


def test_corrected_column_runs_again(browser: Browser, app_url: str) -> None:
    page = opened(browser, app_url)
    page.click("#file-example-1")
    wait_for_findings(page)
    page.click("#file-mapping button")
    page.click("#file-column-valor input")
    page.get_by_role("option", name="valorinicial").click()
    expect(page.locator("#file-understood")).to_contain_text(
        re.compile("valor ?valorinicial"), timeout=WAIT_MS
    )
    wait_for_findings(page)
    page.context.close()


def lines_with_splitting() -> str:
    """Twelve direct awards of one buyer on neighbouring days, among ordinary records."""
    draw = random.Random(3)
    lines = ["numero;objeto;fornecedor;orgao;modalidade;valor;data"]
    lines += [
        f"{i};Locação de veículos tipo {i % 7};Empresa {i % 60} Ltda;Secretaria {i % 5};Pregão;"
        f"{draw.lognormvariate(10, 0.4):.2f};{draw.randint(1, 28):02d}/{i % 12 + 1:02d}/2023"
        for i in range(240)
    ]
    lines += [
        f"d{i};Aquisição de material de expediente;Papelaria Exemplo Ltda;Secretaria 1;"
        f"Dispensa de licitação;{15_000 + 10 * i},00;{10 + i % 3:02d}/05/2023"
        for i in range(12)
    ]
    return "\n".join(lines)


def test_patterns_with_charts_and_findings_of_one_fact_in_one_line(
    browser: Browser, app_url: str
) -> None:
    page = opened(browser, app_url)
    run_upload(page, "dispensas.csv", lines_with_splitting().encode())
    wait_for_findings(page)
    more = page.locator("#file-findings .more").first
    expect(more).to_contain_text("12 registros com este mesmo motivo")
    folded = page.locator("#file-findings [data-of]")
    expect(folded).to_have_count(11)
    expect(folded.first).not_to_be_visible()
    more.click()
    expect(folded.first).to_be_visible()
    more.click()
    expect(folded.first).not_to_be_visible()
    page.click("#file-next")
    expect(page.locator("#file-position")).to_contain_text("Achado 2 de")
    expect(folded.first).to_be_visible()

    patterns = page.locator("#file-patterns")
    expect(patterns).to_contain_text("Padrões")
    expect(patterns).to_contain_text("Possível fracionamento de despesa")
    expect(patterns).to_contain_text("Pode ser normal se")
    for name in ("curve", "calendar", "ties"):
        chart = page.locator(f"#file-view-{name} .js-plotly-plot")
        expect(chart).to_have_attribute("aria-label", re.compile(r"\?.+\."))
    expect(page.locator("#file-view-tenders")).not_to_be_visible()
    page.locator("#file-unseen summary").click()
    expect(page.locator("#file-unseen")).to_contain_text("propostas de cada licitação")
    assert overflow(page) <= 0
    closed(page)


def test_bids_are_drawn_on_a_dark_phone(browser: Browser, app_url: str) -> None:
    page = opened(browser, app_url, size=PHONE, dark=True)
    draw = random.Random(4)
    lines = ["licitacao_id;fornecedor_id;valor_proposta;vencedor"]
    for tender in range(30):
        bids = sorted(draw.lognormvariate(11, 0.2) for _ in range(4))
        lines += [f"L{tender};F{draw.randint(1, 40)};{bid:.2f};{i == 0}".replace(".", ",")
                  for i, bid in enumerate(bids)]  # fmt: skip
    run_upload(page, "propostas.csv", "\n".join(lines).encode())
    page.wait_for_selector("#file-view-tenders .js-plotly-plot")
    expect(page.locator("#file-view-tenders p")).to_contain_text("30 licitações")
    expect(page.locator("#file-view-curve")).not_to_be_visible()
    assert overflow(page) <= 0
    closed(page)


def test_an_unreadable_list_of_sanctions_is_refused_and_can_be_dropped(
    browser: Browser, app_url: str
) -> None:
    page = opened(browser, app_url)
    page.click("#file-sanctions-fold > button")
    page.set_input_files(
        "#file-sanctions input[type=file]",
        {"name": "ceis.csv", "mimeType": "text/csv", "buffer": b"cor;sabor\nazul;doce\n"},
    )
    expect(page.locator("#file-sanctions-note")).to_contain_text("Lista recebida")
    content = (EXAMPLES / "contratos_prefeitura.csv").read_bytes()
    run_upload(page, "contratos.csv", content)
    expect(page.locator("#file-status .refused")).to_contain_text("sanções")
    run_upload(page, "contratos.csv", content)
    wait_for_findings(page)
    page.context.close()


def test_other_tabs_show_calls_and_every_check(browser: Browser, app_url: str) -> None:
    from cidadao_models.flags import all_flags

    page = opened(browser, app_url)
    page.get_by_role("tab", name="API").click()
    for call in ("/v1/detect-anomalies", "/v1/analyze-file", "gradio_client"):
        expect(page.get_by_text(call).first).to_be_visible()
    page.get_by_role("tab", name="Método").click()
    expect(page.locator("#method-flags details")).to_have_count(len(all_flags()))
    assert overflow(page) <= 0
    page.context.close()
