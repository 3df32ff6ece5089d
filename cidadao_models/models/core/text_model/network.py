"""The network: a BERT encoder with one head for each task, as a transformers model.

Reads four things off the same hidden states: facts of an act and legal entities (one label a
token, BIO), the kind of act (masked mean of the text) and the kinds of clause of a stretch (mean of
its tokens). Holds no text and no tokenizer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.nn import functional
from transformers import (
    AutoConfig,
    AutoModel,
    BertConfig,
    BertModel,
    PreTrainedConfig,
    PreTrainedModel,
)
from transformers.utils import ModelOutput

IGNORED = -100
"""Label that no loss counts."""


class CidadaoTextConfig(PreTrainedConfig):
    """Shape of the encoder (BERT's names) and the labels of each head.

    `compact` says that the encoder's matrices are held in int8 with one scale a row.
    """

    model_type = "cidadao_text"

    def __init__(
        self,
        vocab_size: int = 20_000,
        hidden_size: int = 384,
        num_hidden_layers: int = 6,
        num_attention_heads: int = 12,
        intermediate_size: int = 1536,
        max_position_embeddings: int = 512,
        type_vocab_size: int = 2,
        layer_norm_eps: float = 1e-12,
        dropout: float = 0.1,
        act_labels: Sequence[str] = (),
        legal_labels: Sequence[str] = (),
        act_types: Sequence[str] = (),
        clauses: Sequence[str] = (),
        compact: bool = False,
        **options: Any,
    ) -> None:
        self.vocab_size = vocab_size
        self.hidden_size = hidden_size
        self.num_hidden_layers = num_hidden_layers
        self.num_attention_heads = num_attention_heads
        self.intermediate_size = intermediate_size
        self.max_position_embeddings = max_position_embeddings
        self.type_vocab_size = type_vocab_size
        self.layer_norm_eps = layer_norm_eps
        self.dropout = dropout
        self.act_labels = list(act_labels)
        self.legal_labels = list(legal_labels)
        self.act_types = list(act_types)
        self.clauses = list(clauses)
        self.compact = compact
        super().__init__(**options)

    def encoder(self) -> BertConfig:
        """The same shape for `BertModel`."""
        return BertConfig(
            vocab_size=self.vocab_size,
            hidden_size=self.hidden_size,
            num_hidden_layers=self.num_hidden_layers,
            num_attention_heads=self.num_attention_heads,
            intermediate_size=self.intermediate_size,
            max_position_embeddings=self.max_position_embeddings,
            type_vocab_size=self.type_vocab_size,
            layer_norm_eps=self.layer_norm_eps,
            hidden_dropout_prob=self.dropout,
            attention_probs_dropout_prob=self.dropout,
            pad_token_id=1,
        )


class CompactEmbedding(nn.Module):
    """(…) ids -> (…, d) rows kept as int8 with one scale a row."""

    def __init__(self, rows: int, width: int) -> None:
        super().__init__()
        self.register_buffer("codes", torch.zeros(rows, width, dtype=torch.int8))
        self.register_buffer("scales", torch.ones(rows, 1))

    @classmethod
    def of(cls, table: nn.Embedding) -> CompactEmbedding:
        """The int8 form of a table of words."""
        made = cls(*table.weight.shape)
        made.codes, made.scales = in_int8(table.weight.detach())
        return made

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        return self.codes[ids].to(self.scales.dtype) * self.scales[ids]


class CompactLinear(nn.Module):
    """(…, inputs) -> (…, outputs) with a matrix kept as int8, one scale a row.

    Reading, the product is computed in bfloat16 where the processor multiplies that in hardware,
    else in int8 with activations rounded to 7 bits (torch's dynamic quantisation), each two to
    three times as fast as float32. On LeNER-Br dev the first cost nothing and the second 0.7
    points of F1. Where gradients are asked for, it is computed in the states' own type.
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.register_buffer("codes", torch.zeros(outputs, inputs, dtype=torch.int8))
        self.register_buffer("scales", torch.ones(outputs, 1))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self._ready: Callable[[torch.Tensor], torch.Tensor] | None = None

    @classmethod
    def of(cls, linear: nn.Linear) -> CompactLinear:
        """The int8 form of a layer with a bias."""
        made = cls(linear.in_features, linear.out_features)
        made.codes, made.scales = in_int8(linear.weight.detach())
        made.bias = linear.bias
        return made

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        if torch.is_grad_enabled() or states.dtype != torch.float32 or states.is_cuda:
            return functional.linear(states, self.matrix(states.dtype), self.bias)
        if self._ready is None:
            self._ready = PRODUCTS[fastest_product()](self)
        return self._ready(states)

    def matrix(self, dtype: torch.dtype) -> torch.Tensor:
        """(outputs, inputs) in floating point."""
        return self.codes.to(dtype) * self.scales.to(dtype)


def _in_float32(layer: CompactLinear) -> Callable[[torch.Tensor], torch.Tensor]:
    matrix, bias = layer.matrix(torch.float32), layer.bias.detach()
    return lambda states: functional.linear(states, matrix, bias)


def _in_bfloat16(layer: CompactLinear) -> Callable[[torch.Tensor], torch.Tensor]:
    matrix, bias = layer.matrix(torch.float32).bfloat16(), layer.bias.detach().bfloat16()
    return lambda states: functional.linear(states.bfloat16(), matrix, bias).float()


def _in_int8(layer: CompactLinear) -> Callable[[torch.Tensor], torch.Tensor]:
    scales = layer.scales.flatten().double()
    zeros = torch.zeros_like(scales, dtype=torch.long)
    matrix = torch._make_per_channel_quantized_tensor(layer.codes, scales, zeros, 0)
    packed = torch.ops.quantized.linear_prepack(matrix, layer.bias.detach().float())
    return lambda states: torch.ops.quantized.linear_dynamic(states, packed, True)


PRODUCTS = {"bfloat16": _in_bfloat16, "int8": _in_int8, "float32": _in_float32}


def fastest_product() -> str:
    """The name in `PRODUCTS` of the one that this processor computes fastest."""
    if has_fast_bfloat16():
        return "bfloat16"
    engines = ("x86", "fbgemm", "onednn")
    quantises = hasattr(torch, "_make_per_channel_quantized_tensor")  # torch means to drop it
    return "int8" if quantises and str(torch.backends.quantized.engine) in engines else "float32"


def has_fast_bfloat16() -> bool:
    """Whether this processor multiplies bfloat16 matrices in hardware."""
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def in_int8(weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """(rows, d) codes and (rows, 1) scales; a value is off by at most half a 127th of its row's
    largest.
    """
    scales = weight.abs().amax(dim=1, keepdim=True).clamp_min(1e-12) / 127
    return torch.round(weight / scales).to(torch.int8), scales


def make_compact(network: CidadaoTextModel) -> None:
    """Put the int8 forms in place of the encoder's word embedding and matrices."""
    table = network.encoder.embeddings.word_embeddings
    network.encoder.embeddings.word_embeddings = CompactEmbedding.of(table)
    for name, module in list(network.encoder.named_modules()):
        if isinstance(module, nn.Linear):
            network.encoder.set_submodule(name, CompactLinear.of(module))
    network.config.compact = True


@dataclass
class CidadaoTextOutput(ModelOutput):
    """`loss` is None without labels; logits are (batch, tokens, labels), (batch, types) and
    (batch, stretches, clauses).
    """

    loss: torch.Tensor | None = None
    act_logits: torch.Tensor | None = None
    legal_logits: torch.Tensor | None = None
    type_logits: torch.Tensor | None = None
    clause_logits: torch.Tensor | None = None
    last_hidden_state: torch.Tensor | None = None


class CidadaoTextModel(PreTrainedModel):
    """Encoder and four heads. `save_pretrained`, `from_pretrained` and `push_to_hub` are those of
    transformers; `AutoModel` knows it once this module was imported.
    """

    config_class = CidadaoTextConfig
    base_model_prefix = "encoder"
    _supports_sdpa = True

    def __init__(self, config: CidadaoTextConfig) -> None:
        super().__init__(config)
        self.encoder = BertModel(config.encoder(), add_pooling_layer=False)
        if config.compact:
            make_compact(self)
        width = config.hidden_size
        self.dropout = nn.Dropout(config.dropout)
        self.act_head = nn.Linear(width, 2 * len(config.act_labels) + 1)
        self.legal_head = nn.Linear(width, 2 * len(config.legal_labels) + 1)
        self.type_head = nn.Linear(width, len(config.act_types))
        self.clause_head = nn.Linear(width, len(config.clauses))
        self.post_init()

    def forward(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        stretches: torch.Tensor | None = None,
        act_labels: torch.Tensor | None = None,
        legal_labels: torch.Tensor | None = None,
        type_labels: torch.Tensor | None = None,
        clause_labels: torch.Tensor | None = None,
        **_: Any,
    ) -> CidadaoTextOutput:
        """`stretches` (batch, tokens) numbers the stretch of each token from 0, -1 for none;
        `clause_labels` (batch, stretches, clauses) are 0, 1 or `IGNORED`.
        """
        hidden = self.encoder(input_ids, attention_mask=attention_mask).last_hidden_state
        hidden = self.dropout(hidden)
        act, legal = self.act_head(hidden), self.legal_head(hidden)
        kind = self.type_head(_mean(hidden, attention_mask))
        clause = None if stretches is None else self.clause_head(_means(hidden, stretches))
        losses = [
            _cross_entropy(act, act_labels),
            _cross_entropy(legal, legal_labels),
            _cross_entropy(kind, type_labels, weight=TYPE_WEIGHT),
            _binary(clause, clause_labels),
        ]
        found = [loss for loss in losses if loss is not None]
        return CidadaoTextOutput(
            loss=torch.stack(found).sum() if found else None,
            act_logits=act,
            legal_logits=legal,
            type_logits=kind,
            clause_logits=clause,
            last_hidden_state=hidden,
        )


TYPE_WEIGHT = 0.5
"""Share of the kind of act in the loss: it is the easiest task and must not outweigh the facts."""

CLAUSE_WEIGHT = 10.0
"""Share of the clauses: their binary loss is averaged over some thirty kinds, nearly all zero."""


def _mean(hidden: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """(batch, d) mean of the tokens that are there."""
    weights = mask.unsqueeze(-1).to(hidden.dtype)
    return (hidden * weights).sum(dim=1) / weights.sum(dim=1).clamp_min(1)


def _means(hidden: torch.Tensor, stretches: torch.Tensor) -> torch.Tensor:
    """(batch, stretches, d) mean of each stretch's tokens."""
    count = max(int(stretches.max()) + 1, 1)
    member = functional.one_hot(stretches.clamp_min(0), count) * (stretches >= 0).unsqueeze(-1)
    member = member.to(hidden.dtype)
    sums = torch.einsum("bts,btd->bsd", member, hidden)
    return sums / member.sum(dim=1).clamp_min(1).unsqueeze(-1)


def _cross_entropy(
    logits: torch.Tensor, labels: torch.Tensor | None, *, weight: float = 1.0
) -> torch.Tensor | None:
    if labels is None or not bool((labels != IGNORED).any()):
        return None
    flat = logits.reshape(-1, logits.shape[-1]).float()
    return weight * functional.cross_entropy(flat, labels.reshape(-1), ignore_index=IGNORED)


def _binary(logits: torch.Tensor | None, labels: torch.Tensor | None) -> torch.Tensor | None:
    if logits is None or labels is None:
        return None
    known = labels != IGNORED
    if not bool(known.any()):
        return None
    loss = functional.binary_cross_entropy_with_logits(logits.float()[known], labels[known].float())
    return CLAUSE_WEIGHT * loss


AutoConfig.register(CidadaoTextConfig.model_type, CidadaoTextConfig, exist_ok=True)
AutoModel.register(CidadaoTextConfig, CidadaoTextModel, exist_ok=True)
