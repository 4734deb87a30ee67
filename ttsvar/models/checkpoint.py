"""Published Infinity checkpoints: the key map, strict loading, and our own weight files."""

from __future__ import annotations

import pickle
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from ttsvar.errors import CheckpointError
from ttsvar.models.config import TransformerConfig
from ttsvar.models.infinity import Infinity

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


def key_map(shapes: Shapes, config: TransformerConfig) -> dict[str, str]:
    """Published name to ours for a checkpoint with exactly the config's tensors; else CheckpointError lists them."""
    chunked = any(name.startswith("block_chunks.") for name in shapes)
    with torch.device("meta"):
        own = {name: tuple(t.shape) for name, t in Infinity(config).state_dict().items()}
    names = {published_name(name, config, chunked): name for name in own}
    missing = sorted(set(names) - set(shapes))
    unknown = sorted(set(shapes) - set(names))
    wrong = [
        f"{name} is {list(shapes[name])}, should be {list(own[ours])}"
        for name, ours in sorted(names.items())
        if name in shapes and tuple(shapes[name]) != own[ours]
    ]
    problems = [
        f"{label}: {', '.join(listed)}."
        for label, listed in (("Missing", missing), ("Unknown", unknown), ("Wrong shape", wrong))
        if listed
    ]
    if problems:
        raise CheckpointError(
            f"The checkpoint is not this transformer's. {' '.join(problems)} Check the model's config, or the file."
        )
    return names


def read_tensors(path: Path) -> dict[str, Tensor]:
    """The tensors of a `.safetensors` file, or of a PyTorch file (weights alone); raises CheckpointError."""
    if not path.is_file():
        raise CheckpointError(f"There is no weight file at {path}; download it there, or correct the path.")
    broken = f"{path} cannot be read as weights: it is broken, or holds more than tensors. Download it again."
    try:
        if path.suffix == ".safetensors":
            with safe_open(path, framework="pt") as file:
                return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
        # Only the zip format of torch.save can be mapped into memory.
        tensors = torch.load(path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path))
    except (OSError, EOFError, RuntimeError, ValueError, pickle.UnpicklingError, SafetensorError) as error:
        raise CheckpointError(broken) from error
    if not isinstance(tensors, dict) or not all(isinstance(t, Tensor) for t in tensors.values()):
        raise CheckpointError(broken)
    return tensors


def load_transformer(
    path: Path, config: TransformerConfig, dtype: torch.dtype = torch.float32, device: str | torch.device = "cpu"
) -> Infinity:
    """A published transformer checkpoint as an `Infinity` in evaluation mode; strict about names and shapes."""
    tensors = read_tensors(Path(path))
    names = key_map({name: tuple(t.shape) for name, t in tensors.items()}, config)
    return _assemble({ours: tensors[name] for name, ours in names.items()}, config, dtype, device)


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
    path = Path(path)
    if not path.is_file():
        raise CheckpointError(f"There is no weight file at {path}; train it, or correct the path.")
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
    except SafetensorError as error:
        raise CheckpointError(f"{path} cannot be read as weights ({error}); restore it, or train it again.") from error
    if "config" not in metadata:
        raise CheckpointError(f"{path} has no config in its metadata; was it written by save_transformer?")
    return load_transformer(path, TransformerConfig.from_json(metadata["config"]), dtype, device)


def _assemble(
    state: dict[str, Tensor], config: TransformerConfig, dtype: torch.dtype, device: str | torch.device
) -> Infinity:
    with torch.device("meta"):
        model = Infinity(config)
    model.load_state_dict({name: t.to(device=device, dtype=dtype) for name, t in state.items()}, assign=True)
    return model.eval()
