"""A small model draws as many candidates at once as its run ends with; what it draws stays what it was."""

from __future__ import annotations

import pytest
from chunked_checks import check_ways_back, engine_on, raw
from tiny_infinity import tiny_backend

from ttsvar.config import SearchConfig
from ttsvar.engine.loop import Engine
from ttsvar.types import SearchState

PROMPT = "two red stars"
FIXED, BY_RUN = tiny_backend(chunk=2), tiny_backend(chunk=2, chunk_by_run=True)


def ended(engine: Engine, search: SearchConfig) -> SearchState:
    state = engine.begin(PROMPT, search=search)
    while not state.done:
        state = engine.commit(engine.step(state))
    return state


def test_a_run_says_how_many_are_drawn_at_once() -> None:
    searches = [raw(1), SearchConfig(n=1), SearchConfig(n=4), raw(20)]
    runs = [engine_on(FIXED).begin(PROMPT, search=search).run for search in searches]
    assert [BY_RUN.chunk_of(run) for run in runs] == [1, 2, 4, 8]
    assert {FIXED.chunk_of(run) for run in runs} == {2}
    assert BY_RUN.run_bytes(runs[0]) < FIXED.run_bytes(runs[0])


@pytest.mark.parametrize("search", [raw(1), raw(3)], ids=["one", "three"])
def test_only_rounding_tells_them_apart(search: SearchConfig) -> None:
    one, other = (ended(engine_on(backend), search) for backend in (FIXED, BY_RUN))
    assert min(float((x == y).float().mean()) for x, y in zip(one.bits, other.bits, strict=True)) > 0.999


def test_ways_back_keep_what_stays() -> None:
    check_ways_back(BY_RUN, PROMPT)
