"""Runs: nothing is computed twice, branches are kept, a restart loses nothing, old runs go."""

from __future__ import annotations

import pytest
from engine_fakes import FakeBackend, backend_of, page_engine
from ui_helpers import PROMPT, go_to, page_at

from ttsvar.config import SearchConfig
from ttsvar.engine.loop import Engine
from ttsvar.errors import SelectionError, StateError, StoppedError
from ttsvar.types import ScaleSchedule
from ui.scene.lineage import branches
from ui.session.session import Session
from ui.session.store import SessionStore
from ui.session.walk import best_row
from ui.shell.contract import MOST_COPIES


def test_going_back_and_on_again_computes_nothing(session: Session, backend: FakeBackend) -> None:
    at_five = go_to(session, 5)
    go_to(session, 8)
    grown, decoded = list(backend.grown), backend.decoded
    session.open(at_five)
    go_to(session, 8)
    assert backend.grown == grown
    assert backend.decoded == decoded


def test_another_choice_makes_a_branch_and_both_are_kept(session: Session) -> None:
    at_two = go_to(session, 2)
    first_end = go_to(session, 13)
    session.open(at_two)
    session.open(session.commit(at_two, [1, 1, 0, 0, 0, 0, 0, 0]))
    second_end = go_to(session, 13)
    ends = {node.state.id for node in session.history.leaves()}
    assert ends == {first_end, second_end}
    assert session.ahead(at_two)[-1] == second_end
    session.walked(first_end)
    assert session.ahead(at_two)[-1] == first_end
    assert [b.title for b in branches(session, first_end)] == ["Branch 1", "Branch 2"]
    assert [b.here for b in branches(session, first_end)] == [True, False]


def test_the_same_choice_by_hand_is_the_proposal(session: Session) -> None:
    at_two = go_to(session, 2)
    result = session.history.node(at_two).result
    assert result is not None
    counts = [result.proposal.parents.count(i) for i in range(8)]
    by_counts = session.commit(at_two, counts)
    selection = session.history.node(by_counts).selection
    assert selection == result.proposal
    assert selection is not None
    assert selection.source == "strategy"
    assert by_counts == session.commit(at_two, None)
    by_hand = session.history.node(session.commit(at_two, [1, 1, 1, 0, 0, 0, 0, 0])).selection
    assert by_hand is not None
    assert by_hand.source == "user"


def test_a_candidate_may_have_as_many_copies_as_the_page_offers_and_no_more(session: Session) -> None:
    copied = session.commit(session.current, [MOST_COPIES] + [0] * 7)
    assert len(session.history.node(copied).state) == MOST_COPIES == 16
    with pytest.raises(SelectionError):
        session.commit(session.history.root.state.id, [MOST_COPIES + 1] + [0] * 7)


@pytest.mark.parametrize(
    "counts", [[], [1], [0] * 8, [1] * 9, [-1] + [1] * 7, [99] + [1] * 7, [True] * 8, ["1"] * 8, [1.5] * 8]
)
def test_choices_that_do_not_fit_are_refused(session: Session, counts: list) -> None:
    with pytest.raises(SelectionError):
        session.commit(session.current, counts)


def test_an_unknown_state_is_refused(session: Session) -> None:
    with pytest.raises(StateError):
        session.open("nonsense")


def test_a_restart_loses_nothing_and_computes_nothing(session: Session, store: SessionStore) -> None:
    at_two = go_to(session, 2)
    session.open(session.commit(at_two, [2, 0, 1, 0, 0, 0, 0, 1]))
    at = go_to(session, 7)
    before = page_at(session, at)
    engine = page_engine()
    again = SessionStore(engine, store.root).get(session.id)
    assert again is not None
    assert again.current == at
    after = page_at(again, again.current)
    assert backend_of(engine).grown == []
    assert backend_of(engine).decoded == 0
    for name in ("stepper", "lineage", "features", "resampling", "scores"):
        assert after[name] == before[name], name
    go_to(again, 13)
    go_to(session, 13)
    assert again.current == session.current


