"""Answers in words follow the figures: an interval across zero is no answer, and what was not measured is not told."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ttsvar.evaluation.bench.statistics import Estimate
from ttsvar.evaluation.report.schema import Evidence
from ui.pages.answers import BEST_OF, SEARCH, answers
from ui.pages.evidence import EVIDENCE

BETTER = "Is it better than drawing eight and taking the best?"


@pytest.fixture
def evidence() -> Evidence:
    return Evidence.from_json(json.loads(EVIDENCE.read_text(encoding="utf-8")))


def with_gap(evidence: Evidence, gap: Estimate) -> Evidence:
    first, *others = evidence.experiments
    changed = tuple(
        replace(d, overall=gap) if (d.first, d.second) == (SEARCH, BEST_OF) else d for d in first.summary.differences
    )
    found = replace(first, summary=replace(first.summary, differences=changed))
    return replace(evidence, experiments=(found, *others))


@pytest.mark.parametrize(
    ("gap", "begins"),
    [
        (Estimate(0.05, 0.01, 0.09), "Yes:"),
        (Estimate(-0.05, -0.09, -0.01), "No:"),
        (Estimate(0.01, -0.02, 0.04), "Here nobody can tell:"),
    ],
)
def test_an_interval_across_zero_is_no_answer(evidence: Evidence, gap: Estimate, begins: str) -> None:
    told = {a.question: a.answer for a in answers(with_gap(evidence, gap))}
    assert told[BETTER].startswith(begins)
    assert "+0.4 in 100 against best of 8" in told[BETTER]


def test_what_was_not_measured_is_not_told(evidence: Evidence) -> None:
    whole = {a.question for a in answers(evidence)}
    assert len(whole) == 5
    less = {a.question for a in answers(replace(evidence, consistency=None))}
    assert whole - less == {"When can the reward be trusted?"}
    assert len(answers(replace(evidence, experiments=(), consistency=None, detector=None))) == 1
