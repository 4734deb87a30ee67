"""Scenes keep what their prompts promise, and are the same on every machine."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ttsvar.toybox.train.dataset import batches, training_scene
from ttsvar.toybox.world.prompts import (
    TAGS,
    Request,
    in_reading_order,
    sample_request,
    sample_training_request,
    scene_for,
)
from ttsvar.toybox.world.scenes import GAP, Thing, render
from ttsvar.toybox.world.things import (
    COLORS,
    IMAGE_SIZE,
    OPPOSITE,
    RELATIONS,
    SHAPES,
    held_out_color,
    held_out_pair,
    held_out_relation,
)

seeds = st.integers(0, 10_000)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(seeds, st.sampled_from(TAGS))
def test_a_scene_shows_exactly_what_its_prompt_asks_for(seed: int, tag: str) -> None:
    rng = np.random.default_rng(seed)
    request = sample_training_request(rng, tag)
    things = list(scene_for(request, rng).things)
    for shape, color, count in request.kinds:
        matching = [t for t in things if t.shape == shape and color in (None, t.color)]
        assert len(matching) == count
    assert len(things) == sum(count for _, _, count in request.kinds)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(seeds)
def test_objects_keep_their_distance_and_stay_inside(seed: int) -> None:
    _, scene = training_scene(5, seed)
    boxes = [t.box for t in scene.things]
    for i, a in enumerate(boxes):
        assert min(a[:2]) >= 0
        assert max(a[2:]) <= IMAGE_SIZE
        for b in boxes[:i]:
            assert max(a[0] - b[2], b[0] - a[2], a[1] - b[3], b[1] - a[3]) >= GAP - 1e-6


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(seeds)
def test_training_never_draws_a_held_out_combination(seed: int) -> None:
    request, scene = training_scene(5, seed)
    assert not request.held_out
    assert not any(held_out_color(t.shape, t.color) for t in scene.things)


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_a_relation_holds_between_the_boxes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    request = sample_request(rng, str(rng.choice(["position", "position_attr"])))
    first, second = scene_for(request, rng).things
    axis, sign = {"left of": (0, -1), "right of": (0, 1), "above": (1, -1), "below": (1, 1)}[request.relation or ""]
    near, far = (first.box, second.box) if sign < 0 else (second.box, first.box)
    assert near[axis + 2] < far[axis]


def test_held_out_relations_do_not_depend_on_the_wording() -> None:
    for a in SHAPES:
        for b in SHAPES:
            for relation in RELATIONS:
                assert held_out_relation(a, relation, b) == held_out_relation(b, OPPOSITE[relation], a)
            assert held_out_pair(a, b) == held_out_pair(b, a)


def test_something_is_held_out_of_every_shape_or_color_but_never_all() -> None:
    held = {(s, c) for s in SHAPES for c in COLORS if held_out_color(s, c)}
    assert len(held) == 8
    assert all(any((s, c) not in held for c in COLORS) for s in SHAPES)


@pytest.mark.parametrize(
    ("request_", "prompt"),
    [
        (Request("single_object", (("star", None, 1),)), "a photo of a star"),
        (Request("colors", (("cup", "orange", 1),)), "a photo of an orange cup"),
        (Request("counting", (("fish", "blue", 3),)), "a photo of three blue fish"),
        (Request("position", (("cup", None, 1), ("house", None, 1)), "left of"), "a photo of a cup left of a house"),
        (
            Request("color_attr", (("star", "red", 1), ("cup", "green", 1))),
            "a photo of a red star and a green cup",
        ),
    ],
)
def test_prompts_read_like_geneval(request_: Request, prompt: str) -> None:
    assert request_.prompt == prompt
    assert request_.metadata["prompt"] == prompt


def test_position_metadata_puts_the_reference_first() -> None:
    metadata = Request("position", (("heart", None, 1), ("house", None, 1)), "left of").metadata
    assert metadata["include"] == [
        {"class": "house", "count": 1},
        {"class": "heart", "count": 1, "position": ["left of", 0]},
    ]


def test_a_rendered_object_has_its_colour_at_its_centre() -> None:
    rng = np.random.default_rng(3)
    scene = scene_for(Request("colors", (("ball", "blue", 1),)), rng)
    thing = scene.things[0]
    pixel = render(scene)[round(thing.y), round(thing.x)].astype(int)
    assert np.abs(pixel - np.array(COLORS["blue"])).max() <= 3


def test_scenes_are_reproducible_and_differ() -> None:
    (_, a), (_, again), (_, b) = training_scene(1, 7), training_scene(1, 7), training_scene(1, 8)
    assert np.array_equal(render(a), render(again))
    assert not np.array_equal(render(a), render(b))


def test_batches_cover_an_epoch_and_resume_where_they_stopped() -> None:
    stream = batches(10, 3, seed=0)
    seen = [next(stream) for _ in range(7)]
    assert len(set(np.concatenate(seen[:3]).tolist())) == 9
    resumed = batches(10, 3, seed=0, start=5)
    assert np.array_equal(next(resumed), seen[5])


def test_a_kind_of_several_is_named_by_its_mean_place():
    request = Request("two_counts", (("cup", None, 2), ("fish", None, 1)))
    assert request.prompt == "a photo of two cups and a fish"
    assert request.metadata["exclude"] == [{"class": "cup", "count": 3}, {"class": "fish", "count": 2}]
    places = (("cup", 20), ("cup", 100), ("fish", 50))
    things = tuple(Thing(shape, "red", x, 60, 30) for shape, x in places)
    assert [k[0] for k in in_reading_order(request, things).kinds] == ["fish", "cup"]


def test_three_things_are_listed_and_named_in_reading_order():
    request = Request("three_attr", (("cup", "red", 1), ("fish", "blue", 1), ("star", "green", 1)))
    assert request.prompt == "a photo of a red cup, a blue fish and a green star"
    across = tuple(Thing(s, "red", x, 60, 30) for (s, _, _), x in zip(request.kinds, (100, 20, 60), strict=True))
    assert [k[0] for k in in_reading_order(request, across).kinds] == ["fish", "star", "cup"]
    below = tuple(Thing(s, "red", 60, y, 30) for (s, _, _), y in zip(request.kinds, (20, 100, 60), strict=True))
    assert [k[0] for k in in_reading_order(request, below).kinds] == ["cup", "star", "fish"]
