"""The film that a script asks for."""

from __future__ import annotations

from typing import Any

from ...scene.film import film_of
from ...shell.events import StateEvent
from ..panel import Question, Services


def questions(services: Services) -> list[Question]:
    """What the film's script asks."""

    def film(event: StateEvent) -> dict[str, Any]:
        """The branch through a state as a film; empty where the run or the state is not kept."""
        session = services.store.get(event.run)
        known = session is not None and event.at in session.history
        return film_of(session, event.at) if session is not None and known else {}

    return [Question("film", StateEvent.read, film)]
