"""PDF and DOCX files written on the spot, for tests that read documents."""

from __future__ import annotations

import io

import docx
from PIL import Image, ImageDraw
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas


def pdf(*pages: str, image: bool = False, password: str = "") -> bytes:
    """A PDF with one page for each text; lines are drawn one under the other."""
    target = io.BytesIO()
    lock = StandardEncryption(password) if password else None
    canvas = Canvas(target, encrypt=lock)
    for text in pages:
        for number, line in enumerate(text.splitlines()):
            canvas.drawString(40, 800 - 16 * number, line)
        if image and not text:
            picture = Image.new("RGB", (300, 60), "white")
            ImageDraw.Draw(picture).text((10, 20), "CONTRATO 12/2024", fill="black")
            canvas.drawImage(ImageReader(picture), 40, 600)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def word(*blocks: object) -> bytes:
    """A DOCX of paragraphs (text) and tables (lists of rows)."""
    document = docx.Document()
    for block in blocks:
        if isinstance(block, str):
            document.add_paragraph(block)
            continue
        rows = list(block)  # type: ignore[call-overload]
        table = document.add_table(rows=0, cols=len(rows[0]))
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
    return saved(document)


def saved(document: object) -> bytes:
    target = io.BytesIO()
    document.save(target)  # type: ignore[attr-defined]
    return target.getvalue()
