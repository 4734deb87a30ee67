"""Going back from the panel: a branch of variants, of candidates drawn again, or of two that are joined."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

import numpy as np

from ttsvar.engine.history import Node
from ttsvar.errors import SelectionError, StateError, TTSVarError
from ttsvar.types import SearchState

from ...scene.scene import Shown
from ...session.session import Session
from ...shell.contract import MOST_VARIANTS
from ...shell.events import text
from ...shell.quirks import Values, page_that_asks
from ..navigation import FAILED, lost
from ..panel import Event, Services
from .view import SIDE

log = logging.getLogger("ttsvar.ui")


class Way(StrEnum):
    """How somebody goes back."""

    PART = "part"
    AGAIN = "again"
    CROSS = "cross"


@dataclass(frozen=True)
class BackEvent:
    """Somebody goes back from the candidates of a state; -1 stands for what was not sent."""

    run: str
    at: str
    way: Way
    row: int
    other: int
    first: int
    copies: int
    keep: tuple[int, ...]
    """0 or 1 for each cell of the picture, row by row: 1 stays."""

    @classmethod
    def read(cls, data: Any) -> Self:
        """From what a script sent."""
        way, keep = text(data, "way"), data.get("keep") if isinstance(data, dict) else None
        cells = tuple(keep) if isinstance(keep, list) and all(cell in (0, 1) for cell in keep) else ()
        return cls(
            run=text(data, "run"),
            at=text(data, "at"),
            way=Way(way) if way in tuple(Way) else Way.PART,
            row=_whole(data, "row"),
            other=_whole(data, "other"),
            first=_whole(data, "first"),
            copies=_whole(data, "copies"),
            keep=cells,
        )


def events(services: Services) -> list[Event]:
    """What the panel's script triggers."""

    def back(event: BackEvent) -> Values:
        session = services.store.get(event.run)
        if session is None:
            return lost(services)
        services.orders.begin(session, "", page_that_asks())
        try:
            at = session.turn_back(event.at, lambda node: _made(session, node, event))
            session.open(at)
            return services.show(Shown(session, at))
        except TTSVarError as error:
            return services.show(Shown(session, session.current, error=str(error)))
        except Exception:
            log.exception("a way back failed")
            return services.show(Shown(session, session.current, error=FAILED))

    return [Event("back", BackEvent.read, back)]


def _made(session: Session, node: Node, event: BackEvent) -> SearchState:
    engine, grown = session.engine, node.stepped.grown
    if event.way is Way.AGAIN:
        return engine.again(node.stepped, None if event.row < 0 else [event.row])
    if event.way is Way.CROSS:
        return engine.cross(grown, event.row, event.other, scale=event.first)
    if len(event.keep) != SIDE * SIDE:
        raise StateError("What is to stay did not arrive whole; mark it again.")
    if not 1 <= event.copies <= MOST_VARIANTS:
        raise SelectionError(f"There can be 1 to {MOST_VARIANTS} variants; choose as many.")
    keep = np.array(event.keep, dtype=bool).reshape(SIDE, SIDE)
    return engine.redraw(grown, event.row, keep, from_scale=event.first, copies=event.copies)


def _whole(data: Any, name: str) -> int:
    value = data.get(name) if isinstance(data, dict) else None
    return value if type(value) is int else -1
