"""Training of this world's detector: renderings, what the tokenizer makes of them, and spoilt objects."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ttsvar.families.infinity.tokenizer_checkpoint import load_tokenizer
from ttsvar.toybox.detector import DetectorConfig, ToyDetector, save_detector, to_input
from ttsvar.toybox.icons.catalogue import NAMES
from ttsvar.toybox.icons.detector_scenes import COLOR_NAMES, DetectorScenes
from ttsvar.toybox.icons.presets import SCHEDULE
from ttsvar.toybox.icons.scenery import Scenery
from ttsvar.toybox.train.detector import augment, detection_loss, exactness
from ttsvar.toybox.train.detector_data import DetectorSet
from ttsvar.toybox.train.optim import optimizers
from ttsvar.toybox.train.reward_data import perturbed

TRAIN_SEED, VALIDATION_SEED = 3, 4
VALIDATION_SCENES, CHUNK = 320, 16
CHANNELS = (48, 128)
RECONSTRUCTED = 2
"""One in so many pictures of a batch is what the tokenizer makes of it."""


class IconDetectorTask:
    """What `ttsvar.toybox.train.loop.fit` trains."""

    name = "detector"

    def __init__(self, scenery: Scenery, tokenizer: Path, batch: int = 32, *, seed: int = 0) -> None:
        self.scenery, self.batch = scenery, batch
        self.scenes = DetectorScenes(scenery.source, TRAIN_SEED)
        self.tokenizer = load_tokenizer(tokenizer).eval()
        torch.manual_seed(seed)
        model = ToyDetector(DetectorConfig(channels=CHANNELS, shapes=tuple(NAMES), colors=COLOR_NAMES))
        self.model = model.to(scenery.device, memory_format=torch.channels_last)  # type: ignore[call-overload]

    def optimizers(self) -> list[torch.optim.Optimizer]:
        """Muon for the convolutions, AdamW for norms and the head."""
        return optimizers(self.model, 0.01, 2e-3, plain=("head", "stem"))

    def loss(self, step: int, progress: float, rank: int, ranks: int) -> tuple[Tensor, dict[str, float]]:
        """See `detection_loss`; the first pictures of a batch are seen through the tokenizer."""
        count, device = self.batch // ranks, self.scenery.device
        drawn = self.scenes.batch((step * ranks + rank) * count, count)
        images = torch.from_numpy(drawn.images)
        some = count // RECONSTRUCTED
        generator = torch.Generator().manual_seed(step * ranks + rank)
        seen = torch.cat([self._through(images[:some], generator), images[some:]])
        self.model.train()
        with torch.autocast(device.type, torch.bfloat16):
            maps = self.model(augment(to_input(seen)).to(device))
        return detection_loss(maps, torch.from_numpy(drawn.things).to(device))

    def validate(self) -> dict[str, float]:
        """Shares of unseen scenes in which every class, colour and count is right, by kind of picture and threshold."""
        clean = DetectorScenes(self.scenery.source, VALIDATION_SEED, clean=True).batch(0, VALIDATION_SCENES)
        generator = torch.Generator().manual_seed(0)
        chunks = torch.from_numpy(clean.images).split(CHUNK)
        seen = np.concatenate([self._through(chunk, generator).numpy() for chunk in chunks])
        kinds = {"rendering": clean, "reconstruction": DetectorSet(seen, clean.things)}
        return {
            f"{kind}_exact_{threshold:g}": share
            for kind, scenes in kinds.items()
            for threshold, share in exactness(self.model, scenes).items()
        }

    def save(self, folder: Path) -> None:
        """Write `detector.safetensors` and, next to it, what was measured."""
        save_detector(self.model, folder / "detector.safetensors")
        told = {"scenes": VALIDATION_SCENES} | self.validate()
        (folder / "detector.json").write_text(json.dumps(told, indent=1) + "\n")

    @torch.inference_mode()
    def _through(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """Finished pictures uint8 [B, H, W, 3] as the tokenizer shows them, with bit errors in the later scales."""
        return perturbed(images, self.tokenizer, generator, None, SCHEDULE)
