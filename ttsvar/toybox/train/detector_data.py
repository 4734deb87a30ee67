"""Scenes for the detector: every combination of object and colour, crowds, and spoilt objects that it must refuse.

The detector measures what other models draw, so it may not share their blind spots. Its scenes are its own (other
seeds, held-out combinations included), and in some of them one object is spoilt until it is nothing with a name.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
from PIL import Image

from ttsvar.toybox.world.prompts import sample_request, scene_for
from ttsvar.toybox.world.scenes import Scene, place, render
from ttsvar.toybox.world.things import COLORS, IMAGE_SIZE, SHAPES

SALT = 0xDE7EC7
"""Keeps these draws apart from every other part's, whatever seed it uses."""
MOST_THINGS = 6
BLOCK = 250
PRESENT, ABSENT, UNSURE = 1, 0, -1
"""An object that must be found, one that is spoilt and must be refused, one that says nothing either way."""
FIELDS = 8
"""Per object: shape, colour, left, top, right, bottom, status, and 1 where the row is used."""


@dataclass(frozen=True)
class DetectorSet:
    """`images` uint8 [N, 128, 128, 3] and `things` float32 [N, MOST_THINGS, FIELDS]."""

    images: np.ndarray
    things: np.ndarray

    def __len__(self) -> int:
        return len(self.images)

    def first(self, count: int | None) -> DetectorSet:
        """The first `count` scenes, all where None."""
        return DetectorSet(self.images[:count], self.things[:count])


def detector_set(folder: Path, count: int, seed: int, *, clean: bool = False) -> DetectorSet:
    """Open the detector's scenes of (seed, count), drawing them first if they are not there.

    `clean` leaves out crowds and spoilt objects: scenes of the six prompt forms in equal shares, for validation.
    """
    path = folder / f"detector-{'clean-' if clean else ''}{seed}-{count}"
    if not path.with_suffix(".npy").exists():
        _build(path, count, seed, clean)
    images = np.memmap(path.with_suffix(".u8"), np.uint8, "r", shape=(count, IMAGE_SIZE, IMAGE_SIZE, 3))
    return DetectorSet(images, np.load(path.with_suffix(".npy")))


