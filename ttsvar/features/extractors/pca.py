"""Each picture's patches on their own first principal component, with signs aligned between pictures."""

from __future__ import annotations

import torch
from torch import Tensor

from ttsvar.extractor import extractor
from ttsvar.features.extractors import pca_raw
from ttsvar.shapes import Features, PatchMaps


@extractor(
    "pca",
    title="PCA, signs aligned",
    reading="one number a patch, along their main direction, with signs aligned between pictures",
    place=10,
)
def pca(features: Features) -> PatchMaps:
    """`pca_raw` with signs aligned across the images, [B, L, C] to [B, L].

    The components are directions in one feature space, so two images agree when their directions point the same way.
    Signs z maximise |sum z_i v_i|: they start on the side of the directions' common axis and are flipped one by one
    while that helps. Maps are not compared with maps: an object on the left must stay the opposite of one on the right.
    The common axis itself points to its largest channel, so the answer does not depend on any sign a solver chose.
    """
    found = [pca_raw.first_component(image) for image in features.float()]
    signs = aligned_signs(torch.stack([axis for _, axis in found]))
    return torch.stack([scores for scores, _ in found]) * signs[:, None].float().to(features.device)


def aligned_signs(axes: Tensor) -> Tensor:
    """Signs +-1 float64 [B] that turn unit vectors [B, C] to one side; see `pca`."""
    axes = axes.double().cpu()
    cosines = axes @ axes.T
    leading = torch.linalg.eigh(cosines)[1][:, -1]
    signs = torch.where(leading < 0, -1.0, 1.0).double()
    for _ in range(4 * len(axes)):
        gains = signs * (cosines @ signs - signs)
        worst = int(gains.argmin())
        if gains[worst] >= -1e-9:
            break
        signs[worst] = -signs[worst]
    common = signs @ axes
    return -signs if common[common.abs().argmax()] < 0 else signs
