"""Prompts of text-to-image models: examples, and the published request for good faces where a prompt names people."""

from __future__ import annotations

from dataclasses import dataclass

from ttsvar.families.base.prompts import FreeText
from ttsvar.nn.words import WordTokenizer
from ttsvar.protocols import PromptBook

SCENES = (
    "a photo of a red star and a green cup",
    "a photo of three fish",
    "a photo of a heart left of a house",
    "a photo of two balls and a cup",
)
"""Of the toybox's world."""
ICON_SCENES = (
    "a photo of a dog right of a bicycle",
    "a photo of three cups",
    "a photo of a green bus and a purple microwave",
    "a photo of two giraffes",
    "a photo of a red sofa left of a potted plant",
    "a photo of a puppy and an umbrella",
)
"""Of the icon world: GenEval's classes and colours, and what else they are called."""
PICTURES = (
    "a photo of three red apples on a white plate",
    "a photo of a brown dog left of a blue bicycle",
    "a watercolour of a lighthouse on a cliff at dusk",
)
"""For models that read any text: a count, a place and a manner, where a search can gain most."""
OPTIONS = frozenset({"negative", "cfg_layers"})
"""Settings of a search that every Infinity takes."""

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


@dataclass(frozen=True)
class KnownWords:
    """The `PromptBook` of a text encoder of limited words: others are told, and read as one unknown word."""

    tokenizer: WordTokenizer
    options: frozenset[str] = OPTIONS
    choices: tuple[str, ...] = ()

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """Every word that the text encoder knows."""
        return tuple(self.tokenizer.words)

    @property
    def examples(self) -> tuple[str, ...]:
        """Scenes of the world whose words these are, less those with a word that is unknown."""
        known = [tuple(prompt for prompt in scenes if not self.unknown(prompt)) for scenes in (SCENES, ICON_SCENES)]
        return max(known, key=len)

    def unknown(self, prompt: str) -> tuple[str, ...]:
        """The prompt's words that are not in the vocabulary."""
        return tuple(self.tokenizer.unknown(prompt))

    def read(self, prompt: str) -> str:
        """The prompt as it is."""
        return prompt


def prompts_of(text_encoder: object) -> PromptBook:
    """The prompts that a text encoder reads: any text, unless it has a tokenizer of whole words."""
    tokenizer = getattr(text_encoder, "tokenizer", None)
    if isinstance(tokenizer, WordTokenizer):
        return KnownWords(tokenizer)
    # The published words for faces are of use only to a model that knows them.
    return FreeText(PICTURES, OPTIONS | {"positive"})
