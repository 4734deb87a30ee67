"""What the icon world's detector and rewards learn from: near-misses in its words, spoilt things, steps that run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from icon_fakes import FakeIcons

from ttsvar.families.infinity.autoencoder import BSQAutoencoder
from ttsvar.families.infinity.tokenizer_checkpoint import save_tokenizer
from ttsvar.nn.words import words_of
from ttsvar.rewards.image_reward import load_scorer
from ttsvar.toybox.detector import load_detector
from ttsvar.toybox.icons import drawn, train_detector
from ttsvar.toybox.icons.atlas import Atlas
from ttsvar.toybox.icons.catalogue import NAMES, index_of
from ttsvar.toybox.icons.colors import COLORS
from ttsvar.toybox.icons.detector_scenes import COLOR_NAMES, OWN, DetectorScenes
from ttsvar.toybox.icons.presets import TOKENIZER
from ttsvar.toybox.icons.prompts import IconRequest, sample_training_request, scene_for
from ttsvar.toybox.icons.scenery import Scenery
from ttsvar.toybox.icons.scenes import Thing, related
from ttsvar.toybox.icons.train_detector import IconDetectorTask
from ttsvar.toybox.icons.train_reward import reward_task
from ttsvar.toybox.icons.vocabulary import ICONS
from ttsvar.toybox.icons.words import WORDS
from ttsvar.toybox.train.detector_data import ABSENT, PRESENT, UNSURE
from ttsvar.toybox.train.reward_data import patch_targets
from ttsvar.toybox.world.near_misses import false_requests, true_requests, wrong_words
from ttsvar.toybox.world.prompts import Request

ATLAS = Atlas(FakeIcons())


@pytest.fixture(autouse=True)
def few_scenes(monkeypatch):
    monkeypatch.setattr(drawn, "VALIDATION_SCENES", 6)
    monkeypatch.setattr(train_detector, "VALIDATION_SCENES", 4)


@pytest.fixture
def tokenizer(tmp_path: Path) -> Path:
    path = tmp_path / "tokenizer.safetensors"
    torch.manual_seed(0)
    save_tokenizer(BSQAutoencoder(TOKENIZER), path)
    return path


def holds(things: tuple[Thing, ...], request: Request) -> bool:
    """An independent reading of the rule: named things are there, counts above one exactly, relations hold."""
    for shape, color, count in request.kinds:
        have = sum(t.shape == shape and color in (None, t.color) for t in things)
        if have < 1 or (request.tag in ("counting", "two_counts") and have != count):
            return False
    if not request.relation:
        return True
    first, second = (next(t for t in things if t.shape == kind[0]) for kind in request.kinds)
    return related(first, second, request.relation)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_what_is_said_of_a_scene_is_true_and_its_near_misses_are_not(seed: int):
    rng = np.random.default_rng(seed)
    request = sample_training_request(rng)
    things = scene_for(ATLAS, request, rng).things
    said = [right for right in true_requests(ICONS, things) if not right.held_out]
    assert all(holds(things, right) for right in said)
    for right in said[:6]:
        for miss in false_requests(ICONS, things, right, rng, 3):
            assert isinstance(miss, IconRequest)
            assert not miss.held_out
            assert not holds(things, miss), (right, miss)
            assert wrong_words(ICONS, right, miss) <= set(words_of(miss.prompt)) <= set(WORDS)


def test_no_colour_is_said_of_what_has_its_own():
    thing = Thing("dog", "icon", None, 0.5, 0.5, 0.5, 0.0, False, (0.25, 0.25, 0.75, 0.75))
    assert [r.tag for r in true_requests(ICONS, [thing])] == ["single_object"]
    targets = patch_targets(ICONS, [(thing,)], 4)
    assert targets.color.view(4, 4)[1, 1] == 1 + len(COLORS)
    assert targets.shape.view(4, 4)[1, 1] == 1 + index_of("dog")


def test_the_detectors_scenes_are_the_same_whenever_they_are_drawn_and_some_things_are_spoilt():
    first, second = (DetectorScenes(FakeIcons(), 3).batch(4, 24) for _ in range(2))
    assert np.array_equal(first.images, second.images)
    assert np.array_equal(first.things, second.things)
    rows = first.things[first.things[..., 7] > 0]
    assert {PRESENT, ABSENT, UNSURE} >= set(rows[:, 6].tolist()) > {PRESENT}
    assert (rows[:, 4] > rows[:, 2]).all()
    assert rows[:, 2:6].min() >= 0
    assert rows[:, 2:6].max() <= 128
    clean = DetectorScenes(FakeIcons(), 3, clean=True).batch(0, 12).things
    assert set(clean[clean[..., 7] > 0][:, 6].tolist()) == {PRESENT}


@pytest.mark.slow
def test_a_step_of_the_detector_and_what_it_saves(tokenizer: Path, tmp_path: Path):
    task = IconDetectorTask(Scenery(FakeIcons()), tokenizer, batch=4)
    before, _ = task.loss(0, 0.0, 0, 1)
    for optimizer in task.optimizers():
        before.backward(retain_graph=True)
        optimizer.step()
    after, _ = task.loss(0, 0.0, 0, 1)
    assert after.item() < before.item()
    task.save(tmp_path)
    detector = load_detector(tmp_path / "detector.safetensors")
    assert detector.config.shapes == tuple(NAMES)
    assert detector.config.colors == COLOR_NAMES
    assert COLOR_NAMES[0] == OWN


@pytest.mark.slow
@pytest.mark.parametrize("previews", [False, True])
def test_a_step_of_each_reward_and_what_it_saves(tokenizer: Path, tmp_path: Path, previews: bool):
    task = reward_task(Scenery(FakeIcons()), tokenizer, batch=6, previews=previews)
    loss, figures = task.loss(0, 0.9, 0, 1)
    loss.backward()
    assert torch.isfinite(loss)
    assert 0 <= figures["right"] <= 1
    assert 0 <= task.validate()["val_ranked_right"] <= 1
    task.save(tmp_path)
    scorer = load_scorer(tmp_path / "reward.safetensors")
    image = torch.zeros(1, 128, 128, 3, dtype=torch.uint8)
    assert torch.isfinite(scorer.score(image, "a photo of a hair drier")).all()
