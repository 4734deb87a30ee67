"""Every published Infinity in one table: shapes, files, and the settings that its weights do not tell."""

from __future__ import annotations

from dataclasses import dataclass

from ttsvar.nn.tokenizer_config import TokenizerConfig
from ttsvar.nn.transformer_config import TransformerConfig, published_ladder
from ttsvar.weights.download import WeightFile

REPO, LICENCE = "FoundationVision/Infinity", "MIT"
TEXT_CHANNELS = 2048
"""Channels of Flan-T5-XL."""


@dataclass(frozen=True)
class PublishedInfinity:
    """What it takes to build a published Infinity.

    `level_every_chunk`: whether the scale embedding is added before every chunk of blocks or before the first block
    alone. No tensor tells. Infinity's class and its scripts for 2B and 8B say the first; for 125M, scripts in
    circulation say both, so that both can be asked for (docs/infinity.md).
    """

    summary: str
    depth: int
    embed_dim: int
    num_heads: int
    block_chunks: int
    resolution: str
    """Of `published_ladder`; what the weights were trained for."""
    weights: str
    """Path in the repository: a file, or the index of its shards."""
    tokenizer_weights: str
    tokenizer: TokenizerConfig
    parameters: int
    """Of the transformer."""
    patchify: bool = False
    level_every_chunk: bool = False

    @property
    def files(self) -> tuple[WeightFile, WeightFile]:
        """The transformer's file or index, and the tokenizer's file."""
        paths = (self.weights, self.tokenizer_weights)
        transformer, tokenizer = (WeightFile(REPO, path, None, None, LICENCE) for path in paths)
        return transformer, tokenizer

    def config(
        self, h_div_w: float = 1.0, resolution: str | None = None, level_every_chunk: bool | None = None
    ) -> TransformerConfig:
        """The transformer on the ladder nearest to height / width; None takes the model's own setting.

        Raises ConfigError for a resolution that has no ladder.
        """
        return TransformerConfig(
            depth=self.depth,
            embed_dim=self.embed_dim,
            num_heads=self.num_heads,
            text_channels=TEXT_CHANNELS,
            bits=self.tokenizer.bits,
            sizes=published_ladder(h_div_w, resolution or self.resolution),
            rope_grid=published_ladder(h_div_w)[-1],
            patchify=self.patchify,
            block_chunks=self.block_chunks,
            level_every_chunk=self.level_every_chunk if level_every_chunk is None else level_every_chunk,
        )


_STRIDE_8 = TokenizerConfig(bits=14, ch_mult=(1, 2, 4, 4), patch_size=8)
_8B = {
    "depth": 40,
    "embed_dim": 3584,
    "num_heads": 28,
    "block_chunks": 8,
    "tokenizer_weights": "infinity_vae_d56_f8_14_patchify.pth",
    "tokenizer": _STRIDE_8,
    "parameters": 8_376_082_128,
    "patchify": True,
}

PUBLISHED: dict[str, PublishedInfinity] = {
    "infinity-125m": PublishedInfinity(
        summary="Infinity-125M, 256 px, 7 scales",
        depth=12,
        embed_dim=768,
        num_heads=8,
        block_chunks=4,
        resolution="0.06M",
        weights="infinity_125M_256x256.pth",
        tokenizer_weights="infinity_vae_d16.pth",
        tokenizer=TokenizerConfig(bits=16),
        parameters=125_168_000,
    ),
    "infinity-2b": PublishedInfinity(
        summary="Infinity-2B, 1024 px, 13 scales; the paper's model",
        depth=32,
        embed_dim=2048,
        num_heads=16,
        block_chunks=8,
        resolution="1M",
        weights="infinity_2b_reg.pth",
        tokenizer_weights="infinity_vae_d32reg.pth",
        tokenizer=TokenizerConfig(bits=32),
        parameters=2_204_697_152,
    ),
    "infinity-8b": PublishedInfinity(
        summary="Infinity-8B, 1024 px, 13 scales",
        resolution="1M",
        weights="infinity_8b_weights/model.safetensors.index.json",
        **_8B,
    ),
    "infinity-8b-512": PublishedInfinity(
        summary="Infinity-8B, 512 px, 10 scales",
        resolution="0.25M",
        weights="infinity_8b_512x512_weights/model.safetensors.index.json",
        **_8B,
    ),
}
