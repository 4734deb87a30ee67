"""Small transformers with random weights; where the reference cases lie."""

from __future__ import annotations

from typing import Any

import torch
from golden_cases import CASES

from ttsvar.families.infinity.transformer import Infinity
from ttsvar.nn.transformer_config import TransformerConfig

GOLDEN = CASES
SIZES = ((1, 1), (2, 2), (3, 2), (4, 4))


def small_config(**changes: Any) -> TransformerConfig:
    """Two blocks on four scales, 27 tokens."""
    values: dict = {
        "depth": 2,
        "embed_dim": 32,
        "num_heads": 2,
        "text_channels": 24,
        "bits": 5,
        "sizes": SIZES,
        "rope_grid": (4, 4),
        "text_maxlen": 9,
    }
    return TransformerConfig(**(values | changes))


def lively(config: TransformerConfig, seed: int = 0) -> Infinity:
    """A transformer in which every tensor matters: biases, norms and gammas are random too."""
    model = Infinity(config).init_weights(seed).eval()
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1 * torch.randn(parameter.shape, generator=generator))
    return model
