"""Prompts of text-to-image models: examples, and the published request for good faces where a prompt names people."""

from __future__ import annotations

from collections.abc import Callable, Sequence

SCENES = (
    "a photo of a red star and a green cup",
    "a photo of three fish",
    "a photo of a heart left of a house",
    "a photo of two balls and a cup",
)
"""Of the toybox's world."""
PICTURES = (
    "a photo of three red apples on a white plate",
    "a photo of a brown dog left of a blue bicycle",
    "a watercolour of a lighthouse on a cliff at dusk",
)
"""For models that read any text: a count, a place and a manner, where a search can gain most."""

PEOPLE = (
    "man", "woman", "men", "women", "boy", "girl", "child", "person", "human", "adult", "teenager", "employee",
    "employer", "worker", "mother", "father", "sister", "brother", "grandmother", "grandfather", "son", "daughter",
)  # fmt: skip
"""Words that the published list looks for; anywhere in the text, so that 'season' counts for 'son'."""
FACES = ". very smooth faces, good looking faces, face to the camera, perfect facial features"
"""What the published scripts add."""


def with_faces(prompt: str) -> str:
    """The prompt with the published addition where it names people, else as it is (Infinity, tools/run_infinity.py)."""
    return prompt + FACES if any(word in prompt for word in PEOPLE) else prompt


def known_examples(words: Sequence[str], unknown: Callable[[str], Sequence[str]]) -> tuple[str, ...]:
    """Examples for a model of these words (any, where there are none), less those in which a word is unknown to it."""
    return tuple(prompt for prompt in (SCENES if words else PICTURES) if not unknown(prompt))
