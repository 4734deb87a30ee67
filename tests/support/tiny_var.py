"""A tiny VAR with random weights; and the published names and shapes, written down apart from the code."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from ttsvar.families.var.backend import VARBackend
from ttsvar.families.var.imagenet import ClassNames
from ttsvar.families.var.transformer import VAR, VARConfig
from ttsvar.families.var.vq import VQAutoencoder, VQConfig
from ttsvar.nn.tokenizer_config import TokenizerConfig

CONFIG = VARConfig(
    depth=2, embed_dim=32, num_heads=2, sides=(1, 2, 3, 3, 4, 4, 5, 5, 6, 8), vocab=50, code_channels=8, classes=3
)
SHAPE = TokenizerConfig(
    bits=8, base_channels=8, ch_mult=(1, 2), patch_size=2, res_blocks=1, norm_groups=4, attention=True
)
NAMES = ClassNames([["tench", "Tinca tinca"], ["golden retriever"], ["crane"]])


def tiny_backend(chunk: int = 2) -> VARBackend:
    """The same weights every time; one token changed early changes what comes later."""
    generator = torch.Generator().manual_seed(2)
    transformer, tokenizer = VAR(CONFIG).eval(), VQAutoencoder(VQConfig(vocab=50, shape=SHAPE)).eval()
    with torch.no_grad():
        for name, weight in transformer.named_parameters():
            weight.copy_(torch.randn(weight.shape, generator=generator) * (0.5 if name == "head.weight" else 0.2))
        for weight in tokenizer.parameters():
            weight.copy_(torch.randn(weight.shape, generator=generator) * 0.25)
    return VARBackend(transformer, tokenizer, NAMES, "tiny-var", chunk)


def published_shapes(config: VARConfig) -> dict[str, tuple[int, ...]]:
    """Names and shapes as the published code saves them, the training mask included."""
    c, total = config.embed_dim, config.ends[-1]
    shapes: dict[str, tuple[int, ...]] = {
        "pos_start": (1, config.sides[0] ** 2, c),
        "pos_1LC": (1, total, c),
        "lvl_1L": (1, total),
        "attn_bias_for_masking": (1, 1, total, total),
        "word_embed.weight": (c, config.code_channels),
        "word_embed.bias": (c,),
        "class_emb.weight": (config.classes + 1, c),
        "lvl_embed.weight": (len(config.sides), c),
        "head_nm.ada_lin.1.weight": (2 * c, c),
        "head_nm.ada_lin.1.bias": (2 * c,),
        "head.weight": (config.vocab, c),
        "head.bias": (config.vocab,),
    }
    if config.shared_adaptive:
        shapes |= {"shared_ada_lin.1.weight": (6 * c, c), "shared_ada_lin.1.bias": (6 * c,)}
    for i in range(config.depth):
        block = {"attn.q_bias": (c,), "attn.v_bias": (c,), "attn.zero_k_bias": (c,), "attn.mat_qkv.weight": (3 * c, c)}
        block |= {"attn.proj.weight": (c, c), "attn.proj.bias": (c,), "ffn.fc2.weight": (c, config.hidden)}
        block |= {"ffn.fc1.weight": (config.hidden, c), "ffn.fc1.bias": (config.hidden,), "ffn.fc2.bias": (c,)}
        if config.cosine:
            block["attn.scale_mul_1H11"] = (1, config.num_heads, 1, 1)
        own = {"ada_lin.1.weight": (6 * c, c), "ada_lin.1.bias": (6 * c,)}
        block |= {"ada_gss": (1, 1, 6, c)} if config.shared_adaptive else own
        shapes |= {f"blocks.{i}.{name}": shape for name, shape in block.items()}
    return shapes


def published_state(config: VARConfig, seed: int = 0) -> dict[str, Tensor]:
    """Random tensors in the published layout."""
    generator = torch.Generator().manual_seed(seed)
    state = {name: 0.3 * torch.randn(shape, generator=generator) for name, shape in published_shapes(config).items()}
    levels = torch.cat([torch.full((side * side,), k) for k, side in enumerate(config.sides)])
    state["lvl_1L"] = levels[None]
    state["attn_bias_for_masking"] = torch.where(levels[:, None] >= levels, 0.0, -torch.inf)[None, None]
    return state | {name: torch.zeros_like(t) for name, t in state.items() if name.endswith("zero_k_bias")}


def saved(state: dict[str, Tensor], path: Path) -> Path:
    """A state written as torch does."""
    torch.save(state, path)
    return path
