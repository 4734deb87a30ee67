"""The moves on the way to a state: choices and ways back, checked, followed forwards, and traced from a candidate."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from ttsvar.engine.recipe import first_ids, next_ids, state_id
from ttsvar.turns import Move, Turn
from ttsvar.types import Run, SearchState, Selection, Source

ID_DIGITS = 5
"""Hex digits by which children of one candidate differ: a million."""


@dataclass(frozen=True)
class Way:
    """Where some moves lead."""

    scale: int
    """Scales generated when the last move was made."""
    candidate_ids: tuple[str, ...]
    choices: tuple[tuple[int, ...], ...]
    """The parents at each scale, as a state has them."""
    grown: tuple[int, ...]
    """Of each scale on the way, how many moves had been made when it was generated."""


def begun(run: Run) -> Way:
    """Before the first move."""
    return Way(0, first_ids(run.batch[0]), (), ())


def follow(way: Way, move: Move, moves: int, scales: int) -> Way:
    """One move on, after so many `moves`; raises ValueError where it names what is not there."""
    if isinstance(move, Turn):
        return _follow_turn(way, move, scales)
    if way.scale == scales:
        raise ValueError("a choice after the last scale")
    if not move or list(move) != sorted(move) or not all(0 <= p < len(way.candidate_ids) for p in move):
        raise ValueError(f"the choice after scale {way.scale} names candidates that there were not")
    ids = next_ids(way.candidate_ids, move, way.scale)
    return Way(way.scale + 1, ids, (*way.choices, move), (*way.grown, moves))


def _follow_turn(way: Way, turn: Turn, scales: int) -> Way:
    here = [*turn.rows, *([] if turn.source is None else [turn.source])]
    if turn.at not in (way.scale, way.scale + 1) or turn.at > scales or not 0 <= turn.first < turn.at:
        raise ValueError(f"a way back from {turn.at} scales to {turn.first}, where {way.scale} were decided")
    if not turn.rows or not all(0 <= row < len(way.candidate_ids) for row in here):
        raise ValueError(f"a way back to scale {turn.first} names candidates that there were not")
    first = turn.first
    choices = (*way.choices[: first - 1], ancestors(way.choices, turn.rows, first)) if first else ()
    return Way(first, turn_ids(way.candidate_ids, turn), choices, way.grown[:first])


def way_of(run: Run, moves: Sequence[Move]) -> Way:
    """Where moves lead from the beginning of a run; raises ValueError where one names what is not there."""
    way = begun(run)
    for number, move in enumerate(moves):
        way = follow(way, move, number, len(run.schedule))
    return way


def ancestors(choices: Sequence[Sequence[int]], rows: Sequence[int], first: int) -> tuple[int, ...]:
    """Rows of the ancestors among those that scale `first - 1` grew."""
    rows = tuple(rows)
    for parents in reversed(choices[first - 1 :]):
        rows = tuple(parents[row] for row in rows)
    return rows


def grown_before(run: Run, moves: Sequence[Move], scales: int) -> tuple[Move, ...]:
    """The moves that had been made when the last of so many scales of a state's own line was generated."""
    return tuple(moves[: way_of(run, moves).grown[scales - 1]])


def turn_ids(ids: Sequence[str], turn: Turn) -> tuple[str, ...]:
    """Ids of the children of a way back, as in c3.2~8f3a1: of c3, drawn again from scale 2.

    They depend on the candidate, on what is drawn again and on the number of the copy alone, never on who else lives.
    """
    stays: tuple[object, ...] = ()
    if turn.source is not None and any(any(cells.packed) for cells in turn.keep):
        stays = (turn.at, ids[turn.source], turn.keep)
    copies: dict[int, int] = {}
    names: list[str] = []
    for place, row in enumerate(turn.rows):
        copies[row] = copies.get(row, -1) + 1
        kept = ("whole", turn.at) if place in turn.whole else stays
        told = repr((ids[row], turn.first, kept, copies[row]))
        digest = hashlib.blake2b(told.encode(), digest_size=8, person=b"ttsvar-turn").hexdigest()
        names.append(f"{ids[row].split('.')[0]}.{turn.first}~{digest[:ID_DIGITS]}")
    return tuple(names)


def steps_of(run: Run, moves: Sequence[Move], scale: int, row: int) -> tuple[tuple[int, int | None], ...]:
    """Every scale generated on the way to a candidate, in order, as (scale, row of its ancestor there).

    `row` is the candidate's in the state that the moves lead to, which has `scale` scales. None stands where what was
    generated was turned back from, so that it is no part of the candidate.
    """
    way, story = begun(run), list[Move | int]()
    for number, move in enumerate(moves):
        if not isinstance(move, Turn) or move.at > way.scale:
            story.append(way.scale)
        story.append(move)
        way = follow(way, move, number, len(run.schedule))
    if scale > way.scale:
        story.append(way.scale)
    steps, limit = list[tuple[int, int | None]](), scale
    for part in reversed(story):
        if isinstance(part, Turn):
            row, limit = part.rows[row], min(limit, part.first)
        elif isinstance(part, int):
            steps.append((part, row if part < limit else None))
        else:
            row = part[row]
    return tuple(reversed(steps))


def drawn(run: Run, moves: Sequence[Move], scale: int) -> tuple[tuple[int, int], ...]:
    """Every scale generated on the way to a state of so many scales, in order, as (scale, how many were drawn)."""
    way, found = begun(run), list[tuple[int, int]]()
    for number, move in enumerate(moves):
        if not isinstance(move, Turn) or move.at > way.scale:
            found.append((way.scale, len(way.candidate_ids)))
        way = follow(way, move, number, len(run.schedule))
    return (*found, (way.scale, len(way.candidate_ids))) if scale > way.scale else tuple(found)


def turn_selection(state: SearchState) -> Selection:
    """What the way back that led to a state comes to as a choice, with a sentence that tells it."""
    turn = state.path[-1]
    assert isinstance(turn, Turn)
    ids = way_of(state.run, state.path[:-1]).candidate_ids
    whose = ", ".join(dict.fromkeys(ids[row] for row in turn.rows))
    if turn.whole:
        told = f"{len(turn.rows) - len(turn.whole)} drawn anew from scale {turn.first} on; {len(turn.whole)} stay."
    elif turn.source is None:
        told = f"{whose} drawn again from scale {turn.first} on."
    elif turn.source in turn.rows:
        told = f"A part of {whose} drawn again from scale {turn.first} on; the rest stays."
    else:
        told = f"{whose} below scale {turn.first}, and {ids[turn.source]} from there on."
    return Selection(state.choices[-1] if state.choices else turn.rows, Source.USER, told)


def turned_from(state: SearchState) -> str:
    """Id of the state that the way back which led to a state was made from."""
    turn = state.path[-1]
    assert isinstance(turn, Turn)
    return state_id(state.run, turn.at, state.path[:-1])
