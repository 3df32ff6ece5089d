"""The text of a document (TXT in any encoding, PDF, DOCX), told by its bytes and never by its name.

Reads letters only: no pictures, no layout, and no table, which `read` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from cidadao_models.errors import TooFewRecords, UnreadableFile
from cidadao_models.findings import Issues
from cidadao_models.reading.containers import first_bytes_of, is_markup, open_zip
from cidadao_models.reading.docx_text import MAIN_PART, read_docx
from cidadao_models.reading.encoding import to_utf8
from cidadao_models.reading.limits import NO_LIMITS, Limits
from cidadao_models.reading.pdf_text import read_pdf
from cidadao_models.reading.prose import shape

Kind = Literal["txt", "pdf", "docx"]

_BEFORE_MARK = b"\xef\xbb\xbf \t\r\n\0"
"""What some writers leave before the mark of a PDF, and readers accept."""

ENCODING_SAMPLE = 1 << 18
"""Bytes of a text file from which its shape is told."""

_SEND = "Envie TXT, PDF ou DOCX, ou cole o texto no campo."
_AS_TABLE = "Para planilhas e tabelas há a aba “Planilha”; aqui, envie TXT, PDF ou DOCX."


@dataclass(frozen=True, slots=True)
class Document:
    """Text of a document. `pages` is None where the format has none; `notes` say what was left
    out.
    """

    text: str
    kind: Kind
    pages: int | None = None
    notes: tuple[str, ...] = ()


def read_text(
    source: str | Path | bytes | BinaryIO,
    filename: str | None = None,
    *,
    limits: Limits = NO_LIMITS,
) -> Document:
    """The text of a path, bytes or binary file; `filename` is not trusted and not needed.

    Raises UnreadableFile for what has no text to read (a scan, a picture, a table, a damaged or
    protected file), TooFewRecords when empty and TooLarge beyond the limits.
    """
    payload = _payload(source, limits)
    limits.check_bytes(len(payload))
    if not payload.strip():
        raise TooFewRecords("O arquivo está vazio.", hint=_SEND)
    kind = document_kind(payload)
    if kind == "pdf":
        layer = read_pdf(payload, limits)
        return _checked(Document(layer.text, "pdf", layer.pages, layer.notes))
    if kind == "docx":
        text, notes = read_docx(payload, limits)
        return _checked(Document(text, "docx", None, notes))
    return _checked(_read_plain(payload, limits))


def document_kind(payload: bytes) -> Kind | None:
    """`pdf` or `docx` by their marks, `txt` for running prose; None for anything else."""
    if payload[:1024].lstrip(_BEFORE_MARK).startswith(b"%PDF-"):
        return "pdf"
    if payload.startswith(b"PK\x03\x04"):
        return "docx" if _has_main_part(payload) else None
    if first_bytes_of(payload) is not None or is_markup(payload):
        return None
    try:
        sample, _ = to_utf8(_sample(payload), Issues())
    except UnreadableFile:
        return None
    return "txt" if shape(sample.decode("utf-8", "replace")) == "prose" else None


def _payload(source: str | Path | bytes | BinaryIO, limits: Limits) -> bytes:
    if isinstance(source, bytes):
        return source
    if isinstance(source, str | Path):
        path = Path(source)
        try:
            limits.check_bytes(path.stat().st_size)
            return path.read_bytes()
        except OSError:
            raise UnreadableFile(
                "O arquivo não pôde ser aberto.", hint="Confira o caminho e a permissão de leitura."
            ) from None
    return source.read()


def _sample(payload: bytes) -> bytes:
    """The beginning, cut at the end of a line so that no character is halved."""
    head = payload[:ENCODING_SAMPLE]
    return head if len(head) == len(payload) else head[: head.rfind(b"\n") + 1] or head


def _has_main_part(payload: bytes) -> bool:
    with open_zip(payload) as archive:
        return any(MAIN_PART.fullmatch(name) for name in archive.namelist())


def _read_plain(payload: bytes, limits: Limits) -> Document:
    _refuse_other_formats(payload)
    try:
        clean, _ = to_utf8(payload, Issues())
    except UnreadableFile:
        raise UnreadableFile("O arquivo não é um texto.", hint=_SEND) from None
    text = clean.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").strip()
    limits.check_characters(len(text))
    if shape(text) == "table":
        raise UnreadableFile("O arquivo é uma tabela, não um texto corrido.", hint=_AS_TABLE)
    return Document(text, "txt")


def _refuse_other_formats(payload: bytes) -> None:
    if payload.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b")):
        raise UnreadableFile(
            "O arquivo é uma planilha, um ZIP ou um documento de outro programa.",
            hint="Salve o documento como DOCX ou PDF; uma planilha vai na aba “Planilha”.",
        )
    if payload.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise UnreadableFile(
            "O arquivo é um documento antigo do Office (.doc, .xls) ou está protegido por senha.",
            hint="Abra-o no seu computador e salve uma cópia sem senha, em DOCX ou PDF.",
        )
    if (name_ := first_bytes_of(payload)) is not None:
        raise UnreadableFile(f"O arquivo é {name_}, não um texto.", hint=_SEND)
    if is_markup(payload):
        raise UnreadableFile(
            "O arquivo é uma página da internet (HTML) ou um XML.",
            hint="Abra-o no navegador, copie o texto e cole no campo.",
        )


def _checked(document: Document) -> Document:
    """Refuse what turned out to hold no letters at all."""
    if not any(character.isalpha() for character in document.text):
        raise TooFewRecords("O documento não tem nenhum texto.", hint=_SEND)
    return document
