"""Training of this world's two rewards: one on finished pictures alone, as ImageReward is, one on previews as well."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ttsvar.families.infinity.autoencoder import BSQAutoencoder
from ttsvar.families.infinity.tokenizer_checkpoint import load_tokenizer
from ttsvar.rewards.image_reward import ImageRewardScorer
from ttsvar.toybox.icons.drawn import TRAINING_SEED, Batch, DrawnScenes
from ttsvar.toybox.icons.presets import SCHEDULE
from ttsvar.toybox.icons.scenery import Scenery
from ttsvar.toybox.icons.scenes import Thing
from ttsvar.toybox.icons.vocabulary import ICONS
from ttsvar.toybox.icons.words import WORDS
from ttsvar.toybox.train.reward import RewardSetup, RewardTask
from ttsvar.toybox.train.reward_data import perturbed, prompts_for
from ttsvar.toybox.world.prompts import Request

SALT = 1 << 40
"""Scenes from this number on: the generator's training has not drawn them."""
FEWEST_SCALES = 3
"""Previews of the reward that is shown some: after so many scales and more."""


class RenderedScenes:
    """The world's scenes as they are rendered."""

    def __init__(self, scenes: DrawnScenes) -> None:
        self.scenes = scenes

    def draw(
        self, rng: np.random.Generator, count: int
    ) -> tuple[np.ndarray, Sequence[Request], Sequence[tuple[Thing, ...]]]:
        """So many that nobody has seen: uint8 [count, H, W, 3], what was asked for, and what is in them."""
        batch = self._batch(rng, count)
        return batch.pixels, batch.requests, batch.things

    def _batch(self, rng: np.random.Generator, count: int) -> Batch:
        return self.scenes.batch(SALT + int(rng.integers(1 << 40)), count)


class ReconstructedScenes(RenderedScenes):
    """The world's scenes as the tokenizer shows them, with bit errors in the later scales."""

    def __init__(self, scenes: DrawnScenes, tokenizer: BSQAutoencoder, *, previews: bool) -> None:
        super().__init__(scenes)
        self.tokenizer, self.previews = tokenizer, previews

    @torch.inference_mode()
    def draw(
        self, rng: np.random.Generator, count: int
    ) -> tuple[np.ndarray, Sequence[Request], Sequence[tuple[Thing, ...]]]:
        """See `RenderedScenes`; half of them lack the last scales where previews are shown."""
        batch = self._batch(rng, count)
        generator = torch.Generator().manual_seed(int(rng.integers(1 << 31)))
        fewest = FEWEST_SCALES if self.previews else None
        seen = perturbed(torch.from_numpy(batch.pixels), self.tokenizer, generator, fewest, SCHEDULE)
        return seen.numpy(), batch.requests, batch.things


def reward_task(scenery: Scenery, tokenizer: Path, batch: int = 48, *, previews: bool = False) -> RewardTask:
    """The task of `image-reward`, or with `previews` of `preview-reward`; half of the pictures are seen through the
    tokenizer, so that its texture is known.
    """
    scenes = DrawnScenes(scenery.source, TRAINING_SEED)
    shown = ReconstructedScenes(scenes, load_tokenizer(tokenizer).eval(), previews=previews)
    unseen = scenery.unseen
    return RewardTask(
        [RenderedScenes(scenes), shown],
        batch=batch,
        setup=RewardSetup(
            name="preview_reward" if previews else "reward",
            world=ICONS,
            words=WORDS,
            previews=previews,
            check=lambda scorer: ranked_right(scorer, unseen),
        ),
    )


def ranked_right(scorer: ImageRewardScorer, unseen: Batch) -> dict[str, float]:
    """How often a fitting prompt scores above its near-misses on unseen renderings."""
    rng, right = np.random.default_rng(0), []
    for image, request, things in zip(torch.from_numpy(unseen.pixels), unseen.requests, unseen.things, strict=True):
        prompts, _ = prompts_for(ICONS, request, things, rng)
        fits, *missed = (_score(scorer, image, prompt) for prompt in prompts)
        right += [fits > other for other in missed]
    return {"val_ranked_right": float(np.mean(right))}


def _score(scorer: ImageRewardScorer, image: Tensor, prompt: str) -> float:
    return float(scorer.score(image[None], prompt))
