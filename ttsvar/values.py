"""Kinds of value that a setting can hold: how each is checked, read from text and from JSON, and shown."""

from __future__ import annotations

import re
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
PerScale = float | tuple[float, ...]
"""One number for every scale, or one for each."""


class UnfitError(ValueError):
    """A value is not what it must be; the message completes 'it must be ...'."""

    def __init__(self, must: str, entry: object = None) -> None:
        super().__init__(must)
        self.entry = entry
        """What does not fit, where it may be an entry of a list."""


def whole_number(value: object, low: int, high: int) -> int:
    """A whole number from outside: an int, or a float that is one, within these bounds; UnfitError where it is not.

    True and False are no numbers, and neither are NaN and the infinities.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UnfitError(f"a whole number from {low} to {high}")
    if not low <= value <= high or value != int(value):  # NaN is in no range, and no infinity is
        raise UnfitError(f"a whole number from {low} to {high}")
    return int(value)


def number(value: object) -> float:
    """A finite number from outside, as a float; UnfitError for anything else, True and False among it."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UnfitError("a number", value)
    if not abs(value) <= sys.float_info.max:  # neither NaN nor an infinity, nor an int that no float can hold
        raise UnfitError("a finite number", value)
    return float(value)


def _parts(text: str) -> list[str]:
    """What stands between blanks, commas and semicolons."""
    return [part for part in re.split(r"[\s,;]+", text) if part]


class Kind(ABC, Generic[T]):
    """What a setting's values have in common. Every method that takes one raises UnfitError where it does not fit."""

    _wording = ""
    _json = ""

    @property
    def wording(self) -> str:
        """What the text of such a value looks like, to complete 'give ...'."""
        return self._wording

    @property
    def json(self) -> str:
        """What such a value is in JSON, for the documentation of the API."""
        return self._json or self.wording

    @abstractmethod
    def check(self, value: object) -> T:
        """The value as a recipe keeps it: a number stays the int or float that it is, since state ids depend on it."""

    @abstractmethod
    def parse(self, text: str) -> T:
        """The value of a flag or a text field; its range is checked by `check`."""

    @abstractmethod
    def from_json(self, value: object) -> T:
        """The value that a program sends; its range is checked by `check`."""

    def show(self, value: T) -> str:
        """The text from which `parse` reads the value."""
        return str(value)


