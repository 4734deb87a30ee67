"""The second evaluator: it learns nothing, and compares what stands out from the ground with the renderer's icons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from scipy import ndimage
from torch import Tensor

from ttsvar.detections import Detection
from ttsvar.toybox.icons.atlas import Atlas
from ttsvar.toybox.icons.packed import PackedIcons
from ttsvar.toybox.icons.pieces import Node, find_ground, merge_trees, pieces_of
from ttsvar.toybox.icons.source import published_icons
from ttsvar.toybox.icons.templates import EDGE, Match, TemplateBank

CLEAR, LOST = 0.1, 0.3
"""Errors of a match that is certain, and of one that is none."""
STEPS = (6, 3, 2, 1)
"""Pixels by which the sides of a box are moved, one after the other."""
NARROWEST = 4
PRICE = 15.0
"""What one more thing costs, in pixels that are wholly wrong: a plant is not five leaves and a pot."""


Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels."""


@dataclass(frozen=True)
class _Window:
    """Some pieces taken as one thing."""

    box: Box
    match: Match
    area: int

    @property
    def cost(self) -> float:
        """Wrong pixels, and the price of a thing; what matches nothing is wrong altogether."""
        return self.match.error * self.area + PRICE if self.match.error < LOST else self.area


def find_icons(bank: TemplateBank, image: np.ndarray) -> list[Detection]:
    """uint8 [H, W, 3] to detections, surest first; the colour of what has its own inks is None."""
    pixels = image.astype(np.float32) / 255
    ground, mask = find_ground(pixels)
    things: list[_Window] = []
    for tree in merge_trees(pieces_of(mask)):
        things += _explain(tree, lambda mine: _look(bank, pixels, mask, mine, ground))[1]
    found = [_detection(window) for window in things if window.match.error < LOST]
    return sorted(found, key=lambda d: -d.score)


class IconMatcher:
    """`find_icons` as a `Detector`."""

    def __init__(self, bank: TemplateBank) -> None:
        self.bank = bank

    @classmethod
    def open(cls, icons: Path | None = None) -> IconMatcher:
        """Over a file of packed icons, or the published set; raises ConfigError where there is neither."""
        source = published_icons() if icons is None else PackedIcons(icons)
        return cls(TemplateBank(Atlas(source)))

    def detect(self, images: Tensor) -> list[list[Detection]]:
        """uint8 [B, H, W, 3] to the detections of each image, surest first."""
        return [find_icons(self.bank, image.numpy()) for image in images.cpu()]


def _explain(node: Node, look: Callable[[np.ndarray], _Window]) -> tuple[float, list[_Window]]:
    """The cheapest way to see a group: as one thing, or each of its parts by itself."""
    whole = look(node.mask)
    if not node.parts:
        return whole.cost, [whole]
    costs, windows = zip(*(_explain(part, look) for part in node.parts), strict=True)
    if whole.cost <= sum(costs):
        return whole.cost, [whole]
    return sum(costs), [window for some in windows for window in some]


def _look(bank: TemplateBank, pixels: np.ndarray, mask: np.ndarray, mine: np.ndarray, ground: np.ndarray) -> _Window:
    """Match some pieces; the box may grow or shrink by a few pixels, as pale edges are lost on a pale ground."""
    others = ndimage.binary_dilation(mask & ~mine) & ~mine
    alone = np.where(others[..., None], ground, pixels).astype(np.float32)
    planes = [Image.fromarray(np.ascontiguousarray(alone[..., c])) for c in range(3)]
    area = int(mine.sum())

    def matched(box: Box, some: np.ndarray | None) -> tuple[Match, np.ndarray]:
        width, height = box[2] - box[0], box[3] - box[1]
        resized = [p.resize((EDGE, EDGE), Image.Resampling.BOX, box=box) for p in planes]
        crop = np.stack([np.asarray(p) for p in resized], axis=-1)
        return bank.match(crop, area / (width * height), width / height, ground, some)

    rows, columns = np.flatnonzero(mine.any(1)), np.flatnonzero(mine.any(0))
    box = (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
    best, shortlist = matched(box, None)
    for step in STEPS:
        for move in range(8):
            moved = _moved(box, move // 2, step if move % 2 else -step, len(mask))
            match, _ = matched(moved, shortlist)
            if match.error < best.error:
                best, box = match, moved
    return _Window(box, best, area)


def _moved(box: Box, side: int, pixels: int, edge: int) -> Box:
    """A box with one side moved, as far as the picture reaches and the box keeps some width."""
    left, top, right, bottom = (v + pixels * (i == side) for i, v in enumerate(box))
    left, top = max(0, min(left, right - NARROWEST)), max(0, min(top, bottom - NARROWEST))
    return left, top, min(edge, max(right, left + NARROWEST)), min(edge, max(bottom, top + NARROWEST))


def _detection(window: _Window) -> Detection:
    score = float(np.clip((LOST - window.match.error) / (LOST - CLEAR), 0, 1))
    return Detection(window.match.shape, window.box, score, window.match.color)
