"""The sizes of this world's models, in one place; docs/icons.md says what was measured to choose them."""

from __future__ import annotations

from ttsvar.families.infinity.text import TextEncoder
from ttsvar.nn.tokenizer_config import TokenizerConfig
from ttsvar.nn.transformer_config import TransformerConfig
from ttsvar.toybox.icons.words import WORDS
from ttsvar.toybox.presets import new_text_encoder as toybox_text_encoder
from ttsvar.types import ScaleSchedule

IMAGE_SIZE = 128

SCHEDULE = ScaleSchedule(tuple((side, side) for side in (1, 2, 4, 4, 4, 6, 6, 7, 8, 9, 10, 12, 16)))
"""13 scales for the paper's schedule: 4x4 at its first decision, 6x6 at the second, 819 tokens in all."""

# The toybox's without its coarsest level, so that every layer can begin with a trained one's weights.
TOKENIZER = TokenizerConfig(
    bits=32,
    base_channels=16,
    ch_mult=(1, 2, 4, 8),
    patch_size=8,
    res_blocks=1,
    norm_groups=8,
    gains=tuple(round(0.95**k, 4) for k in range(len(SCHEDULE))),
)

TRANSFORMER = TransformerConfig(
    depth=10,
    embed_dim=192,
    num_heads=3,
    text_channels=128,
    bits=TOKENIZER.bits,
    sizes=SCHEDULE.sizes,
    rope_grid=SCHEDULE.sizes[-1],
    text_maxlen=32,
    levels=len(SCHEDULE),
)


def new_text_encoder() -> TextEncoder:
    """An untrained text encoder: the toybox's with twice the feed-forward and more words."""
    return toybox_text_encoder(WORDS, feed_forward=512)
