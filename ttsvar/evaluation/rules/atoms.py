"""A verdict part by part: each thing, colour and place that a prompt asks for, whether or not the others hold.

GenEval's rule stops at the first part of a clause that fails; here every part is asked of whatever objects there are.
All parts hold exactly where the rule says that an image is right, as long as what it excludes is more of what it asks
for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ttsvar.errors import ConfigError


class AtomKind(StrEnum):
    """What a part of a prompt says."""

    COUNT = "count"
    COLOR = "color"
    PLACE = "place"


@dataclass(frozen=True, kw_only=True)
class Atom:
    """One part of a prompt, and how far a picture has it."""

    kind: AtomKind
    thing: str
    """Class of the objects that it is about."""
    asked: int
    """Objects asked for."""
    found: int
    """Objects that have it; of COUNT, all of the class."""
    holds: bool
    color: str | None = None
    """The colour asked for, of COLOR."""
    place: str | None = None
    """Where the thing should be from `other` ('left of'), of PLACE."""
    other: str | None = None
    seen: tuple[str, ...] = ()
    """Of COLOR the colours of the objects, surest first; of PLACE the sides that an object is on that is elsewhere."""

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Atom:
        """The inverse of `to_json`; raises ConfigError where values are missing or unknown."""
        try:
            return cls(**{**values, "kind": AtomKind(values["kind"]), "seen": tuple(values.get("seen", ()))})
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ConfigError(f"{str(values)[:80]} is no part of a prompt ({error!r}).") from error

    def to_json(self) -> dict[str, Any]:
        """Plain values; what this kind has no use for is left out."""
        values: dict[str, Any] = {
            "kind": self.kind.value, "thing": self.thing, "asked": self.asked, "found": self.found,
            "holds": self.holds, "color": self.color, "place": self.place, "other": self.other,
            "seen": list(self.seen),
        }  # fmt: skip
        return {name: value for name, value in values.items() if value is not None and value != []}


def count_atom(clause: Mapping[str, Any], there: int, most: int | None) -> Atom:
    """Whether there are as many of a thing as a clause of `include` asks for, and no more than `most`."""
    holds = there >= clause["count"] and (most is None or there <= most)
    return Atom(kind=AtomKind.COUNT, thing=clause["class"], asked=clause["count"], found=there, holds=holds)


def color_atom(clause: Mapping[str, Any], colors: Sequence[str]) -> Atom:
    """Whether as many have the clause's colour; `colors` are those of its `count` surest objects."""
    right = colors.count(clause["color"])
    return Atom(
        kind=AtomKind.COLOR, thing=clause["class"], asked=clause["count"], found=right,
        holds=right >= clause["count"], color=clause["color"], seen=tuple(colors),
    )  # fmt: skip


def place_atom(clause: Mapping[str, Any], other: str, enough: bool, sides: Sequence[frozenset[str]]) -> Atom:
    """Whether the clause's objects lie where it says; `sides` has each pair of them and of the `other` thing's.

    `enough` where there are as many of both things as the prompt asks for.
    """
    place = clause["position"][0]
    elsewhere = [side for side in sides if place not in side]
    return Atom(
        kind=AtomKind.PLACE, thing=clause["class"], asked=clause["count"], found=len(sides) - len(elsewhere),
        holds=enough and bool(sides) and not elsewhere, place=place, other=other,
        seen=tuple(sorted(elsewhere[0])) if elsewhere else (),
    )  # fmt: skip
