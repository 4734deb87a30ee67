"""A detector's verdict on a picture, in words for people."""

from __future__ import annotations

from html import escape
from typing import Any

from ttsvar.errors import ConfigError
from ttsvar.evaluation.rules.shortfall import Shortfall, ShortfallKind

from ..session.session import Session
from ..session.shown import VERDICT
from ..session.walk import best_row

YES = '<span class="sat yes">\u2713 satisfies the prompt</span>'
UNTOLD = "does not satisfy the prompt"


def told(shortfall: Shortfall) -> str:
    """What a picture falls short of as a person would say it."""
    s = shortfall
    if s.kind is ShortfallKind.COLOR:
        return (
            f"no {s.color} {s.thing}: it is {', '.join(s.seen)}"
            if s.asked == 1
            else f"too few are a {s.color} {s.thing}"
        )
    if s.kind is ShortfallKind.PLACE:
        side = " and ".join(s.seen) or "on no clear side of"
        return f"the {s.thing} is {side} the {s.other}, not {s.place} it"
    if s.kind is ShortfallKind.NO_TARGET:
        return UNTOLD
    if s.found == 0:
        return f"no {s.thing} to be seen"
    return f"{s.asked} \u00d7 {s.thing} asked for, {s.found} drawn"


def verdict_html(satisfied: bool | None, reasons: tuple[Shortfall, ...]) -> str:
    """A mark and a few words; empty where nothing was measured."""
    if satisfied is None:
        return ""
    if satisfied:
        return YES
    return f'<span class="sat no">\u2717 {escape(told(reasons[0]) if reasons else UNTOLD)}</span>'


def judged(session: Session, pixels: Any) -> list[Any]:
    """As plain values whether a picture of a run satisfies its prompt (None where nothing measures it), and why not."""
    verdict = None if session.evaluator is None else session.evaluator.verdict(session.run.prompt, pixels)
    return [None, []] if verdict is None else [bool(verdict.correct), [r.to_json() for r in verdict.reasons]]


def verdict_of(session: Session, state_id: str) -> tuple[bool | None, tuple[Shortfall, ...]]:
    """Whether the winner of a finished state satisfies its prompt, and why not; None where nothing can measure it."""

    def ask() -> list[Any]:
        if session.evaluator is None:
            return [None, []]
        images = session.finished(state_id).images
        assert images is not None
        return judged(session, images[best_row(session, state_id)])

    satisfied, reasons = session.shown(state_id, VERDICT, ask)
    try:
        return satisfied, tuple(Shortfall.from_json(reason) for reason in reasons)
    except ConfigError:  # kept as sentences, once: the picture is judged anew
        satisfied, reasons = session.show_again(state_id, VERDICT, ask)
        return satisfied, tuple(Shortfall.from_json(reason) for reason in reasons)
