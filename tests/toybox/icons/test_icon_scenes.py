"""Scenes of icons show what their prompts ask for, their boxes are exact, and they are the same each time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icon_fakes import FakeIcons

from ttsvar.toybox.icons.atlas import SOLID, Atlas
from ttsvar.toybox.icons.catalogue import kind_of
from ttsvar.toybox.icons.colors import to_oklab
from ttsvar.toybox.icons.grounds import PATTERNS, Ground, draw_ground, paint_ground
from ttsvar.toybox.icons.prompts import TAGS, sample_training_request, scene_for, training_scene
from ttsvar.toybox.icons.render import render
from ttsvar.toybox.icons.scenes import TOUCHING_MOST, Scene, related

ATLAS = Atlas(FakeIcons())
BLACK, WHITE = (Ground("shade", (v, v, v), (v, v, v), 0.0, 0.1, 0.0) for v in (0.0, 1.0))
seeds = st.integers(0, 100_000)


@settings(max_examples=60)
@given(seeds, st.sampled_from(TAGS))
def test_a_scene_shows_exactly_what_its_prompt_asks_for(seed, tag):
    rng = np.random.default_rng(seed)
    request = sample_training_request(rng, tag)
    scene = scene_for(ATLAS, request, rng)
    for shape, color, count in request.kinds:
        matching = [t for t in scene.things if t.shape == shape]
        assert len(matching) == count
        assert {t.color for t in matching} == {color}
        assert all(t.icon in kind_of(shape).icons for t in matching)
    assert len(scene.things) == sum(count for _, _, count in request.kinds)
    if request.relation:
        assert related(scene.things[0], scene.things[1], request.relation)


@settings(max_examples=60)
@given(seeds)
def test_things_stay_inside_and_overlap_only_at_the_edges(seed):
    _, scene = training_scene(ATLAS, 5, seed)
    boxes = [t.box for t in scene.things]
    for i, a in enumerate(boxes):
        assert min(a) >= 0
        assert max(a) <= 1
        for b in boxes[:i]:
            assert max(a[0] - b[2], b[0] - a[2], a[1] - b[3], b[1] - a[3]) >= -TOUCHING_MOST


@settings(max_examples=40)
@given(seeds, st.sampled_from((96, 128, 192)))
def test_boxes_are_those_of_the_pixels(seed, side):
    _, scene = training_scene(ATLAS, 6, seed)
    for thing in scene.things:
        dark, light = (render(ATLAS, Scene((thing,), ground), side).astype(int) for ground in (BLACK, WHITE))
        seen = 255 - (light - dark).max(-1) >= SOLID
        rows, columns = np.flatnonzero(seen.any(1)), np.flatnonzero(seen.any(0))
        found = np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1])
        assert np.abs(found - np.array(thing.box) * side).max() <= 2.0


@settings(max_examples=10)
@given(seeds)
def test_a_scene_is_the_same_each_time(seed):
    first, second = (training_scene(Atlas(FakeIcons()), 3, seed) for _ in range(2))
    assert first == second
    assert np.array_equal(render(ATLAS, first[1], 64), render(ATLAS, second[1], 64))


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_ground_covers_the_picture_between_its_two_inks(pattern):
    ground = Ground(pattern, (0.9, 0.85, 0.8), (0.7, 0.72, 0.75), 0.4, 0.15, 0.3)
    painted = paint_ground(ground, 64)
    assert painted.shape == (64, 64, 3)
    low, high = np.array(ground.second) * 255, np.array(ground.first) * 255
    assert (painted >= np.minimum(low, high) - 0.5).all()
    assert (painted <= np.maximum(low, high) + 0.5).all()
    assert painted.std() > 1


@given(seeds)
def test_white_things_stand_on_darker_grounds_than_black_ones(seed):
    white, black = (draw_ground(np.random.default_rng(seed), [color]) for color in ("white", "black"))
    assert to_oklab(np.array(white.first))[0] < to_oklab(np.array(black.first))[0]


def test_letters_are_not_mirrored():
    for seed in range(30):
        rng = np.random.default_rng(seed)
        scene = scene_for(ATLAS, sample_stop_sign(), rng)
        assert not scene.things[0].mirrored


def sample_stop_sign():
    from ttsvar.toybox.icons.reading import read_request

    request = read_request("a stop sign")
    assert request is not None
    return request
