"""How often a reward ranks right: near-miss pairs of each kind, on renderings, previews and the model's own samples."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from ttsvar.tokenizer.autoencoder import BSQAutoencoder
from ttsvar.toybox.near_misses import KINDS, TAGS_WITH, near_miss
from ttsvar.toybox.presets import SCHEDULE
from ttsvar.toybox.prompts import Request, sample_request, scene_for
from ttsvar.toybox.reward_data import planes
from ttsvar.toybox.scenes import Scene, render
from ttsvar.types import Reward

ImageSource = Callable[[Sequence[Scene], Sequence[Request]], Tensor]
"""Scenes and the requests they satisfy to images uint8 [B, 128, 128, 3] that show the same content."""


def rendered(scenes: Sequence[Scene], requests: Sequence[Request]) -> Tensor:
    """The drawings themselves."""
    return torch.from_numpy(np.stack([render(scene) for scene in scenes]))


def previewed(tokenizer: BSQAutoencoder, scale: int) -> ImageSource:
    """The drawings as the tokenizer shows them after `scale` (counting from 0)."""

    @torch.inference_mode()
    def source(scenes: Sequence[Scene], requests: Sequence[Request]) -> Tensor:
        parts = []
        for block in rendered(scenes, requests).split(16):
            bits, _ = tokenizer.quantizer.encode(tokenizer.encode_features(planes(block)), SCHEDULE.sizes)
            summed = tokenizer.quantizer.sum_codes(bits[: scale + 1], SCHEDULE.sizes[-1])
            parts.append(tokenizer.to_uint8(tokenizer.decode(summed)))
        return torch.cat(parts)

    return source


def near_miss_accuracy(reward: Reward, source: ImageSource, pairs: int, seed: int) -> dict[str, dict[str, float]]:
    """Per kind of near-miss: accuracy over both questions, each asked of `pairs` pairs, held-out requests included.

    `by_prompt`: the right prompt scores above the near-miss prompt on one image. `by_image`: for one prompt the image
    that fits scores above the image of the near-miss. `accuracy` is the mean of both; chance is 0.5.
    """
    found = {}
    for number, kind in enumerate(KINDS):
        rng = np.random.default_rng((seed, number))
        right = [_request(kind, rng) for _ in range(pairs)]
        wrong = [near_miss(request, kind, rng) for request in right]
        requests = right + wrong
        scenes = [scene_for(request, rng, training=False) for request in requests]
        images = source(scenes, requests)
        by_prompt, by_image = [], []
        for i, (said, miss) in enumerate(zip(right, wrong, strict=True)):
            fits, other = reward.score(images[[i, pairs + i]], said.prompt).tolist()
            missed = float(reward.score(images[[i]], miss.prompt))
            by_prompt.append(fits > missed)
            by_image.append(fits > other)
        found[kind] = {
            "accuracy": float(np.mean(by_prompt + by_image)),
            "by_prompt": float(np.mean(by_prompt)),
            "by_image": float(np.mean(by_image)),
            "pairs": pairs,
        }
    return found


def _request(kind: str, rng: np.random.Generator) -> Request:
    return sample_request(rng, str(rng.choice(TAGS_WITH[kind])))
