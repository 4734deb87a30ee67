"""Where a candidate sits: from scale to scale it keeps its number, its place on the board and its lineage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ttsvar.types import SearchState


@dataclass(frozen=True)
class Seating:
    """Of every candidate of a scale, in the order of its rows, the number, the place and the lineage."""

    numbers: tuple[int, ...]
    """A number for life: that of the first candidates is their row, and it is the key that keeps or drops one."""
    places: tuple[int, ...]
    """The place on the board, counted from the first row's left end; some may be free."""
    room: int
    """How many places the board has."""
    lineages: tuple[int, ...]
    """The row at scale 0 that it descends from."""
    first: int
    """How many there were at scale 0."""


def seating(state: SearchState) -> Seating:
    """How the candidates of a state sit, by the choices on the way to it."""
    # Who went back to scale 0 may have begun again with more or fewer than the schedule says.
    alive = max(state.run.batch[0], 1 + max(state.choices[0])) if state.choices else len(state)
    rows = tuple(range(alive))
    found = Seating(numbers=rows, places=rows, room=alive, lineages=rows, first=alive)
    for parents in state.choices:
        found = next_seating(found, parents)
    return found


def next_seating(before: Seating, parents: Sequence[int]) -> Seating:
    """After a choice: who goes on stays, copies take the nearest free places.

    Where half of the places or fewer would be taken, all move together and the board becomes smaller.
    """
    places = _inherited(before.places, parents, before.room)
    room = max(before.room, max(places) + 1)
    if 2 * len(parents) <= room:
        order = sorted(places)
        places, room = tuple(order.index(place) for place in places), len(parents)
    return Seating(
        numbers=_inherited(before.numbers, parents, before.first),
        places=places,
        room=room,
        lineages=tuple(before.lineages[parent] for parent in parents),
        first=before.first,
    )


def _inherited(before: Sequence[int], parents: Sequence[int], room: int) -> tuple[int, ...]:
    """The first copy of everybody has what its parent had; each further one the nearest free number below `room`.

    Where none is free, numbers go on from `room`.
    """
    taken = {before[parent] for parent in parents}
    seen: set[int] = set()
    found = []
    for parent in parents:
        own = before[parent]
        if parent in seen:
            free = [number for number in range(room + len(parents) + len(before)) if number not in taken]
            inside = [number for number in free if number < room]
            own = min(inside, key=lambda number, at=own: (abs(number - at), number)) if inside else free[0]
            taken.add(own)
        seen.add(parent)
        found.append(own)
    return tuple(found)
