"""A small transformer with two prompts' text features, and a tokenizer as small; the same weights every time."""

from __future__ import annotations

import pytest
import torch
from small_transformers import lively, small_config
from torch import Tensor

from ttsvar.families.infinity.autoencoder import BSQAutoencoder
from ttsvar.families.infinity.transformer import Infinity
from ttsvar.nn.tokenizer_config import TokenizerConfig


@pytest.fixture(scope="session")
def model() -> Infinity:
    """A small lively transformer."""
    return lively(small_config())


@pytest.fixture(scope="session")
def text() -> tuple[Tensor, tuple[int, ...]]:
    """Features of two prompts of 7 and 4 tokens."""
    return torch.randn(2, 7, 24, generator=torch.Generator().manual_seed(5)), (7, 4)


@pytest.fixture
def tiny() -> BSQAutoencoder:
    torch.manual_seed(0)
    config = TokenizerConfig(
        bits=8, base_channels=8, ch_mult=(1, 2, 2), patch_size=4, res_blocks=1, norm_groups=4, gains=(1.5, 1.0, 0.7)
    )
    return BSQAutoencoder(config).eval()
