"""The tab for series in a real browser: examples, pasted numbers, files, states and downloads."""

from __future__ import annotations

import csv
import io
import json
import random
import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
from browsing import PHONE, WAIT_MS, Tab, closed, overflow
from browsing import browser as browser
from playwright.sync_api import Browser, Page, expect

TAB = Tab("spectral", field="#spectral-input textarea", way_in='role=tab[name="Espectro"]')
finished, refused, paste = TAB.finished, TAB.refused, TAB.paste
upload = partial(TAB.upload, name="gastos.csv", mime="text/csv")


@pytest.fixture
def page(browser: Browser, app_url: str) -> Iterator[Page]:
    page = TAB.opened(browser, app_url)
    yield page
    closed(page)


def contracts(n: int = 700, *, hostile: str = "") -> bytes:
    draw = random.Random(4)
    lines = ["numero;objeto;fornecedor;orgao;valor;data"]
    for i in range(n):
        day = date(2021, 1, 1) + timedelta(days=i)
        for supplier in range(3) if day.weekday() < 5 else ():
            amount = f"{draw.lognormvariate(9, 0.3):.2f}".replace(".", ",")
            name = hostile or f"Empresa {supplier} Ltda"
            lines.append(f'{i};Serviço;"{name}";Órgão {i % 2};{amount};{day:%d/%m/%Y}')
    return "\n".join(lines).encode()


def test_example_shows_the_sentence_the_charts_and_what_to_check(page: Page) -> None:
    expect(page.locator("#spectral-status")).to_contain_text("Nada analisado ainda")
    expect(page.locator("#spectral-result")).not_to_be_visible()
    page.click(TAB.example(1))
    finished(page)
    expect(page.locator("#spectral-verdict")).to_contain_text("O que se repete é o calendário")
    expect(page.locator("#spectral-verdict")).to_contain_text("03/2023, o nível dobra")
    for name in ("plot", "spectrum", "calendar", "spectrogram"):
        chart = page.locator(f"#spectral-{name} .js-plotly-plot")
        expect(chart).to_be_visible()
        expect(chart).to_have_attribute("aria-label", re.compile(r"\?.+\."))
    findings = page.locator("#spectral-findings")
    expect(findings).to_contain_text("contrato novo ou encerrado")
    expect(findings).to_contain_text("compare os contratos")


@pytest.mark.parametrize("number", [1, 2, 3])
def test_every_example_runs_with_one_click_on_a_phone(
    browser: Browser, app_url: str, number: int
) -> None:
    page = TAB.opened(browser, app_url, size=PHONE, dark=number == 2)
    assert overflow(page) <= 0
    page.click(TAB.example(number))
    finished(page)
    page.wait_for_selector("#spectral-plot .js-plotly-plot")
    assert overflow(page) <= 0
    closed(page)


def test_short_series_is_an_answer(page: Page) -> None:
    page.click(TAB.example(3))
    finished(page)
    expect(page.locator("#spectral-verdict")).to_contain_text("Ainda não dá para dizer")
    expect(page.locator("#spectral-verdict")).to_contain_text("precisos")
    expect(page.locator("#spectral-findings")).not_to_be_visible()
    paste(page, "1\n2\n3")
    expect(page.locator("#spectral-verdict")).to_contain_text("3 pontos", timeout=WAIT_MS)


def test_nothing_found_is_an_answer(page: Page) -> None:
    draw = random.Random(2)
    paste(page, "\n".join(f"{draw.gauss(100, 9):.2f}".replace(".", ",") for _ in range(120)))
    finished(page)
    expect(page.locator("#spectral-verdict")).to_contain_text("Nada a conferir")
    expect(page.locator("#spectral-findings")).not_to_be_visible()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Falta a série"),
        ("12,5\nmuito\n3", "Na linha 2"),
        ("valor\n", "Não há números"),
        ("01/01/2024;5\n6\n02/01/2024;7", "A linha 2 não tem data"),
        ("<img src=x onerror=window.hacked=1>;5\n01/01/2024;6", "não é uma data"),
        ("1e300\n2\n3\n4\n5\n6\n7\n8\n9", "Na linha 1"),
    ],
)
def test_bad_text_is_refused_in_words_and_the_page_goes_on(
    page: Page, text: str, said: str
) -> None:
    paste(page, text)
    assert said in refused(page)
    assert page.evaluate("window.hacked") is None
    page.click(TAB.example(3))
    finished(page)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "vazio"),
        (b"numero;valor\n1;10,00\n2;11,00\n3;12,00\n", "data"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, ""),
    ],
)
def test_bad_file_is_refused_in_words(page: Page, content: bytes, said: str) -> None:
    upload(page, content)
    assert said in refused(page)


