"""The search that plays on the first page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ttsvar.engine.loop import Engine
from ui.guide.hero import hero_of
from ui.guide.recorded import recorded_runs

RUNS = recorded_runs()
needs_runs = pytest.mark.skipif(not RUNS, reason="no recorded runs here; make them with python -m tools.record.record")


@needs_runs
def test_the_first_recorded_run_is_the_film_and_another_model_only_looks_at_it(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("a recorded run must not compute")

    for name in ("step", "observe", "begin"):
        monkeypatch.setattr(engine, name, refuse)
    hero = hero_of(engine)
    assert hero is not None
    assert hero.name == "", "this engine cannot go on with it"
    assert hero.model == RUNS[0].model
    assert [len(frame["cards"]) for frame in hero.film["frames"]][:3] == [8, 8, 8]
    assert len(hero.cells) == len(hero.film["frames"]) == hero.film["scales"] == 13


def test_without_recorded_runs_there_is_no_film(engine: Engine, tmp_path: Path) -> None:
    assert hero_of(engine, tmp_path) is None
