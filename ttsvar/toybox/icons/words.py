"""The words of this world: colours, sides and numbers as in the toybox, and every name of every class."""

from __future__ import annotations

from ttsvar.toybox.icons.catalogue import KINDS, Kind
from ttsvar.toybox.icons.colors import COLORS
from ttsvar.toybox.world.things import NUMBERS, RELATIONS


def noun(kind: Kind, count: int, synonym: int | None = None) -> str:
    """What a class is called, one or several: GenEval's own name, or a synonym by its number."""
    if synonym is None:
        return kind.name if count == 1 else kind.plural
    return kind.synonyms[synonym][count > 1]


def phrase(noun: str, color: str | None, count: int) -> str:
    """'a green bus', 'an apple', 'three cups'; the article goes by the letter, as GenEval's does."""
    words = f"{color} {noun}" if color else noun
    if count > 1:
        return f"{NUMBERS[count]} {words}"
    return ("an " if words[0] in "aeiou" else "a ") + words


def _vocabulary() -> tuple[str, ...]:
    names = [name for kind in KINDS for name in (kind.name, kind.plural, *(n for pair in kind.synonyms for n in pair))]
    phrases = ("a an photo of and", *RELATIONS, *NUMBERS[1:], *COLORS, *names)
    return tuple(dict.fromkeys(word for text in phrases for word in text.split()))


WORDS = _vocabulary()
"""Every word that training says, each once."""
