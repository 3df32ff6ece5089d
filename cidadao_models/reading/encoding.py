"""Bytes of a text file in any encoding Brazilian portals use, turned into clean UTF-8.

Decides over the whole file, repairs what is certain and counts each repair. Knows no separators
beyond what bounds a cell, and parses nothing.

Everything here runs on whole buffers (numpy masks in cache-sized pieces, C codecs); Python only
sees the few places that need a repair.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from cidadao_models.errors import UnreadableFile
from cidadao_models.findings import Issues

PIECE = 1 << 18
"""Bytes looked at in one numpy pass: fits the second-level cache."""

TRANSCODE_PIECE = 1 << 22
"""Bytes decoded at once, so that a large file never exists three times in memory."""

WHOLE_REPAIR_HITS = 10_000
"""From this many double-encoded places on, try the whole text before going cell by cell."""

MIN_PAIRED_SHARE = 0.25
"""Valid two-byte characters per byte above 127 from which a damaged text is still UTF-8: 0.5 in
clean Portuguese UTF-8, under 0.001 in Latin-1."""

SINGLE_BYTE = ("latin-1", "cp1252")
"""Encodings of one byte a character; what is encoded twice in them is seen while decoding."""

MAX_CONTROL_SHARE = 0.02
"""Share of control bytes above which bytes are no text; real exports have fewer than 1 in 10^4."""

LOST, MIXED, DOUBLED, CONTROL, NBSP = (
    "caractere_perdido",
    "codificacao_misturada",
    "acentuacao_reparada",
    "caractere_de_controle",
    "espaco_especial",
)
_SAID = {
    LOST: "Caracteres já perdidos na origem (mostrados como \ufffd): {count}.",
    MIXED: "Bytes fora do UTF-8, lidos como Windows-1252: {count}.",
    DOUBLED: "Células com acentos codificados duas vezes (como PREÃ§OS), reparadas: {count}.",
    CONTROL: "Caracteres de controle invisíveis, retirados: {count}.",
    NBSP: "Espaços inseparáveis trocados por espaços comuns: {count}.",
}

MIN_CONTROLS = 16
"""Control bytes that even a small text may hold without being taken for binary."""

_CP1252 = "".join(
    bytes([value]).decode("cp1252", errors="ignore") or chr(value) for value in range(256)
)
"""Windows-1252 with its five undefined bytes kept as control characters, which are then removed."""

_TO_CP1252 = {character: value for value, character in enumerate(_CP1252)}
_CONTROLS = bytes(value for value in range(32) if value not in b"\t\n\r") + b"\x7f"
_CELL_EDGES = re.compile(rb'[;,\t|\n\r"]')
_HALF_LOST = re.compile(rb"[\xc2\xc3]\?")
_ESCAPED_BYTE = re.compile("[\udc80-\udcff]")
"""An invalid byte as Python's surrogateescape decoding marks it."""
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

Bytes = npt.NDArray[np.uint8]
Mask = Callable[[Bytes, Bytes, Bytes], npt.NDArray[np.bool_]]


def to_utf8(payload: bytes, issues: Issues) -> tuple[bytes, str]:
    """Clean UTF-8 without mark, and the name of the encoding found.

    Raises UnreadableFile when the bytes are no text.
    """
    text, encoding = _decode(payload, issues)
    if encoding in SINGLE_BYTE:
        return _strip(text, issues), encoding
    return clean(text, issues), encoding


def clean(text: bytes, issues: Issues) -> bytes:
    """UTF-8 with double encoding repaired, control characters out and plain spaces."""
    return _strip(_repair_double_encoding(text, issues), issues)


def may_need_cleaning(text: bytes) -> bool:
    """Whether `clean` could change this UTF-8 text or count something in it."""
    return (
        b"\xef" in text
        or b"\x7f" in text
        or any(_count_controls(piece) for piece in _pieces(text))
        or bool(len(find(text, _c1_or_nbsp)))
        or bool(len(find(text, _doubled)))
    )


def _strip(text: bytes, issues: Issues) -> bytes:
    text = _strip_controls(text, issues)
    text = _strip_c1_and_nbsp(text, issues)
    if b"\xef" in text:
        text = text.replace(codecs.BOM_UTF8, b"")
        lost = text.count("\ufffd".encode())
        if lost:
            report(issues, LOST, lost)
    return text


def report(issues: Issues, type: str, count: int, *, column: str | None = None) -> None:
    """Count repairs of one kind, with the sentence that tells them."""
    issues.add(type, _SAID[type].format(count=count), column=column, count=count)


def _decode(payload: bytes, issues: Issues) -> tuple[bytes, str]:
    if payload.startswith(codecs.BOM_UTF8):
        body = payload[len(codecs.BOM_UTF8) :]
        return _utf8_or_fallback(body, "utf-8-sig", issues)
    wide = _wide_encoding(payload)
    if wide is not None:
        encoding, mark = wide
        return _transcode_wide(payload, encoding, mark), encoding
    return _utf8_or_fallback(payload, "utf-8", issues)