def _build(path: Path, count: int, seed: int, clean: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    images = np.memmap(path.with_suffix(".u8"), np.uint8, "w+", shape=(count, IMAGE_SIZE, IMAGE_SIZE, 3))
    things: list[np.ndarray] = []
    blocks = [(seed, start, min(start + BLOCK, count), clean) for start in range(0, count, BLOCK)]
    with ProcessPoolExecutor(1) as pool:
        for (_, start, stop, _), (pictures, rows) in zip(blocks, pool.map(_draw_block, blocks), strict=True):
            images[start:stop] = pictures
            things.append(rows)
    images.flush()
    # Written last: its presence says that the pictures are complete.
    np.save(path.with_suffix(".npy"), np.concatenate(things))


def _draw_block(block: tuple[int, int, int, bool]) -> tuple[np.ndarray, np.ndarray]:
    seed, start, stop, clean = block
    drawn = [_draw(np.random.default_rng((SALT, seed, index)), clean) for index in range(start, stop)]
    return np.stack([image for image, _ in drawn]), np.stack([rows for _, rows in drawn])


def _draw(rng: np.random.Generator, clean: bool) -> tuple[np.ndarray, np.ndarray]:
    scene = _scene(rng, clean)
    image = render(scene)
    status = [PRESENT] * len(scene.things)
    if scene.things and not clean and rng.random() < 0.35:
        index = int(rng.integers(len(scene.things)))
        image, status[index] = spoilt_scene(image, scene, index, rng)
    rows = np.zeros((MOST_THINGS, FIELDS), np.float32)
    for row, thing, state in zip(rows, scene.things, status, strict=False):
        row[:] = SHAPES.index(thing.shape), list(COLORS).index(thing.color), *thing.box, state, 1
    return image, rows


def _scene(rng: np.random.Generator, clean: bool) -> Scene:
    if clean or rng.random() < 0.6:
        tags = ("single_object", "two_object", "counting", "colors", "position", "color_attr")
        return scene_for(sample_request(rng, str(rng.choice(tags))), rng, training=False)
    count = int(rng.integers(0, MOST_THINGS))
    # A narrow choice of shapes and colours makes look-alikes stand side by side.
    shapes = rng.choice(SHAPES, int(rng.integers(1, 4)))
    colors = rng.choice(list(COLORS), int(rng.integers(1, 4)))
    scene = place([(str(rng.choice(shapes)), str(rng.choice(colors))) for _ in range(max(1, count))], rng)
    return scene if count else replace(scene, things=())


class Spot(Protocol):
    """Where an object stands, in pixels: its box, its middle and its edge."""

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        ...

    @property
    def x(self) -> float:
        """From the left."""
        ...

    @property
    def y(self) -> float:
        """From the top."""
        ...

    @property
    def size(self) -> float:
        """The longer edge."""
        ...


def spoilt_scene(image: np.ndarray, scene: Scene, index: int, rng: np.random.Generator) -> tuple[np.ndarray, int]:
    """Spoil object `index` of a rendered scene: see `spoil`."""
    thing, before, after = scene.things[index], scene.things[:index], scene.things[index + 1 :]

    def alien() -> np.ndarray:
        others = [s for s in SHAPES if s != thing.shape]
        return render(replace(scene, things=(*before, replace(thing, shape=str(rng.choice(others))), *after)))

    return spoil(image, thing, lambda: render(replace(scene, things=before + after)), alien, rng)


def spoil(
    image: np.ndarray,
    thing: Spot,
    bare: Callable[[], np.ndarray],
    alien: Callable[[], np.ndarray],
    rng: np.random.Generator,
) -> tuple[np.ndarray, int]:
    """Spoil an object of a picture uint8 [H, W, 3]: (picture, what a detector should now make of the object).

    `bare` draws the scene without it, `alien` with another object in its place.
    """
    kind = rng.choice(("warp", "graft", "cut", "fade"), p=(0.4, 0.3, 0.2, 0.1))
    if kind == "graft":
        return _join(image, alien(), thing, rng)
    if kind == "cut":
        return _join(image, bare(), thing, rng)
    if kind == "fade":
        weight = rng.uniform(0.1, 0.75)
        faded = weight * image + (1 - weight) * bare()
        return faded.round().astype(np.uint8), ABSENT if weight < 0.3 else UNSURE
    strength = float(rng.choice((rng.uniform(0.0, 0.05), rng.uniform(0.05, 0.12), rng.uniform(0.12, 0.3))))
    warped = _warp(image, thing, strength * thing.size, rng)
    return warped, PRESENT if strength < 0.045 else UNSURE if strength < 0.13 else ABSENT


def _join(
    image: np.ndarray, other: np.ndarray, thing: Spot, rng: np.random.Generator, clear: float = 0.1
) -> tuple[np.ndarray, int]:
    """Half of an object from each picture; unsure where that hardly differs from either of them."""
    joined = np.where(_half(thing, rng), other, image)
    left, top, right, bottom = thing.box
    area = (right - left) * (bottom - top)
    changed = [(np.abs(joined.astype(int) - whole).max(-1) > 40).sum() / area for whole in (image, other)]
    return joined, ABSENT if min(changed) > clear else UNSURE


def _half(thing: Spot, rng: np.random.Generator) -> np.ndarray:
    """A random half plane through the middle of an object, near the object only: mask [H, W, 1]."""
    left, top, right, bottom = thing.box
    angle = rng.uniform(0, 2 * np.pi)
    y, x = np.mgrid[0:IMAGE_SIZE, 0:IMAGE_SIZE]
    side = np.cos(angle) * (x - (left + right) / 2) + np.sin(angle) * (y - (top + bottom) / 2)
    near = (x > left - 8) & (x < right + 8) & (y > top - 8) & (y < bottom + 8)
    return ((side > 0) & near)[..., None]


def _warp(image: np.ndarray, thing: Spot, pixels: float, rng: np.random.Generator) -> np.ndarray:
    """Push the surroundings of an object about by a smooth random field of this root mean square."""
    cells = int(rng.integers(4, 7))
    y, x = np.mgrid[0:IMAGE_SIZE, 0:IMAGE_SIZE].astype(np.float32)
    reach = 0.75 * thing.size
    window = np.clip(1.6 - np.maximum(abs(x - thing.x), abs(y - thing.y)) / (0.62 * reach), 0, 1)
    shifts = []
    for _ in range(2):
        coarse = rng.normal(0, 1.5 * pixels, (cells, cells)).astype(np.float32)
        patch = Image.fromarray(coarse).resize((int(2 * reach), int(2 * reach)), Image.Resampling.BICUBIC)
        field = Image.new("F", (IMAGE_SIZE, IMAGE_SIZE))
        field.paste(patch, (int(thing.x - reach), int(thing.y - reach)))
        shifts.append(np.asarray(field) * window)
    return _sample(image, x + shifts[0], y + shifts[1])


def _sample(image: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    x, y = np.clip(x, 0, IMAGE_SIZE - 1.001), np.clip(y, 0, IMAGE_SIZE - 1.001)
    left, top = x.astype(int), y.astype(int)
    u, v = (x - left)[..., None], (y - top)[..., None]
    upper = image[top, left] * (1 - u) + image[top, left + 1] * u
    lower = image[top + 1, left] * (1 - u) + image[top + 1, left + 1] * u
    return (upper * (1 - v) + lower * v).round().astype(np.uint8)
