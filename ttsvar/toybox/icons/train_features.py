"""Training of this world's self-supervised features: the toybox's self-distillation on scenes drawn when needed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from ttsvar.families.infinity.autoencoder import BSQAutoencoder
from ttsvar.families.infinity.tokenizer_checkpoint import load_tokenizer
from ttsvar.protocols import FeatureExtractor
from ttsvar.toybox.icons.drawn import Batch
from ttsvar.toybox.icons.presets import SCHEDULE
from ttsvar.toybox.icons.scenery import Scenery
from ttsvar.toybox.train.feature_metrics import PREVIEW_SCALES, patch_colors, retrieved, spread
from ttsvar.toybox.train.feature_views import FLIPS, Views, decoded, student_views
from ttsvar.toybox.train.features import MODEL, Distillation

KINDS = ("pool", "pca", "patches")
LAST = len(SCHEDULE)


class IconProbe:
    """Whether previews of unseen scenes find their own final picture, and whether the features collapse."""

    def __init__(self, unseen: Batch, tokenizer: BSQAutoencoder) -> None:
        shown = decoded(tokenizer, unseen.pixels, (*PREVIEW_SCALES, LAST), schedule=SCHEDULE)
        *previews, self.finals = (torch.from_numpy(images) for images in shown)
        self.previews = dict(zip(PREVIEW_SCALES, previews, strict=True))

    def figures(self, extractor: FeatureExtractor) -> dict[str, float]:
        """Retrieval and spread of an extractor's features."""
        return self._measure(extractor.extract)

    def baseline(self) -> dict[str, float]:
        """The same of plain pixels: the mean colour of each patch."""
        return self._measure(patch_colors)

    def _measure(self, extract: Callable[[Tensor], Tensor]) -> dict[str, float]:
        finals, figures = extract(self.finals), {}
        for scales, images in self.previews.items():
            seen = extract(images)
            figures |= {f"found_prompts_{scales}_{kind}": retrieved(seen, finals, kind) for kind in KINDS}
        return figures | spread(finals)


class IconFeaturesTask(Distillation):
    """What `ttsvar.toybox.train.loop.fit` trains."""

    probe: IconProbe

    def __init__(self, scenery: Scenery, tokenizer: Path, batch: int = 24) -> None:
        super().__init__(batch, scenery.device)
        self.scenery, self.tokenizer = scenery, load_tokenizer(tokenizer).eval()
        self.probe = IconProbe(scenery.unseen, self.tokenizer)

    def _views(self, step: int, rank: int, ranks: int) -> Views:
        """Half of the pictures are seen through the tokenizer, coarse, middling and finished, with wrong bits."""
        count = self.batch // ranks
        images = self.scenery.scenes.batch((step * ranks + rank) * count, count).pixels
        generator = torch.Generator().manual_seed(step * ranks + rank)
        some = images[: count // 2]
        flips = torch.rand(len(some), generator=generator).expand(LAST, -1) * FLIPS
        scales = (2 + step % 4, 6 + step % 6, LAST)
        previews = torch.stack(
            [torch.from_numpy(part) for part in decoded(self.tokenizer, some, scales, flips, generator, SCHEDULE)], 1
        )
        return student_views(torch.from_numpy(images), previews, MODEL["patch_size"])
