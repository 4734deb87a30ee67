"""ImageReward behind the `Reward` protocol: preprocessing, tokenizing, batching."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import torch
from torch import Tensor

from ttsvar.errors import ConfigError
from ttsvar.nn.prompt_tokenizer import BERT, PromptTokenizer, load_prompt_tokenizer
from ttsvar.nn.words import EOS, WordTokenizer
from ttsvar.protocols import Reward
from ttsvar.rewards.checkpoint import load_image_reward, load_reward
from ttsvar.rewards.model import MAX_TOKENS, ImageReward
from ttsvar.rewards.pixels import check_images, preprocess
from ttsvar.rewards.registry import judge
from ttsvar.weights.loadable import hub_files


class WordPromptTokenizer:
    """The toybox's words between two end marks; the first of them gathers what is scored."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = WordTokenizer(words)

    def __call__(self, prompts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Ids and mask (1 = real) int64 [S, T]."""
        ids, lens = self.words(prompts)
        ids = torch.cat([torch.full((len(ids), 1), EOS), ids], dim=1)[:, :MAX_TOKENS]
        return ids, (torch.arange(ids.shape[1]) <= torch.tensor(lens)[:, None]).long()


class ImageRewardScorer:
    """The `Reward` protocol over an `ImageReward` and its tokenizer; runs on the model's device and in its dtype."""

    def __init__(
        self, model: ImageReward, tokenizer: PromptTokenizer, *, name: str = "image-reward", batch: int = 16
    ) -> None:
        self.model, self.tokenizer, self.name, self.batch = model.eval(), tokenizer, name, batch

    @torch.inference_mode()
    def score(self, images: Tensor, prompt: str) -> Tensor:
        """uint8 [B, H, W, 3] and a prompt to float32 [B] on the images' device; higher is better."""
        check_images(images)
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


def load_scorer(
    path: str | Path, *, name: str = "image-reward", device: str | torch.device = "cpu"
) -> ImageRewardScorer:
    """A toybox reward with its words, in float32 on a device; raises CheckpointError where the file is off."""
    model, words = load_reward(path)
    return ImageRewardScorer(model.to(device), WordPromptTokenizer(words), name=name)


@judge(
    "image-reward",
    "ImageReward, trained on human choices; the paper's potential",
    (*hub_files("THUDM/ImageReward", "Apache-2.0", "ImageReward.pt"), BERT.file),
    title="ImageReward",
    place=10,
)
def build_image_reward(paths: Sequence[Path], device: torch.device) -> Reward:
    """The published model from its file and BERT's tokenizer."""
    return ImageRewardScorer(load_image_reward(paths[0]).to(device), load_prompt_tokenizer(paths[1], BERT))


def needs_a_model_of_its_own() -> NoReturn:
    """Raise ConfigError: the judge is a part of some models, and never lies by itself."""
    raise ConfigError(
        "The reward 'preview-reward' is a part of models that were trained with one, such as icons; choose "
        "'image-reward', or such a model whose folder has preview_reward.safetensors."
    )


@judge(
    "preview-reward",
    "a model's own judge that was trained on previews, too; only in models that bring one, such as icons",
    title="ImageReward on previews",
    require=needs_a_model_of_its_own,
    place=11,
)
def build_preview_reward(paths: Sequence[Path], device: torch.device) -> Reward:
    """Nothing: a model that has this judge brings it along."""
    needs_a_model_of_its_own()
