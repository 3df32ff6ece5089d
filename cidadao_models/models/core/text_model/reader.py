"""Reads one text with the network: windows with overlap, one pass for all tasks, spans.

Loads its weights from a folder only; looks nothing up on a network.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from tokenizers import Tokenizer
from transformers.utils import logging as hf_logging

from cidadao_models.errors import WeightsUnavailable
from cidadao_models.models.core.text_model.decoding import Span, log_softmax, spans_of
from cidadao_models.models.core.text_model.network import CidadaoTextConfig, CidadaoTextModel

WINDOW = 510
"""Tokens of one window, beside the two special ones: the encoder has 512 positions."""

OVERLAP = 126
"""Tokens that two neighbouring windows share, so that each token is read with some context."""

BATCH = 4
"""Windows computed at once: more costs memory and gains no time on two cores."""

PROBE = "EXTRATO DO CONTRATO Nº 1/2020. Objeto: aquisição de papel. Valor: R$ 1.000,00."


@dataclass(frozen=True, slots=True)
class TextReading:
    """What the network read: facts, legal entities, probability of each kind of act, and for each
    stretch asked about, the probability of each kind of clause.
    """

    facts: list[Span]
    legal: list[Span]
    act_types: dict[str, float]
    clauses: list[dict[str, float]]
    tokens: int


class TextModel:
    """A loaded network with its tokenizer. One text at a time: calls wait for each other."""

    def __init__(self, network: CidadaoTextModel, tokenizer: Tokenizer) -> None:
        self.network = network.eval()
        self.config: CidadaoTextConfig = network.config
        self.tokenizer = tokenizer
        self._lock = threading.Lock()

    @classmethod
    def load(cls, folder: Path) -> TextModel:
        """The model of a folder. Raises WeightsUnavailable when it is not whole or not this one."""
        try:
            kind = json.loads((folder / "config.json").read_text("utf-8")).get("model_type")
            if kind != CidadaoTextConfig.model_type:
                raise _unusable(f"a arquitetura é {kind!r}")
            with _without_progress_bars():
                network, found = CidadaoTextModel.from_pretrained(
                    folder,
                    dtype=torch.float32,
                    local_files_only=True,
                    use_safetensors=True,
                    output_loading_info=True,
                )
            tokenizer = _tokenizer(folder / "tokenizer.json")
        except (OSError, ValueError, RuntimeError, SafetensorError) as error:
            raise _unusable(f"{type(error).__name__}: {str(error)[:200]}") from error
        if found["missing_keys"] or found["unexpected_keys"] or found["mismatched_keys"]:
            raise _unusable("faltam ou sobram matrizes")
        if tokenizer.get_vocab_size() > network.config.vocab_size:
            raise _unusable("o vocabulário não cabe no modelo")
        return cls(network, tokenizer)

    def read(self, text: str, stretches: Sequence[tuple[int, int]] = ()) -> TextReading:
        """All that the network reads in `text`; `stretches` are (start, end) in characters."""
        encoding = self.tokenizer.encode(text, add_special_tokens=False)
        offsets = encoding.offsets
        ids = np.array(encoding.ids, np.int64)
        with self._lock, torch.inference_mode():
            hidden, kinds = self._hidden(ids)
            act = self.network.act_head(hidden).numpy()
            legal = self.network.legal_head(hidden).numpy()
            chances = torch.sigmoid(self.network.clause_head(_means(hidden, offsets, stretches)))
        return TextReading(
            spans_of(text, log_softmax(act), offsets, self.config.act_labels),
            spans_of(text, log_softmax(legal), offsets, self.config.legal_labels),
            dict(zip(self.config.act_types, map(float, kinds), strict=True)),
            [
                dict(zip(self.config.clauses, map(float, row), strict=True))
                for row in chances.numpy()
            ],
            len(ids),
        )

    def means(self, text: str, stretches: Sequence[tuple[int, int]]) -> torch.Tensor:
        """(stretches, d) mean states of stretches of characters: what tells their clauses."""
        encoding = self.tokenizer.encode(text, add_special_tokens=False)
        with self._lock, torch.inference_mode():
            hidden, _ = self._hidden(np.array(encoding.ids, np.int64))
            return _means(hidden, encoding.offsets, stretches)

    def _hidden(self, ids: np.ndarray) -> tuple[torch.Tensor, np.ndarray]:
        """(n, d) hidden states, each from the window in which its token stands most central, and
        the probabilities of the kinds of act by the first window.
        """
        starts = window_starts(len(ids))
        states = torch.zeros(len(ids), self.config.hidden_size)
        taken = np.full(len(ids), -1)
        kinds = np.full(len(self.config.act_types), 1 / len(self.config.act_types))
        for first in range(0, len(starts), BATCH):
            group = starts[first : first + BATCH]
            windows = [ids[s : s + WINDOW] for s in group]
            hidden, logits = self._forward(windows)
            if first == 0:
                kinds = np.exp(log_softmax(logits[0].numpy()))
            for start, window, row in zip(group, windows, hidden, strict=True):
                margin = np.minimum(np.arange(len(window)), np.arange(len(window))[::-1])
                place = slice(start, start + len(window))
                better = margin > taken[place]
                chosen = torch.from_numpy(better)
                states[place][chosen] = row[1 : len(window) + 1][chosen]
                taken[place] = np.maximum(taken[place], margin)
        return states, kinds

    def _forward(self, windows: Sequence[np.ndarray]) -> tuple[torch.Tensor, torch.Tensor]:
        longest = max(map(len, windows)) + 2
        ids = torch.full((len(windows), longest), 1)
        mask = torch.zeros(len(windows), longest, dtype=torch.long)
        for row, window in enumerate(windows):
            ids[row, 0], ids[row, len(window) + 1] = 0, 2
            ids[row, 1 : len(window) + 1] = torch.from_numpy(window)
            mask[row, : len(window) + 2] = 1
        output = self.network(ids, mask)
        return output.last_hidden_state, output.type_logits


def _means(
    hidden: torch.Tensor,
    offsets: Sequence[tuple[int, int]],
    stretches: Sequence[tuple[int, int]],
) -> torch.Tensor:
    """(stretches, d) mean of the states of each stretch's tokens, zero where there is none."""
    begins = np.array([start for start, _ in offsets])
    means = torch.zeros(len(stretches), hidden.shape[-1])
    for row, pair in enumerate(stretches):
        a, b = np.searchsorted(begins, pair)
        if a < len(hidden):
            means[row] = hidden[a : max(b, a + 1)].mean(dim=0)
    return means


