"""Clustering-based diversity search (paper, section 4.2): k-means++, and the sample nearest to each centre."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import torch

from ttsvar.arrays import tensor_of
from ttsvar.errors import SelectionError
from ttsvar.finite import require_finite
from ttsvar.shapes import Chosen, Labels, Vectors


def cluster(vectors: Vectors | np.ndarray, k: int) -> tuple[Labels, Chosen]:
    """Group float32 [B, F] into k clusters: (labels int64 [B], k distinct indices int64 [k], one of each cluster).

    Equal vectors always share a label; where fewer than k vectors differ there are fewer clusters, and the largest of
    them give more than one sample. The result depends on the vectors alone. Raises SelectionError unless 1 <= k <= B,
    NumberError where a vector holds NaN or infinity.
    """
    # Two seconds of imports that a search without clusters, and a page before its first search, do without.
    from sklearn.cluster import KMeans  # pyright: ignore[reportMissingTypeStubs]
    from sklearn.exceptions import ConvergenceWarning  # pyright: ignore[reportMissingTypeStubs]

    given = require_finite(torch.as_tensor(vectors), "Vectors to cluster")
    points = np.ascontiguousarray(given.detach().cpu().numpy(), dtype=np.float32)
    if not 1 <= k <= len(points):
        raise SelectionError(f"Cannot keep {k} of {len(points)} candidates; ask for 1 to {len(points)}.")
    _, first, same_as = np.unique(points, axis=0, return_index=True, return_inverse=True)
    same_as = first[same_as.reshape(-1)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted: Any = KMeans(n_clusters=min(k, len(first)), random_state=0)
        fitted.fit(points)
    labels = np.asarray(fitted.labels_)[same_as].astype(np.int64)
    ranked = [_by_distance(points, labels, j, centre) for j, centre in enumerate(fitted.cluster_centers_)]
    return tensor_of(labels), torch.tensor(_one_of_each(ranked, k), dtype=torch.int64)


def _by_distance(points: np.ndarray, labels: np.ndarray, label: int, centre: np.ndarray) -> list[int]:
    """Members of a cluster, nearest to its centre first; the lower index where two are equally near."""
    members = np.flatnonzero(labels == label)
    distances = np.linalg.norm(points[members] - centre, axis=1)
    return members[np.argsort(distances, kind="stable")].tolist()


def _one_of_each(ranked: list[list[int]], k: int) -> list[int]:
    chosen = [members[0] for members in ranked if members]
    spare = [members[1:] for members in ranked]
    while len(chosen) < k:
        largest = max(range(len(spare)), key=lambda j: len(spare[j]))
        chosen.append(spare[largest].pop(0))
    return chosen
