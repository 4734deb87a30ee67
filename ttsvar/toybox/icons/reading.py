"""From a sentence back to what it asks for, in GenEval's words or a visitor's."""

from __future__ import annotations

import re

from ttsvar.toybox.icons.catalogue import KINDS
from ttsvar.toybox.icons.colors import COLORS
from ttsvar.toybox.icons.prompts import IconRequest
from ttsvar.toybox.icons.words import noun
from ttsvar.toybox.world.things import NUMBERS, RELATIONS

_LEAD = re.compile(r"^(?:(?:a|an|the) )?(?:photo|picture|image) of ")
_BETWEEN = re.compile(r" ?, ?(?:and )?| and ")
_MANY = {2: ("two_object", "color_attr"), 3: ("three_object", "three_attr"), 4: ("four_object", "four_attr")}
"""By the number of kinds: without and with colours."""

Called = tuple[str, str | None, int, int | None]
"""Class, colour, count, and the number of the synonym."""


def _names() -> dict[tuple[str, bool], tuple[str, int | None]]:
    """(name, whether several) to (class, synonym). GenEval's own names come first where two classes share one."""
    found: dict[tuple[str, bool], tuple[str, int | None]] = {}
    for number in (None, *range(max(len(kind.synonyms) for kind in KINDS))):
        for kind in KINDS:
            if number is None or number < len(kind.synonyms):
                for several in (False, True):
                    found.setdefault((noun(kind, 1 + several, number), several), (kind.name, number))
    return found


_NAMES = _names()


def read_request(prompt: str) -> IconRequest | None:
    """What a prompt in one of the known forms asks for; None where it says anything else.

    'three sofas', 'a red dog and a green cup', 'a photo of a bench left of a bus', 'a cup, a fork and a spoon'.
    """
    text = _LEAD.sub("", " ".join(re.sub(r"[^a-z, ]", " ", prompt.lower()).split()))
    for relation in RELATIONS:
        first, found, second = text.partition(f" {relation} ")
        if found:
            return _request([_kind(re.sub(r" (?:is|to the)$", "", first)), _kind(second)], relation)
    kinds = [_kind(part) for part in _BETWEEN.split(text)]
    return _request(kinds, None) if len(kinds) <= 4 else None


def _kind(text: str) -> Called | None:
    """(class, colour, count, synonym) of 'a red tv remote' or 'two cups'."""
    words = text.split()
    count = 1
    if words and words[0] in ("a", "an", "the", *NUMBERS[1:]):
        first = words.pop(0)
        count = NUMBERS.index(first) if first in NUMBERS else 1
    # 'an orange' is a fruit, 'an orange orange' one of its colour.
    for color in (None, *words[:1]):
        name = " ".join(words if color is None else words[1:])
        named = _NAMES.get((name, count > 1))
        if named is not None and (color is None or color in COLORS):
            return named[0], color, count, named[1]
    return None


def _request(kinds: list[Called | None], relation: str | None) -> IconRequest | None:
    known = [kind for kind in kinds if kind is not None]
    if len(known) < len(kinds):
        return None
    colored = any(color for _, color, _, _ in known)
    if any(count > 1 for _, _, count, _ in known):
        tag = "counting" if len(known) == 1 else "two_counts"
    elif relation:
        tag = "position_attr" if colored else "position"
    elif len(known) == 1:
        tag = "colors" if colored else "single_object"
    else:
        tag = _MANY[len(known)][colored]
    called = tuple((shape, synonym) for shape, _, _, synonym in known if synonym is not None)
    return IconRequest(tag, tuple((shape, color, count) for shape, color, count, _ in known), relation, called)
