"""What the page shows of a node: plain values and data URIs, no tensors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ui.maps import fit_basis, render_maps
from ui.pictures import map_uri, picture_uri
from ui.sessions import Node, Session

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
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

    @property
    def letter(self) -> str:
        """The cluster's letter, empty where nothing was clustered yet."""
        return "" if self.label is None else LETTERS[self.label % 26]


@dataclass(frozen=True)
class Frame:
    """One generated scale of one branch."""

    id: str
    run: str
    scale: int
    grid: tuple[int, int]
    scales: int
    cards: tuple[Card, ...]
    decision: str | None
    keep: int
    reason: str
    by_hand: bool
    lam: float
    potential: str

    @property
    def last(self) -> bool:
        """Whether this is the finest scale."""
        return self.scale == self.scales - 1


def short_name(candidate_id: str) -> str:
    """A name that fits a card, for example 'c3' or 'c3.6a' for a copy."""
    return candidate_id if candidate_id[:1].isalpha() else f"c{candidate_id}"


def build_frame(session: Session, node_id: str) -> Frame:
    """The frame of a grown node; pictures are encoded once."""
    node = session.node(node_id)
    result = node.result
    if result is None:
        raise ValueError(f"node {node_id} has not been grown")
    alive = len(result.grown)
    images, maps, thumbs = pictures(session, node)
    labels = cluster_labels(session, node_id)
    scores = array(node.seen.scores)
    chances, _ = chances_of(session, node)
    proposed = np.bincount(result.proposal.parents, minlength=alive)
    child = session.nodes.get(session.last_child.get(node_id, ""))
    chosen = np.bincount(child.selection.parents, minlength=alive) if child and child.selection else proposed
    cards = tuple(
        Card(
            i, short_name(c), _origin(session, node, i), images[i], maps[i], thumbs[i], float(scores[i]),
            labels[i][0] if labels[i] else None, labels[i][1] if labels[i] else None,
            float(chances[i]), int(proposed[i]), int(chosen[i]),
        )
        for i, c in enumerate(result.grown.candidate_ids)
    )  # fmt: skip
    search = session.run.search
    grid = session.run.schedule.sizes[node.scale]
    return Frame(
        node_id, session.id, node.scale, grid, len(session.run.schedule), cards, result.decision, result.keep,
        result.proposal.reason, bool(child and child.selection and child.selection.source == "user"),
        search.lam, search.potential,
    )  # fmt: skip


def array(value: Any) -> np.ndarray:
    """A tensor or array as numpy; raises where nothing was observed."""
    if value is None:
        raise ValueError("this was not observed")
    return np.asarray(value)


def pictures(session: Session, node: Node) -> tuple[list[str], list[str], list[str]]:
    """Data URIs of a node's pictures, maps and thumbnails, encoded once per node and basis."""
    key = ("pictures", node.state.id)
    if key not in session.cache:
        pixels = array(node.seen.images)
        session.cache[key] = [picture_uri(p) for p in pixels], [picture_uri(p, 40, 72) for p in pixels]
    images, thumbs = session.cache[key]
    features = array(node.seen.features)
    if session.basis is None and node.scale >= 2:
        session.basis = fit_basis(features)
    key = ("maps", node.state.id, session.basis is None)
    if key not in session.cache:
        cells = render_maps(features, session.basis or fit_basis(features))
        session.cache[key] = [map_uri(c) for c in cells]
    return images, session.cache[key], thumbs


def cluster_labels(session: Session, node_id: str) -> list[tuple[int, int] | None]:
    """Per candidate (cluster, scale of the clustering), carried along the lineage; None before the first clustering."""
    key = ("labels", node_id)
    if key in session.cache:
        return session.cache[key]
    node = session.node(node_id)
    alive = len(node.result.grown) if node.result else len(node.state)
    labels: list[tuple[int, int] | None] = [None] * alive
    if node.parent is not None and node.selection is not None:
        before = cluster_labels(session, node.parent)
        labels = [before[p] for p in node.selection.parents]
    if node.result is not None and node.result.decision == "cluster" and node.seen.labels is not None:
        order: dict[int, int] = {}
        for raw in array(node.seen.labels).tolist():
            order.setdefault(raw, len(order))
        labels = [(order[raw], node.scale) for raw in array(node.seen.labels).tolist()]
    session.cache[key] = labels
    return labels


def chances_of(session: Session, node: Node) -> tuple[np.ndarray, bool]:
    """Resampling probabilities, and whether the search uses them here (otherwise: what they would be)."""
    if node.seen.probabilities is not None:
        return array(node.seen.probabilities).astype(float), True
    weights = session.run.search.lam * array(node.seen.scores).astype(float)
    weights = np.exp(weights - weights.max())
    return weights / weights.sum(), False


def _origin(session: Session, node: Node, index: int) -> str:
    if node.parent is None or node.selection is None or node.result is None:
        return "new"
    before = session.node(node.parent)
    if before.result is None:
        return ""
    mother = before.result.grown.candidate_ids[node.selection.parents[index]]
    own = node.result.grown.candidate_ids[index]
    return f"from {short_name(mother)}" if mother != own else _origin_kept(session, before, node.selection.parents[index])


def _origin_kept(session: Session, node: Node, index: int) -> str:
    text = _origin(session, node, index)
    return "from start" if text == "new" else text
