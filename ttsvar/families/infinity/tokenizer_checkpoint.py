"""Tokenizer files: Infinity's published layout (.pth) and our own (safetensors), both loaded strictly."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from ttsvar.errors import CheckpointError, ConfigError
from ttsvar.families.infinity.autoencoder import BSQAutoencoder
from ttsvar.nn.tokenizer_config import TokenizerConfig
from ttsvar.weights.say import Say
from ttsvar.weights.strict import check_finite, check_tensors, shapes, shorten
from ttsvar.weights.tensors import read_own, read_tensors

_MASKS = ("quantizer.lfq.mask", "quantize.lfq.mask")


def load_tokenizer(path: str | Path, config: TokenizerConfig | None = None, say: Say | None = None) -> BSQAutoencoder:
    """A tokenizer from a published .pth or from our own safetensors, in float32 and in evaluation mode.

    Without `config` the shape is read from the file. `say` is told where a published file spells its keys without the
    wrapper levels. Raises CheckpointError, which lists every tensor that is unknown, missing or misshapen.
    """
    path = Path(path)
    if path.suffix == ".safetensors":
        state, stored = _read_safetensors(path)
        if config is not None and config != stored:
            raise CheckpointError(f"{path} holds a tokenizer of shape {stored}, but {config} was asked for.")
        return build_tokenizer(state, stored, str(path))
    state = map_tokenizer_keys(read_tensors(path, nested="vae", say=say), str(path), say)
    return build_tokenizer(state, config or infer_config(state, str(path)), str(path))


def save_tokenizer(model: BSQAutoencoder, path: str | Path) -> None:
    """Write our own layout: safetensors in float16, with the shape as JSON in the metadata."""
    state = {name: tensor.detach().cpu().half().contiguous() for name, tensor in model.state_dict().items()}
    save_file(state, str(path), metadata={"format": "ttsvar-tokenizer", "config": json.dumps(asdict(model.config))})


def map_tokenizer_keys(
    state: Mapping[str, Tensor], source: str = "the checkpoint", say: Say | None = None
) -> dict[str, Tensor]:
    """Published names to ours: the wrapper levels `.conv` and `.norm` go, and the masks of powers of two.

    Files without those levels are read too, but no mixture of both. The masks only turn bits into whole numbers, which
    nothing needs; still they must be there and have D entries.
    """
    missing = [name for name in _MASKS if name not in state]
    if missing:
        raise CheckpointError(f"{source} lacks {', '.join(missing)}; it is no Infinity tokenizer of a known layout.")
    bare = "encoder.conv_in.weight" in state
    head = state.get("encoder.conv_out.weight" if bare else "encoder.conv_out.conv.weight")
    if head is not None and any(tuple(state[name].shape) != (head.shape[0],) for name in _MASKS):
        raise CheckpointError(f"{source}: each of {', '.join(_MASKS)} must hold {head.shape[0]} numbers, one per bit.")
    if bare and say:
        say(f"{source}: its keys lack the levels .conv and .norm.")
    names = {name: name if bare else _our_name(name) for name in state if name not in _MASKS}
    if unknown := [name for name, ours in names.items() if ours is None]:
        raise CheckpointError(f"{source} has unknown tensors: {shorten(unknown)}.")
    return {ours: state[name] for name, ours in names.items() if ours is not None}


def infer_config(state: Mapping[str, Tensor], source: str = "the checkpoint") -> TokenizerConfig:
    """The shape of a tokenizer's convolutions from the shapes of its (mapped) tensors."""
    try:
        base, image_channels = state["encoder.conv_in.weight"].shape[:2]
        bits = state["encoder.conv_out.weight"].shape[0]
        levels = _count(state, r"encoder\.down\.(\d+)\.block\.0\.conv1\.weight")
        blocks = _count(state, r"encoder\.down\.0\.block\.(\d+)\.conv1\.weight")
        halvings = _count(state, r"encoder\.down\.(\d+)\.downsample\.conv\.weight")
        widths = [state[f"encoder.down.{i}.block.0.conv1.weight"].shape[0] for i in range(levels)]
    except KeyError as error:
        raise CheckpointError(f"{source} is not a tokenizer: it lacks {error.args[0]}.") from error
    except (ValueError, IndexError) as error:
        raise CheckpointError(f"{source} is not a tokenizer: a convolution of it has no four dimensions.") from error
    if any(width % base for width in widths):
        raise CheckpointError(
            f"{source}: level widths {widths} are not multiples of the first layer's {base} channels."
        )
    try:
        return TokenizerConfig(
            bits=bits,
            base_channels=base,
            ch_mult=tuple(width // base for width in widths),
            patch_size=2**halvings,
            res_blocks=blocks,
            image_channels=image_channels,
            attention="decoder.mid.attn_1.qkv.weight" in state,
        )
    except ConfigError as error:
        raise CheckpointError(f"{source} has a tokenizer of an impossible shape. {error}") from error


def build_tokenizer(state: Mapping[str, Tensor], config: TokenizerConfig, source: str) -> BSQAutoencoder:
    """A tokenizer that holds exactly these tensors (cast to float32; meta tensors stay on meta)."""
    with torch.device("meta"):
        model = BSQAutoencoder(config)
    check_tensors(shapes(model.state_dict()), shapes(state), source, str(config))
    check_finite(state, source)
    model.load_state_dict({name: tensor.float() for name, tensor in state.items()}, strict=True, assign=True)
    # Convolutions are fastest with the channels of a pixel side by side: on processors, and on GPUs' tensor cores.
    model.decoder.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return model.eval()


def _read_safetensors(path: Path) -> tuple[dict[str, Tensor], TokenizerConfig]:
    state, metadata = read_own(path, "tokenizer")
    try:
        fields = json.loads(metadata["config"])
        lists = {name: tuple(value) for name, value in fields.items() if isinstance(value, list)}
        return state, TokenizerConfig(**{**fields, **lists})
    except (KeyError, TypeError, ValueError, AttributeError, ConfigError) as error:
        raise CheckpointError(
            f"{path} does not say the shape of its tokenizer ({error!r}); write it with save_tokenizer."
        ) from error


def _our_name(published: str) -> str | None:
    """`a.conv1.conv.weight` is our `a.conv1.weight`, `a.norm1.norm.bias` our `a.norm1.bias`; None for other forms."""
    *parent, wrapper, kind = published.split(".")
    if not parent or kind not in ("weight", "bias") or wrapper != ("norm" if "norm" in parent[-1] else "conv"):
        return None
    return ".".join([*parent, kind])


def _count(state: Mapping[str, Tensor], pattern: str) -> int:
    found = {int(match[1]) for name in state if (match := re.fullmatch(pattern, name))}
    return max(found) + 1 if found else 0
