"""What one visitor may take: each refusal names the limit and what to do, and others are not refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from engine_fakes import page_engine
from ui_helpers import PROMPT, services_over

from ttsvar.config import SearchConfig
from ttsvar.errors import RoomError
from ui.files.events import Files
from ui.session.budgets import Budget, Budgets
from ui.session.session import Session
from ui.session.store import SessionStore
from ui.shell.events import FileEvent


class Asking:
    """A store, who asks it, and the time."""

    def __init__(self, folder: Path, **limits: float) -> None:
        self.visitor, self.now = "one", 1e9
        self.store = SessionStore(page_engine(), folder, visitor=lambda: self.visitor)
        self.store.budgets = Budgets(Budget(**limits), clock=lambda: self.now)  # type: ignore[arg-type]

    def begin(self) -> Session:
        session = self.store.create(PROMPT, SearchConfig(), 0)
        session.touched = self.now
        return session


def test_so_many_candidates_are_alive_at_once_and_no_more(tmp_path: Path) -> None:
    asking = Asking(tmp_path, candidates=16, idle=60)
    held = [asking.begin(), asking.begin()]
    with pytest.raises(RoomError, match=r"You have 16 candidates alive in 2 unfinished runs.* may have 16\. Finish"):
        asking.begin()
    asking.visitor = "another"
    held.append(asking.begin())
    asking.visitor = ""
    held.append(asking.begin())
    asking.visitor, asking.now = "one", asking.now + 61
    held.append(asking.begin())
    assert len({session.id for session in held}) == 5, "what was left alone does not count"


def test_a_finished_run_does_not_count(tmp_path: Path) -> None:
    asking = Asking(tmp_path, candidates=8)
    first = asking.begin()
    while not first.history.current.state.done:
        first.open(first.current)
        first.open(first.commit(first.current))
    assert asking.begin().owner == "one"


def test_runs_that_can_rest_do_before_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asking = Asking(tmp_path, run_bytes=1000)
    first = asking.begin()
    first.open(first.current)
    before = first.history.held_bytes
    asking.store.budgets = Budgets(Budget(run_bytes=before - 1))
    asking.begin()
    assert first.history.held_bytes < before, "the caches went, as they can be made again"
    monkeypatch.setattr(Session, "rest", lambda self: None)
    asking.store.budgets = Budgets(Budget(run_bytes=1))
    with pytest.raises(RoomError, match=r"Your runs here hold .* MiB of memory; one visitor's may hold .* Wait until"):
        asking.begin()


def test_so_many_files_and_bytes_in_a_while(tmp_path: Path) -> None:
    asking = Asking(tmp_path, files=2, file_bytes=100, window=60)
    budgets = asking.store.budgets
    budgets.admit_file("one", 1000)
    for size in (10, 0):
        with pytest.raises(RoomError, match=r"You have brought 1 files of 0 MiB in the last 1 minutes.*in 60 seconds"):
            budgets.admit_file("one", size)
    budgets.admit_file("another", 60)
    asking.now += 20
    budgets.admit_file("another", 40)
    with pytest.raises(RoomError, match=r"2 files .* Try again in 40 seconds"):
        budgets.admit_file("another", 0)
    asking.now += 50
    budgets.admit_file("another", 60)
    for _ in range(9):
        budgets.admit_file("", 10**9)


def test_a_dropped_file_beyond_it_is_refused_in_place(tmp_path: Path) -> None:
    asking = Asking(tmp_path, files=1)
    files = Files(services_over(asking.store))
    first, second = (list(files.dropped(FileEvent(name="a", data="AAAA"))) for _ in range(2))
    assert "neither a PNG nor a ZIP" in first[-1]["notice"]
    assert "one visitor may bring 1" in second[-1]["notice"]
