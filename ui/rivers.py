"""From a run's tree to the columns of its lineage, the strip of scales and its branches."""

from __future__ import annotations

import numpy as np

from ui.components.lineage import Branch, Column, Dot
from ui.components.stepper import Cell
from ui.frames import array, cluster_labels, pictures, short_name
from ui.sessions import Node, Session


def walk(session: Session, node_id: str) -> list[str]:
    """Ids of the grown nodes of the branch through a node, and of what was computed beyond it."""
    ids = [n.state.id for n in session.path(node_id)] + session.ahead(node_id)
    return [i for i in ids if session.nodes[i].result is not None]


def columns(session: Session, node_id: str) -> list[Column]:
    """One column per grown scale of the branch."""
    ids = walk(session, node_id)
    now = session.nodes[node_id]
    winners = _winners(session, ids, node_id)
    built = []
    for at, current in enumerate(ids):
        node = session.nodes[current]
        follower = session.nodes[ids[at + 1]] if at + 1 < len(ids) else None
        if follower is None:
            follower = session.nodes.get(session.last_child.get(current, ""))
        built.append(_column(session, node, follower, winners.get(current), node.scale > now.scale))
    return built


def _column(session: Session, node: Node, child: Node | None, winner: int | None, ahead: bool) -> Column:
    assert node.result is not None
    _, _, thumbs = pictures(session, node)
    labels = cluster_labels(session, node.state.id)
    scores = array(node.seen.scores)
    chosen = child.selection if child is not None and child.selection is not None else node.result.proposal
    parents = node.selection.parents if node.selection is not None else None
    dots = tuple(
        Dot(
            short_name(c), thumbs[i], labels[i][0] if labels[i] else None, parents[i] if parents else None,
            i in chosen.parents, winner == i, float(scores[i]),
        )
        for i, c in enumerate(node.result.grown.candidate_ids)
    )  # fmt: skip
    return Column(node.scale, node.state.id, dots, ahead)


def best_index(node: Node) -> int:
    """The candidate with the highest reward."""
    return int(np.nanargmax(array(node.seen.scores)))


def _winners(session: Session, ids: list[str], node_id: str) -> dict[str, int]:
    """The row of the winner at every scale, once the branch is finished."""
    end = session.ahead(node_id)[-1:] or [node_id]
    node = session.nodes[end[0]]
    if not node.state.done:
        return {}
    rows = {}
    row = best_index(node)
    while node.parent is not None and node.selection is not None:
        row = node.selection.parents[row]
        node = session.nodes[node.parent]
        rows[node.state.id] = row
    return {i: r for i, r in rows.items() if i in ids}


def cells(session: Session, node_id: str) -> list[Cell]:
    """The strip of scales of a run at a node."""
    run = session.run
    now = session.nodes[node_id]
    grown = {session.nodes[i].scale: i for i in walk(session, node_id)}
    strip = []
    limit = len(now.result.grown) if now.result else len(now.state)
    for k, size in enumerate(run.schedule.sizes):
        target = grown.get(k, "")
        if k == now.scale:
            status = "now"
        elif target:
            status = "done" if k < now.scale else "ahead"
        else:
            status = "plan"
        alive = _alive(session, target, k, limit)
        strip.append(Cell(k, size, alive, run.search.decision(k), status, target))
    return strip


def _alive(session: Session, target: str, scale: int, limit: int) -> int:
    child = session.nodes.get(session.last_child.get(target, ""))
    if child is not None:
        return len(child.state)
    node = session.nodes.get(target)
    if node is not None and node.result is not None:
        return len(node.result.proposal.parents)
    return min(session.run.batch[scale], limit) if session.run.search.decision(scale) else min(limit, session.run.batch[scale])


def plan_cells(sizes: tuple[tuple[int, int], ...], batch: tuple[int, ...], decisions: dict[int, str]) -> list[Cell]:
    """The strip before a run: only the plan."""
    return [Cell(k, size, batch[k], decisions.get(k), "plan") for k, size in enumerate(sizes)]


def branches(session: Session, node_id: str) -> list[Branch]:
    """The ends of all branches; the one that is shown is marked."""
    ends = session.leaves()
    here = set(session.ahead(node_id)) | {node_id}
    found = []
    for number, end in enumerate(ends):
        node = session.nodes[end]
        if node.state.done:
            note = f"{float(np.nanmax(array(node.seen.scores))):+.2f}"
        else:
            note = f"at scale {node.scale}"
        found.append(Branch(end, f"Branch {number + 1}", note, end in here))
    return found
