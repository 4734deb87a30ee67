"""Branches of a run: where each starts and ends, and its name, which is kept with the run."""

from __future__ import annotations

from dataclasses import dataclass

from ttsvar.engine.history import History
from ttsvar.errors import StateError

from ..shell.contract import LONGEST_NAME
from ..shell.names import clean
from .session import Session


@dataclass(frozen=True)
class Line:
    """One branch: its first own state, its last state, the scale whose decision it parted at (None for the first)."""

    start: str
    end: str
    name: str
    parted: int | None
    named: bool


def lines(history: History) -> list[Line]:
    """All branches in the order they were begun.

    The first choice at a state goes on with the branch that led there; every later one starts a branch. So a branch
    keeps its place and its name while others grow.
    """
    starts = _starts(history)
    own = {_start(history, state, starts): name for name, state in history.names.items()}
    return [
        Line(start, _end(history, start), own.get(start, f"Branch {number}"), _parted(history, start), start in own)
        for number, start in enumerate(starts, start=1)
    ]


def line_of(history: History, state_id: str) -> Line:
    """The branch that a state belongs to."""
    found = lines(history)
    start = _start(history, state_id, [line.start for line in found])
    return next(line for line in found if line.start == start)


def rename(session: Session, start: str, name: str) -> str:
    """Name a branch and keep that on disk; returns the name. StateError says why a name or a branch is refused."""
    session.admit_change()
    text = clean(name, LONGEST_NAME)
    history = session.history
    with session.lock:
        found = {line.start: line for line in lines(history)}
        if start not in found:
            raise StateError("This branch is not part of the run any more; reload the page.")
        if not text:
            raise StateError("A branch needs a name.")
        if text in history or any(o.name == text for o in found.values() if o.start != start):
            raise StateError(f"Another branch is called \u201c{text}\u201d; choose another name.")
        for old in [key for key, state in history.names.items() if _start(history, state, list(found)) == start]:
            del history.names[old]
        history.name(text, start)
        session.save()
    return text


def name_once(session: Session, state_id: str, name: str) -> None:
    """Name the branch that starts at a state, unless a person has named it; a taken name gets a number."""
    with session.lock:
        known = lines(session.history)
        line = next((line for line in known if line.start == state_id), None)
        if line is None or line.named:
            return
        taken = {other.name for other in known}
        numbered = (name if i == 1 else f"{name} ({i})" for i in range(1, len(known) + 2))
        rename(session, state_id, next(n for n in numbered if n not in taken))


def _starts(history: History) -> list[str]:
    first: set[str | None] = set()
    starts = []
    for node in history:
        above = node.state.parent_id
        if above is None or above in first:
            starts.append(node.state.id)
        first.add(above)
    return starts


def _start(history: History, state_id: str, starts: list[str]) -> str:
    return next(n.state.id for n in reversed(history.path(state_id)) if n.state.id in starts)


def _end(history: History, start: str) -> str:
    end = start
    while below := history.children(end):
        end = below[0].state.id
    return end


def _parted(history: History, start: str) -> int | None:
    above = history.parent(start)
    return None if above is None else above.state.scale
