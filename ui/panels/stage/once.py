"""Did the search help? What one draw with the same seed gives, beside the ending of a run."""

from __future__ import annotations

from html import escape

from ...scene.baseline import baseline_of, ending, helped
from ...scene.verdicts import verdict_html
from ...session.session import Session
from ...shell.text import signed

COMING = '<p class="coming">Drawing it once, without a search, to compare.</p>'
"""While the picture is on its way."""


def once_html(session: Session, end: str) -> str:
    """The picture that is drawn once, and whether the search did better; it is drawn where it was not."""
    once = baseline_of(session)
    name, reward = ending(session, end)
    checked = verdict_html(once.satisfied, once.reasons)
    return (
        f'<img src="{once.image}" alt="Drawn once: {escape(once.name)}, reward {signed(once.reward)}">'
        f"<div><h3>Did the search help? {escape(helped(session, end, once))}</h3>"
        f"<p>Drawn once, with the same seed and nothing chosen on the way: {escape(once.name)}, reward "
        f"{signed(once.reward)}{f', {checked}' if checked else ''}. The search: {escape(name)}, "
        f"reward {signed(reward)}."
        "</p></div>"
    )
