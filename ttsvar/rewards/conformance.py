"""What our ImageReward computes for a folder of reference cases."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from ttsvar.errors import CheckpointError
from ttsvar.rewards.checkpoint import load_image_reward

WEIGHTS = "ImageReward.pt"


def reward_conformance(folder: str | Path) -> dict[str, Tensor]:
    """`rewards` float32 [R] of the folder's `pixel_values`, `input_ids` and `attention_mask`.

    One prompt goes with every image, one image with every prompt, else they pair up row by row.
    """
    folder = Path(folder)
    try:
        config = json.loads((folder / "config.json").read_text())
        inputs = load_file(folder / "inputs.safetensors")
        pixels, ids, mask = (inputs[name] for name in ("pixel_values", "input_ids", "attention_mask"))
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise CheckpointError(f"{folder} is no complete reference case of ImageReward ({error!r}).") from error
    model = load_image_reward(folder / WEIGHTS, config)
    rows = max(len(pixels), len(ids))
    if {len(pixels), len(ids), len(mask)} - {1, rows} or len(ids) != len(mask):
        raise CheckpointError(f"{folder} has {len(pixels)} images, {len(ids)} prompts and {len(mask)} masks.")
    with torch.no_grad():
        pixels, ids, mask = (t.expand(rows, *t.shape[1:]) for t in (pixels.float(), ids, mask))
        return {"rewards": model(pixels, ids, mask)}
