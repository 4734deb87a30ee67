"""k-means over many small groups of points at once, so that a plan is predicted while somebody changes it."""

from __future__ import annotations

import numpy as np

from ttsvar.evaluation.populations.record import Array

STARTS, TURNS = 3, 12
"""First centres that are tried, and rounds of each; a dozen points settle in fewer."""


def one_of_each(points: Array, count: int) -> Array:
    """Rows of `count` points of each group [N, C, F], one of each cluster, in ascending order: int64 [N, count].

    As the search chooses: the nearest to the middle of each k-means cluster, the largest clusters giving more than one
    where fewer than `count` points differ.
    """
    groups, size = points.shape[:2]
    if count >= size:
        return np.tile(np.arange(size), (groups, 1))
    labels, away = _best_fit(points.astype(np.float32), count)
    # Lowest within its cluster first; `place` is a point's rank among the members of its own cluster.
    order = np.argsort(away, axis=1, kind="stable")
    ranked = np.take_along_axis(labels, order, axis=1)
    same = ranked[:, :, None] == ranked[:, None, :]
    place = np.tril(same, -1).sum(-1)
    members = np.take_along_axis(same.sum(-1), np.arange(size)[None], axis=1)
    # All first ones, then second ones of the largest clusters.
    preference = place * (size + 1) - np.where(place > 0, members, 0)
    chosen = np.argsort(preference, axis=1, kind="stable")[:, :count]
    return np.sort(np.take_along_axis(order, chosen, axis=1), axis=1)


def _best_fit(points: Array, count: int) -> tuple[Array, Array]:
    """Cluster of each point [N, C], and its squared distance to the middle, of the best of several starts."""
    best: tuple[Array, Array] | None = None
    for start in range(STARTS):
        labels, away = _fit(points, _first_centres(points, count, start))
        if best is None:
            best = labels, away
        else:
            better = away.sum(1) < best[1].sum(1)
            best = np.where(better[:, None], labels, best[0]), np.where(better[:, None], away, best[1])
    assert best is not None
    return best


def _first_centres(points: Array, count: int, start: int) -> Array:
    """Centres [N, count, F]: one point, then always the one that is farthest from those before."""
    groups, size = points.shape[:2]
    rows = np.full((groups, 1), (start * size) // STARTS)
    nearest = np.full((groups, size), np.inf, np.float32)
    for _ in range(count - 1):
        last = np.take_along_axis(points, rows[:, -1:, None], axis=1)
        nearest = np.minimum(nearest, ((points - last) ** 2).sum(-1))
        rows = np.concatenate([rows, nearest.argmax(1)[:, None]], axis=1)
    return np.take_along_axis(points, rows[..., None], axis=1)


def _fit(points: Array, centres: Array) -> tuple[Array, Array]:
    """Lloyd's rounds; a cluster that loses all of its points keeps its centre."""
    labels = np.zeros(points.shape[:2], np.int64)
    for _ in range(TURNS):
        labels = ((points[:, :, None] - centres[:, None]) ** 2).sum(-1).argmin(-1)
        member = (labels[..., None] == np.arange(centres.shape[1])).astype(np.float32)
        counts = member.sum(1)
        middle = np.einsum("ncf,nck->nkf", points, member) / np.maximum(counts, 1)[..., None]
        moved = np.where(counts[..., None] > 0, middle, centres)
        if np.allclose(moved, centres):
            break
        centres = moved
    away = ((points - np.take_along_axis(centres, labels[..., None], axis=1)) ** 2).sum(-1)
    return labels, away
