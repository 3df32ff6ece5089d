"""The page in a real browser, and a tab with a field to paste in as its reader uses it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
WAIT_MS = 60_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        reason = "Chromium is not installed"
        print(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield started
        started.close()


def opened(
    browser: Browser, url: str, *, size: dict[str, int] = DESKTOP, dark: bool = False
) -> Page:
    """The page, open and ready; problems seen by the browser are collected on `page.problems`."""
    context = browser.new_context(
        viewport=size,  # type: ignore[arg-type]
        color_scheme="dark" if dark else "light",
        locale="pt-BR",
        accept_downloads=True,
    )
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    problems: list[str] = []
    page.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: problems.append(str(e)))
    page.on("request", lambda r: None if own(r.url, url) else problems.append(r.url))
    page.problems = problems  # type: ignore[attr-defined]
    page.goto(url)
    page.wait_for_selector("#file-input input[type=file]", state="attached")
    return page


def own(address: str, url: str) -> bool:
    """Whether a request stays on the app (or never leaves the page)."""
    return address.startswith((url, "data:", "blob:"))


def closed(page: Page) -> None:
    """Close the page, in which the browser has seen no problem."""
    assert page.problems == []  # type: ignore[attr-defined]
    page.context.close()


def overflow(page: Page) -> int:
    width: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return width


@dataclass(frozen=True)
class Tab:
    """A tab: `prefix` begins the ids of its parts, `field` and `way_in` are selectors."""

    prefix: str
    field: str
    way_in: str

    def opened(
        self, browser: Browser, url: str, *, size: dict[str, int] = DESKTOP, dark: bool = False
    ) -> Page:
        page = opened(browser, url, size=size, dark=dark)
        page.click(self.way_in)
        page.wait_for_selector(f"#{self.prefix}-run")
        return page

    def example(self, number: int) -> str:
        """The selector of an example, counted from 1."""
        return f"#{self.prefix}-example" + (f"-{number}" if number > 1 else "")

    def finished(self, page: Page) -> None:
        expect(page.locator(f"#{self.prefix}-status .done")).to_be_visible(timeout=WAIT_MS)

    def refused(self, page: Page) -> str:
        """What the page says of what it refuses, in words."""
        box = page.locator(f"#{self.prefix}-status .refused")
        expect(box).to_be_visible(timeout=WAIT_MS)
        text = box.inner_text()
        assert "Traceback" not in text
        return text

    def paste(self, page: Page, text: str) -> None:
        page.fill(self.field, text)
        page.click(f"#{self.prefix}-run")

    def upload(self, page: Page, content: bytes, name: str, mime: str) -> None:
        file = {"name": name, "mimeType": mime, "buffer": content}
        page.set_input_files(f"#{self.prefix}-file input[type=file]", file)  # type: ignore[arg-type]
        expect(page.locator(f"#{self.prefix}-status")).to_contain_text("Arquivo recebido")
        page.click(f"#{self.prefix}-run")
