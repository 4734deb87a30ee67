"""Which candidates of a state the transformer needs to run for: copies that have not gone apart yet need one pass."""

from __future__ import annotations

from collections.abc import Sequence

from ttsvar.config import STRATEGIES
from ttsvar.turns import Turn
from ttsvar.types import SearchState


def pass_of(state: SearchState) -> tuple[int, ...]:
    """For each candidate the number of the pass that gives its next scale's logits, counting from 0.

    One each, unless the strategy `shares_passes`: then copies of one candidate, whose bits are the same so far, have
    the same one, and before the first scale all do. It follows from the moves alone, so what it costs does, too.
    """
    if not STRATEGIES[state.run.search.strategy].shares_passes:
        return tuple(range(len(state)))
    if state.scale == 0:
        return (0,) * len(state)
    last = state.moves[-1]
    return ranks(last.rows if isinstance(last, Turn) else last)


def ranks(rows: Sequence[int]) -> tuple[int, ...]:
    """Each row as its place among the different ones: (2, 2, 5) becomes (0, 0, 1)."""
    places = {row: place for place, row in enumerate(sorted(set(rows)))}
    return tuple(places[row] for row in rows)
