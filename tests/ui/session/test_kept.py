"""What was answered is on disk, and what lies damaged beside a run does not keep it from opening."""

from __future__ import annotations

from pathlib import Path

import pytest
from engine_fakes import page_engine
from ui_helpers import PROMPT, go_to

from ttsvar.config import SearchConfig
from ttsvar.errors import StateError
from ttsvar.storage import atomic
from ui.api import Api
from ui.panels.duel import model as duel
from ui.panels.duel.scoreboard import Scoreboard
from ui.session.session import Session
from ui.session.store import SessionStore


def after_a_restart(store: SessionStore, run_id: str) -> Session:
    again = SessionStore(page_engine(), store.root).get(run_id)
    assert again is not None
    return again


def test_a_run_that_was_begun_is_there_after_a_restart(store: SessionStore) -> None:
    session = store.create(PROMPT, SearchConfig(), 5)
    assert after_a_restart(store, session.id).current == session.current


def test_a_selection_that_was_answered_is_there_after_a_restart(store: SessionStore) -> None:
    api = Api(store)
    run = api.begin(PROMPT)["run_id"]
    api.step(run)
    told = api.select(run, [0, 0, 1])
    state = after_a_restart(store, run).history.current.state
    assert (state.scale, list(state.candidate_ids)) == (told["scale"], told["candidates"])


def test_every_round_of_a_duel_is_there_after_a_restart(session: Session, store: SessionStore) -> None:
    at = go_to(session, 2)
    starts = duel.part(session, at, [1, 1, 0, 0, 0, 0, 0, 0])
    for heads in duel.race(session, starts, session.take_turn()):
        again = after_a_restart(store, session.id)
        assert all(head in again.history for head in heads)


@pytest.mark.parametrize("content", [b"", b"{", b"[" * 100_000, b"\xff\xfe", b"[]"])
def test_a_damaged_origin_counts_as_absent(
    session: Session, store: SessionStore, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    assert session.folder is not None
    (session.folder / "origin.json").write_bytes(content)
    assert after_a_restart(store, session.id).origin == {}
    assert (f"the origin of run {session.id} is left out" in caplog.text) == (content != b"[]")


@pytest.mark.parametrize(
    "bad", [b"\xff\xfe\n", b"[" * 5000 + b"\n", b"3\n", b'{"duel": 3}\n', b'{"duel": {"when": "x"}}\n', b"{"]
)
def test_a_bad_line_of_the_class_stops_no_start_and_loses_no_other(tmp_path: Path, bad: bytes) -> None:
    path = tmp_path / "class.jsonl"
    Scoreboard(path).name("a" * 16, "Anna")
    with path.open("ab") as file:
        file.write(bad)
    Scoreboard(path).name("b" * 16, "Bert")
    again = Scoreboard(path)
    assert (again.nickname("a" * 16), again.nickname("b" * 16)) == ("Anna", "Bert")


def test_a_full_disk_is_said_and_the_run_goes_on_when_there_is_room(
    session: Session, store: SessionStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: str, target: Path) -> None:
        raise OSError(28, "No space left on device", str(target))

    monkeypatch.setattr(atomic.os, "replace", full)
    with pytest.raises(StateError, match="No space left on device") as refused:
        session.open(session.commit(session.current))
    assert str(store.root) not in str(refused.value)
    monkeypatch.undo()
    assert session.folder is not None
    assert not [path for path in session.folder.rglob(".*") if path.is_file()], "no drafts are left"
    at = go_to(session, 3)
    assert after_a_restart(store, session.id).current == at
