"""Going on from the board: with a choice to the next scale, the next decision or the end; and what is under way."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import asdict
from html import escape
from typing import Any

from ttsvar.errors import StoppedError, TTSVarError

from ...scene.scene import Shown
from ...session.session import Session
from ...shell.events import BoardEvent, CandidateEvent, Kind, LeaveEvent, OrderEvent, StateEvent
from ...shell.pictures import PICTURES
from ...shell.quirks import Values, page_that_asks
from ..navigation import FAILED, lost, rewinding
from ..panel import Event, Question, Services
from .closeup import history_of, knowledge_of
from .once import once_html

log = logging.getLogger("ttsvar.ui")


def events(services: Services) -> list[Event]:
    """What the stage's script triggers."""
    return [Event("act", BoardEvent.read, Stage(services).act), rewinding(services)]


def questions(services: Services) -> list[Question]:
    """What the stage's script asks while a handler runs."""
    stage = Stage(services)
    return [
        Question("stop", OrderEvent.read, stage.stop),
        Question("progress", OrderEvent.read, stage.progress),
        Question("once", StateEvent.read, stage.once),
        Question("history", CandidateEvent.read, stage.history),
        Question("knowledge", CandidateEvent.read, stage.knowledge),
        Question("hero", LeaveEvent.read, lambda event: services.hero.film if services.hero else {}),
    ]


class Stage:
    """The handlers of the board."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.store = services.store

    def act(self, event: BoardEvent) -> Iterator[Values]:
        """Go on with a choice; one page per scale."""
        with self.services.orders.answering(event.order):
            yield from self._act(event)

    def _act(self, event: BoardEvent) -> Iterator[Values]:
        session = self.store.get(event.run)
        if session is None:
            yield lost(self.services)
            return
        at, turn = event.at, self.services.orders.begin(session, event.order, page_that_asks())
        if turn is None:
            yield self.services.show(Shown(session, _known(session, at)))
            return
        session.left_running = event.kind is not Kind.NEXT
        try:
            at = session.commit(at, list(event.counts))
            for scene in _scales(session, at, event.kind, turn):
                yield self.services.show(scene)
        except TTSVarError as error:
            yield self.services.show(Shown(session, _known(session, at), error=str(error)))
        except Exception:
            log.exception("a step failed")
            yield self.services.show(Shown(session, _known(session, at), error=FAILED))
        # Not reached where the page went away, which closes this generator at a yield.
        session.left_running = False

    def stop(self, event: OrderEvent) -> bool:
        """Stop what is running within one chunk of candidates; an order that has not begun never does."""
        session = self.store.get(event.run)
        if session is not None:
            self.services.orders.stop(session, event.order)
        return session is not None

    def progress(self, event: OrderEvent) -> dict[str, Any]:
        """What is running in a run: scale, component, candidates, and how many others draw.

        Where it has not begun: how many requests come first. `over` where the order is not known (any more), so that
        whoever waits for its answer waits in vain. Empty where nothing is asked.
        """
        session = self.store.get(event.run)
        doing = None if session is None else session.doing
        if doing is not None:
            return {**asdict(doing), "others": self.services.engine.sharing}
        if not event.order:
            return {}
        ahead = self.services.ahead(event.order)
        if ahead:
            return {"ahead": ahead}
        return {} if self.services.orders.under_way(event.order) else {"over": True}

    def once(self, event: StateEvent) -> str:
        """What was drawn once beside the ending of a run, as HTML; it is drawn now where it was not."""
        session = self.store.get(event.run)
        if session is None or event.at not in session.history or not session.history.node(event.at).state.done:
            return ""
        try:
            return PICTURES.addressed(once_html(session, event.at))
        except TTSVarError as error:
            return f'<p class="err" role="alert">{escape(str(error))}</p>'
        except Exception:
            log.exception("drawing once failed")
            return f'<p class="err" role="alert">{FAILED}</p>'

    def history(self, event: CandidateEvent) -> list[dict[str, Any]]:
        """How a candidate of a grown scale looked before; empty where there is no such candidate."""
        session = self._looked_at(event)
        return [] if session is None or event.row is None else history_of(session, event.at, event.row)

    def knowledge(self, event: CandidateEvent) -> dict[str, str]:
        """Where a candidate of a grown scale answers to its prompt; a sentence alone where that cannot be told."""
        session = self._looked_at(event)
        if session is None or event.row is None:
            return {}
        try:
            return knowledge_of(session, event.at, event.row)
        except TTSVarError as error:
            return {"told": str(error)}
        except Exception:
            log.exception("telling what the model knows failed")
            return {"told": FAILED}

    def _looked_at(self, event: CandidateEvent) -> Session | None:
        """The run of a candidate that there is."""
        session = self.store.get(event.run)
        if session is None or event.at not in session.history or event.row is None:
            return None
        result = session.history.node(event.at).result
        return session if result is not None and 0 <= event.row < len(result.grown) else None


def _scales(session: Session, at: str, kind: Kind, turn: int) -> Iterator[Shown]:
    """A scene per scale, until the search is where it was sent, or somebody does something else."""
    while True:
        try:
            node = session.open(at)
        except StoppedError:
            at = session.leave(at)
            break
        if node.result is None:
            break
        free_end = node.result.grown.done and node.result.decision is None
        stay = (kind is Kind.NEXT or (kind is Kind.DECISION and node.result.decision)) and not free_end
        if stay or (session.turn != turn and not free_end):
            break
        if not free_end:
            yield Shown(session, at, busy=f"Drawing scale {node.state.scale + 1} of {len(session.run.schedule) - 1}")
        if session.turn != turn and not free_end:
            break
        at = session.commit(at)
    yield Shown(session, at)


def _known(session: Session, state_id: str) -> str:
    """The state where it can be shown, otherwise the one the run stands at."""
    if state_id in session.history:
        node = session.history.node(state_id)
        if node.result is not None or node.state.done:
            return state_id
    return session.current
