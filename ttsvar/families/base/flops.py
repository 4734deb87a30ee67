"""Floating-point operations of matrix products and convolutions, from shapes alone; a multiply-add counts as two."""

from __future__ import annotations

from torch import nn

from ttsvar.families.var.transformer import VARConfig
from ttsvar.nn.blocks import Decoder, SpatialAttention
from ttsvar.nn.transformer_config import TransformerConfig


def transformer_flops(config: TransformerConfig, scale: int, text_tokens: int, halves: int) -> float:
    """One candidate at one scale with its cache; `halves` is 2 under guidance. The prompt's own part is left out."""
    width, hidden = config.embed_dim, round(config.embed_dim * config.mlp_ratio)
    h, w = config.sizes[scale]
    tokens, seen = h * w, config.ends[scale]
    # Self-attention: query, key, value and output; cross-attention: query and output, as the prompt's keys are at hand.
    products = 2 * tokens * (4 * width * width + 2 * width * width + 2 * width * hidden)
    attention = 4 * tokens * (seen + text_tokens) * width
    head = 2 * tokens * width * 2 * config.token_bits
    embed = 2 * tokens * config.token_bits * width if scale else 0
    return float(halves * (config.depth * (products + attention) + head) + embed)


def var_flops(config: VARConfig, scale: int, halves: int) -> float:
    """One candidate of VAR at one scale with its cache; `halves` is 2 under guidance. The class's part is left out."""
    width, tokens, seen = config.embed_dim, config.sides[scale] ** 2, config.ends[scale]
    products = 2 * tokens * (4 * width * width + 2 * width * config.hidden)
    attention = 4 * tokens * seen * width
    head = 2 * tokens * width * config.vocab
    embed = 2 * tokens * config.code_channels * width if scale else 0
    return float(halves * (config.depth * (products + attention) + head) + embed)


def decoder_flops(decoder: Decoder, grid: tuple[int, int], before: nn.Module | None = None) -> float:
    """One image from summed codes on a grid (h, w); `before` is a convolution on that grid that comes first."""
    places = grid[0] * grid[1]
    total = places * (_per_place(decoder.conv_in) + (_per_place(before) if before else 0)) + _at(decoder.mid, places)
    for level in reversed(decoder.up):
        total += _at(level.block, places) + _at(level.attn, places)  # type: ignore[arg-type]
        if isinstance(level.upsample, nn.Module):
            # 16 weights for every place before doubling; a 3x3 convolution after it would take 9 for each of four.
            total += places * _per_place(level.upsample) * 16 / 9
            places *= 4
    return total + places * _per_place(decoder.conv_out)


def _at(module: nn.Module, places: int) -> float:
    """Of the convolutions and the attention in a module that keeps a grid of this many places."""
    attends = [m.proj_out.out_channels for m in module.modules() if isinstance(m, SpatialAttention)]
    return places * _per_place(module) + 4.0 * places**2 * sum(attends)


def _per_place(module: nn.Module) -> float:
    """Of all convolutions in a module that keeps the grid, per place of it."""
    return float(sum(2 * m.weight.numel() for m in module.modules() if isinstance(m, nn.Conv2d)))