@contextmanager
def _without_progress_bars() -> Iterator[None]:
    """Keeps transformers' bar for the loading of weights out of a service's log."""
    shown = hf_logging.is_progress_bar_enabled()
    hf_logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            hf_logging.enable_progress_bar()


def _tokenizer(path: Path) -> Tokenizer:
    text = path.read_text("utf-8")
    try:
        return Tokenizer.from_str(text)
    except Exception as error:  # the library raises nothing narrower
        raise ValueError(f"tokenizer.json: {error}") from error


def window_starts(count: int) -> list[int]:
    """Where the windows over `count` tokens begin; the last one is full when there are enough."""
    if count <= WINDOW:
        return [0]
    starts = list(range(0, count - WINDOW, WINDOW - OVERLAP))
    return [*starts, count - WINDOW]


def check_folder(folder: Path) -> None:
    """Loads the model and reads a probe text. Raises WeightsUnavailable when that fails."""
    model = TextModel.load(folder)
    reading = model.read(PROBE, [(0, len(PROBE))])
    numbers = [*reading.act_types.values(), *reading.clauses[0].values()]
    if not np.isfinite(numbers).all() or abs(sum(reading.act_types.values()) - 1) > 1e-3:
        raise _unusable("a resposta ao texto de prova não é um número")
    if not all(np.isfinite(span.score) for span in [*reading.facts, *reading.legal]):
        raise _unusable("a resposta ao texto de prova não é um número")


def _unusable(why: str) -> WeightsUnavailable:
    return WeightsUnavailable(
        f"O modelo de texto não pôde ser usado: {why}.",
        hint="A análise segue por padrões; reinstale o pacote ou rode weights pull.",
    )
