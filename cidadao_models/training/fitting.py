"""Runs transformers' Trainer over ready batches: checkpoints, progress, reports, bf16.

Chooses no data and no task.
"""

from __future__ import annotations

import math
import shutil
from pathlib import Path
from typing import Any

import torch
from torch import nn
from transformers import Trainer, TrainingArguments

from cidadao_models.models.core.text_model.network import CidadaoTextModel, has_fast_bfloat16
from cidadao_models.training.configs import TasksConfig
from cidadao_models.training.multitask import Window

CHECKPOINTS = 8
"""Checkpoints of a stage: at most that share of it is lost when it is interrupted."""


def within(groups: list[list[Window]], tokens: int) -> list[list[Window]]:
    """The first batches that together have at most `tokens` tokens."""
    total, found = 0, []
    for group in groups:
        total += sum(len(window.ids) for window in group)
        if total > tokens:
            break
        found.append(group)
    return found


class Batches(torch.utils.data.Dataset):
    """Ready batches, one an item."""

    def __init__(self, rows: list[dict[str, torch.Tensor]]) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> dict[str, torch.Tensor]:
        return self.rows[index]


class BatchTrainer(Trainer):
    """Takes ready batches in their order, and gives the heads a learning rate of their own."""

    head_learning_rate: float = 1e-3

    def _get_train_sampler(self, train_dataset: Any = None) -> Any:
        return torch.utils.data.SequentialSampler(train_dataset or self.train_dataset)

    def create_optimizer(self, model: Any = None) -> torch.optim.Optimizer:
        self.optimizer = torch.optim.AdamW(
            parameter_groups(self.model, self.args.learning_rate, self.head_learning_rate),
            lr=self.args.learning_rate,
            weight_decay=self.args.weight_decay,
        )
        return self.optimizer


def parameter_groups(network: nn.Module, encoder: float, heads: float) -> list[dict[str, Any]]:
    """The encoder's parameters and the heads', each with its rate; frozen ones are left out."""
    named = [(name, p) for name, p in network.named_parameters() if p.requires_grad]
    return [
        {"params": [p for n, p in named if n.startswith("encoder.")], "lr": encoder},
        {"params": [p for n, p in named if not n.startswith("encoder.")], "lr": heads},
    ]


def fit(
    network: CidadaoTextModel,
    rows: list[dict[str, torch.Tensor]],
    folder: Path,
    config: TasksConfig,
    number: int,
    report: str,
) -> float:
    """Fit the network on the batches; goes on from the folder's last checkpoint, if any.

    The learning rate falls in a line to zero over all stages, so that a stage begins where the one
    before ended. Gives the mean loss.
    """
    done, whole = number * len(rows), config.stages * len(rows)
    share = max(1 - done / whole, 1e-3)
    trainer = BatchTrainer(
        model=network,
        args=arguments(
            folder / "checkpoints",
            steps=len(rows),
            report=report,
            seed=config.seed,
            learning_rate=config.learning_rate * share,
            lr_scheduler_type="polynomial" if number + 1 < config.stages else "linear",
            lr_scheduler_kwargs=(
                {"lr_end": config.learning_rate * (1 - (number + 1) / config.stages), "power": 1.0}
                if number + 1 < config.stages
                else {}
            ),
            warmup_steps=round(config.warmup * len(rows)),
            weight_decay=config.weight_decay,
        ),
        train_dataset=Batches(rows),
        data_collator=lambda found: found[0],
    )
    trainer.head_learning_rate = config.head_learning_rate * share
    result = trainer.train(resume_from_checkpoint=last_checkpoint(folder / "checkpoints"))
    shutil.rmtree(folder / "checkpoints", ignore_errors=True)
    return float(result.training_loss)


def arguments(folder: Path, *, steps: int, report: str, **options: Any) -> TrainingArguments:
    """What all stages ask of transformers' Trainer: one ready batch a step, checkpoints, bf16
    where the machine computes it faster.
    """
    accelerated = torch.cuda.is_available()
    return TrainingArguments(
        output_dir=str(folder),
        per_device_train_batch_size=1,
        num_train_epochs=1,
        max_grad_norm=1.0,
        logging_steps=20,
        save_strategy="steps",
        save_steps=max(math.ceil(steps / CHECKPOINTS), 1),
        save_total_limit=1,
        report_to=report,
        use_cpu=not accelerated,
        bf16=accelerated or has_fast_bfloat16(),
        remove_unused_columns=False,
        dataloader_pin_memory=False,
        **options,
    )


def last_checkpoint(folder: Path) -> str | None:
    """The newest whole checkpoint below `folder`."""
    found = [
        path for path in folder.glob("checkpoint-*") if (path / "trainer_state.json").is_file()
    ]
    return str(max(found, key=lambda path: int(path.name.split("-")[1]))) if found else None
