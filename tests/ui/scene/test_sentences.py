"""What the page says of a decision: which rule it follows, and who it keeps."""

from __future__ import annotations

from dataclasses import replace

from ui_helpers import go_to

from ui.scene import sentences
from ui.scene.frame import build_frame
from ui.session.session import Session


def test_why_one_candidate_stands_for_its_cluster_is_said(session: Session) -> None:
    frame = build_frame(session, go_to(session, 2))
    said = sentences.sentence(frame, "")
    assert "Of each kind one goes on, whatever its reward (of two, both are as near to the middle)" in said
    assert "so that layouts stay different" in said
    three = replace(frame, cards=tuple(replace(card, label=0) for card in frame.cards))
    assert "the one nearest to the middle of its cluster goes on" in sentences.sentence(three, "")


def test_a_draw_that_loses_nobody_is_told_as_a_draw(session: Session) -> None:
    frame = build_frame(session, go_to(session, 6))
    once = replace(frame, cards=tuple(replace(card, proposed=1, count=1) for card in frame.cards))
    assert sentences.sentence(once, "") == "Every candidate was picked once, so all go on."
