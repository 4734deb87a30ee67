"""A tokenizer small enough for tests, with weights that are the same every time."""

from __future__ import annotations

import pytest
import torch

from ttsvar.tokenizer.autoencoder import BSQAutoencoder
from ttsvar.tokenizer.config import TokenizerConfig


@pytest.fixture
def tiny() -> BSQAutoencoder:
    torch.manual_seed(0)
    config = TokenizerConfig(
        bits=8, base_channels=8, ch_mult=(1, 2, 2), patch_size=4, res_blocks=1, norm_groups=4, gains=(1.5, 1.0, 0.7)
    )
    return BSQAutoencoder(config).eval()
