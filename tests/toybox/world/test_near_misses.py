from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ttsvar.toybox.world.near_misses import KINDS, TAGS_WITH, false_requests, near_miss, true_requests, wrong_words
from ttsvar.toybox.world.prompts import Request, sample_request, sample_training_request, scene_for
from ttsvar.toybox.world.scenes import Thing, related
from ttsvar.toybox.world.vocabulary import TOYBOX


def satisfies(things: tuple[Thing, ...], request: Request) -> bool:
    """An independent reading of the rule: named things are there, counts above one exactly, relations hold at all."""
    for shape, color, count in request.kinds:
        have = sum(t.shape == shape and color in (None, t.color) for t in things)
        if have < 1 or (request.tag in ("counting", "two_counts") and have != count):
            return False
    if not request.relation:
        return True
    first, second = (next(t for t in things if t.shape == kind[0]) for kind in request.kinds)
    dx, dy = first.x - second.x, first.y - second.y
    return {"left of": dx < 0, "right of": dx > 0, "above": dy < 0, "below": dy > 0}[request.relation]


seeds = st.integers(0, 2**32 - 1)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15, deadline=None)
@given(seed=seeds)
def test_near_misses_are_wrong_both_ways(kind: str, seed: int):
    rng = np.random.default_rng(seed)
    request = sample_request(rng, str(rng.choice(TAGS_WITH[kind])))
    miss = near_miss(TOYBOX, request, kind, rng)
    assert miss.tag == request.tag
    here, there = (scene_for(r, rng, training=False).things for r in (request, miss))
    assert satisfies(here, request)
    assert satisfies(there, miss)
    assert not satisfies(here, miss)
    assert not satisfies(there, request)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(seed=seeds)
def test_training_prompts_are_labelled_truly(seed: int):
    rng = np.random.default_rng(seed)
    request = sample_training_request(rng)
    things = scene_for(request, rng).things
    said = true_requests(TOYBOX, things)
    assert request.tag in {r.tag for r in said}
    for right in said:
        assert satisfies(things, right), right
        if right.held_out:
            continue
        for miss in false_requests(TOYBOX, things, right, rng, 3):
            assert not miss.held_out
            assert not satisfies(things, miss) or _across(things, miss), (right, miss)
            assert wrong_words(TOYBOX, right, miss)


def _across(things: tuple[Thing, ...], miss: Request) -> bool:
    """A relation on the axis that hardly matters: not `related`, though the sign may agree."""
    first, second = (next(t for t in things if t.shape == kind[0]) for kind in miss.kinds)
    return bool(miss.relation) and not related(first, second, miss.relation or "")


def test_a_change_touches_one_word():
    rng = np.random.default_rng(0)
    pair = Request("color_attr", (("star", "red", 1), ("cup", "green", 1)))
    assert near_miss(TOYBOX, pair, "swap", rng).prompt == "a photo of a green star and a red cup"
    assert wrong_words(TOYBOX, pair, near_miss(TOYBOX, pair, "swap", rng)) == {"green", "red"}
    beside = Request("position", (("heart", None, 1), ("house", None, 1)), "left of")
    assert near_miss(TOYBOX, beside, "side", rng).prompt == "a photo of a heart right of a house"
    assert wrong_words(TOYBOX, beside, near_miss(TOYBOX, beside, "side", rng)) == {"right"}
    three = Request("counting", (("ball", None, 3),))
    counts = Counter(near_miss(TOYBOX, three, "count", rng).kinds[0][2] for _ in range(50))
    assert set(counts) == {2, 4}
    assert wrong_words(TOYBOX, three, near_miss(TOYBOX, three, "count", rng)) < {"two", "four"}


def test_of_two_counted_kinds_any_number_may_be_wrong():
    said = Request("two_counts", (("ball", None, 2), ("cup", None, 1)))
    misses = [near_miss(TOYBOX, said, "count", np.random.default_rng(seed)) for seed in range(60)]
    assert {m.prompt for m in misses} == {
        "a photo of a ball and two cups",
        "a photo of two balls and two cups",
        "a photo of a ball and three cups",
        "a photo of three balls and a cup",
    }
    assert wrong_words(TOYBOX, said, Request("two_counts", (("ball", None, 1), ("cup", None, 2)))) == {"ball", "cups"}
    both = Request("two_counts", (("fish", None, 1), ("star", None, 2)))
    assert wrong_words(TOYBOX, both, Request("two_counts", (("fish", None, 2), ("star", None, 2)))) == {"fish"}


def test_colours_are_said_of_counted_kinds_that_have_one_each():
    def scene(*colors: str) -> tuple[Thing, ...]:
        return tuple(Thing(s, c, 20, 20, 30) for s, c in zip(("ball", "ball", "cup"), colors, strict=True))

    plain = {"a photo of two balls and a cup", "a photo of a cup and two balls"}
    coloured = {"a photo of two red balls and a blue cup", "a photo of a blue cup and two red balls"}
    assert {r.prompt for r in true_requests(TOYBOX, scene("red", "red", "blue"))} == plain | coloured
    for colors in (("red", "blue", "blue"), ("red", "red", "red")):
        assert {r.prompt for r in true_requests(TOYBOX, scene(*colors))} == plain


def test_an_object_that_stands_there_unnamed_is_no_near_miss():
    things = tuple(Thing(s, "red", x, 60, 30) for s, x in (("star", 20), ("cup", 60), ("fish", 100)))
    said = Request("two_object", (("star", None, 1), ("cup", None, 1)))
    named = {k[0] for seed in range(40) for m in false_requests(TOYBOX, things, said, np.random.default_rng(seed), 3)
             if m.tag == "two_object" for k in m.kinds}  # fmt: skip
    assert named >= {"star", "cup", "moon"}
    assert "fish" not in named


def test_swapped_colors_of_three_mark_just_the_two_that_moved():
    said = Request("three_attr", (("cup", "red", 1), ("fish", "blue", 1), ("star", "green", 1)))
    miss = near_miss(TOYBOX, said, "swap", np.random.default_rng(0))
    moved = {c for s, c, _ in miss.kinds if (s, c, 1) not in said.kinds}
    assert len(moved) == 2
    assert wrong_words(TOYBOX, said, miss) == moved
