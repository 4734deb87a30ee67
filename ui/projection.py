"""Clustering vectors to a plane: UMAP, or PCA where there are too few points for it."""

from __future__ import annotations

import threading
import warnings

import numpy as np

UMAP_MINIMUM = 4
_lock = threading.Lock()


def project(vectors: np.ndarray) -> tuple[np.ndarray, str]:
    """Vectors [B, F] to points [B, 2] in the unit square, and the name of the projection."""
    if len(vectors) < UMAP_MINIMUM:
        return _fit(_pca(vectors)), "PCA"
    return _fit(_umap(vectors)), "UMAP"


def _umap(vectors: np.ndarray) -> np.ndarray:
    with _lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import umap  # slow to import and to compile: `warm_up` does both before anybody waits

        reducer = umap.UMAP(
            n_neighbors=min(5, len(vectors) - 1), min_dist=0.4, init="random", random_state=0, n_jobs=1, n_epochs=150
        )
        return np.asarray(reducer.fit_transform(np.asarray(vectors, np.float32)))


def _pca(vectors: np.ndarray) -> np.ndarray:
    centred = np.asarray(vectors, np.float64) - np.mean(vectors, axis=0)
    if len(vectors) == 1:
        return np.zeros((1, 2))
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    points = left * sizes
    return np.pad(points, ((0, 0), (0, 2)))[:, :2]


def _fit(points: np.ndarray) -> np.ndarray:
    low, high = points.min(0), points.max(0)
    span = np.where(high - low > 1e-9, high - low, 1.0)
    unit = (points - low) / span
    return np.where(high - low > 1e-9, unit, 0.5)


def warm_up() -> threading.Thread:
    """Import UMAP and compile it in the background."""
    points = np.random.default_rng(0).normal(size=(8, 12))
    thread = threading.Thread(target=lambda: _umap(points), name="umap warm-up", daemon=True)
    thread.start()
    return thread
