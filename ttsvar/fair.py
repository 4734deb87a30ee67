"""A lock that goes round: whoever has waited longest is next, and who computes for long lets others in between.

Code that computes chunk by chunk calls `give_way` between two chunks. Where nobody waits, or no such lock is held, that
costs next to nothing; otherwise the others each compute one chunk, or whatever they need, before it returns.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from threading import Lock

from ttsvar.errors import StoppedError

_here = threading.local()


class FairLock:
    """First come, first served; a thread holds it once at a time."""

    def __init__(self) -> None:
        self._mutex = Lock()
        self._held = False
        self._waiting: deque[Lock] = deque()

    @contextmanager
    def turn(self) -> Generator[None]:
        """Hold the lock, from when all who came before have been served; `give_way` inside lets others in."""
        self._acquire()
        before, _here.lock = getattr(_here, "lock", None), self
        try:
            yield
        finally:
            _here.lock = before
            self._release()

    @property
    def waiting(self) -> int:
        """How many wait: with the one that holds the lock, so many others share it with each of them."""
        return len(self._waiting)

    @property
    def busy(self) -> bool:
        """Whether anybody holds the lock or waits for it: work that is in no hurry begins when nobody does."""
        return self._held or bool(self._waiting)

    def give_way(self) -> None:
        """Let everybody who waits go first, if anybody does."""
        if self._waiting:
            self._release()
            self._acquire()

    def _acquire(self) -> None:
        with self._mutex:
            if not self._held:
                self._held = True
                return
            gate = Lock()
            gate.acquire()
            self._waiting.append(gate)
        gate.acquire()

    def _release(self) -> None:
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().release()  # held for the next one without a gap
            else:
                self._held = False


def give_way() -> None:
    """Between two chunks: stop where that is wanted, and let others compute first who wait for the lock held here.

    Raises StoppedError inside `stopping` where its question is answered with yes.
    """
    unwanted: Callable[[], bool] | None = getattr(_here, "unwanted", None)
    if unwanted is not None and unwanted():
        raise StoppedError("Stopped. Run it again to go on; what was drawn is kept.")
    lock: FairLock | None = getattr(_here, "lock", None)
    if lock is not None:
        began = time.perf_counter()
        lock.give_way()
        _here.waited = waited() + time.perf_counter() - began


def waited() -> float:
    """Seconds that this thread has spent so far on letting others go first."""
    return getattr(_here, "waited", 0.0)


@contextmanager
def stopping(unwanted: Callable[[], bool]) -> Generator[None]:
    """Ask between two chunks whether what this thread computes is still wanted."""
    before, _here.unwanted = getattr(_here, "unwanted", None), unwanted
    try:
        yield
    finally:
        _here.unwanted = before
