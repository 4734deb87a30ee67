"""Ways back: what stays and what is drawn anew, who the children are, and where their states hang."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from engine_fakes import backend_of, fake_engine, finish
from hypothesis import given, settings
from hypothesis import strategies as st

from ttsvar.config import SearchConfig
from ttsvar.engine.loop import Engine
from ttsvar.engine.recipe import state_recipe
from ttsvar.errors import SelectionError, StateError
from ttsvar.turns import kept_cells
from ttsvar.types import SearchState, Selection, StepResult

ALL, NONE = np.ones((8, 8), bool), np.zeros((8, 8), bool)
LEFT = np.arange(8)[None, :].repeat(8, 0) < 4


def walked(engine: Engine, scales: int, search: SearchConfig | None = None) -> tuple[SearchState, StepResult]:
    """The state of so many scales of a search of eight, and its last step."""
    state = engine.begin("two red stars", search=search or SearchConfig(strategy="raw", n=4), seed=3)
    result = engine.step(state)
    while result.grown.scale < scales:
        result = engine.step(engine.commit(result))
    return engine.commit(result), result


def grown_to(engine: Engine, state: SearchState, scales: int) -> SearchState:
    while state.scale < scales:
        state = engine.commit(engine.step(state))
    return state


def same_bits(one: SearchState, row: int, other: SearchState, its: int, scales: int | None = None) -> bool:
    pairs = zip(one.bits[:scales], other.bits[:scales], strict=scales is None)
    return all(torch.equal(a[row], b[its]) for a, b in pairs)


@pytest.mark.slow
@given(st.integers(0, 5), st.integers(0, 2**32 - 1), st.integers(1, 20), st.integers(1, 20))
@settings(max_examples=40, deadline=None)
def test_kept_cells_stay_at_every_scale_and_others_are_drawn_anew(first: int, seed: int, height: int, width: int):
    engine = fake_engine()
    state, _ = walked(engine, 6)
    keep = np.random.default_rng(seed).random((height, width)) < 0.5
    redrawn = grown_to(engine, engine.redraw(state, 2, keep, from_scale=first, copies=3), 6)
    assert len(redrawn) == 3
    changed = 0
    for scale, (old, new) in enumerate(zip(state.bits, redrawn.bits, strict=True)):
        stays = kept_cells(torch.from_numpy(keep), *old.shape[1:3]) if scale >= first else torch.ones(old.shape[1:3])
        same = (old[2] == new).all(-1)
        assert bool(same[:, stays.bool()].all())
        changed += int((~same).sum())
    assert changed or bool(keep.mean() > 0.5)


@pytest.mark.parametrize("first", [0, 2, 5])
def test_to_keep_all_changes_nothing_and_to_keep_nothing_is_to_draw_again(first: int):
    engine = fake_engine()
    state, result = walked(engine, 6)
    whole = grown_to(engine, engine.redraw(state, 1, ALL, from_scale=first, copies=2), 6)
    assert all(same_bits(whole, child, state, 1) for child in range(2))
    anew = grown_to(engine, engine.redraw(result.grown, 1, NONE, from_scale=first, copies=2), 6)
    assert same_bits(anew, 0, state, 1, first)
    assert not any(
        torch.equal(a[0], b[1]) for a, b in zip(anew.bits[max(first, 2) :], state.bits[max(first, 2) :], strict=True)
    )
    assert not same_bits(anew, 0, anew, 1)
    if first == 5:
        again = engine.again(result, [1])
        assert again.candidate_ids == anew.candidate_ids[:1]
        assert same_bits(grown_to(engine, again, 6), 0, anew, 0)


def test_the_scale_is_drawn_again_for_all_or_for_some():
    engine = fake_engine()
    _, result = walked(engine, 4)
    again = engine.again(result)
    assert (again.scale, len(again)) == (3, 4)
    assert not set(again.candidate_ids) & set(result.grown.candidate_ids)
    anew = engine.step(again)
    assert all(same_bits(anew.grown, i, result.grown, i, 3) for i in range(4))
    assert not any(same_bits(anew.grown, i, result.grown, i) for i in range(4))
    third = engine.step(engine.again(anew, [2]))
    assert not same_bits(third.grown, 0, anew.grown, 2)
    assert third.grown.candidate_ids[0].startswith("c2.3~")


def test_the_coarse_scales_of_one_and_the_fine_ones_of_another():
    engine = fake_engine()
    state, _ = walked(engine, 6)
    child = grown_to(engine, engine.cross(state, 3, 0, scale=2), 6)
    assert len(child) == 1
    assert same_bits(child, 0, state, 3, 2)
    assert all(torch.equal(a[0], b[0]) for a, b in zip(child.bits[2:], state.bits[2:], strict=True))


def test_the_future_depends_on_no_other_candidate():
    engine = fake_engine()
    state, result = walked(engine, 5)
    alone = engine.commit(result, Selection((2,)))
    pair = [engine.redraw(s, row, LEFT, from_scale=2, copies=n) for s, row, n in ((state, 2, 4), (alone, 0, 1))]
    assert pair[0].candidate_ids[0] == pair[1].candidate_ids[0]
    ends = [finish(engine, s) for s in pair]
    assert same_bits(ends[0], 0, ends[1], 0)
    some, every = engine.again(result, [2]), engine.again(result)
    assert some.candidate_ids[0] == every.candidate_ids[2]
    assert same_bits(finish(engine, some), 0, finish(engine, every), 2)


def test_what_was_decided_stays_decided_up_to_where_it_was_turned():
    engine = fake_engine()
    state, result = walked(engine, 7, SearchConfig(n=1))
    redrawn, opened = (engine.redraw(s, 0, LEFT, from_scale=1, copies=8) for s in (state, result.grown))
    decisions: list[tuple[int, Any, Any]] = []
    for _ in range(7 - 1):
        one, other = engine.step(redrawn), engine.step(opened)
        decisions.append((one.scale, one.decision, other.decision))
        assert one.proposal.parents == tuple(range(8))
        redrawn, opened = engine.commit(one), engine.commit(other)
    assert decisions == [(k, None, None) for k in range(1, 6)] + [(6, None, "resample")]
    assert len(engine.commit(engine.step(grown_to(engine, redrawn, 9)))) < 8, "the next decision is taken again"


def test_states_hang_where_the_ancestor_was_chosen_and_tell_every_move():
    engine = fake_engine()
    state, _ = walked(engine, 5)
    third, _ = walked(engine, 3)
    redrawn = engine.redraw(state, 1, LEFT, from_scale=3, copies=2)
    assert redrawn.parent_id == third.parent_id
    assert redrawn.choices == (*third.choices[:2], (1, 1))
    assert engine.redraw(state, 1, LEFT, from_scale=0).parent_id is None
    assert redrawn.id == engine.redraw(state, 1, LEFT.repeat(2, 0), from_scale=3, copies=2).id
    others = (
        engine.redraw(state, 1, ~LEFT, from_scale=3, copies=2),
        engine.redraw(state, 1, LEFT, from_scale=2, copies=2),
    )
    assert len({redrawn.id, *(other.id for other in others)}) == 3
    recipe = state_recipe(redrawn, 0)
    assert recipe["format"] == 2
    assert "choices" not in recipe
    assert state_recipe(state, 0)["format"] == 1
    twice = engine.redraw(grown_to(engine, redrawn, 5), 0, LEFT, from_scale=4)
    assert len([m for m in twice.path if not isinstance(m, tuple)]) == 2


def test_a_cache_is_cut_and_not_made_again():
    engine = fake_engine()
    state, result = walked(engine, 5)
    backend = backend_of(engine)
    restored = backend.restored
    for turned in (engine.redraw(state, 1, NONE, from_scale=3), engine.again(result)):
        assert turned.kv is not None
        engine.step(turned)
    assert backend.restored == restored


def test_what_does_not_fit_is_refused():
    engine = fake_engine()
    state, result = walked(engine, 3)
    refused: list[tuple[Any, str]] = [
        (lambda: engine.redraw(state, 9, ALL, from_scale=1), "candidates here are 0 to 3"),
        (lambda: engine.redraw(state, 0, ALL, from_scale=3), "scales 0 to 2"),
        (lambda: engine.redraw(state, 0, ALL, from_scale=1, copies=0), "copies is 0"),
        (lambda: engine.redraw(state, 0, [[0.5]], from_scale=1), "True or False"),
        (lambda: engine.redraw(state, 0, ALL[0], from_scale=1), "True or False"),
        (lambda: engine.again(result, ()), "Nothing is selected"),
        (lambda: engine.cross(state, 0, 4, scale=1), "candidates here are 0 to 3"),
    ]
    for call, words in refused:
        with pytest.raises(SelectionError, match=words):
            call()
    with pytest.raises(StateError, match="none from state"):
        engine.turn(state, engine.redraw(walked(engine, 5)[0], 0, ALL, from_scale=1).path[-1])  # type: ignore[arg-type]


def test_a_cell_is_kept_where_most_of_it_is():
    keep = torch.zeros(6, 6, dtype=torch.bool)
    keep[:, :4] = True
    assert kept_cells(keep, 1, 3).tolist() == [[True, True, False]]
    assert kept_cells(keep, 1, 2).tolist() == [[True, False]], "a third of the second half is no most"
    assert kept_cells(keep, 2, 4).tolist() == [[True, True, True, False]] * 2
    half = torch.tensor([[True, False]])
    assert kept_cells(half, 1, 1).tolist() == [[False]]
