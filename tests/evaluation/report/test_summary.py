from __future__ import annotations

import pytest
from sweep_fakes import row

from ttsvar.evaluation.bench.statistics import Estimate
from ttsvar.evaluation.report.summary import summarize, table


def arm(right, flops, seconds, total=20, transformer=0.0, **changes):
    parts = {"transformer": {"seconds": 0.1, "flops": transformer, "peak_bytes": 1, "items": 1}}
    changes = {"flops": flops, "seconds": seconds, "parts": parts, **changes}
    return [row(prompt=str(i), correct=i < right, **changes) for i in range(total)]


ROWS = {"raw": arm(10, 1e9, 0.5), "best-of-n n=2": arm(15, 2e9, 1.0), "tts-var n=1": arm(18, 8e9, 1.1)}


def test_table_tells_figures_and_differences():
    text = table(summarize(ROWS, ["raw", "best-of-n n=2"]))
    assert "20 images an arm, 20 prompts" in text
    assert "0.500 [0.260, 0.740]" in text
    assert "best-of-n n=2 - raw" in text
    assert "+0.250 [+0.042, +0.458]" in text


def test_arms_are_compared_with_the_first_and_with_plain_ones_of_like_cost():
    rows = {**ROWS, "best-of-n n=8": arm(16, 8e9, 4.0)}
    pairs = {(d.first, d.second): d.matched for d in summarize(rows, ["best-of-n n=2", "best-of-n n=8"]).differences}
    assert pairs[("tts-var n=1", "best-of-n n=8")] == ("like FLOPs",)
    assert pairs[("tts-var n=1", "best-of-n n=2")] == ("like seconds",)
    assert pairs[("tts-var n=1", "raw")] == ()


def test_arms_are_compared_at_like_work_of_the_transformer_which_is_what_the_paper_counts():
    costs = {"best-of-n n=2": (2e9, 1e9), "best-of-n n=5": (5e9, 3e9), "tts-var n=2": (20e9, 2.9e9)}
    rows = {label: arm(10, flops, 1.0, transformer=own) for label, (flops, own) in costs.items()}
    rows["best-of-n n=20"] = arm(10, 20e9, 9.0, transformer=12e9)
    plain = [label for label in rows if label.startswith("best")]
    found = {(d.first, d.second): d for d in summarize(rows, plain).differences}
    peer = found["tts-var n=2", "best-of-n n=5"]
    assert peer.matched == ("like transformer FLOPs",)
    assert peer.transformer_ratio == pytest.approx(2.9 / 3)
    assert peer.flops_ratio == 4.0
    assert found["tts-var n=2", "best-of-n n=20"].matched == ("like FLOPs",)


def test_an_arm_is_compared_with_its_base_where_that_has_rows():
    bases = {"best-of-n n=2": "raw", "tts-var n=1": "best-of-n n=2"}
    found = summarize(ROWS, bases=bases).differences
    assert [(d.first, d.second) for d in found] == [("best-of-n n=2", "raw"), ("tts-var n=1", "best-of-n n=2")]
    found = summarize(ROWS, bases={"tts-var n=1": "not run"}).differences
    assert [d.second for d in found] == ["raw", "raw"]


def test_differences_in_reward_are_paired_by_prompt_and_told_where_both_have_one():
    low = [row(prompt=str(i), reward=float(i)) for i in range(20)]
    high = [row(prompt=str(i), reward=i + 0.5) for i in range(20)]
    (found,) = summarize({"a": low, "b": high}).differences
    assert found.reward == Estimate(0.5, 0.5, 0.5)
    (found,) = summarize({"a": low, "b": [row(prompt=str(i), reward=None) for i in range(20)]}).differences
    assert found.reward is None


def test_only_images_that_every_arm_has_are_counted():
    summary = summarize({**ROWS, "tts-var n=1": ROWS["tts-var n=1"][:7], "not run yet": []})
    assert summary.images == 7
    assert list(summary.arms) == list(ROWS)
    assert summary.arms["raw"].overall.value == 1.0


def test_nothing_in_common_is_said_and_not_divided_by():
    assert summarize({}).images == 0
    apart = summarize({"a": arm(1, 1e9, 1.0), "b": [row(prompt="elsewhere")]})
    assert "no image" in table(apart)


def test_an_arm_tells_costs_judges_and_what_training_never_saw():
    rows = {"raw": [*arm(1, 1e9, 0.5, total=1), row(prompt="new", held_out=True, correct=False)]}
    figures = summarize(rows).arms["raw"]
    assert figures.seen == Estimate(1.0, 0.2065, 1.0), "one prompt says little"
    assert figures.held_out == Estimate(0.0, 0.0, 0.7935)
    assert figures.judges == {"clip": 0.25}
    assert figures.components["decode"].peak_bytes == 10
    assert figures.diversity == pytest.approx(0.125)
