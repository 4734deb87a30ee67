"""Scenes: what a picture must show (with exact metadata), where the objects stand, and how they are drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from ttsvar.toybox.world.shapes import Points, draw_shape, extent
from ttsvar.toybox.world.things import COLORS, IMAGE_SIZE

SUPERSAMPLING = 4
GAP = 7.0
"""Pixels that stay free between two objects, and between an object and the border (half of it)."""
SIZES = {1: (56.0, 92.0), 2: (42.0, 60.0), 3: (36.0, 48.0), 4: (33.0, 44.0)}
"""Smallest and largest edge of an object in pixels, by how many there are."""


@dataclass(frozen=True)
class Thing:
    """One object: centre and edge in pixels of the finished image."""

    shape: str
    color: str
    x: float
    y: float
    size: float

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom in pixels."""
        left, top, right, bottom = extent(self.shape)
        return (
            self.x + left * self.size,
            self.y + top * self.size,
            self.x + right * self.size,
            self.y + bottom * self.size,
        )


@dataclass(frozen=True)
class Scene:
    """A finished layout: the objects and the background (two corner colours and their direction)."""

    things: tuple[Thing, ...]
    background: tuple[tuple[int, int, int], tuple[int, int, int]]
    angle: float


def place(wanted: list[tuple[str, str]], rng: np.random.Generator, relation: str | None = None) -> Scene:
    """Put (shape, colour) pairs at free places; with a relation the first stands that way from the second."""
    low, high = SIZES[max(1, min(4, len(wanted)))]
    for attempt in range(2000):
        shrink = 0.985 ** (attempt // 50)
        sizes = rng.uniform(low, high, len(wanted)) * shrink
        things = [_throw(shape, color, float(size), rng) for (shape, color), size in zip(wanted, sizes, strict=True)]
        if _apart(things) and (relation is None or related(things[0], things[1], relation)):
            return Scene(tuple(things), _background(rng), float(rng.uniform(0, 2 * np.pi)))
    raise RuntimeError(f"No room for {wanted} with relation {relation!r}; lower SIZES or GAP.")


def _throw(shape: str, color: str, size: float, rng: np.random.Generator) -> Thing:
    left, top, right, bottom = extent(shape)
    margin = GAP / 2
    x = rng.uniform(margin - left * size, IMAGE_SIZE - margin - right * size)
    y = rng.uniform(margin - top * size, IMAGE_SIZE - margin - bottom * size)
    return Thing(shape, color, float(x), float(y), size)


def _apart(things: list[Thing]) -> bool:
    for i, a in enumerate(things):
        for b in things[:i]:
            gap_x = max(a.box[0] - b.box[2], b.box[0] - a.box[2])
            gap_y = max(a.box[1] - b.box[3], b.box[1] - a.box[3])
            if max(gap_x, gap_y) < GAP:
                return False
    return True


def related(first: Thing, second: Thing, relation: str) -> bool:
    """Whether `first` clearly stands `relation` `second`: a free gap on that axis, and that axis dominates."""
    dx, dy = first.x - second.x, first.y - second.y
    along, across = (dx, dy) if relation in ("left of", "right of") else (dy, dx)
    sign = -1.0 if relation in ("left of", "above") else 1.0
    a, b = (0, 2) if relation in ("left of", "right of") else (1, 3)
    near, far = (first, second) if sign < 0 else (second, first)
    return sign * along > 1.4 * abs(across) and far.box[a] - near.box[b] >= GAP


def _background(rng: np.random.Generator) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    hue = rng.uniform(0, 2 * np.pi)
    base = rng.uniform(212, 238)

    def corner(shift: float) -> tuple[int, int, int]:
        channels = base + shift + 9 * np.cos(hue + np.array([0.0, 2.1, 4.2]))
        r, g, b = np.clip(channels, 0, 255).round().astype(int).tolist()
        return r, g, b

    return corner(6.0), corner(-8.0)


def render(scene: Scene) -> np.ndarray:
    """Draw a scene: uint8 [128, 128, 3] RGB, supersampled, each object with a soft shadow."""
    canvas = Image.fromarray(_gradient(scene))
    for thing in scene.things:
        canvas = _draw(canvas, thing)
    return np.asarray(canvas)


def _gradient(scene: Scene) -> np.ndarray:
    ramp = np.linspace(-0.5, 0.5, IMAGE_SIZE)
    mix = 0.5 + 0.7 * (np.cos(scene.angle) * ramp[None, :] + np.sin(scene.angle) * ramp[:, None])
    first, second = (np.array(c, dtype=np.float32) for c in scene.background)
    return np.clip(first + (second - first) * mix[..., None], 0, 255).astype(np.uint8)


def _draw(canvas: Image.Image, thing: Thing) -> Image.Image:
    left, top, right, bottom = (int(np.floor(v)) for v in thing.box)
    left, top, right, bottom = left - 8, top - 8, right + 10, bottom + 10
    size = (right - left, bottom - top)
    big = (size[0] * SUPERSAMPLING, size[1] * SUPERSAMPLING)
    paint, mask = Image.new("RGB", big, COLORS[thing.color]), Image.new("L", big, 0)

    def to_pixels(points: Points) -> Points:
        return [
            ((thing.x + x * thing.size - left) * SUPERSAMPLING, (thing.y + y * thing.size - top) * SUPERSAMPLING)
            for x, y in points
        ]

    draw_shape(ImageDraw.Draw(paint), ImageDraw.Draw(mask), thing.shape, COLORS[thing.color], to_pixels)
    paint, mask = paint.resize(size, Image.Resampling.BOX), mask.resize(size, Image.Resampling.BOX)
    shadow = mask.filter(ImageFilter.GaussianBlur(2.5)).point(lambda v: v * 0.28)
    canvas.paste((60, 60, 80), (left + 1, top + 3), shadow)
    canvas.paste(paint, (left, top), mask)
    return canvas
