"""ImageReward files: the official layout (.pt) and our own (safetensors), both loaded strictly."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from ttsvar.errors import CheckpointError, ConfigError
from ttsvar.rewards.config import ImageRewardConfig
from ttsvar.rewards.model import ImageReward
from ttsvar.weights.strict import check_finite, check_tensors, shapes
from ttsvar.weights.tensors import read_own, read_tensors

FORMAT = "ttsvar-image-reward"
HEAD_WIDTH = 64
"""Channels per attention head in the official model; tensors do not tell the number of heads."""
_VISION, _TEXT = "blip.visual_encoder", "blip.text_encoder"


def load_image_reward(path: str | Path, settings: Mapping[str, Any] | None = None) -> ImageReward:
    """An official .pt in float32 and evaluation mode; sizes are read from its tensors.

    `settings` may say what tensors do not: {"vision": {"heads"}, "text": {"heads", "layer_norm_eps"}, "reward_mean",
    "reward_std"}. Raises CheckpointError, which lists every tensor that is unknown, missing or misshapen.
    """
    state = read_tensors(Path(path))
    return build_image_reward(state, infer_config(state, settings or {}, str(path)), str(path))


def load_reward(path: str | Path) -> tuple[ImageReward, tuple[str, ...]]:
    """Our own safetensors: the model in float32 and the words of its vocabulary, in the order of their ids."""
    state, metadata = read_own(path, "reward")
    try:
        config, words = ImageRewardConfig(**json.loads(metadata["config"])), tuple(json.loads(metadata["words"]))
    except (KeyError, TypeError, ValueError, ConfigError) as error:
        raise CheckpointError(
            f"{path} does not say its shape and words ({error!r}); write it with save_reward."
        ) from error
    return build_image_reward(state, config, str(path)), words


def save_reward(model: ImageReward, words: Sequence[str], path: str | Path) -> None:
    """Write our own layout: safetensors in float16, shape and vocabulary as JSON in the metadata."""
    state = {
        name: (t.half() if t.is_floating_point() else t).detach().cpu().contiguous()
        for name, t in model.state_dict().items()
    }
    metadata = {"format": FORMAT, "config": json.dumps(asdict(model.config)), "words": json.dumps(list(words))}
    save_file(state, str(path), metadata=metadata)


def infer_config(state: Mapping[str, Tensor], settings: Mapping[str, Any], source: str) -> ImageRewardConfig:
    """The shape of an ImageReward from the shapes of its tensors, and from `settings` what those do not tell."""
    vision, text = settings.get("vision", {}), settings.get("text", {})
    try:
        width, _, patch, _ = state[f"{_VISION}.patch_embed.proj.weight"].shape
        vocab, text_width = state[f"{_TEXT}.embeddings.word_embeddings.weight"].shape
        grid = round((state[f"{_VISION}.pos_embed"].shape[1] - 1) ** 0.5)
        extra = {
            name: settings[key] for name, key in (("mean", "reward_mean"), ("std", "reward_std")) if key in settings
        }
        return ImageRewardConfig(
            image_size=grid * patch,
            patch=patch,
            vision_width=width,
            vision_layers=_count(state, rf"{_VISION}\.blocks\.(\d+)\."),
            vision_heads=vision.get("heads", max(1, width // HEAD_WIDTH)),
            mlp_ratio=state[f"{_VISION}.blocks.0.mlp.fc1.weight"].shape[0] // width,
            vocab=vocab,
            positions=state[f"{_TEXT}.embeddings.position_embeddings.weight"].shape[0],
            text_width=text_width,
            text_layers=_count(state, rf"{_TEXT}\.encoder\.layer\.(\d+)\."),
            text_heads=text.get("heads", max(1, text_width // HEAD_WIDTH)),
            text_intermediate=state[f"{_TEXT}.encoder.layer.0.intermediate.dense.weight"].shape[0],
            text_eps=text.get("layer_norm_eps", ImageRewardConfig.text_eps),
            projection=state["blip.vision_proj.weight"].shape[0],
            **extra,
        )
    except (KeyError, ValueError, IndexError) as error:
        raise CheckpointError(f"{source} is no ImageReward: {error!r} while reading its shape.") from error
    except ConfigError as error:
        raise CheckpointError(f"{source} holds an ImageReward of an impossible shape. {error}") from error


def build_image_reward(state: Mapping[str, Tensor], config: ImageRewardConfig, source: str) -> ImageReward:
    """An ImageReward that holds exactly these tensors (floating ones cast to float32; meta tensors stay on meta)."""
    with torch.device("meta"):
        model = ImageReward(config)
    check_tensors(shapes(model.state_dict()), shapes(state), source, str(config))
    check_finite(state, source)
    tensors = {name: t.float() if t.is_floating_point() else t for name, t in state.items()}
    model.load_state_dict(tensors, strict=True, assign=True)
    return model.eval()


def _count(state: Mapping[str, Tensor], pattern: str) -> int:
    found = {int(match[1]) for name in state if (match := re.match(pattern, name))}
    return max(found) + 1 if found else 0


def read_config(path: Path) -> dict[str, Any]:
    """The fields of a config.json; raises CheckpointError where it cannot be read."""
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{path} cannot be read ({error!r}); fetch it again.") from error
