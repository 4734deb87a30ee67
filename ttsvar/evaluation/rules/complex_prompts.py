"""What a prompt of T2I-CompBench's category "complex" holds: noun phrases, a place, an action. Read with spaCy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from ttsvar.errors import ConfigError
from ttsvar.text_files import numbered_lines

MODEL = "en_core_web_sm"
NO_OBJECTS = ("top", "the top", "bottom", "the bottom", "side", "the side", "left", "the left", "right", "the right")
"""Noun phrases that name a place and no thing."""


class Part(StrEnum):
    """What a complex prompt may have beside attributes."""

    PLACE = "place"
    ACTION = "action"


@dataclass(frozen=True)
class ComplexReader:
    """Reads complex prompts."""

    nlp: Callable[[str], Any]
    """spaCy's English pipeline: a text to tokens with parts of speech, and noun chunks."""
    places: frozenset[str] = frozenset()
    """Prompts with attributes and a place, in lower case and without the full stop."""
    actions: frozenset[str] = frozenset()
    """Prompts with attributes and an action."""

    def phrases(self, prompt: str) -> list[str]:
        """The noun phrases that stand for things."""
        found = [str(chunk.text).lower() for chunk in self.nlp(prompt).noun_chunks]
        return [phrase for phrase in found if phrase not in NO_OBJECTS]

    def parts(self, prompt: str) -> frozenset[Part]:
        """What is scored beside attributes: both where neither list has the prompt."""
        text = _plain(prompt)
        if text in self.places:
            return frozenset({Part.PLACE})
        return frozenset({Part.ACTION}) if text in self.actions else frozenset(Part)

    def without_adjectives(self, prompt: str) -> str:
        """The prompt as its action is looked for: what things look like is asked for elsewhere."""
        return " ".join(str(token.text) for token in self.nlp(prompt) if token.pos_ != "ADJ")


def load_reader(lists: Path | None) -> ComplexReader:
    """spaCy's small English pipeline, and the benchmark's complex_val_spatial.txt and complex_val_action.txt.

    Raises ConfigError where the lists are not given or not there, or spaCy or its pipeline is not installed.
    """
    if lists is None:
        raise ConfigError(
            "complex needs --lists: the folder of the benchmark's complex_val_spatial.txt and complex_val_action.txt."
        )
    places, actions = (_prompts(lists / f"complex_val_{kind}.txt") for kind in ("spatial", "action"))
    try:
        import spacy  # type: ignore[import-not-found]

        nlp = spacy.load(MODEL)
    except (ImportError, OSError) as error:
        raise ConfigError(
            f"complex cuts sentences with spaCy, which cannot be used here ({error}). Install it with `pip install "
            f"spacy` and `python -m spacy download {MODEL}`."
        ) from error
    return ComplexReader(nlp, places, actions)


def _prompts(path: Path) -> frozenset[str]:
    return frozenset(_plain(line) for _, line in numbered_lines(path))


def _plain(prompt: str) -> str:
    return prompt.strip().split(".")[0].lower()
