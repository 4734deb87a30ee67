"""Feature maps as pictures: one basis of three components for all candidates and scales of a run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Basis:
    """Three principal components of patch features, and the range that is shown."""

    mean: np.ndarray
    components: np.ndarray
    low: np.ndarray
    high: np.ndarray


def fit_basis(features: np.ndarray) -> Basis:
    """The basis of patch features [B, L, C]; signs are fixed so that the largest weight is positive."""
    flat = features.reshape(-1, features.shape[-1]).astype(np.float64)
    mean = flat.mean(0)
    _, _, rows = np.linalg.svd(flat - mean, full_matrices=False)
    rows = rows[:3]
    rows = rows * np.sign(rows[np.arange(len(rows)), np.abs(rows).argmax(1)])[:, None]
    scores = (flat - mean) @ rows.T
    low, high = np.percentile(scores, [2, 98], axis=0)
    return Basis(mean, rows, low, np.maximum(high, low + 1e-6))


def render_maps(features: np.ndarray, basis: Basis) -> np.ndarray:
    """Features [B, L, C] to uint8 [B, h, w, 3] on a square grid of patches."""
    count, length, _ = features.shape
    side = round(length**0.5)
    scores = (features - basis.mean) @ basis.components.T
    unit = np.clip((scores - basis.low) / (basis.high - basis.low), 0, 1)
    if unit.shape[-1] < 3:
        unit = np.pad(unit, ((0, 0), (0, 0), (0, 3 - unit.shape[-1])))
    return np.uint8(30 + unit * 205).reshape(count, side, side, 3)
