"""What would have been: every dropped candidate of a branch drawn to its end, outside the run's own tree.

A candidate's draws are keyed by its own id, so this is what it would have become, whoever else had lived on.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ttsvar.engine.history import Node
from ttsvar.errors import StoppedError
from ttsvar.fair import stopping
from ttsvar.types import SearchState, Selection, Source

from ..session.session import Session
from ..session.shown import ENDINGS
from ..session.walk import walk
from .baseline import ending
from .frame import array
from .pictures import picture_uri
from .verdicts import judged, verdict_of

SIDE = 96
PAUSE, MOST_WAITING = 0.1, 20.0
"""Seconds between two looks whether others draw, and how long a scale waits for them at most."""
YOU = "you"


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How a dropped candidate would have ended."""

    name: str
    scale: int
    """After which it was dropped."""
    by: str
    """What decided: cluster, resample or another decision; YOU where the search would have kept it."""
    reward: float
    satisfied: bool | None
    """Whether its picture satisfies the prompt; None where nothing measures that."""
    picture: str
    """A data URI."""


@dataclass(frozen=True)
class Progress:
    """How many of the dropped candidates are finished, and the scale that was drawn last."""

    done: int
    total: int
    scale: int | None = None


@dataclass(frozen=True, kw_only=True)
class Winner:
    """The picture that the branch ended with."""

    name: str
    reward: float
    satisfied: bool | None


def dropped(session: Session, state_id: str) -> list[tuple[Node, tuple[int, ...]]]:
    """Stepped states of a branch with the rows that did not go on from there; only where a choice was made."""
    found: list[tuple[Node, tuple[int, ...]]] = []
    for here in walk(session, state_id):
        child = session.last_child.get(here)
        if child is None:
            continue
        node, kept = session.history.node(here), session.history.node(child).state.choices[-1]
        rows = tuple(row for row in range(len(node.stepped.grown)) if row not in kept)
        if rows and not node.stepped.grown.done:
            found.append((node, rows))
    return found


def endings(session: Session, state_id: str) -> list[Ending]:
    """What is known of the dropped candidates of a branch, in the order in which they left."""
    return [
        found
        for node, rows in dropped(session, state_id)
        for row in rows
        if (found := ending_at(session, node, row)) is not None
    ]


def ending_at(session: Session, node: Node, row: int) -> Ending | None:
    """How one candidate of a stepped state would have ended; None where nobody drew it."""
    known = _known(session, node).get(str(row))
    if known is None:
        return None
    name = node.stepped.grown.candidate_ids[row]
    return Ending(name=name, scale=node.state.scale, by=_by(session, node, row), **known)


def progress_of(session: Session, state_id: str, scale: int | None = None) -> Progress:
    """How far the dropped candidates of a branch are."""
    there = dropped(session, state_id)
    done = sum(str(row) in _known(session, node) for node, rows in there for row in rows)
    return Progress(done, sum(len(rows) for _, rows in there), scale)


def finish(session: Session, state_id: str, turn: int) -> Iterator[Progress]:
    """Draw the dropped candidates to their ends, those of one decision together; ends early at another turn.

    Whoever else draws goes first: a scale begins when nobody else computes, and gives way between two chunks.
    """
    session.admit_change()
    for node, rows in dropped(session, state_id):
        lacking = tuple(row for row in rows if str(row) not in _known(session, node))
        if not lacking:
            continue
        state = session.engine.commit(node.stepped, Selection(lacking))
        while not state.done:
            _let_others_first(session)
            if session.turn != turn:
                return
            try:
                with stopping(lambda: session.turn != turn):
                    result = session.engine.step(state)
            except StoppedError:
                return
            # Nobody is dropped a second time: what the plan would decide among them does not count.
            state = session.engine.commit(result, Selection(tuple(range(len(result.grown)))))
            yield progress_of(session, state_id, result.grown.scale - 1)
        _keep(session, node, lacking, state)
        yield progress_of(session, state_id)


def winner_of(session: Session, state_id: str) -> Winner | None:
    """The picture that a branch ended with, where it has one."""
    end = (session.ahead(state_id) or [state_id])[-1]
    if not session.history.node(end).state.done:
        return None
    name, reward = ending(session, end)
    return Winner(name=name, reward=reward, satisfied=verdict_of(session, end)[0])


def _let_others_first(session: Session) -> None:
    until = time.monotonic() + MOST_WAITING
    while session.engine.busy and time.monotonic() < until:
        time.sleep(PAUSE)


def _by(session: Session, node: Node, row: int) -> str:
    """Who dropped a candidate on the branch last walked."""
    child = session.last_child.get(node.state.id)
    chosen = session.history.node(child).selection if child else None
    mine = chosen is not None and chosen.source is Source.USER and row in node.stepped.proposal.parents
    return YOU if mine else str(node.stepped.decision or YOU)


def _keep(session: Session, node: Node, rows: tuple[int, ...], state: SearchState) -> None:
    seen = session.engine.observe(state, features=False)[0]
    scores, images = array(seen.scores), seen.images
    assert images is not None
    found = {
        str(row): {
            "reward": float(scores[place]),
            "satisfied": judged(session, images[place])[0],
            "picture": picture_uri(array(images[place]), SIDE),
        }
        for place, row in enumerate(rows)
    }
    known = _known(session, node) | found
    session.show_again(node.state.id, ENDINGS, lambda: known)


def _known(session: Session, node: Node) -> dict[str, Any]:
    if not session.was_shown(node.state.id, ENDINGS):
        return {}
    return session.shown(node.state.id, ENDINGS, dict)
