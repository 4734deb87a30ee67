"""Between the tokenizer's grid and a transformer's grid of half its side (the 8B model; `apply_spatial_patchify`)."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor


def patchify(codes: Tensor) -> Tensor:
    """Codes [B, D, 2h, 2w] to [B, 4D, h, w]; channel 4d + 2i + j holds row i, column j of each 2x2 patch."""
    return F.pixel_unshuffle(codes, 2)


def unpatchify_bits(bits: Tensor) -> Tensor:
    """Bits as a patchifying transformer emits them, [B, h, w, 4D], on the tokenizer's grid: [B, 2h, 2w, D]."""
    batch, h, w, channels = bits.shape
    split = bits.reshape(batch, h, w, channels // 4, 2, 2)
    return split.permute(0, 1, 4, 2, 5, 3).reshape(batch, 2 * h, 2 * w, channels // 4)
