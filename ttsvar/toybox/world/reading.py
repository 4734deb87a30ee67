"""From a sentence back to what it asks for, so that a typed prompt can be measured like one of the fixed list."""

from __future__ import annotations

import re

from ttsvar.toybox.world.prompts import Request
from ttsvar.toybox.world.things import COLORS, NUMBERS, PLURALS, RELATIONS, SHAPES

_LEAD = re.compile(r"^(?:(?:a|an|the) )?(?:photo|picture|image) of ")
_BETWEEN = re.compile(r" ?, ?(?:and )?| and ")
_TAGS = {2: ("two_object", "color_attr"), 3: ("three_object", "three_attr"), 4: ("four_object", "four_attr")}
"""By the number of things: without and with colours."""
_SHAPES = {name: shape for shape in SHAPES for name in (shape, PLURALS[shape])}


def read_request(prompt: str) -> Request | None:
    """What a prompt in one of the toybox's forms asks for; None where it says anything else.

    'three blue balls', 'a red star and a green cup', 'a photo of a heart left of a house', 'a cup, a fish and a star'.
    """
    text = _LEAD.sub("", " ".join(re.sub(r"[^a-z, ]", " ", prompt.lower()).split()))
    for relation in RELATIONS:
        first, found, second = text.partition(f" {relation} ")
        if found:
            return _request((_kind(re.sub(r" (?:is|to the)$", "", first)), _kind(second)), relation)
    kinds = tuple(_kind(phrase) for phrase in _BETWEEN.split(text))
    return _request(kinds, None) if len(kinds) <= 4 else None


def _kind(phrase: str) -> tuple[str, str | None, int] | None:
    """(shape, colour, count) of 'a red star' or 'two cups'."""
    *words, noun = phrase.split() or [""]
    shape = _SHAPES.get(noun)
    color = words.pop() if words and words[-1] in COLORS else None
    number = words.pop() if words else "one"
    count = 1 if number in ("a", "an", "the") else NUMBERS.index(number) if number in NUMBERS else 0
    if shape is None or words or not count or noun != (shape if count == 1 else PLURALS[shape]):
        return None
    return shape, color, count


def _request(kinds: tuple[tuple[str, str | None, int] | None, ...], relation: str | None) -> Request | None:
    known = tuple(kind for kind in kinds if kind is not None)
    if len(known) < len(kinds):
        return None
    colored = any(color for _, color, _ in known)
    if any(count > 1 for _, _, count in known):
        tag = "counting" if len(known) == 1 else "two_counts"
    elif relation:
        tag = "position_attr" if colored else "position"
    elif len(known) == 1:
        tag = "colors" if colored else "single_object"
    else:
        tag = _TAGS[len(known)][colored]
    return Request(tag, known, relation)
