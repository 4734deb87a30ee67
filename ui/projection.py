"""Clustering vectors to a plane: UMAP, or PCA where there are too few points for it."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import warnings
from concurrent.futures import Future, ProcessPoolExecutor

import numpy as np

UMAP_MINIMUM = 4


class Projector:
    """UMAP in a process of its own, imported and compiled there at once: compiling would freeze the page's process."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(1, mp_context=context, initializer=_be_nice)
        points = np.random.default_rng(0).normal(size=(8, 12))
        self._ready: Future = self._pool.submit(umap_points, points)

    def project(self, vectors: np.ndarray) -> tuple[np.ndarray, str]:
        """Vectors [B, F] to points [B, 2] in the unit square, and the name of the projection.

        'PCA meanwhile' stands in while UMAP is still being compiled.
        """
        if len(vectors) < UMAP_MINIMUM:
            return to_unit(pca_points(vectors)), "PCA"
        if not self._ready.done():
            return to_unit(pca_points(vectors)), "PCA meanwhile"
        return to_unit(self._pool.submit(umap_points, vectors).result()), "UMAP"

    def wait(self, seconds: float) -> None:
        """Wait until UMAP is ready."""
        self._ready.result(seconds)

    def close(self) -> None:
        """End the process."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _be_nice() -> None:
    with contextlib.suppress(OSError):
        os.nice(5)


def umap_points(vectors: np.ndarray) -> np.ndarray:
    """UMAP with a fixed random state: float32 [B, 2]; at least 4 points."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import umap

        reducer = umap.UMAP(
            n_neighbors=min(5, len(vectors) - 1), min_dist=0.4, init="random", random_state=0, n_jobs=1, n_epochs=150
        )
        return np.asarray(reducer.fit_transform(np.asarray(vectors, np.float32)))


def pca_points(vectors: np.ndarray) -> np.ndarray:
    """The two main directions: float64 [B, 2]."""
    centred = np.asarray(vectors, np.float64) - np.mean(vectors, axis=0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    return np.pad(left * sizes, ((0, 0), (0, 2)))[:, :2]


def to_unit(points: np.ndarray) -> np.ndarray:
    """Points scaled to the unit square; what does not spread stays in the middle."""
    low, high = points.min(0), points.max(0)
    spread = high - low > 1e-9
    return np.where(spread, (points - low) / np.where(spread, high - low, 1.0), 0.5)
