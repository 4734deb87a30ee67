"""From a run's tree to the columns of its lineage, the strip of scales and its branches."""

from __future__ import annotations

from ttsvar.engine.history import Node
from ttsvar.types import Run

from ..panels.lineage.branches import Branch
from ..panels.lineage.view import Column, Dot
from ..panels.stepper.view import Cell
from ..scene.frame import array, cluster_labels, pictures
from ..shell.text import signed
from .branches import Line, line_of, lines
from .session import Session
from .shown import BEST


def walk(session: Session, state_id: str) -> list[str]:
    """Ids of the stepped states of the branch through a state, and of what was computed beyond it."""
    ids = [n.state.id for n in session.history.path(state_id)] + session.ahead(state_id)
    return [i for i in ids if session.history.node(i).result is not None]


def columns(session: Session, state_id: str) -> list[Column]:
    """One column per grown scale of the branch."""
    ids = walk(session, state_id)
    now = session.history.node(state_id).state.scale
    winners = _winners(session, state_id)
    forks = _forks(session, state_id)
    return [_column(session, session.history.node(i), winners.get(i), now, forks.get(i, ())) for i in ids]


def _forks(session: Session, state_id: str) -> dict[str, tuple[str, ...]]:
    """By stepped state the names of the other branches that go another way at its decision."""
    history = session.history
    shown = [n.state.id for n in history.path(state_id)] + session.ahead(state_id)
    away = {i: [c.state.id for c in history.children(i) if c.state.id not in shown] for i in shown}
    return {i: tuple(line_of(history, child).name for child in others) for i, others in away.items() if others}


def _column(session: Session, node: Node, winner: int | None, now: int, forks: tuple[str, ...]) -> Column:
    assert node.result is not None
    state_id = node.state.id
    _, thumbs, _ = pictures(session, node)
    labels = cluster_labels(session, state_id)
    scores = array(session.look(state_id, pictures=False).scores)
    child = session.last_child.get(state_id)
    chosen = session.history.node(child).state.choices[-1] if child else node.result.proposal.parents
    parents = node.state.choices[-1] if node.state.choices else None
    above = session.history.parent(state_id)
    before = above.state.candidate_ids if above is not None else ()
    dots = tuple(
        Dot(
            name, thumbs[i], label[0] if (label := labels[i]) else None, parents[i] if parents else None,
            i in chosen, winner == i, float(scores[i]), name not in before,
        )
        for i, name in enumerate(node.result.grown.candidate_ids)
    )  # fmt: skip
    return Column(node.state.scale, state_id, dots, node.state.scale > now, forks)


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
    return session.shown(state_id, BEST, lambda: session.engine.best_index(state))


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
    """All branches of the run; the one that is shown is marked."""
    here = {*session.ahead(state_id), state_id}
    found = lines(session.history)
    return [_branch(session, line, line.end in here) for line in found] if len(found) > 1 else []


def _branch(session: Session, line: Line, here: bool) -> Branch:
    state = session.history.node(line.end).state
    name, thumb, reward = leader(session, line.end)
    note = f"{name} {signed(reward)}" if state.done else f"at scale {state.scale}"
    return Branch(line.start, line.end, line.name, note, here, thumb, line.parted, state.scale)


def leader(session: Session, state_id: str) -> tuple[str, str, float]:
    """Name, thumbnail and reward of the candidate that leads at a state: the winner where it is finished."""
    node = session.history.node(state_id)
    above = session.history.parent(state_id)
    grown = node if node.result is not None or above is None else above
    scores = array(session.look(grown.state.id, pictures=False).scores)
    row = node.state.choices[-1][best_row(session, state_id)] if node.state.done else int(scores.argmax())
    assert grown.result is not None
    return grown.result.grown.candidate_ids[row], pictures(session, grown)[1][row], float(scores[row])
