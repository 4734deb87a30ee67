"""Training of the toybox's supervised extractor: labels of whole images, on renderings and reconstructions.

Its scenes are its own (other seeds than the detector's and the generator's), and so are its weights: a search that
clusters on these features has not seen the detector that measures it.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ttsvar.features.labelled import LabelledConfig, LabelledNetwork, save_labelled
from ttsvar.toybox.detector import to_input
from ttsvar.toybox.train.dataset import SceneSet, batches, scene_set
from ttsvar.toybox.train.detector import augment
from ttsvar.toybox.train.optim import optimizers
from ttsvar.toybox.train.reconstruct import reconstructed_images
from ttsvar.toybox.world.scenes import Thing
from ttsvar.toybox.world.things import COLORS, IMAGE_SIZE, NUMBERS, PLURALS, SHAPES

COMMAND = "python -m ttsvar train supervised --install"
TRAIN_SEED, VALIDATION_SEED = 31, 32
SCENES, VALIDATION_SCENES = 6000, 400
RECONSTRUCTED, RECONSTRUCTED_VALIDATION = 992, 160
FLIPS = 0.05
"""Largest share of wrong bits in the reconstructions that it learns from."""
LABELS = (
    *SHAPES,
    *COLORS,
    *(f"{color} {shape}" for color in COLORS for shape in SHAPES),
    *(f"{number} {PLURALS[shape]}" for number in NUMBERS[2:] for shape in SHAPES),
)
"""What an image is said to hold: shapes, colours, coloured shapes, and at least so many of a shape."""


def labels_of(things: tuple[Thing, ...]) -> np.ndarray:
    """Which of LABELS hold of a scene: float32 [labels], 0 or 1."""
    shapes = [thing.shape for thing in things]
    held = {*shapes, *(t.color for t in things), *(f"{t.color} {t.shape}" for t in things)}
    held |= {
        f"{number} {PLURALS[shape]}"
        for count, number in enumerate(NUMBERS)
        for shape in set(shapes)
        if 2 <= count <= shapes.count(shape)
    }
    return np.array([label in held for label in LABELS], np.float32)


class SupervisedTask:
    """What `ttsvar.toybox.train.loop.fit` trains; reconstructions join the renderings where a tokenizer is given."""

    name = "supervised"

    def __init__(self, data: Path, *, tokenizer: Path | None = None, count: int = SCENES, batch: int = 32) -> None:
        self.model = LabelledNetwork(LabelledConfig(LABELS, IMAGE_SIZE))
        self.batch = batch
        drawn = scene_set(data, count, TRAIN_SEED)
        unseen = scene_set(data, VALIDATION_SCENES, VALIDATION_SEED)
        self.train_sets = [_labelled(drawn, drawn.images)]
        self.validation = {"rendering": _labelled(unseen, unseen.images)}
        if tokenizer is not None:
            some = reconstructed_images(data, drawn.images[:RECONSTRUCTED], tokenizer, most_flips=FLIPS)
            self.train_sets.append(_labelled(drawn, some))
            others = reconstructed_images(data, unseen.images[:RECONSTRUCTED_VALIDATION], tokenizer)
            self.validation["reconstruction"] = _labelled(unseen, others)

    def optimizers(self) -> list[torch.optim.Optimizer]:
        """Muon for the convolutions, AdamW for norms, the first convolution and the head."""
        return optimizers(self.model, 0.01, 2e-3, plain=("head", "trunk.0."))

    def loss(self, step: int, progress: float, rank: int, ranks: int) -> tuple[Tensor, dict[str, float]]:
        """Cross-entropy of every label, summed over the labels of an image."""
        images, labels = self._batch(step, rank, ranks)
        device = next(self.model.parameters()).device
        self.model.train()
        with torch.autocast(device.type, torch.bfloat16):
            logits = self.model(augment(to_input(images)).to(device))
        loss = F.binary_cross_entropy_with_logits(logits.float(), labels.to(device), reduction="none").sum(1).mean()
        return loss, {}

    def validate(self) -> dict[str, float]:
        """By kind of picture the shares of labels, of those that hold, and of whole images that are right."""
        self.model.eval()
        figures = {}
        for kind, (images, labels) in self.validation.items():
            said = torch.cat([self._said(images[i : i + 100]) for i in range(0, len(images), 100)])
            right = said == torch.from_numpy(labels).bool()
            figures |= {
                f"{kind}_label_accuracy": float(right.float().mean()),
                f"{kind}_recall": float(right[torch.from_numpy(labels).bool()].float().mean()),
                f"{kind}_exact": float(right.all(1).float().mean()),
            }
        return figures

    def save(self, folder: Path) -> None:
        """Write supervised.safetensors and, next to it, what was measured and how."""
        save_labelled(self.model, folder / "supervised.safetensors")
        told = {"command": COMMAND, "scenes": {kind: len(images) for kind, (images, _) in self.validation.items()}}
        (folder / "supervised.json").write_text(json.dumps(told | self.validate(), indent=1) + "\n")

    @torch.inference_mode()
    def _said(self, images: np.ndarray) -> Tensor:
        return self.model(to_input(torch.from_numpy(np.array(images)))) > 0

    def _batch(self, step: int, rank: int, ranks: int) -> tuple[Tensor, Tensor]:
        """This rank's share of a batch: half of it reconstructions, where there are any."""
        indices = next(batches(len(self.train_sets[0][0]), self.batch, TRAIN_SEED, step))[rank::ranks]
        images, labels = [], []
        for place, index in enumerate(sorted(indices.tolist())):
            pictures, said = self.train_sets[place % len(self.train_sets)]
            images.append(pictures[index % len(pictures)])
            labels.append(said[index % len(pictures)])
        return torch.from_numpy(np.stack(images)), torch.from_numpy(np.stack(labels))


def _labelled(scenes: SceneSet, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Images uint8 [N, H, W, 3] of a set's first scenes, and float32 [N, labels]."""
    return images, np.stack([labels_of(things) for things in scenes.things[: len(images)]])
