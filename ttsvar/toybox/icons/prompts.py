"""Prompts in GenEval's six published forms and six harder ones, their metadata, and scenes that satisfy them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from ttsvar.toybox.icons.atlas import Atlas
from ttsvar.toybox.icons.catalogue import KINDS, NAMES, index_of, kind_of
from ttsvar.toybox.icons.colors import COLORS
from ttsvar.toybox.icons.scenes import Scene, Wanted, place
from ttsvar.toybox.icons.words import noun, phrase
from ttsvar.toybox.world.prompts import COUNT_PAIRS, TAGS, Request
from ttsvar.toybox.world.things import OPPOSITE, RELATIONS

TRAIN_SHARES = (0.10, 0.12, 0.12, 0.14, 0.08, 0.14, 0.06, 0.05, 0.06, 0.06, 0.03, 0.04)
"""Share of each form in training, in the order of TAGS."""
SYNONYM_SHARE = 0.15
"""Chance that a kind is called by another name than GenEval's."""
PAINTABLE = tuple(kind.name for kind in KINDS if kind.paintable)


@dataclass(frozen=True)
class IconRequest(Request):
    """What a prompt asks for: kinds of things (class, colour or None, count), and what it calls them."""

    called: tuple[tuple[str, int], ...] = ()
    """Classes that are not called by GenEval's name, each with the number of the synonym."""

    @property
    def prompt(self) -> str:
        """The sentence, for example 'a photo of a green bus and a purple microwave'."""
        called = dict(self.called)
        phrases = [
            phrase(noun(kind_of(shape), count, called.get(shape)), color, count) for shape, color, count in self.kinds
        ]
        if self.relation:
            return "a photo of " + f" {self.relation} ".join(phrases)
        return "a photo of " + " and ".join(filter(None, [", ".join(phrases[:-1]), phrases[-1]]))

    @property
    def held_out(self) -> bool:
        """Whether training never sees what this asks for."""
        if any(color and held_out_color(shape, color) for shape, color, _ in self.kinds):
            return True
        shapes = [shape for shape, _, _ in self.kinds]
        if self.relation:
            return held_out_relation(shapes[0], self.relation, shapes[1])
        return any(held_out_pair(first, second) for first, second in combinations(shapes, 2))


def held_out_color(shape: str, color: str) -> bool:
    """Whether training never draws this class in this colour (one in ten pairs)."""
    return (3 * index_of(shape) + list(COLORS).index(color)) % 10 == 0


def held_out_relation(first: str, relation: str, second: str) -> bool:
    """Whether training never sees `first relation second`, in either wording (about one in eight)."""
    if relation in ("right of", "below"):
        first, relation, second = second, OPPOSITE[relation], first
    return (3 * index_of(first) + 5 * index_of(second) + RELATIONS.index(relation)) % 8 == 0


def held_out_pair(first: str, second: str) -> bool:
    """Whether training never sees these two classes named together without a relation (about one in nine)."""
    a, b = sorted((index_of(first), index_of(second)))
    return (2 * a + 5 * b) % 9 == 0


def sample_request(rng: np.random.Generator, tag: str | None = None) -> IconRequest:
    """Draw a request of one form, or of a form drawn with the training shares; may be a held-out one."""
    tag = tag or str(rng.choice(TAGS, p=TRAIN_SHARES))
    colored = tag == "colors" or tag.endswith("attr") or (tag in ("counting", "two_counts") and rng.random() < 0.35)
    number = {"three": 3, "four": 4}.get(tag.split("_")[0], 1 if tag in ("single_object", "colors", "counting") else 2)
    shapes = [str(s) for s in rng.choice(PAINTABLE if colored else NAMES, number, replace=False)]
    colors = [str(c) for c in rng.choice(list(COLORS), number, replace=False)] if colored else [None] * number
    counts = [1] * number
    if tag == "counting":
        counts = [int(rng.integers(2, 5))]
    elif tag == "two_counts":
        counts = list(COUNT_PAIRS[rng.integers(len(COUNT_PAIRS))])
    relation = str(rng.choice(RELATIONS)) if tag.startswith("position") else None
    return IconRequest(tag, tuple(zip(shapes, colors, counts, strict=True)), relation)


def sample_training_request(rng: np.random.Generator, tag: str | None = None) -> IconRequest:
    """Draw a request that training may see, with a synonym here and there."""
    while (request := sample_request(rng, tag)).held_out:
        pass
    called = tuple((shape, _synonym(shape, rng)) for shape, _, _ in request.kinds if rng.random() < SYNONYM_SHARE)
    return replace(request, called=tuple((shape, number) for shape, number in called if number is not None))


def _synonym(shape: str, rng: np.random.Generator) -> int | None:
    names = kind_of(shape).synonyms
    return int(rng.integers(len(names))) if names else None


def wanted_by(request: Request) -> list[Wanted]:
    """The things of a scene that satisfies a request: what has no colour in the prompt keeps its own inks."""
    return [(shape, color) for shape, color, count in request.kinds for _ in range(count)]


def scene_for(atlas: Atlas, request: Request, rng: np.random.Generator) -> Scene:
    """A scene that shows exactly what a request asks for."""
    return place(atlas, wanted_by(request), rng, request.relation)


def training_scene(atlas: Atlas, seed: int, index: int) -> tuple[IconRequest, Scene]:
    """Scene number `index` of a seed: always the same, whatever was drawn before."""
    rng = np.random.default_rng((seed, index))
    request = sample_training_request(rng)
    return request, scene_for(atlas, request, rng)
