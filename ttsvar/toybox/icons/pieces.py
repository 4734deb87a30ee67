"""A picture taken apart: what is no ground, in pieces, and which of them lie together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from ttsvar.toybox.icons.colors import to_oklab

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


def find_ground(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
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


def pieces_of(mask: np.ndarray) -> list[np.ndarray]:
    """Connected parts of a mask, each a bool [H, W]; where one has several cores, a part for each."""
    labels, count = _labelled(mask)
    parts: list[np.ndarray] = []
    for number in range(1, count + 1):
        mine = labels == number
        if mine.sum() >= SMALLEST:
            parts += _split(mine)
    return parts


def _split(mine: np.ndarray, again: int = 1) -> list[np.ndarray]:
    """A part for each core of a piece, and once more for each core of those."""
    depth = _away_from(~np.pad(mine, 1))[1:-1, 1:-1]
    for taken in CORES:
        cores, count = _labelled(depth > taken)
        large = [i for i in range(1, count + 1) if (cores == i).sum() >= SMALLEST_CORE]
        if len(large) > 1:
            away = np.stack([_away_from(cores == i) for i in large])
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
    away = [_away_from(piece) for piece in pieces]
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


def _labelled(mask: np.ndarray) -> tuple[np.ndarray, int]:
    """Connected parts, corners included, numbered from 1, and how many there are."""
    labels = np.zeros(mask.shape, np.int32)
    return labels, int(ndimage.label(mask, np.ones((3, 3)), output=labels))  # type: ignore[arg-type]


def _away_from(mask: np.ndarray) -> np.ndarray:
    """Pixels from each place to the nearest of a mask."""
    return np.asarray(ndimage.distance_transform_edt(~mask))
