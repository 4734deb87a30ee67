"""Candidates' pixels as each judge was trained to see them. B images, H x W pixels."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from ttsvar.errors import ConfigError

CLIP_MEAN = (0.48145466, 0.4578275, 0.40821073)
CLIP_STD = (0.26862954, 0.26130258, 0.27577711)
HALF = (0.5, 0.5, 0.5)
"""SigLIP's mean and deviation: pixels run from -1 to 1."""


def check_images(images: Tensor) -> None:
    """Raise ConfigError where images are not uint8 [B, H, W, 3]."""
    if images.dim() != 4 or images.shape[-1] != 3 or images.dtype != torch.uint8:
        raise ConfigError(f"Images are {images.dtype} {tuple(images.shape)}; the reward takes uint8 [B, H, W, 3].")


def center_crop(images: Tensor, size: int) -> Tensor:
    """uint8 [B, H, W, 3] to levels float32 [B, 3, size, size]: the shorter side resized, the longer one cut evenly.

    An image that already has this size is not touched.
    """
    height, width = images.shape[1:3]
    # The published transform keeps the aspect ratio and cuts the longer side's fraction off.
    short = min(height, width)
    x = _resize(images, (math.floor(size * height / short), math.floor(size * width / short)))
    top, left = (round((side - size) / 2) for side in x.shape[-2:])
    return x[..., top : top + size, left : left + size]


def letterbox(images: Tensor, size: int) -> Tensor:
    """uint8 [B, H, W, 3] to levels float32 [B, 3, size, size]: the longer side resized, black on both sides."""
    scale = size / max(images.shape[1:3])
    height, width = (round(side * scale) for side in images.shape[1:3])
    below, beside = size - height, size - width
    x = _resize(images, (height, width))
    return F.pad(x, (beside // 2, beside - beside // 2, below // 2, below - below // 2))


def squash(images: Tensor, size: int) -> Tensor:
    """uint8 [B, H, W, 3] to levels float32 [B, 3, size, size], whatever the aspect ratio."""
    return _resize(images, (size, size))


def normalize(levels: Tensor, mean: tuple[float, ...] = CLIP_MEAN, std: tuple[float, ...] = CLIP_STD) -> Tensor:
    """Levels 0 to 255 [B, 3, h, w] to the mean and deviation that a model expects."""
    return (levels / 255 - levels.new_tensor(mean).view(1, 3, 1, 1)) / levels.new_tensor(std).view(1, 3, 1, 1)


def preprocess(images: Tensor, size: int) -> Tensor:
    """uint8 [B, H, W, 3] to float32 [B, 3, size, size] as ImageReward and OpenAI's CLIP see them."""
    return normalize(center_crop(images, size))


def _resize(images: Tensor, size: tuple[int, int]) -> Tensor:
    """Bicubic and antialiased, rounded to whole levels as Pillow does."""
    x = images.permute(0, 3, 1, 2).float()
    if tuple(x.shape[-2:]) == size:
        return x
    return F.interpolate(x, size=size, mode="bicubic", antialias=True).clamp(0, 255).round()
