"""What people asked of runs: whether it is still wanted, and which pages would see its answer."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from weakref import ref

from .session import Session

REMEMBERED = 256
"""Orders that were stopped before they had begun, and that may never begin."""
PAGES = 2000


class Orders:
    """Searches that were asked for, by the name that the page gave each, and the page that looks at each."""

    def __init__(self) -> None:
        self._stopped: deque[tuple[str, str]] = deque(maxlen=REMEMBERED)
        self._under_way: set[str] = set()
        self._pages: OrderedDict[str, tuple[ref[Session], int]] = OrderedDict()
        self._lock = Lock()

    def begin(self, session: Session, order: str, page: str) -> int | None:
        """Take a turn for an order of a page; None where it was stopped before it could begin."""
        with self._lock:
            if order and (session.id, order) in self._stopped:
                return None
            turn = session.take_turn()
            if page:
                self._pages[page] = ref(session), turn
                self._pages.move_to_end(page)
                while len(self._pages) > PAGES:
                    self._pages.popitem(last=False)
            return turn

    @contextmanager
    def answering(self, order: str) -> Iterator[None]:
        """An order is under way until all of it was answered, or nobody waits for it any more."""
        self._under_way.add(order)
        try:
            yield
        finally:
            self._under_way.discard(order)

    def under_way(self, order: str) -> bool:
        """Whether an order has begun and is still being answered."""
        return order in self._under_way

    def stop(self, session: Session, order: str) -> None:
        """Stop what a run is at within one chunk of candidates, and an order that has not begun for good."""
        with self._lock:
            if order:
                self._stopped.append((session.id, order))
            session.take_turn()

    def leave(self, page: str) -> None:
        """A page was closed: stop what it asked for within one chunk, unless somebody has asked otherwise since."""
        with self._lock:
            watched, turn = self._pages.pop(page, (None, 0))
            session = watched() if watched else None
            if session is not None and session.turn == turn:
                session.take_turn()
