"""The text layer of a PDF, page after page; a scan without one is told apart.

`pdf_worker` reads it in a process of its own. Recognises no letters in pictures.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from cidadao_models.errors import TooLarge, UnreadableFile
from cidadao_models.reading.apart import ask
from cidadao_models.reading.limits import Limits, thousands

MIN_LETTERS_A_PAGE = 20
"""Fewer letters are a stamp or a page number, not the page's text."""

MAX_UNREADABLE_SHARE = 0.3
"""Share of characters without a meaning (fonts that do not say which letter a shape is) from which
a text layer is no text; real acts have under 0.01."""

BYTES_A_CHARACTER = 8
"""Most bytes of the worker's JSON for one character, escapes and page lines included."""

SMALL_ANSWER = 1 << 20
"""Bytes allowed for the lines around the text."""

_HYPHEN = re.compile(r"[\ufffe\u0002](?:\r?\n)?")
"""How PDFium marks the hyphen that divides a word at the end of a line."""

_UNREADABLE = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f\x7f-\x9f]")
_COPY = "Peça a quem publicou a versão com texto, ou copie o texto e cole no campo."


@dataclass(frozen=True, slots=True)
class Layer:
    """Text of a PDF, its number of pages, and what to say about it."""

    text: str
    pages: int
    notes: tuple[str, ...]


def read_pdf(payload: bytes, limits: Limits) -> Layer:
    """The text of every page.

    Raises UnreadableFile for a damaged or protected file, for a scan and for letters that mean
    nothing, TooLarge beyond the limits.
    """
    count, pages = _answered(payload, limits)
    texts = [_joined(str(page.get("text", ""))) for page in pages]
    filled = [text for text in texts if _letters(text) >= MIN_LETTERS_A_PAGE]
    text = "\n".join(texts).strip()
    if not filled:
        raise _no_text(count, shows=any(page.get("shows") for page in pages))
    if len(_UNREADABLE.findall(text)) > MAX_UNREADABLE_SHARE * len(text):
        raise UnreadableFile(
            "As letras deste PDF não dizem o que são: o texto sai embaralhado.", hint=_COPY
        )
    return Layer(text, count, _notes(pages, texts))


def _answered(payload: bytes, limits: Limits) -> tuple[int, list[dict[str, object]]]:
    most = limits.max_characters
    said = ask(
        "pdf_worker.py", payload, str(limits.max_pages), str(most),
        most_bytes=BYTES_A_CHARACTER * most + SMALL_ANSWER,
    )  # fmt: skip
    if said.status or said.too_long:
        raise TooLarge(
            "O PDF é pesado demais para ser lido.",
            hint="Imprima em PDF só as páginas que interessam e envie de novo.",
        )
    head, *pages = [json.loads(line) for line in said.answer.splitlines()]
    if "error" in head:
        raise _closed(protected=head["error"] == "protected")
    limits.check_pages(head["pages"])
    if pages and "error" in pages[-1]:
        limits.check_characters(most + 1)
    return head["pages"], pages


def _closed(*, protected: bool) -> UnreadableFile:
    if protected:
        return UnreadableFile(
            "O PDF está protegido por senha.",
            hint="Abra-o com a senha, imprima em um novo PDF e envie este.",
        )
    return UnreadableFile(
        "O PDF está danificado ou incompleto.",
        hint="Baixe-o de novo: ele pode ter sido cortado no caminho.",
    )


def _no_text(pages: int, *, shows: bool) -> UnreadableFile:
    if not shows:
        return UnreadableFile("O PDF está em branco.", hint="Confira o arquivo na origem.")
    return UnreadableFile(
        f"O PDF é uma imagem digitalizada ({thousands(pages)} "
        f"{'página' if pages == 1 else 'páginas'}), sem texto que se possa ler.",
        hint="Passe-o por um programa de reconhecimento de texto (OCR) ou peça a versão com texto.",
        details={"scan": True, "pages": pages},
    )


def _joined(text: str) -> str:
    """Words divided at the end of a line made whole; plain line ends."""
    return _HYPHEN.sub("", text).replace("\r\n", "\n").replace("\r", "\n")


def _letters(text: str) -> int:
    return sum(character.isalpha() for character in text)


def _notes(pages: list[dict[str, object]], texts: list[str]) -> tuple[str, ...]:
    """Which pages could not be read."""
    pictures = [
        number
        for number, (page, text) in enumerate(zip(pages, texts, strict=True), start=1)
        if page.get("shows") and _letters(text) < MIN_LETTERS_A_PAGE
    ]
    damaged = [number for number, page in enumerate(pages, start=1) if page.get("damaged")]
    notes = []
    if pictures:
        notes.append(f"Páginas que são imagem, sem texto para ler: {_listed(pictures)}.")
    if damaged:
        notes.append(f"Páginas danificadas, que não foram lidas: {_listed(damaged)}.")
    return tuple(notes)


NAMED_PAGES = 20
"""Page numbers named in a note; more are counted."""


def _listed(numbers: list[int]) -> str:
    text = ", ".join(str(number) for number in numbers[:NAMED_PAGES])
    more = len(numbers) - NAMED_PAGES
    return f"{text} e outras {more}" if more > 0 else text
