"""Runs in memory: one object for each, none that is unsaved or in use is lost, and nobody waits for another's run."""

from __future__ import annotations

import gc
import threading
from pathlib import Path
from weakref import ref

import pytest
from engine_fakes import page_engine
from ui_helpers import PROMPT, go_to

from ttsvar.config import SearchConfig
from ttsvar.errors import StateError
from ui.session import store as module
from ui.session.session import Session
from ui.session.store import SessionStore


def test_a_run_that_somebody_holds_is_one_object_however_many_come(store: SessionStore) -> None:
    store.capacity = 2
    session = store.create(PROMPT, SearchConfig(), 0)
    for seed in range(1, 6):
        store.create(PROMPT, SearchConfig(), seed)
    assert store.get(session.id) is session


@pytest.mark.slow
def test_a_run_that_left_memory_comes_back_from_disk(store: SessionStore) -> None:
    store.capacity = 2
    session = store.create(PROMPT, SearchConfig(), 0)
    session.open(session.current)
    at, run_id = go_to(session, 2), session.id
    del session
    for seed in range(1, 6):
        store.create(PROMPT, SearchConfig(), seed)
    gc.collect()
    again = store.get(run_id)
    assert again is not None
    assert again.current == at


@pytest.mark.slow
def test_what_is_not_on_disk_stays_in_memory(store: SessionStore) -> None:
    store.capacity = 2
    session = store.create(PROMPT, SearchConfig(), 0)
    assert not session.kept.unsaved
    session.grow(session.current)
    assert session.kept.unsaved
    run_id = session.id
    del session
    for seed in range(1, 6):
        store.create(PROMPT, SearchConfig(), seed)
    gc.collect()
    again = store.get(run_id)
    assert again is not None
    assert again.history.current.result is not None
    again.save()
    assert not again.kept.unsaved


def test_without_a_folder_no_run_is_dropped() -> None:
    store = SessionStore(page_engine(), None, capacity=2)
    ids = [store.create(PROMPT, SearchConfig(), seed).id for seed in range(5)]
    assert all(store.get(run_id) is not None for run_id in ids)


def test_reopening_one_run_keeps_nobody_else_waiting(store: SessionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = store.create(PROMPT, SearchConfig(), 0).id
    other = SessionStore(page_engine(), store.root)
    fast = other.create(PROMPT, SearchConfig(), 1)
    reading, go_on, true = threading.Event(), threading.Event(), module.load_history

    def waits(folder: object) -> object:
        reading.set()
        assert go_on.wait(30)
        return true(folder)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "load_history", waits)
    found: list[object] = []
    readers = [threading.Thread(target=lambda: found.append(other.get(slow))) for _ in range(2)]
    for reader in readers:
        reader.start()
    assert reading.wait(30)
    assert other.get(fast.id) is fast
    other.create(PROMPT, SearchConfig(), 2)
    go_on.set()
    for reader in readers:
        reader.join()
    assert found[0] is not None
    assert found[0] is found[1], "both got the same run"


@pytest.mark.slow
def test_runs_beyond_the_capacity_leave_memory(store: SessionStore) -> None:
    store.capacity = 2
    runs = [ref(store.create(PROMPT, SearchConfig(), seed)) for seed in range(5)]
    gc.collect()
    assert [run() is not None for run in runs] == [False, False, False, True, True]


def test_who_is_looked_at_stays_and_the_longest_unseen_leaves(store: SessionStore) -> None:
    store.capacity = 2
    first, second = store.create(PROMPT, SearchConfig(), 0).id, store.create(PROMPT, SearchConfig(), 1).id
    assert store.get(first) is not None
    store.create(PROMPT, SearchConfig(), 2)
    assert first in store._open
    assert second not in store._open


def test_a_run_that_is_taken_in_fills_a_folder_that_is_there(store: SessionStore, session: Session) -> None:
    assert session.folder is not None
    files = {path.name: path.read_bytes() for path in session.folder.iterdir() if path.is_file()}
    steps = {path.name: path.read_bytes() for path in (session.folder / "steps").iterdir()}

    def fill(folder: Path) -> None:
        for name, content in files.items():
            (folder / name).write_bytes(content)
        (folder / "steps").mkdir()
        for name, content in steps.items():
            (folder / "steps" / name).write_bytes(content)

    adopted = store.adopt(fill, {"from": "elsewhere"})
    assert adopted.id != session.id
    assert adopted.current == session.current


@pytest.mark.slow
def test_a_discarded_run_is_gone_everywhere_and_may_be_gone_already(store: SessionStore) -> None:
    session = store.create(PROMPT, SearchConfig(), 0)
    store.discard(session)
    assert session.folder is not None
    assert not session.folder.exists()
    store.discard(session)
    weak = ref(session)
    assert store.get(session.id) is None
    del session
    gc.collect()
    assert weak() is None, "no list of the store holds it"


def test_the_use_of_a_run_is_noted_on_disk_once_a_while(store: SessionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    session, noted = store.create(PROMPT, SearchConfig(), 0), []
    monkeypatch.setattr(module.os, "utime", noted.append)
    for _ in range(3):
        store.get(session.id)
    assert len(noted) == 1
    session.noted -= module.NOTED_EVERY + 1
    store.get(session.id)
    assert len(noted) == 2


def test_what_was_grown_and_left_is_not_looked_at_again_for_pictures_that_nobody_asks_for(store: SessionStore) -> None:
    session = store.create(PROMPT, SearchConfig(), 0)
    session.grow(session.current)
    session.history.drop_caches()
    session.grow(session.current)
    seen = session.history.current.seen
    assert seen is not None
    assert seen.images is None


def test_what_was_not_grown_cannot_be_looked_at(store: SessionStore) -> None:
    session = store.create(PROMPT, SearchConfig(), 0)
    with pytest.raises(StateError, match="Scale 0 has not been generated yet"):
        session.look(session.current)
