"""Self-distillation: views that keep the layout, fair assignments, a teacher that follows, honest figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ttsvar.features.dinov2 import load_extractor
from ttsvar.toybox.train import features as train_features
from ttsvar.toybox.train.feature_metrics import (
    FeatureProbe,
    first_component_overlap,
    patch_colors,
    recoloured,
    retrieved,
    same_object_auc,
    split_in_two,
    thing_masks,
)
from ttsvar.toybox.train.feature_views import (
    MOST_SHIFT,
    block_mask,
    blurred,
    patch_salience,
    retoned,
    shifted,
    student_views,
    to_planes,
)
from ttsvar.toybox.train.features import FeaturesTask, choose_patches, cross_entropy, sinkhorn
from ttsvar.toybox.train.loop import FitSettings, fit
from ttsvar.toybox.world.scenes import Scene, Thing, render

PATCH = 8
LEFT = Scene((Thing("ball", "red", 32, 60, 44),), ((230, 230, 220), (210, 214, 220)), 0.4)
PAIR = Scene((Thing("star", "blue", 34, 40, 46), Thing("cup", "green", 92, 84, 46)), LEFT.background, 1.0)


def scene_images() -> torch.Tensor:
    return torch.from_numpy(np.stack([render(LEFT), render(PAIR)]))


def test_views_show_the_same_spots() -> None:
    """A patch chosen in both views has the same pixels, but for tone and blur, which are switched off here."""
    torch.manual_seed(0)
    images = to_planes(scene_images())
    shift = torch.tensor([[1, -2], [-2, 0]])
    student = shifted(images, shift * PATCH)
    views = train_features.Views(images, student, torch.zeros(2, 256, dtype=torch.bool), shift)
    matches = choose_patches(views)
    cells = [torch.nn.functional.unfold(v, PATCH, stride=PATCH) for v in (views.student, views.teacher)]
    for image in range(2):
        seen = cells[0][image][:, matches.student[image]]
        meant = cells[1][image][:, matches.teacher[image]]
        torch.testing.assert_close(seen, meant)
        assert len(set(matches.student[image].tolist())) == train_features.PATCHES


def test_choice_favours_what_stands_out() -> None:
    torch.manual_seed(0)
    images = to_planes(scene_images())
    views = train_features.Views(images, images, torch.zeros(2, 256, dtype=torch.bool), torch.zeros(2, 2).long())
    objects = thing_masks([LEFT, PAIR]) > 0
    chosen = choose_patches(views).teacher
    assert float(objects.gather(1, chosen).float().mean()) > 1.5 * float(objects.float().mean())
    salience = patch_salience(images, PATCH).flatten(1)
    assert float(salience[objects].mean()) > 5 * float(salience[~objects].mean())


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**31))
def test_views_are_images_within_bounds(seed: int) -> None:
    torch.manual_seed(seed)
    images = scene_images()
    views = student_views(images, images[:1, None].repeat(1, 3, 1, 1, 1), PATCH)
    for view in (views.teacher, views.student):
        assert view.shape == (2, 3, 128, 128)
        assert float(view.min()) >= 0
        assert float(view.max()) <= 1
    assert views.masked.shape == (2, 256)
    assert int(views.shift.abs().max()) <= MOST_SHIFT
    torch.manual_seed(seed)
    again = student_views(images, images[:1, None].repeat(1, 3, 1, 1, 1), PATCH)
    assert torch.equal(views.student, again.student)


def test_retoning_and_blurring_keep_the_layout() -> None:
    torch.manual_seed(0)
    image = to_planes(scene_images()[:1])
    objects = (thing_masks([LEFT]) > 0)[0]
    for _ in range(10):
        changed = blurred(retoned(image)[0])[None]
        salience = patch_salience(changed, PATCH).flatten()
        assert float(salience[objects].mean()) > 2 * float(salience[~objects].mean())


def test_masks_are_empty_or_within_their_share() -> None:
    torch.manual_seed(0)
    shares = torch.stack([block_mask(16).float().mean() for _ in range(60)])
    assert 0.2 < float((shares == 0).float().mean()) < 0.8
    assert float(shares[shares > 0].min()) >= 0.15
    assert float(shares.max()) < 0.75


def test_sinkhorn_uses_all_prototypes_and_sums_to_one() -> None:
    torch.manual_seed(0)
    # Every sample prefers prototype 0.
    scores = torch.randn(256, 8) + torch.tensor([3.0] + [0.0] * 7)
    weights = sinkhorn(scores, rounds=20)
    torch.testing.assert_close(weights.sum(1), torch.ones(256))
    torch.testing.assert_close(weights.sum(0), torch.full((8,), 32.0), rtol=0.05, atol=0.5)


def test_cross_entropy_is_least_for_the_right_answer() -> None:
    targets = torch.eye(4)
    assert cross_entropy(targets, torch.eye(4)) < cross_entropy(targets, torch.zeros(4, 4))
    assert cross_entropy(targets, torch.eye(4)) < cross_entropy(targets, torch.eye(4).flip(0))


def test_masks_of_things_lie_where_they_stand() -> None:
    owner = thing_masks([LEFT, PAIR]).reshape(2, 16, 16)
    assert owner[0, 60 // PATCH, 32 // PATCH] == 1
    assert owner[0, :, 8:].max() == 0
    assert owner[1, 44 // PATCH, 34 // PATCH] == 1
    assert owner[1, 84 // PATCH, 88 // PATCH] == 2
    assert set(recoloured(PAIR).things[0].color) != set("blue")
    assert recoloured(PAIR).things[0].box == PAIR.things[0].box


def test_measures_tell_perfect_from_random_features() -> None:
    masks = thing_masks([PAIR, PAIR])
    perfect = torch.nn.functional.one_hot(masks, 3).float()
    torch.manual_seed(0)
    noise = torch.randn(2, 256, 8)
    overlap = first_component_overlap(perfect[..., :1], masks)
    assert overlap == {"object_iou": 1.0, "object_precision": 1.0, "object_recall": 1.0}
    assert first_component_overlap(noise, masks)["object_iou"] < 0.3
    assert same_object_auc(perfect, masks) == 1.0
    assert 0.4 < same_object_auc(noise, masks) < 0.6
    assert split_in_two(torch.tensor([5.0, 5.1, 4.9, 9.0, 0.5 + 4.5])).tolist() == [False, False, False, True, False]
    different = torch.randn(6, 256, 8)
    assert retrieved(different + 0.01, different, "patches") == 1.0
    assert retrieved(different.roll(1, 0), different, "patches") == 0.0


def test_pixel_baseline_is_the_mean_colour_of_patches() -> None:
    image = scene_images()[:1]
    colors = patch_colors(image)
    assert colors.shape == (1, 256, 3)
    torch.testing.assert_close(colors[0, 17], image[0, 8:16, 8:16].float().mean((0, 1)) / 255)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(train_features.MODEL, "hidden_size", 24)
    monkeypatch.setitem(train_features.MODEL, "num_hidden_layers", 1)
    monkeypatch.setattr("ttsvar.toybox.train.feature_metrics.COUNT", 4)


@pytest.mark.slow
@pytest.mark.usefixtures("small")
def test_training_moves_student_then_teacher_and_saves_what_loads(tmp_path: Path) -> None:
    made: list[FeaturesTask] = []

    def make() -> FeaturesTask:
        made.append(FeaturesTask(tmp_path, count=8, batch=4))
        return made[-1]

    settings = FitSettings(tmp_path / "run", steps=2, threads=1, warmup=1, log_every=1)
    fit(make, settings)
    task = made[0]
    fresh = FeaturesTask(tmp_path, count=8, batch=4)
    pairs = zip(fresh.pair.student.parameters(), task.pair.student.parameters(), strict=True)
    assert any(not torch.equal(a, b) for a, b in pairs)
    name = "head.layers.0.weight"
    slow, fast = (b.get_parameter(name) for b in (task.pair.teacher, task.pair.student))
    start = fresh.pair.student.get_parameter(name)
    assert 0 < float((slow - start).detach().abs().mean()) < float((fast - start).detach().abs().mean())
    images = scene_images()
    loaded = load_extractor(tmp_path / "run" / "features.safetensors").extract(images)
    torch.testing.assert_close(loaded, task.extractor().extract(images), atol=2e-2, rtol=2e-2)
    assert (tmp_path / "run" / "features.json").exists()


@pytest.mark.usefixtures("small")
def test_a_step_sees_the_same_whenever_it_is_run(tmp_path: Path) -> None:
    task = FeaturesTask(tmp_path, count=8, batch=4)
    losses = []
    for _ in range(2):
        torch.manual_seed(7)
        losses.append(task._views(3, 0, 1).student)
    assert torch.equal(*losses)
    torch.manual_seed(7)
    assert not torch.equal(losses[0], task._views(4, 0, 1).student)


def test_probe_has_previews_of_every_scene(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ttsvar.toybox.train.feature_metrics.COUNT", 3)
    probe = FeatureProbe(5)
    figures = probe.baseline()
    assert len(probe.groups) == 3
    assert figures["found_prompts_7_patches"] == 1.0
    assert 0 <= figures["object_iou"] <= 1
