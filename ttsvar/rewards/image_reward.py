"""ImageReward (Xu et al. 2023): BLIP reads the prompt against the image, and a small MLP scores what it read."""

from __future__ import annotations

import itertools
import math
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ttsvar.errors import ConfigError
from ttsvar.rewards.bert import GroundedBert
from ttsvar.rewards.blip import VisionTransformer
from ttsvar.rewards.config import MLP_WIDTHS, ImageRewardConfig

CLIP_MEAN = (0.48145466, 0.4578275, 0.40821073)
CLIP_STD = (0.26862954, 0.26130258, 0.27577711)
MAX_TOKENS = 35


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
        read = self.blip.text_encoder(ids, attention_mask, image_tokens)
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


class PromptTokenizer(Protocol):
    """Prompts to ids and mask int64 [S, T]; the first token is the one whose state is scored."""

    def __call__(self, prompts: list[str]) -> tuple[Tensor, Tensor]:
        """Pads to the longest prompt; cuts at 35 tokens."""
        ...


def preprocess(images: Tensor, size: int) -> Tensor:
    """uint8 [B, H, W, 3] to float32 [B, 3, size, size]: bicubic (antialiased) on the shorter side, centre, CLIP's mean.

    As in the official package; an image that already has this size is not touched by the resizing.
    """
    x = images.permute(0, 3, 1, 2).float()
    height, width = x.shape[-2:]
    if (height, width) != (size, size):
        # The official resize keeps the aspect ratio and cuts the longer side's fraction off.
        short = min(height, width)
        target = [math.floor(size * height / short), math.floor(size * width / short)]
        x = F.interpolate(x, size=target, mode="bicubic", antialias=True).clamp(0, 255).round()
        top, left = round((target[0] - size) / 2), round((target[1] - size) / 2)
        x = x[..., top : top + size, left : left + size]
    mean, std = (torch.tensor(v, device=x.device).view(1, 3, 1, 1) for v in (CLIP_MEAN, CLIP_STD))
    return (x / 255 - mean) / std


class ImageRewardScorer:
    """The `Reward` protocol over an `ImageReward` and its tokenizer; runs on the model's device and in its dtype."""

    def __init__(
        self, model: ImageReward, tokenizer: PromptTokenizer, *, name: str = "image-reward", batch: int = 16
    ) -> None:
        self.model, self.tokenizer, self.name, self.batch = model.eval(), tokenizer, name, batch

    @torch.inference_mode()
    def score(self, images: Tensor, prompt: str) -> Tensor:
        """uint8 [B, H, W, 3] and a prompt to float32 [B] on the images' device; higher is better."""
        if images.dim() != 4 or images.shape[-1] != 3 or images.dtype != torch.uint8:
            raise ConfigError(f"Images are {images.dtype} {tuple(images.shape)}; the reward takes uint8 [B, H, W, 3].")
        weight = self.model.mlp.layers[0].weight
        ids, mask = (t.to(weight.device) for t in self.tokenizer([prompt]))
        scores = []
        for chunk in images.split(self.batch):
            pixels = preprocess(chunk.to(weight.device), self.model.config.image_size).to(weight.dtype)
            scores.append(self.model(pixels, ids.expand(len(chunk), -1), mask.expand(len(chunk), -1)))
        return torch.cat(scores).to(images.device) if scores else torch.zeros(0)

    def flops(self, images: int) -> float:
        """Floating-point operations of scoring this many images, for a prompt of the longest length."""
        return self.model.flops(images)
