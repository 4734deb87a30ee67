"""A run made again from a picture: the same tree and bits; the recorded bits hold where a machine draws differently."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from engine_fakes import fake_engine
from test_png import finished

from ttsvar.commands.replay import remade
from ttsvar.engine.loop import Engine
from ttsvar.engine.states import grown_state
from ttsvar.errors import FileError
from ttsvar.storage.png import Recipe, png_bytes, read_recipe
from ttsvar.storage.replay import replay
from ttsvar.types import SearchState, StepResult


def recorded(engine: Engine, state: SearchState) -> Recipe:
    return read_recipe(png_bytes(engine.best(state)))


def test_a_replay_ends_in_the_same_state_with_the_same_bits() -> None:
    state = finished(fake_engine())
    steps = list(replay(fake_engine(), recorded(fake_engine(), state)))
    assert [(s.drawn, s.of) for s in steps] == [(k, 13) for k in range(1, 14)]
    assert steps[-1].differing == 0
    again = steps[-1].history.current.state
    assert (again.id, again.candidate_ids, again.choices) == (state.id, state.candidate_ids, state.choices)
    assert all(torch.equal(a, b) for a, b in zip(again.bits, state.bits, strict=True))
    sources = [n.selection.source for n in steps[-1].history.path() if n.selection]
    assert [k for k, source in enumerate(sources) if source == "user"] == [2]


class OtherMachine(Engine):
    """An engine that flips a bit of every candidate at scale 1, as another machine's rounding might."""

    def step(self, state: SearchState) -> StepResult:
        result = super().step(state)
        if result.scale != 1:
            return result
        bits = result.grown.bits[-1].clone()
        bits[:, 0, 0, 0] ^= 1
        column = result.grown.score_history[:, -1]
        grown = grown_state(state, bits, scores=None if column.isnan().all() else column)
        return dataclasses.replace(result, grown=grown)


def other_machine() -> Engine:
    engine = fake_engine()
    engine.__class__ = OtherMachine
    return engine


def test_the_recorded_bits_decide_where_a_machine_draws_differently() -> None:
    engine = fake_engine()
    state = finished(engine)
    recipe = recorded(engine, state)
    *_, last = replay(other_machine(), recipe)
    assert last.differing == 1
    again = last.history.current.state
    row = recipe.row
    assert recipe.bits is not None
    assert all(torch.equal(a[row], b) for a, b in zip(again.bits, recipe.bits, strict=True))
    image, differing = remade(other_machine(), recipe)
    assert differing == 1
    assert image.tobytes() == engine.best(state).tobytes()
    assert read_recipe(png_bytes(image)).state == state.id


def test_without_bits_the_machine_decides() -> None:
    recipe = dataclasses.replace(recorded(fake_engine(), finished(fake_engine())), bits=None)
    *_, last = replay(other_machine(), recipe)
    assert last.differing == 0


def test_a_picture_of_another_model_is_refused() -> None:
    recipe = recorded(fake_engine(), finished(fake_engine()))
    other = fake_engine()
    other.name = "other"
    with pytest.raises(FileError, match="made with 'fake'"):
        list(replay(other, recipe))


def test_bits_of_another_shape_are_refused() -> None:
    recipe = recorded(fake_engine(), finished(fake_engine()))
    assert recipe.bits is not None
    with pytest.raises(FileError, match="shape"):
        list(replay(fake_engine(), dataclasses.replace(recipe, bits=tuple(b[..., :2] for b in recipe.bits))))
