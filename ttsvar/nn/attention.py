"""The attention layers of Infinity and VAR blocks: self-attention, text cross-attention, attentive pooling.

Dimension letters: B rows, L tokens, C channels, H heads, S prompts, G candidates per prompt, T text tokens.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ttsvar.nn.kv_cache import CacheView
from ttsvar.nn.rope import rotate

MAX_LOG_SCALE = math.log(100.0)
"""Upper limit of the learned log scale of cosine attention."""


def attend(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, scale: float) -> Tensor:
    """Softmax attention of q [B, H, L, head_dim] to k and v [B, H, T, head_dim].

    A boolean `mask`, [1, 1, L, T] or [B, 1, 1, T], is true where a token may look.
    """
    if q.device.type != "cpu" or not q.requires_grad:
        return F.scaled_dot_product_attention(q, k, v, attn_mask=mask, scale=scale)
    # Training on a CPU: plain products over one row at a time stay in cache. Forward and back they take 47 ms where the
    # fused kernel takes 126 for [32, 4, 306, 64] in bfloat16 on one core, and 13 against 40 for 16 text tokens.
    bias = q.new_zeros(1, 1, 1) if mask is None else q.new_zeros(mask.shape).masked_fill_(~mask, float("-inf"))
    biases = bias.expand(len(q), *bias.shape[-3:])
    rows = [
        torch.baddbmm(bias_row, q_row, k_row.transpose(1, 2), alpha=scale).softmax(-1) @ v_row
        for bias_row, q_row, k_row, v_row in zip(biases, q, k, v, strict=True)
    ]
    return torch.stack(rows)


class SelfAttention(nn.Module):
    """Cosine attention: unit queries and keys, one learned scale per head; rotary positions where given.

    Not `cosine`, queries and keys keep their lengths, and products are scaled by a quarter of the usual (VAR's
    `attn_l2_norm=False`); rotary positions are for cosine attention.
    """

    zero_k_bias: Tensor
    """Keys have no bias, but published checkpoints hold its zeros."""
    log_scale: nn.Parameter | None

    def __init__(self, channels: int, heads: int, cosine: bool = True) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(channels, 3 * channels, bias=False)
        self.q_bias = nn.Parameter(torch.zeros(channels))
        self.v_bias = nn.Parameter(torch.zeros(channels))
        self.register_buffer("zero_k_bias", torch.zeros(channels))
        scale = nn.Parameter(torch.full((1, heads, 1, 1), math.log(4.0))) if cosine else None
        self.register_parameter("log_scale", scale)
        self.proj = nn.Linear(channels, channels)

    def forward(
        self, x: Tensor, table: Tensor | None, mask: Tensor | None = None, cache: tuple[CacheView, int] | None = None
    ) -> Tensor:
        """x [B, L, C] to [B, L, C]; `table` complex [L, head_dim / 2] holds the rotary positions of these tokens.

        With `cache` (a grown view and this layer's index) the keys of past scales are attended to as well.
        """
        bias = torch.cat([self.q_bias, self.zero_k_bias, self.v_bias])
        qkv = F.linear(x, self.qkv.weight, bias).unflatten(-1, (3, self.heads, -1))
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        if self.log_scale is not None:
            q, k = F.normalize(q.float(), dim=-1), F.normalize(k.float(), dim=-1)
            gain = self.log_scale.clamp_max(MAX_LOG_SCALE).exp()
            q, k = (q * gain, k) if table is None else (rotate(q, table * gain), rotate(k, table))
            q, k = q.to(v.dtype), k.to(v.dtype)
        if cache is not None:
            view, layer = cache
            k, v = view.write(layer, k, v)
        out = attend(q, k, v, mask, 0.25 * q.shape[-1] ** -0.5 if self.log_scale is None else 1.0)
        return self.proj(out.transpose(1, 2).flatten(2))


class TextKeysValues(nn.Module):
    """Keys and values of text rows: the half of cross-attention that is computed once per prompt."""

    zero_k_bias: Tensor

    def __init__(self, text_channels: int, channels: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.kv = nn.Linear(text_channels, 2 * channels, bias=False)
        self.v_bias = nn.Parameter(torch.zeros(channels))
        self.register_buffer("zero_k_bias", torch.zeros(channels))

    def keys_values(self, text: Tensor) -> tuple[Tensor, Tensor]:
        """Text rows [S, T, Ct] to keys and values, each [S, H, T, head_dim]."""
        kv = F.linear(text, self.kv.weight, torch.cat([self.zero_k_bias, self.v_bias]))
        k, v = kv.unflatten(-1, (2, self.heads, -1)).permute(2, 0, 3, 1, 4).unbind(0)
        return k, v


class CrossAttention(TextKeysValues):
    """Image tokens attend to their prompt's text rows."""

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__(channels, channels, heads)
        self.q = nn.Linear(channels, channels)
        self.proj = nn.Linear(channels, channels)

    def forward(self, x: Tensor, kv: tuple[Tensor, Tensor], mask: Tensor | None) -> Tensor:
        """x [S, G * L, C] with `kv` of `keys_values` and a boolean key mask [S, 1, 1, T], to [S, G * L, C]."""
        q = self.q(x).unflatten(-1, (self.heads, -1)).transpose(1, 2)
        out = attend(q, *kv, mask, q.shape[-1] ** -0.5)
        return self.proj(out.transpose(1, 2).flatten(2))


class AttentivePool(TextKeysValues):
    """One learned query sums up a prompt's text rows."""

    def __init__(self, text_channels: int, channels: int, heads: int) -> None:
        super().__init__(text_channels, channels, heads)
        self.query = nn.Parameter(torch.zeros(1, heads, channels // heads))
        self.proj = nn.Linear(channels, channels)

    def forward(self, text: Tensor, mask: Tensor | None) -> Tensor:
        """Text rows [S, T, Ct] and a boolean key mask [S, 1, 1, T] to [S, C]."""
        k, v = self.keys_values(text)
        q = self.query.to(k.dtype).unsqueeze(2).expand(len(text), -1, -1, -1)
        return self.proj(attend(q, k, v, mask, q.shape[-1] ** -0.5).flatten(1))
