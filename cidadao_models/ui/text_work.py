"""What one analysis of a text does, away from the server: read the document, analyse its text.

Free of gradio. Shows nothing and keeps nothing.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

from cidadao_models.models.text_analysis import TextAnalyzer, TextReport
from cidadao_models.reading.documents import Document, read_text
from cidadao_models.reading.limits import Limits
from cidadao_models.ui.polite import step_back


@dataclass(frozen=True, slots=True)
class Looked:
    """A text and what was found in it; `document` and `name` are the file it came from, if any."""

    report: TextReport = field(repr=False)
    document: Document | None = field(default=None, repr=False)
    name: str = ""


def read_document(packed: bytes, *, limits: Limits) -> Document:
    """The text of a file given as `zlib` bytes."""
    step_back()
    return read_text(zlib.decompress(packed), limits=limits)


def analyze(text: str) -> TextReport:
    """What the text is, says, lacks, and what in it deserves a question."""
    return TextAnalyzer().analyze(whole(text))


def whole(text: str) -> str:
    """The text with half characters (lone UTF-16 surrogates) replaced: no encoder takes them."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
