"""A run of an address, and leaving the run that is shown."""

from __future__ import annotations

from ...shell.events import LeaveEvent, RunEvent, StateEvent
from ...shell.quirks import LAST, Values
from ..navigation import lost, opened, welcome
from ..panel import PAGE, RECIPE, Event, Services

LEFT = "The page was left while the search ran, so it stopped here. Go on from here."


def events(services: Services) -> list[Event]:
    """What the header's script triggers."""

    def reopen(event: RunEvent) -> Values:
        """A page was loaded with a run in its address: show it where it stood, and its recipe in the set-up fields."""
        session = services.store.get(event.run)
        if session is None:
            return lost(services) if event.run else welcome(services)
        note, session.left_running = LEFT if session.left_running else "", False
        return {**opened(services, session, session.current, note), **services.recipe(session.run)}

    def visit(event: StateEvent) -> Values:
        """Back or Forward led to a state of a run, this one or another; whatever is running in it stops."""
        session = services.store.get(event.run)
        if session is None:
            return lost(services)
        session.take_turn()
        at = event.at if event.at in session.history else session.current
        return {**opened(services, session, at), **services.recipe(session.run)}

    def leave(event: LeaveEvent) -> Values:
        """Leave the run (it is kept) and show the welcome."""
        return welcome(services)

    return [
        Event("reopen", RunEvent.read, reopen, sets=(PAGE, RECIPE)),
        Event("visit", StateEvent.read, visit, sets=(PAGE, RECIPE), mode=LAST),
        Event("leave", LeaveEvent.read, leave),
    ]
