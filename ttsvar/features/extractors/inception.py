"""The pooled features of a network that was trained with labels (paper, Table 6)."""

from __future__ import annotations

from ttsvar.extractor import Sees, extractor
from ttsvar.features.extractors.pool import pool
from ttsvar.shapes import Features, PatchMeans


@extractor(
    "inception",
    title="Supervised network",
    reading="one vector a picture, pooled in a network that was trained with labels",
    sees=Sees.WHOLE,
    place=40,
)
def inception(features: Features) -> PatchMeans:
    """The one vector an image that such a network gives, [B, 1, C] to [B, C]."""
    return pool(features)
