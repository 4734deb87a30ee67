"""Candidates' pixels as the published code shows them to the feature networks. B images, H x W pixels."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from ttsvar.errors import ConfigError


def check_images(images: Tensor) -> None:
    """Raise ConfigError where images are not uint8 [B, H, W, 3]."""
    if images.dtype != torch.uint8 or images.dim() != 4 or images.shape[-1] != 3:
        raise ConfigError(
            f"The images are {images.dtype} of shape {tuple(images.shape)}; give torch.uint8 [B, H, W, 3], RGB."
        )


def resize_levels(images: Tensor, size: tuple[int, int]) -> Tensor:
    """uint8 [B, H, W, 3] to uint8 [B, 3, h, w], bilinear and antialiased as Pillow does it, whatever their shape.

    Images that have this size already are not touched.
    """
    levels = images.permute(0, 3, 1, 2)
    if tuple(levels.shape[-2:]) == size:
        return levels.contiguous()
    # Only the CPU resizes uint8, which rounds to whole levels after each axis, as Pillow does.
    return F.interpolate(levels.cpu(), size=size, mode="bilinear", antialias=True).to(images.device)


def resize_images(images: Tensor, size: tuple[int, int]) -> Tensor:
    """uint8 [B, H, W, 3] to float32 [B, 3, h, w] in [0, 1], resized as `resize_levels` does."""
    return resize_levels(images, size).float() / 255
