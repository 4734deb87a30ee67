"""Training of the toybox reward: first what is where, then which prompt fits, by near-misses."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from ttsvar.families.infinity.tokenizer_checkpoint import load_tokenizer
from ttsvar.nn.words import PAD, words_of
from ttsvar.rewards.checkpoint import load_reward, save_reward
from ttsvar.rewards.config import ImageRewardConfig
from ttsvar.rewards.image_reward import ImageRewardScorer, WordPromptTokenizer
from ttsvar.rewards.model import ImageReward
from ttsvar.rewards.pixels import preprocess
from ttsvar.toybox.presets import WORDS
from ttsvar.toybox.train.dataset import scene_set, stamp
from ttsvar.toybox.train.optim import optimizers
from ttsvar.toybox.train.own_samples import load_painter, sample_set
from ttsvar.toybox.train.reward_accuracy import near_miss_accuracy, rendered
from ttsvar.toybox.train.reward_data import MISSES, PatchTargets, patch_targets, prompts_for, reconstructions, roughen
from ttsvar.toybox.world.prompts import Request
from ttsvar.toybox.world.things import IMAGE_SIZE
from ttsvar.toybox.world.vocabulary import TOYBOX, SceneThing, Vocabulary


def reward_config(words: tuple[str, ...]) -> ImageRewardConfig:
    """The size of a reward that knows these words."""
    return ImageRewardConfig(
        image_size=IMAGE_SIZE,
        patch=16,
        vision_width=192,
        vision_layers=5,
        vision_heads=6,
        mlp_ratio=3,
        vocab=len(WordPromptTokenizer(words).words),
        positions=35,
        text_width=128,
        text_layers=3,
        text_heads=4,
        text_intermediate=256,
        projection=8,
    )


REWARD = reward_config(WORDS)
TRUNK_ALONE = 0.2
"""Share of a run from scratch in which only the image tokens are trained."""
PATCH_WEIGHT, WORD_WEIGHT = 0.5, 0.5
SHARPNESS = 4.0
"""Logit of 'fits' per unit of reward: a reward of 1 means 98 % sure."""
VALIDATION_SEED = 21
SCENES, SCENE_SEED = 40_000, 1
"""The generator's scenes; the detector draws its own."""
RECONSTRUCTED, SAMPLED = 2400, 640


Check = Callable[[ImageRewardScorer], dict[str, float]]
"""A reward in training to figures for the log."""


def near_misses_of_the_toybox(scorer: ImageRewardScorer) -> dict[str, float]:
    """Accuracy per kind of near-miss on renderings that training never drew."""
    found = near_miss_accuracy(scorer, rendered, pairs=40, seed=VALIDATION_SEED)
    return {f"val_{kind}": figures["accuracy"] for kind, figures in found.items()}


@dataclass(frozen=True, kw_only=True)
class RewardSetup:
    """What one reward is about: its file's name, the world and its words, and how it is checked."""

    name: str
    world: Vocabulary
    words: tuple[str, ...]
    previews: bool
    """Whether it is shown unfinished pictures as well."""
    check: Check


TOYBOX_REWARD = RewardSetup(name="reward", world=TOYBOX, words=WORDS, previews=True, check=near_misses_of_the_toybox)


class Pictures(Protocol):
    """Pictures of scenes whose content is known."""

    def draw(
        self, rng: np.random.Generator, count: int
    ) -> tuple[np.ndarray, Sequence[Request], Sequence[Sequence[SceneThing]]]:
        """So many at random: uint8 [count, H, W, 3], what was asked for, and what is in them."""
        ...


@dataclass(frozen=True)
class _Batch:
    """Images uint8 [B, H, W, 3], what is in them, and per image 1 + MISSES prompts with their wrong words."""

    images: Tensor
    things: list[Sequence[SceneThing]]
    prompts: list[str]
    wrong: list[set[str]]


class _RewardWithHeads(nn.Module):
    """The reward, and heads on its image and text tokens that only training uses."""

    def __init__(self, reward: ImageReward, world: Vocabulary) -> None:
        super().__init__()
        self.reward = reward
        self.patches = nn.Linear(reward.config.vision_width, sum(heads(world).values()))
        self.words = nn.Linear(reward.config.text_width, 1)


def heads(world: Vocabulary) -> dict[str, int]:
    """What is told of every patch, and in how many numbers: see `PatchTargets`."""
    return {"shape": 1 + len(world.shapes), "color": 2 + len(world.colors), "alike": 5, "offsets": 4}


