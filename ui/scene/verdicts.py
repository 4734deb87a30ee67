"""A detector's verdict on a picture, in words for people."""

from __future__ import annotations

import re
from html import escape

from ..session.session import Session
from ..session.walk import best_row

TOO_FEW = re.compile(r"expected (?P<what>.+) >= (?P<asked>\d+), found (?P<found>\d+)(?: \((?P<seen>.*)\))?")
TOO_MANY = re.compile(r"expected (?P<what>.+) < (?P<limit>\d+), found (?P<found>\d+)")
MISPLACED = re.compile(
    r"expected (?P<what>.+) (?P<side>left of|right of|above|below) (?P<other>.+), found (?P<seen>.+) it"
)
YES = '<span class="sat yes">\u2713 satisfies the prompt</span>'


def told(reason: str) -> str:
    """One reason of GenEval's rule (see `ttsvar.evaluation.rules.geneval`) as a person would say it."""
    if few := TOO_FEW.fullmatch(reason):
        if few["seen"]:
            return f"no {few['what']}: it is {few['seen']}" if few["asked"] == "1" else f"too few are a {few['what']}"
        if few["found"] == "0":
            return f"no {few['what']} to be seen"
        return f"{few['asked']} \u00d7 {few['what']} asked for, {few['found']} drawn"
    if many := TOO_MANY.fullmatch(reason):
        return f"{int(many['limit']) - 1} \u00d7 {many['what']} asked for, {many['found']} drawn"
    if place := MISPLACED.fullmatch(reason):
        seen = place["seen"].replace("no clear side of", "on no clear side of")
        return f"the {place['what']} is {seen} the {place['other']}, not {place['side']} it"
    return "does not satisfy the prompt"


def verdict_html(satisfied: bool | None, reasons: tuple[str, ...]) -> str:
    """A mark and a few words; empty where nothing was measured."""
    if satisfied is None:
        return ""
    if satisfied:
        return YES
    return (
        f'<span class="sat no">\u2717 {escape(told(reasons[0]) if reasons else "does not satisfy the prompt")}</span>'
    )


def verdict_of(session: Session, state_id: str) -> tuple[bool | None, tuple[str, ...]]:
    """Whether the winner of a finished state satisfies its prompt, and why not; None where nothing can measure it."""

    def ask() -> list:
        if session.evaluator is None:
            return [None, []]
        images = session.finished(state_id).images
        assert images is not None
        verdict = session.evaluator.verdict(session.run.prompt, images[best_row(session, state_id)])
        return [None, []] if verdict is None else [bool(verdict.correct), list(verdict.reasons)]

    satisfied, reasons = session.shown(state_id, "verdict", ask)
    return satisfied, tuple(reasons)
