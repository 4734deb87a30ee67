"""What a detector found, in words, and a verdict that is asked for once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ui_helpers import go_to

from ui.scene.verdicts import told, verdict_html, verdict_of
from ui.session.session import Session
from ui.shell.view import show


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("expected ball < 4, found 4", "3 \u00d7 ball asked for, 4 drawn"),
        ("expected ball >= 3, found 2", "3 \u00d7 ball asked for, 2 drawn"),
        ("expected cup >= 1, found 0", "no cup to be seen"),
        ("expected red star >= 1, found 0 (blue)", "no red star: it is blue"),
        ("expected heart left of house, found right of it", "the heart is right of the house, not left of it"),
        ("expected cup above fish, found no clear side of it", "the cup is on no clear side of the fish, not above it"),
        ("no target for cup to be above", "does not satisfy the prompt"),
    ],
)
def test_reasons_are_told_as_a_person_would(reason: str, words: str) -> None:
    assert told(reason) == words
    assert words in verdict_html(False, (reason,))


def test_the_winner_of_a_finished_run_is_judged_once(session: Session) -> None:
    asked = []

    class Yes:
        def verdict(self, prompt: str, image: Any) -> Any:
            asked.append(prompt)
            return SimpleNamespace(correct=True, reasons=())

    session.evaluator = Yes()
    end = go_to(session, 13)
    assert verdict_of(session, end) == (True, ())
    assert "satisfies the prompt" in show(session, end).stage
    assert asked == [session.run.prompt]


def test_nothing_is_said_where_nothing_measures(session: Session) -> None:
    end = go_to(session, 13)
    assert verdict_of(session, end) == (None, ())
    assert "satisf" not in show(session, end).stage
