"""Prompts that almost fit a scene: one count, colour, object or side wrong, or two colours swapped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import numpy as np

from ttsvar.nn.words import words_of
from ttsvar.toybox.world.prompts import COUNT_PAIRS, TAGS, Request
from ttsvar.toybox.world.things import OPPOSITE, RELATIONS
from ttsvar.toybox.world.vocabulary import SceneThing, Vocabulary

KINDS = ("count", "color", "object", "side", "swap")
TAGS_WITH = {
    "count": ("counting", "two_counts"),
    "color": ("colors", "color_attr", "three_attr", "position_attr", "four_attr"),
    "object": TAGS,
    "side": ("position", "position_attr"),
    "swap": ("color_attr", "three_attr", "position_attr", "four_attr"),
}
"""Prompt forms in which each kind of near-miss is clearly wrong by the rule that extra objects are allowed."""


def near_miss(
    world: Vocabulary, request: Request, kind: str, rng: np.random.Generator, present: Sequence[str] = ()
) -> Request:
    """The request with one thing wrong: no scene of the one satisfies the other.

    A scene may have more objects than were named; `present` are shapes that a wrong object must not be one of.
    """
    kinds = list(request.kinds)
    i = int(rng.integers(len(kinds)))
    shape, color, count = kinds[i]
    if kind == "side":
        return replace(request, relation=OPPOSITE[request.relation or "left of"])
    if kind == "swap":
        i, j = rng.choice(len(kinds), 2, replace=False)
        (a, color_a, n), (b, color_b, m) = kinds[i], kinds[j]
        kinds[i], kinds[j] = (a, color_b, n), (b, color_a, m)
        return replace(request, kinds=tuple(kinds))
    if kind == "count" and len(kinds) == 2:
        counts = [pair for pair in COUNT_PAIRS if pair != (kinds[0][2], kinds[1][2])]
        kinds = [(s, c, n) for (s, c, _), n in zip(kinds, counts[rng.integers(len(counts))], strict=True)]
    elif kind == "count":
        kinds[i] = (shape, color, int(rng.choice([n for n in (2, 3, 4) if n != count])))
    elif kind == "color":
        kinds[i] = (shape, str(rng.choice([c for c in world.colors if c not in {k[1] for k in kinds}])), count)
    else:
        taken = {*present, *(k[0] for k in kinds)}
        kinds[i] = (str(rng.choice([s for s in world.takes(color) if s not in taken])), color, count)
    return replace(request, kinds=tuple(kinds))


def true_requests(world: Vocabulary, things: Sequence[SceneThing]) -> list[Request]:
    """What can be said of a scene of one object, of several alike, of two to four different ones, in every form.

    Of two kinds of which one is several, only how many there are of each. Colours are said of what has one.
    """
    shapes, colors = [t.shape for t in things], [t.color for t in things]
    if len(things) == 1:
        said = [world.request("single_object", ((shapes[0], None, 1),))]
        return said + [world.request("colors", ((shapes[0], colors[0], 1),))] * (colors[0] is not None)
    if len(set(shapes)) == 1:
        said = [world.request("counting", ((shapes[0], None, len(things)),))]
        alike = colors[0] is not None and len(set(colors)) == 1
        return said + [world.request("counting", ((shapes[0], colors[0], len(things)),))] * alike
    if len(set(shapes)) == 2 < len(things):
        return _counted_pairs(world, things)
    said = []
    for a, b in permutations(things, 2):
        said += _pairs(world, a, b)
    for named, number in ((3, "three"), (4, "four")):
        for some in permutations(things, named):
            said.append(world.request(f"{number}_object", tuple((t.shape, None, 1) for t in some)))
            if _told_apart(some):
                said.append(world.request(f"{number}_attr", tuple((t.shape, t.color, 1) for t in some)))
    return said


def _pairs(world: Vocabulary, a: SceneThing, b: SceneThing) -> list[Request]:
    """What can be said of two different things, in this order."""
    plain, colored = ((a.shape, None, 1), (b.shape, None, 1)), ((a.shape, a.color, 1), (b.shape, b.color, 1))
    said = [world.request("two_object", plain)]
    if _told_apart((a, b)):
        said.append(world.request("color_attr", colored))
    for relation in (r for r in RELATIONS if world.related(a, b, r)):
        said.append(world.request("position", plain, relation))
        if _told_apart((a, b)):
            said.append(world.request("position_attr", colored, relation))
    return said


def _told_apart(things: Sequence[SceneThing]) -> bool:
    """Whether each has a colour, and no other has the same."""
    colors = {t.color for t in things}
    return None not in colors and len(colors) == len(things)


def _counted_pairs(world: Vocabulary, things: Sequence[SceneThing]) -> list[Request]:
    colors = {shape: {t.color for t in things if t.shape == shape} for shape in dict.fromkeys(t.shape for t in things)}
    counts = {shape: sum(t.shape == shape for t in things) for shape in colors}
    said = []
    for pair in permutations(colors, 2):
        said.append(world.request("two_counts", tuple((s, None, counts[s]) for s in pair)))
        told = [color for s in pair for color in colors[s]]
        if None not in told and len(told) == len(set(told)) == 2:
            both = tuple((s, color, counts[s]) for s, color in zip(pair, told, strict=True))
            said.append(world.request("two_counts", both))
    return said


def false_requests(
    world: Vocabulary, things: Sequence[SceneThing], said: Request, rng: np.random.Generator, count: int
) -> list[Request]:
    """Near-misses of a true request, of kinds drawn at random, that training may see; wrong for the scene itself."""
    kinds = [k for k in KINDS if said.tag in TAGS_WITH[k]] + ["other"] * all(count == 1 for _, _, count in said.kinds)
    rng.shuffle(kinds)
    found: list[Request] = []
    shapes = [t.shape for t in things]
    for attempt in range(50):
        kind = kinds[attempt % len(kinds)]
        other = kind == "other"
        miss = _other_miss(world, things, said, rng) if other else near_miss(world, said, kind, rng, shapes)
        if not miss.held_out and miss not in found:
            found.append(miss)
        if len(found) == count:
            return found
    return [found[i % len(found)] for i in range(count)]


def _other_miss(world: Vocabulary, things: Sequence[SceneThing], said: Request, rng: np.random.Generator) -> Request:
    """Wrong in a way that near-misses of the same form are not: an object too few, or a side across."""
    first = said.kinds[int(rng.integers(len(said.kinds)))]
    if rng.random() < 0.5:
        return world.request("counting", ((first[0], first[1], int(rng.integers(2, 5))),))
    if len(said.kinds) == 1:
        shape = str(rng.choice([s for s in world.takes(first[1]) if s != first[0]]))
        color = str(rng.choice([c for c in world.colors if c != first[1]])) if first[1] else None
        pair = [first, (shape, color, 1)]
        rng.shuffle(pair)
        named = "color_attr" if color else "two_object"
        return world.request(named, tuple(pair)) if rng.random() < 0.6 or color else _beside(world, pair, rng)
    across = _clearly_across([next(t for t in things if t.shape == k[0]) for k in said.kinds]) if said.relation else ()
    if across:
        return replace(said, relation=str(rng.choice(across)))
    return near_miss(world, said, "object", rng, [t.shape for t in things])


def _beside(world: Vocabulary, pair: list[tuple[str, str | None, int]], rng: np.random.Generator) -> Request:
    return world.request("position", tuple(pair), str(rng.choice(RELATIONS)))


def _clearly_across(things: Sequence[SceneThing]) -> tuple[str, ...]:
    """Relations on the axis along which two objects hardly differ, so that neither word can be meant."""
    dx, dy = abs(things[0].x - things[1].x), abs(things[0].y - things[1].y)
    if dy < 0.4 * dx:
        return ("above", "below")
    return ("left of", "right of") if dx < 0.4 * dy else ()


def wrong_words(world: Vocabulary, said: Request, miss: Request) -> set[str]:
    """The words of a near-miss that make it wrong."""
    mine, right = words_of(miss.prompt), words_of(said.prompt)
    wrong = {w for w in mine if w in world.content and w not in right}
    moved = [kind for kind in miss.kinds if kind not in said.kinds]
    if wrong or not moved:
        return wrong
    return {w for shape, color, n in moved for w in ((color,) if color and n == 1 else words_of(world.noun(shape, n)))}
