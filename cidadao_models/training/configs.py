"""The numbers of the text model's training, in one place. Computes nothing."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

STAGE_TOKENS = 2_000_000
"""Most tokens that one stage reads: under an hour on two cores."""


@dataclass(frozen=True, slots=True)
class EncoderConfig:
    """What is taken of E5: its layers, and how many pieces of its vocabulary."""

    layers: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
    vocabulary: int = 20_000
    every: int = 8
    """Of the extracts, one in so many is read to count pieces."""


@dataclass(frozen=True, slots=True)
class AdaptConfig:
    """Distillation: the short encoder learns the whole one's hidden states on official text."""

    tokens: int = 600_000
    every: int = 16
    """Of the extracts, one in so many is read."""
    batch_tokens: int = 4_096
    learning_rate: float = 3e-4
    warmup: float = 0.06
    seed: int = 1


@dataclass(frozen=True, slots=True)
class TasksConfig:
    """Fine-tuning on all tasks at once, in stages of at most `tokens` each."""

    stages: int = 2
    tokens: int = 1_500_000
    batch_tokens: int = 2_048
    learning_rate: float = 2e-4
    head_learning_rate: float = 1e-3
    weight_decay: float = 0.01
    warmup: float = 0.05
    seed: int = 2
    legal_share: float = 0.45
    """Share of the tokens that are LeNER-Br's sentences."""
    written_share: float = 0.25
    """Share of the tokens that are the examples written for this project."""
    swapped_share: float = 0.3
    """Share of LeNER-Br's entities that stand for another one of their label."""
    unknown_share: float = 0.12
    """Share of the tokens that are hidden from the network, so that it reads the words around."""
    frozen_embeddings: bool = True
    """Whether the words keep E5's vectors: those of rare ones would be learned by heart."""


@dataclass(frozen=True, slots=True)
class ClausesConfig:
    """The head of the clauses, fitted alone: penalties to choose from, by so many folds."""

    penalties: tuple[float, ...] = (1e-3, 3e-3, 1e-2)
    folds: int = 4
    every: int = 1
    """Of the examples, one in so many is read."""
    seed: int = 3


@dataclass(frozen=True, slots=True)
class TextTraining:
    """Everything that decides the text model's weights, beside the data."""

    encoder: EncoderConfig = EncoderConfig()
    adapt: AdaptConfig | None = None
    """Off: it did not help. F1 of exact spans on LeNER-Br's dev set after two epochs of its train
    set: six layers 0.752, the same distilled first on 600,000 tokens of extracts 0.729; twelve
    layers 0.780, the same after masked-token prediction on those extracts 0.721.
    """
    tasks: TasksConfig = TasksConfig()
    clauses: ClausesConfig = ClausesConfig()

    def digest(self) -> str:
        """Names the numbers: stages made with others are not resumed."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]
