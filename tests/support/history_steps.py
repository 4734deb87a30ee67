"""A history on the fake engine, and one step of it."""

from __future__ import annotations

from engine_fakes import fake_engine

from ttsvar.config import SearchConfig
from ttsvar.engine.history import History, Node
from ttsvar.engine.loop import Engine
from ttsvar.types import Selection, Source


def advance(engine: Engine, history: History, chosen: tuple[int, ...] | None = None) -> Node:
    """Step the current state (once) and go on with a choice."""
    node = history.current
    if node.result is None:
        node = history.add_result(engine.step(node.state))
    assert node.result is not None
    selection = Selection(chosen, Source.USER, "mine") if chosen else node.result.proposal
    return history.add_state(engine.commit(node.result, selection), selection)


def session(max_caches: int = 8, strategy: str = "tts-var") -> tuple[Engine, History]:
    engine = fake_engine()
    state = engine.begin("two red stars", search=SearchConfig(strategy=strategy, n=2), seed=1)
    return engine, History(state, max_caches=max_caches)
