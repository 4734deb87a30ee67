"""The convolutional encoder and decoder around the quantiser: VQGAN's layout, with VAR's attention or without."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from ttsvar.nn.tokenizer_config import TokenizerConfig


def _norm(channels: int, config: TokenizerConfig) -> nn.GroupNorm:
    return nn.GroupNorm(config.groups_for(channels), channels, eps=1e-6)


def _attends(level: int, config: TokenizerConfig) -> bool:
    return config.attention and level == config.levels - 1


class ResBlock(nn.Module):
    """Two 3x3 convolutions, each after normalisation and swish, and a residual path: C_in to C_out channels."""

    def __init__(self, c_in: int, c_out: int, config: TokenizerConfig) -> None:
        super().__init__()
        self.norm1 = _norm(c_in, config)
        self.conv1 = nn.Conv2d(c_in, c_out, 3, padding=1)
        self.norm2 = _norm(c_out, config)
        self.conv2 = nn.Conv2d(c_out, c_out, 3, padding=1)
        self.nin_shortcut = nn.Conv2d(c_in, c_out, 1) if c_in != c_out else None

    def forward(self, x: Tensor) -> Tensor:
        h = self.conv1(F.silu(self.norm1(x)))
        h = self.conv2(F.silu(self.norm2(h)))
        return h + (x if self.nin_shortcut is None else self.nin_shortcut(x))


class Downsample(nn.Module):
    """Halves the grid with a strided 3x3 convolution; the missing pixels are zeros on the right and below."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(F.pad(x, (0, 1, 0, 1)))


class Upsample(nn.Module):
    """Doubles the grid by repeating pixels, then a 3x3 convolution, both at once.

    Where pixels repeat, three taps see two pixels. Adding up the weights that see the same one gives a transposed
    convolution of 4x4 weights and stride 2 with the same result, edges too, in 4/9 of the multiplications.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        sums = F.avg_pool2d(self.conv.weight.flip(2, 3), 2, stride=1, padding=1, divisor_override=1)
        return F.conv_transpose2d(x, sums.transpose(0, 1).contiguous(), self.conv.bias, stride=2, padding=1)


class SpatialAttention(nn.Module):
    """Every place of the grid attends to every other, one head, with a residual path."""

    def __init__(self, channels: int, config: TokenizerConfig) -> None:
        super().__init__()
        self.norm = _norm(channels, config)
        self.qkv = nn.Conv2d(channels, 3 * channels, 1)
        self.proj_out = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self.qkv(self.norm(x)).flatten(2).transpose(1, 2)[:, None].chunk(3, dim=-1)
        h = F.scaled_dot_product_attention(q, k, v)[:, 0]
        return x + self.proj_out(h.transpose(1, 2).unflatten(2, x.shape[-2:]))


class Level(nn.Module):
    """The residual blocks of one resolution, each followed by attention where there is any, and the change of size."""

    def __init__(self, c_in: int, c_out: int, blocks: int, config: TokenizerConfig, attends: bool = False) -> None:
        super().__init__()
        self.block = nn.ModuleList(ResBlock(c_in if i == 0 else c_out, c_out, config) for i in range(blocks))
        self.attn = nn.ModuleList(SpatialAttention(c_out, config) for _ in range(blocks if attends else 0))
        self.downsample: Downsample | None = None
        self.upsample: Upsample | None = None

    def forward(self, x: Tensor) -> Tensor:
        for i, block in enumerate(self.block):
            x = block(x)
            if len(self.attn):
                x = self.attn[i](x)
        if self.downsample is not None:
            x = self.downsample(x)
        return x if self.upsample is None else self.upsample(x)


class Middle(nn.Module):
    """Two residual blocks at the coarsest resolution, with attention between them where there is any."""

    def __init__(self, channels: int, config: TokenizerConfig) -> None:
        super().__init__()
        self.block_1 = ResBlock(channels, channels, config)
        self.attn_1 = SpatialAttention(channels, config) if config.attention else None
        self.block_2 = ResBlock(channels, channels, config)

    def forward(self, x: Tensor) -> Tensor:
        x = self.block_1(x)
        return self.block_2(x if self.attn_1 is None else self.attn_1(x))


class Encoder(nn.Module):
    """Images [B, 3, H, W] to features [B, D, H / patch, W / patch]."""

    def __init__(self, config: TokenizerConfig) -> None:
        super().__init__()
        self.conv_in = nn.Conv2d(config.image_channels, config.base_channels, 3, padding=1)
        self.down = nn.ModuleList()
        c_in = config.base_channels
        for i, c_out in enumerate(config.channels):
            level = Level(c_in, c_out, config.res_blocks, config, _attends(i, config))
            if i < config.halvings:
                level.downsample = Downsample(c_out)
            self.down.append(level)
            c_in = c_out
        self.mid = Middle(c_in, config)
        self.norm_out = _norm(c_in, config)
        self.conv_out = nn.Conv2d(c_in, config.bits, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv_in(x)
        for level in self.down:
            x = level(x)
        return self.conv_out(F.silu(self.norm_out(self.mid(x))))


class Decoder(nn.Module):
    """Summed codes [B, D, h, w] to images [B, 3, h * patch, w * patch], not clamped."""

    def __init__(self, config: TokenizerConfig) -> None:
        super().__init__()
        c_in = config.channels[-1]
        self.conv_in = nn.Conv2d(config.bits, c_in, 3, padding=1)
        self.mid = Middle(c_in, config)
        levels = []
        # Doubling starts at level 1 (level 0 too where every level halves), so a plain finest level comes last.
        first = min(1, config.levels - config.halvings)
        for i in reversed(range(config.levels)):
            c_out = config.channels[i]
            level = Level(c_in, c_out, config.res_blocks + 1, config, _attends(i, config))
            if first <= i < first + config.halvings:
                level.upsample = Upsample(c_out)
            levels.append(level)
            c_in = c_out
        self.up = nn.ModuleList(reversed(levels))
        self.norm_out = _norm(c_in, config)
        self.conv_out = nn.Conv2d(c_in, config.image_channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.mid(self.conv_in(x))
        for level in reversed(self.up):
            x = level(x)
        return self.conv_out(F.silu(self.norm_out(x)))
