"""In what an image falls short of its prompt: data, which pages and reports put into words of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ttsvar.errors import ConfigError

LONGEST_WORD = 40
"""Of a class, a colour or a place that is read."""


class ShortfallKind(StrEnum):
    """What a clause of the prompt lacks."""

    TOO_FEW = "too-few"
    TOO_MANY = "too-many"
    COLOR = "color"
    PLACE = "place"
    NO_TARGET = "no-target"
    """What a place refers to is not there itself, so that nothing can stand beside it."""


@dataclass(frozen=True, kw_only=True)
class Shortfall:
    """One clause that does not hold."""

    kind: ShortfallKind
    thing: str
    """Class of the objects that the clause is about."""
    asked: int
    """Objects asked for; of TOO_MANY, the most that are allowed."""
    found: int
    """Objects that were found; of COLOR, those that also have the colour."""
    color: str | None = None
    """The colour asked for, of COLOR."""
    place: str | None = None
    """Where the thing should be from `other` ('left of'), of PLACE and NO_TARGET."""
    other: str | None = None
    """Class of the object that the thing should be beside, of PLACE."""
    seen: tuple[str, ...] = ()
    """Of COLOR the colours of the objects, surest first; of PLACE the sides that the thing is on, if any."""

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Shortfall:
        """The inverse of `to_json`; raises ConfigError where values are missing, unknown or of another kind."""
        try:
            shortfall = cls(**{**values, "kind": ShortfallKind(values["kind"]), "seen": tuple(values.get("seen", ()))})
        except (KeyError, TypeError, ValueError) as error:
            raise ConfigError(f"{str(values)[:80]} does not say what an image falls short of ({error!r}).") from error
        words = (shortfall.thing, shortfall.color or "", shortfall.place or "", shortfall.other or "", *shortfall.seen)
        told = all(isinstance(word, str) and len(word) <= LONGEST_WORD for word in words)
        counted = type(shortfall.asked) is int and type(shortfall.found) is int
        if not told or not counted:
            raise ConfigError(f"{str(values)[:80]} does not say what an image falls short of in words and numbers.")
        return shortfall

    def to_json(self) -> dict[str, Any]:
        """Plain values; what this kind has no use for is left out."""
        values: dict[str, Any] = {
            "kind": self.kind.value, "thing": self.thing, "asked": self.asked, "found": self.found,
            "color": self.color, "place": self.place, "other": self.other, "seen": list(self.seen),
        }  # fmt: skip
        return {name: value for name, value in values.items() if value is not None and value != []}


def geneval_reason(shortfall: Shortfall) -> str:
    """The shortfall in the words of GenEval's own results.jsonl."""
    s = shortfall
    if s.kind is ShortfallKind.TOO_MANY:
        return f"expected {s.thing} < {s.asked + 1}, found {s.found}"
    if s.kind is ShortfallKind.COLOR:
        return f"expected {s.color} {s.thing} >= {s.asked}, found {s.found} ({', '.join(s.seen)})"
    if s.kind is ShortfallKind.PLACE:
        return f"expected {s.thing} {s.place} {s.other}, found {' and '.join(s.seen) or 'no clear side of'} it"
    if s.kind is ShortfallKind.NO_TARGET:
        return f"no target for {s.thing} to be {s.place}"
    return f"expected {s.thing} >= {s.asked}, found {s.found}"
