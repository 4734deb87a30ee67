"""The recorded runs that ship: they open at once, compute nothing, are true to their bits, and say what made them."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from ui_helpers import page_at, services_over

import ttsvar
from tools.record.mended import MENDS
from tools.record.stories import STORIES
from ttsvar.engine.loop import Engine
from ttsvar.errors import FileError
from ui.files.records import picture
from ui.guide.recorded import FOLDER, offered, open_recorded, recorded_runs, turning_point
from ui.guide.recorded import events as recorded_events
from ui.scene.frame import build_frame
from ui.session.store import SessionStore

RUNS = recorded_runs()
pytestmark = pytest.mark.skipif(not RUNS, reason="no recorded runs here; make them with python -m tools.record.record")


@pytest.fixture(scope="module")
def toybox() -> Engine:
    return ttsvar.load("toybox")


class Asked:
    """An evaluator that nobody may ask: a recorded run has its verdicts, and their parts, in its file."""

    def verdict(self, prompt: str, image: Any) -> Any:
        raise AssertionError("a recorded run must not be judged")


@pytest.fixture
def still(toybox: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The engine, which fails the test where anything is drawn or looked at."""

    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("a recorded run must not compute")

    for name in ("step", "observe", "begin"):
        monkeypatch.setattr(toybox, name, refuse)
    return toybox


def test_every_story_is_recorded_and_all_are_small() -> None:
    assert [run.name for run in RUNS] == [story.name for story in (*STORIES, *MENDS)]
    assert len({run.summary for run in RUNS}) == len(RUNS) >= 6
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 6e6
    for run in RUNS:
        assert isinstance(picture(run.before), Image.Image)
        assert isinstance(picture(run.after), Image.Image)


@pytest.mark.slow
@pytest.mark.parametrize("name", [run.name for run in RUNS])
def test_a_recorded_run_opens_and_computes_nothing(still: Engine, tmp_path: Path, name: str) -> None:
    session = open_recorded(SessionStore(still, tmp_path, evaluator=Asked()), name)
    view = page_at(session, session.current)
    assert "stage final" in view["stage"]
    assert session.origin["story"]["title"] in view["stage"]
    assert 'aria-label="Part by part"' in view["stage"]
    assert "Did the search help?" in view["stage"], "what was drawn once is in the file"
    assert len(session.history.leaves()) == 2
    for node in session.history:
        session.open(node.state.id)
        page_at(session, node.state.id)
    for place in session.origin["story"]["places"]:
        assert place["state"] in session.history


def test_a_recorded_run_opens_where_it_turns_with_both_endings_and_verdicts(still: Engine, tmp_path: Path) -> None:
    services = services_over(SessionStore(still, tmp_path))
    (event,) = recorded_events(services)
    page = event.answer(event.read({"name": "misled"}))
    assert isinstance(page, dict)
    session = services.store.get(page["here"].run)
    assert session is not None
    assert page["here"].at == turning_point(session)
    assert len(session.history.children(page["here"].at)) == 2
    assert page["stage"].count("<li><button") >= 2
    assert "satisfies the prompt" in page["stage"]
    assert "no black cup" in page["stage"]
    end = session.origin["story"]["places"][1]["state"]
    assert event.answer(event.read({"name": "misled", "at": end}))["here"].at != page["here"].at  # type: ignore[index]


@pytest.mark.slow
def test_a_recorded_run_is_branched_live(toybox: Engine, tmp_path: Path) -> None:
    session = open_recorded(SessionStore(toybox, tmp_path), RUNS[0].name)
    before = len(session.history)
    at = session.history.root.state.id
    for scale in range(12):
        at = session.open(session.commit(at, [0, 0, 0, 0, 0, 0, 0, 1] if scale == 0 else None)).state.id
    assert build_frame(session, at).cards[0].name == "c7"
    assert len(session.history) == before + 12


def test_two_visitors_get_copies_of_their_own(still: Engine, tmp_path: Path) -> None:
    store = SessionStore(still, tmp_path)
    one, two = (open_recorded(store, RUNS[0].name) for _ in range(2))
    assert one.id != two.id
    again = SessionStore(still, tmp_path).get(one.id)
    assert again is not None
    assert again.origin == one.origin, "a restart keeps the story"


def test_other_weights_are_told(still: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = open_recorded(SessionStore(still, tmp_path), RUNS[0].name)
    monkeypatch.setattr(still, "weights", RUNS[0].weights)
    assert "Drawn with other weights" not in page_at(session, session.current)["stage"]
    monkeypatch.setattr(still, "weights", "0123456789")
    assert "Drawn with other weights" in page_at(session, session.current)["stage"]


def test_runs_of_another_model_are_not_offered(still: Engine, tmp_path: Path) -> None:
    (tmp_path / "index.json").write_text(json.dumps([dataclasses.asdict(dataclasses.replace(RUNS[0], model="other"))]))
    assert offered(still, tmp_path) == ()
    with pytest.raises(FileError, match="There is no recorded run"):
        open_recorded(SessionStore(still, tmp_path / "runs"), RUNS[0].name, tmp_path)
