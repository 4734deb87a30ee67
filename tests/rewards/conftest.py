"""An ImageReward small enough for tests, with weights that are the same every time."""

from __future__ import annotations

import pytest
import torch

from ttsvar.rewards.config import ImageRewardConfig
from ttsvar.rewards.model import ImageReward

TINY = ImageRewardConfig(
    image_size=32,
    patch=8,
    vision_width=16,
    vision_layers=2,
    vision_heads=2,
    vocab=20,
    positions=12,
    text_width=24,
    text_layers=2,
    text_heads=3,
    text_intermediate=32,
    projection=8,
)


@pytest.fixture
def tiny() -> ImageReward:
    torch.manual_seed(0)
    model = ImageReward(TINY)
    torch.nn.init.normal_(model.blip.visual_encoder.pos_embed)
    return model.eval()
