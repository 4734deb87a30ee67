"""A training step keeps all its tensors on one device: the meta device, which computes nothing, stands for a GPU."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
import torch
from icon_fakes import FakeIcons
from torch import Tensor

from ttsvar.families.infinity import bsq
from ttsvar.families.infinity.autoencoder import BSQAutoencoder
from ttsvar.families.infinity.text import TextEncoder
from ttsvar.families.infinity.tokenizer_checkpoint import save_tokenizer
from ttsvar.toybox.icons.presets import TOKENIZER, TRANSFORMER
from ttsvar.toybox.icons.scenery import Scenery
from ttsvar.toybox.icons.train_tokenizer import IconTokenizerTask
from ttsvar.toybox.icons.train_transformer import IconTransformerTask

ELSEWHERE = torch.device("meta")
READ_BACK = r"item\(\) cannot be called on meta"
"""A step ends with figures for the log, which have no value here; a tensor left on the CPU is named before."""


def unchecked(flip: float | Tensor, scales: int, like: Tensor) -> Tensor | None:
    """The chances of bit errors, whose values nobody can look at."""
    return None if isinstance(flip, float) else torch.as_tensor(flip, device=like.device)


def features(self: TextEncoder, prompts: list[str]) -> tuple[Tensor, tuple[int, ...]]:
    lens = tuple(5 + i % 2 for i in range(len(prompts)))
    return torch.zeros(len(prompts), max(lens), TRANSFORMER.text_channels, device=ELSEWHERE), lens


@pytest.fixture(autouse=True)
def nothing_is_computed(monkeypatch):
    monkeypatch.setattr(torch, "autocast", lambda *_, **__: contextlib.nullcontext())
    monkeypatch.setattr(bsq, "_chances", unchecked)
    monkeypatch.setattr(TextEncoder, "encode", features)


def test_the_tokenizers_step_stays_on_its_device():
    task = IconTokenizerTask(Scenery(FakeIcons(), device=ELSEWHERE), batch=2)
    with pytest.raises(RuntimeError, match=READ_BACK):
        task.loss(0, 0.5, 0, 1)


@pytest.mark.slow
@pytest.mark.parametrize("progress", [0.0, 0.9])
def test_the_transformers_step_stays_on_its_device(tmp_path: Path, progress):
    save_tokenizer(BSQAutoencoder(TOKENIZER), tmp_path / "tokenizer.safetensors")
    task = IconTransformerTask(Scenery(FakeIcons(), device=ELSEWHERE), tmp_path / "tokenizer.safetensors", batch=2)
    with pytest.raises(RuntimeError, match=READ_BACK):
        task.loss(0, progress, 0, 1)
