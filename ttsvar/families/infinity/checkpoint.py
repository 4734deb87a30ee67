"""Published Infinity checkpoints: the key map, strict loading, and our own weight files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import save_file

from ttsvar.errors import CheckpointError
from ttsvar.families.infinity.transformer import Infinity
from ttsvar.nn.initial import initial_uncond
from ttsvar.nn.transformer_config import TransformerConfig
from ttsvar.weights.say import Say
from ttsvar.weights.strict import check_tensors
from ttsvar.weights.tensors import TensorTable, open_tensors, read_metadata
from ttsvar.weights.tensors import read_tensors as read_tensors

TRAINING_NEST = ("trainer", "gpt_fsdp")
Shapes = Mapping[str, tuple[int, ...]]

_PUBLISHED = (
    (r"^uncond$", "cfg_uncond"),
    (r"^start_position$", "pos_start"),
    (r"^text_pool\.query$", "text_proj_for_sos.ca.mat_q"),
    (r"^text_pool\.kv\.", "text_proj_for_sos.ca.mat_kv."),
    (r"^text_pool\.", "text_proj_for_sos.ca."),
    (r"^text_proj\.", "text_proj_for_ca."),
    (r"^level_embed\.", "lvl_embed."),
    (r"^shared_adaptive\.", "shared_ada_lin.1."),
    (r"^head_adaptive\.", "head_nm.ada_lin.1."),
    (r"\.adaptive$", ".ada_gss"),
    (r"\.self_attention\.qkv\.", ".sa.mat_qkv."),
    (r"\.self_attention\.log_scale$", ".sa.scale_mul_1H11"),
    (r"\.self_attention\.", ".sa."),
    (r"\.cross_norm\.", ".ca_norm."),
    (r"\.cross_attention\.q\.", ".ca.mat_q."),
    (r"\.cross_attention\.kv\.", ".ca.mat_kv."),
    (r"\.cross_attention\.", ".ca."),
    (r"\.feed_forward\.0\.", ".ffn.fc1."),
    (r"\.feed_forward\.2\.", ".ffn.fc2."),
)
"""Our names to published ones, tried in order; block numbers are handled by `published_name`."""


def published_name(name: str, config: TransformerConfig, chunked: bool = True) -> str:
    """The published checkpoint's name of one of our tensors; `chunked` where it groups its blocks."""
    for pattern, replacement in _PUBLISHED:
        name, found = re.subn(pattern, replacement, name)
        if found:
            break
    match = re.match(r"blocks\.(\d+)\.(.*)", name)
    if match is None or not chunked:
        return name
    chunk, index = divmod(int(match[1]), config.depth // config.block_chunks)
    return f"block_chunks.{chunk}.module.{index}.{match[2]}"


def key_map(shapes: Shapes, config: TransformerConfig, source: str = "The checkpoint") -> dict[str, str]:
    """Published name to ours for a checkpoint with exactly the config's tensors; else CheckpointError lists them."""
    chunked = any(name.startswith("block_chunks.") for name in shapes)
    with torch.device("meta"):
        own = {name: tuple(t.shape) for name, t in Infinity(config).state_dict().items()}
    names = {published_name(name, config, chunked): name for name in own}
    check_tensors({name: own[ours] for name, ours in names.items()}, shapes, source, "the transformer that was named")
    return names


def load_transformer(
    path: Path | TensorTable,
    config: TransformerConfig,
    dtype: torch.dtype = torch.float32,
    device: str | torch.device = "cpu",
    say: Say | None = None,
) -> Infinity:
    """A published transformer checkpoint as an `Infinity` in evaluation mode; strict about names and shapes.

    Accepts the published file or the `.index.json` of its shards, with the blocks in chunks or in one row; a training
    checkpoint, whose weights lie under `trainer` > `gpt_fsdp`; and unconditional rows for a shorter text. `say` is
    told of each of these that was found. Raises CheckpointError for anything else.
    """
    table = path if isinstance(path, TensorTable) else open_tensors(path, nests=(TRAINING_NEST,), say=say)
    names = key_map(_lengthened(table.shapes, config), config, str(table.source))
    if say and table.nest:
        say(f"{table.source}: a training checkpoint; the weights under {' > '.join(table.nest)} are used.")
    if say and any(name.startswith("blocks.") for name in table.shapes):
        say(f"{table.source}: its {config.depth} blocks are not grouped into chunks.")
    state = table.converted(names, dtype, device)
    rows = len(state["uncond"])
    if rows < config.text_maxlen:
        if say:
            say(
                f"{table.source}: cfg_uncond has {rows} rows; {config.text_maxlen - rows} are filled up as in training."
            )
        state["uncond"] = torch.cat([state["uncond"], initial_uncond(config)[rows:].to(state["uncond"])])
    with torch.device("meta"):
        model = Infinity(config)
    model.load_state_dict(state, assign=True)
    return model.eval()


def _lengthened(shapes: Shapes, config: TransformerConfig) -> Shapes:
    """The shapes with a shorter table of unconditional rows counted as a whole one."""
    shape = shapes.get("cfg_uncond", ())
    if len(shape) == 2 and 0 < shape[0] < config.text_maxlen:
        return {**shapes, "cfg_uncond": (config.text_maxlen, shape[1])}
    return shapes


def save_transformer(model: Infinity, path: Path) -> None:
    """Write the weights in float16 under the published names, with the config in the file's metadata."""
    chunked = model.config.block_chunks > 1
    tensors = {
        published_name(name, model.config, chunked): t.detach().to("cpu", torch.float16).contiguous()
        for name, t in model.state_dict().items()
    }
    save_file(tensors, path, metadata={"config": model.config.to_json()})


def load_saved_transformer(
    path: Path, dtype: torch.dtype = torch.float32, device: str | torch.device = "cpu"
) -> Infinity:
    """The inverse of `save_transformer`."""
    metadata = read_metadata(Path(path))
    if "config" not in metadata:
        raise CheckpointError(f"{path} has no config in its metadata; was it written by save_transformer?")
    return load_transformer(path, TransformerConfig.from_json(metadata["config"]), dtype, device)
