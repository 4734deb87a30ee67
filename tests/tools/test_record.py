"""Recording, over the drawn test double: runs that show their story, packed so that opening them computes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from engine_fakes import backend_of, page_engine
from torch import Tensor
from ui_helpers import page_at

from tools.record.record import Recorder, record_all
from tools.record.stories import STORIES
from tools.record.survey import TAGS, survey, surveys
from ttsvar.detections import Detection
from ttsvar.evaluation.bench.prompts import EvaluationPrompt
from ui.guide.recorded import offered, open_recorded
from ui.session.store import SessionStore

WANTED = EvaluationPrompt(
    "a photo of three blue balls",
    "counting",
    {"tag": "counting", "include": [{"class": "ball", "count": 1}], "prompt": "a photo of three blue balls"},
)


class Redness:
    """A detector that sees a ball wherever the picture's upper half is the redder one."""

    def detect(self, images: Tensor) -> list[list[Detection]]:
        found = []
        for pixels in images.float():
            upper, lower = pixels[: len(pixels) // 2], pixels[len(pixels) // 2 :]
            seen = float(upper[..., 0].mean()) > float(lower[..., 0].mean())
            found.append([Detection("ball", (0, 0, 9, 9), 0.99)] if seen else [])
        return found


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    engine = page_engine()
    engine.weights = "0123456789"
    found = [(WANTED, survey(engine, Redness(), WANTED, seed)) for seed in range(12)]
    out = tmp_path_factory.mktemp("recordings")
    record_all(Recorder(engine, Redness()), found, out)
    return out


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> Any:
    """An engine that fails the test where anything is drawn or looked at."""
    engine = page_engine()
    engine.weights = "0123456789"

    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("a recorded run must not compute")

    for name in ("step", "observe", "begin"):
        monkeypatch.setattr(engine, name, refuse)
    return engine


@pytest.mark.slow
def test_a_recording_opens_everywhere_without_computing(recordings: Path, still: Any, tmp_path: Path) -> None:
    runs = offered(still, recordings)
    assert len(runs) == 1, "one prompt, so one story"
    store = SessionStore(still, tmp_path)
    session = open_recorded(store, runs[0].name, recordings)
    assert len(session.history.leaves()) == 2
    for node in session.history:
        session.open(node.state.id)
        stage = page_at(session, node.state.id)["stage"]
        assert session.origin["story"]["title"] in stage
        assert "Drawn with other weights" not in stage
    assert all(place["state"] in session.history for place in session.origin["story"]["places"])
    assert runs[0].name in {story.name for story in STORIES}
    assert (recordings / f"{runs[0].name}.zip").stat().st_size < 1e6


def test_a_recording_of_other_weights_says_so(recordings: Path, still: Any, tmp_path: Path) -> None:
    still.weights = "9876543210"
    session = open_recorded(SessionStore(still, tmp_path), offered(still, recordings)[0].name, recordings)
    assert "Drawn with other weights (0123456789)" in page_at(session, session.current)["stage"]


def test_a_recording_goes_on_live(recordings: Path, tmp_path: Path) -> None:
    engine = page_engine()
    session = open_recorded(SessionStore(engine, tmp_path), offered(engine, recordings)[0].name, recordings)
    before = len(session.history)
    at = session.history.root.state.id
    session.open(session.commit(at, [0, 0, 0, 0, 0, 1, 1, 0]))
    assert len(session.history) == before + 1


@pytest.mark.slow
def test_surveys_are_kept_and_read_back(tmp_path: Path) -> None:
    engine, path = page_engine(), tmp_path / "work" / "surveys.jsonl"
    first = [s for _, s in surveys(engine, Redness(), path, per_category=1, seeds=1)]
    again = page_engine()
    assert [s for _, s in surveys(again, Redness(), path, per_category=1, seeds=1)] == first
    assert backend_of(again).grown == []
    engine.weights = "other"
    assert len(first) == len(path.read_text().splitlines()) == len(TAGS)
