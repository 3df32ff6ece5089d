"""Saves and loads a network with its tokenizer in transformers' files. Trains nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerFast

from cidadao_models.models.core.text_model.network import CidadaoTextModel, make_compact
from cidadao_models.training import vocabulary

SHARD = "9MB"
"""Largest file of the compact form; a repository takes files below 10 MB without LFS."""


def save(network: CidadaoTextModel, tokenizer: Tokenizer, folder: Path, **options: Any) -> None:
    """Network and tokenizer in transformers' files."""
    network.save_pretrained(folder, **options)
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=vocabulary.BOS,
        eos_token=vocabulary.EOS,
        pad_token=vocabulary.PAD,
        unk_token=vocabulary.UNK,
        mask_token=vocabulary.MASK,
        model_max_length=network.config.max_position_embeddings,
    ).save_pretrained(folder)


def load(folder: Path) -> tuple[CidadaoTextModel, Tokenizer]:
    """Network in float32 and tokenizer of a stage."""
    network = CidadaoTextModel.from_pretrained(folder, dtype=torch.float32, local_files_only=True)
    return network, Tokenizer.from_file(str(folder / "tokenizer.json"))


def compact(folder: Path, before: Path) -> dict[str, Any]:
    """The same model with int8 matrices, the rest in fp16, in shards below 10 MB."""
    network, tokenizer = load(before)
    make_compact(network)
    network.half()
    save(network, tokenizer, folder, max_shard_size=SHARD)
    sizes = [path.stat().st_size for path in folder.glob("*.safetensors")]
    return {"bytes": sum(sizes), "shards": len(sizes), "largest": max(sizes)}
