"""A finished branch as the card and the film draw it: who stood where at each scale, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from ttsvar.errors import StateError

from ...scene.frame import LAYOUT_SCALE, array, pictures
from ...scene.lineage import Column, columns
from ...scene.verdicts import UNTOLD, told, verdict_of
from ...session.session import Session
from ...session.walk import best_row
from ..records import picture


@dataclass(frozen=True, kw_only=True)
class Row:
    """All candidates of one scale; every tuple has an entry for each."""

    scale: int
    images: tuple[Image.Image, ...]
    names: tuple[str, ...]
    seats: tuple[int, ...]
    """Places on a board that has one for each first candidate; a copy takes the next free one."""
    parents: tuple[int | None, ...]
    """Rows one scale earlier."""
    alive: tuple[bool, ...]
    """Whether it went on."""
    winning: tuple[bool, ...]
    """Whether the winner comes from it."""
    decision: str | None


@dataclass(frozen=True, kw_only=True)
class Told:
    """A finished branch, ready to be drawn."""

    prompt: str
    seed: int
    model: str
    rows: tuple[Row, ...]
    winner: Image.Image
    name: str
    reward: float
    correct: bool | None
    """Whether the picture is right; None where nothing measures it."""
    verdict: str
    by_hand: int
    """How many choices a person made."""

    @property
    def blurs(self) -> Row:
        """The first scale that has a layout."""
        return self.rows[min(LAYOUT_SCALE, len(self.rows) - 1)]


def told_of(session: Session, state_id: str) -> Told:
    """The branch that a finished state ends; raises StateError for any other state."""
    state = session.history.node(state_id).state
    if not state.done:
        raise StateError("A card is made of a finished run; draw it to the end first.")
    best, scores = best_row(session, state_id), array(session.finished(state_id, pictures=False).scores)
    correct, reasons = verdict_of(session, state_id)
    rows = _rows(session, columns(session, state_id))
    last = rows[-1]
    path = session.history.path(state_id)
    return Told(
        prompt=session.run.prompt,
        seed=session.run.seed,
        model=session.engine.name,
        rows=rows,
        winner=last.images[last.winning.index(True)],
        name=state.candidate_ids[best],
        reward=float(scores[best]),
        correct=correct,
        verdict="satisfies the prompt" if correct else told(reasons[0]) if reasons else UNTOLD,
        by_hand=sum(n.selection is not None and n.selection.source == "user" for n in path),
    )


def _rows(session: Session, found: tuple[Column, ...]) -> tuple[Row, ...]:
    rows: list[Row] = []
    for column in found:
        parents = tuple(dot.parent for dot in column.dots)
        before = rows[-1].seats if rows else ()
        rows.append(
            Row(
                scale=column.scale,
                images=tuple(picture(uri) for uri in pictures(session, session.history.node(column.target))[0]),
                names=tuple(dot.name for dot in column.dots),
                seats=seated(parents, before),
                parents=parents,
                alive=tuple(dot.alive for dot in column.dots),
                winning=tuple(dot.winner for dot in column.dots),
                decision=session.run.search.decision(column.scale),
            )
        )
    return tuple(rows)


def seated(parents: tuple[int | None, ...], before: tuple[int, ...]) -> tuple[int, ...]:
    """The seat of each candidate: its parent's, or for further copies the first that nobody has or comes from."""
    wanted = [i if parent is None else before[parent] for i, parent in enumerate(parents)]
    free = (seat for seat in range(2 * len(wanted) + len(before)) if seat not in wanted)
    taken: set[int] = set()
    seats = []
    for seat in wanted:
        own = next(free) if seat in taken else seat
        taken.add(own)
        seats.append(own)
    return tuple(seats)
