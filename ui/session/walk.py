"""Ways through a run's tree: the states of a branch, where others part from it, and the winner's line."""

from __future__ import annotations

from ttsvar.types import Run

from .branches import line_of
from .session import Session
from .shown import BEST


def walk(session: Session, state_id: str) -> list[str]:
    """Ids of the stepped states of the branch through a state, and of what was computed beyond it."""
    ids = [n.state.id for n in session.history.path(state_id)] + session.ahead(state_id)
    return [i for i in ids if session.history.node(i).result is not None]


def forks(session: Session, state_id: str) -> dict[str, tuple[str, ...]]:
    """By stepped state the names of the other branches that go another way at its decision."""
    history = session.history
    shown = [n.state.id for n in history.path(state_id)] + session.ahead(state_id)
    away = {i: [c.state.id for c in history.children(i) if c.state.id not in shown] for i in shown}
    return {i: tuple(line_of(history, child).name for child in others) for i, others in away.items() if others}


def winners(session: Session, state_id: str) -> dict[str, int]:
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


def chosen(session: Session, state_id: str) -> tuple[int, ...]:
    """Rows that go on from a stepped state: as chosen on the branch last walked, as proposed where nothing was."""
    child = session.last_child.get(state_id)
    if child is not None:
        return session.history.node(child).state.choices[-1]
    result = session.history.node(state_id).result
    return () if result is None else tuple(result.proposal.parents)


def planned(run: Run, scale: int, alive: int) -> int:
    """How many of the living the schedule keeps after a scale."""
    return min(run.batch[scale], alive) if run.search.decision(scale) else alive
