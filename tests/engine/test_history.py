"""The session's tree: parents, branches, names, and which caches are kept."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engine_fakes import fake_engine
from history_steps import advance, session

from ttsvar.engine.history import History
from ttsvar.engine.moves import turn_selection
from ttsvar.errors import StateError
from ttsvar.types import Candidates, Component, Selection


def test_a_line_and_its_branches():
    engine, history = session()
    for _ in range(4):
        advance(engine, history)
    trunk = history.path()
    assert [n.state.scale for n in trunk] == [0, 1, 2, 3, 4]
    history.go(trunk[2].state.id)
    branch = advance(engine, history, (0, 0, 3))
    assert branch.selection is not None
    assert branch.selection.source == "user"
    assert branch.state.candidate_ids == ("c0", "c0.2b", "c3")
    assert history.children(trunk[2].state.id) == (history.node(trunk[3].state.id), branch)
    assert history.parent(branch.state.id) == history.node(trunk[2].state.id)
    assert history.parent(history.root.state.id) is None
    assert [n.state.id for n in history.leaves()] == [trunk[4].state.id, branch.state.id]
    assert len(history) == 6
    assert history.node(trunk[2].result.grown.id if trunk[2].result else "").state.id == trunk[2].state.id


def test_the_same_choice_again_is_the_same_node():
    engine, history = session()
    first = advance(engine, history)
    history.go(history.root.state.id)
    again = advance(engine, history)
    assert again.state.id == first.state.id
    assert len(history) == 2
    assert len(history.leaves()) == 1


def test_going_the_same_way_again_keeps_what_was_computed_there():
    engine, history = session()
    first = advance(engine, history)
    second = advance(engine, history)
    history.go(history.root.state.id)
    again = advance(engine, history)
    assert again.state.id == first.state.id
    assert again.selection == first.selection
    assert again.result is not None, "its step is still there"
    assert history.children(again.state.id) == (second,)


def test_named_branches():
    engine, history = session()
    here = advance(engine, history)
    history.name("mine")
    advance(engine, history)
    assert history.go("mine").state.id == here.state.id
    history.name("mine", history.root.state.id)
    assert history.go("mine") is history.root
    for bad in ("", "  "):
        with pytest.raises(StateError, match="name"):
            history.name(bad)


def _heavy(history: History) -> list[str]:
    return [
        n.state.id
        for n in history
        if n.state.kv is not None
        or (n.result and (n.result.grown.kv is not None or n.result.candidates.images is not None))
    ]


@pytest.mark.parametrize("limit", [1, 2, 4])
def test_at_most_so_many_caches_and_the_path_first(limit: int):
    engine, history = session(limit, strategy="raw")
    for _ in range(5):
        advance(engine, history)
        assert len(_heavy(history)) <= limit
        assert history.current.state.kv is not None
    start = history.path()[1].state.id
    history.go(start)
    for _ in range(2):
        advance(engine, history, (0,))
    kept = _heavy(history)
    assert len(kept) <= limit
    assert history.current.state.id in kept
    on_path = [n.state.id for n in history.path()]
    if limit <= 2:
        assert set(kept) <= set(on_path)


def test_a_dropped_state_goes_on_as_before():
    engine, history = session(1)
    for _ in range(13):
        advance(engine, history)
    first, last = history.root, history.current
    assert first.state.kv is None
    history.go(first.state.id)
    nodes = len(history)
    for _ in range(13):
        node = history.current
        history.add_result(engine.step(node.state))
        advance(engine, history)
    assert history.current.state.id == last.state.id
    assert len(history) == nodes


def test_costs_add_up_along_a_branch():
    engine, history = session()
    for _ in range(13):
        advance(engine, history)
    assert history.cost().parts[Component.DECODE].items == 2 * 21
    assert history.cost(history.root.state.id).parts == {}


def test_what_a_person_saw_is_noted():
    engine, history = session()
    node = history.add_result(engine.step(history.current.state))
    assert node.result is not None
    seen, _ = engine.observe(node.result.grown)
    assert history.add_seen(node.result.grown.id, seen) is history.root
    assert history.root.seen is seen


def test_what_a_person_saw_loses_its_pictures_with_the_caches_and_keeps_its_numbers():
    engine, history = session(1)
    node = history.add_result(engine.step(history.current.state))
    seen, _ = engine.observe(node.stepped.grown)
    history.add_seen(node.state.id, seen)
    for _ in range(2):
        advance(engine, history)
    kept = history.root.seen
    assert kept is not None
    assert kept.images is None
    assert kept.features is None
    for name in ("scores", "labels", "probabilities", "clustering_input"):
        assert getattr(kept, name) is getattr(seen, name), name


def test_a_state_without_a_step_says_so():
    _, history = session()
    with pytest.raises(StateError, match="Scale 0 has not been generated yet"):
        _ = history.current.stepped


def test_strangers_are_refused():
    engine, history = session()
    result = engine.step(history.current.state)
    state = engine.commit(result)
    with pytest.raises(StateError, match="no state"):
        history.node("nothing")
    with pytest.raises(StateError, match="no state"):
        history.add_state(state, result.proposal)
    with pytest.raises(StateError, match="not been stepped"):
        history.add_seen(history.root.state.id, Candidates())
    with pytest.raises(StateError, match="begin"):
        History(state)
    with pytest.raises(StateError, match="max_caches"):
        History(replace(history.root.state), max_caches=0)
    assert state.id not in history
    assert history.root.state.id in history


def test_a_history_has_the_recipe_of_its_beginning():
    _, history = session()
    assert history.run is history.root.state.run


def test_a_choice_from_another_drawing_of_a_step_is_refused():
    engine, history = session()
    result = engine.step(history.current.state)
    state = engine.commit(result)
    history.add_result(result)
    history.add_result(replace(result, grown=replace(result.grown, id="other")))
    with pytest.raises(StateError, match="has not seen"):
        history.add_state(state, result.proposal)
    assert state.id not in history


def test_a_way_back_tells_its_own_selection_and_may_begin_anew():
    engine, history = session()
    for _ in range(3):
        advance(engine, history)
    at = history.current.state
    turned = engine.redraw(at, 0, [[False]], from_scale=2, copies=2)
    node = history.add_state(turned, Selection((3,)))
    assert node.selection == turn_selection(turned)
    assert history.parent(turned.id) is not None
    afresh = engine.redraw(at, 0, [[False]], from_scale=0, copies=2)
    assert history.add_turn(afresh).state is afresh
    assert history.parent(afresh.id) is None
    assert history.path() == (history.node(afresh.id),)


def test_what_another_copy_has_beyond_this_one_is_taken_in():
    engine, history = session()
    advance(engine, history)
    other = History(history.root.state)
    result = engine.step(other.current.state)
    other.add_result(result)
    ahead = other.add_state(engine.commit(result, Selection((0, 1))), Selection((0, 1)))
    other.name("theirs")
    bare = History(history.root.state)
    assert [node.state.id for node in bare.take_in(other)] == [ahead.state.id]
    assert bare.root.result is result
    assert bare.parent(ahead.state.id) is bare.root
    assert bare.names == {"theirs": ahead.state.id}
    assert bare.current is bare.root, "one stands where one stood"
    assert [node.state.id for node in history.take_in(other)] == [ahead.state.id]
    stranger = fake_engine().begin("a cup", seed=2)
    with pytest.raises(StateError, match="another session"):
        history.take_in(History(stranger))


def test_nothing_is_dropped_while_few_hold_anything_and_pictures_count_as_much_as_features():
    engine, history = session(max_caches=3)
    first = advance(engine, history)
    seen, _ = engine.observe(history.root.stepped.grown, features=False)
    history.add_seen(history.root.state.id, seen)
    advance(engine, history)
    assert history.root.seen is seen
    assert history.node(first.state.id).state.kv is not None
    for _ in range(4):
        advance(engine, history)
    assert history.root.seen is not None
    assert history.root.seen.images is None


def test_the_pictures_of_a_step_alone_are_dropped_as_caches_are():
    engine, _ = session()
    root = engine.begin("two red stars", seed=3)
    history, result = History(replace(root, kv=None), max_caches=1), engine.step(root)
    bare = replace(result, grown=replace(result.grown, kv=None), candidates=engine.observe(result.grown)[0])
    history.add_result(bare)
    history.add_state(replace(engine.commit(result), kv=None), result.proposal)
    for _ in range(2):
        advance(engine, history)
    candidates = history.root.stepped.candidates
    assert candidates.images is None
    assert candidates.features is None
