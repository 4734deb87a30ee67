"""Prompts in GenEval's six forms and six harder ones, their metadata, and scenes that satisfy them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from ttsvar.toybox.world.scenes import Scene, Thing, place
from ttsvar.toybox.world.things import (
    COLORS,
    NUMBERS,
    PLURALS,
    RELATIONS,
    SHAPES,
    held_out_color,
    held_out_pair,
    held_out_relation,
)

GENEVAL_TAGS = ("single_object", "two_object", "counting", "colors", "position", "color_attr")
TAGS = (*GENEVAL_TAGS, "three_object", "three_attr", "position_attr", "two_counts", "four_object", "four_attr")
"""GenEval's six categories, and six harder ones in the same form.

Three and four objects, without and with their colours; coloured objects in a relation; two kinds, one of them several.
"""
COUNT_PAIRS = ((1, 2), (2, 1), (2, 2), (1, 3), (3, 1))
"""How many of two kinds a prompt asks for: four things at most."""
TRAIN_SHARES = (0.04, 0.12, 0.12, 0.07, 0.04, 0.06, 0.12, 0.10, 0.05, 0.12, 0.08, 0.08)
"""Share of each form in training, in the order of TAGS; single large objects come in the first and fourth."""


@dataclass(frozen=True)
class Request:
    """What a prompt asks for: kinds of things in the order of naming, each (shape, colour or None, count)."""

    tag: str
    kinds: tuple[tuple[str, str | None, int], ...]
    relation: str | None = None

    @property
    def prompt(self) -> str:
        """The sentence, for example 'a photo of a red star and a green cup'."""
        phrases = [_phrase(*kind) for kind in self.kinds]
        if self.relation:
            return "a photo of " + f" {self.relation} ".join(phrases)
        return "a photo of " + " and ".join(filter(None, [", ".join(phrases[:-1]), phrases[-1]]))

    @property
    def metadata(self) -> dict:
        """GenEval's own JSON form: tag, include (class, count, color, position), prompt."""
        include: list[dict] = []
        for shape, color, count in self.kinds:
            include.append({"class": shape, "count": count} | ({"color": color} if color else {}))
        if self.relation:
            include = [include[1], include[0] | {"position": [self.relation, 0]}]
        data: dict = {"tag": self.tag, "include": include}
        if any(count > 1 for _, _, count in self.kinds):
            data["exclude"] = [{"class": s, "count": c + 1} for s, _, c in self.kinds]
        return data | {"prompt": self.prompt}

    @property
    def held_out(self) -> bool:
        """Whether training never sees what this asks for."""
        if any(color and held_out_color(shape, color) for shape, color, _ in self.kinds):
            return True
        shapes = [shape for shape, _, _ in self.kinds]
        if self.relation:
            return held_out_relation(shapes[0], self.relation, shapes[1])
        return any(held_out_pair(first, second) for first, second in combinations(shapes, 2))


def _phrase(shape: str, color: str | None, count: int) -> str:
    noun = shape if count == 1 else PLURALS[shape]
    words = f"{color} {noun}" if color else noun
    if count > 1:
        return f"{NUMBERS[count]} {words}"
    return ("an " if words[0] in "aeiou" else "a ") + words


def sample_request(rng: np.random.Generator, tag: str | None = None) -> Request:
    """Draw a request of one form, or of a form drawn with the training shares; may be a held-out one."""
    tag = tag or str(rng.choice(TAGS, p=TRAIN_SHARES))
    named = {"three": 3, "four": 4}.get(tag.split("_")[0], 2)
    shapes = [str(s) for s in rng.choice(SHAPES, named, replace=False)]
    colors = [str(c) for c in rng.choice(list(COLORS), named, replace=False)]
    if tag == "single_object":
        return Request(tag, ((shapes[0], None, 1),))
    if tag == "colors":
        return Request(tag, ((shapes[0], colors[0], 1),))
    if tag == "counting":
        color = colors[0] if rng.random() < 0.4 else None
        return Request(tag, ((shapes[0], color, int(rng.integers(2, 5))),))
    if tag == "two_counts":
        given = colors if rng.random() < 0.4 else [None, None]
        return Request(tag, tuple(zip(shapes, given, COUNT_PAIRS[rng.integers(len(COUNT_PAIRS))], strict=True)))
    given = colors if tag.endswith("attr") else [None] * named
    relation = str(rng.choice(RELATIONS)) if tag.startswith("position") else None
    return Request(tag, tuple((s, c, 1) for s, c in zip(shapes, given, strict=True)), relation)


def sample_training_request(rng: np.random.Generator, tag: str | None = None) -> Request:
    """Draw a request that training may see."""
    while (request := sample_request(rng, tag)).held_out:
        pass
    return request


def scene_for(request: Request, rng: np.random.Generator, *, training: bool = True) -> Scene:
    """A scene that satisfies a request; colours that the prompt leaves open never form a held-out pair in training."""
    wanted: list[tuple[str, str]] = []
    for shape, color, count in request.kinds:
        free = [c for c in COLORS if not (training and held_out_color(shape, c))]
        same = str(rng.choice(free))
        alike = rng.random() < 0.7
        for _ in range(count):
            wanted.append((shape, color or (same if alike else str(rng.choice(free)))))
    return place(wanted, rng, request.relation)


def in_reading_order(request: Request, things: tuple[Thing, ...]) -> Request:
    """The request with unrelated kinds named as one reads a picture: from left to right, or from above.

    Training names them so: where the text leaves open who stands where, every cell of a scale is drawn by itself, and
    two cells too often take the same thing. A kind of several stands at their mean, and the axis is that along which
    the kinds stand further apart.
    """
    if request.relation or len(request.kinds) < 2:
        return request
    alike = [[t for t in things if t.shape == shape] for shape, _, _ in request.kinds]
    x, y = ([float(np.mean([getattr(t, axis) for t in kind])) for kind in alike] for axis in "xy")
    places = x if max(x) - min(x) >= max(y) - min(y) else y
    order = sorted(range(len(alike)), key=places.__getitem__)
    return replace(request, kinds=tuple(request.kinds[i] for i in order))
