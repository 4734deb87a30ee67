"""What the page shows of a grown scale: plain values and data URIs, no tensors."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ttsvar.choices import Decision
from ttsvar.engine.history import Node
from ttsvar.features.display_basis import display_basis
from ttsvar.search.potentials import potential
from ttsvar.search.reasons import cluster_letter
from ttsvar.search.weights import log_weights
from ttsvar.types import SearchState, StepResult

from ..session.session import Session
from ..session.shown import FIRST_MAPS, INPUTS, MAPS, PICTURES
from .marks import lineage_color
from .pictures import grey_uri, map_uri, picture_uri
from .seats import seating

LAYOUT_SCALE = 2
"""The first scale whose pictures have a layout; from here on one basis colours every map of the run."""


@dataclass(frozen=True, kw_only=True)
class Card:
    """One candidate as it is shown."""

    index: int
    name: str
    origin: str
    image: str
    map: str
    thumb: str
    reward: float
    label: int | None
    label_scale: int | None
    probability: float
    proposed: int
    count: int
    input: str = ""
    """A picture of the vector that k-means reads: patches as a grid, anything else as a strip."""
    strip: bool = False
    number: int = 0
    """For life: who keeps or drops the candidate by a key presses this one."""
    place: int = 0
    """On the board, counted from the first row's left end."""
    color: str = ""
    """Of its lineage."""
    parent: str = ""
    """Whom it comes from one scale earlier; empty at scale 0."""
    carried: float = 0.0
    """The log-weight that the candidate brings from scales at which a particle search did not draw."""
    past: tuple[float | None, ...] = ()
    """The rewards that the search took at earlier scales, None where it took none."""

    @property
    def letter(self) -> str:
        """The cluster's letter, empty where nothing is clustered."""
        return "" if self.label is None else cluster_letter(self.label)


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One generated scale of one branch."""

    id: str
    run: str
    scale: int
    scales: int
    cards: tuple[Card, ...]
    decision: str | None
    rule: Decision | None
    """What the proposal brought the evidence of: clusters, or chances that were drawn by; None for any other rule."""
    reason: str
    """Why the strategy proposes what it does, in its own words."""
    keep: int
    room: int
    """Places on the board; those of candidates who left may be free."""
    lam: float
    potential: str

    @property
    def last(self) -> bool:
        """Whether this is the finest scale."""
        return self.scale == self.scales - 1


def build_frame(session: Session, state_id: str) -> Frame:
    """The frame of a state that was stepped; raises StateError for another one."""
    node = session.history.node(state_id)
    result = node.stepped
    scale, search = node.state.scale, session.run.search
    return Frame(
        id=state_id,
        run=session.id,
        scale=scale,
        scales=len(session.run.schedule),
        cards=_cards(session, node, result),
        decision=result.decision,
        rule=_rule(result),
        reason=result.proposal.reason,
        keep=result.keep,
        room=seating(node.state).room,
        lam=search.lam_at(scale),
        potential=search.potential,
    )


def _rule(result: StepResult) -> Decision | None:
    seen = result.candidates
    evidence = {Decision.CLUSTER: seen.labels, Decision.RESAMPLE: seen.probabilities}
    known = result.decision is not None and evidence.get(result.decision) is not None
    return result.decision if known else None


def _cards(session: Session, node: Node, result: StepResult) -> tuple[Card, ...]:
    """Every candidate as it is shown."""
    state_id, seen = node.state.id, session.look(node.state.id, pictures=False)
    images, thumbs, maps = pictures(session, node)
    labels = cluster_labels(session, state_id)
    scores, chances = array(seen.scores), array(seen.probabilities)
    inputs, strip = reading_pictures(session, state_id)
    carried = carried_weights(result.grown, seen.scores)
    past = array(result.grown.score_history)[:, :-1]
    alive = len(result.grown)
    proposed = np.bincount(result.proposal.parents, minlength=alive)
    child = session.last_child.get(state_id)
    chosen = session.history.node(child).state.choices[-1] if child else result.proposal.parents
    counts = np.bincount(chosen, minlength=alive)
    seats, before = seating(node.state), _before(session, node)
    return tuple(
        Card(
            index=i,
            name=name,
            origin=_origin(session, node, i),
            image=images[i],
            map=maps[i],
            thumb=thumbs[i],
            reward=float(scores[i]),
            label=None if label is None else label[0],
            label_scale=None if label is None else label[1],
            probability=float(chances[i]),
            proposed=int(proposed[i]),
            count=int(counts[i]),
            input=inputs[i],
            strip=strip,
            number=seats.numbers[i],
            place=seats.places[i],
            color=lineage_color(seats.lineages[i]),
            parent=before[i],
            carried=float(carried[i]),
            past=tuple(None if value != value else float(value) for value in past[i]),
        )
        for i, (name, label) in enumerate(zip(result.grown.candidate_ids, labels, strict=True))
    )


def _before(session: Session, node: Node) -> tuple[str, ...]:
    """Names of those whom the candidates of a state come from; empty ones at scale 0."""
    above = session.history.parent(node.state.id)
    if above is None or not node.state.choices:
        return ("",) * len(node.state)
    return tuple(above.state.candidate_ids[row] for row in node.state.choices[-1])


def array(value: Any) -> np.ndarray:
    """A tensor or array as numpy; raises where nothing was observed."""
    if value is None:
        raise ValueError("this was not observed")
    return np.asarray(value)


def pictures(session: Session, node: Node) -> tuple[list[str], list[str], list[str]]:
    """Data URIs of pictures, thumbnails and feature maps of a stepped state, encoded once."""
    state_id = node.state.id

    def encode() -> list[list[str]]:
        pixels = array(session.look(state_id).images)
        return [[picture_uri(p) for p in pixels], [picture_uri(p, 40, 72) for p in pixels]]

    def colour() -> list[str]:
        features = session.look(state_id).features
        assert features is not None
        if session.basis is None and node.state.scale >= LAYOUT_SCALE:
            session.basis = display_basis(features)
        return [map_uri(c) for c in array((session.basis or display_basis(features)).maps(features))]

    images, thumbs = session.shown(state_id, PICTURES, encode)
    # A run that was reopened has no basis yet, but may have coloured its first scales with one before.
    settled = session.basis is not None or node.state.scale >= LAYOUT_SCALE or session.was_shown(state_id, MAPS)
    return images, thumbs, session.shown(state_id, MAPS if settled else FIRST_MAPS, colour)


def survivors(session: Session, state_id: str) -> list[str]:
    """Small pictures of a finished state's candidates, as data URIs."""
    return [picture_uri(pixels, 128) for pixels in array(session.finished(state_id).images)]


