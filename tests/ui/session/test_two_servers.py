"""Two servers over one folder: what either has answered is on disk, and both find all of it."""

from __future__ import annotations

import pytest
from engine_fakes import page_engine
from ui_helpers import go_to

from ttsvar.config import SearchConfig
from ttsvar.errors import StateError
from ui.panels.duel import model as duel
from ui.session.branches import rename
from ui.session.session import Session
from ui.session.store import SessionStore


@pytest.fixture
def other(session: Session, store: SessionStore) -> Session:
    """The same run in another server."""
    found = SessionStore(page_engine(), store.root).get(session.id)
    assert found is not None
    assert found is not session
    return found


def reopened(session: Session, store: SessionStore) -> Session:
    found = SessionStore(page_engine(), store.root).get(session.id)
    assert found is not None
    return found


def test_branches_of_both_are_kept(session: Session, other: Session, store: SessionStore) -> None:
    root = session.current
    mine = session.open(session.commit(root, [1, 0, 0, 0, 0, 0, 0, 0])).state.id
    theirs = other.open(other.commit(root, [0, 2, 0, 0, 0, 0, 0, 0])).state.id
    rename(session, root, "mine")
    other.save()
    again = reopened(session, store)
    assert {mine, theirs} <= {node.state.id for node in again.history}
    assert again.history.names == {"mine": root}
    assert theirs in session.history
    assert session.current == mine, "each stands where it stood"
    assert other.history.node(mine).result is not None


def test_comparisons_of_both_are_kept(session: Session, other: Session, store: SessionStore) -> None:
    at = go_to(session, 2)
    other.save()
    for one, kept in ((session, [1, 1, 0, 0, 0, 0, 0, 0]), (other, [0, 0, 1, 1, 0, 0, 0, 0])):
        starts = duel.part(one, at, kept)
        *_, heads = duel.race(one, starts, one.take_turn())
        duel.settle(one, at, heads)
    other.save()
    assert len(other.annotations.duels) == 2
    assert len(reopened(session, store).annotations.duels) == 2


def test_a_run_that_another_server_left_damaged_is_written_anew(session: Session, store: SessionStore) -> None:
    assert session.folder is not None
    (session.folder / "run.json").write_text("{")
    session.save()
    assert reopened(session, store).current == session.current


def test_another_run_is_not_taken_in(session: Session, store: SessionStore) -> None:
    with pytest.raises(StateError, match="another session"):
        session.history.take_in(store.create("a cup", SearchConfig(), 3).history)


def test_where_another_server_went_on_is_ahead_here(session: Session, other: Session) -> None:
    root = session.current
    theirs = other.open(other.commit(root)).state.id
    assert session.ahead(root) == []
    session.save()
    assert session.ahead(root) == [theirs]
