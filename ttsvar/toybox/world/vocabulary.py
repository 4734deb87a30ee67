"""What can be said of a world's scenes: its things, its colours, and how a request is put into words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from ttsvar.nn.words import words_of
from ttsvar.toybox.world.prompts import Request
from ttsvar.toybox.world.scenes import related
from ttsvar.toybox.world.things import COLORS, IMAGE_SIZE, NUMBERS, PLURALS, SHAPES

SIDES = ("left", "right", "above", "below")


class SceneThing(Protocol):
    """One object of a scene, whatever the world; lengths in the world's own unit (`Vocabulary.edge`)."""

    @property
    def shape(self) -> str:
        """Its class."""
        ...

    @property
    def color(self) -> str | None:
        """Its colour, or None where it has several of its own."""
        ...

    @property
    def x(self) -> float:
        """Where its middle stands, from the left."""
        ...

    @property
    def y(self) -> float:
        """Where its middle stands, from the top."""
        ...

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        ...


@dataclass(frozen=True)
class Vocabulary:
    """The words of one world, in which near-misses are made and a reward learns to read."""

    shapes: tuple[str, ...]
    colors: tuple[str, ...]
    paintable: frozenset[str]
    """Shapes that come in the colours."""
    request: type[Request]
    """What a prompt asks for, in this world's words."""
    noun: Callable[[str, int], str]
    """What so many of a shape are called."""
    related: Callable[..., bool]
    """Whether a first thing clearly stands so from a second."""
    edge: float
    """The picture's edge in the unit of its things: pixels, or 1 where lengths are shares of it."""

    @cached_property
    def content(self) -> frozenset[str]:
        """Words that can make a prompt wrong."""
        nouns = (word for shape in self.shapes for count in (1, 2) for word in words_of(self.noun(shape, count)))
        return frozenset((*self.colors, *nouns, *NUMBERS[2:], *SIDES))

    def takes(self, color: str | None) -> tuple[str, ...]:
        """Shapes that can be said to have a colour; all where it is None."""
        return tuple(s for s in self.shapes if color is None or s in self.paintable)


TOYBOX = Vocabulary(
    shapes=SHAPES,
    colors=tuple(COLORS),
    paintable=frozenset(SHAPES),
    request=Request,
    noun=lambda shape, count: shape if count == 1 else PLURALS[shape],
    related=related,
    edge=IMAGE_SIZE,
)
"""Ten silhouettes in eight colours."""
