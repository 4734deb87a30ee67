"""The large view: in which colours it tells where a candidate answers to its prompt."""

from __future__ import annotations

import numpy as np

from ui.panels.stage.closeup import ANSWERS, ELSEWHERE, NEITHER, heat_colors


def test_the_colours_of_an_answer_lie_on_both_sides_of_nothing() -> None:
    colors = heat_colors(np.array([[2.0, -2.0], [0.0, 1.0]]))
    assert colors[1, 0].tolist() == NEITHER.tolist()
    assert colors[0, 0].tolist() == ANSWERS.round().tolist()
    assert colors[0, 1].tolist() == ELSEWHERE.round().tolist()
    assert (np.abs(colors[1, 1] - (ANSWERS + NEITHER) / 2) <= 1).all()
