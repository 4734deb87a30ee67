"""Every published VAR in one table: depth, files, sizes."""

from __future__ import annotations

from dataclasses import dataclass

from ttsvar.families.var.transformer import VARConfig
from ttsvar.weights.download import WeightFile

REPO, LICENCE = "FoundationVision/var", "MIT"
TOKENIZER = WeightFile(REPO, "vae_ch160v4096z32.pth", None, None, LICENCE)
"""One for all of them."""


@dataclass(frozen=True)
class PublishedVAR:
    """What it takes to build a published VAR."""

    depth: int
    pixels: int
    parameters: int
    """Of the transformer."""

    @property
    def config(self) -> VARConfig:
        """The transformer's shape."""
        return VARConfig.published(self.depth)

    @property
    def files(self) -> tuple[WeightFile, WeightFile]:
        """The transformer's file, and the tokenizer's."""
        return WeightFile(REPO, f"var_d{self.depth}.pth", None, None, LICENCE), TOKENIZER


PUBLISHED_VAR = {
    "var-d16": PublishedVAR(16, 256, 310_283_520),
    "var-d20": PublishedVAR(20, 256, 600_917_136),
    "var-d24": PublishedVAR(24, 256, 1_033_399_360),
    "var-d30": PublishedVAR(30, 256, 2_010_020_356),
    "var-d36": PublishedVAR(36, 512, 2_353_893_904),
}
