"""Shapes of an Infinity transformer, and the published scale ladders it was trained on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from ttsvar.errors import CheckpointError, ConfigError

Grid = tuple[int, int]
Sizes = tuple[Grid, ...]

ROPE_MODES = (0, 1, 2)
"""0: raw grid index; 1: a resampled table; 2: index stretched to the reference grid (every published model)."""

_LADDERS: dict[float, Sizes] = {
    1.0: (
        (1, 1), (2, 2), (4, 4), (6, 6), (8, 8), (12, 12), (16, 16),
        (20, 20), (24, 24), (32, 32), (40, 40), (48, 48), (64, 64),
    ),
    1.25: (
        (1, 1), (2, 2), (3, 3), (5, 4), (10, 8), (15, 12), (20, 16),
        (25, 20), (30, 24), (35, 28), (45, 36), (55, 44), (70, 56),
    ),
    1.333: (
        (1, 1), (2, 2), (4, 3), (8, 6), (12, 9), (16, 12), (20, 15),
        (24, 18), (28, 21), (36, 27), (48, 36), (60, 45), (72, 54),
    ),
    1.5: (
        (1, 1), (2, 2), (3, 2), (6, 4), (9, 6), (15, 10), (21, 14),
        (27, 18), (33, 22), (39, 26), (48, 32), (63, 42), (78, 52),
    ),
    1.75: (
        (1, 1), (2, 2), (3, 3), (7, 4), (11, 6), (14, 8), (21, 12),
        (28, 16), (35, 20), (42, 24), (56, 32), (70, 40), (84, 48),
    ),
    2.0: (
        (1, 1), (2, 2), (4, 2), (6, 3), (10, 5), (16, 8), (22, 11),
        (30, 15), (38, 19), (46, 23), (60, 30), (74, 37), (90, 45),
    ),
    2.5: (
        (1, 1), (2, 2), (5, 2), (10, 4), (15, 6), (20, 8), (25, 10),
        (30, 12), (40, 16), (50, 20), (65, 26), (80, 32), (100, 40),
    ),
    3.0: (
        (1, 1), (2, 2), (6, 2), (9, 3), (15, 5), (21, 7), (27, 9),
        (36, 12), (45, 15), (54, 18), (72, 24), (90, 30), (111, 37),
    ),
}  # fmt: skip
_TELLING = (
    *("pos_start", "text_norm.weight", "word_embed.weight", "cfg_uncond", "lvl_embed.weight"),
    "text_proj_for_sos.ca.mat_q",
)
_SCALES_OF = {"0.06M": 7, "0.25M": 10, "0.60M": 12, "1M": 13}
RESOLUTIONS = tuple(_SCALES_OF)
"""Pixels that a published Infinity can draw."""


def published_ladder(h_div_w: float = 1.0, resolution: str = "1M") -> Sizes:
    """Transformer grids of the published ladder nearest to an aspect ratio (height / width).

    `resolution` is one of 0.06M, 0.25M, 0.60M, 1M (pixels); the smaller ones are the first scales of 1M.
    """
    if resolution not in _SCALES_OF:
        raise ConfigError(f"resolution is {resolution!r}; it must be one of {', '.join(_SCALES_OF)}.")
    wide = {int(1000 / ratio) / 1000: tuple((w, h) for h, w in sizes) for ratio, sizes in _LADDERS.items() if ratio > 1}
    ladders = {**_LADDERS, **wide}
    nearest = min(ladders, key=lambda ratio: abs(ratio - h_div_w))
    return ladders[nearest][: _SCALES_OF[resolution]]


@dataclass(frozen=True)
class TransformerConfig:
    """Everything that fixes an Infinity transformer's tensors and its arithmetic."""

    depth: int
    embed_dim: int
    num_heads: int
    text_channels: int
    bits: int
    """D, bits of one tokenizer cell."""
    sizes: Sizes
    """Transformer grid (h, w) of every scale, coarse to fine; the first is (1, 1)."""
    rope_grid: Grid = (64, 64)
    """Grid whose indices the rotary positions of every scale are stretched to (rope mode 2)."""
    patchify: bool = False
    """A token covers 2 x 2 tokenizer cells, so it carries 4 D bits."""
    text_maxlen: int = 512
    mlp_ratio: float = 4.0
    levels: int = 15
    """Rows of the scale embedding."""
    block_chunks: int = 1
    """Groups of blocks; names the published keys, and where the scale embedding is added again."""
    level_every_chunk: bool = False
    """Add the scale embedding before every chunk of blocks, not before the first block alone."""
    pool_heads: int = 0
    """Heads of the start token's attentive pooling; 0 means one per 128 text channels."""
    rope_mode: int = 2
    norm_eps: float = 1e-6

    def __post_init__(self) -> None:
        object.__setattr__(self, "sizes", tuple((int(h), int(w)) for h, w in self.sizes))
        object.__setattr__(self, "rope_grid", (int(self.rope_grid[0]), int(self.rope_grid[1])))
        object.__setattr__(self, "pool_heads", self.pool_heads or max(1, self.text_channels // 128))
        _divides("num_heads", self.num_heads, "embed_dim", self.embed_dim)
        _divides("4 * num_heads", 4 * self.num_heads, "embed_dim", self.embed_dim)
        _divides("pool_heads", self.pool_heads, "embed_dim", self.embed_dim)
        _divides("block_chunks", self.block_chunks, "depth", self.depth)
        if not self.sizes or self.sizes[0] != (1, 1):
            raise ConfigError(f"sizes starts with {self.sizes[:1]}; the first scale must be (1, 1): the start token.")
        if len(self.sizes) > self.levels:
            raise ConfigError(f"sizes has {len(self.sizes)} scales; the scale embedding has {self.levels} rows.")
        if self.rope_mode not in ROPE_MODES:
            raise ConfigError(f"rope_mode is {self.rope_mode!r}; it must be one of {ROPE_MODES}.")

    @property
    def head_dim(self) -> int:
        """Channels of one attention head."""
        return self.embed_dim // self.num_heads

    @property
    def token_bits(self) -> int:
        """Bits of one transformer token: D, or 4 D with patchify."""
        return self.bits * 4 if self.patchify else self.bits

    @property
    def tokenizer_sizes(self) -> Sizes:
        """Grid of every scale on the tokenizer's side: twice the transformer's with patchify."""
        factor = 2 if self.patchify else 1
        return tuple((h * factor, w * factor) for h, w in self.sizes)

    @property
    def ends(self) -> tuple[int, ...]:
        """Tokens up to and including each scale."""
        total, ends = 0, []
        for h, w in self.sizes:
            total += h * w
            ends.append(total)
        return tuple(ends)

    def to_json(self) -> str:
        """The config as JSON, for a weight file's metadata."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> TransformerConfig:
        """The inverse of `to_json`; unknown settings raise ConfigError."""
        values = json.loads(text)
        unknown = sorted(set(values) - {f.name for f in fields(cls)})
        if unknown:
            raise ConfigError(f"The transformer config has settings this version does not know: {', '.join(unknown)}.")
        return cls(**values)


def config_from_reference(case: Mapping, shapes: Mapping[str, tuple[int, ...]]) -> TransformerConfig:
    """The config of a reference case: its `config.json`, and the tensor shapes of its published checkpoint.

    Where both could tell (text length, scale embeddings, heads, bits, width of the feed-forward), the weights do.
    Raises CheckpointError where the tensors are not a transformer's.
    """
    lacking = [name for name in _TELLING if name not in shapes]
    if lacking:
        raise CheckpointError(f"The checkpoint lacks {', '.join(lacking)}; it is not an Infinity transformer.")
    sizes = tuple((int(s[-2]), int(s[-1])) for s in case["scale_schedule"])
    patchify = bool(case.get("apply_spatial_patchify", False))
    h_div_w = float(case.get("h_div_w") or sizes[-1][0] / sizes[-1][1])
    width = shapes["pos_start"][-1]
    chunks = {name.split(".")[1] for name in shapes if name.startswith("block_chunks.")}
    first_block = "block_chunks.0.module.0." if chunks else "blocks.0."
    return TransformerConfig(
        depth=sum(name.endswith(".ada_gss") for name in shapes),
        embed_dim=width,
        num_heads=shapes[first_block + "sa.scale_mul_1H11"][1],
        text_channels=shapes["text_norm.weight"][0],
        bits=shapes["word_embed.weight"][1] // (4 if patchify else 1),
        sizes=sizes,
        rope_grid=published_ladder(h_div_w)[-1],
        patchify=patchify,
        # A checkpoint may hold fewer unconditional rows than the model has.
        text_maxlen=max(shapes["cfg_uncond"][0], int(case.get("text_maxlen", 0))),
        mlp_ratio=shapes[first_block + "ffn.fc1.weight"][0] / width,
        levels=shapes["lvl_embed.weight"][0],
        block_chunks=len(chunks) or int(case.get("block_chunks", 1)),
        level_every_chunk=not case.get("add_lvl_embeding_only_first_block", 1),
        pool_heads=shapes["text_proj_for_sos.ca.mat_q"][1],
        rope_mode=int(case.get("rope2d_normalized_by_hw", 2)),
    )


def _divides(small_name: str, small: int, large_name: str, large: int) -> None:
    if small < 1 or large % small:
        raise ConfigError(f"{small_name} is {small} and {large_name} is {large}; the first must divide the second.")
