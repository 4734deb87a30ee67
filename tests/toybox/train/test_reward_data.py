from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from ttsvar.families.infinity.autoencoder import BSQAutoencoder
from ttsvar.families.infinity.tokenizer_checkpoint import save_tokenizer
from ttsvar.nn.words import words_of
from ttsvar.rewards.image_reward import load_scorer
from ttsvar.toybox.presets import TOKENIZER, WORDS
from ttsvar.toybox.train import reward as train_reward
from ttsvar.toybox.train.dataset import SceneSet, training_scene
from ttsvar.toybox.train.reward import REWARD, RewardTask, normalised, word_targets
from ttsvar.toybox.train.reward_accuracy import near_miss_accuracy, rendered
from ttsvar.toybox.train.reward_data import MISSES, patch_targets, prompts_for, roughen
from ttsvar.toybox.world.near_misses import KINDS
from ttsvar.toybox.world.scenes import Thing, render
from ttsvar.toybox.world.things import COLORS, SHAPES
from ttsvar.toybox.world.vocabulary import TOYBOX


@pytest.fixture(scope="module")
def scenes() -> SceneSet:
    drawn = [training_scene(5, i) for i in range(16)]
    images = np.stack([render(scene) for _, scene in drawn])
    return SceneSet(images, [request for request, _ in drawn], [scene.things for _, scene in drawn])


def test_patch_targets_tell_what_is_where():
    star, cup = Thing("star", "red", 32, 32, 40), Thing("cup", "blue", 96, 96, 40)
    targets = patch_targets(TOYBOX, [(star, cup), ()], 8)
    grid = targets.shape.view(2, 8, 8)
    assert grid[0, 1, 1] == 1 + SHAPES.index("star")
    assert grid[0, 5, 6] == 1 + SHAPES.index("cup")
    assert grid[0, 0, 7] == 0
    assert not grid[1].any()
    assert targets.color.view(2, 8, 8)[0, 1, 2] == 1 + list(COLORS).index("red")
    assert targets.alike.view(2, 8, 8)[0, 2, 2] == 1
    assert targets.alike.view(2, 8, 8)[0, 0, 7] == -100
    to_centre, from_others = targets.offsets.view(2, 8, 8, 4)[0, 1, 2].split(2)
    assert to_centre.tolist() == [(32 - 40) / 64, (32 - 24) / 64]
    assert from_others.tolist() == [-1.0, -1.0]
    assert bool(targets.has_others.view(2, 8, 8)[0, 1, 1])
    assert not targets.has_others[1].any()


def test_prompts_mark_their_wrong_words(scenes: SceneSet):
    rng = np.random.default_rng(0)
    for request, things in zip(scenes.requests, scenes.things, strict=True):
        prompts, wrong = prompts_for(TOYBOX, request, things, rng)
        assert len(prompts) == len(wrong) == 1 + MISSES
        assert not wrong[0]
        assert all(
            words and words <= set(words_of(prompt)) for prompt, words in zip(prompts[1:], wrong[1:], strict=True)
        )


def test_word_targets_follow_the_tokens():
    ids = torch.zeros(1, 9, dtype=torch.long)
    targets = word_targets(["a photo of a red cup"], [{"red"}], ids)
    assert targets.tolist() == [[0, 0, 0, 0, 0, 1, 0, 0, 0]]


def test_roughening_leaves_half_as_they_are(scenes: SceneSet):
    images = torch.from_numpy(scenes.images).permute(0, 3, 1, 2).float()
    rough = roughen(images, torch.Generator().manual_seed(0))
    same = (rough == images).flatten(1).all(1)
    assert int(same.sum()) == 8
    assert 0 <= float(rough.min()) <= float(rough.max()) <= 255


@pytest.mark.slow
def test_a_step_from_scratch_and_from_a_file(scenes: SceneSet, tmp_path: Path):
    task = RewardTask([scenes], batch=8)
    loss, figures = task.loss(0, 0.0, 0, 1)
    assert "ranking" not in figures
    loss, figures = task.loss(0, 0.9, 0, 1)
    loss.backward()
    assert figures["ranking"] > 0
    read = "blip.text_encoder.encoder.layer.0.crossattention.self.query.weight"
    gradient = task.model.reward.get_parameter(read).grad
    assert gradient is not None
    assert float(gradient.norm()) > 0
    assert torch.equal(loss, task.loss(0, 0.9, 0, 1)[0])
    task.save(tmp_path)
    again = RewardTask([scenes, scenes], batch=8, start=tmp_path / "reward.safetensors")
    assert "ranking" in again.loss(0, 0.0, 0, 1)[1]
    assert load_scorer(tmp_path / "reward.safetensors").score(torch.from_numpy(scenes.images[:2]), "a cup").shape == (
        2,
    )


def test_normalised_rewards_have_the_wanted_scale(scenes: SceneSet):
    model = RewardTask([scenes]).model.reward.eval()
    pixels, ids = torch.randn(6, 3, 128, 128), torch.randint(3, len(WORDS), (6, 5))
    with torch.no_grad():
        before = model(pixels, ids, torch.ones_like(ids))
        after = normalised(model, float(before.mean()), float(before.std()))(pixels, ids, torch.ones_like(ids))
    assert abs(float(after.mean())) < 1e-4
    assert abs(float(after.std()) - 1) < 1e-4
    assert model.config.vision_width == REWARD.vision_width


class _Constant:
    name = "constant"

    def score(self, images: Tensor, prompt: str) -> Tensor:
        return torch.zeros(len(images))

    def flops(self, images: int) -> float:
        return 0.0


def test_a_tie_is_not_right():
    found = near_miss_accuracy(_Constant(), rendered, pairs=2, seed=0)
    assert tuple(found) == KINDS
    assert all(figures["accuracy"] == 0 and figures["pairs"] == 2 for figures in found.values())


def test_a_task_is_made_from_a_model_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name, value in (("SCENES", 8), ("RECONSTRUCTED", 8)):
        monkeypatch.setattr(train_reward, name, value)
    torch.manual_seed(0)
    save_tokenizer(BSQAutoencoder(TOKENIZER), tmp_path / "tokenizer.safetensors")
    task = train_reward.make_task(tmp_path / "work", tmp_path)
    assert [len(source) for source in task.sources if isinstance(source, SceneSet)] == [8, 8]
    (made,) = (tmp_path / "work" / "reward").glob("reconstructed-8-*.u8")
    assert made.stat().st_size == 8 * 128 * 128 * 3
