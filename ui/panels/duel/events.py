"""Events of "mine against the algorithm": what to offer, the race itself, and the visitor's score."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from ttsvar.errors import TTSVarError

from ...scene.scene import Here, Shown
from ...session.annotations import Duel
from ...session.session import Session
from ...shell.events import CompareEvent, OrderEvent, StateEvent, VisitorEvent
from ...shell.quirks import Values, page_that_asks
from ...shell.text import signed, times
from ..navigation import FAILED, rewinding
from ..panel import PAGE, Event, Question, Services
from . import model as duel
from .repeats import repeated
from .scoreboard import total
from .view import Lane, Offer, Race, panel_html

log = logging.getLogger("ttsvar.ui")
MOST_SHOWN = 6
STOPPED = "Stopped. Run it again to go on; what was drawn is kept."


def events(services: Services) -> list[Event]:
    """What the panel's script triggers."""
    return [
        Event("compare", CompareEvent.read, Comparing(services).compare, sets=(PAGE, "duel")),
        Event("repeat", StateEvent.read, Comparing(services).repeat, sets=("duel",)),
        rewinding(services),
    ]


def questions(services: Services) -> list[Question]:
    """What the panel's script asks."""
    comparing = Comparing(services)
    return [
        Question("score", VisitorEvent.read, comparing.score),
        Question("nickname", VisitorEvent.read, comparing.nickname),
        Question("stop", OrderEvent.read, comparing.stop),
    ]


def panel_at(services: Services, here: Here | None) -> Values:
    """The panel at what the page shows now."""
    session = services.store.get(here.run) if here else None
    return {"duel": "" if session is None else _panel(session)}


class Comparing:
    """Handlers of the duel panel, over the store of runs and the score of everybody."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.store = services.store
        self.scoreboard = services.scoreboard

    def compare(self, event: CompareEvent) -> Iterator[Values]:
        """Run both ways to the end, scale by scale; then the whole page with the two branches in it."""
        session = self.store.get(event.run)
        if session is None:
            yield {"duel": '<p class="err" role="alert">This run is no longer kept on this server.</p>'}
            return
        try:
            yield from self._race(session, event)
        except TTSVarError as error:
            yield {"duel": _panel(session, error=str(error))}
        except Exception:
            log.exception("a duel failed")
            yield {"duel": _panel(session, error=FAILED)}

    def repeat(self, event: StateEvent) -> Iterator[Values]:
        """Draw both ways of a comparison, named by the end of mine, with more seeds; each is told as it comes."""
        session = self.store.get(event.run)
        fought = next((d for d in duel.duels(session) if d.mine.end == event.at), None) if session else None
        if session is None or fought is None:
            yield {"duel": '<p class="err" role="alert">This comparison is no longer kept on this server.</p>'}
            return
        turn = self.services.orders.begin(session, "", page_that_asks())
        try:
            for again in repeated(session, fought, turn):
                yield {"duel": _panel(session, unfold=again)}
        except TTSVarError as error:
            yield {"duel": _panel(session, unfold=fought, error=str(error))}
        except Exception:
            log.exception("a repeated duel failed")
            yield {"duel": _panel(session, unfold=fought, error=FAILED)}

    def stop(self, event: OrderEvent) -> bool:
        """Stop both ways within one chunk; a comparison that has not begun never does."""
        session = self.store.get(event.run)
        if session is not None:
            self.services.orders.stop(session, event.order)
        return session is not None

    def score(self, event: VisitorEvent) -> dict[str, str]:
        """What a visitor's duels come to, in one sentence, and the nickname."""
        found, nickname = total(self.scoreboard.of(event.visitor)), self.scoreboard.nickname(event.visitor)
        if found is None:
            return {"text": "", "nickname": nickname}
        verdicts = ""
        if found.satisfied_only_mine or found.satisfied_only_algorithm:
            verdicts = (
                f" Only your picture satisfied the prompt {times(found.satisfied_only_mine)}, only the "
                f"algorithm's {times(found.satisfied_only_algorithm)}."
            )
        gain, diversity = 0 + round(found.gain, 2), 0 - round(found.lost_diversity, 2)
        text = (
            f"Your score: {found.duels} compared, {found.won} won, {found.tied} tied, {found.lost} lost; "
            f"{signed(gain)} reward and {signed(diversity)} diversity a choice on average; "
            f"{found.agreement:.0%} agreement.{verdicts}"
        )
        return {"text": text, "nickname": nickname}

    def nickname(self, event: VisitorEvent) -> dict[str, str]:
        """Take a nickname; answers with what is kept, or with what is wrong."""
        try:
            return {"nickname": self.scoreboard.name(event.visitor, event.name[:200])}
        except TTSVarError as error:
            return {"error": str(error)}

    def _race(self, session: Session, event: CompareEvent) -> Iterator[Values]:
        turn = self.services.orders.begin(session, event.order, page_that_asks())
        if turn is None:
            yield {"duel": _panel(session, error=STOPPED)}
            return
        starts = duel.part(session, event.at, list(event.counts))
        heads = starts
        scales = range(session.history.node(starts[0]).state.scale, len(session.run.schedule))
        for heads in duel.race(session, starts, turn):
            mine, algorithm = (
                Lane(title, tuple(duel.leaders(session, start, head)))
                for title, start, head in zip(("Yours", "Algorithm"), starts, heads, strict=True)
            )
            yield {"duel": _panel(session, race=Race(mine, algorithm, scales))}
        session.save()
        if session.turn != turn:
            yield {"duel": _panel(session, error=STOPPED)}
            return
        settled = duel.settle(session, event.at, heads)
        self.scoreboard.add(event.visitor, session.id, settled)
        session.walked(heads[0])
        session.walked(session.current)
        page = self.services.show(Shown(session, session.current))
        yield {**page, "duel": _panel(session, unfold=settled)}


def _panel(session: Session, *, race: Race | None = None, unfold: Duel | None = None, error: str = "") -> str:
    known = [] if race else duel.duels(session)[::-1][:MOST_SHOWN]
    current = session.current
    chosen = unfold or next((d for d in known if current in (d.at, d.mine.end, d.algorithm.end)), None)
    outcomes = [
        (d, duel.final_picture(session, d.mine.end), duel.final_picture(session, d.algorithm.end), d == chosen)
        for d in known
    ]
    here = session.history.current
    board = not here.state.done and here.result is not None and len(here.result.grown) > 1
    compared = {(d.at, d.mine.end) for d in duel.duels(session)}
    offers = [o for o in _offers(session) if (o.at, current) not in compared] if here.state.done else []
    return panel_html(session.id, board, offers, outcomes, race=race, error=error)


def _offers(session: Session) -> list[Offer]:
    """Every choice by hand on the way to the end of a branch."""
    offers = []
    for node in session.history.path():
        above = session.history.parent(node.state.id)
        if above is None or node.selection is None or node.selection.source != "user":
            continue
        rows = node.state.choices[-1]
        counts = tuple(rows.count(i) for i in range(len(above.state)))
        offers.append(Offer(above.state.id, above.state.scale, counts))
    return offers