def _wide_encoding(payload: bytes) -> tuple[str, int] | None:
    """UTF-16 or UTF-32, by mark or by where the zero bytes stand, and the length of the mark."""
    for mark, encoding in _BOMS:
        if payload.startswith(mark):
            return encoding, len(mark)
    sample = np.frombuffer(payload[:4096], np.uint8)
    if len(sample) < 4:
        return None
    even, odd = float(np.mean(sample[::2] == 0)), float(np.mean(sample[1::2] == 0))
    if odd > 0.5 and even < 0.1:
        return "utf-16-le", 0
    if even > 0.5 and odd < 0.1:
        return "utf-16-be", 0
    return None


def _transcode_wide(payload: bytes, encoding: str, mark: int) -> bytes:
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    pieces = [
        decoder.decode(payload[start : start + TRANSCODE_PIECE]).encode("utf-8", "replace")
        for start in range(mark, len(payload), TRANSCODE_PIECE)
    ]
    return b"".join([*pieces, decoder.decode(b"", final=True).encode("utf-8", "replace")])


def _utf8_or_fallback(payload: bytes, name: str, issues: Issues) -> tuple[bytes, str]:
    if is_utf8(payload):
        return payload, name
    pairs = find(payload, _utf8_pair)
    high = sum(int(np.count_nonzero(piece >= 0x80)) for piece in _pieces(payload))
    if name == "utf-8-sig" or len(pairs) >= MIN_PAIRED_SHARE * high:
        return _decode_broken_utf8(payload, issues), name
    return _decode_single_byte(payload, pairs, issues)


def is_utf8(payload: bytes) -> bool:
    """Whether the whole buffer is valid UTF-8; arrow checks it several times faster than codecs."""
    ends = pa.py_buffer(np.array([0, len(payload)], np.int64))
    one_cell = pa.Array.from_buffers(pa.large_binary(), 1, [None, ends, pa.py_buffer(payload)])
    try:
        one_cell.cast(pa.large_string())
    except pa.ArrowInvalid:
        return False
    return True


