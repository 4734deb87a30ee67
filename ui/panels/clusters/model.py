"""Where the candidates of a branch lie, scale by scale, on a map that stays as it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ttsvar.evaluation.populations.plane import place
from ttsvar.evaluation.populations.record import Plane, gathered

from ...scene.frame import array, clustering_vectors
from ...scene.lineage import Column
from ...scene.record import plane_of
from ...scene.scene import Shown
from ...session.session import Session
from ...session.shown import COMPARED, GATHERED, PLACED
from .geometry import pca_points, to_unit

NUMBERS = 24
"""Kept of each candidate where no map ships."""
MOST_COMPARED = 8
"""Candidates of which every two are compared beside the map."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Stop:
    """One scale of the branch on the map, with a point [B, 2] in the unit square for each of its candidates."""

    column: Column
    points: np.ndarray


@dataclass(frozen=True, eq=False, kw_only=True)
class Travels:
    """The branch on the map, up to the scale that is shown."""

    stops: tuple[Stop, ...]
    """Every scale whose places are known; the last one is shown."""
    plane: Plane | None
    """The shipped map; None where the run itself was laid out by its main directions."""
    distances: np.ndarray | None
    """float [B, B] among the last stop's candidates, as a clustering compares them; None where many are alive."""

    @property
    def last(self) -> Stop:
        """The scale that is shown."""
        return self.stops[-1]


def travels(scene: Shown) -> Travels:
    """The way of every candidate up to what is shown. Looks at no earlier scale again: one whose places were not kept
    is left out, and the lines lead over it.
    """
    session, at = scene.session, scene.grown
    until = session.history.node(at).state.scale
    way = [column for column in scene.columns if column.scale <= until]
    plane = plane_of(session)
    vectors = [_numbers(session, column.target, plane, look=column.target == at) for column in way]
    known = [(column, found) for column, found in zip(way, vectors, strict=True) if found is not None]
    points = [found for _, found in known] if plane is not None else _laid_out([found for _, found in known])
    few = 1 < len(way[-1].dots) <= MOST_COMPARED
    return Travels(
        stops=tuple(Stop(column=column, points=own) for (column, _), own in zip(known, points, strict=True)),
        plane=plane,
        distances=_distances(session, at) if few else None,
    )


def _numbers(session: Session, state_id: str, plane: Plane | None, *, look: bool) -> np.ndarray | None:
    """What is kept of a scale: points [B, 2] on the shipped map, or [B, NUMBERS] from which a run is laid out."""
    key = GATHERED if plane is None else PLACED
    of = "" if plane is None else plane.digest
    if session.was_shown(state_id, key):
        kept_of, kept = session.shown(state_id, key, list)
        if kept_of == of:
            return np.asarray(kept, np.float64)
    seen = session.history.node(state_id).seen
    if not look and (seen is None or seen.features is None):
        return None
    features = gathered(array(session.look(state_id).features))
    numbers = _coarse(features) if plane is None else place(plane, features)
    return np.asarray(session.show_again(state_id, key, lambda: [of, numbers.round(4).tolist()])[1], np.float64)


def _coarse(features: np.ndarray) -> np.ndarray:
    """Gathered features [B, G] in a few random directions, the same ones for every scale."""
    axes = np.random.default_rng(0).normal(size=(features.shape[1], NUMBERS)) / np.sqrt(features.shape[1])
    return features @ axes


def _laid_out(parts: list[np.ndarray]) -> list[np.ndarray]:
    """All candidates of the branch by their two main directions."""
    together = to_unit(pca_points(np.concatenate(parts)))
    return np.split(together, np.cumsum([len(part) for part in parts])[:-1])


def _distances(session: Session, state_id: str) -> np.ndarray:
    def compare() -> list[list[float]]:
        vectors = clustering_vectors(session, state_id)
        return np.linalg.norm(vectors[:, None] - vectors[None], axis=-1).round(4).tolist()

    return np.asarray(session.shown(state_id, COMPARED, compare))
