"""The map of a model's pictures: fitted once on the populations, then only read.

Placing a picture fits nothing: it goes to the weighted mean of its nearest neighbours' points, where UMAP's own
transform begins. So it is instant, needs no compiled code, and a picture never moves because others came.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence

import numpy as np

from ttsvar.evaluation.populations.record import Array, Plane

log = logging.getLogger("ttsvar")
AXES = 24
"""Main directions of the gathered features that are kept."""
MOST_POINTS = 1300
"""Pictures of the map, all scales together."""
NEIGHBOURS = 8
"""Of a picture that is placed."""


def fit_plane(parts: Sequence[Array]) -> Plane:
    """The plane of the gathered features [K, B, G] of each prompt, from as many pictures of every scale."""
    scales, candidates = parts[0].shape[:2]
    each = max(1, min(candidates, MOST_POINTS // (scales * len(parts))))
    prompts = parts[: max(1, MOST_POINTS // (scales * each))]
    # Which candidates: others of each prompt, so that all places of a batch are there.
    rows = [[(i * each + j) % candidates for j in range(each)] for i in range(len(prompts))]
    chosen = np.concatenate([part[:, own].astype(np.float32) for part, own in zip(prompts, rows, strict=True)], axis=1)
    flat = chosen.reshape(-1, chosen.shape[-1])
    mean = flat.mean(0)
    axes = np.linalg.svd(flat - mean, full_matrices=False)[2][:AXES].T
    features = (flat - mean) @ axes
    points, method = _flat_points(features)
    return Plane(
        mean=mean,
        axes=axes,
        features=features,
        points=points,
        scales=np.repeat(np.arange(scales, dtype=np.int16), chosen.shape[1]),
        method=method,
    )


def place(plane: Plane, gathered: Array) -> Array:
    """Where pictures with these gathered features [B, G] lie: float32 [B, 2] in the unit square."""
    features = (np.asarray(gathered, np.float32) - plane.mean) @ plane.axes
    away = np.linalg.norm(features[:, None] - plane.features[None], axis=-1)
    count = min(NEIGHBOURS, len(plane.features))
    near = np.argpartition(away, count - 1, axis=1)[:, :count]
    distances = np.take_along_axis(away, near, axis=1)
    closest = distances.min(1, keepdims=True)
    width = np.maximum(distances.mean(1, keepdims=True) - closest, 1e-6)
    weights = np.exp(-(distances - closest) / width)
    weights /= weights.sum(1, keepdims=True)
    return (weights[..., None] * plane.points[near]).sum(1).astype(np.float32)


def _flat_points(features: Array) -> tuple[Array, str]:
    """Points [M, 2] in the unit square, and what laid them out."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import umap

            reducer = umap.UMAP(
                n_neighbors=min(15, len(features) - 1), min_dist=0.2, random_state=0, n_jobs=1, init="pca"
            )
            points, method = np.asarray(reducer.fit_transform(features), np.float64), "UMAP"
    except (ImportError, RuntimeError, OSError) as error:  # such as numba, where it finds no folder for its cache
        log.warning("UMAP cannot be used here (%s): the map is laid out by PCA.", error)
        points, method = features[:, :2].astype(np.float64), "PCA"
    low, high = points.min(0), points.max(0)
    return ((points - low) / np.maximum(high - low, 1e-9)).astype(np.float32), method
