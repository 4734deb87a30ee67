"""Training scenes drawn when they are needed: each is a function of its seed and number, so nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ttsvar.toybox.icons.atlas import Atlas
from ttsvar.toybox.icons.catalogue import KINDS, index_of
from ttsvar.toybox.icons.colors import COLORS
from ttsvar.toybox.icons.presets import IMAGE_SIZE
from ttsvar.toybox.icons.prompts import IconRequest, training_scene
from ttsvar.toybox.icons.render import render
from ttsvar.toybox.icons.scenes import Thing
from ttsvar.toybox.icons.source import IconSource
from ttsvar.toybox.train.tokenizer import to_tensor

TRAINING_SEED, VALIDATION_SEED = 1, 9
VALIDATION_SCENES = 64
CLASS_LABELS, COLOR_LABELS = 1 + len(KINDS), 2 + len(COLORS)
"""Labels of `cell_labels`: nothing, then every class; nothing, own inks, then every colour."""


@dataclass(frozen=True)
class Batch:
    """Scenes with what is known of them."""

    requests: list[IconRequest]
    things: list[tuple[Thing, ...]]
    images: Tensor
    """float32 [B, 3, 128, 128] in [-1, 1]."""


class DrawnScenes:
    """The endless scenes of one seed."""

    def __init__(self, source: IconSource, seed: int = TRAINING_SEED) -> None:
        self.atlas, self.seed = Atlas(source), seed

    def batch(self, first: int, count: int) -> Batch:
        """Scenes number `first` to `first + count - 1`."""
        pairs = [training_scene(self.atlas, self.seed, index) for index in range(first, first + count)]
        images = np.stack([render(self.atlas, scene, IMAGE_SIZE) for _, scene in pairs])
        return Batch([request for request, _ in pairs], [scene.things for _, scene in pairs], to_tensor(images))


def validation_batch(source: IconSource) -> Batch:
    """Scenes that training never draws."""
    return DrawnScenes(source, VALIDATION_SEED).batch(0, VALIDATION_SCENES)


def cell_labels(things: list[tuple[Thing, ...]], grid: int) -> tuple[Tensor, Tensor]:
    """Class and colour of what covers each cell's centre, int64 [B, grid, grid] each; later things lie in front."""
    centres = (np.arange(grid) + 0.5) / grid
    labels = np.zeros((2, len(things), grid, grid), np.int64)
    for i, scene in enumerate(things):
        for thing in scene:
            left, top, right, bottom = thing.box
            rows, columns = (centres >= top) & (centres <= bottom), (centres >= left) & (centres <= right)
            color = 1 if thing.color is None else 2 + list(COLORS).index(thing.color)
            for label, plane in zip((1 + index_of(thing.shape), color), labels[:, i], strict=True):
                plane[np.ix_(rows, columns)] = label
    return torch.from_numpy(labels[0]), torch.from_numpy(labels[1])
