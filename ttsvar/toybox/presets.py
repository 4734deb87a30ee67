"""The sizes of the toybox models, in one place."""

from __future__ import annotations

import torch

from ttsvar.families.infinity.text import TextEncoder
from ttsvar.nn.tokenizer_config import TokenizerConfig
from ttsvar.nn.transformer_config import TransformerConfig
from ttsvar.nn.words import WordTokenizer
from ttsvar.toybox.world.things import COLORS, NUMBERS, PLURALS, SHAPES
from ttsvar.types import ScaleSchedule

SCHEDULE = ScaleSchedule(tuple((side, side) for side in (1, 2, 3, 3, 4, 4, 4, 5, 5, 6, 6, 7, 8)))
"""13 scales, so that the paper's schedule applies as it stands; 306 tokens in all."""

TOKENIZER = TokenizerConfig(
    bits=32,
    base_channels=16,
    ch_mult=(1, 2, 4, 8, 8),
    patch_size=16,
    res_blocks=1,
    norm_groups=8,
    gains=tuple(round(0.95**k, 4) for k in range(len(SCHEDULE))),
)

TRANSFORMER = TransformerConfig(
    depth=8,
    embed_dim=192,
    num_heads=3,
    text_channels=128,
    bits=TOKENIZER.bits,
    sizes=SCHEDULE.sizes,
    rope_grid=SCHEDULE.sizes[-1],
    text_maxlen=32,
    levels=len(SCHEDULE),
)

WORDS = (
    *("a", "an", "photo", "of", "and", "left", "right", "above", "below"),
    *NUMBERS[1:],
    *COLORS,
    *SHAPES,
    *(p for s, p in PLURALS.items() if p != s),
)
"""Every word that the toybox knows."""


def new_text_encoder(words: tuple[str, ...] = WORDS, feed_forward: int = 256) -> TextEncoder:
    """An untrained text encoder of the toybox's size for these words, with so many channels inside a block."""
    from transformers import T5Config

    tokenizer = WordTokenizer(words)
    config = T5Config(
        vocab_size=len(tokenizer),
        d_model=TRANSFORMER.text_channels,
        d_kv=32,
        d_ff=feed_forward,
        num_layers=3,
        num_heads=4,
        dropout_rate=0.0,
        feed_forward_proj="gated-gelu",
        use_cache=False,
    )
    encoder = TextEncoder(config, tokenizer)
    _look_at_neighbours(encoder)
    return encoder


def _look_at_neighbours(encoder: TextEncoder) -> None:
    """Start each head on the word one or two before or after its own.

    Left to itself a small encoder stays a bag of words, and 'a red star and a green cup' equals its swapped twin.
    """
    buckets = encoder.model.encoder.block[0].layer[0].SelfAttention.relative_attention_bias.weight  # type: ignore[union-attr]
    later = len(buckets) // 2
    with torch.no_grad():
        for head, bucket in enumerate((1, 2, later + 1, later + 2)):
            buckets[bucket, head] = 4.0
