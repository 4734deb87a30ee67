"""Training of this world's supervised eye: labels of whole images, for searches that cluster on what is in a picture.

Its scenes, like its weights, are its own: a search that clusters on it has not seen the detector that measures it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ttsvar.families.infinity.tokenizer_checkpoint import load_tokenizer
from ttsvar.toybox.icons.drawn import Batch, DrawnScenes
from ttsvar.toybox.icons.presets import SCHEDULE
from ttsvar.toybox.icons.scenery import Scenery
from ttsvar.toybox.icons.vocabulary import ICONS
from ttsvar.toybox.train.reward_data import perturbed
from ttsvar.toybox.train.supervised import LabellingTask, labels_in, labels_of

TRAIN_SEED, VALIDATION_SEED = 31, 32
VALIDATION_SCENES, CHUNK = 320, 16
RECONSTRUCTED = 2
"""One in so many pictures of a batch is what the tokenizer makes of it."""
LABELS = labels_in(ICONS)


class IconSupervisedTask(LabellingTask):
    """What `ttsvar.toybox.train.loop.fit` trains."""

    command = "python -m ttsvar.toybox.icons.train supervised"

    def __init__(self, scenery: Scenery, tokenizer: Path, batch: int = 32, *, seed: int = 0) -> None:
        torch.manual_seed(seed)
        super().__init__(LABELS, batch, scenery.device)
        self.scenes = DrawnScenes(scenery.source, TRAIN_SEED)
        self.tokenizer = load_tokenizer(tokenizer).eval()
        unseen = DrawnScenes(scenery.source, VALIDATION_SEED).batch(0, VALIDATION_SCENES)
        generator, said = torch.Generator().manual_seed(0), _labels(unseen)
        chunks = torch.from_numpy(unseen.pixels).split(CHUNK)
        seen = np.concatenate([self._through(chunk, generator).numpy() for chunk in chunks])
        self.validation = {"rendering": (unseen.pixels, said), "reconstruction": (seen, said)}

    def _batch(self, step: int, rank: int, ranks: int) -> tuple[Tensor, Tensor]:
        count = self.batch // ranks
        drawn = self.scenes.batch((step * ranks + rank) * count, count)
        images, some = torch.from_numpy(drawn.pixels), count // RECONSTRUCTED
        generator = torch.Generator().manual_seed(step * ranks + rank)
        seen = torch.cat([self._through(images[:some], generator), images[some:]])
        return seen, torch.from_numpy(_labels(drawn))

    @torch.inference_mode()
    def _through(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """Finished pictures uint8 [B, H, W, 3] as the tokenizer shows them, with bit errors in the later scales."""
        return perturbed(images, self.tokenizer, generator, None, SCHEDULE)


def _labels(drawn: Batch) -> np.ndarray:
    return np.stack([labels_of(things, ICONS, LABELS) for things in drawn.things])
