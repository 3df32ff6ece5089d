"""Distillation: a short encoder learns the whole E5's hidden states on official text.

The measure is one minus the cosine plus the mean squared distance of the last hidden states (after
Sanh et al., "DistilBERT", 2019). Knows no task.
"""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional
from transformers import Trainer

from cidadao_models.models.core.text_model.network import CidadaoTextModel
from cidadao_models.training import text_data
from cidadao_models.training.configs import AdaptConfig
from cidadao_models.training.e5 import read_e5
from cidadao_models.training.fitting import Batches, arguments, last_checkpoint, within
from cidadao_models.training.multitask import Labelled, batches, tensors, windows
from cidadao_models.training.network_files import load, save
from cidadao_models.training.network_of_e5 import network_of


class _Distiller(Trainer):
    """Its loss is how far the network's states are from the teacher's."""

    teacher: CidadaoTextModel

    def _get_train_sampler(self, train_dataset: Any = None) -> Any:
        return torch.utils.data.SequentialSampler(train_dataset or self.train_dataset)

    def compute_loss(
        self, model: Any, inputs: Any, return_outputs: bool = False, **_: Any
    ) -> torch.Tensor:
        ids, mask = inputs["input_ids"], inputs["attention_mask"]
        with torch.inference_mode():
            wanted = self.teacher.encoder(ids, attention_mask=mask).last_hidden_state
        states = model.encoder(ids, attention_mask=mask).last_hidden_state
        return state_distance(states, wanted.clone(), mask)


def state_distance(states: torch.Tensor, wanted: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Mean over the tokens that are there of one minus cosine plus squared distance."""
    there = mask.bool()
    mine, theirs = states[there].float(), wanted[there].float()
    apart = 1 - functional.cosine_similarity(mine, theirs, dim=-1).mean()
    return apart + functional.mse_loss(mine, theirs)


def distil(
    data: Path, config: AdaptConfig, report: str, folder: Path, before: Path
) -> dict[str, Any]:
    """Fit the encoder of `before` to the whole E5 on official text, and save it in `folder`."""
    network, tokenizer = load(before)
    e5 = read_e5()
    kept = np.load(before / "kept.npy")
    teacher = network_of(
        e5, e5.arrays["embeddings.word_embeddings.weight"][kept], tuple(range(e5.layers))
    ).eval()
    rng = random.Random(config.seed)
    found = [Labelled(text) for text in text_data.official_texts(data, every=config.every)]
    rng.shuffle(found)
    cut = [w for item in found for w in windows(item, tokenizer, network.config)]
    groups = within(batches(cut, config.batch_tokens, rng), config.tokens)
    rows = [tensors(group, len(network.config.clauses)) for group in groups]
    trainer = _Distiller(
        model=network,
        args=arguments(
            folder / "checkpoints",
            steps=len(rows),
            report=report,
            seed=config.seed,
            learning_rate=config.learning_rate,
            warmup_steps=round(config.warmup * len(rows)),
        ),
        train_dataset=Batches(rows),
        data_collator=lambda batch: batch[0],
    )
    trainer.teacher = teacher
    result = trainer.train(resume_from_checkpoint=last_checkpoint(folder / "checkpoints"))
    shutil.rmtree(folder / "checkpoints", ignore_errors=True)
    save(network, tokenizer, folder)
    tokens = sum(len(window.ids) for group in groups for window in group)
    return {"tokens": tokens, "steps": len(rows), "loss": float(result.training_loss)}
