"""What is told of a recorded run that is open, and of a run that other weights have drawn."""

from __future__ import annotations

from html import escape

from ...scene.frame import array, survivors
from ...scene.verdicts import verdict_html, verdict_of
from ...session.branches import Line, lines
from ...session.session import Session
from ...session.shown import SURVIVORS
from ...session.walk import best_row
from ...shell.text import signed


def story_html(session: Session) -> str:
    """What a recorded run shows, where to look, and whether the weights have changed since; empty for a live run."""
    story, note = session.origin.get("story"), weights_note(session)
    if story is None:
        return f'<aside class="story old">{note}</aside>' if note else ""
    places = "".join(
        f'<button type="button" class="chip" data-go="{escape(place["state"])}">{escape(place["label"])}</button>'
        for place in story["places"]
        if place["state"] in session.history
    )
    return (
        f'<aside class="story" aria-label="Recorded run"><h2>{escape(story["title"])}</h2>'
        f"<p>{escape(story['text'])}</p>{_ends(session)}"
        f'<div class="places">{places}<span>Recorded. Choose differently anywhere, and it goes on live.</span></div>'
        f"{note}</aside>"
    )


def _ends(session: Session) -> str:
    """How each finished branch ended, side by side, each with its verdict; empty while fewer than two have."""
    history = session.history
    done = [line for line in lines(history) if history.node(line.end).state.done]
    if len(done) < 2:
        return ""
    return f'<ul class="outcomes">{"".join(_outcome(session, line) for line in done)}</ul>'


def _outcome(session: Session, line: Line) -> str:
    end = session.history.node(line.end).state
    row = best_row(session, line.end)
    picture = session.shown(line.end, SURVIVORS, lambda: survivors(session, line.end))[row]
    scores = array(session.finished(line.end, pictures=False).scores)
    name = escape(line.name)
    return (
        f'<li><button type="button" data-go="{escape(line.end)}" aria-label="Go to the end of {name}">'
        f'<img src="{picture}" alt="How {name} ended: {escape(end.candidate_ids[row])}"></button>'
        f"<div><b>{name}</b><span>{signed(float(scores[row]))} reward</span>"
        f"{verdict_html(*verdict_of(session, line.end))}</div></li>"
    )


def weights_note(session: Session) -> str:
    """A warning where the run was drawn with other weights than those that are loaded."""
    made, here = session.origin.get("weights", ""), session.engine.weights
    if not made or not here or made == here:
        return ""
    return (
        f'<p class="note warn">Drawn with other weights ({escape(made)}) than those here ({escape(here)}): all that is '
        "recorded stays as it was; what you draw from here on comes from the new ones.</p>"
    )
