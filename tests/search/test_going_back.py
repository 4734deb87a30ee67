"""Strategies that go back: when they do, who stays, what bounds them, and that each way back is kept like any other."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from engine_fakes import fake_engine

from ttsvar.config import SEARCHES, SearchConfig, search_config
from ttsvar.engine import meter
from ttsvar.engine.history import History
from ttsvar.engine.loop import Engine
from ttsvar.engine.moves import drawn
from ttsvar.search.rewind import fell_at
from ttsvar.storage.png import png_bytes, read_recipe
from ttsvar.storage.replay import replay
from ttsvar.storage.runs import load_history, save_history
from ttsvar.turns import Turn
from ttsvar.types import SearchState, StepResult

NEVER, ALWAYS = 1000.0, -1000.0
GOING_BACK = [name for name in SEARCHES if name in ("until", "rewind")]


def searched(engine: Engine, search: SearchConfig, seed: int = 3) -> tuple[SearchState, list[StepResult]]:
    state, results = engine.begin("two red stars", search=search, seed=seed), []
    while not state.done:
        results.append(engine.step(state))
        state = engine.commit(results[-1])
    return state, results


def turns(state: SearchState) -> list[Turn]:
    return [move for move in state.moves if isinstance(move, Turn)]


@pytest.mark.slow
@pytest.mark.parametrize("name", GOING_BACK)
def test_who_is_content_goes_on_and_who_is_not_goes_back_while_the_budget_lasts(name: str):
    engine = fake_engine()
    content, _ = searched(engine, search_config(name, threshold=ALWAYS))
    assert not content.path
    assert not searched(engine, search_config(name, threshold=NEVER, budget=0))[0].path
    counts = []
    for budget in (10, 40):
        state, _ = searched(engine, search_config(name, threshold=NEVER, budget=budget))
        cost = engine.cost(state.run)
        steps = drawn(state.run, state.moves, state.scale)
        assert sum(sum(cost.step(scale, count).values()) for scale, count in steps) <= budget * cost.raw
        counts.append(len(turns(state)))
    assert counts[1] > counts[0]


@pytest.mark.slow
def test_until_keeps_the_best_so_far_and_starts_the_others_anew():
    engine = fake_engine()
    state, results = searched(engine, search_config("until", threshold=NEVER, budget=40))
    looks = [result for result in results if result.decision]
    best = [float(result.candidates.scores.max()) for result in looks if result.candidates.scores is not None]
    assert len(best) > 2
    assert best == sorted(best)
    first, second = looks[:2]
    assert first.back is not None
    assert (first.back.first, len(first.back.whole)) == (0, 1)
    (stays,) = first.back.whole
    same = [
        all(torch.equal(a[i], b[i]) for a, b in zip(first.grown.bits, second.grown.bits, strict=True)) for i in range(4)
    ]
    assert same == [i == stays for i in range(4)]
    assert "drawn anew from scale 0 on, and 1 stays" in first.proposal.reason
    assert len(state) == 1


def test_rewind_lets_the_better_stay_and_goes_back_to_where_the_reward_fell():
    engine = fake_engine()
    _, results = searched(engine, search_config("rewind", threshold=ALWAYS))
    scores = next(r.candidates.scores for r in results if r.decision)
    assert scores is not None
    middle = float(scores.sort().values[1:3].mean())
    _, results = searched(engine, search_config("rewind", threshold=middle))
    back = next(r for r in results if r.back is not None)
    assert back.back is not None
    assert len(back.back.whole) == 2
    assert 0 < back.back.first < back.grown.scale
    better = set(scores.argsort(descending=True)[:2].tolist())
    assert set(back.back.whole) == better


def test_rewind_draws_all_but_the_best_anew_where_nobody_is_right():
    engine = fake_engine()
    _, results = searched(engine, search_config("rewind", threshold=ALWAYS))
    scores = next(r.candidates.scores for r in results if r.decision)
    assert scores is not None
    _, results = searched(engine, search_config("rewind", threshold=float(scores.max()) + 1))
    back = next(r for r in results if r.back is not None)
    assert back.back is not None
    assert (back.back.first, back.back.whole) == (0, (int(scores.argmax()),))


@pytest.mark.parametrize("name", GOING_BACK)
def test_a_threshold_of_one_scale_counts_there_alone(name: str):
    engine = fake_engine()
    _, results = searched(engine, search_config(name, threshold=ALWAYS))
    for scale in (r.scale for r in results if r.decision):
        only = tuple(NEVER if k == scale else ALWAYS for k in range(len(results)))
        _, found = searched(engine, search_config(name, threshold=only))
        assert {r.scale for r in found if r.back is not None} == {scale}


def test_where_the_reward_fell():
    nan = float("nan")
    assert fell_at([nan, 0.1, nan, 0.9, -0.5]) == 4
    assert fell_at([nan, 0.9, nan, 0.1, 0.05]) == 2
    assert fell_at([nan, nan, 0.1, 0.9]) == 2
    assert fell_at([nan, nan, nan, 0.9]) == 2


@pytest.mark.slow
@pytest.mark.parametrize("name", GOING_BACK)
def test_ways_back_of_a_strategy_are_replayed_and_saved(name: str, tmp_path: Path):
    engine = fake_engine()
    history = History(engine.begin("two red stars", search=search_config(name, threshold=NEVER, budget=30), seed=3))
    while not history.current.state.done:
        result = engine.step(history.current.state)
        history.add_result(result)
        history.add_state(engine.commit(result), result.proposal)
    state = history.current.state
    assert turns(state)
    *_, last = replay(fake_engine(), read_recipe(png_bytes(engine.best(state))))
    assert last.differing == 0
    assert last.history.current.state.id == state.id
    save_history(history, tmp_path)
    again = load_history(tmp_path)
    assert [node.state.id for node in again] == [node.state.id for node in history]
    assert [node.result and node.result.back for node in again] == [
        node.result and node.result.back for node in history
    ]


@pytest.mark.slow
def test_a_budget_of_time_bounds_a_search_and_its_replay_does_what_was_done(monkeypatch: pytest.MonkeyPatch):
    search = search_config("until", threshold=NEVER, budget=40)
    engine, ticks = fake_engine(), count()
    with monkeypatch.context() as slow:
        slow.setattr(meter, "time", SimpleNamespace(perf_counter=lambda: float(next(ticks))))
        without, _ = searched(engine, search)
        slowed, _ = searched(engine, replace(search, budget_ms=150_000))
        assert slowed.seconds <= 150
        assert not turns(searched(engine, replace(search, budget_ms=1))[0])
    assert 0 < len(turns(slowed)) < len(turns(without))
    quick, _ = searched(fake_engine(), replace(search, budget_ms=150_000))
    assert len(turns(quick)) == len(turns(without)), "a faster machine gets further in the same time"
    *_, last = replay(fake_engine(), read_recipe(png_bytes(engine.best(slowed))))
    assert last.differing == 0
    assert last.history.current.state.id == slowed.id
    ended = [node.result for node in last.history if node.result and node.result.decision][-1]
    assert ended.back is None
    assert "drawn anew" not in ended.proposal.reason


def test_a_person_who_chooses_overrules_the_way_back():
    engine = fake_engine()
    _, results = searched(engine, search_config("until", threshold=NEVER))
    result = next(r for r in results if r.back is not None)
    assert engine.commit(result, result.proposal).path == ()
    assert engine.commit(result).path[-1] == result.back
