"""On ZeroGPU every call that computes is one lent call: states go in as bits, and nothing comes back on a device."""

from __future__ import annotations

import builtins
import inspect
import pickle
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
import torch
from engine_fakes import FakeExtractor, FakeReward
from tiny_infinity import tiny_backend

from ttsvar.config import SearchConfig
from ttsvar.engine.executor import MOST_SECONDS, SETUP_SECONDS, ZeroGPUEngine, on_zerogpu
from ttsvar.engine.loop import Engine
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
    assert isinstance(lent, ZeroGPUEngine)
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
    assert spaces.calls[0] == ("begin", SETUP_SECONDS)


def test_without_the_package_the_engine_is_itself(monkeypatch: pytest.MonkeyPatch):
    real = builtins.__import__

    def absent(name: str, *rest: Any) -> Any:
        if name == "spaces":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", absent)
    engine = plain_engine()
    assert on_zerogpu(engine) is engine


def test_every_call_that_computes_is_lent_and_takes_what_the_engine_takes(spaces: FakeSpaces) -> None:
    own = {name: f for name, f in vars(ZeroGPUEngine).items() if not name.startswith("_") and inspect.isfunction(f)}
    computing = {n for n, f in vars(Engine).items() if inspect.isfunction(f) and "_lock" in inspect.getsource(f)}
    assert computing - {"__init__"} <= set(own)
    for name, function in own.items():
        assert inspect.signature(function) == inspect.signature(getattr(Engine, name)), name


def test_a_judge_sees_what_the_plain_engine_shows_it(spaces: FakeSpaces) -> None:
    plain = plain_engine()
    state = finish(plain, plain.begin("a star", search=SearchConfig(strategy="best-of-n", n=2)), 2)
    lent = on_zerogpu(plain)
    assert torch.equal(lent.judge(state, "image-reward")[0], plain.judge(state, "image-reward")[0])
    assert spaces.calls[-1][0] == "judge"
