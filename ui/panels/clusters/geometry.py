"""Points on a plane, from plain arrays."""

from __future__ import annotations

import numpy as np


def pca_points(vectors: np.ndarray) -> np.ndarray:
    """Vectors [B, F] by their two main directions: float64 [B, 2]."""
    centred = np.asarray(vectors, np.float64) - np.mean(vectors, axis=0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    return np.pad(left * sizes, ((0, 0), (0, 2)))[:, :2]


def to_unit(points: np.ndarray) -> np.ndarray:
    """Points scaled to the unit square; what does not spread stays in the middle."""
    low, high = points.min(0), points.max(0)
    spread = high - low > 1e-9
    return np.where(spread, (points - low) / np.where(spread, high - low, 1.0), 0.5)


def spread(points: np.ndarray, gap: float, low: float, high: float, rounds: int = 80) -> np.ndarray:
    """Points [B, 2] pushed apart until squares of side `gap` around them do not overlap, all within low and high.

    Order and rough places stay; where there is no room for all some overlap.
    """
    placed = np.clip(np.array(points, dtype=float), low, high)
    for turn in range(rounds):
        # Points at one place part in directions of their own, others in each round: in a corner some lead nowhere.
        angles = np.arange(len(placed)) * 2.4 + turn
        nudge = np.stack([np.cos(angles), np.sin(angles)], -1)[:, None] * 1e-3 * gap
        away = placed[:, None] - placed[None]
        reach = np.abs(away).max(-1)
        close = (reach < gap) & ~np.eye(len(placed), dtype=bool)
        if not close.any():
            break
        push = np.where(close[..., None], away + nudge, 0.0)
        size = np.maximum(np.linalg.norm(push, axis=-1, keepdims=True), 1e-9)
        placed += 0.35 * (push / size * np.where(close, gap - reach, 0)[..., None]).sum(1)
        placed = np.clip(placed, low, high)
    return placed


def hull(points: np.ndarray) -> np.ndarray:
    """The corners of the smallest convex area around points [B, 2], in order."""
    ordered = np.unique(points, axis=0)
    if len(ordered) < 3:
        return ordered
    return np.array(_half(ordered) + _half(ordered[::-1]))


def _half(rows: np.ndarray) -> list[np.ndarray]:
    """One side of a hull, from the first of the ordered rows to before the last."""
    kept: list[np.ndarray] = []
    for row in rows:
        while len(kept) > 1 and _turn(kept[-2], kept[-1], row) <= 0:
            kept.pop()
        kept.append(row)
    return kept[:-1]


def _turn(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> float:
    return float((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))
