"""A process of its own that reads the text layer of one PDF, with its memory and time bounded.

Writes one JSON line for the document and one a page; imports nothing of the package and looks at no
picture. Run by `pdf_text`, never imported.
"""

from __future__ import annotations

import json
import sys

import pypdfium2

MAX_MEMORY_BYTES = 1 << 30
"""Address space of this process: 500 pages of text need about 0.1 GB."""

MAX_CPU_S = 60
"""Processor time: 500 pages of text take about 2 s."""

PASSWORD, SECURITY = 4, 5
"""FPDF_ERR_PASSWORD and FPDF_ERR_SECURITY of fpdfview.h."""


def bound() -> None:
    """Let the system end this process beyond its memory and time, where it can."""
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_S, MAX_CPU_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def said(**fields: object) -> None:
    """One line of the answer."""
    print(json.dumps(fields))


def page_text(document: pypdfium2.PdfDocument, index: int) -> tuple[str, bool]:
    """Text of a page, and whether the page shows anything at all."""
    page = document[index]
    layer = page.get_textpage()
    text = str(layer.get_text_bounded())
    shows = bool(text.strip()) or next(iter(page.get_objects()), None) is not None
    layer.close()
    page.close()
    return text, shows


def read(document: pypdfium2.PdfDocument, most_pages: int, most_characters: int) -> None:
    """Answer the number of pages, then each page, or the limit that was passed."""
    pages = len(document)
    said(pages=pages)
    if pages > most_pages:
        return
    characters = 0
    for index in range(pages):
        try:
            text, shows = page_text(document, index)
        except pypdfium2.PdfiumError:
            said(damaged=True)
            continue
        characters += len(text)
        if characters > most_characters:
            said(error="characters")
            return
        said(text=text, shows=shows)


def main() -> None:
    """Arguments: most pages and most characters; the PDF comes on standard input."""
    bound()
    payload = sys.stdin.buffer.read()
    try:
        document = pypdfium2.PdfDocument(payload)
    except pypdfium2.PdfiumError as error:
        protected = getattr(error, "err_code", None) in (PASSWORD, SECURITY)
        said(error="protected" if protected else "damaged")
        return
    read(document, int(sys.argv[1]), int(sys.argv[2]))


if __name__ == "__main__":
    main()
