"""Runs in memory: one object for each, none that is unsaved or in use is lost, and nobody waits for another's run."""

from __future__ import annotations

import gc
import threading

import pytest
from engine_fakes import page_engine
from ui_helpers import PROMPT, go_to

from ttsvar.config import SearchConfig
from ui.session import store as module
from ui.session.store import SessionStore


def test_a_run_that_somebody_holds_is_one_object_however_many_come(store: SessionStore) -> None:
    store.capacity = 2
    session = store.create(PROMPT, SearchConfig(), 0)
    for seed in range(1, 6):
        store.create(PROMPT, SearchConfig(), seed)
    assert store.get(session.id) is session


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
