"""One training loop for every toybox model: seeded, resumable, logged to CSV, on one or several processes."""

from __future__ import annotations

import csv
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.multiprocessing.spawn import spawn

from ttsvar.errors import CheckpointError


class Task(Protocol):
    """What is trained. Batches depend on the step alone, so that a resumed run sees what an unbroken one would."""

    @property
    def name(self) -> str:
        """Names its checkpoint and log."""
        ...

    @property
    def model(self) -> nn.Module:
        """Everything that learns or is checkpointed."""
        ...

    def optimizers(self) -> list[torch.optim.Optimizer]:
        """The optimisers, with their peak learning rates set."""
        ...

    def loss(self, step: int, progress: float, rank: int, ranks: int) -> tuple[Tensor, dict[str, float]]:
        """Loss and figures for the log of this rank's share of the batch; `progress` runs from 0 to 1."""
        ...

    def validate(self) -> dict[str, float]:
        """Figures on scenes that training never sees."""
        ...

    def save(self, folder: Path) -> None:
        """Write the shippable weights."""
        ...


@dataclass(frozen=True)
class FitSettings:
    """How long and how one training run goes; `folder` holds its checkpoint and log, outside version control."""

    folder: Path
    steps: int
    processes: int = 1
    threads: int = 2
    warmup: int = 50
    log_every: int = 20
    validate_every: int = 500
    checkpoint_seconds: float = 120.0
    clip: float = 1.0
    device: str = "cpu"
    behind: float = 0.0
    """Share of the run that the task's starting weights have behind them: learning rates go on from there."""


def fit(make_task: Callable[[], Task], settings: FitSettings) -> None:
    """Train to `settings.steps`, continuing a checkpoint in the folder if there is one, and save the weights."""
    settings.folder.mkdir(parents=True, exist_ok=True)
    if settings.processes == 1:
        _fit_rank(0, make_task, settings)
        return
    os.environ.setdefault("MASTER_ADDR", "127.0.0.1")
    os.environ.setdefault("MASTER_PORT", str(29500 + os.getpid() % 2000))
    spawn(_fit_rank, (make_task, settings), nprocs=settings.processes)


def snapshot(task: Task, folder: Path) -> int:
    """Write the weights of the checkpoint in a folder as they stand, while its run may go on; returns the step.

    Raises CheckpointError where there is no checkpoint.
    """
    path = folder / f"{task.name}.ckpt"
    if not path.exists():
        raise CheckpointError(f"There is no checkpoint at {path}; train {task.name} for some steps first.")
    step = _resume(path, task.model, (), 0)
    task.save(folder)
    return step


def _fit_rank(rank: int, make_task: Callable[[], Task], settings: FitSettings) -> None:
    ranks = settings.processes
    torch.set_num_threads(max(1, settings.threads // ranks))
    if ranks > 1:
        dist.init_process_group("gloo", rank=rank, world_size=ranks)
    torch.manual_seed(0)
    task = make_task()
    optimizers = task.optimizers()
    peaks = [[g["lr"] for g in o.param_groups] for o in optimizers]
    checkpoint = settings.folder / f"{task.name}.ckpt"
    first = round(settings.behind * settings.steps)
    step = _resume(checkpoint, task.model, optimizers, first)
    log = _Log(settings.folder / f"{task.name}.csv") if rank == 0 else None
    saved = time.monotonic()
    while step < settings.steps:
        progress = step / settings.steps
        _set_rates(optimizers, peaks, min(1.0, (step - first + 1) / settings.warmup) * (1.0 - progress))
        torch.manual_seed(step * ranks + rank)
        loss, figures = task.loss(step, progress, rank, ranks)
        loss.backward()
        _average_gradients(task.model, ranks)
        norm = nn.utils.clip_grad_norm_(task.model.parameters(), settings.clip)
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        step += 1
        if log is None:
            continue
        log.add(step, {"loss": loss.item(), "gradient_norm": float(norm), **figures}, settings.log_every)
        if step % settings.validate_every == 0:
            log.note(step, task.validate())
        if time.monotonic() - saved > settings.checkpoint_seconds:
            _save_checkpoint(checkpoint, task.model, optimizers, step)
            saved = time.monotonic()
    if rank == 0:
        _save_checkpoint(checkpoint, task.model, optimizers, step)
        if log is not None:
            log.note(step, task.validate())
        task.save(settings.folder)
    if ranks > 1:
        dist.barrier()
        dist.destroy_process_group()


def _set_rates(optimizers: list[torch.optim.Optimizer], peaks: list[list[float]], factor: float) -> None:
    for optimizer, rates in zip(optimizers, peaks, strict=True):
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["lr"] = rate * factor


def _average_gradients(model: nn.Module, ranks: int) -> None:
    if ranks == 1:
        return
    gradients = [p.grad for p in model.parameters() if p.grad is not None]
    flat = torch.cat([g.flatten() for g in gradients])
    dist.all_reduce(flat)
    flat /= ranks
    for gradient, mean in zip(gradients, flat.split([g.numel() for g in gradients]), strict=True):
        gradient.copy_(mean.view_as(gradient))


def _resume(path: Path, model: nn.Module, optimizers: Sequence[torch.optim.Optimizer], first: int) -> int:
    if not path.exists():
        return first
    saved = torch.load(path, weights_only=True, map_location="cpu")
    model.load_state_dict(saved["model"])
    for optimizer, state in zip(optimizers, saved["optimizers"], strict=bool(optimizers)):
        optimizer.load_state_dict(state)
    return int(saved["step"])


def _save_checkpoint(path: Path, model: nn.Module, optimizers: list[torch.optim.Optimizer], step: int) -> None:
    temporary = path.with_suffix(".tmp")
    state = {"model": model.state_dict(), "optimizers": [o.state_dict() for o in optimizers], "step": step}
    torch.save(state, temporary)
    # A rename is atomic: a kill in the middle leaves the previous checkpoint whole.
    temporary.replace(path)


class _Log:
    """Means of the figures every few steps, as rows (step, seconds, figure, value): printed and appended to a CSV."""

    def __init__(self, path: Path) -> None:
        self.path, self.sums, self.count = path, {}, 0
        self.start = time.monotonic()

    def add(self, step: int, figures: dict[str, float], every: int) -> None:
        self.count += 1
        for name, value in figures.items():
            self.sums[name] = self.sums.get(name, 0.0) + value
        if step % every == 0:
            self.note(step, {n: s / self.count for n, s in self.sums.items()})
            self.sums, self.count = {}, 0

    def note(self, step: int, figures: dict[str, float]) -> None:
        seconds = time.monotonic() - self.start
        print(f"{step:>7} {seconds:8.1f}s  " + "  ".join(f"{n} {v:.4g}" for n, v in figures.items()), flush=True)
        with open(self.path, "a", newline="") as file:
            rows = csv.writer(file)
            rows.writerows((step, f"{seconds:.1f}", n, f"{v:.6g}") for n, v in figures.items())
