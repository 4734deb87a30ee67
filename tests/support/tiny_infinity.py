"""A tiny Infinity with random weights that listens to its context: one bit changed early changes what comes later."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from ttsvar.families.infinity.autoencoder import BSQAutoencoder
from ttsvar.families.infinity.backend import InfinityBackend
from ttsvar.families.infinity.transformer import Infinity
from ttsvar.nn.tokenizer_config import TokenizerConfig
from ttsvar.nn.transformer_config import TransformerConfig
from ttsvar.types import ScaleSchedule

LADDER = (1, 2, 3, 3, 4, 4, 4, 5, 5, 6, 6, 7, 8)
TRANSFORMER = TransformerConfig(
    depth=3,
    embed_dim=64,
    num_heads=2,
    text_channels=32,
    bits=8,
    sizes=tuple((s, s) for s in LADDER),
    rope_grid=(8, 8),
    text_maxlen=16,
)
TOKENIZER = TokenizerConfig(bits=8, base_channels=8, ch_mult=(1, 2), patch_size=4, res_blocks=1, norm_groups=4)


class HashTextEncoder:
    """Features that depend on each word alone."""

    def __init__(self) -> None:
        self.calls = 0

    def encode(self, prompts: Sequence[str]) -> tuple[Tensor, tuple[int, ...]]:
        self.calls += 1
        rows = [torch.stack([self._word(word) for word in prompt.split()]) for prompt in prompts]
        return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True), tuple(len(row) for row in rows)

    def tokens(self, prompt: str) -> int:
        return len(prompt.split())

    def _word(self, word: str) -> Tensor:
        seed = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=7).digest(), "little")
        return torch.randn(TRANSFORMER.text_channels, generator=torch.Generator().manual_seed(seed))


def tiny_backend(chunk: int = 2, patchify: bool = False, *, chunk_by_run: bool = False) -> InfinityBackend:
    """The same weights every time."""
    config = TRANSFORMER
    if patchify:
        config = replace(config, patchify=True, sizes=tuple((s, s) for s in (1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 4)))
    transformer = Infinity(config).init_weights(seed=1).eval()
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for name, weight in transformer.named_parameters():
            if "adaptive" in name or name == "head.weight":
                weight.copy_(torch.randn(weight.shape, generator=generator) * (1.0 if name == "head.weight" else 0.3))
        tokenizer = BSQAutoencoder(TOKENIZER).eval()
        for weight in tokenizer.parameters():
            weight.copy_(torch.randn(weight.shape, generator=generator) * 0.2)
    schedule = ScaleSchedule(config.sizes)
    return InfinityBackend(
        transformer, tokenizer, HashTextEncoder(), schedule, "tiny", chunk, chunk_by_run=chunk_by_run
    )
