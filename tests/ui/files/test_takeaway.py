"""What leaves the page and comes back: pictures, sessions, and every way in which a dropped file can be wrong."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
import torch
from engine_fakes import page_engine
from PIL import Image
from ui_helpers import PROMPT, go_to

from ttsvar.storage.png import png_bytes, read_recipe
from ui.files.events import Files
from ui.guide import recorded
from ui.panels.panel import Services
from ui.session.session import Session
from ui.session.store import SessionStore
from ui.shell.events import FileEvent, RunEvent
from ui.shell.quirks import Values


@pytest.fixture
def files(services: Services) -> Files:
    return Files(services)


def drop(files: Files, data: bytes) -> list[Values]:
    return list(files.dropped(FileEvent(name="file", data=base64.b64encode(data).decode())))


def shown_run(files: Files, values: Values) -> Session:
    session = files.store.get(values["here"].run)
    assert session is not None
    return session


def overruled(session: Session) -> str:
    go_to(session, 2)
    session.open(session.commit(session.current, [0, 2, 1, 0, 0, 0, 1, 0]))
    return go_to(session, 13)


def test_a_dropped_picture_reopens_its_run_to_the_bit(files: Files, session: Session) -> None:
    end = overruled(session)
    state = session.history.node(end).state
    *progress, last = drop(files, png_bytes(session.engine.best(state)))
    assert len(progress) == 13
    assert "scale 4 of 13" in progress[3]["notice"]
    assert "every bit of the picture as recorded" in last["notice"]
    again = shown_run(files, last)
    assert again.id != session.id
    assert again.current == end
    assert all(torch.equal(a, b) for a, b in zip(again.history.current.state.bits, state.bits, strict=True))
    assert [last[n] for n in ("prompt", "seed", "search", "n")] == [PROMPT, 0, "tts-var", 1]
    assert png_bytes(again.engine.best(again.history.current.state)) == png_bytes(session.engine.best(state))
    fresh = SessionStore(page_engine(), files.store.root).get(again.id)
    assert fresh is not None
    assert fresh.current == end, "it is kept like any other run"


@pytest.mark.slow
def test_a_dropped_session_reopens(files: Files, session: Session) -> None:
    end = overruled(session)
    file = files.pack(RunEvent(session.id))
    assert file["name"].startswith("ttsvar-a-photo-of-three-blue-balls-0-")
    (last,) = drop(files, base64.b64decode(file["data"]))
    assert "Reopened from the session" in last["notice"]
    assert shown_run(files, last).current == end


def test_the_picture_without_its_recipe(files: Files, session: Session) -> None:
    overruled(session)
    file = files.bare(RunEvent(session.id))
    assert file["name"] == "a-photo-of-three-blue-balls-0.png"
    image = Image.open(io.BytesIO(base64.b64decode(file["data"])))
    assert not image.info
    assert image.tobytes() == session.engine.best(session.history.current.state).tobytes()


def foreign_png() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"GIF89a", "neither a PNG nor a ZIP"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 40, "damaged"),
        (foreign_png(), "carries no recipe"),
        (b"PK\x03\x04 cut off", "damaged"),
    ],
)
def test_a_wrong_file_is_explained_and_the_run_stays(files: Files, data: bytes, says: str) -> None:
    (values,) = drop(files, data)
    assert says in values["notice"]
    assert 'role="alert"' in values["notice"]
    assert list(values) == ["notice"]


@pytest.mark.slow
@pytest.mark.parametrize("data", [None, "", 7, {}, "###", "A" * 40_000_000])
def test_what_is_no_file_is_explained(files: Files, data: Any) -> None:
    (values,) = list(files.dropped(FileEvent.read({"data": data})))
    assert 'role="alert"' in values["notice"]


def test_a_picture_of_another_model_is_explained(files: Files, session: Session) -> None:
    overruled(session)
    data = png_bytes(session.engine.best(session.history.current.state))
    files.store.engine.name = "other"
    (values,) = drop(files, data)
    assert "made with &#x27;fake&#x27;" in values["notice"]
    assert read_recipe(data).run.model == "fake"


@pytest.mark.parametrize("run_id", ["", "nobody99", None, 3, "../../etc"])
def test_files_of_no_run_are_refused(files: Files, run_id: Any) -> None:
    for file in (files.pack(RunEvent.read(run_id)), files.bare(RunEvent.read(run_id))):
        assert "no longer kept" in file["error"]


def test_an_unknown_recorded_run_is_explained(services: Services) -> None:
    (event,) = recorded.events(services)
    values: Any = event.answer(event.read({"name": "<b>none</b>"}))
    assert "There is no recorded run" in values["notice"]
    assert "<b>" not in values["notice"]
