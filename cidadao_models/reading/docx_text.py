"""The text of a DOCX: paragraphs and tables in their order, as the last author left them.

Streams the main part through expat with its size bounded, so that nothing is built in memory.
Leaves out headers, footers, notes, comments and what was struck out in tracked changes; automatic
numbers are not in the file's text and are not made up.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from xml.parsers import expat

from cidadao_models.errors import UnreadableFile
from cidadao_models.reading.containers import DAMAGE, INFLATE_PIECE, open_zip
from cidadao_models.reading.limits import Limits

MAIN_PART = re.compile(r"word/document\d*\.xml")

_WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
"""Namespaces of the main part: transitional and strict (ISO/IEC 29500)."""

_FALLBACK = "http://schemas.openxmlformats.org/markup-compatibility/2006 Fallback"
"""A second copy of the same content for older readers."""

_MARKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}

NUMBERED = "A numeração automática do Word não faz parte do texto e não foi lida."
TRACKED = "O documento tem alterações controladas: valem as inclusões, sem o que foi excluído."


@dataclass(slots=True)
class _Reader:
    """What has been read so far; the names of its methods are expat's handlers."""

    limits: Limits
    pieces: list[str] = field(default_factory=list)
    cells: list[list[str]] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)
    size: int = 0
    inside_text: bool = False
    skipped: int = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self.skipped or name == _FALLBACK:
            self.skipped += 1
            return
        tag = _tag(name)
        self.inside_text = tag == "t"
        if tag in _MARKS:
            self.add(_MARKS[tag])
        elif tag == "tc":
            self.cells.append([])
        elif tag == "numId":
            self.notes[NUMBERED] = None
        elif tag in ("ins", "del"):
            self.notes[TRACKED] = None

    def end(self, name: str) -> None:
        if self.skipped:
            self.skipped -= 1
            return
        tag = _tag(name)
        self.inside_text = False
        if tag == "p":
            self.add(" " if self.cells else "\n")
        elif tag == "tc":
            self.add(" ".join("".join(self.cells.pop()).split()) + "\t")
        elif tag == "tr":
            self.add("\n")

    def text(self, data: str) -> None:
        if self.inside_text and not self.skipped:
            self.add(data)

    def add(self, text: str) -> None:
        self.size += len(text)
        self.limits.check_characters(self.size)
        (self.cells[-1] if self.cells else self.pieces).append(text)


def _tag(name: str) -> str:
    """Local name of an element of the main namespace, else nothing."""
    space, _, local = name.rpartition(" ")
    return local if space in _WORD else ""


def read_docx(payload: bytes, limits: Limits) -> tuple[str, tuple[str, ...]]:
    """The text and what to say about it.

    Raises UnreadableFile when damaged, TooLarge when it inflates past the limits.
    """
    reader = _Reader(limits)
    with open_zip(payload) as archive:
        main = [info for info in archive.infolist() if MAIN_PART.fullmatch(info.filename)]
        if not main:
            raise _damaged()
        try:
            _parse(archive, main[0], reader, limits)
        except (*DAMAGE, expat.ExpatError) as error:
            raise _damaged() from error
    lines = (line.rstrip() for line in "".join(reader.pieces).splitlines())
    return "\n".join(lines).strip(), tuple(reader.notes)


def _parse(
    archive: zipfile.ZipFile, part: zipfile.ZipInfo, reader: _Reader, limits: Limits
) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    size = 0
    with archive.open(part) as stream:
        while piece := stream.read(INFLATE_PIECE):
            size += len(piece)
            limits.check_document_bytes(size)
            parser.Parse(piece)
    parser.Parse(b"", True)


def _refuse_doctype(*declared: object) -> None:
    """No word processor writes one; it is how XML bombs begin."""
    raise _damaged()


def _damaged() -> UnreadableFile:
    return UnreadableFile(
        "O documento do Word está danificado ou protegido por senha.",
        hint="Abra-o no seu computador e salve uma cópia sem senha, em DOCX ou PDF.",
    )
