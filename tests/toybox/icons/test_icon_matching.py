"""The evaluator that learns nothing finds what was drawn."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import torch
from icon_fakes import FakeIcons

from ttsvar.toybox.icons.atlas import Atlas
from ttsvar.toybox.icons.catalogue import kind_of
from ttsvar.toybox.icons.drawn import VALIDATION_SEED
from ttsvar.toybox.icons.grounds import PATTERNS, draw_ground, paint_ground
from ttsvar.toybox.icons.matching import IconMatcher, find_icons
from ttsvar.toybox.icons.pieces import merge_trees
from ttsvar.toybox.icons.presets import IMAGE_SIZE
from ttsvar.toybox.icons.prompts import scene_for, training_scene
from ttsvar.toybox.icons.reading import read_request
from ttsvar.toybox.icons.render import render
from ttsvar.toybox.icons.source import PublishedIcons
from ttsvar.toybox.icons.templates import TemplateBank

ATLAS = Atlas(FakeIcons())


@pytest.fixture(scope="module")
def bank() -> TemplateBank:
    return TemplateBank(ATLAS, [kind_of(name) for name in ("cake", "dog", "bus", "cup")])


@pytest.mark.slow
@pytest.mark.parametrize("pattern", PATTERNS)
def test_bare_grounds_hold_nothing(bank, pattern):
    for seed in range(40):
        ground = draw_ground(np.random.default_rng(seed), [None])
        if ground.pattern == pattern:
            picture = np.round(paint_ground(ground, IMAGE_SIZE)).astype(np.uint8)
            assert find_icons(bank, picture) == []


def test_a_lone_thing_is_found_where_it_stands_in_its_colour(bank):
    request = read_request("a photo of a blue cake")
    assert request is not None
    for seed in range(8):
        scene = scene_for(ATLAS, request, np.random.default_rng(seed))
        found = find_icons(bank, render(ATLAS, scene, IMAGE_SIZE))
        assert len(found) == 1
        assert (found[0].cls, found[0].color) == ("cake", "blue")
        assert np.abs(np.array(found[0].box) - np.array(scene.things[0].box) * IMAGE_SIZE).max() < 5


def test_pieces_join_where_they_are_near():
    pieces = [np.zeros((40, 40), bool) for _ in range(3)]
    pieces[0][2:6, 2:6] = pieces[1][2:6, 9:12] = pieces[2][30:36, 30:36] = True
    trees = merge_trees(pieces)
    assert sorted(len(tree.parts) for tree in trees) == [0, 2]
    assert sum(tree.mask.sum() for tree in trees) == sum(piece.sum() for piece in pieces)


@pytest.mark.slow
def test_nineteen_of_twenty_scenes_of_icons_are_read_without_a_mistake(published: PublishedIcons):
    atlas = Atlas(published)
    bank, right, count = TemplateBank(atlas), 0, 20
    for index in range(count):
        _, scene = training_scene(atlas, VALIDATION_SEED, index)
        found = find_icons(bank, render(atlas, scene, IMAGE_SIZE))
        right += Counter((d.cls, d.color) for d in found) == Counter((t.shape, t.color) for t in scene.things)
    assert right >= 0.95 * count


def test_as_a_detector_it_looks_at_a_batch(bank):
    request = read_request("a photo of a blue cake")
    assert request is not None
    drawn = [render(ATLAS, scene_for(ATLAS, request, np.random.default_rng(seed)), IMAGE_SIZE) for seed in range(2)]
    found = IconMatcher(bank).detect(torch.from_numpy(np.stack(drawn)))
    assert [[d.cls for d in some] for some in found] == [["cake"], ["cake"]]
