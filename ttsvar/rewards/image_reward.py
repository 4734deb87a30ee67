"""ImageReward behind the `Reward` protocol: preprocessing, tokenizing, batching."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from ttsvar.errors import ConfigError
from ttsvar.models.text import EOS, WordTokenizer
from ttsvar.rewards.checkpoint import load_reward
from ttsvar.rewards.model import MAX_TOKENS, ImageReward

CLIP_MEAN = (0.48145466, 0.4578275, 0.40821073)
CLIP_STD = (0.26862954, 0.26130258, 0.27577711)


class PromptTokenizer(Protocol):
    """Prompts to ids and mask; the first token is the one whose state is scored."""

    def __call__(self, prompts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Ids and mask (1 = real) int64 [S, T], padded to the longest prompt, cut at 35 tokens."""
        ...


class WordPromptTokenizer:
    """The toybox's words between two end marks; the first of them gathers what is scored."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = WordTokenizer(words)

    def __call__(self, prompts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Ids and mask (1 = real) int64 [S, T]."""
        ids, lens = self.words(prompts)
        ids = torch.cat([torch.full((len(ids), 1), EOS), ids], dim=1)[:, :MAX_TOKENS]
        return ids, (torch.arange(ids.shape[1]) <= torch.tensor(lens)[:, None]).long()


def preprocess(images: Tensor, size: int) -> Tensor:
    """uint8 [B, H, W, 3] to float32 [B, 3, size, size]: bicubic (antialiased) on the shorter side, centre, CLIP's mean.

    As in the official package; an image that already has this size is not touched by the resizing.
    """
    x = images.permute(0, 3, 1, 2).float()
    height, width = x.shape[-2:]
    if (height, width) != (size, size):
        # The official resize keeps the aspect ratio and cuts the longer side's fraction off.
        short = min(height, width)
        target = [math.floor(size * height / short), math.floor(size * width / short)]
        x = F.interpolate(x, size=target, mode="bicubic", antialias=True).clamp(0, 255).round()
        top, left = round((target[0] - size) / 2), round((target[1] - size) / 2)
        x = x[..., top : top + size, left : left + size]
    mean, std = (torch.tensor(v, device=x.device).view(1, 3, 1, 1) for v in (CLIP_MEAN, CLIP_STD))
    return (x / 255 - mean) / std


class ImageRewardScorer:
    """The `Reward` protocol over an `ImageReward` and its tokenizer; runs on the model's device and in its dtype."""

    def __init__(
        self, model: ImageReward, tokenizer: PromptTokenizer, *, name: str = "image-reward", batch: int = 16
    ) -> None:
        self.model, self.tokenizer, self.name, self.batch = model.eval(), tokenizer, name, batch

    @torch.inference_mode()
    def score(self, images: Tensor, prompt: str) -> Tensor:
        """uint8 [B, H, W, 3] and a prompt to float32 [B] on the images' device; higher is better."""
        if images.dim() != 4 or images.shape[-1] != 3 or images.dtype != torch.uint8:
            raise ConfigError(f"Images are {images.dtype} {tuple(images.shape)}; the reward takes uint8 [B, H, W, 3].")
        weight = self.model.blip.vision_proj.weight
        ids, mask = (t.to(weight.device) for t in self.tokenizer([prompt]))
        scores = []
        for chunk in images.split(self.batch):
            pixels = preprocess(chunk.to(weight.device), self.model.config.image_size).to(weight.dtype)
            scores.append(self.model(pixels, ids.expand(len(chunk), -1), mask.expand(len(chunk), -1)))
        return torch.cat(scores).to(images.device) if scores else torch.zeros(0)

    def flops(self, images: int) -> float:
        """Floating-point operations of scoring this many images, for a prompt of the longest length."""
        return self.model.flops(images)


def load_scorer(path: str | Path, *, device: str | torch.device = "cpu") -> ImageRewardScorer:
    """A toybox reward with its words, in float32 on a device; raises CheckpointError where the file is off."""
    model, words = load_reward(path)
    return ImageRewardScorer(model.to(device), WordPromptTokenizer(words))
