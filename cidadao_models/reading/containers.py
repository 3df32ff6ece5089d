"""What a payload is, told by its bytes and never by its name; ZIP and GZ taken apart safely.

Names inside an archive are never used as paths. Reads no table itself.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Literal

from cidadao_models.errors import UnreadableFile
from cidadao_models.reading.limits import Limits

Kind = Literal["zip", "gzip", "xlsx", "ods", "xls", "text"]

INFLATE_PIECE = 1 << 20
"""Bytes inflated at once, so that a bomb is stopped early."""

DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
"""What the standard library raises on a damaged, cut or encrypted archive."""

_READABLE = "Envie a tabela em CSV, XLSX, XLS, ODS ou JSON, ou um ZIP com ela."
_PROSE = "Um contrato ou ato em texto vai na aba “Texto”; uma tabela, em CSV, XLSX, ODS ou JSON."
_REFUSED = (
    (b"%PDF", "um PDF"),
    (b"\x89PNG", "uma imagem PNG"),
    (b"\xff\xd8\xff", "uma imagem JPEG"),
    (b"GIF8", "uma imagem GIF"),
    (b"RIFF", "um arquivo de imagem, som ou vídeo"),
    (b"Rar!", "um arquivo RAR"),
    (b"7z\xbc\xaf\x27\x1c", "um arquivo 7z"),
    (b"BZh", "um arquivo BZ2"),
    (b"\xfd7zXZ", "um arquivo XZ"),
    (b"\x28\xb5\x2f\xfd", "um arquivo Zstandard"),
    (b"\x7fELF", "um programa"),
    (b"MZ\x90\x00", "um programa"),
    (b"PAR1", "um arquivo Parquet"),
    (b"SQLite format 3", "um banco SQLite"),
    (b"\x93NUMPY", "um arquivo do NumPy"),
    (b"{\\rtf", "um documento RTF"),
    *((bytes((0x80, protocol)), "um objeto Python serializado (pickle)") for protocol in range(6)),
)
"""First bytes of formats that are no table, and what they are called in the refusal."""

_MARKUP = (b"<!doctype html", b"<html", b"<head", b"<body", b"<table", b"<script", b"<meta")
_WORKBOOK = "xl/workbook"
_ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"


def detect_kind(payload: bytes) -> Kind:
    """What the bytes are; raises UnreadableFile, saying what was seen, for what is no table."""
    if payload.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(payload)
    if payload.startswith(b"\x1f\x8b"):
        return "gzip"
    if payload.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "xls"
    if (name := first_bytes_of(payload)) is not None:
        hint = _PROSE if payload.startswith((b"%PDF", b"{\\rtf")) else _READABLE
        raise UnreadableFile(f"O arquivo é {name}, não uma tabela.", hint=hint)
    _refuse_markup(payload)
    return "text"


def first_bytes_of(payload: bytes) -> str | None:
    """What the first bytes are when they are of a known format that is no table and no text."""
    return next((name for mark, name in _REFUSED if payload.startswith(mark)), None)


def is_markup(payload: bytes) -> bool:
    """Whether the payload is an HTML page or an XML."""
    start = _beginning(payload)
    return start.startswith((*_MARKUP, b"<?xml", b"<!--"))


def open_zip(payload: bytes) -> zipfile.ZipFile:
    """The archive; raises UnreadableFile when it is damaged."""
    try:
        return zipfile.ZipFile(io.BytesIO(payload))
    except DAMAGE as error:
        raise _damaged("ZIP") from error


def members(archive: zipfile.ZipFile, limits: Limits) -> list[zipfile.ZipInfo]:
    """Members that may be tables, in name order: no folders, links, hidden or system files."""
    infos = archive.infolist()
    if len(infos) > limits.max_members:
        raise UnreadableFile(
            f"O ZIP tem {len(infos)} arquivos; o limite é {limits.max_members}.",
            hint="Envie só os arquivos com as tabelas.",
        )
    chosen = [info for info in infos if _may_be_table(info)]
    if any(info.flag_bits & 0x1 for info in chosen):
        raise UnreadableFile(
            "O ZIP está protegido por senha.",
            hint="Descompacte-o no seu computador e envie a tabela.",
        )
    limits.check_inflated(sum(info.file_size for info in chosen))
    return sorted(chosen, key=lambda info: info.filename)


def inflate_member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, limits: Limits, already: int
) -> bytes:
    """Bytes of one member; `already` counts what earlier members inflated to."""
    try:
        with archive.open(info) as stream:
            return _collect(iter(lambda: stream.read(INFLATE_PIECE), b""), limits, already)
    except DAMAGE as error:
        raise _damaged("ZIP") from error


def gunzip(payload: bytes, limits: Limits) -> bytes:
    """Bytes of a GZ, all its parts; raises UnreadableFile when it is damaged or cut."""
    try:
        return _collect(_gunzip_pieces(payload), limits, 0)
    except zlib.error as error:
        raise _damaged("GZ") from error


def _gunzip_pieces(payload: bytes) -> Iterator[bytes]:
    rest = payload
    while rest.startswith(b"\x1f\x8b"):
        stream = zlib.decompressobj(wbits=31)
        pending = rest
        while not stream.eof:
            piece = stream.decompress(pending, INFLATE_PIECE)
            pending = stream.unconsumed_tail
            if not piece and not pending and not stream.eof:
                raise zlib.error("the stream ends early")
            yield piece
        rest = stream.unused_data.lstrip(b"\0")


def _collect(pieces: Iterator[bytes], limits: Limits, already: int) -> bytes:
    collected, size = [], already
    for piece in pieces:
        size += len(piece)
        limits.check_inflated(size)
        collected.append(piece)
    return b"".join(collected)


def _damaged(kind: str) -> UnreadableFile:
    return UnreadableFile(
        f"O arquivo {kind} está danificado ou incompleto.",
        hint="Baixe-o de novo: ele pode ter sido cortado no caminho.",
    )


def _zip_kind(payload: bytes) -> Kind:
    with open_zip(payload) as archive:
        names = archive.namelist()
        if any(name.startswith(_WORKBOOK) for name in names):
            return "xlsx"
        if any(name.startswith(("word/", "ppt/")) for name in names):
            raise UnreadableFile("O arquivo é um documento do Office.", hint=_PROSE)
        if "mimetype" in names and "content.xml" in names:
            if _ODS_TYPE in payload[:200]:
                return "ods"
            raise UnreadableFile("O arquivo é um documento do LibreOffice.", hint=_READABLE)
    return "zip"


def _may_be_table(info: zipfile.ZipInfo) -> bool:
    base = info.filename.replace("\\", "/").rsplit("/", 1)[-1]
    is_link = stat.S_ISLNK(info.external_attr >> 16)
    system = info.filename.startswith("__MACOSX/") or base.startswith(".")
    return not (info.is_dir() or is_link or system or not base)


def _beginning(payload: bytes) -> bytes:
    return payload[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()


def _refuse_markup(payload: bytes) -> None:
    start = _beginning(payload)
    if start.startswith(_MARKUP) or (start.startswith(b"<?xml") and b"<html" in start):
        raise UnreadableFile(
            "O arquivo é uma página HTML, não uma tabela: o portal pode ter respondido com "
            "uma página de erro.",
            hint="Baixe de novo; se abrir no navegador, salve a tabela como CSV ou XLSX.",
        )
    if start.startswith(b"<?xml") or start.startswith(b"<!--"):
        raise UnreadableFile("O arquivo é um XML, não uma tabela.", hint=_READABLE)
