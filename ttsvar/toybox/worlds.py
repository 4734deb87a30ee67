"""The small worlds that models of our own layout were trained on: a row says what is one world's own."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from safetensors import safe_open

from ttsvar.families.registry import DETECTOR, ICONS_FOLDER, TOYBOX_FOLDER, folder_of
from ttsvar.toybox import presets as toybox_presets
from ttsvar.toybox.icons import words as icon_words
from ttsvar.toybox.icons.catalogue import KINDS
from ttsvar.toybox.icons.reading import read_request as read_icons
from ttsvar.toybox.icons.vocabulary import ICONS
from ttsvar.toybox.world.prompts import Request
from ttsvar.toybox.world.reading import read_request as read_toybox
from ttsvar.toybox.world.things import PLURALS
from ttsvar.toybox.world.vocabulary import TOYBOX, Vocabulary


@dataclass(frozen=True, kw_only=True)
class World:
    """What there is to draw, how it is asked for, and where what was made for it ships."""

    name: str
    folder: Path
    """Where its weights, prompts and measurements ship."""
    words: frozenset[str]
    """Every word that its training says."""
    vocabulary: Vocabulary
    """Classes and colours, as near-misses and rewards use them."""
    things: Mapping[str, str]
    """What one of every thing is called, synonyms included, and what several are."""
    read: Callable[[str], Request | None]
    """From a sentence to what it asks for; None where it is in none of the world's forms."""

    @property
    def terms(self) -> frozenset[str]:
        """The classes and colours that its detector knows."""
        return frozenset((*self.vocabulary.shapes, *self.vocabulary.colors))

    @property
    def prompts(self) -> Path:
        """Its own list of prompts to evaluate on, in GenEval's form; not there where it is asked another's."""
        return self.folder / "geneval_metadata.jsonl"

    @property
    def populations(self) -> Path:
        """Many prompts' candidates, all drawn to the end by the shipped weights."""
        return self.folder / "populations.npz"


WORLDS: tuple[World, ...] = (
    World(
        name="toybox",
        folder=TOYBOX_FOLDER,
        words=frozenset(toybox_presets.WORDS),
        vocabulary=TOYBOX,
        things=PLURALS,
        read=read_toybox,
    ),
    World(
        name="icons",
        folder=ICONS_FOLDER,
        words=frozenset(icon_words.WORDS),
        vocabulary=ICONS,
        things=dict(pair for kind in KINDS for pair in (*kind.synonyms, (kind.name, kind.plural))),
        read=read_icons,
    ),
)
"""Smallest first: a model is of the first world that has all of its words."""


def world_of(words: Collection[str]) -> World | None:
    """The world of a model that knows these words; None for one that reads any text, or other words."""
    return next((world for world in WORLDS if words and world.words.issuperset(words)), None)


def world_of_model(name: str) -> World | None:
    """The world of a model by its name or folder, of which at most the list of its words is read."""
    named = next((world for world in WORLDS if world.name == name), None)
    folder = folder_of(name)
    return named or (None if folder is None else world_of(_words_in(folder / "text_encoder.safetensors")))


def detector_of(world: World, model: str) -> Path:
    """The detector that measures a model's pictures: that of its folder, or the one that ships with its world."""
    own = folder_of(model)
    return own / DETECTOR if own is not None and (own / DETECTOR).is_file() else world.folder / DETECTOR


def _words_in(path: Path) -> tuple[str, ...]:
    if not path.is_file():
        return ()
    with safe_open(path, framework="pt") as file:
        return tuple(json.loads((file.metadata() or {}).get("words", "[]")))
