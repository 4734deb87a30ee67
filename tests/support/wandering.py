"""Random ways through a search: steps, choices and ways back, as a person might take them."""

from __future__ import annotations

import random

import numpy as np

from ttsvar.engine.history import History
from ttsvar.engine.loop import Engine
from ttsvar.types import SearchState, Selection, StepResult


def wander(engine: Engine, history: History, seed: int, moves: int = 9) -> SearchState:
    """Make so many random moves from the current state, each kept in the history; the state they end in."""
    pick = random.Random(seed)
    for _ in range(moves):
        state = history.current.state
        if state.scale and (state.done or pick.random() < 0.3):
            history.add_turn(turned(engine, state, pick))
            continue
        result = engine.step(state)
        history.add_result(result)
        if pick.random() < 0.25:
            history.add_turn(turned(engine, result, pick))
            continue
        alive = len(state)
        parents = tuple(sorted(pick.choices(range(alive), k=pick.randint(1, min(alive, 4)))))
        selection = result.proposal if pick.random() < 0.4 else Selection(parents)
        history.add_state(engine.commit(result, selection), selection)
    return history.current.state


def turned(engine: Engine, origin: SearchState | StepResult, pick: random.Random) -> SearchState:
    """A random way back."""
    state = origin if isinstance(origin, SearchState) else origin.grown
    first, one, other = pick.randrange(state.scale), pick.randrange(len(state)), pick.randrange(len(state))
    kind = pick.choice(("redraw", "redraw", "again", "cross"))
    if kind == "cross":
        return engine.cross(state, one, other, scale=first)
    if kind == "again" and isinstance(origin, StepResult):
        return engine.again(origin, pick.choice((None, (one,))))
    keep = np.random.default_rng(pick.randrange(1000)).random((6, 9)) < pick.choice((0, 0.5, 0.5, 1))
    return engine.redraw(state, one, keep, from_scale=first, copies=pick.randint(1, 3))
