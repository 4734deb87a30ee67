"""Each trial tries what it says, and docs/limits.md is what the trials printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.limits import NOT_RUN, PAGE, Row, page, rows
from benchmarks.trials import TRIALS, Tried


@pytest.mark.parametrize(("name", "count"), [("histories", 3), ("folders", 4), ("old", 5)])
def test_a_trial_counts_what_it_tried_and_finds_nothing_wrong(tmp_path: Path, name: str, count: int) -> None:
    tried = Tried()
    TRIALS[name].run(tried, count, tmp_path)
    assert (tried.count, tried.wrong) == (count, {})


def test_the_page_is_what_the_trials_printed() -> None:
    found = rows()
    assert PAGE.read_text(encoding="utf-8") == page(found), "write it with: python -m benchmarks.limits"
    assert {trial.what for trial in TRIALS.values()} <= {row.what for row in found}


def test_what_falls_short_is_named() -> None:
    whole = Row(what="a", wanted=3, count=3)
    few, wrong, none = (
        Row(what="b", wanted=9, count=3),
        Row(what="c", wanted=1, count=2, wrong={"lost": 1}),
        *(Row(what=what, wanted=wanted) for what, wanted in list(NOT_RUN.values())[:1]),
    )
    text = page([whole, few, wrong, none]).partition("## What falls short")[2]
    assert "- a" not in text
    assert "- b: 3 of 9 were tried." in text
    assert "- c: 1 times lost." in text
    assert f"- {none.what}: not run (" in text
