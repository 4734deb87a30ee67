"""Going through a run, as several panels offer it: to any state, back to the welcome, to a run of an address."""

from __future__ import annotations

from collections.abc import Callable

from ttsvar.config import SearchConfig
from ttsvar.errors import StateError

from ..scene.scene import Shown, Welcome
from ..session.session import Session
from ..shell.events import StateEvent
from ..shell.quirks import LAST, Values
from .panel import Event, Services

FAILED = "The engine failed here; the server's log says why."


def welcome(services: Services, note: str = "") -> Values:
    """The page before a run, with the plan of the default search."""
    engine = services.engine
    return services.show(Welcome(engine, engine.resolve(SearchConfig()), note, services.gallery, services.hero))


def lost(services: Services) -> Values:
    """The page where a run was asked for that is not kept."""
    return welcome(services, "This run is no longer kept on this server. Start a new one.")


def opened(services: Services, session: Session, state_id: str, note: str = "") -> Values:
    """The page at a state, its scale drawn if it was not, and its branch the one last walked."""

    def look() -> Values:
        session.open(state_id)
        session.walked(state_id)
        return services.show(Shown(session, state_id, error=note))

    return explained(services, session, look)


def explained(services: Services, session: Session, work: Callable[[], Values]) -> Values:
    """What some work gives, or the page where it stands with the reason why the work was refused."""
    try:
        return work()
    except StateError as error:
        return services.show(Shown(session, session.current, error=str(error)))


def rewinding(services: Services) -> Event:
    """Show any computed state; whatever is running stops."""

    def rewind(event: StateEvent) -> Values:
        session = services.store.get(event.run)
        if session is None:
            return lost(services)
        session.take_turn()
        return opened(services, session, event.at)

    return Event("rewind", StateEvent.read, rewind, mode=LAST)
