"""A larger model that begins with a smaller one's weights: what the small one learned lies in its first channels."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ttsvar.families.infinity.autoencoder import BSQAutoencoder
from ttsvar.families.infinity.text import TextEncoder
from ttsvar.families.infinity.transformer import Infinity

STACKED = {".qkv.weight": 3, ".kv.weight": 2, "shared_adaptive.": 6, "head_adaptive.": 2}
"""Tensors that hold several matrices one above the other, by part of their name: each grows by itself."""
OF_THE_TOKENIZER = ("word_embed.", "head.")
"""What speaks another tokenizer's bits is left new."""


@torch.no_grad()
def grow_transformer(small: Infinity, large: Infinity) -> None:
    """Copy a trained transformer into a freshly initialised one of as many or more blocks, channels and heads.

    Heads must have the same length, so that the first of the large one are the small one's.
    """
    if small.config.head_dim != large.config.head_dim:
        raise ValueError(f"Heads of {small.config.head_dim} channels do not fit heads of {large.config.head_dim}.")
    _grow(small, large, OF_THE_TOKENIZER)


@torch.no_grad()
def grow_tokenizer(small: BSQAutoencoder, large: BSQAutoencoder) -> None:
    """Copy a trained tokenizer's convolutions into a new one, level by level from the finest."""
    _grow(small, large, ("quantizer.",))


@torch.no_grad()
def grow_text_encoder(small: TextEncoder, large: TextEncoder) -> None:
    """Copy a trained text encoder into a new one with more words or wider layers; words are found by their spelling."""
    _grow(small.model, large.model, ("shared.", "embed_tokens."))
    known = {word: row for row, word in enumerate(small.tokenizer.words)}
    old, new = (encoder.model.shared.weight for encoder in (small, large))
    special = len(small.tokenizer) - len(small.tokenizer.words)
    new[:special] = old[:special]
    for row, word in enumerate(large.tokenizer.words):
        if word in known:
            new[special + row] = old[special + known[word]]


def _grow(small: nn.Module, large: nn.Module, left: tuple[str, ...]) -> None:
    """Copy every tensor that both have into the leading corner of the larger one."""
    old = small.state_dict()
    for name, tensor in large.state_dict().items():
        if name in old and not any(part in name for part in left):
            parts = next((n for key, n in STACKED.items() if key in name), 1)
            for source, target in zip(old[name].chunk(parts), tensor.chunk(parts), strict=True):
                _copy_corner(source, target)


def _copy_corner(source: Tensor, target: Tensor) -> None:
    corner = tuple(slice(min(a, b)) for a, b in zip(source.shape, target.shape, strict=True))
    target[corner] = source[corner]
