"""Scenes of familiar things: what a picture must show, with exact metadata, and where everything stands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ttsvar.toybox.icons.atlas import Atlas
from ttsvar.toybox.icons.catalogue import kind_of
from ttsvar.toybox.icons.grounds import Ground, draw_ground

SIZES = {1: (0.42, 0.74), 2: (0.34, 0.48), 3: (0.30, 0.39), 4: (0.28, 0.36)}
"""Smallest and largest longer edge of a thing, as a share of the picture's edge, by how many things there are."""
MARGIN = 0.02
"""What stays free towards the border."""
GAP = 0.03
"""What stays free between two boxes where nothing touches."""
TOUCHING_SHARE, TOUCHING_MOST = 0.3, 0.06
"""Share of the scenes whose boxes may overlap at the edges, and by how much."""
TURN_MOST = 0.16
"""Largest rotation in radians, either way: nine degrees."""
THROWS = 12
BALANCE = 0.6
"""Smallest length, as a share of `size`, that the shorter edge counts as: thin things are drawn a little larger."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Thing:
    """One object; lengths are shares of the picture's edge, the angle is clockwise in radians."""

    shape: str
    """Its class, by GenEval's name."""
    icon: str
    color: str | None
    """One of GenEval's ten, or None for the icon's own inks."""
    x: float
    y: float
    """Where the middle of the unturned box stands."""
    size: float
    """Longer edge of the unturned box."""
    angle: float
    mirrored: bool
    box: Box
    """Left, top, right, bottom of what is seen."""


@dataclass(frozen=True)
class Scene:
    """A finished layout: things, the later ones in front, and the ground."""

    things: tuple[Thing, ...]
    ground: Ground


Wanted = tuple[str, str | None]
"""What to place: a class, and its colour or None for its own inks."""


def place(atlas: Atlas, wanted: list[Wanted], rng: np.random.Generator, relation: str | None = None) -> Scene:
    """Put things at free places; with a relation the first stands that way from the second.

    Things of one class look alike more often than not: one icon for all of them.
    """
    low, high = SIZES[max(1, min(4, len(wanted)))]
    gap = -float(rng.uniform(0, TOUCHING_MOST)) if rng.random() < TOUCHING_SHARE else GAP
    icons = _icons(wanted, rng)
    for attempt in range(400):
        shrink = 0.985 ** (attempt // 5)
        things = _one_by_one(atlas, wanted, icons, rng, (low * shrink, high * shrink), gap, relation)
        if things is not None:
            return Scene(things, draw_ground(rng, [color for _, color in wanted]))
    raise RuntimeError(f"No room for {wanted} with relation {relation!r}; lower SIZES or GAP.")


def _one_by_one(
    atlas: Atlas,
    wanted: list[Wanted],
    icons: list[str],
    rng: np.random.Generator,
    edges: tuple[float, float],
    gap: float,
    relation: str | None,
) -> tuple[Thing, ...] | None:
    """Throw each thing until it fits those before it; None where one finds no place in a few tries."""
    things: list[Thing] = []
    for want, icon in zip(wanted, icons, strict=True):
        for _ in range(THROWS):
            thing = _throw(atlas, want, icon, rng, edges)
            fits = all(_distance(thing.box, other.box) >= gap for other in things)
            if fits and (relation is None or len(things) != 1 or related(things[0], thing, relation)):
                things.append(thing)
                break
        else:
            return None
    return tuple(things)


def _icons(wanted: list[Wanted], rng: np.random.Generator) -> list[str]:
    """An icon for each thing, the first of a class twice as often as each other."""
    alike = rng.random() < 0.75
    shared = {shape: _icon(shape, rng) for shape in dict.fromkeys(shape for shape, _ in wanted)}
    return [shared[shape] if alike else _icon(shape, rng) for shape, _ in wanted]


def _icon(shape: str, rng: np.random.Generator) -> str:
    icons = kind_of(shape).icons
    return icons[max(0, int(rng.integers(-1, len(icons))))]


def _throw(atlas: Atlas, wanted: Wanted, icon: str, rng: np.random.Generator, edges: tuple[float, float]) -> Thing:
    outline = atlas.outline(icon)
    angle, mirrored = float(rng.uniform(-TURN_MOST, TURN_MOST)), bool(rng.random() < 0.5)
    mirrored &= kind_of(wanted[0]).mirrors
    left, top, right, bottom = outline.extent(angle, mirrored)
    size = float(rng.uniform(*edges)) * _fair(right - left, bottom - top)
    x = _between(rng, MARGIN - left * size, 1 - MARGIN - right * size)
    y = _between(rng, MARGIN - top * size, 1 - MARGIN - bottom * size)
    box = (x + left * size, y + top * size, x + right * size, y + bottom * size)
    return Thing(wanted[0], icon, wanted[1], x, y, size, angle, mirrored, box)


def _fair(width: float, height: float) -> float:
    """A factor above 1 for thin things, so that they hold not too few pixels beside square ones."""
    return min(1.25, max(1.0, (BALANCE / max(1e-3, min(width, height))) ** 0.5))


def _between(rng: np.random.Generator, low: float, high: float) -> float:
    return float(rng.uniform(low, high)) if high > low else (low + high) / 2


def _distance(a: Box, b: Box) -> float:
    """Free length between two boxes on the axis where it is larger; below 0 they overlap."""
    return max(a[0] - b[2], b[0] - a[2], a[1] - b[3], b[1] - a[3])


def related(first: Thing, second: Thing, relation: str) -> bool:
    """Whether `first` clearly stands `relation` `second`: apart on that axis, which dominates."""
    dx = (first.box[0] + first.box[2] - second.box[0] - second.box[2]) / 2
    dy = (first.box[1] + first.box[3] - second.box[1] - second.box[3]) / 2
    sideways = relation in ("left of", "right of")
    along, across = (dx, dy) if sideways else (dy, dx)
    sign = -1.0 if relation in ("left of", "above") else 1.0
    low, high = (0, 2) if sideways else (1, 3)
    near, far = (first, second) if sign < 0 else (second, first)
    return sign * along > 1.4 * abs(across) and far.box[low] - near.box[high] >= 0
