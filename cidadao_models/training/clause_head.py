"""Fits the head of the clauses alone, on the states of the network that the tasks have trained.

One logistic regression a kind with a shared penalty, chosen by cross-validation over examples. The
joint training leaves this head shy: it sees each of few clauses a handful of times, while here the
optimum is reached. Changes no other weight.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from cidadao_models.models.core.text_model.reader import TextModel
from cidadao_models.training import text_data
from cidadao_models.training.configs import ClausesConfig
from cidadao_models.training.multitask import Labelled
from cidadao_models.training.network_files import load, save

SHORTEST = 30
"""Characters of a piece of a paragraph that is still read by itself."""


@dataclass(frozen=True, slots=True)
class Samples:
    """States (n, d) of stretches, their kinds (n, k) as 0 and 1, and whose they are (n,)."""

    states: torch.Tensor
    kinds: torch.Tensor
    groups: np.ndarray


def fit_clauses(config: ClausesConfig, folder: Path, before: Path) -> dict[str, Any]:
    """Fit the clause head of `before` and save the network in `folder`."""
    network, tokenizer = load(before)
    model = TextModel(network, tokenizer)
    examples = text_data.clause_examples()[:: config.every]
    found = samples(model, examples, random.Random(config.seed))
    losses = {p: _held_out_loss(found, p, config.folds) for p in config.penalties}
    penalty = min(losses, key=losses.__getitem__)
    head = fitted(found.states, found.kinds, penalty)
    network.clause_head.load_state_dict(head.state_dict())
    save(network, tokenizer, folder)
    return {"stretches": len(found.groups), "penalty": penalty, "loss": losses[penalty]}


def samples(model: TextModel, examples: Sequence[Labelled], rng: random.Random) -> Samples:
    """Marked paragraphs and pieces of them as long as a printed line, as written and in capitals
    without accents.
    """
    states, kinds, groups = [], [], []
    for number, example in enumerate(examples):
        plain = text_data.same_length(example, text_data.without_accents(example.text.upper()))
        for variant in (example, plain):
            places = [
                (a, b, ids)
                for start, end, ids in example.clauses
                for a, b in pieces(start, end, rng)
            ]
            states.append(model.means(variant.text, [(a, b) for a, b, _ in places]))
            kinds += [[float(name in ids) for name in model.config.clauses] for *_, ids in places]
            groups += [number] * len(places)
    return Samples(torch.cat(states), torch.tensor(kinds), np.array(groups))


def pieces(start: int, end: int, rng: random.Random) -> list[tuple[int, int]]:
    """The stretch, and where it is long also its pieces, as a page breaks it into lines."""
    width = rng.randint(60, 100)
    if end - start < 2 * width:
        return [(start, end)]
    cuts = [(at, min(at + width, end)) for at in range(start, end, width)]
    return [(start, end), *(cut for cut in cuts if cut[1] - cut[0] >= SHORTEST)]


def fitted(states: torch.Tensor, kinds: torch.Tensor, penalty: float) -> nn.Linear:
    """The head with the least loss: summed over kinds, plus `penalty` times its squared weights on
    standardised states. Convex, so the start does not matter.
    """
    middle, spread = states.mean(0), states.std(0).clamp_min(1e-6)
    scaled = (states - middle) / spread
    head = nn.Linear(states.shape[1], kinds.shape[1])
    nn.init.zeros_(head.weight)
    nn.init.zeros_(head.bias)
    optimizer = torch.optim.LBFGS(
        head.parameters(), max_iter=300, history_size=20, line_search_fn="strong_wolfe"
    )

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        value = _loss(head(scaled), kinds) + penalty * head.weight.square().sum()
        value.backward()
        return value

    optimizer.step(loss)
    with torch.no_grad():
        head.weight /= spread
        head.bias -= head.weight @ middle
    return head


def _loss(logits: torch.Tensor, kinds: torch.Tensor) -> torch.Tensor:
    each = functional.binary_cross_entropy_with_logits(logits, kinds, reduction="none")
    return each.sum(dim=1).mean()


def _held_out_loss(found: Samples, penalty: float, folds: int) -> float:
    """Mean loss on the examples of each fold, fitted on those of the others."""
    total = 0.0
    for fold in range(folds):
        out = torch.from_numpy(found.groups % folds == fold)
        head = fitted(found.states[~out], found.kinds[~out], penalty)
        with torch.inference_mode():
            total += float(_loss(head(found.states[out]), found.kinds[out]))
    return total / folds
