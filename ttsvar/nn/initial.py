"""What an Infinity starts from: the initial value of every parameter, and the published unconditional text."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from ttsvar.nn.transformer_config import TransformerConfig

GAMMA_START = 0.3
"""Initial weight of a block's self-attention and feed-forward on the residual stream."""


def initial_value(name: str, parameter: Tensor, config: TransformerConfig) -> tuple[float, float]:
    """A parameter's initial mean, and the spread of its truncated normal (0: constant)."""
    fan_in = parameter.shape[-1]
    if "norm" in name:
        return float(name.endswith("weight")), 0.0
    if name.endswith("log_scale"):
        return math.log(4.0), 0.0
    if name.endswith("bias"):
        return 0.0, 0.0
    if name == "uncond":
        return 0.0, 1.2 / math.sqrt(config.text_channels)
    if name.endswith("adaptive"):
        return 0.0, 0.02
    if "adaptive" in name or name == "head.weight":
        return 0.0, 0.1 / math.sqrt(fan_in)
    if name.startswith("blocks") and name.endswith(("proj.weight", "feed_forward.2.weight")):
        return 0.0, 1.0 / math.sqrt(fan_in * 2 * config.depth)
    if name.startswith(("start_position", "level_embed", "text_pool.query")):
        return 0.0, 1.0 / math.sqrt(3 * config.embed_dim)
    return 0.0, 1.0 / math.sqrt(fan_in)


def initial_uncond(config: TransformerConfig) -> Tensor:
    """The unconditional rows [T, Ct] that the published code starts from, and fills a shorter table up with."""
    rows = torch.empty(config.text_maxlen, config.text_channels)
    nn.init.trunc_normal_(rows, std=1.2, generator=torch.Generator().manual_seed(0))
    return rows / config.text_channels**0.5
