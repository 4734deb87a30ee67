"""The positive-prompt option of Infinity's published scripts: a request for good faces where a prompt names people."""

from __future__ import annotations

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
