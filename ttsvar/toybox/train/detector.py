"""Training of the toybox detector: renderings, what the tokenizer makes of them, and spoilt objects."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ttsvar.detections import Detection
from ttsvar.toybox.detector import STRIDE, DetectorConfig, Maps, ToyDetector, cell_centers, save_detector, to_input
from ttsvar.toybox.train.dataset import batches
from ttsvar.toybox.train.detector_data import ABSENT, PRESENT, DetectorSet, detector_set
from ttsvar.toybox.train.optim import optimizers
from ttsvar.toybox.train.reconstruct import reconstructed_set

COMMAND = "python -m ttsvar train detector --processes 1 --install"
TRAIN_SEED, VALIDATION_SEED = 3, 4
VALIDATION_SCENES = 1500
RECONSTRUCTED = 2000
RECONSTRUCTED_VALIDATION = 500
FLIPS = 0.05
"""Largest share of wrong bits in the reconstructions that it learns from."""
INNER, OUTER = 0.75, 1.75
"""Cells nearer than INNER to a centre must answer; up to OUTER they are free, since the edge of a centre is no fact."""
COLOR_WEIGHT, BOX_WEIGHT = 0.5, 0.5
THRESHOLDS = (0.3, 0.9)
"""GenEval's two thresholds: for counting, objects must be surer."""


class DetectorTask:
    """What `ttsvar.toybox.train.loop.fit` trains; reconstructions join the renderings where a tokenizer is given."""

    name = "detector"

    def __init__(self, data: Path, *, tokenizer: Path | None = None, count: int = 12000, batch: int = 32) -> None:
        self.model = ToyDetector().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.batch = batch
        drawn = detector_set(data, count, TRAIN_SEED)
        clean = detector_set(data, VALIDATION_SCENES, VALIDATION_SEED, clean=True)
        self.train_sets, self.validation = [drawn], {"rendering": clean}
        if tokenizer is not None:
            some = drawn.first(RECONSTRUCTED)
            self.train_sets.append(reconstructed_set(data, some, tokenizer, most_flips=FLIPS))
            self.validation["reconstruction"] = reconstructed_set(
                data, clean.first(RECONSTRUCTED_VALIDATION), tokenizer
            )

    def optimizers(self) -> list[torch.optim.Optimizer]:
        """Muon for the convolutions, AdamW for norms and the head."""
        return optimizers(self.model, 0.01, 2e-3, plain=("head", "stem"))

    def loss(self, step: int, progress: float, rank: int, ranks: int) -> tuple[Tensor, dict[str, float]]:
        """Cross-entropy of classes over all cells, of colours and distance of boxes over the centres."""
        images, things = self._batch(step, rank, ranks)
        device = next(self.model.parameters()).device
        self.model.train()
        with torch.autocast(device.type, torch.bfloat16):
            maps = self.model(augment(to_input(images)).to(device))
        return detection_loss(maps, things.to(device))

    def validate(self) -> dict[str, float]:
        """Shares of 200 validation scenes with everything right, by kind of picture and threshold."""
        return self._exactness(200)

    def save(self, folder: Path) -> None:
        """Write detector.safetensors and, next to it, what was measured and how."""
        save_detector(self.model, folder / "detector.safetensors")
        scenes = {"command": COMMAND, "scenes": {kind: len(part) for kind, part in self.validation.items()}}
        (folder / "detector.json").write_text(json.dumps(scenes | self._exactness(None), indent=1) + "\n")

    def _exactness(self, most: int | None) -> dict[str, float]:
        figures = {}
        for kind, scenes in self.validation.items():
            some = scenes.first(most)
            figures |= {
                f"{kind}_exact_{threshold:g}": share for threshold, share in exactness(self.model, some).items()
            }
        return figures

    def _batch(self, step: int, rank: int, ranks: int) -> tuple[Tensor, Tensor]:
        """This rank's share of a batch: two thirds of it reconstructions, where there are any."""
        indices = next(batches(len(self.train_sets[0]), self.batch, TRAIN_SEED, step))[rank::ranks]
        images, things = [], []
        for place, index in enumerate(sorted(indices.tolist())):
            scenes = self.train_sets[0 if len(self.train_sets) == 1 or place % 3 == 0 else 1]
            images.append(scenes.images[index % len(scenes)])
            things.append(scenes.things[index % len(scenes)])
        return torch.from_numpy(np.stack(images)), torch.from_numpy(np.stack(things))


