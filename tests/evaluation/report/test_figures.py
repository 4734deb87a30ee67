"""Figures say what the tables say."""

from __future__ import annotations

from typing import Any

import pytest

from ttsvar.evaluation.report.figures import categories_figure, color_of, differences_figure


def estimate(value: float, within: float = 0.1) -> dict[str, float]:
    return {"value": value, "low": value - within, "high": value + within}


EXPERIMENT: dict[str, Any] = {
    "settings": {name: {"strategy": name.split()[0]} for name in ("raw", "best-of-n n=8", "best-of-n n=14")},
    "summary": {
        "arms": {
            name: {"categories": {"counting": estimate(0.5)}, "overall": estimate(0.5)}
            for name in ("raw", "best-of-n n=8", "best-of-n n=14")
        },
        "differences": [
            {"first": "best-of-n n=8", "second": "raw", "overall": estimate(0.2), "reward": estimate(0.3, 0.05)},
            {"first": "best-of-n n=14", "second": "raw", "overall": estimate(-0.1), "reward": None},
        ],
    },
}


def test_every_difference_has_its_row_with_its_words_from_the_top():
    figure = differences_figure(EXPERIMENT, "overall", "difference in right images")
    (marks,) = figure.to_dict()["data"]
    assert marks["x"] == [0.2, -0.1]
    assert marks["y"] == [2, 1]
    assert marks["error_x"]["array"] == pytest.approx([0.1, 0.1])
    assert marks["error_x"]["arrayminus"] == pytest.approx([0.1, 0.1])
    words = [note.text for note in figure.layout.annotations]
    assert words == ["best-of-n n=8 \u2212 raw", "best-of-n n=14 \u2212 raw"]
    assert set(marks["marker"]["color"]) == {color_of("best-of-n")}


def test_a_difference_without_a_reward_has_no_row_there():
    figure = differences_figure(EXPERIMENT, "reward", "difference in reward")
    assert figure.to_dict()["data"][0]["x"] == [0.3]
    assert len(figure.layout.annotations) == 1


def test_arms_of_one_strategy_are_told_apart_by_their_pattern():
    bars = categories_figure(EXPERIMENT).to_dict()["data"]
    looks = [(m["color"], m["pattern"]["shape"]) for m in (bar["marker"] for bar in bars)]
    assert looks == [(color_of("raw"), ""), (color_of("best-of-n"), ""), (color_of("best-of-n"), "/")]
