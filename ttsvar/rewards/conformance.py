"""What our judges compute for folders of reference cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from ttsvar.errors import CheckpointError
from ttsvar.rewards.aesthetic import load_aesthetic
from ttsvar.rewards.checkpoint import load_image_reward
from ttsvar.rewards.clip import image_features, text_features
from ttsvar.rewards.hps import load_hps

WEIGHTS = "ImageReward.pt"
HPS_WEIGHTS = "HPS_v2.1_compressed.pt"
AESTHETIC_HEAD = "aesthetic_predictor_v2_5.pth"
SIGLIP_WEIGHTS, SIGLIP_CONFIG = "siglip/model.safetensors", "siglip/config.json"


def reward_conformance(folder: str | Path) -> dict[str, Tensor]:
    """`rewards` float32 [R] of the folder's `pixel_values`, `input_ids` and `attention_mask`.

    One prompt goes with every image, one image with every prompt, else they pair up row by row.
    """
    folder = Path(folder)
    config, (pixels, ids, mask) = _read_case(folder, "pixel_values", "input_ids", "attention_mask")
    model = load_image_reward(folder / WEIGHTS, config)
    rows = max(len(pixels), len(ids))
    if {len(pixels), len(ids), len(mask)} - {1, rows} or len(ids) != len(mask):
        raise CheckpointError(f"{folder} has {len(pixels)} images, {len(ids)} prompts and {len(mask)} masks.")
    with torch.no_grad():
        pixels, ids, mask = (t.expand(rows, *t.shape[1:]) for t in (pixels.float(), ids, mask))
        return {"rewards": model(pixels, ids, mask)}


def hps_conformance(folder: str | Path) -> dict[str, Tensor]:
    """`image_features` [B, C], `text_features` [S, C] and `scores` [B], float32, of `pixel_values` and `input_ids`.

    One prompt goes with every image, else they pair up row by row.
    """
    folder = Path(folder)
    config, (pixels, ids) = _read_case(folder, "pixel_values", "input_ids")
    model = load_hps(folder / HPS_WEIGHTS, config)
    if len(ids) not in (1, len(pixels)):
        raise CheckpointError(f"{folder} has {len(pixels)} images and {len(ids)} prompts; they do not pair up.")
    with torch.no_grad():
        images, texts = image_features(model, pixels.float()), text_features(model, ids)
    return {"image_features": images, "text_features": texts, "scores": (images * texts).sum(-1)}


def aesthetic_conformance(folder: str | Path) -> dict[str, Tensor]:
    """`pooled` [B, C] and `scores` [B], float32, of the folder's `pixel_values`."""
    folder = Path(folder)
    _, (pixels,) = _read_case(folder, "pixel_values")
    settings = _read_json(folder / SIGLIP_CONFIG)
    model = load_aesthetic(folder / AESTHETIC_HEAD, folder / SIGLIP_WEIGHTS, settings)
    with torch.no_grad():
        pooled, scores = model(pixels.float())
    return {"pooled": pooled, "scores": scores}


def _read_case(folder: Path, *names: str) -> tuple[dict[str, Any], tuple[Tensor, ...]]:
    config = _read_json(folder / "config.json")
    try:
        inputs = load_file(folder / "inputs.safetensors")
        return config, tuple(inputs[name] for name in names)
    except (OSError, KeyError, SafetensorError) as error:
        raise CheckpointError(f"{folder} is no complete reference case ({error!r}).") from error


def _read_json(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{path} cannot be read ({error!r}); fetch the reference case again.") from error
