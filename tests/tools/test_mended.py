"""Runs that are mended by going back: recorded as they are drawn, and refused where they do not show it any more."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from engine_fakes import page_engine
from torch import Tensor

from tools.record.mended import MENDS, SIDE, Mend, brushed, tell_mended
from tools.record.record import Recorder, record_mended
from tools.record.stories import End
from ttsvar.detections import Detection
from ttsvar.engine.history import History
from ttsvar.turns import Turn
from ttsvar.types import SearchState
from ui.guide.recorded import INDEX


class Turns:
    """A detector that is content from the so-manieth look on."""

    def __init__(self, content: int) -> None:
        self.looks, self.content = 0, content

    def detect(self, images: Tensor) -> list[list[Detection]]:
        self.looks += 1
        seen = [Detection("ball", (20.0 * k, 0, 20.0 * k + 9, 9), 0.99, "blue") for k in range(3)]
        return [seen if self.looks >= self.content else [] for _ in images]


@pytest.mark.slow
@pytest.mark.parametrize("mend", MENDS, ids=lambda mend: mend.name)
def test_a_mended_run_has_both_endings_and_the_way_back(mend: Mend, tmp_path: Path) -> None:
    engine = page_engine()
    row = replace(mend, prompt="a photo of three blue balls")
    run = record_mended(Recorder(engine, Turns(2)), row, tmp_path)
    assert (run.name, run.before_said, run.after_said) == (mend.name, "the search", mend.branch)
    assert "~" in run.after_alt
    assert "~" not in run.before_alt
    assert (tmp_path / f"{mend.name}.zip").stat().st_size < 1e6
    assert not (tmp_path / INDEX).exists()


@pytest.mark.parametrize("content", [1, 3], ids=["right from the first", "never right"])
def test_a_row_that_shows_nothing_any_more_is_refused(content: int, tmp_path: Path) -> None:
    row = replace(MENDS[1], prompt="a photo of three blue balls")
    with pytest.raises(ValueError, match="does not show its story any more"):
        record_mended(Recorder(page_engine(), Turns(content)), row, tmp_path)


def test_a_brush_draws_what_it_marks_and_lets_the_rest_stay() -> None:
    engine = page_engine()
    state = engine.begin("a photo of three blue balls", seed=1)
    history = History(state)
    for _ in range(4):
        result = engine.step(state)
        history.add_result(result)
        state = history.add_state(engine.commit(result), result.proposal).state
    node = history.node(str(history.parent(state.id).state.id))  # type: ignore[union-attr]
    name = node.stepped.grown.candidate_ids[1]
    turned: SearchState = brushed(slice(0, 4), slice(4, SIDE), 1)(engine, node, name)
    turn = turned.path[-1]
    assert isinstance(turn, Turn)
    assert (turn.first, turn.rows) == (1, (1,) * 4)
    kept = turn.keep[-1].mask().numpy()
    assert not kept[0, -1]
    assert np.array_equal(kept[-1], np.ones(kept.shape[1], dtype=bool))


def test_what_is_told_names_both_ends_and_what_was_done() -> None:
    for mend in MENDS:
        tale = tell_mended(mend, End("c1", -0.5, False), End("c1.1~abcde", 0.9, True))
        assert mend.prompt in tale.summary
        assert mend.done in tale.text
        assert "c1.1~abcde, reward +0.90" in tale.text
