"""What k-means sees of patch features, and the colours in which a person sees them.

Dimension letters: B images, L patches, C channels, F numbers of a clustering vector.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from ttsvar.errors import ConfigError
from ttsvar.shapes import Features, PatchMaps, PatchMeans, Vectors


def pool(features: Features) -> PatchMeans:
    """Mean over the patches: [B, L, C] to [B, C] (paper, Table 6 "Pool")."""
    return features.float().mean(dim=1)


def pca_raw(features: Features) -> PatchMaps:
    """Each image's patches projected on its own first principal component: [B, L, C] to [B, L] (paper, section 4.2).

    The sign of a component is arbitrary, so two equal layouts may come out as opposites.
    """
    return torch.stack([_first_component(image)[0] for image in features.float()])


def pca(features: Features) -> PatchMaps:
    """`pca_raw` with signs aligned across the images, [B, L, C] to [B, L].

    The components are directions in one feature space, so two images agree when their directions point the same way.
    Signs z maximise |sum z_i v_i|: they start on the side of the directions' common axis and are flipped one by one
    while that helps. Maps are not compared with maps: an object on the left must stay the opposite of one on the right.
    The common axis itself points to its largest channel, so the answer does not depend on any sign a solver chose.
    """
    found = [_first_component(image) for image in features.float()]
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


CLUSTERING_INPUTS: dict[str, Callable[[Tensor], Tensor]] = {
    "pca": pca,
    "pca-raw": pca_raw,
    "pool": pool,
    "inception": pool,
}
"""What `SearchConfig.extractor` may name; "inception" has one vector an image, and the mean over one is itself."""


def clustering_input(name: str, features: Features) -> Vectors:
    """The vectors float32 [B, F] that k-means sees of patch features [B, L, C]; an unknown name raises ConfigError."""
    if name not in CLUSTERING_INPUTS:
        raise ConfigError(f"extractor is {name!r}; it must be one of {', '.join(CLUSTERING_INPUTS)}.")
    return CLUSTERING_INPUTS[name](features).float()


@dataclass(frozen=True, eq=False)
class DisplayBasis:
    """Three principal components shared by every image of a run, so that a colour means the same everywhere."""

    mean: Tensor
    """float32 [C]."""
    axes: Tensor
    """float32 [C, 3]."""
    low: Tensor
    """float32 [3], the value shown as 0."""
    high: Tensor
    """float32 [3], the value shown as 255."""

    def maps(self, features: Tensor, grid: tuple[int, int] | None = None) -> Tensor:
        """Patch features [B, L, C] as colours uint8 [B, h, w, 3]; `grid` (h, w) is needed where L is no square."""
        side = math.isqrt(features.shape[1])
        h, w = grid or (side, side)
        if h * w != features.shape[1]:
            raise ConfigError(f"{features.shape[1]} patches do not fill a grid of {h} x {w}; pass grid=(h, w).")
        values = (features.float() - self.mean) @ self.axes
        shown = ((values - self.low) / (self.high - self.low)).clamp(0, 1)
        return shown.mul(255).round().to(torch.uint8).reshape(-1, h, w, 3)


def display_basis(features: Features) -> DisplayBasis:
    """The basis of patch features [B, L, C]; fit it once a run, on the first candidates that were looked at.

    Each component points to its largest channel, and its colour runs from the 2nd to the 98th percentile.
    """
    patches = features.float().cpu().flatten(0, 1)
    mean = patches.mean(0)
    centred = (patches - mean).double()
    axes = torch.linalg.eigh(centred.T @ centred)[1].flip(1)[:, :3]
    if axes.shape[1] < 3:
        raise ConfigError(f"A display basis needs at least 3 channels; the features have {features.shape[2]}.")
    largest = axes.gather(0, axes.abs().argmax(0, keepdim=True))
    axes = (axes * torch.where(largest < 0, -1.0, 1.0)).float()
    limits = torch.quantile(_sample(centred.float() @ axes), torch.tensor([0.02, 0.98]), dim=0)
    return DisplayBasis(mean, axes, limits[0], torch.maximum(limits[1], limits[0] + 1e-6))


def _sample(values: Tensor, most: int = 100_000) -> Tensor:
    """Evenly spaced rows where there are more than `torch.quantile` is meant for."""
    return values[:: max(1, math.ceil(len(values) / most))]


def _first_component(patches: Tensor) -> tuple[Tensor, Tensor]:
    """Projections [L] and direction [C] of the first principal component of [L, C]."""
    centred = patches - patches.mean(dim=0, keepdim=True)
    axis = torch.linalg.svd(centred, full_matrices=False)[2][0]
    return centred @ axis, axis
