"""Bytes that a run needs beside the weights, from shapes alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ttsvar.families.var.transformer import VARConfig
from ttsvar.nn.tokenizer_config import TokenizerConfig
from ttsvar.nn.transformer_config import TransformerConfig

LIVE_WIDTHS = 24
"""Widths of a token that a block holds at once: residual, norms, queries, keys and values, and the feed-forward's 4."""
LIVE_MAPS = 4
"""Copies of the finest feature map that the decoder holds at once."""


def cache_bytes(
    alive: Sequence[int],
    decided: Sequence[bool],
    capacity: Callable[[int], int],
    rows: Callable[[int], int],
    token_bytes: int,
) -> int:
    """The highest size of the KV caches in a run: at a decision the old cache and the chosen rows' both exist.

    `alive[k]` candidates live on after scale k, where something is decided if `decided[k]`: a decision that keeps as
    many may copy some over others, too. A cache made before scale k has room for `capacity(k)` tokens; `rows` turns
    candidates into rows; a token of one row takes `token_bytes`.
    """
    held = rows(alive[0]) * capacity(0) * token_bytes
    peak = held
    for scale in range(1, len(alive)):
        if decided[scale - 1] and alive[max(scale - 2, 0)] > 1:
            chosen = rows(alive[scale - 1]) * capacity(scale) * token_bytes
            peak, held = max(peak, held + chosen), chosen
    return peak


def forward_bytes(config: TransformerConfig | VARConfig, rows: int, itemsize: int) -> int:
    """What a block needs for the tokens of the largest scale, in a forward pass of this many rows."""
    tokens = max(h * w for h, w in config.sizes)
    return rows * tokens * config.embed_dim * LIVE_WIDTHS * itemsize


def decode_bytes(config: TokenizerConfig, grid: tuple[int, int], images: int, itemsize: int) -> int:
    """What the decoder needs for this many images at once, from a grid (h, w) of summed codes."""
    pixels = grid[0] * grid[1] * config.patch_size**2
    # The finest level starts from the enlarged map of the level below, which is as wide or wider.
    return images * pixels * config.base_channels * max(config.ch_mult[:2]) * LIVE_MAPS * itemsize
