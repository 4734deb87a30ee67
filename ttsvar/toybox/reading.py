"""From a sentence back to what it asks for, so that a typed prompt can be measured like one of the fixed list."""

from __future__ import annotations

import re

from ttsvar.toybox.prompts import Request
from ttsvar.toybox.world import COLORS, NUMBERS, PLURALS, RELATIONS, SHAPES

_LEAD = re.compile(r"^(?:(?:a|an|the) )?(?:photo|picture|image) of ")
_SHAPES = {name: shape for shape in SHAPES for name in (shape, PLURALS[shape])}


def read_request(prompt: str) -> Request | None:
    """What a prompt in one of GenEval's six forms asks for; None where it says anything else.

    'three blue balls', 'a red star and a green cup', 'a photo of a heart left of a house'.
    """
    text = _LEAD.sub("", " ".join(re.sub(r"[^a-z ]", " ", prompt.lower()).split()))
    for joint in (*RELATIONS, "and"):
        first, found, second = text.partition(f" {joint} ")
        if found:
            kinds = (_kind(re.sub(r" (?:is|to the)$", "", first)), _kind(second))
            return _request(kinds, None if joint == "and" else joint)
    return _request((_kind(text),), None)


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
    if any(count > 1 for _, _, count in known):
        tag = "counting"
    elif relation:
        tag = "position"
    elif len(known) == 1:
        tag = "colors" if known[0][1] else "single_object"
    else:
        tag = "color_attr" if any(color for _, color, _ in known) else "two_object"
    return Request(tag, known, relation)
