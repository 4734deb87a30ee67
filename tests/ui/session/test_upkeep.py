"""What leaves the disk and memory: by age, by bytes, never what is in use or starred, and at little cost."""

from __future__ import annotations

import gc
import os
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from engine_fakes import page_engine
from ui_helpers import PROMPT, go_to

from ttsvar.config import SearchConfig
from ttsvar.storage.lock import writing
from ui.session import upkeep
from ui.session.session import Session
from ui.session.store import SessionStore
from ui.session.upkeep import Limits, attend

DAY = 86400.0


def unused(store: SessionStore, *days: float) -> list[str]:
    """Runs of nobody that were last used so many days ago."""
    ids = []
    for seed, age in enumerate(days):
        session = SessionStore(store.engine, store.root).create(PROMPT, SearchConfig(), seed)
        used = time.time() - age * DAY
        os.utime(folder(store, session.id) / "run.json", (used, used))
        ids.append(session.id)
    return ids


def folder(store: SessionStore, run_id: str) -> Path:
    assert store.root is not None
    return store.root / run_id


def left(store: SessionStore, ids: list[str]) -> list[bool]:
    store.sweep()
    return [folder(store, run_id).exists() for run_id in ids]


def test_old_runs_go_and_starred_ones_stay(store: SessionStore) -> None:
    ids = unused(store, 8, 9, 1)
    starred = SessionStore(store.engine, store.root).get(ids[1])
    assert starred is not None
    starred.kept.star(True)
    os.utime(folder(store, ids[1]) / "run.json", (0, 0))
    assert left(store, ids) == [False, True, True]
    starred.kept.star(False)
    assert not starred.kept.starred
    os.utime(folder(store, ids[1]) / "run.json", (0, 0))
    assert left(store, ids) == [False, False, True]


def test_beyond_the_bytes_the_longest_unused_go(store: SessionStore) -> None:
    ids = unused(store, 3, 1, 2)
    each = sum(path.stat().st_size for path in folder(store, ids[0]).rglob("*"))
    store.limits = Limits(disk_bytes=int(1.5 * each))
    assert left(store, ids) == [False, True, False]


def test_a_run_in_use_stays_until_nobody_has_touched_it_for_long(store: SessionStore) -> None:
    session = store.create(PROMPT, SearchConfig(), 0)
    store.limits = replace(store.limits, seconds=50)
    os.utime(folder(store, session.id) / "run.json", (0, 0))
    assert left(store, [session.id]) == [True]
    session.touched = 0
    session.take_turn()
    assert left(store, [session.id]) == [True], "somebody acted in it just now"
    session.touched = 0
    assert left(store, [session.id]) == [False]
    assert store.get(session.id) is None


def test_what_another_server_uses_or_writes_stays(store: SessionStore) -> None:
    ids = unused(store, 8)
    runs = store._disk.runs()
    os.utime(folder(store, ids[0]) / "run.json")
    store._disk.delete(ids[0], runs[ids[0]].used)
    assert folder(store, ids[0]).exists(), "it was used since"
    os.utime(folder(store, ids[0]) / "run.json", (0, 0))
    with writing(folder(store, ids[0])):
        assert left(store, ids) == [True]
    assert left(store, ids) == [False]


def test_looking_at_a_run_is_noted_on_disk(store: SessionStore) -> None:
    session = store.create(PROMPT, SearchConfig(), 0)
    os.utime(folder(store, session.id) / "run.json", (0, 0))
    session.noted = 0.0
    assert store.get(session.id) is session
    assert left(SessionStore(page_engine(), store.root, Limits(seconds=50)), [session.id]) == [True]


def test_only_runs_that_changed_are_measured_again(store: SessionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = unused(store, 1, 2, 3)
    store.sweep()
    measured: list[str] = []
    true = upkeep._bytes
    monkeypatch.setattr(upkeep, "_bytes", lambda path: measured.append(path.name) or true(path))
    os.utime(folder(store, ids[1]) / "run.json")
    store.sweep()
    assert measured == [ids[1]]


def test_a_finished_run_that_is_left_drops_its_caches_and_goes_on_to_the_same_bits(
    session: Session, store: SessionStore
) -> None:
    end = go_to(session, 13)
    before, path = session.history.held_bytes, session.history.path()
    assert path[-1].state.kv is not None or path[-2].state.kv is not None
    store.rest()
    assert session.history.held_bytes == before, "somebody may still look at it"
    session.touched -= upkeep.IDLE_AT_THE_END + 1
    store.rest()
    assert session.history.held_bytes < before / 2
    assert all(node.state.kv is None for node in session.history)
    assert session.finished(end).images is not None, "made again"
    state = session.history.node(path[5].state.id).state
    assert state.bits[-1].equal(path[5].state.bits[-1])
    assert session.engine.step(state).grown.id == path[5].stepped.grown.id


def test_beyond_the_bytes_of_memory_the_longest_untouched_rest_first(store: SessionStore) -> None:
    sessions = [store.create(PROMPT, SearchConfig(), seed) for seed in range(3)]
    for number, session in enumerate(sessions):
        session.open(session.current)
        session.touched = time.time() - 3 + number
    heavy = sessions[2].history.held_bytes
    store.limits = Limits(memory_bytes=int(1.5 * heavy))
    store.rest()
    assert sessions[2].history.held_bytes == heavy
    assert sessions[0].history.held_bytes < heavy


def test_a_run_at_work_does_not_rest(session: Session) -> None:
    before = session.history.held_bytes
    with session.lock:
        attended = attend_once(session)
    assert attended == before


def attend_once(session: Session) -> int:
    """What a run holds after another thread wanted it to rest."""
    other = threading.Thread(target=session.rest)
    other.start()
    other.join()
    return session.history.held_bytes


@pytest.mark.slow
def test_the_thread_that_looks_after_a_store_sweeps_at_once_and_ends_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "LOOKED_EVERY", 0.01)

    class Store:
        swept = rested = 0

        @staticmethod
        def rest() -> None:
            Store.rested += 1
            raise OSError("once")

        def sweep(self) -> None:
            Store.swept += 1

    store = Store()
    thread = attend(store)
    while Store.rested < 3:
        time.sleep(0.01)
    del store
    gc.collect()
    thread.join(5)
    assert not thread.is_alive()
