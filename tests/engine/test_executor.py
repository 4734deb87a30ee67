"""What computes runs through the executor: here, or lent a GPU call by call, with states that travel as bits."""

from __future__ import annotations

import builtins
import pickle
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
import torch
from engine_fakes import FakeExtractor, FakeReward
from tiny_infinity import tiny_backend
from torch import Tensor

from ttsvar.config import SearchConfig
from ttsvar.engine.executor import MOST_SECONDS, SETUP_SECONDS, LeasedExecutor, computes, on_zerogpu
from ttsvar.engine.loop import Engine
from ttsvar.errors import StateError
from ttsvar.types import SearchState, Selection, StepResult


class FakeSpaces(ModuleType):
    """`spaces` as ZeroGPU has it: arguments and results are copied between processes, and a duration is declared."""

    def __init__(self) -> None:
        super().__init__("spaces")
        self.calls: list[tuple[str, int]] = []

    def GPU(self, duration: Callable[..., int]) -> Callable:  # noqa: N802 (the package's name)
        def decorate(function: Callable) -> Callable:
            def call(name: str, *arguments: Any, **settings: Any) -> Any:
                self.calls.append((name, duration(name, *arguments, **settings)))
                arguments, settings = pickle.loads(pickle.dumps((arguments, settings)))
                return pickle.loads(pickle.dumps(function(name, *arguments, **settings)))

            return call

        return decorate


@pytest.fixture
def spaces(monkeypatch: pytest.MonkeyPatch) -> FakeSpaces:
    module = FakeSpaces()
    monkeypatch.setitem(sys.modules, "spaces", module)
    return module


def plain_engine() -> Engine:
    extractor = FakeExtractor()
    whole = extractor.extract
    extractor.extract = lambda images: whole(images[:, ::4, ::4])  # type: ignore[method-assign]
    return Engine(tiny_backend(), {"pca": extractor}, {"image-reward": FakeReward()})


def finish(engine: Engine, state: SearchState, until: int = 99) -> SearchState:
    while not state.done and state.scale < until:
        state = engine.commit(engine.step(state))
    return state


def test_a_search_on_zerogpu_draws_the_same_bits_and_holds_no_cache(spaces: FakeSpaces):
    search = SearchConfig(cfg=4.0)
    lent = on_zerogpu(plain_engine())
    assert isinstance(lent._executor, LeasedExecutor)
    here, there = plain_engine(), lent
    a = finish(here, here.begin("two red stars", search=search, seed=3))
    state = there.begin("two red stars", search=search, seed=3)
    assert state.kv is None
    result = there.step(state)
    assert isinstance(result, StepResult)
    assert result.grown.kv is None
    b = finish(there, there.commit(result))
    assert all(torch.equal(x, y) for x, y in zip(a.bits, b.bits, strict=True))
    assert torch.equal(a.score_history.nan_to_num(), b.score_history.nan_to_num())
    assert there.best(b).tobytes() == here.best(a).tobytes()
    seen, _ = there.observe(b, features=False)
    assert seen.images is not None
    assert [name for name, _ in spaces.calls].count("step") == 13


def test_calls_declare_seconds_that_grow_with_what_they_replay(spaces: FakeSpaces):
    engine = on_zerogpu(plain_engine())
    state = finish(engine, engine.begin("a cup", search=SearchConfig(strategy="raw")), until=5)
    engine.commit(engine.step(state), Selection((0, 0)))
    declared = [seconds for name, seconds in spaces.calls if name == "step"]
    assert declared == sorted(declared)
    assert all(SETUP_SECONDS < seconds <= MOST_SECONDS for seconds in declared)
    assert spaces.calls[0] == ("_begin", SETUP_SECONDS)


def test_without_the_package_the_engine_is_itself(monkeypatch: pytest.MonkeyPatch):
    real = builtins.__import__

    def absent(name: str, *rest: Any) -> Any:
        if name == "spaces":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", absent)
    engine = plain_engine()
    assert on_zerogpu(engine) is engine


class Widened(Engine):
    """An engine with one verb more, once as it must be written and once past the executor."""

    @computes
    def brightness(self, state: SearchState) -> float:
        return float(self._models.backend.decode(state.bits).float().mean())

    def unmarked(self, state: SearchState) -> Tensor:
        return self._models.backend.decode(state.bits)


def test_a_new_verb_goes_through_the_executor_or_reaches_no_model(spaces: FakeSpaces) -> None:
    plain = Widened(tiny_backend(), {}, {})
    lent = on_zerogpu(plain)
    assert isinstance(lent, Widened)
    state = finish(plain, plain.begin("a star", search=SearchConfig(strategy="raw")), 2)
    assert lent.brightness(state) == plain.brightness(state)
    assert [name for name, _ in spaces.calls] == ["brightness"]
    for engine in (plain, lent):
        with pytest.raises(RuntimeError, match="mark it with @computes"):
            engine.unmarked(state)


def test_only_the_executor_holds_what_computes() -> None:
    """So that a method without the mark has nothing to compute with."""
    engine = plain_engine()
    models = engine._executor.holding()
    held = [value for name, value in vars(engine).items() if name != "_executor"]
    assert not any(value is models or value is models.backend or value is models.observer for value in held)
    computing = (models.backend.begin, models.backend.grow, models.backend.select, models.backend.decode)
    assert not any(value in computing for value in held)


def test_what_a_run_costs_and_which_parts_it_needs_takes_no_lease(spaces: FakeSpaces) -> None:
    lent = on_zerogpu(plain_engine())
    state = lent.begin("a cup on a star", search=SearchConfig())
    spaces.calls.clear()
    cost = lent.cost(state.run)
    assert cost.raw > 0
    assert len(cost.steps(state.run.batch)) == len(state.run.schedule)
    assert (lent.extractors, lent.rewards, lent.prompts.vocabulary) == (("pca",), ("image-reward",), ())
    assert lent.best_index(finish(lent, state, 1)) is not None
    assert {name for name, _ in spaces.calls} == {"step", "observe"}


def test_a_call_that_fails_leaves_the_executor_ready(spaces: FakeSpaces) -> None:
    for engine in (plain_engine(), on_zerogpu(plain_engine())):
        state = engine.begin("a cup", search=SearchConfig(strategy="raw"))
        with pytest.raises(StateError):
            engine.observe(state)
        assert engine.step(state).grown.scale == 1
        with pytest.raises(RuntimeError, match="@computes"):
            _ = engine._models


def test_a_judge_sees_what_the_plain_engine_shows_it(spaces: FakeSpaces) -> None:
    plain = plain_engine()
    state = finish(plain, plain.begin("a star", search=SearchConfig(strategy="best-of-n", n=2)), 2)
    lent = on_zerogpu(plain)
    assert torch.equal(lent.judge(state, "image-reward")[0], plain.judge(state, "image-reward")[0])
    assert spaces.calls[-1][0] == "judge"