def test_file_is_followed_by_name_and_unit(page: Page) -> None:
    upload(page, contracts())
    finished(page)
    expect(page.locator("#spectral-status")).to_contain_text("apagado do servidor")
    expect(page.locator("#spectral-status")).to_contain_text("dias")
    page.get_by_label("um fornecedor").click()
    expect(page.locator("#spectral-status")).to_contain_text("Empresa", timeout=WAIT_MS)
    expect(page.locator("#spectral-name input")).to_have_value(re.compile("Empresa"))
    page.locator("#spectral-unit label", has_text="mês").click()
    expect(page.locator("#spectral-status .done")).to_contain_text("meses", timeout=WAIT_MS)
    page.click("#spectral-compare > button")
    page.click("#spectral-other-name input")
    page.get_by_role("option", name="Empresa").first.click()
    page.click("#spectral-compare-run")
    expect(page.locator("#spectral-coherence-note")).to_contain_text("precisos", timeout=WAIT_MS)
    page.locator("#spectral-unit label", has_text="dia").click()
    expect(page.locator("#spectral-status .done")).to_contain_text("dias", timeout=WAIT_MS)
    page.click("#spectral-other-name input")
    page.get_by_role("option", name="Empresa").first.click()
    page.click("#spectral-compare-run")
    expect(page.locator("#spectral-coherence .js-plotly-plot")).to_be_visible(timeout=WAIT_MS)


def test_hostile_names_are_text(page: Page) -> None:
    attack = "<img src=x onerror=window.hacked=1>"
    content = (
        contracts(400, hostile=attack) + f'\n900;S;"{attack} 2";Órgão 1;5,00;03/01/2022'.encode()
    )
    upload(page, content)
    finished(page)
    page.get_by_label("um fornecedor").click()
    expect(page.locator("#spectral-status .done")).to_contain_text("<img", timeout=WAIT_MS)
    assert page.evaluate("window.hacked") is None
    page.problems.clear()  # type: ignore[attr-defined]


def test_downloads_hold_the_series(page: Page) -> None:
    page.click(TAB.example(2))
    finished(page)
    saved: dict[str, bytes] = {}
    for kind in ("csv", "json", "image"):
        with page.expect_download() as download:
            page.click(f"#spectral-download-{kind}")
        saved[kind] = Path(download.value.path()).read_bytes()
    text = saved["csv"].decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
    assert len(rows) == 120 and rows[0]["data"] == "01/01/2014"
    assert {"valor", "esperado", "faixa_de", "faixa_ate", "achado"} <= set(rows[0])
    answer = json.loads(saved["json"])
    assert answer["n"] == 120 and answer["december"]["kind"] == "atipico"
    assert saved["image"].startswith(b"\x89PNG")


def test_cancelled_run_leaves_the_page_usable(page: Page) -> None:
    upload(page, contracts(1_500) + b"\n" + b"1;S;E;O;5,00;04/01/2021\n" * 280_000)
    page.click("#spectral-cancel")
    expect(page.locator("#spectral-status")).to_contain_text("cancelada")
    page.click(TAB.example(3))
    finished(page)


def test_a_run_here_does_not_stop_the_tab_for_files(page: Page) -> None:
    page.get_by_role("tab", name="Planilha").click()
    page.click("#file-example-1")
    page.get_by_role("tab", name="Espectro").click()
    page.click(TAB.example(3))
    finished(page)
    page.get_by_role("tab", name="Planilha").click()
    expect(page.locator("#file-status")).to_contain_text("Pronto", timeout=WAIT_MS)
