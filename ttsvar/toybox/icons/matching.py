"""The second evaluator: it learns nothing, and compares what stands out from the ground with the renderer's icons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image
from scipy import ndimage

from ttsvar.detections import Detection
from ttsvar.toybox.icons.colors import to_oklab
from ttsvar.toybox.icons.templates import EDGE, Match, TemplateBank

BORDER = 2
"""Pixels along the border that are ground: nothing comes nearer."""
STANDS_OUT = 0.025
"""Distance in OKLab from the line between the ground's two inks beyond which a pixel is no ground."""
SMALLEST = 12
"""Pixels of a piece worth looking at."""
FAR = 14
"""Pixels between pieces beyond which they are of two things."""
CORES = (2, 3, 4, 5, 6, 8, 10, 12)
"""A piece that falls apart when so many pixels are taken off its edge may be two things that touch."""
SMALLEST_CORE = 40
CLEAR, LOST = 0.1, 0.3
"""Errors of a match that is certain, and of one that is none."""
STEPS = (6, 3, 2, 1)
"""Pixels by which the sides of a box are moved, one after the other."""
PRICE = 15.0
"""What one more thing costs, in pixels that are wholly wrong: a plant is not five leaves and a pot."""


@dataclass(frozen=True)
class _Window:
    """Some pieces taken as one thing."""

    box: tuple[int, int, int, int]
    match: Match
    area: int

    @property
    def cost(self) -> float:
        """Wrong pixels, and the price of a thing; what matches nothing is wrong altogether."""
        return self.match.error * self.area + PRICE if self.match.error < LOST else self.area


def find_icons(bank: TemplateBank, image: np.ndarray) -> list[Detection]:
    """uint8 [H, W, 3] to detections, surest first; the colour of what has its own inks is None."""
    pixels = image.astype(np.float32) / 255
    ground, mask = _ground(pixels)
    things: list[_Window] = []
    for tree in merge_trees(_pieces(mask)):
        things += _explain(tree, lambda mine: _look(bank, pixels, mask, mine, ground))[1]
    found = [_detection(window) for window in things if window.match.error < LOST]
    return sorted(found, key=lambda d: -d.score)


def _ground(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The ground's mean colour [3], and where something else is, bool [H, W]."""
    border = np.ones(pixels.shape[:2], bool)
    border[BORDER:-BORDER, BORDER:-BORDER] = False
    lab = to_oklab(pixels)
    ring = lab[border]
    middle = np.median(ring, axis=0)
    axis = np.linalg.svd(ring - middle, full_matrices=False)[2][0]
    low, high = np.percentile((ring - middle) @ axis, (2, 98))
    along = np.clip((lab - middle) @ axis, low - 0.01, high + 0.01)
    distance = np.linalg.norm(lab - middle - along[..., None] * axis, axis=-1)
    return np.median(pixels[border], axis=0).astype(np.float32), distance > STANDS_OUT


def _pieces(mask: np.ndarray) -> list[np.ndarray]:
    """Connected parts of a mask, each a bool [H, W]; where one has several cores, a part for each."""
    labels, count = ndimage.label(mask, np.ones((3, 3)))
    parts: list[np.ndarray] = []
    for number in range(1, count + 1):
        mine = labels == number
        if mine.sum() >= SMALLEST:
            parts += _split(mine)
    return parts


def _split(mine: np.ndarray, again: int = 1) -> list[np.ndarray]:
    """A part for each core of a piece, and once more for each core of those."""
    depth = ndimage.distance_transform_edt(np.pad(mine, 1))[1:-1, 1:-1]
    for taken in CORES:
        cores, count = ndimage.label(depth > taken, np.ones((3, 3)))
        large = [i for i in range(1, count + 1) if (cores == i).sum() >= SMALLEST_CORE]
        if len(large) > 1:
            away = np.stack([ndimage.distance_transform_edt(cores != i) for i in large])
            parts = [mine & (away.argmin(0) == i) for i in range(len(large))]
            return parts if again == 0 else [part for half in parts for part in _split(half, again - 1)]
    return [mine]


@dataclass(frozen=True)
class Node:
    """Pieces that may be one thing, and the two smaller groups that they fall into."""

    mask: np.ndarray
    parts: tuple[Node, ...] = ()


def merge_trees(pieces: list[np.ndarray]) -> list[Node]:
    """Join the two nearest groups of pieces again and again, until all are far from one another."""
    nodes = [Node(piece) for piece in pieces]
    away = [ndimage.distance_transform_edt(~piece) for piece in pieces]
    while len(nodes) > 1:
        gaps = {(i, j): _gap(away[i][nodes[j].mask]) for i in range(len(nodes)) for j in range(i)}
        (i, j), gap = min(gaps.items(), key=lambda item: item[1])
        if gap > FAR:
            break
        nodes.append(Node(nodes[i].mask | nodes[j].mask, (nodes[i], nodes[j])))
        away.append(np.minimum(away[i], away[j]))
        for index in (i, j):  # i is the larger
            del nodes[index], away[index]
    return nodes


def _gap(away: np.ndarray) -> float:
    """Pixels between two groups, from how far each pixel of one is from the other; below 0 the length they touch on."""
    touching = int((away < 2).sum())
    return -float(touching) if touching else float(away.min())


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
    rows, columns = np.flatnonzero(mine.any(1)), np.flatnonzero(mine.any(0))
    box = [int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1]
    others = ndimage.binary_dilation(mask & ~mine) & ~mine
    alone = np.where(others[..., None], ground, pixels).astype(np.float32)
    planes = [Image.fromarray(np.ascontiguousarray(alone[..., c])) for c in range(3)]

    def matched(box: list[int], some: np.ndarray | None) -> tuple[Match, np.ndarray]:
        width, height = box[2] - box[0], box[3] - box[1]
        resized = [p.resize((EDGE, EDGE), Image.Resampling.BOX, box=tuple(box)) for p in planes]
        crop = np.stack([np.asarray(p) for p in resized], axis=-1)
        return bank.match(crop, float(mine.sum()) / (width * height), width / height, ground, some)

    best, shortlist = matched(box, None)
    for step in STEPS:
        for side in range(4):
            for move in (-step, step):
                moved = [v + move * (i == side) for i, v in enumerate(box)]
                if (
                    min(moved[:2]) < 0
                    or max(moved[2:]) > len(mask)
                    or moved[2] - moved[0] < 6
                    or moved[3] - moved[1] < 6
                ):
                    continue
                match, _ = matched(moved, shortlist)
                if match.error < best.error:
                    best, box = match, moved
    return _Window((box[0], box[1], box[2], box[3]), best, int(mine.sum()))


def _detection(window: _Window) -> Detection:
    score = float(np.clip((LOST - window.match.error) / (LOST - CLEAR), 0, 1))
    box = tuple(float(v) for v in window.box)
    return Detection(window.match.shape, box, score, window.match.color)  # type: ignore[arg-type]
