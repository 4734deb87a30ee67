"""What is told of a recorded run that is open, and of a run that other weights have drawn."""

from __future__ import annotations

from html import escape

from ...session.session import Session


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
        f"<p>{escape(story['text'])}</p>"
        f'<div class="places">{places}<span>Recorded. Choose differently anywhere, and it goes on live.</span></div>'
        f"{note}</aside>"
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
