"""Each picture's patches on their own first principal component, as the published code reads them."""

from __future__ import annotations

import torch
from torch import Tensor

from ttsvar.extractor import extractor
from ttsvar.shapes import Features, PatchMaps


@extractor(
    "pca-raw",
    title="PCA as published",
    reading="one number a patch, along their main direction, as the paper's code does it",
    place=20,
)
def pca_raw(features: Features) -> PatchMaps:
    """Each image's patches projected on its own first principal component: [B, L, C] to [B, L] (paper, section 4.2).

    The sign of a component is arbitrary, so two equal layouts may come out as opposites.
    """
    return torch.stack([first_component(image)[0] for image in features.float()])


def first_component(patches: Tensor) -> tuple[Tensor, Tensor]:
    """Projections [L] and direction [C] of the first principal component of [L, C]."""
    centred = patches - patches.mean(dim=0, keepdim=True)
    axis = torch.linalg.svd(centred, full_matrices=False)[2][0]
    return centred @ axis, axis
