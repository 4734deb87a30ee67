"""Clustering vectors to a plane: UMAP, or PCA where there are too few points for it."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import threading
import warnings
from multiprocessing.connection import Connection

import numpy as np

UMAP_MINIMUM = 4


class Projector:
    """UMAP in a process of its own, imported and compiled there at once: compiling would freeze the page's process.

    The process ends when its pipe does, so also where the app is killed.
    """

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), name="umap", daemon=True)
        self._process.start()
        theirs.close()
        self._ready = False
        self._lock = threading.Lock()

    def project(self, vectors: np.ndarray) -> tuple[np.ndarray, str]:
        """Vectors [B, F] to points [B, 2] in the unit square, and the name of the projection.

        'PCA meanwhile' stands in while UMAP is still being compiled; 'none' says that all vectors are equal.
        """
        if len(vectors) > 1 and not np.ptp(vectors, axis=0).any():
            return to_unit(pca_points(vectors)), "none"
        if len(vectors) < UMAP_MINIMUM:
            return to_unit(pca_points(vectors)), "PCA"
        if not self.wait(0):
            return to_unit(pca_points(vectors)), "PCA meanwhile"
        with self._lock:
            self._pipe.send(np.asarray(vectors, np.float32))
            return to_unit(self._pipe.recv()), "UMAP"

    def wait(self, seconds: float) -> bool:
        """Whether UMAP is ready within so many seconds; the process says so once, by a first message."""
        with self._lock:
            if not self._ready and self._pipe.poll(seconds):
                self._ready = bool(self._pipe.recv())
            return self._ready

    def close(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.join(10)
        self._pipe.close()


def _serve(pipe: Connection) -> None:
    with contextlib.suppress(OSError):
        os.nice(5)
    umap_points(np.random.default_rng(0).normal(size=(8, 12)))
    with contextlib.suppress(EOFError, OSError):
        pipe.send(True)
        while True:
            pipe.send(umap_points(pipe.recv()))


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
