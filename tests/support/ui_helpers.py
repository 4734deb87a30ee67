"""What several tests of the app share."""

from __future__ import annotations

from ui.session.session import Session

PROMPT = "a photo of three blue balls"


def go_to(session: Session, scale: int) -> str:
    """Accept proposals until the run stands at a scale; returns the state's id."""
    while session.history.current.state.scale < scale:
        session.open(session.commit(session.current))
    return session.current
