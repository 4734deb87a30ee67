"""Figures say what the tables say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ttsvar.evaluation.bench.statistics import Estimate
from ttsvar.evaluation.report.figures import categories_figure, color_of, differences_figure, experiment_drawings
from ttsvar.evaluation.report.names import readable
from ttsvar.evaluation.report.schema import (
    ArmFigures,
    ArmSettings,
    ComponentFigures,
    Difference,
    ExperimentResult,
    Summary,
)

NAMES = ("raw", "best-of-n n=8", "best-of-n n=14")


def estimate(value: float, within: float = 0.1) -> Estimate:
    return Estimate(value, value - within, value + within)


def arm() -> ArmFigures:
    return ArmFigures(
        overall=estimate(0.5),
        categories={"counting": estimate(0.5)},
        seen=None,
        held_out=None,
        held_out_categories={},
        reward=None,
        judges={},
        diversity=None,
        survivors=1.0,
        seconds=1.0,
        flops=1e9,
        components={"transformer": ComponentFigures(seconds=0.5, flops=4e8, peak_bytes=0.0)},
    )


def difference(first: str, overall: Estimate, reward: Estimate | None) -> Difference:
    return Difference(
        first=first,
        second="raw",
        overall=overall,
        reward=reward,
        categories={},
        flops_ratio=1.0,
        transformer_ratio=1.0,
        seconds_ratio=1.0,
        matched=(),
    )


EXPERIMENT = ExperimentResult(
    name="main",
    title="",
    about="",
    missing=(),
    matched=(),
    settings={name: ArmSettings(strategy=name.split()[0], n=1) for name in NAMES},
    summary=Summary(
        images=1,
        prompts=1,
        held_out=0,
        arms={name: arm() for name in NAMES},
        differences=(
            difference("best-of-n n=8", estimate(0.2), estimate(0.3, 0.05)),
            difference("best-of-n n=14", estimate(-0.1), None),
        ),
    ),
    paper=(),
    against_paper=(),
)


def test_every_difference_has_its_row_with_its_words_from_the_top():
    figure = differences_figure(EXPERIMENT, "overall", "difference in right images")
    assert figure is not None
    (marks,) = figure.to_dict()["data"]
    assert marks["x"] == [0.2, -0.1]
    assert marks["y"] == [2, 1]
    assert marks["error_x"]["array"] == pytest.approx([0.1, 0.1])
    assert marks["error_x"]["arrayminus"] == pytest.approx([0.1, 0.1])
    words = [note.text for note in figure.layout.annotations]
    assert words == ["Best of N, N = 8 \u2212 Raw", "Best of N, N = 14 \u2212 Raw"]
    lines = [(line.y0, line.y1) for line in figure.layout.shapes]
    assert len(lines) == 2
    assert all(line[1] < note.y for line, note in zip(lines, figure.layout.annotations, strict=True))
    assert set(marks["marker"]["color"]) == {color_of("best-of-n")}


def test_a_difference_without_a_reward_has_no_row_there():
    figure = differences_figure(EXPERIMENT, "reward", "difference in reward")
    assert figure.to_dict()["data"][0]["x"] == [0.3]
    assert len(figure.layout.annotations) == 1


def test_arms_of_one_strategy_are_told_apart_by_their_pattern():
    bars = categories_figure(EXPERIMENT).to_dict()["data"]
    looks = [(m["color"], m["pattern"]["shape"]) for m in (bar["marker"] for bar in bars)]
    assert looks == [(color_of("raw"), ""), (color_of("best-of-n"), ""), (color_of("best-of-n"), "/")]


def test_an_arm_is_named_in_words():
    assert readable("tts-var n=2 lam=0.1") == "TTS-VAR, N = 2, \u03bb = 0.1"
    assert readable("importance-sampling n=4 resample=6,8") == "Importance sampling, N = 4, drawn at scale 6, 8"
    assert readable("gone n=1") == "gone, N = 1"


def test_an_experiment_names_its_figures():
    def shown(name: str) -> list[str]:
        return [draw().layout.yaxis.title.text for draw in experiment_drawings(replace(EXPERIMENT, name=name))]

    assert shown("headline") == ["share of right images"]
    assert shown("resampling-scale") == ["mean reward of the final image"]
    assert len(shown("score-vs-compute")) == 3
    assert len(shown("of another version")) == 2, "the differences, where the row is not known here"
    unranked = tuple(replace(d, reward=None) for d in EXPERIMENT.summary.differences)
    bare = replace(EXPERIMENT, summary=replace(EXPERIMENT.summary, differences=unranked))
    assert len(experiment_drawings(bare)) == 1
