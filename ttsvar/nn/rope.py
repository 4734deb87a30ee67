"""Two-dimensional rotary positions of every scale, as tables made once per schedule (Infinity, section 3.2)."""

from __future__ import annotations

from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

from ttsvar.nn.transformer_config import Grid, Sizes, TransformerConfig

_BASE = 10000.0
_TABLE_EDGE = 128
"""Edge of the table that mode 1 resamples: 2048 px at 16 px a token."""


def rotary_tables(config: TransformerConfig, device: torch.device) -> Tensor:
    """The turns of every token of all scales, complex [L_total, head_dim / 2]; made once per schedule."""
    return _tables(config.sizes, config.rope_grid, config.head_dim, config.rope_mode, device)


@lru_cache(maxsize=32)
@torch.inference_mode(False)
def _tables(sizes: Sizes, grid: Grid, head_dim: int, mode: int, device: torch.device) -> Tensor:
    if mode == 1:
        rows = [_resampled(size, grid, head_dim) for size in sizes]
    else:
        rows = [_indexed(size, grid if mode == 2 else size, head_dim) for size in sizes]
    cos, sin = torch.cat(rows, dim=1)
    return torch.complex(cos, sin).to(device)


def _angles(y: Tensor, x: Tensor, head_dim: int) -> Tensor:
    """Angles [..., head_dim / 2] of positions: the first half turns with y, the second with x."""
    half = head_dim // 2
    frequency = 1.0 / (_BASE ** (torch.arange(0, half, 2) / half))
    return torch.cat([y[..., None] * frequency, x[..., None] * frequency], dim=-1)


def _indexed(size: Grid, grid: Grid, head_dim: int) -> Tensor:
    h, w = size
    # Halves round to even and the product is in float32, as in the published tables.
    y = (torch.arange(h) * (grid[0] / h)).round()[:, None].expand(h, w)
    x = (torch.arange(w) * (grid[1] / w)).round()[None, :].expand(h, w)
    angles = _angles(y, x, head_dim).reshape(h * w, -1)
    return torch.stack([angles.cos(), angles.sin()])


def _resampled(size: Grid, grid: Grid, head_dim: int) -> Tensor:
    h, w = grid
    top = (_TABLE_EDGE, int(_TABLE_EDGE / h * w)) if h >= w else (int(_TABLE_EDGE / w * h), _TABLE_EDGE)
    full = _indexed(top, top, head_dim).reshape(2, *top, -1).permute(0, 3, 1, 2)
    small = F.interpolate(full, size=size, mode="bilinear", align_corners=True)
    return small.permute(0, 2, 3, 1).reshape(2, size[0] * size[1], -1)


def rotate(x: Tensor, table: Tensor) -> Tensor:
    """Turn the interleaved channel pairs of float32 x [..., L, head_dim] by a complex table [..., L, head_dim / 2]."""
    pairs = torch.view_as_complex(x.unflatten(-1, (-1, 2)))
    return torch.view_as_real(pairs * table).flatten(-2)
