"""Mine against the algorithm: two ways to go on from one scale, run to the end side by side, and what came of them.

Both ways are branches of the same run. Every draw of bits is keyed by seed, candidate and scale, so a candidate that
goes on in both becomes the same picture in both; after the one choice that is compared, both take every proposal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from ttsvar.errors import SelectionError

from ...scene.frame import array
from ...scene.lineage import leader
from ...scene.pictures import picture_uri
from ...scene.verdicts import verdict_of
from ...session import branches
from ...session.annotations import Duel, Side
from ...session.session import Session
from ...session.shown import FINAL
from ...session.walk import best_row


def part(session: Session, at: str, counts: list[int]) -> tuple[str, str]:
    """The states right after my choice and after the proposal; SelectionError where they are the same."""
    mine, algorithm = _commit(session, at, counts), _commit(session, at)
    if mine == algorithm:
        raise SelectionError(
            "This is what the algorithm proposes. Keep, drop or duplicate a candidate first, then run both."
        )
    scale = session.history.node(at).state.scale
    branches.name_once(session, mine, f"Mine, scale {scale}")
    branches.name_once(session, algorithm, f"Algorithm, scale {scale}")
    return mine, algorithm


def race(session: Session, heads: tuple[str, str], turn: int) -> Iterator[tuple[str, str]]:
    """Both ways in step, a scale at a time; ends early where the person does something else meanwhile.

    What is yielded is on disk.
    """
    ways = list(heads)
    session.save()
    yield heads
    while True:
        moved = False
        for i, head in enumerate(ways):
            if session.history.node(head).state.done:
                continue
            if session.turn != turn:
                return
            session.grow(head)
            ways[i] = _commit(session, head)
            moved = True
        if not moved:
            return
        session.save()
        yield ways[0], ways[1]


def settle(session: Session, at: str, ends: tuple[str, str]) -> Duel:
    """What came of both ways, once both are finished; kept with the run."""
    node = session.history.node(at)
    sides = tuple(_side(session, at, end) for end in ends)
    chosen = [Counter(side.kept) for side in sides]
    shared = sum((chosen[0] & chosen[1]).values()) / max(sum(c.values()) for c in chosen)
    duel = Duel(
        at=at,
        scale=node.state.scale,
        decision=node.stepped.decision,
        mine=sides[0],
        algorithm=sides[1],
        agreement=shared,
    )
    session.annotate(duel)
    return duel


def duels(session: Session) -> list[Duel]:
    """All duels of a run, oldest first."""
    return [_judged(session, duel) for duel in session.annotations.duels]


def final_picture(session: Session, end: str) -> str:
    """The winner of a finished way, as a data URI."""

    def draw() -> str:
        return picture_uri(array(session.finished(end).images)[best_row(session, end)], 256)

    return session.shown(end, FINAL, draw)


def leaders(session: Session, after: str, head: str) -> list[tuple[int, str, str]]:
    """(scale, name, thumbnail) of who leads at every scale that was grown between two states of one way."""
    path = [n.state.id for n in session.history.path(head)]
    grown = [i for i in path[path.index(after) :] if session.history.node(i).result is not None]
    return [(session.history.node(i).state.scale, *leader(session, i)[:2]) for i in grown]


def diversity(features: Any, rows: list[int]) -> float:
    """Mean pairwise cosine distance of patch features [B, L, C] among rows; 0 for a single one, and between copies."""
    if len(rows) < 2:
        return 0.0
    flat = np.asarray(features, np.float64).reshape(len(features), -1)[rows]
    unit = flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-12)
    distance = 1 - unit @ unit.T
    return float(max(distance[np.triu_indices(len(rows), 1)].mean(), 0.0))


def _commit(session: Session, state_id: str, counts: list[int] | None = None) -> str:
    """Choose without leaving the place where the person stands."""
    with session.lock:
        here = session.current
        try:
            return session.commit(state_id, counts)
        finally:
            session.history.go(here)


def _side(session: Session, at: str, end: str) -> Side:
    node = session.history.node(at)
    path = [n.state for n in session.history.path(end)]
    first = path[[s.id for s in path].index(at) + 1]
    rows = list(first.choices[-1])
    finished = session.finished(end)
    best = best_row(session, end)
    satisfied, reasons = verdict_of(session, end)
    return Side(
        end=end,
        kept=tuple(node.stepped.grown.candidate_ids[i] for i in rows),
        winner=path[-1].candidate_ids[best],
        reward=float(array(finished.scores)[best]),
        diversity=diversity(array(session.look(at).features), rows),
        satisfied=satisfied,
        reasons=reasons,
    )


def _judged(session: Session, duel: Duel) -> Duel:
    """With the shortfalls of a picture that was found wrong when they were kept as sentences."""

    def judged(side: Side) -> Side:
        lacking = side.satisfied is False and not side.reasons
        return replace(side, reasons=verdict_of(session, side.end)[1]) if lacking else side

    return replace(duel, mine=judged(duel.mine), algorithm=judged(duel.algorithm))
