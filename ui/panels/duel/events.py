"""Events of "mine against the algorithm": what to offer, the race itself, and the visitor's score."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import gradio as gr

from ttsvar.errors import TTSVarError

from ...pages.classroom.scoreboard import Scoreboard, total
from ...session.annotations import Duel
from ...session.session import Session
from ...session.store import SessionStore
from ...shell.text import signed, times
from ...shell.view import show
from ..lineage.events import values_of
from . import model as duel
from .view import Lane, Offer, Race, panel_html

log = logging.getLogger("ttsvar.ui")
MOST_SHOWN = 6


class DuelEvents:
    """Handlers of the duel panel, over the store of runs and the score of everybody."""

    def __init__(self, store: SessionStore, scoreboard: Scoreboard, views: int) -> None:
        self.store = store
        self.scoreboard = scoreboard
        self.views = views

    def functions(self) -> list[Any]:
        """The functions that the panel's script calls."""

        def score(visitor: str) -> dict[str, str]:
            return self.score(visitor)

        def nickname(data: Any) -> dict[str, str]:
            return self.nickname(*values_of(data, "visitor", "name"))

        def stop(run: str) -> bool:
            session = self.store.get(str(run))
            if session is not None:
                session.take_turn()
            return session is not None

        return [score, nickname, stop]

    def show(self, here: tuple[str, str] | None) -> str:
        """The panel at what the page shows now."""
        session = self.store.get(here[0]) if here else None
        return "" if session is None else _panel(session)

    def compare(self, event: gr.EventData) -> Iterator[tuple]:
        """Run both ways to the end, scale by scale; then the whole page with the two branches in it."""
        data = event._data if isinstance(event._data, dict) else {}
        session = self.store.get(str(data.get("run", "")))
        if session is None:
            yield (*self._same(), '<p class="err" role="alert">This run is no longer kept on this server.</p>')
            return
        try:
            yield from self._race(session, data)
        except TTSVarError as error:
            yield (*self._same(), _panel(session, error=str(error)))
        except Exception:
            log.exception("a duel failed")
            yield (*self._same(), _panel(session, error="The engine failed here; the server's log says why."))

    def score(self, visitor: str) -> dict[str, str]:
        """What a visitor's duels come to, in one sentence, and the nickname."""
        found = total(self.scoreboard.of(str(visitor)))
        if found is None:
            return {"text": "", "nickname": self.scoreboard.nickname(str(visitor))}
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
        return {"text": text, "nickname": self.scoreboard.nickname(str(visitor))}

    def nickname(self, visitor: str, name: str) -> dict[str, str]:
        """Take a nickname; answers with what is kept, or with what is wrong."""
        try:
            return {"nickname": self.scoreboard.name(str(visitor), str(name)[:200])}
        except TTSVarError as error:
            return {"error": str(error)}

    def _race(self, session: Session, data: dict) -> Iterator[tuple]:
        at, counts = str(data.get("at", "")), data.get("counts")
        turn = session.take_turn()
        starts = duel.part(session, at, counts if isinstance(counts, list) else [])
        heads = starts
        scales = range(session.history.node(starts[0]).state.scale, len(session.run.schedule))
        for heads in duel.race(session, starts, turn):
            mine, algorithm = (
                Lane(title, tuple(duel.leaders(session, start, head)))
                for title, start, head in zip(("Yours", "Algorithm"), starts, heads, strict=True)
            )
            yield (*self._same(), _panel(session, race=Race(mine, algorithm, scales)))
        session.save()
        if session.turn != turn:
            note = "Stopped. Run it again to go on; what was drawn is kept."
            yield (*self._same(), _panel(session, error=note))
            return
        settled = duel.settle(session, at, heads)
        self.scoreboard.add(str(data.get("visitor", "")), session.id, settled)
        session.walked(heads[0])
        session.walked(session.current)
        yield (*show(session, session.current).values(), _panel(session, unfold=settled))

    def _same(self) -> tuple:
        return tuple(gr.skip() for _ in range(self.views))


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
