"""What is in a picture and where: the mean of its patches beside its map."""

from __future__ import annotations

import torch
from torch import Tensor

from ttsvar.extractor import extractor
from ttsvar.features.extractors.pca import pca
from ttsvar.features.extractors.pool import pool
from ttsvar.shapes import Features, Vectors

ROUNDING = 1e-5
"""Of a vector's length, what a mean in float32 may be off by."""


@extractor(
    "pool+map",
    title="Mean and PCA map",
    reading="the mean of all patches, and then one number a patch along their main direction, both counting the same",
    place=35,
)
def pool_map(features: Features) -> Vectors:
    """`pool` and `pca` side by side, [B, L, C] to [B, C + L], each scaled to a mean squared distance of 1 in the batch.

    So neither outweighs the other, whatever their units and however many numbers each has.
    """
    return torch.cat([_scaled(pool(features)), _scaled(pca(features).to(features.device))], dim=1)


def _scaled(vectors: Tensor) -> Tensor:
    """Vectors [B, F] about their mean, at a root mean squared length of 1; all 0 where only rounding differs."""
    centred = vectors - vectors.mean(dim=0)
    length, spread = (part.square().sum(dim=1).mean().sqrt() for part in (vectors, centred))
    return centred / spread if bool(spread > ROUNDING * length) else torch.zeros_like(centred)
