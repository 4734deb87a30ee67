"""What scripts send, read and checked once, here: whatever else comes is nobody's run, no choice, no text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from ttsvar.values import is_whole

LONGEST_ORDER = 64


class Kind(StrEnum):
    """How far a search goes on by itself."""

    NEXT = "next"
    DECISION = "decision"
    END = "end"


@dataclass(frozen=True)
class StateEvent:
    """Somebody goes to a state of a run."""

    run: str
    at: str

    @classmethod
    def read(cls, data: Any) -> Self:
        """From what a script sent."""
        return cls(run=text(data, "run"), at=text(data, "at"))


@dataclass(frozen=True)
class BoardEvent:
    """Somebody goes on from a state with so many copies of each candidate."""

    run: str
    at: str
    kind: Kind
    counts: tuple[int, ...]
    order: str = ""
    """The page's own name for what it asks, so that it can be stopped before it begins."""

    @classmethod
    def read(cls, data: Any) -> Self:
        """From what a script sent."""
        kind = text(data, "kind")
        kind = Kind(kind) if kind in tuple(Kind) else Kind.NEXT
        own = {"counts": counts(data), "order": text(data, "order")[:LONGEST_ORDER]}
        return cls(run=text(data, "run"), at=text(data, "at"), kind=kind, **own)


@dataclass(frozen=True)
class CompareEvent:
    """A visitor compares a choice at a state with the algorithm's."""

    run: str
    at: str
    counts: tuple[int, ...]
    visitor: str
    order: str = ""
    """As in `BoardEvent`."""

    @classmethod
    def read(cls, data: Any) -> Self:
        """From what a script sent."""
        own = {"counts": counts(data), "order": text(data, "order")[:LONGEST_ORDER]}
        return cls(run=text(data, "run"), at=text(data, "at"), visitor=text(data, "visitor"), **own)


@dataclass(frozen=True)
class RunEvent:
    """Somebody asks for a run."""

    run: str

    @classmethod
    def read(cls, data: Any) -> Self:
        """From what a script sent: an object, or the run's id alone."""
        return cls(run=data if isinstance(data, str) else text(data, "run"))


@dataclass(frozen=True)
class OrderEvent:
    """Somebody stops, or asks after, what was asked of a run."""

    run: str
    order: str = ""

    @classmethod
    def read(cls, data: Any) -> Self:
        """From what a script sent: an object, or the run's id alone."""
        run = data if isinstance(data, str) else text(data, "run")
        return cls(run=run, order=text(data, "order")[:LONGEST_ORDER])


@dataclass(frozen=True)
class CandidateEvent:
    """Somebody looks at a candidate of a grown state; `row` is None where none was named."""

    run: str
    at: str
    row: int | None

    @classmethod
    def read(cls, data: Any) -> Self:
        """From what a script sent."""
        row = data.get("row") if isinstance(data, dict) else None
        return cls(run=text(data, "run"), at=text(data, "at"), row=row if type(row) is int else None)


@dataclass(frozen=True)
class NameEvent:
    """Somebody names a branch of a run, by the state that it starts at."""

    run: str
    start: str
    name: str

    @classmethod
    def read(cls, data: Any) -> Self:
        """From what a script sent."""
        return cls(run=text(data, "run"), start=text(data, "start"), name=text(data, "name"))


@dataclass(frozen=True)
class VisitorEvent:
    """A visitor asks for a score, or takes a name."""

    visitor: str
    name: str

    @classmethod
    def read(cls, data: Any) -> Self:
        """From what a script sent: an object, or the visitor's id alone."""
        visitor = data if isinstance(data, str) else text(data, "visitor")
        return cls(visitor=visitor, name=text(data, "name"))


@dataclass(frozen=True)
class FileEvent:
    """A file's content in base64, or the name of an example."""

    name: str
    data: str

    @classmethod
    def read(cls, data: Any) -> Self:
        """From what a script sent."""
        return cls(name=text(data, "name"), data=text(data, "data"))


@dataclass(frozen=True)
class RecordedEvent:
    """Somebody opens a recorded run, at a state of it or where it turns."""

    name: str
    at: str

    @classmethod
    def read(cls, data: Any) -> Self:
        """From what a script sent."""
        return cls(name=text(data, "name"), at=text(data, "at"))


@dataclass(frozen=True)
class LeaveEvent:
    """Somebody leaves the run that is shown."""

    @classmethod
    def read(cls, data: Any) -> Self:
        """From what a script sent: nothing of it counts."""
        return cls()


def text(data: Any, name: str) -> str:
    """A text that was sent; empty where it was none, or holds half a character."""
    value = data.get(name) if isinstance(data, dict) else None
    return value if isinstance(value, str) and is_whole(value) else ""


def counts(data: Any) -> tuple[int, ...]:
    """Copies of each candidate; none where what was sent is no list of whole numbers."""
    value = data.get("counts") if isinstance(data, dict) else None
    whole = isinstance(value, list) and all(type(count) is int for count in value)
    return tuple(value) if whole and isinstance(value, list) else ()
