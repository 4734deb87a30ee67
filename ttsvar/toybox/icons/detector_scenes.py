"""Scenes for this world's detector: its own draws, held-out combinations included, some of their objects spoilt."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ttsvar.toybox.icons.atlas import Atlas
from ttsvar.toybox.icons.catalogue import NAMES, index_of, kind_of
from ttsvar.toybox.icons.colors import COLORS
from ttsvar.toybox.icons.presets import IMAGE_SIZE
from ttsvar.toybox.icons.prompts import PAINTABLE, sample_request, wanted_by
from ttsvar.toybox.icons.render import render
from ttsvar.toybox.icons.scenes import Scene, Thing, Wanted, place
from ttsvar.toybox.icons.source import IconSource
from ttsvar.toybox.train.detector_data import FIELDS, MOST_THINGS, PRESENT, SALT, DetectorSet, spoil
from ttsvar.toybox.world.prompts import GENEVAL_TAGS

OWN = "own"
"""What the detector calls the colour of a thing in its own inks."""
COLOR_NAMES = (OWN, *COLORS)
AS_ASKED, SPOILT = 0.6, 0.35
"""Shares of scenes that satisfy one of GenEval's forms, and of scenes with a spoilt object."""
OWN_INKS = 0.4
"""Chance that a thing of a crowd keeps its own inks."""


@dataclass(frozen=True)
class _Spot:
    """A thing in pixels."""

    box: tuple[float, float, float, float]
    x: float
    y: float
    size: float


class DetectorScenes:
    """The endless scenes of one seed; `clean` leaves out crowds and spoilt objects."""

    def __init__(self, source: IconSource, seed: int, *, clean: bool = False) -> None:
        self.seed, self.clean = seed, clean
        self._atlas = Atlas(source)

    def batch(self, first: int, count: int) -> DetectorSet:
        """Scenes number `first` to `first + count - 1`, each a function of seed and number."""
        drawn = [self._draw(np.random.default_rng((SALT, self.seed, first + i))) for i in range(count)]
        return DetectorSet(np.stack([image for image, _ in drawn]), np.stack([rows for _, rows in drawn]))

    def _draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        scene = self._scene(rng)
        image = render(self._atlas, scene, IMAGE_SIZE)
        status = [PRESENT] * len(scene.things)
        if not self.clean and rng.random() < SPOILT:
            index = int(rng.integers(len(scene.things)))
            image, status[index] = self._spoilt(image, scene, index, rng)
        rows = np.zeros((MOST_THINGS, FIELDS), np.float32)
        for row, thing, state in zip(rows, scene.things, status, strict=False):
            color = COLOR_NAMES.index(thing.color or OWN)
            row[:] = index_of(thing.shape), color, *_spot(thing).box, state, 1
        return image, rows

    def _scene(self, rng: np.random.Generator) -> Scene:
        if self.clean or rng.random() < AS_ASKED:
            request = sample_request(rng, str(rng.choice(GENEVAL_TAGS)))
            return place(self._atlas, wanted_by(request), rng, request.relation)
        # A narrow choice of classes and colours makes look-alikes stand side by side.
        shapes = rng.choice(NAMES, int(rng.integers(1, 4)))
        colors = rng.choice(list(COLORS), int(rng.integers(1, 4)))
        return place(self._atlas, [_any(shapes, colors, rng) for _ in range(int(rng.integers(1, 5)))], rng)

    def _spoilt(self, image: np.ndarray, scene: Scene, index: int, rng: np.random.Generator) -> tuple[np.ndarray, int]:
        thing, before, after = scene.things[index], scene.things[:index], scene.things[index + 1 :]

        def without() -> np.ndarray:
            return render(self._atlas, replace(scene, things=before + after), IMAGE_SIZE)

        def exchanged() -> np.ndarray:
            kinds = NAMES if thing.color is None else PAINTABLE
            shape = str(rng.choice([name for name in kinds if name != thing.shape]))
            other = replace(thing, shape=shape, icon=kind_of(shape).icons[0])
            return render(self._atlas, replace(scene, things=(*before, other, *after)), IMAGE_SIZE)

        return spoil(image, _spot(thing), without, exchanged, rng)


def _any(shapes: np.ndarray, colors: np.ndarray, rng: np.random.Generator) -> Wanted:
    shape = str(rng.choice(shapes))
    plain = not kind_of(shape).paintable or rng.random() < OWN_INKS
    return shape, None if plain else str(rng.choice(colors))


def _spot(thing: Thing) -> _Spot:
    left, top, right, bottom = (IMAGE_SIZE * length for length in thing.box)
    return _Spot(
        box=(left, top, right, bottom),
        x=(left + right) / 2,
        y=(top + bottom) / 2,
        size=max(right - left, bottom - top),
    )