@dataclass(frozen=True)
class Whole(Kind[int]):
    """A whole number."""

    low: int = 0
    high: int = 2**31 - 1
    must: str = ""
    """What it must be, where the bounds do not say it best."""
    _wording = "a whole number"

    def check(self, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not self.low <= value <= self.high:
            raise UnfitError(self.must or f"a whole number from {self.low} to {self.high}")
        return value

    def parse(self, text: str) -> int:
        return _whole(text, self.wording)

    def from_json(self, value: object) -> int:
        return self.check(int(value) if isinstance(value, float) and value.is_integer() else value)


@dataclass(frozen=True)
class Share(Kind[float]):
    """A number above 0 and at most 1."""

    _wording = "a number"

    def check(self, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
            raise UnfitError("a number above 0 and at most 1")
        return value

    def parse(self, text: str) -> float:
        return _number(text, self.wording)

    def from_json(self, value: object) -> float:
        return number(value)

    def show(self, value: float) -> str:
        return _shown(value)


@dataclass(frozen=True)
class Numbers(Kind[PerScale]):
    """One number, or one per scale."""

    low: float
    high: float
    _wording = "one number, or one for each scale"
    _json = "a number, or a list with one a scale"

    def check(self, value: object) -> PerScale:
        if isinstance(value, list | tuple) and value:
            return tuple(self._checked(v) for v in value)
        return self._checked(value)

    def _checked(self, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not self.low <= value <= self.high:
            raise UnfitError(f"number(s) from {self.low:g} to {self.high:g}")
        return value

    def parse(self, text: str) -> PerScale:
        values = tuple(_number(part, self.wording) for part in _parts(text))
        if not values:
            raise UnfitError(self.wording)
        return values[0] if len(values) == 1 else values

    def from_json(self, value: object) -> PerScale:
        if not isinstance(value, list | tuple):
            return number(value)
        values = tuple(number(v) for v in value)
        return values[0] if len(values) == 1 else values

    def show(self, value: PerScale) -> str:
        return ", ".join(map(_shown, value if isinstance(value, tuple) else (value,)))


@dataclass(frozen=True)
class Wholes(Kind[tuple[int, ...]]):
    """A list of whole numbers."""

    must: str = "a list of whole numbers"
    fits: Callable[[Sequence[int]], bool] = lambda values: True
    nothing: str = ""
    """The text that stands for a list without numbers, where an empty text would say something else."""
    _wording = "whole numbers with commas"
    _json = "a list of whole numbers"

    def check(self, value: object) -> tuple[int, ...]:
        kept = tuple(v for v in value if type(v) is int) if isinstance(value, list | tuple) else ()
        if not isinstance(value, list | tuple) or len(kept) != len(value) or not self.fits(kept):
            raise UnfitError(self.must)
        return kept

    def parse(self, text: str) -> tuple[int, ...]:
        parts = [] if text.strip() == self.nothing else _parts(text)
        return tuple(_whole(part, self.must) for part in parts)

    def from_json(self, value: object) -> tuple[int, ...]:
        values = value if isinstance(value, list | tuple) else [value]
        try:
            return tuple(whole_number(v, -(2**31), 2**31 - 1) for v in values)
        except UnfitError:
            raise UnfitError(self.must) from None

    def show(self, value: tuple[int, ...]) -> str:
        return ", ".join(map(str, value)) or self.nothing


@dataclass(frozen=True)
class Batch(Wholes):
    """A batch schedule: any list, as the schedule says what is wrong with it and at which scale."""

    def check(self, value: object) -> tuple[int, ...]:
        return tuple(value) if isinstance(value, list | tuple) else super().check(value)


@dataclass(frozen=True)
class Choice(Kind[str]):
    """One of some names; of any, where the model's own parts say which there are."""

    names: Collection[str] = ()

    @property
    def wording(self) -> str:
        """The names, where they are known."""
        return f"one of {', '.join(self.names)}" if self.names else "a name"

    def check(self, value: object) -> str:
        if not isinstance(value, str) or (self.names and value not in self.names):
            raise UnfitError(self.wording)
        return value

    def parse(self, text: str) -> str:
        return text

    def from_json(self, value: object) -> str:
        return _text(value)


def is_whole(text: str) -> bool:
    """Whether UTF-8 can carry a text: half a surrogate pair is in no file and on no page."""
    return not any("\ud800" <= c <= "\udfff" for c in text)


@dataclass(frozen=True)
class Text(Kind[str]):
    """Words, without surplus blanks."""

    _wording = "text"

    def check(self, value: object) -> str:
        if not isinstance(value, str):
            raise UnfitError("a text")
        if not is_whole(value):
            raise UnfitError("text without half characters; type it again")
        return " ".join(value.split())

    def parse(self, text: str) -> str:
        return text

    def from_json(self, value: object) -> str:
        return _text(value)


@dataclass(frozen=True)
class Flag(Kind[bool]):
    """Yes or no."""

    _wording = "true or false"

    def check(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise UnfitError("true or false")
        return value

    def parse(self, text: str) -> bool:
        known = {"true": True, "false": False}
        if text.lower() not in known:
            raise UnfitError("true or false")
        return known[text.lower()]

    def from_json(self, value: object) -> bool:
        return self.check(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise UnfitError("text")
    return value


def _shown(value: float) -> str:
    """In short, as `3` for 3.0, where that is the same number."""
    short = f"{value:g}"
    return short if float(short) == value else repr(value)


def _number(text: str, wording: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise UnfitError(wording) from None


def _whole(text: str, wording: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise UnfitError(wording) from None