def new_reward(seed: int, config: ImageRewardConfig = REWARD) -> ImageReward:
    """An untrained reward."""
    torch.manual_seed(seed)
    model = ImageReward(config)
    for name, p in model.named_parameters():
        if name.endswith(("cls_token", "pos_embed", "embeddings.weight")):
            nn.init.normal_(p, std=0.02 if "visual" in name else 0.3)
    return model


class RewardTask:
    """Ranks a right prompt above its near-misses, on renderings and on whatever other pictures of scenes are given."""

    def __init__(
        self,
        sources: Sequence[Pictures],
        *,
        samples: Pictures | None = None,
        batch: int = 64,
        seed: int = 0,
        start: Path | None = None,
        setup: RewardSetup = TOYBOX_REWARD,
    ) -> None:
        self.name, self.setup = setup.name, setup
        self.sources, self.batch, self.seed = (*sources, *([samples] if samples else [])), batch, seed
        self.drawn = len(sources)
        self.trunk_alone = 0.0 if start else TRUNK_ALONE
        model = load_reward(start)[0].train() if start else new_reward(seed, reward_config(setup.words))
        self.model = _RewardWithHeads(model, setup.world)
        self.tokenizer = WordPromptTokenizer(setup.words)

    def optimizers(self) -> list[torch.optim.Optimizer]:
        """Muon for hidden matrices, AdamW for the rest."""
        plain = ("embed", "cls_token", "patches", "words", "mlp.layers", "_proj")
        return optimizers(self.model, matrix_lr=0.015, other_lr=1e-3, plain=plain)

    def loss(self, step: int, progress: float, rank: int, ranks: int) -> tuple[Tensor, dict[str, float]]:
        """Patch losses, and once the trunk knows what is where, ranking, absolute and word losses."""
        # On CPUs the backward pass of fused attention takes several times as long as plain matrix products.
        with sdpa_kernel(SDPBackend.MATH):
            return self._loss(progress, np.random.default_rng((self.seed, step, rank)), self.batch // ranks)

    def _loss(self, progress: float, rng: np.random.Generator, count: int) -> tuple[Tensor, dict[str, float]]:
        batch = self._draw(rng, count)
        pixels = preprocess(batch.images, IMAGE_SIZE)
        with torch.autocast("cpu", torch.bfloat16):
            tokens = self.model.reward.blip.visual_encoder(pixels)
            told = self.model.patches(tokens[:, 1:]).float()
        targets = patch_targets(self.setup.world, batch.things, self.model.reward.config.grid)
        patch, figures = patch_loss(told, targets, heads(self.setup.world))
        if progress < self.trunk_alone:
            return patch, figures
        match, match_figures = self._match_loss(tokens, batch)
        return match + PATCH_WEIGHT * patch, figures | match_figures

    def _draw(self, rng: np.random.Generator, count: int) -> _Batch:
        images, things, prompts, wrong = [], [], [], []
        parts = np.array_split(np.arange(count), len(self.sources))
        for number, (source, part) in enumerate(zip(self.sources, parts, strict=True)):
            pictures, requests, scenes = source.draw(rng, len(part))
            images.append(torch.from_numpy(pictures))
            for request, scene in zip(requests, scenes, strict=True):
                said, words = prompts_for(self.setup.world, request, scene, rng, reword=number < self.drawn)
                prompts += said
                wrong += words
                things.append(scene)
        # Only renderings are too clean; they come first.
        generator = torch.Generator().manual_seed(int(rng.integers(2**31)))
        if self.setup.previews:
            clean = images[0].permute(0, 3, 1, 2).float()
            images[0] = roughen(clean, generator).round().byte().permute(0, 2, 3, 1)
        return _Batch(torch.cat(images), things, prompts, wrong)

    def _match_loss(self, tokens: Tensor, batch: _Batch) -> tuple[Tensor, dict[str, float]]:
        ids, mask = self.tokenizer(batch.prompts)
        with torch.autocast("cpu", torch.bfloat16):
            read = self.model.reward.blip.text_encoder(ids, mask, tokens)
            doubts = self.model.words(read).squeeze(-1).float()
        targets = word_targets(batch.prompts, batch.wrong, ids)
        logits = SHARPNESS * self.model.reward.score_of(read.float()).view(-1, 1 + MISSES)
        right, misses = logits[:, :1], logits[:, 1:]
        ranking = F.softplus(misses - right).mean()
        absolute = (F.softplus(-right).mean() + F.softplus(misses).mean()) / 2
        word = F.binary_cross_entropy_with_logits(doubts[mask > 0], targets[mask > 0])
        figures = {
            "ranking": ranking.item(),
            "absolute": absolute.item(),
            "word": word.item(),
            "right": float((right > misses).float().mean()),
            "sure": float(((right > 0).float().mean() + (misses < 0).float().mean()) / 2),
        }
        return ranking + absolute + WORD_WEIGHT * word, figures

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        """What `check` says of the reward as it stands."""
        found = self.setup.check(ImageRewardScorer(self.model.reward, self.tokenizer))
        self.model.train()
        return found

    @torch.no_grad()
    def save(self, folder: Path) -> None:
        """Write `reward.safetensors` in fp16, its rewards normalised over equal shares of fits and near-misses."""
        rng, right, misses = np.random.default_rng((self.seed, 2**31)), [], []
        for _ in range(4):
            batch = self._draw(rng, self.batch)
            rewards = self.model.reward(preprocess(batch.images, IMAGE_SIZE), *self.tokenizer(batch.prompts))
            rewards = rewards.view(-1, 1 + MISSES)
            right.append(rewards[:, 0])
            misses.append(rewards[:, 1])
        mixed = torch.cat(right + misses)
        scaled = normalised(self.model.reward, float(mixed.mean()), float(mixed.std()))
        save_reward(scaled, self.setup.words, folder / "reward.safetensors")


def patch_loss(told: Tensor, targets: PatchTargets, parts: dict[str, int]) -> tuple[Tensor, dict[str, float]]:
    """How well tokens tell what covers their patch; `told` is [B, L, sum of parts], the parts those of `heads`."""
    shape, color, alike, offsets = told.split(list(parts.values()), dim=-1)
    on = targets.shape > 0
    # Background is most of a picture: half weight keeps it from being all of the loss.
    weights = torch.where(on, 1.0, 0.5)
    weights = weights / weights.sum()
    shape_loss = (F.cross_entropy(shape.transpose(1, 2), targets.shape, reduction="none") * weights).sum()
    color_loss = (F.cross_entropy(color.transpose(1, 2), targets.color, reduction="none") * weights).sum()
    alike_loss = F.cross_entropy(alike.transpose(1, 2), targets.alike)
    valid = torch.stack([on, on, targets.has_others, targets.has_others], dim=-1)
    offset_loss = F.smooth_l1_loss(offsets[valid], targets.offsets[valid], beta=0.1)
    figures = {
        "patch_shape": float((shape.argmax(-1) == targets.shape)[on].float().mean()),
        "patch_color": float((color.argmax(-1) == targets.color)[on].float().mean()),
        "patch_alike": float((alike.argmax(-1) == targets.alike)[on].float().mean()),
        "patch_offset": offset_loss.item(),
    }
    return shape_loss + color_loss + 0.5 * alike_loss + offset_loss, figures


def word_targets(prompts: Sequence[str], wrong: Sequence[set[str]], ids: Tensor) -> Tensor:
    """1 where a token is a word that makes its prompt wrong: float32 [R, T], ids being words after a first mark."""
    targets = torch.full(ids.shape, float(PAD))
    for row, (prompt, words) in enumerate(zip(prompts, wrong, strict=True)):
        for place, word in enumerate(words_of(prompt), start=1):
            targets[row, place] = float(word in words)
    return targets


def normalised(model: ImageReward, mean: float, std: float) -> ImageReward:
    """A copy whose rewards are shifted and divided: only the constants of its last step differ."""
    scaled, old = copy.deepcopy(model), model.config
    scaled.config = replace(old, mean=old.mean + mean * old.std, std=old.std * std)
    return scaled


def make_task(folder: Path, models: Path, start: Path | None = None) -> RewardTask:
    """The shipped reward's task: drawings, reconstructions and, where there is a transformer, the model's samples.

    Pictures are made once under `folder`; `models` is the folder of the tokenizer and the transformer; `start` is a
    reward to go on from.
    """
    scenes = scene_set(folder, SCENES, SCENE_SEED)
    made = folder / "reward"
    made.mkdir(parents=True, exist_ok=True)
    tokenizer = models / "tokenizer.safetensors"
    path = made / f"reconstructed-{RECONSTRUCTED}-{stamp(tokenizer)}.u8"
    seen = reconstructions(scenes, load_tokenizer(tokenizer), path, count=RECONSTRUCTED, seed=31)
    weights, samples = models / "transformer.safetensors", None
    if weights.exists():
        path = made / f"samples-{SAMPLED}-{stamp(weights)}.u8"
        samples = sample_set(scenes, load_painter(models), path, count=SAMPLED, seed=32)
    return RewardTask([scenes, seen], samples=samples, start=start)
