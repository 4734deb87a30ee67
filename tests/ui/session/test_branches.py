"""Branches: which there are, what they are called, and that names outlive a restart."""

from __future__ import annotations

import re

import pytest
from engine_fakes import page_engine
from ui_helpers import go_to, page_at

from ttsvar.errors import StateError
from ui.panels.lineage.events import Lineage
from ui.scene.lineage import columns
from ui.session import branches
from ui.session.session import Session
from ui.session.store import SessionStore
from ui.shell.events import CandidateEvent, NameEvent


@pytest.fixture
def forked(session: Session) -> Session:
    """A run to scale 6, and a branch that keeps two others at scale 2, to scale 4."""
    at_two = go_to(session, 2)
    go_to(session, 6)
    session.open(at_two)
    session.open(session.commit(at_two, [1, 1, 0, 0, 0, 0, 0, 0]))
    go_to(session, 4)
    return session


def test_a_branch_keeps_its_number_while_others_grow(forked: Session) -> None:
    first, second = branches.lines(forked.history)
    assert [(b.name, b.parted) for b in (first, second)] == [("Branch 1", None), ("Branch 2", 2)]
    assert branches.line_of(forked.history, forked.current) == second
    forked.walked(first.end)
    forked.open(first.end)
    go_to(forked, 9)
    grown, same = branches.lines(forked.history)
    assert (grown.start, grown.name) == (first.start, first.name)
    assert forked.history.node(grown.end).state.scale == 9
    assert same == second


def test_a_name_is_kept_on_disk(forked: Session, store: SessionStore) -> None:
    second = branches.lines(forked.history)[1]
    assert branches.rename(forked, second.start, "  two\nof <them>  ") == "two of <them>"
    again = SessionStore(page_engine(), store.root).get(forked.id)
    assert again is not None
    assert [b.name for b in branches.lines(again.history)] == ["Branch 1", "two of <them>"]
    go_to(again, 7)
    assert branches.line_of(again.history, again.current).name == "two of <them>"
    assert "<them>" not in re.sub(r"&lt;them&gt;", "", page_at(again, again.current)["lineage"])


def test_a_second_name_replaces_the_first(forked: Session) -> None:
    start = branches.lines(forked.history)[1].start
    for name in ("one", "two"):
        branches.rename(forked, start, name)
    assert forked.history.names == {"two": start}


@pytest.mark.parametrize(
    ("name", "words"), [("", "needs a name"), ("\u200b \n", "needs a name"), ("Branch 1", "Another branch is called")]
)
def test_names_that_cannot_be_used_are_refused(forked: Session, name: str, words: str) -> None:
    with pytest.raises(StateError, match=words):
        branches.rename(forked, branches.lines(forked.history)[1].start, name)


def test_a_state_is_no_name_and_an_unknown_branch_is_refused(forked: Session) -> None:
    start = branches.lines(forked.history)[1].start
    with pytest.raises(StateError, match="choose another"):
        branches.rename(forked, start, forked.history.root.state.id)
    with pytest.raises(StateError, match="not part of the run"):
        branches.rename(forked, "nonsense", "mine")


def test_long_names_are_cut(forked: Session) -> None:
    given = branches.rename(forked, branches.lines(forked.history)[1].start, "x" * 500)
    assert len(given) == branches.LONGEST_NAME


def test_a_given_name_is_not_overwritten(forked: Session) -> None:
    start = branches.lines(forked.history)[1].start
    branches.name_once(forked, start, "Branch 1")
    assert branches.lines(forked.history)[1].name == "Branch 1 (2)"
    branches.name_once(forked, start, "other")
    assert branches.lines(forked.history)[1].name == "Branch 1 (2)"


def test_the_lineage_shows_copies_deaths_forks_and_pictures(forked: Session) -> None:
    at_two = next(n.state.id for n in forked.history if n.state.scale == 2)
    forked.open(at_two)
    forked.open(forked.commit(at_two, [2, 1, 0, 0, 0, 0, 0, 0]))
    shown = columns(forked, forked.current)
    assert shown[2].forks == ("Branch 1", "Branch 2")
    assert [d.alive for d in shown[2].dots] == [True, True] + 6 * [False]
    assert [d.born for d in shown[3].dots] == [False, True, False]
    lineage = page_at(forked, forked.current)["lineage"]
    assert "parts here: Branch 1, Branch 2" in lineage
    assert "+ c0.2b" in lineage
    assert lineage.count('class="death"') == 6
    assert lineage.count("<image ") == 8 * 3 + 3


def test_a_look_at_a_candidate_tells_its_story(forked: Session, store: SessionStore) -> None:
    events = Lineage(store)
    names = forked.history.current.state.candidate_ids
    seen = events.peek(CandidateEvent.read({"run": forked.id, "at": forked.current, "row": 1}))
    assert (seen["name"], seen["scale"], seen["alive"]) == (names[1], 4, 2)
    assert [s["scale"] for s in seen["story"]] == [0, 1, 2, 3, 4]
    at_two = forked.history.path()[2].state.id

    def peek(row: int) -> dict:
        return events.peek(CandidateEvent(run=forked.id, at=at_two, row=row))

    assert peek(5)["text"].endswith("It ends here.")
    assert peek(0)["text"].endswith("It goes on as c0.")


@pytest.mark.parametrize(("at", "row"), [("nonsense", 0), (None, 99), (None, -1), (None, "0"), (None, True)])
def test_looks_that_do_not_fit_are_refused(forked: Session, store: SessionStore, at: str | None, row: int) -> None:
    answer = Lineage(store).peek(CandidateEvent.read({"run": forked.id, "at": at or forked.current, "row": row}))
    assert "reload the page" in answer["error"]


def test_a_run_that_is_gone_is_said_to_be(store: SessionStore) -> None:
    events = Lineage(store)
    assert "no longer kept" in events.peek(CandidateEvent.read({"run": "gonegone", "at": "x", "row": 0}))["error"]
    assert "no longer kept" in events.rename(NameEvent.read({"run": "gonegone", "start": "x", "name": "y"}))["error"]
