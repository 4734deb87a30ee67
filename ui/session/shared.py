"""Room mode: what a class draws with the same recipe is drawn once and served to all, up to the first choice by hand.

A state's id follows from its recipe and its choices, so equal ids are equal bits, whoever draws them. Only states that
nobody chose by hand are kept here: what people choose stays in their own runs.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from ttsvar.engine.held import held_bytes
from ttsvar.engine.history import History
from ttsvar.types import Source, StepResult

T = TypeVar("T")
MOST_BYTES = 512 * 1024**2


@dataclass
class Gate:
    """One drawing at a time, and how many want it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    users: int = 0


class Shared:
    """Steps, looks and pictures by the state they belong to; those used longest ago leave where there are too many."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.most_bytes = most_bytes
        self.held = 0
        self._kept: OrderedDict[tuple[str, str], tuple[int, Any]] = OrderedDict()
        self._gates: dict[tuple[str, str], Gate] = {}
        self._lock = threading.Lock()

    def step(self, state_id: str, draw: Callable[[], StepResult]) -> StepResult:
        """The step from a state. Whoever draws it keeps its cache; for all others that is rebuilt from the bits."""
        return self.once("step", state_id, draw, _without_cache)

    def once(self, what: str, state_id: str, make: Callable[[], T], kept: Callable[[T], T] = lambda value: value) -> T:
        """A value of a state: made by whoever comes first, while the others wait; `kept` is what they get of it.

        Where making it fails or is stopped, the next one who waits makes it.
        """
        place = (what, state_id)
        with self._turn(place):
            with self._lock:
                if place in self._kept:
                    self._kept.move_to_end(place)
                    return self._kept[place][1]
            value = make()
            self._keep(place, kept(value))
            return value

    def _keep(self, place: tuple[str, str], value: Any) -> None:
        size = _bytes(value)
        with self._lock:
            self._kept[place] = size, value
            self.held += size
            while self.held > self.most_bytes:
                _, (left, _) = self._kept.popitem(last=False)
                self.held -= left

    @contextmanager
    def _turn(self, place: tuple[str, str]) -> Iterator[None]:
        with self._lock:
            gate = self._gates.setdefault(place, Gate())
            gate.users += 1
        try:
            with gate.lock:
                yield
        finally:
            with self._lock:
                gate.users -= 1
                if not gate.users:
                    del self._gates[place]


def as_proposed(history: History, state_id: str) -> bool:
    """Whether nobody has chosen by hand on the way to a state."""
    choices = [node.selection for node in history.path(state_id)]
    return all(choice is None or choice.source is Source.STRATEGY for choice in choices)


def _without_cache(result: StepResult) -> StepResult:
    return replace(result, grown=replace(result.grown, kv=None))


def _bytes(value: Any) -> int:
    """Of the tensors and texts in a value; what several values share counts in each."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, list | tuple) and all(isinstance(part, str | list) for part in value):
        return sum(map(_bytes, value))
    return held_bytes(value)