def _decode_broken_utf8(payload: bytes, issues: Issues) -> bytes:
    """UTF-8 whose invalid bytes are read as Windows-1252: lines of another file pasted in."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="surrogateescape")
    pieces, broken = [], 0
    for start in range(0, len(payload) + 1, TRANSCODE_PIECE):
        piece = payload[start : start + TRANSCODE_PIECE]
        last = start + TRANSCODE_PIECE > len(payload)
        text, count = _ESCAPED_BYTE.subn(_as_cp1252, decoder.decode(piece, final=last))
        pieces.append(text.encode())
        broken += count
    report(issues, MIXED, broken)
    return b"".join(pieces)


def _as_cp1252(match: re.Match[str]) -> str:
    return _CP1252[ord(match[0]) - 0xDC00]


def _decode_single_byte(
    payload: bytes, pairs: npt.NDArray[np.int64], issues: Issues
) -> tuple[bytes, str]:
    """Latin-1 or Windows-1252, with cells that were already UTF-8 kept as they are."""
    windows = any(bool((piece.view(np.int8) < -96).any()) for piece in _pieces(payload))
    spans = _utf8_cells(payload, pairs)
    if spans:
        report(issues, DOUBLED, len(spans))
    pieces, end = [], 0
    for start, stop, cell in spans:
        pieces += [_single_byte_to_utf8(payload[end:start], windows), cell]
        end = stop
    rest = payload if end == 0 else payload[end:]
    pieces.append(_single_byte_to_utf8(rest, windows))
    return b"".join(pieces), "cp1252" if windows else "latin-1"


def _single_byte_to_utf8(payload: bytes, windows: bool) -> bytes:
    pieces = []
    for start in range(0, len(payload), TRANSCODE_PIECE):
        piece = payload[start : start + TRANSCODE_PIECE]
        text = (
            codecs.charmap_decode(piece, "strict", _CP1252)[0]
            if windows
            else piece.decode("latin-1")
        )
        pieces.append(text.encode())
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _utf8_cells(payload: bytes, pairs: npt.NDArray[np.int64]) -> list[tuple[int, int, bytes]]:
    """Cells of a single-byte file whose accented bytes are all valid UTF-8, as UTF-8.

    A first byte whose second one became "?" on the way is a lost character, and is marked so.
    """
    spans: list[tuple[int, int, bytes]] = []
    for hit in pairs:
        if spans and hit < spans[-1][1]:
            continue
        start, stop = _cell_around(payload, int(hit))
        cell = _HALF_LOST.sub("\ufffd".encode(), payload[start:stop])
        if is_utf8(cell):
            spans.append((start, stop, cell))
    return spans


def _repair_double_encoding(text: bytes, issues: Issues) -> bytes:
    """`PREÃ§OS` back to `PREÇOS`, cell by cell, where the repair round-trips."""
    if b"\xc3\x83" not in text and b"\xc3\x82" not in text:
        return text
    hits = find(text, _doubled)
    if len(hits) > WHOLE_REPAIR_HITS:
        whole = undouble(text.decode())
        if whole is not None:
            report(issues, DOUBLED, len(hits))
            return whole.encode()
    return _repair_cells(text, hits, issues)


def _repair_cells(text: bytes, hits: npt.NDArray[np.int64], issues: Issues) -> bytes:
    pieces, end, repaired = [], 0, 0
    for hit in hits:
        if hit < end:
            continue
        start, stop = _cell_around(text, int(hit))
        cell = undouble(text[start:stop].decode())
        if cell is None:
            continue
        pieces += [text[end:start], cell.encode()]
        end, repaired = stop, repaired + 1
    if not repaired:
        return text
    report(issues, DOUBLED, repaired)
    return b"".join([*pieces, text[end:]])


def undouble(text: str) -> str | None:
    """The text before it was encoded to UTF-8 twice, or None when it was not."""
    try:
        raw = bytes(_TO_CP1252[c] if c in _TO_CP1252 else _latin(c) for c in text)
        return raw.decode()
    except ValueError:
        return None


def _latin(character: str) -> int:
    value = ord(character)
    if value > 0xFF:
        raise ValueError("character outside the single-byte encodings")
    return value


def _strip_controls(text: bytes, issues: Issues) -> bytes:
    """Without control characters other than tab and line ends."""
    found = text.count(b"\x7f") + sum(_count_controls(piece) for piece in _pieces(text))
    if not found:
        return text
    if found > max(MIN_CONTROLS, MAX_CONTROL_SHARE * len(text)) and text.count(b"\0") < found:
        raise UnreadableFile(
            "O arquivo é binário: não é uma tabela de texto.",
            hint="Envie a tabela em CSV, XLSX, XLS, ODS ou JSON, ou um ZIP com ela.",
        )
    report(issues, CONTROL, found)
    return text.translate(None, _CONTROLS)


def _count_controls(piece: npt.NDArray[np.uint8]) -> int:
    count = np.count_nonzero(piece < 32)
    return int(count - sum(np.count_nonzero(piece == allowed) for allowed in b"\t\n\r"))


def _strip_c1_and_nbsp(text: bytes, issues: Issues) -> bytes:
    """Without the control characters U+0080 to U+009F, and with no-break spaces made plain."""
    if b"\xc2" not in text:
        return text
    hits = find(text, _c1_or_nbsp)
    if not len(hits):
        return text
    seconds = np.frombuffer(text, np.uint8)[hits + 1]
    blanks = int(np.count_nonzero(seconds == 0xA0))
    if blanks:
        text = text.replace(b"\xc2\xa0", b" ")
        report(issues, NBSP, blanks)
    if len(hits) > blanks:
        report(issues, CONTROL, len(hits) - blanks)
    for second in np.unique(seconds[seconds < 0xA0]):
        text = text.replace(bytes((0xC2, int(second))), b"")
    return text


def find(data: bytes, mask: Mask) -> npt.NDArray[np.int64]:
    """Positions where `mask(byte, next, next but one)` holds; zeros stand after the end."""
    found = []
    for start in range(0, len(data), PIECE):
        piece = np.frombuffer(data, np.uint8, offset=start)[: PIECE + 2]
        missing = min(PIECE, len(data) - start) + 2 - len(piece)
        if missing:
            piece = np.append(piece, np.zeros(missing, np.uint8))
        hits = np.flatnonzero(mask(piece[:-2], piece[1:-1], piece[2:]))
        if len(hits):
            found.append(hits.astype(np.int64) + start)
    return np.concatenate(found) if found else np.empty(0, np.int64)


def _pieces(data: bytes) -> Iterator[npt.NDArray[np.uint8]]:
    whole = np.frombuffer(data, np.uint8)
    for start in range(0, len(whole), PIECE):
        yield whole[start : start + PIECE]


def _cell_around(data: bytes, hit: int) -> tuple[int, int]:
    """Bounds of the cell that holds a byte: up to the nearest separator, quote or line end."""
    reach = 512
    while True:
        start, stop = max(0, hit - reach), min(len(data), hit + reach)
        before = [edge.end() for edge in _CELL_EDGES.finditer(data, start, hit)]
        after = _CELL_EDGES.search(data, hit, stop)
        if (before or start == 0) and (after or stop == len(data)):
            return before[-1] if before else start, after.start() if after else stop
        reach *= 8


def _c1_or_nbsp(a: Bytes, b: Bytes, c: Bytes) -> npt.NDArray[np.bool_]:
    return np.asarray((a == 0xC2) & (b <= 0xA0))


def _doubled(a: Bytes, b: Bytes, c: Bytes) -> npt.NDArray[np.bool_]:
    """Ã or Â followed by another character above 127, in UTF-8."""
    return np.asarray((a == 0xC3) & ((b == 0x82) | (b == 0x83)) & (c >= 0xC2))


def _utf8_pair(a: Bytes, b: Bytes, c: Bytes) -> npt.NDArray[np.bool_]:
    return np.asarray((a >= 0xC2) & (a <= 0xDF) & ((b & 0xC0) == 0x80))
