"""Floating-point operations of the judges' vision transformers."""

from __future__ import annotations

from typing import Any


def vit_flops(config: Any, class_tokens: int = 1) -> float:
    """Operations (two per multiply-add, matrix products only) of one image through a CLIP or SigLIP vision model.

    `config` is transformers' configuration of the vision model; SigLIP's patches have no class token beside them.
    """
    width, hidden = config.hidden_size, config.intermediate_size
    patches = (config.image_size // config.patch_size) ** 2
    tokens = patches + class_tokens
    embedding = patches * config.num_channels * config.patch_size**2 * width
    layer = tokens * (4 * width**2 + 2 * width * hidden) + 2 * tokens**2 * width
    return 2.0 * (embedding + config.num_hidden_layers * layer)
