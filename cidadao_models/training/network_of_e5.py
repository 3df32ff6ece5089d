"""The network that training starts from: chosen layers of E5 and new heads. Trains nothing."""

from __future__ import annotations

import numpy as np
import torch

from cidadao_models.models.core.text_model.network import CidadaoTextConfig, CidadaoTextModel
from cidadao_models.models.text_analysis.clauses import CLAUSES
from cidadao_models.models.text_analysis.entities import ACT_LABELS, ACT_TYPES, LEGAL_LABELS
from cidadao_models.training.e5 import E5


def network_of(e5: E5, rows: np.ndarray, layers: tuple[int, ...]) -> CidadaoTextModel:
    """The network with E5's chosen layers, the given word embedding and new heads."""
    torch.manual_seed(0)
    config = CidadaoTextConfig(
        vocab_size=len(rows),
        hidden_size=e5.hidden,
        num_hidden_layers=len(layers),
        num_attention_heads=e5.heads,
        intermediate_size=e5.feed_forward,
        max_position_embeddings=e5.positions,
        type_vocab_size=e5.types,
        act_labels=ACT_LABELS,
        legal_labels=LEGAL_LABELS,
        act_types=ACT_TYPES,
        clauses=CLAUSES,
    )
    network = CidadaoTextModel(config)
    network.encoder.load_state_dict(encoder_state(e5, rows, layers))
    return network


def encoder_state(e5: E5, rows: np.ndarray, layers: tuple[int, ...]) -> dict[str, torch.Tensor]:
    """E5's arrays under `BertModel`'s names, its chosen layers renumbered from 0."""
    state = {"embeddings.word_embeddings.weight": torch.tensor(rows)}
    for name, array in e5.arrays.items():
        if name.startswith("encoder.layer."):
            number = int(name.split(".")[2])
            if number in layers:
                place = layers.index(number)
                renamed = name.replace(f"layer.{number}.", f"layer.{place}.", 1)
                state[renamed] = torch.tensor(array)
        elif "word_embeddings" not in name:
            state[name] = torch.tensor(array)
    return state
