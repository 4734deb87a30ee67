"""What is lost of a server's answers is found: by its files, by what it tells, and by drawing it again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any, cast

import pytest
from engine_fakes import page_engine

from benchmarks.server_kills import PROMPT, Told, missing
from benchmarks.visitor import Visitor
from ui.api import Api
from ui.session.store import SessionStore


class Here:
    """The endpoints of a store that begins anew over its folder, without a server."""

    def __init__(self, root: Path) -> None:
        self.api = Api(SessionStore(page_engine(), root))

    def call(self, endpoint: str, *values: Any) -> Any:
        return json.loads(json.dumps(getattr(self.api, endpoint)(*values)))


@pytest.fixture
def told(tmp_path: Path) -> Told:
    """Two scales of a run, as they were answered."""
    here = Here(tmp_path)
    told = Told(here.call("begin", PROMPT, "tts-var", 1, 0, None)["run_id"])
    for _ in range(2):
        step = here.call("step", told.run)
        told.steps[step["scale"]] = step
        answer = here.call("select", told.run, None)
        told.chosen[answer["scale"]] = answer["candidates"]
    return told


def look(root: Path, told: Told) -> str | None:
    return missing(cast(Visitor, Here(root)), root, told)


def test_what_was_answered_is_there_after_another_start(tmp_path: Path, told: Told) -> None:
    assert told.answers == 5
    assert look(tmp_path, told) is None


def test_what_is_gone_or_other_than_it_was_told_is_found(tmp_path: Path, told: Told) -> None:
    folder, copy = tmp_path / told.run, tmp_path / "copy"
    shutil.copytree(folder, copy)
    index = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(
        json.dumps({**index, "nodes": index["nodes"][:2], "current": index["nodes"][1]["id"]})
    )
    assert look(tmp_path, told) == "a choice that was answered is gone"
    shutil.rmtree(folder)
    shutil.copytree(copy, folder)
    told.steps[1]["candidates"][0]["reward"] += 1.0
    assert look(tmp_path, told) == "a scale is told otherwise than before"
    told.compared = index["current"]
    assert look(tmp_path, told) == "a comparison that was answered is gone"
