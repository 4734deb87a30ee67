"""Ways back on disk and in pictures: any history comes back to the bit, and what has none is written as before."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
import torch
from engine_fakes import fake_engine
from test_runs import same_node
from wandering import wander

from ttsvar.config import SearchConfig
from ttsvar.engine.history import History
from ttsvar.errors import FileError, StateError
from ttsvar.storage.png import png_bytes, read_recipe, recipe_from_json
from ttsvar.storage.replay import replay
from ttsvar.storage.runs import load_history, save_history
from ttsvar.types import ScaleSchedule, SearchState

SHORT = ScaleSchedule(tuple((s, s) for s in (1, 2, 3, 4, 5)))
SEARCH = SearchConfig(n=2, batch=(3, 3, 2, 2, 2), cluster_scales=(2,), resample_scales=(3,))


def wandered(seed: int) -> tuple[History, SearchState]:
    engine = fake_engine(schedule=SHORT)
    history = History(engine.begin("two red stars", search=SEARCH, seed=seed))
    return history, wander(engine, history, seed)


def last_drawn(state: SearchState) -> SearchState:
    return state if state.scale else fake_engine(schedule=SHORT).step(state).grown


@pytest.mark.slow
def test_two_hundred_histories_are_replayed_from_their_pictures():
    turns = 0
    for seed in range(200):
        _, state = wandered(seed)
        state = last_drawn(state)
        recipe = read_recipe(png_bytes(fake_engine(schedule=SHORT).best(state)))
        *_, last = replay(fake_engine(schedule=SHORT), recipe)
        node = last.history.node(state.id)
        again = node.state if node.state.id == state.id else node.stepped.grown
        assert last.differing == 0
        assert (again.id, again.parent_id, again.candidate_ids) == (state.id, state.parent_id, state.candidate_ids)
        assert (again.choices, again.path) == (state.choices, state.path)
        assert all(torch.equal(a, b) for a, b in zip(again.bits, state.bits, strict=True))
        turns += len([m for m in state.path if not isinstance(m, tuple)])
    assert turns > 200


@pytest.mark.parametrize("seed", range(8))
def test_a_session_with_ways_back_is_reopened_as_it_was(tmp_path: Path, seed: int):
    history, _ = wandered(seed)
    save_history(history, tmp_path)
    again = load_history(tmp_path)
    assert len(again) == len(history)
    for a, b in zip(history, again, strict=True):
        same_node(a, b)
        assert (a.state.path, a.state.ahead is None) == (b.state.path, b.state.ahead is None)
    engine = fake_engine(schedule=SHORT)
    assert wander(engine, history, 5).id == wander(engine, again, 5).id


def test_the_format_rises_only_where_somebody_went_back(tmp_path: Path):
    engine = fake_engine(schedule=SHORT)
    history = History(engine.begin("two red stars", search=SEARCH, seed=1))
    history.add_result(engine.step(history.current.state))
    save_history(history, tmp_path)
    assert json.loads((tmp_path / "run.json").read_text())["format"] == 1
    history.add_turn(engine.again(history.current.stepped))
    save_history(history, tmp_path)
    assert json.loads((tmp_path / "run.json").read_text())["format"] == 2


def test_another_machine_takes_the_recorded_bits_after_a_way_back():
    engine = fake_engine(schedule=SHORT)
    result = engine.step(engine.commit(engine.step(engine.begin("two red stars", search=SEARCH, seed=4))))
    state = engine.step(engine.again(result, [1])).grown
    recipe = read_recipe(png_bytes(engine.best(state)))
    assert recipe.steps()[1] == (1, None), "what was turned back from is no part of the picture"
    assert recipe.bits is not None
    flipped = dataclasses.replace(recipe, bits=(recipe.bits[0], 1 - recipe.bits[1]))
    *_, last = replay(fake_engine(schedule=SHORT), flipped)
    assert last.differing == recipe.bits[1].numel()
    assert torch.equal(last.history.current.stepped.grown.bits[1][recipe.row], flipped.bits[1])  # type: ignore[index]


def test_moves_that_lead_nowhere_are_refused(tmp_path: Path):
    engine = fake_engine(schedule=SHORT)
    result = engine.step(engine.commit(engine.step(engine.begin("two red stars", search=SEARCH, seed=4))))
    state = engine.step(engine.redraw(result.grown, 0, [[True, False]], from_scale=0)).grown
    good = json.loads(engine.best(state).info["ttsvar"])
    assert recipe_from_json(good).state == state.id
    turn = good["moves"][1]
    wrong = [{"at": 4}, {"from": 2}, {"rows": [77]}, {"rows": []}, {"source": 40}, {"keep": []}, {"keep": [[1, 1, ""]]}]
    for change in wrong:
        with pytest.raises(FileError):
            recipe_from_json({**good, "moves": [good["moves"][0], {**turn, **change}]})
    history = History(engine.begin("two red stars", search=SEARCH, seed=4))
    history.add_result(engine.step(history.current.state))
    history.add_turn(engine.again(history.current.stepped))
    save_history(history, tmp_path)
    index = json.loads((tmp_path / "run.json").read_text())
    for change in ({"at": 3}, {"rows": [50]}):
        index["nodes"][1]["turn"] |= change
        (tmp_path / "run.json").write_text(json.dumps(index))
        with pytest.raises(StateError):
            load_history(tmp_path)
