"""The ImageReward model (Xu et al. 2023): BLIP reads the prompt against the image, a small MLP scores what it read."""

from __future__ import annotations

import itertools

from torch import Tensor, nn

from ttsvar.errors import ConfigError
from ttsvar.rewards.bert import GroundedBert
from ttsvar.rewards.blip import VisionTransformer
from ttsvar.rewards.config import MLP_WIDTHS, ImageRewardConfig

MAX_TOKENS = 35
"""Tokens of the longest prompt that the official package lets through."""


class Blip(nn.Module):
    """The vision transformer, the grounded text encoder, and two projections that the file holds but nothing reads."""

    def __init__(self, config: ImageRewardConfig) -> None:
        super().__init__()
        self.visual_encoder = VisionTransformer(config)
        self.text_encoder = GroundedBert(config)
        self.vision_proj = nn.Linear(config.vision_width, config.projection)
        self.text_proj = nn.Linear(config.text_width, config.projection)


class RewardMlp(nn.Module):
    """Five linear layers without activations; the places of the official dropouts stay empty."""

    def __init__(self, width: int) -> None:
        super().__init__()
        a, b, c, d, e = MLP_WIDTHS
        gap = nn.Identity()
        self.layers = nn.Sequential(
            nn.Linear(width, a), gap, nn.Linear(a, b), gap, nn.Linear(b, c), gap, nn.Linear(c, d), nn.Linear(d, e)
        )

    def forward(self, x: Tensor) -> Tensor:
        """[..., C] to [..., 1]."""
        return self.layers(x)


class ImageReward(nn.Module):
    """The official model's class, sizes and all; dropout-free."""

    def __init__(self, config: ImageRewardConfig) -> None:
        super().__init__()
        self.config = config
        self.blip = Blip(config)
        self.mlp = RewardMlp(config.text_width)

    def forward(self, pixels: Tensor, ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Rewards float32 [R] of images [S, 3, H, W] (normalised) for ids [R, T]; row r is of image r // (R / S)."""
        return self.read(self.blip.visual_encoder(pixels), ids, attention_mask)

    def read(self, image_tokens: Tensor, ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Rewards float32 [R] from image tokens [S, L, C] that are already computed."""
        if ids.shape[0] % image_tokens.shape[0] or ids.shape[1] > self.config.positions:
            raise ConfigError(
                f"ids have shape {tuple(ids.shape)}; give a whole number of rows for each of {image_tokens.shape[0]} "
                f"images, of at most {self.config.positions} tokens."
            )
        return self.score_of(self.blip.text_encoder(ids, attention_mask, image_tokens))

    def score_of(self, read: Tensor) -> Tensor:
        """Rewards float32 [R] from the text encoder's states [R, T, C]: the first token's, normalised."""
        raw = self.mlp(read[:, 0]).squeeze(-1).float()
        return (raw - self.config.mean) / self.config.std

    def flops(self, images: int, tokens: int = MAX_TOKENS) -> float:
        """Floating-point operations (two per multiply-add) of scoring images against one prompt of `tokens` tokens."""
        c = self.config
        length, v, t = c.image_tokens, c.vision_width, c.text_width
        patches = 2 * (length - 1) * 3 * c.patch**2 * v
        vision = c.vision_layers * (2 * length * (4 + 2 * c.mlp_ratio) * v * v + 4 * length**2 * v)
        text = tokens * (2 * (6 * t * t + 2 * t * c.text_intermediate) + 4 * (tokens + length) * t)
        cross = 2 * length * 2 * v * t
        widths = (t, *MLP_WIDTHS)
        mlp = 2 * sum(a * b for a, b in itertools.pairwise(widths))
        return float(images) * (patches + vision + c.text_layers * (text + cross) + mlp)
