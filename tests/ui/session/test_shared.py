"""Room mode: one recipe is drawn once for all, up to the first choice by hand, and nobody sees another's choices."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch
from engine_fakes import FakeBackend
from ui_helpers import PROMPT, go_to, page_at

from ttsvar.config import SearchConfig
from ttsvar.engine.loop import Engine
from ttsvar.errors import StoppedError
from ui.session.session import Session
from ui.session.shared import Shared
from ui.session.store import SessionStore

OTHERWISE = [2, 2, 1, 1, 0, 0, 0, 0]


@pytest.fixture
def room(engine: Engine, tmp_path: Path) -> SessionStore:
    return SessionStore(engine, tmp_path / "runs", shared=Shared())


def begin(store: SessionStore, seed: int = 0) -> Session:
    session = store.create(PROMPT, SearchConfig(), seed)
    session.open(session.current)
    return session


def bits_of(session: Session) -> list[torch.Tensor]:
    return [part for node in session.history if node.result is not None for part in node.result.grown.bits]


def test_the_second_of_a_class_draws_and_decodes_nothing(room: SessionStore, backend: FakeBackend) -> None:
    first = begin(room)
    page = page_at(first, go_to(first, 6))
    drawn, decoded = len(backend.grown), backend.decoded
    second = begin(room)
    again = page_at(second, go_to(second, 6))
    assert (len(backend.grown), backend.decoded) == (drawn, decoded)
    assert again["clusters"] == page["clusters"]
    assert all(torch.equal(a, b) for a, b in zip(bits_of(first), bits_of(second), strict=True))


def test_what_one_chooses_is_nobody_elses(room: SessionStore, tmp_path: Path, backend: FakeBackend) -> None:
    mine, other = begin(room), begin(room)
    for session in (mine, other):
        go_to(session, 2)
    mine.open(mine.commit(mine.current, OTHERWISE))
    drawn = len(backend.grown)
    other.open(other.commit(other.current))
    assert len(backend.grown) > drawn, "the choice by hand of the one leads elsewhere"
    assert mine.current not in other.history
    same = begin(room)
    same.open(same.commit(go_to(same, 2), OTHERWISE))
    assert same.current == mine.current
    alone = SessionStore(mine.engine, tmp_path / "alone")
    own = begin(alone)
    own.open(own.commit(go_to(own, 2), OTHERWISE))
    assert all(torch.equal(a, b) for a, b in zip(bits_of(mine), bits_of(own), strict=True))
    assert all(torch.equal(a, b) for a, b in zip(bits_of(mine), bits_of(same), strict=True))


def test_a_choice_by_hand_is_drawn_by_whoever_made_it(room: SessionStore, backend: FakeBackend) -> None:
    sessions = [begin(room), begin(room)]
    counts = []
    for session in sessions:
        at = session.commit(go_to(session, 2), OTHERWISE)
        before = len(backend.grown)
        session.open(at)
        counts.append(len(backend.grown) - before)
    assert counts[0] == counts[1] > 0


def test_another_seed_is_another_run(room: SessionStore, backend: FakeBackend) -> None:
    begin(room)
    drawn = len(backend.grown)
    begin(room, seed=1)
    assert len(backend.grown) > drawn


def test_a_class_that_begins_at_once_is_drawn_once(room: SessionStore, backend: FakeBackend) -> None:
    sessions = [room.create(PROMPT, SearchConfig(), 0) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda session: session.open(session.current), sessions))
    single = len(backend.grown)
    begin(room)
    assert len(backend.grown) == single
    assert {session.current for session in sessions} == {sessions[0].current}


def test_whoever_waits_draws_where_the_first_was_stopped() -> None:
    shared, begun, go = Shared(), threading.Event(), threading.Event()

    def stopped() -> str:
        begun.set()
        go.wait(10)
        raise StoppedError("stopped")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(shared.once, "step", "a", stopped)
        begun.wait(10)
        second = pool.submit(shared.once, "step", "a", lambda: "drawn")
        go.set()
        assert second.result(10) == "drawn"
        with pytest.raises(StoppedError):
            first.result(10)
    assert shared.once("step", "a", lambda: "again") == "drawn"


def test_what_was_used_longest_ago_leaves_where_there_is_too_much() -> None:
    shared = Shared(most_bytes=10)
    for name in ("a", "b", "a", "c"):
        shared.once("text", name, lambda: "12345")
    assert shared.held == 10
    assert shared.once("text", "a", lambda: "other") == "12345"
    assert shared.once("text", "b", lambda: "other") == "other"
