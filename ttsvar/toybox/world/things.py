"""What exists in the toybox: objects, colours, relations, and the combinations that training never sees."""

from __future__ import annotations

SHAPES = ("star", "ball", "heart", "house", "cup", "fish", "tree", "moon", "car", "ring")
PLURALS = {s: s + "s" for s in SHAPES} | {"fish": "fish"}
COLORS: dict[str, tuple[int, int, int]] = {
    "red": (214, 44, 48),
    "orange": (242, 134, 28),
    "yellow": (246, 206, 44),
    "green": (44, 156, 78),
    "blue": (40, 98, 214),
    "purple": (128, 62, 176),
    "pink": (242, 128, 182),
    "black": (44, 44, 52),
}
RELATIONS = ("left of", "right of", "above", "below")
OPPOSITE = {"left of": "right of", "right of": "left of", "above": "below", "below": "above"}
NUMBERS = ("zero", "one", "two", "three", "four")
IMAGE_SIZE = 128


def held_out_color(shape: str, color: str) -> bool:
    """Whether training never draws this object in this colour (8 of the 80 pairs)."""
    return (3 * SHAPES.index(shape) + list(COLORS).index(color)) % 10 == 0


def held_out_relation(first: str, relation: str, second: str) -> bool:
    """Whether training never sees `first relation second`, in either wording (about one in eight)."""
    if relation in ("right of", "below"):
        first, relation, second = second, OPPOSITE[relation], first
    a, b, r = SHAPES.index(first), SHAPES.index(second), RELATIONS.index(relation)
    return (3 * a + 5 * b + r) % 8 == 0


def held_out_pair(first: str, second: str) -> bool:
    """Whether training never sees these two objects named together without a relation (about one in nine)."""
    a, b = sorted((SHAPES.index(first), SHAPES.index(second)))
    return (2 * a + 5 * b) % 9 == 0
