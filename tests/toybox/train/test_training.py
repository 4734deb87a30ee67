"""The training loop: an interrupted run ends where an unbroken one does."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from ttsvar.toybox.train.loop import FitSettings, fit
from ttsvar.toybox.train.optim import Muon, optimizers, orthogonalize


class LineTask:
    """Fits y = 3 x with noise that depends on the step alone."""

    name = "line"

    def __init__(self) -> None:
        self.model = nn.Sequential(nn.Linear(16, 16), nn.Linear(16, 1))

    def optimizers(self) -> list[torch.optim.Optimizer]:
        return optimizers(self.model, matrix_lr=0.02, other_lr=0.01)

    def loss(self, step: int, progress: float, rank: int, ranks: int) -> tuple[Tensor, dict[str, float]]:
        x = torch.randn(8, 16)
        loss = (self.model(x) - 3 * x[:, :1]).square().mean()
        return loss, {"progress": progress}

    def validate(self) -> dict[str, float]:
        return {"val": 1.0}

    def save(self, folder: Path) -> None:
        torch.save(self.model.state_dict(), folder / "line.pt")


def weights(folder: Path) -> dict[str, Tensor]:
    return torch.load(folder / "line.pt", weights_only=True)


def test_training_learns_and_logs(tmp_path: Path) -> None:
    fit(LineTask, FitSettings(tmp_path, steps=200, threads=1, log_every=20, validate_every=100))
    rows = list(csv.reader((tmp_path / "line.csv").open()))
    losses = [float(value) for _, _, name, value in rows if name == "loss"]
    assert losses[-1] < 0.3 * losses[0]
    assert [step for step, _, name, _ in rows if name == "val"] == ["100", "200", "200"]


def test_a_resumed_run_equals_an_unbroken_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    settings = {"steps": 30, "threads": 1, "checkpoint_seconds": 0.0}
    fit(LineTask, FitSettings(whole, **settings))

    class Stopped(LineTask):
        def loss(self, step: int, progress: float, rank: int, ranks: int) -> tuple[Tensor, dict[str, float]]:
            if step == 17:
                raise KeyboardInterrupt
            return super().loss(step, progress, rank, ranks)

    with pytest.raises(KeyboardInterrupt):
        fit(Stopped, FitSettings(broken, **settings))
    fit(LineTask, FitSettings(broken, **settings))
    for name, value in weights(whole).items():
        torch.testing.assert_close(weights(broken)[name], value)


def test_orthogonalize_brings_singular_values_near_one() -> None:
    matrix = torch.randn(24, 40, generator=torch.Generator().manual_seed(0))
    values = torch.linalg.svdvals(orthogonalize(matrix, steps=8).float())
    assert 0.6 < float(values.min()) <= float(values.max()) < 1.3


def test_muon_takes_convolutions_and_leaves_small_tensors_to_adamw() -> None:
    conv = nn.Conv2d(16, 16, 3)
    model = nn.Sequential(conv, nn.Linear(4, 2))
    muon, adam = optimizers(model, matrix_lr=0.1, other_lr=0.1)
    assert isinstance(muon, Muon)
    assert [p.shape for p in muon.param_groups[0]["params"]] == [conv.weight.shape]
    assert len(adam.param_groups[0]["params"]) == 3
    before = conv.weight.clone()
    conv(torch.randn(1, 16, 5, 5)).sum().backward()
    muon.step()
    assert not torch.equal(conv.weight, before)


def test_a_run_that_goes_on_from_weights_starts_late_and_warms_up_again(tmp_path: Path) -> None:
    fit(LineTask, FitSettings(tmp_path, steps=20, threads=1, warmup=4, log_every=1, behind=0.7))
    rows = list(csv.reader((tmp_path / "line.csv").open()))
    assert [step for step, _, name, _ in rows if name == "progress"] == ["15", "16", "17", "18", "19", "20"]
    assert float(next(value for _, _, name, value in rows if name == "progress")) == 0.7
