"""What one visitor may take of a machine that others use, too; each refusal names the limit and what to do.

A visitor is an address: a browser is free to call itself another page. A class behind one address is one visitor, so
the limits leave room for a hundred searches of N = 1 at once.
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock

from ttsvar.errors import RoomError

from .session import Session

VISITORS = 4000
"""Whose uploads are remembered."""
MEBI = 1024**2


@dataclass(frozen=True, kw_only=True)
class Budget:
    """Of one visitor at a time."""

    candidates: int = 1024
    """Alive in unfinished runs that were touched in the last `idle` seconds."""
    idle: float = 120.0
    run_bytes: int = 512 * MEBI
    """What their runs keep in memory."""
    files: int = 60
    file_bytes: int = 256 * MEBI
    """Files brought in, and their bytes, within `window` seconds."""
    window: float = 600.0


USUAL_BUDGET = Budget()


class Budgets:
    """What visitors have taken; an empty name is nobody's, such as a script in this process, and is not counted."""

    def __init__(self, budget: Budget = USUAL_BUDGET, clock: Callable[[], float] = time.time) -> None:
        self.budget = budget
        self._clock = clock
        self._files: OrderedDict[str, deque[tuple[float, int]]] = OrderedDict()
        self._lock = Lock()

    def admit_run(self, visitor: str, sessions: Iterable[Session], candidates: int) -> None:
        """Raise RoomError where a visitor may not begin a run of so many candidates, beside those they have."""
        if not visitor:
            return
        own = [session for session in sessions if session.owner == visitor]
        recent = self._clock() - self.budget.idle
        busy = [s for s in own if s.touched > recent and not s.history.current.state.done]
        alive = sum(len(s.history.current.state) for s in busy)
        if alive + candidates > self.budget.candidates:
            raise RoomError(
                f"You have {alive} candidates alive in {len(busy)} unfinished runs here, and this run would begin with "
                f"{candidates}; one visitor may have {self.budget.candidates}. Finish some of them, or leave them "
                f"alone for {self.budget.idle:.0f} seconds, or lower N."
            )
        self._make_room(own)

    def _make_room(self, own: list[Session]) -> None:
        """Drop what a visitor's runs can make again, those left longest first, until the rest is within the limit."""
        held = sum(session.history.held_bytes for session in own)
        for session in sorted(own, key=lambda s: s.touched):
            if held <= self.budget.run_bytes:
                return
            before = session.history.held_bytes
            session.rest()
            held += session.history.held_bytes - before
        if held > self.budget.run_bytes:
            raise RoomError(
                f"Your runs here hold {held / MEBI:.0f} MiB of memory; one visitor's may hold "
                f"{self.budget.run_bytes / MEBI:.0f} MiB. Wait until one that is being drawn has ended, or stop it."
            )

    def admit_file(self, visitor: str, size: int) -> None:
        """Count a file that a visitor brings; RoomError where they brought too many, or too much, lately."""
        if not visitor:
            return
        now, budget = self._clock(), self.budget
        with self._lock:
            brought = self._files.setdefault(visitor, deque())
            self._files.move_to_end(visitor)
            while len(self._files) > VISITORS:
                self._files.popitem(last=False)
            while brought and brought[0][0] < now - budget.window:
                brought.popleft()
            total = sum(bytes for _, bytes in brought) + size
            if len(brought) >= budget.files or (brought and total > budget.file_bytes):
                wait = brought[0][0] + budget.window - now
                raise RoomError(
                    f"You have brought {len(brought)} files of {(total - size) / MEBI:.0f} MiB in the last "
                    f"{budget.window / 60:.0f} minutes; one visitor may bring {budget.files} and "
                    f"{budget.file_bytes / MEBI:.0f} MiB. Try again in {max(1, round(wait))} seconds."
                )
            brought.append((now, size))