def test_after_a_restart_the_branch_last_walked_is_ahead(session: Session, store: SessionStore) -> None:
    at_two = go_to(session, 2)
    first = go_to(session, 4)
    session.open(at_two)
    session.open(session.commit(at_two, [1, 1, 0, 0, 0, 0, 0, 0]))
    session.open(first)
    again = SessionStore(page_engine(), store.root).get(session.id)
    assert again is not None
    assert again.current == first
    assert again.ahead(at_two)[-1] == first, "and not the branch that was begun last"


def test_after_a_restart_a_branch_that_was_left_leads_on_too(session: Session, store: SessionStore) -> None:
    at_two = go_to(session, 2)
    first = go_to(session, 4)
    session.open(at_two)
    session.open(session.commit(at_two, [1, 1, 0, 0, 0, 0, 0, 0]))
    again = SessionStore(page_engine(), store.root).get(session.id)
    assert again is not None
    left = next(node.state.id for node in again.history.path(first) if node.state.scale == 3)
    assert again.ahead(left)[-1] == first


def test_runs_are_told_apart_and_strange_ids_are_no_runs(store: SessionStore) -> None:
    one, two = (store.create(PROMPT, SearchConfig(), seed) for seed in (1, 2))
    assert store.get(one.id) is one
    assert store.get(two.id) is two
    for strange in ("", "../../etc", "a" * 40, "missing1"):
        assert store.get(strange) is None


def test_a_run_of_another_model_is_not_reopened(session: Session, store: SessionStore) -> None:
    engine = page_engine()
    engine.name = "other"
    assert SessionStore(engine, store.root).get(session.id) is None


def test_a_run_of_another_schedule_is_not_reopened(session: Session, store: SessionStore) -> None:
    engine = page_engine()
    engine.schedule = ScaleSchedule(tuple((side, side) for side in range(1, 14)))
    assert engine.schedule != session.run.schedule
    assert len(engine.schedule) == len(session.run.schedule)
    assert SessionStore(engine, store.root).get(session.id) is None


def test_a_damaged_run_is_not_reopened(session: Session, store: SessionStore, engine: Engine) -> None:
    assert session.folder is not None
    (session.folder / "run.json").write_text("{")
    assert SessionStore(engine, store.root).get(session.id) is None


def test_a_turn_that_is_taken_meanwhile_stops_the_scale_within_a_chunk(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = session.current
    new = session.commit(at)
    monkeypatch.setattr(session, "_doing", lambda node: lambda part, items: session.take_turn())
    with pytest.raises(StoppedError):
        session.open(new)
    assert session.leave(new) == at
    assert session.current == at
    monkeypatch.undo()
    assert session.open(new).result is not None
    assert session.leave(new) == new, "somebody else has drawn it meanwhile"
    assert session.current == new


def test_a_damaged_value_that_was_shown_is_made_again(session: Session, store: SessionStore) -> None:
    end = go_to(session, 13)
    best = best_row(session, end)
    assert session.folder is not None
    (session.folder / "shown" / f"{end}-best.json").write_text("{")
    again = SessionStore(page_engine(), store.root).get(session.id)
    assert again is not None
    assert best_row(again, end) == best
    assert (session.folder / "shown" / f"{end}-best.json").read_text() == str(best)


def test_the_first_scale_is_drawn_whoever_takes_a_turn_meanwhile(
    store: SessionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = store.create(PROMPT, SearchConfig(), 1)
    assert session.left_running is False
    monkeypatch.setattr(session, "_doing", lambda node: lambda part, items: session.take_turn())
    session.grow(session.current)
    assert session.history.root.result is not None


def test_what_is_not_there_yet_is_said(session: Session) -> None:
    at = session.current
    new = session.commit(at)
    with pytest.raises(StateError, match="has not been generated yet"):
        session.commit(new)
    for state in (at, new):
        with pytest.raises(StateError, match="is not finished"):
            session.finished(state)
