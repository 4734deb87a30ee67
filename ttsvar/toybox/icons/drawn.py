"""Training scenes drawn when they are needed: each is a function of its seed and number, so nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ttsvar.toybox.icons.atlas import Atlas
from ttsvar.toybox.icons.catalogue import KINDS, index_of
from ttsvar.toybox.icons.colors import COLORS
from ttsvar.toybox.icons.presets import IMAGE_SIZE, SCHEDULE
from ttsvar.toybox.icons.prompts import training_scene
from ttsvar.toybox.icons.render import render
from ttsvar.toybox.icons.scenes import Thing
from ttsvar.toybox.icons.source import IconSource
from ttsvar.toybox.world.prompts import Request, in_reading_order

TRAINING_SEED, VALIDATION_SEED = 1, 9
VALIDATION_SCENES = 64
CLASS_LABELS, COLOR_LABELS = 1 + len(KINDS), 2 + len(COLORS)
"""Labels of `cell_labels`: nothing, then every class; nothing, own inks, then every colour."""


@dataclass(frozen=True)
class Batch:
    """Scenes with what is known of them."""

    requests: list[Request]
    """What is said of each, unrelated things in the order in which one reads the picture."""
    things: list[tuple[Thing, ...]]
    pixels: np.ndarray
    """uint8 [B, 128, 128, 3]."""
    labels: np.ndarray
    """Class and colour of what every token of every scale covers, int16 [2, B, L]."""

    def images(self, device: torch.device) -> Tensor:
        """float32 [B, 3, 128, 128] in [-1, 1], each plane contiguous (the toybox's tokenizer says why)."""
        return torch.from_numpy(self.pixels).to(device).permute(0, 3, 1, 2).float().div(127.5).sub(1).contiguous()

    def tokens(self, first: int, last: int, device: torch.device) -> tuple[Tensor, Tensor]:
        """Class and colour of tokens `first` to `last - 1`, int64 [B, last - first] each."""
        classes, colors = torch.from_numpy(self.labels[:, :, first:last]).to(device).long()
        return classes, colors


class DrawnScenes:
    """The endless scenes of one seed."""

    def __init__(self, source: IconSource, seed: int = TRAINING_SEED) -> None:
        self.source, self.seed = source, seed
        self._atlas = Atlas(source)

    def batch(self, first: int, count: int) -> Batch:
        """Scenes number `first` to `first + count - 1`."""
        pairs = [training_scene(self._atlas, self.seed, index) for index in range(first, first + count)]
        things = [scene.things for _, scene in pairs]
        return Batch(
            requests=[in_reading_order(request, scene.things) for request, scene in pairs],  # type: ignore[arg-type]
            things=things,
            pixels=np.stack([render(self._atlas, scene, IMAGE_SIZE) for _, scene in pairs]),
            labels=token_labels(things),
        )


def validation_batch(source: IconSource) -> Batch:
    """Scenes that training never draws."""
    return DrawnScenes(source, VALIDATION_SEED).batch(0, VALIDATION_SCENES)


def cell_labels(things: list[tuple[Thing, ...]], grid: int) -> np.ndarray:
    """Class and colour of what covers each cell's centre, int16 [2, B, grid, grid]; later things lie in front."""
    centres = (np.arange(grid) + 0.5) / grid
    labels = np.zeros((2, len(things), grid, grid), np.int16)
    for i, scene in enumerate(things):
        for thing in scene:
            (left, right), (top, bottom) = (np.searchsorted(centres, thing.box[axis::2]) for axis in (0, 1))
            color = 1 if thing.color is None else 2 + list(COLORS).index(thing.color)
            labels[:, i, top:bottom, left:right] = np.array([1 + index_of(thing.shape), color])[:, None, None]
    return labels


def token_labels(things: list[tuple[Thing, ...]]) -> np.ndarray:
    """`cell_labels` of every scale's grid in the order of tokens, int16 [2, B, L]."""
    sides = [h for h, _ in SCHEDULE.sizes]
    grids = {side: cell_labels(things, side).reshape(2, len(things), -1) for side in set(sides)}
    return np.concatenate([grids[side] for side in sides], axis=2)
