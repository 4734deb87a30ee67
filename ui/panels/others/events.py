"""Finishing the others: one scale after the other, until it is done or somebody does something else."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from ttsvar.errors import TTSVarError

from ...scene import others
from ...scene.scene import Here, Shown
from ...session.session import Session
from ...shell.events import OrderEvent
from ...shell.quirks import Values, page_that_asks
from ..navigation import FAILED
from ..panel import PAGE, Event, Question, Services
from .view import others_html

log = logging.getLogger("ttsvar.ui")


def events(services: Services) -> list[Event]:
    """What the panel's script triggers."""
    return [Event("finish", OrderEvent.read, Finishing(services).finish, sets=(PAGE, "others"))]


def questions(services: Services) -> list[Question]:
    """What the panel's script asks."""
    return [Question("stop", OrderEvent.read, Finishing(services).stop)]


def panel_at(services: Services, here: Here | None) -> Values:
    """The panel at what the page shows now."""
    session = services.store.get(here.run) if here else None
    return {"others": "" if session is None else panel(session)}


class Finishing:
    """Handlers of the panel, over the store of runs."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.store = services.store

    def finish(self, event: OrderEvent) -> Iterator[Values]:
        """Draw every dropped candidate of the branch that is shown to its end, and tell of each scale."""
        session = self.store.get(event.run)
        if session is None:
            yield {"others": '<p class="err" role="alert">This run is no longer kept on this server.</p>'}
            return
        at, turn = session.current, self.services.orders.begin(session, event.order, page_that_asks())
        if turn is None:
            yield {"others": panel(session)}
            return
        try:
            for progress in others.finish(session, at, turn):
                yield {"others": panel(session, busy=progress)}
            # The lineage tells of the endings, too; whoever went elsewhere meanwhile has another page by now.
            page = self.services.show(Shown(session, at)) if session.current == at else {}
            yield {**page, "others": panel(session)}
        except TTSVarError as error:
            yield {"others": panel(session, error=str(error))}
        except Exception:
            log.exception("finishing the others failed")
            yield {"others": panel(session, error=FAILED)}

    def stop(self, event: OrderEvent) -> bool:
        """Stop within one chunk of candidates; whoever is finished is kept."""
        session = self.store.get(event.run)
        if session is not None:
            self.services.orders.stop(session, event.order)
        return session is not None


def panel(session: Session, *, busy: others.Progress | None = None, error: str = "") -> str:
    """The panel of the branch that a run stands on; empty until it has an end, and where nobody was dropped."""
    at = session.current
    progress, winner = busy or others.progress_of(session, at), others.winner_of(session, at)
    if winner is None or not progress.total:
        return ""
    found = others.endings(session, at)
    return others_html(session.id, progress, found, winner, busy=busy is not None, error=error)
