"""The report's schema: the shipped figures come back to the byte, and what does not fit is named by its place."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from golden_cases import ROOT

from ttsvar.errors import ConfigError
from ttsvar.evaluation.report.page import opening, sections
from ttsvar.evaluation.report.results import results
from ttsvar.evaluation.report.schema import Evidence

SHIPPED = ROOT / "assets" / "toybox" / "evidence.json"
PAGE = "37beab5be604e551"
"""Of what the page says of the shipped figures; renew it with them."""


def shipped() -> dict[str, Any]:
    return json.loads(SHIPPED.read_text(encoding="utf-8"))


def test_the_shipped_figures_come_back_to_the_byte() -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    evidence = Evidence.from_json(json.loads(text))
    assert json.dumps(evidence.to_json(), separators=(",", ":")) + "\n" == text


def test_the_results_in_the_documentation_are_those_of_the_shipped_figures() -> None:
    assert results(Evidence.from_json(shipped())) == (ROOT / "docs" / "results.md").read_text(encoding="utf-8")


def test_each_pair_of_arms_is_counted_once_however_many_tables_have_it() -> None:
    evidence = Evidence.from_json(shipped())
    told = " ".join(section.above for section in sections(evidence))
    counts = [
        int(number)
        for told_here in re.findall(r"first table: ([^.]*)\.", told)
        for number in re.findall(r"\b\d+\b", told_here)
    ]
    gaps = [(gap.first, gap.second) for experiment in evidence.experiments for gap in experiment.against_paper]
    assert len(set(gaps)) < len(gaps)
    assert sum(counts) == len(set(gaps))


@pytest.mark.slow
def test_the_page_says_of_the_shipped_figures_what_it_said() -> None:
    evidence = Evidence.from_json(shipped())
    parts = [(p.name, p.above, p.below, [f.to_plotly_json()["data"] for f in p.figures]) for p in sections(evidence)]
    told = json.dumps([opening(evidence), parts], sort_keys=True)
    assert hashlib.sha256(told.encode()).hexdigest()[:16] == PAGE


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda values: values.pop("weights"), "evidence should hold .* missing: weights"),
        (lambda values: values.update(more=1), "unknown or missing: more"),
        (lambda values: values["drawn"].update(images="many"), r"evidence.drawn.images is 'many'"),
        (lambda values: values["drawn"].update(images=True), r"evidence.drawn.images is 'True'"),
        (lambda values: values.update(experiments={}), "evidence.experiments is '{}'; it should be a list"),
        (lambda values: values["experiments"][1]["summary"].update(arms=[]), r"evidence.experiments\[1\].summary.arms"),
        (lambda values: values["experiments"][0]["summary"]["arms"]["raw"]["overall"].update(low=None), "overall.low"),
        (
            lambda values: values["experiments"][0]["against_paper"][0].update(verdict="lovely"),
            r"against_paper\[0\].verdict is 'lovely'; it should be one of its words",
        ),
    ],
)
def test_what_does_not_fit_is_named_by_its_place(change: Callable[[dict[str, Any]], Any], place: str) -> None:
    values = shipped()
    change(values)
    with pytest.raises(ConfigError, match=place):
        Evidence.from_json(values)


def test_what_was_not_measured_is_none() -> None:
    values = {**shipped(), "consistency": None, "schedule": None, "detector": None}
    evidence = Evidence.from_json(values)
    assert (evidence.consistency, evidence.schedule, evidence.detector) == (None, None, None)
    assert "was not measured" in results(evidence)