def detection_loss(maps: Maps, things: Tensor) -> tuple[Tensor, dict[str, float]]:
    """The loss of raw maps against objects [B, T, FIELDS], normalised by the number of centre cells."""
    labels, owner = targets(things, maps.classes.shape[-1])
    centers = labels > 0
    count = centers.sum().clamp(min=1)
    classes = F.cross_entropy(maps.classes.float(), labels, ignore_index=-1, reduction="sum") / count
    rows = things[torch.arange(len(things), device=things.device)[:, None, None], owner][centers]
    hues = F.cross_entropy(maps.colors.float().movedim(1, -1)[centers], rows[:, 1].long(), reduction="sum") / count
    boxes = F.smooth_l1_loss(maps.boxes.float().movedim(1, -1)[centers], raw_boxes(rows, centers), reduction="sum")
    boxes = boxes / count
    total = classes + COLOR_WEIGHT * hues + BOX_WEIGHT * boxes
    return total, {"classes": classes.item(), "colors": hues.item(), "boxes": boxes.item()}


def targets(things: Tensor, cells: int) -> tuple[Tensor, Tensor]:
    """Per cell the class (0 background, -1 free) and the object whose centre is nearest: int64 [B, h, w] both."""
    middle = (things[..., 2:4] + things[..., 4:6]) / 2
    gap = (cell_centers(cells).to(things.device) - middle[..., None, None]).norm(dim=2) / STRIDE
    used, status = things[..., 7] > 0, things[..., 6]
    distance, owner = gap.masked_fill(~used[..., None, None], torch.inf).min(1)
    batch = torch.arange(len(things), device=things.device)[:, None, None]
    label, state = things[..., 0].long()[batch, owner] + 1, status[batch, owner]
    reach = ((things[..., 4:6] - things[..., 2:4]).mean(-1) / 2 / STRIDE)[batch, owner]
    free = torch.where(state == PRESENT, distance < OUTER, distance < reach) & (state != ABSENT)
    result = torch.where(free, -1, 0).masked_fill((state == PRESENT) & (distance < INNER), 1)
    return torch.where(result == 1, label, result), owner


def raw_boxes(rows: Tensor, centers: Tensor) -> Tensor:
    """What the box map should say at the centre cells [B, h, w] of these objects [N, FIELDS]: [N, 4]."""
    here = cell_centers(centers.shape[-1]).to(rows.device).movedim(0, -1).expand(*centers.shape, 2)[centers]
    offset = ((rows[:, 2:4] + rows[:, 4:6]) / 2 - here) / STRIDE
    return torch.cat((offset, ((rows[:, 4:6] - rows[:, 2:4]) / STRIDE).log()), 1)


def augment(images: Tensor) -> Tensor:
    """Slight tint, contrast, noise and blur, each image its own: [B, 3, H, W] in [-1, 1]."""
    size = (len(images), 1, 1, 1)
    gain = 1 + 0.08 * (2 * torch.rand(size) - 1)
    shift = 0.06 * (2 * torch.rand(len(images), 3, 1, 1) - 1)
    noise = torch.randn_like(images) * 0.08 * torch.rand(size).square()
    soft = F.avg_pool2d(F.pad(images, (1, 1, 1, 1), mode="replicate"), 3, 1)
    softer = F.avg_pool2d(F.pad(soft, (2, 2, 2, 2), mode="replicate"), 5, 1)
    pick = torch.rand(size)
    mixed = torch.where(pick < 0.6, images, torch.where(pick < 0.85, soft, softer))
    return mixed * gain + shift + noise


def exactness(model: ToyDetector, scenes: DetectorSet, chunk: int = 50) -> dict[float, float]:
    """By threshold the share of scenes in which every class, colour and count is right and nothing else is seen."""
    hits = dict.fromkeys(THRESHOLDS, 0)
    for start in range(0, len(scenes), chunk):
        images = torch.from_numpy(np.array(scenes.images[start : start + chunk]))
        for found, rows in zip(model.detect(images), scenes.things[start : start + chunk], strict=True):
            for threshold in THRESHOLDS:
                hits[threshold] += inventory(found, threshold) == wanted(rows, model.config)
    return {threshold: hit / len(scenes) for threshold, hit in hits.items()}


def inventory(found: Sequence[Detection], threshold: float) -> Counter[tuple[str, str | None]]:
    """How many of each (class, colour) a detector sees above a threshold."""
    return Counter((d.cls, d.color) for d in found if d.score > threshold)


def wanted(rows: np.ndarray, config: DetectorConfig) -> Counter[tuple[str, str | None]]:
    """How many of each (class, colour) a scene holds, in a detector's names."""
    there = [r for r in rows if r[7] > 0 and r[6] == PRESENT]
    return Counter((config.shapes[int(r[0])], config.colors[int(r[1])]) for r in there)
