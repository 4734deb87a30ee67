"""VAR's published transformer files (`var_d16.pth` and its siblings), loaded strictly."""

from __future__ import annotations

import math
import re
from collections import Counter
from pathlib import Path

import torch

from ttsvar.errors import CheckpointError, ConfigError
from ttsvar.families.var.transformer import VAR, VARConfig
from ttsvar.weights.say import Say, to_stderr
from ttsvar.weights.tensors import Nest, TensorTable, fill_model, open_tensors

LEVELS = "lvl_1L"
"""The scale of every token, which tells the ladder."""
TRAINING_NEST = ("trainer", "var_wo_ddp")
"""Where a file that VAR's training wrote has the transformer."""
MASK = "attn_bias_for_masking"
"""Who sees whom in training; files may hold it, and the ladder implies it."""
_FIRST = "blocks.0."
_PUBLISHED = (
    (r"^class_emb\.", "class_embed."),
    (r"^pos_start$", "start_position"),
    (r"^pos_1LC$", "position"),
    (r"^lvl_embed\.", "level_embed."),
    (r"^shared_ada_lin\.1\.", "shared_adaptive."),
    (r"^head_nm\.ada_lin\.1\.", "head_adaptive."),
    (r"\.ada_lin\.1\.", ".adaptive."),
    (r"\.ada_gss$", ".offset"),
    (r"\.attn\.mat_qkv\.", ".self_attention.qkv."),
    (r"\.attn\.scale_mul_1H11$", ".self_attention.log_scale"),
    (r"\.attn\.", ".self_attention."),
    (r"\.ffn\.fc1\.", ".feed_forward.0."),
    (r"\.ffn\.fc2\.", ".feed_forward.2."),
)
"""Published names to ours, the first that fits."""


def load_var(
    path: str | Path,
    config: VARConfig | None = None,
    *,
    heads: int | None = None,
    dtype: torch.dtype = torch.float32,
    device: str | torch.device = "cpu",
    say: Say | None = None,
) -> VAR:
    """A published VAR transformer, or one in a checkpoint of its training, in evaluation mode; `say` is told of that.

    Without `config` the shape is read from the file; `heads` is then only needed where attention has no learned scale
    and heads are not 64 wide. Raises CheckpointError, which lists every tensor that is unknown, missing or misshapen.
    """
    table = open_trained(path, TRAINING_NEST, say)
    config = config or infer_var_config(table, heads)
    _check_mask(table, config)
    with torch.device("meta"):
        model = VAR(config)
    names = {name: _our_name(name) for name in table.shapes if name not in (LEVELS, MASK)}
    fill_model(model, table.without(LEVELS, MASK), names, dtype, device)
    return model


def open_trained(path: str | Path, nest: Nest, say: Say | None = None) -> TensorTable:
    """The tensors of a file, or those under `nest` in a training checkpoint, which `say` (or stderr) is told."""
    say = say or to_stderr
    table = open_tensors(path, nests=(nest,), say=say)
    if table.nest:
        say(f"{table.source}: a training checkpoint; the weights under {' > '.join(table.nest)} are used.")
    return table


def infer_var_config(table: TensorTable, heads: int | None = None) -> VARConfig:
    """The shape of a VAR transformer from its tensors; raises CheckpointError where they are none."""
    shapes = table.shapes
    telling = ("pos_1LC", LEVELS, "class_emb.weight", "head.weight", "word_embed.weight", f"{_FIRST}ffn.fc1.weight")
    if lacking := [name for name in telling if name not in shapes]:
        raise CheckpointError(f"{table.source} lacks {', '.join(lacking)}; it is no VAR transformer.")
    width, scale = shapes["pos_1LC"][-1], shapes.get(f"{_FIRST}attn.scale_mul_1H11")
    try:
        return VARConfig(
            depth=len({name.split(".")[1] for name in shapes if name.startswith("blocks.")}),
            embed_dim=width,
            num_heads=scale[1] if scale else heads or max(1, width // 64),
            sides=_sides(table),
            vocab=shapes["head.weight"][0],
            code_channels=shapes["word_embed.weight"][1],
            classes=shapes["class_emb.weight"][0] - 1,
            mlp_ratio=shapes[f"{_FIRST}ffn.fc1.weight"][0] / width,
            shared_adaptive=f"{_FIRST}ada_gss" in shapes,
            cosine=scale is not None,
        )
    except (ConfigError, IndexError) as error:
        raise CheckpointError(f"{table.source} holds a transformer of an impossible shape. {error}") from error


def _sides(table: TensorTable) -> tuple[int, ...]:
    levels = table.read([LEVELS])[LEVELS].flatten().tolist()
    counts = Counter(int(level) for level in levels)
    sides = tuple(math.isqrt(counts[k]) for k in range(len(counts)))
    if [k for k, side in enumerate(sides) for _ in range(side * side)] != levels:
        raise CheckpointError(f"{table.source}: {LEVELS} lists no square grids from coarse to fine.")
    return sides


def _check_mask(table: TensorTable, config: VARConfig) -> None:
    total = config.ends[-1]
    wanted = {LEVELS: (1, total), MASK: (1, 1, total, total)}
    wrong = [name for name, shape in wanted.items() if table.shapes.get(name, shape) != shape]
    if wrong:
        listed = ", ".join(f"{name} is {list(table.shapes[name])}, should be {list(wanted[name])}" for name in wrong)
        raise CheckpointError(f"{table.source} does not fit. Wrong: {listed}. Check the file, or the model's name.")


def _our_name(published: str) -> str:
    for pattern, replacement in _PUBLISHED:
        name, found = re.subn(pattern, replacement, published)
        if found:
            return name
    return published
