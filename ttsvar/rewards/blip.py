"""BLIP's vision transformer: pre-norm blocks, learned absolute positions, a class token first."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ttsvar.rewards.config import ImageRewardConfig

EPS = 1e-6


class PatchEmbedding(nn.Module):
    """Images [B, 3, H, W] to patch vectors [B, L, C]."""

    def __init__(self, config: ImageRewardConfig) -> None:
        super().__init__()
        self.proj = nn.Conv2d(3, config.vision_width, config.patch, stride=config.patch)

    def forward(self, images: Tensor) -> Tensor:
        """A strided convolution, computed as one matrix product over the pixels of each patch."""
        p = self.proj.kernel_size[0]
        b, c, h, w = images.shape
        pixels = images.reshape(b, c, h // p, p, w // p, p).permute(0, 2, 4, 1, 3, 5).reshape(b, -1, c * p * p)
        return F.linear(pixels, self.proj.weight.flatten(1), self.proj.bias)


class VisionAttention(nn.Module):
    """Self-attention with one matrix for queries, keys and values."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        """[B, L, C] to [B, L, C]."""
        b, length, c = x.shape
        q, k, v = self.qkv(x).view(b, length, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        return self.proj(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, length, c))


class VisionMlp(nn.Module):
    """Two linear layers around a GELU."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(width, hidden)
        self.fc2 = nn.Linear(hidden, width)

    def forward(self, x: Tensor) -> Tensor:
        """[B, L, C] to [B, L, C]."""
        return self.fc2(F.gelu(self.fc1(x)))


class VisionBlock(nn.Module):
    """One pre-norm block."""

    def __init__(self, config: ImageRewardConfig) -> None:
        super().__init__()
        width = config.vision_width
        self.norm1 = nn.LayerNorm(width, eps=EPS)
        self.attn = VisionAttention(width, config.vision_heads)
        self.norm2 = nn.LayerNorm(width, eps=EPS)
        self.mlp = VisionMlp(width, config.mlp_ratio * width)

    def forward(self, x: Tensor) -> Tensor:
        """[B, L, C] to [B, L, C]."""
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class VisionTransformer(nn.Module):
    """Images [B, 3, H, W], normalised with CLIP's mean and deviation, to a class token and patches [B, 1 + L, C]."""

    def __init__(self, config: ImageRewardConfig) -> None:
        super().__init__()
        width = config.vision_width
        self.patch_embed = PatchEmbedding(config)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, width))
        self.pos_embed = nn.Parameter(torch.zeros(1, config.image_tokens, width))
        self.blocks = nn.ModuleList([VisionBlock(config) for _ in range(config.vision_layers)])
        self.norm = nn.LayerNorm(width, eps=EPS)

    def forward(self, images: Tensor) -> Tensor:
        """The normed tokens of the last block."""
        patches = self.patch_embed(images)
        x = torch.cat([self.cls_token.expand(len(patches), -1, -1), patches], dim=1) + self.pos_embed
        for block in self.blocks:
            x = block(x)
        return self.norm(x)
