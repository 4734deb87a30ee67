"""From a run's tree to the columns of its lineage, the strip of scales and its branches."""

from __future__ import annotations

from ttsvar.history import Node
from ttsvar.types import Run
from ui.components.lineage import Branch, Column, Dot
from ui.components.stepper import Cell
from ui.frames import array, cluster_labels, pictures
from ui.sessions import Session


def walk(session: Session, state_id: str) -> list[str]:
    """Ids of the stepped states of the branch through a state, and of what was computed beyond it."""
    ids = [n.state.id for n in session.history.path(state_id)] + session.ahead(state_id)
    return [i for i in ids if session.history.node(i).result is not None]


def columns(session: Session, state_id: str) -> list[Column]:
    """One column per grown scale of the branch."""
    ids = walk(session, state_id)
    now = session.history.node(state_id).state.scale
    winners = _winners(session, state_id)
    return [_column(session, session.history.node(i), winners.get(i), now) for i in ids]


def _column(session: Session, node: Node, winner: int | None, now: int) -> Column:
    assert node.result is not None
    state_id = node.state.id
    _, thumbs, _ = pictures(session, node)
    labels = cluster_labels(session, state_id)
    scores = array(session.look(state_id, pictures=False).scores)
    child = session.last_child.get(state_id)
    chosen = session.history.node(child).state.choices[-1] if child else node.result.proposal.parents
    parents = node.state.choices[-1] if node.state.choices else None
    dots = tuple(
        Dot(
            name, thumbs[i], label[0] if (label := labels[i]) else None, parents[i] if parents else None,
            i in chosen, winner == i, float(scores[i]),
        )
        for i, name in enumerate(node.result.grown.candidate_ids)
    )  # fmt: skip
    return Column(node.state.scale, state_id, dots, node.state.scale > now)


def _winners(session: Session, state_id: str) -> dict[str, int]:
    """The row of the winner in every stepped state, once the branch is finished."""
    end = (session.ahead(state_id) or [state_id])[-1]
    node = session.history.node(end)
    if not node.state.done:
        return {}
    rows = {}
    row = best_row(session, end)
    while (above := session.history.parent(node.state.id)) is not None:
        row = node.state.choices[-1][row]
        node = above
        rows[node.state.id] = row
    return rows


def best_row(session: Session, state_id: str) -> int:
    """The candidate of a finished state that the search prefers."""
    state = session.history.node(state_id).state
    return session.shown(state_id, "best", lambda: session.engine.best_index(state))


def cells(session: Session, state_id: str) -> list[Cell]:
    """The strip of scales of a run at a state."""
    run = session.run
    now = session.history.node(state_id).state
    grown = {session.history.node(i).state.scale: i for i in walk(session, state_id)}
    alive = len(now)
    strip = []
    for k, size in enumerate(run.schedule.sizes):
        target = grown.get(k, "")
        status = "plan" if not target else "now" if k == now.scale else "done" if k < now.scale else "ahead"
        alive = _after(session, target) if target else _planned(run, k, alive)
        strip.append(Cell(k, size, alive, run.search.decision(k), status, target))
    return strip


def _after(session: Session, state_id: str) -> int:
    child = session.last_child.get(state_id)
    if child is not None:
        return len(session.history.node(child).state)
    result = session.history.node(state_id).result
    return len(result.proposal.parents) if result is not None else 0


def _planned(run: Run, scale: int, alive: int) -> int:
    return min(run.batch[scale], alive) if run.search.decision(scale) else alive


def plan_cells(sizes: tuple[tuple[int, int], ...], batch: tuple[int, ...], decisions: dict[int, str]) -> list[Cell]:
    """The strip before a run: only the plan."""
    return [Cell(k, size, batch[k], decisions.get(k), "plan") for k, size in enumerate(sizes)]


def branches(session: Session, state_id: str) -> list[Branch]:
    """The ends of all branches; the one that is shown is marked."""
    here = {*session.ahead(state_id), state_id}
    found = []
    for number, node in enumerate(session.history.leaves()):
        end = node.state.id
        if node.state.done:
            note = f"{float(array(session.finished(end).scores)[best_row(session, end)]):+.2f}"
        else:
            note = f"at scale {node.state.scale}"
        found.append(Branch(end, f"Branch {number + 1}", note.replace("-", "\u2212"), end in here))
    return found
