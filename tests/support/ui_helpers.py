"""What several tests of the app share."""

from __future__ import annotations

from ui.page import values_of
from ui.panels.duel.scoreboard import Scoreboard
from ui.panels.panel import Services
from ui.scene.scene import Shown
from ui.session.session import Session
from ui.session.store import SessionStore
from ui.setup.checks import SetupChecks
from ui.shell.quirks import Values

PROMPT = "a photo of three blue balls"


def services_over(store: SessionStore) -> Services:
    """What handlers work with, over a store of runs."""
    return Services(
        store=store,
        scoreboard=Scoreboard(None),
        show=values_of,
        recipe=SetupChecks(store.engine).recipe,
    )


def page_at(session: Session, state_id: str) -> Values:
    """What every panel shows of a run at a state, by name."""
    return values_of(Shown(session, state_id))


def go_to(session: Session, scale: int) -> str:
    """Accept proposals until the run stands at a scale; returns the state's id."""
    while session.history.current.state.scale < scale:
        session.open(session.commit(session.current))
    return session.current
