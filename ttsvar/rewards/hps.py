"""HPSv2.1 (Wu et al. 2023, arXiv 2306.09341): a CLIP ViT-H/14, published under open_clip's names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from ttsvar.errors import CheckpointError
from ttsvar.nn.prompt_tokenizer import CLIP, load_prompt_tokenizer
from ttsvar.nn.strict import load_pretrained
from ttsvar.protocols import Reward
from ttsvar.rewards.clip import ClipScorer
from ttsvar.rewards.pixels import letterbox
from ttsvar.rewards.registry import judge
from ttsvar.weights.loadable import hub_files
from ttsvar.weights.strict import check_tensors, shapes
from ttsvar.weights.tensors import read_tensors

if TYPE_CHECKING:
    from transformers import CLIPConfig, CLIPModel

VISION_HEAD_WIDTH, TEXT_HEAD_WIDTH = 80, 64
"""Channels a head in ViT-H/14; tensors do not tell the number of heads."""
_NAMES = (
    (r"^vision_model\.embeddings\.class_embedding$", "visual.class_embedding"),
    (r"^vision_model\.embeddings\.position_embedding\.weight$", "visual.positional_embedding"),
    (r"^vision_model\.embeddings\.patch_embedding\.", "visual.conv1."),
    (r"^vision_model\.pre_layrnorm\.", "visual.ln_pre."),
    (r"^vision_model\.post_layernorm\.", "visual.ln_post."),
    (r"^visual_projection\.weight$", "visual.proj"),
    (r"^text_model\.embeddings\.token_embedding\.", "token_embedding."),
    (r"^text_model\.embeddings\.position_embedding\.weight$", "positional_embedding"),
    (r"^text_model\.final_layer_norm\.", "ln_final."),
    (r"^text_projection\.weight$", "text_projection"),
    (r"^vision_model\.encoder\.layers\.", "visual.transformer.resblocks."),
    (r"^text_model\.encoder\.layers\.", "transformer.resblocks."),
    (r"\.self_attn\.[qkv]_proj\.(weight|bias)$", r".attn.in_proj_\1"),
    (r"\.self_attn\.out_proj\.", ".attn.out_proj."),
    (r"\.layer_norm([12])\.", r".ln_\1."),
    (r"\.mlp\.fc1\.", ".mlp.c_fc."),
    (r"\.mlp\.fc2\.", ".mlp.c_proj."),
)
"""transformers' names to open_clip's; each is tried on what the ones before it left."""
_TRANSPOSED = ("visual_projection.weight", "text_projection.weight")


def load_hps(
    path: str | Path, settings: Mapping[str, Any] | None = None, *, device: str | torch.device = "cpu"
) -> CLIPModel:
    """A published HPS file in float32 and evaluation mode; sizes are read from its tensors.

    `settings` may say what tensors do not: {"vision": {"head_width"}, "text": {"heads"}, "activation"}. Raises
    CheckpointError, which lists every tensor that is unknown, missing or misshapen under its published name.
    """
    state = read_tensors(Path(path), nested="state_dict")
    return build_hps(state, infer_config(state, settings or {}, str(path)), str(path), device=device)


def open_clip_name(name: str) -> str:
    """open_clip's name of a tensor of `CLIPModel`; queries, keys and values of a layer share one."""
    for pattern, replacement in _NAMES:
        name = re.sub(pattern, replacement, name)
    return name


def infer_config(state: Mapping[str, Tensor], settings: Mapping[str, Any], source: str) -> CLIPConfig:
    """The shape of a CLIP from open_clip's tensors, and from `settings` what those do not tell."""
    from transformers import CLIPConfig

    vision, text = settings.get("vision", {}), settings.get("text", {})
    activation = settings.get("activation", "gelu")
    try:
        width, _, patch, _ = state["visual.conv1.weight"].shape
        context, text_width = state["positional_embedding"].shape
        grid = round((state["visual.positional_embedding"].shape[0] - 1) ** 0.5)
        return CLIPConfig(
            projection_dim=state["text_projection"].shape[1],
            vision_config={
                "hidden_size": width,
                "intermediate_size": state["visual.transformer.resblocks.0.mlp.c_fc.weight"].shape[0],
                "num_hidden_layers": _layers(state, "visual.transformer"),
                "num_attention_heads": max(1, width // vision.get("head_width", VISION_HEAD_WIDTH)),
                "image_size": grid * patch,
                "patch_size": patch,
                "hidden_act": activation,
            },
            text_config={
                "vocab_size": state["token_embedding.weight"].shape[0],
                "hidden_size": text_width,
                "intermediate_size": state["transformer.resblocks.0.mlp.c_fc.weight"].shape[0],
                "num_hidden_layers": _layers(state, "transformer"),
                "num_attention_heads": text.get("heads", max(1, text_width // TEXT_HEAD_WIDTH)),
                "max_position_embeddings": context,
                "hidden_act": activation,
                # This value makes transformers pool where the id is highest, as open_clip does.
                "eos_token_id": 2,
                "bos_token_id": None,
            },
        )
    except (KeyError, ValueError, IndexError) as error:
        raise CheckpointError(f"{source} is no CLIP of open_clip: {error!r} while reading its shape.") from error


def published_shapes(config: CLIPConfig) -> dict[str, tuple[int, ...]]:
    """Name and shape of every tensor of an open_clip file of this configuration."""
    return {open_clip_name(name): _published_shape(name, shape) for name, shape in _own_shapes(config).items()}


def build_hps(
    state: Mapping[str, Tensor], config: CLIPConfig, source: str, *, device: str | torch.device = "cpu"
) -> CLIPModel:
    """A `CLIPModel` in float32 that holds exactly these tensors of open_clip."""
    from transformers import CLIPModel

    try:
        expected = published_shapes(config)
    except ValueError as error:
        raise CheckpointError(f"{source} holds a CLIP of an impossible shape. {error}") from error
    check_tensors(expected, shapes(state), source, "HPS")
    parts = {name: _part(name, state) for name in _own_shapes(config)}
    return load_pretrained(CLIPModel, config, parts, source, device=device)


def _own_shapes(config: CLIPConfig) -> dict[str, tuple[int, ...]]:
    from transformers import CLIPModel

    with torch.device("meta"):
        return shapes(CLIPModel(config).state_dict())


def _published_shape(name: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    if re.search(r"\.[qkv]_proj\.", name):
        return (3 * shape[0], *shape[1:])
    return shape[::-1] if name in _TRANSPOSED else shape


def _part(name: str, state: Mapping[str, Tensor]) -> Tensor:
    tensor = state[open_clip_name(name)]
    if match := re.search(r"\.([qkv])_proj\.", name):
        return tensor.chunk(3)["qkv".index(match[1])].contiguous()
    return tensor.T.contiguous() if name in _TRANSPOSED else tensor


def _layers(state: Mapping[str, Tensor], stack: str) -> int:
    return len({match[1] for name in state if (match := re.match(rf"{re.escape(stack)}\.resblocks\.(\d+)\.", name))})


@judge(
    "hps",
    "HPSv2.1, trained on human preferences",
    (*hub_files("xswu/HPSv2", "Apache-2.0", "HPS_v2.1_compressed.pt"), CLIP.file),
    title="HPS v2.1",
    place=30,
)
def load_published_hps(paths: Sequence[Path], device: torch.device) -> Reward:
    """The published model from its file and CLIP's tokenizer; images are fitted with a border, as published."""
    model, tokenizer = load_hps(paths[0], device=device), load_prompt_tokenizer(paths[1], CLIP)
    return ClipScorer(model, tokenizer, name="hps", fit=letterbox)
