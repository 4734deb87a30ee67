"""Ways back as a caller asks for them: redraw a part, draw again, cross two candidates."""

from __future__ import annotations

import operator
from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from ttsvar.arrays import tensor_of
from ttsvar.choices import Decision
from ttsvar.engine.checks import checked_rows
from ttsvar.engine.recipe import MOST_CANDIDATES
from ttsvar.errors import SelectionError, StateError
from ttsvar.shapes import Keep
from ttsvar.turns import Cells, Turn, kept_cells
from ttsvar.types import SearchState, StepResult


class GoesBack(ABC):
    """The ways back of an engine, over the one transition that they share."""

    @abstractmethod
    def turn(self, state: SearchState, turn: Turn) -> SearchState:
        """The state after a way back; StateError where it does not fit the state."""

    def redraw(
        self, state: SearchState, index: int, keep: ArrayLike, *, from_scale: int, copies: int = 4
    ) -> SearchState:
        """Children of one candidate at an earlier scale, whose coming draws repeat its bits where `keep` says so.

        `keep` is bool [H, W] over the picture, in any resolution: True stays. At each scale up to those that `state`
        has, a cell stays where most of it is to stay, and is drawn anew elsewhere; what was decided up to there was
        decided before, so all go on. `keep` all True gives the same bits, all False draws again from there.
        SelectionError where an argument does not fit.
        """
        return self.turn(state, redraw_turn(state, index, keep, from_scale, copies))

    def again(self, result: StepResult, indices: Sequence[int] | None = None) -> SearchState:
        """The scale that was just drawn, to be drawn anew for these candidates (all by default), under new ids.

        SelectionError where there is no such candidate.
        """
        return self.turn(result.grown, again_turn(result.grown, indices))

    def cross(self, state: SearchState, coarse: int, fine: int, *, scale: int) -> SearchState:
        """One candidate: of `coarse` what lies below `scale`, and its coming draws repeat those of `fine`.

        SelectionError where there is no such candidate or scale.
        """
        return self.turn(state, cross_turn(state, coarse, fine, scale))


def redraw_turn(state: SearchState, index: int, keep: ArrayLike, first: int, copies: int) -> Turn:
    """`copies` children of a candidate at scale `first`; the cells that `keep`, bool [H, W], covers stay."""
    row, first = _row(state, index), _first(state, first)
    mask, rows = _mask(keep), (row,) * _count(copies)
    if not bool(mask.any()):
        return Turn(state.scale, first, rows)
    grids = [(part.shape[1], part.shape[2]) for part in state.bits[first:]]
    return Turn(state.scale, first, rows, row, tuple(Cells.of(kept_cells(mask, h, w)) for h, w in grids))


def again_turn(grown: SearchState, indices: Sequence[int] | None) -> Turn:
    """A child of each of these candidates, all by default, before the scale that was just drawn."""
    rows = tuple(range(len(grown))) if indices is None else checked_rows(indices, len(grown))
    return Turn(grown.scale, _first(grown, grown.scale - 1), rows)


def cross_turn(state: SearchState, coarse: int, fine: int, scale: int) -> Turn:
    """A child of candidate `coarse` at a scale, with all of `fine` from there on."""
    first = _first(state, scale)
    whole = [(part.shape[1], part.shape[2]) for part in state.bits[first:]]
    cells = tuple(Cells.of(tensor_of(np.ones(grid, dtype=bool))) for grid in whole)
    return Turn(state.scale, first, (_row(state, coarse),), _row(state, fine), cells)


def require_fit(state: SearchState, turn: Turn) -> None:
    """Raise StateError where a way back is none from this state."""
    alive, grids = len(state), [(part.shape[1], part.shape[2]) for part in state.bits[turn.first :]]
    rows = [*turn.rows, *([] if turn.source is None else [turn.source])]
    fits = turn.at == state.scale and 0 <= turn.first < turn.at and bool(turn.rows)
    fits = fits and list(turn.rows) == sorted(turn.rows) and all(place < len(turn.rows) for place in turn.whole)
    if not fits or not all(0 <= row < alive for row in rows):
        raise StateError(
            f"This way back, from {turn.at} scales to {turn.first}, is none from state {state.id}, which has "
            f"{state.scale} scales and {alive} candidates."
        )
    if turn.source is not None and grids != [(cells.h, cells.w) for cells in turn.keep]:
        raise StateError(f"What stays is told in cells of other grids than state {state.id} has, which are {grids}.")


def passes(state: SearchState) -> bool:
    """Whether everybody goes on after a state's next scale, as it was decided before somebody went back."""
    return state.ahead is not None and state.scale < state.ahead.decided


def decision_at(state: SearchState) -> Decision | None:
    """What is decided after a state's next scale."""
    return None if passes(state) else state.run.search.decision(state.scale)


def _mask(keep: ArrayLike) -> Keep:
    mask = np.asarray(keep)
    if mask.ndim != 2 or not mask.size or not np.isin(mask, (0, 1)).all():
        raise SelectionError(
            f"keep is {mask.dtype} of shape {list(mask.shape)}; it must be [H, W], True or False for each place of the "
            "picture."
        )
    return tensor_of(mask.astype(bool))


def _row(state: SearchState, index: int) -> int:
    return checked_rows((index,), len(state))[0]


def _count(copies: int) -> int:
    try:
        count = operator.index(copies)
    except TypeError:
        count = 0
    if not 1 <= count <= MOST_CANDIDATES:
        raise SelectionError(f"copies is {copies!r}; it must be a whole number from 1 to {MOST_CANDIDATES}.")
    return count


def _first(state: SearchState, scale: int) -> int:
    try:
        first = operator.index(scale)
    except TypeError:
        first = -1
    if not 0 <= first < state.scale:
        raise SelectionError(
            f"Drawing again from scale {scale!r} is not possible; this state has scales 0 to {state.scale - 1}."
            if state.scale
            else "Nothing is generated yet; step this state first."
        )
    return first
