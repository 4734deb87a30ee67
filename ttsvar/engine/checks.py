"""What a caller hands an engine, checked before anything is done with it."""

from __future__ import annotations

import operator
from collections.abc import Sequence

from ttsvar.choices import Decision
from ttsvar.engine.recipe import MOST_CANDIDATES
from ttsvar.errors import ConfigError, SelectionError
from ttsvar.types import SearchState, Selection


def says_something(prompt: object) -> bool:
    """Whether a prompt is text that is not blank."""
    return isinstance(prompt, str) and bool(prompt.strip())


def whole_seed(seed: int) -> int:
    """The seed as an int; raises ConfigError."""
    try:
        return operator.index(seed)
    except TypeError as error:
        raise ConfigError(f"seed is {seed!r}; it must be a whole number.") from error


def clusters_at(state: SearchState) -> int | None:
    """How many clusters a look at this state shows: as many as the next clustering keeps, or else the last one kept."""
    search, batch, scale = state.run.search, state.run.batch, state.scale - 1
    decisions = [k for k in range(len(batch)) if search.decision(k) is Decision.CLUSTER]
    ahead = [k for k in decisions if k >= scale]
    return batch[(ahead or decisions[-1:])[0]] if decisions else None


def checked_parents(selection: Selection, alive: int) -> tuple[int, ...]:
    """The chosen candidates as ascending indices below `alive`; raises SelectionError."""
    return checked_rows(selection.parents, alive)


def checked_rows(rows: Sequence[int], alive: int) -> tuple[int, ...]:
    """Some candidates as ascending indices below `alive`; raises SelectionError."""
    if not rows:
        raise SelectionError("Nothing is selected; keep at least one candidate.")
    if len(rows) > MOST_CANDIDATES:
        raise SelectionError(f"{len(rows)} candidates are selected; the most is {MOST_CANDIDATES}.")
    try:
        parents = tuple(sorted(operator.index(p) for p in rows))
    except TypeError as error:
        raise SelectionError(f"The selection is {rows!r}; it must hold whole numbers.") from error
    wrong = [p for p in parents if not 0 <= p < alive]
    if wrong:
        raise SelectionError(f"The selection names {wrong}; the candidates here are 0 to {alive - 1}.")
    return parents
