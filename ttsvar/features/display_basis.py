"""The colours in which a person sees patch features, which mean the same in every picture of a run.

Dimension letters: B images, L patches, C channels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from ttsvar.errors import ConfigError
from ttsvar.shapes import Features


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
