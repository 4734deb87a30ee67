"""What an extractor is: a row that says what is clustered on, in one file of `ttsvar/features/extractors`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from ttsvar.registry import Registry

if TYPE_CHECKING:
    from ttsvar.shapes import Features, Vectors


class Sees(StrEnum):
    """Which network an extractor reads."""

    PATCHES = "patches"
    """One feature a patch, from a network without labels: DINOv2."""
    WHOLE = "whole"
    """One feature a picture, pooled in a network that was trained with labels: InceptionV3."""


@dataclass(frozen=True)
class Extractor:
    """What k-means sees of features; its fields are all that the rest of the project asks of it."""

    name: str
    """What `SearchConfig.extractor` calls it."""
    title: str
    """What the page calls it in a list."""
    reading: str
    """What is read of a picture, to follow 'what k-means reads' in a sentence."""
    vectors: Callable[[Features], Vectors]
    """Features [B, L, C] to the vectors [B, F] that are clustered."""
    sees: Sees = Sees.PATCHES
    place: int = 100
    """Lists are ordered by it, then by name."""


EXTRACTORS: Registry[Extractor] = Registry("extractor", "ttsvar.features.extractors", lambda row: row.place)
"""Everything that `SearchConfig.extractor` may name; each registers itself in its file."""


def extractor(
    name: str, *, title: str, reading: str, sees: Sees = Sees.PATCHES, place: int = 100
) -> Callable[[Callable[[Features], Vectors]], Callable[[Features], Vectors]]:
    """A decorator for a function from features [B, L, C] to vectors [B, F]: it can be named from now on."""

    def register(vectors: Callable[[Features], Vectors]) -> Callable[[Features], Vectors]:
        EXTRACTORS.add(name, Extractor(name, title, reading, vectors, sees, place))
        return vectors

    return register


def clustering_input(name: str, features: Features) -> Vectors:
    """The vectors float32 [B, F] that k-means sees of features [B, L, C]; an unknown name raises ConfigError."""
    return EXTRACTORS.named(name).vectors(features).float()