def carried_weights(grown: SearchState, scores: Any) -> np.ndarray:
    """Log-weights [B] that candidates bring from earlier scales; 0 unless a particle search went on without a draw."""
    search = grown.run.search
    lam = search.lam_at(grown.scale - 1)
    own = lam * potential(search.potential, grown.score_history[:, :-1], scores)
    return np.nan_to_num(array(log_weights(grown, scores) - own), posinf=0.0, neginf=0.0)


def reading_pictures(session: Session, state_id: str) -> tuple[list[str], bool]:
    """A grey picture per candidate of what k-means reads, in one range, and whether they are strips."""

    def draw() -> list[Any]:
        vectors = clustering_vectors(session, state_id)
        low, high = float(vectors.min()), float(vectors.max())
        grey = np.round(255 * (vectors - low) / max(high - low, 1e-9)).astype(np.uint8)
        side = math.isqrt(grey.shape[1])
        patches = session.look(state_id).features
        grid = patches is not None and grey.shape[1] == side * side == array(patches).shape[1]
        return [[grey_uri(row.reshape(side, side) if grid else row[None]) for row in grey], not grid]

    uris, strip = session.shown(state_id, INPUTS, draw)
    return uris, strip


def clustering_vectors(session: Session, state_id: str) -> np.ndarray:
    """What k-means saw, or the flattened features where nothing was clustered: float [B, F]."""
    seen = session.look(state_id, pictures=False)
    values = seen.clustering_input
    if values is None:
        values = session.look(state_id).features
    return array(values).reshape(len(array(values)), -1)


def cluster_labels(session: Session, state_id: str) -> list[tuple[int, int] | None]:
    """Per candidate (cluster, scale it was clustered at), carried along the lineage after a clustering.

    Before the first one it is what a clustering would see now; None where the search never clusters.
    """
    node = session.history.node(state_id)
    scale, run = node.state.scale, session.run
    if node.state.done:
        return [None] * len(node.state)
    decided = [k for k in range(scale + 1) if run.search.decision(k) == "cluster"]
    seen = session.look(state_id, pictures=False)
    if seen.labels is not None and (not decided or scale == decided[-1]):
        return [(int(label), scale) for label in array(seen.labels)]
    above = session.history.parent(state_id)
    if not decided or above is None:
        return [None] * len(node.state)
    before = cluster_labels(session, above.state.id)
    return [before[p] for p in node.state.choices[-1]]


def _origin(session: Session, node: Node, index: int) -> str:
    """Whose copy this is; copies carry the name they got when they were made."""
    own = node.state.candidate_ids[index]
    while (above := session.history.parent(node.state.id)) is not None:
        index = node.state.choices[-1][index]
        parent = above.state.candidate_ids[index]
        if parent != own:
            return f"from {parent}"
        node = above
    return "from start"
