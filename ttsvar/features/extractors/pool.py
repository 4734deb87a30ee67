"""The mean over a picture's patches."""

from __future__ import annotations

from ttsvar.extractor import extractor
from ttsvar.shapes import Features, PatchMeans


@extractor("pool", title="Mean of patches", reading="the mean of all patches", place=30)
def pool(features: Features) -> PatchMeans:
    """Mean over the patches: [B, L, C] to [B, C] (paper, Table 6 "Pool")."""
    return features.float().mean(dim=1)
