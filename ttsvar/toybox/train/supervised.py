"""Training of the toybox's supervised extractor: labels of whole images, on renderings and reconstructions.

Its scenes are its own (other seeds than the detector's and the generator's), and so are its weights: a search that
clusters on these features has not seen the detector that measures it.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
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
from ttsvar.toybox.world.things import IMAGE_SIZE, NUMBERS
from ttsvar.toybox.world.vocabulary import TOYBOX, SceneThing, Vocabulary

COMMAND = "python -m ttsvar train supervised --install"
TRAIN_SEED, VALIDATION_SEED = 31, 32
SCENES, VALIDATION_SCENES = 6000, 400
RECONSTRUCTED, RECONSTRUCTED_VALIDATION = 992, 160
FLIPS = 0.05
"""Largest share of wrong bits in the reconstructions that it learns from."""


def _color_label(world: Vocabulary, color: str) -> str:
    """A colour's label, told from a class of the same name: an orange is a fruit, too."""
    return f"{color} thing" if color in world.shapes else color


def labels_in(world: Vocabulary) -> tuple[str, ...]:
    """What an image is said to hold: classes, colours, coloured classes, and at least so many of a class."""
    return (
        *world.shapes,
        *(_color_label(world, color) for color in world.colors),
        *(f"{color} {shape}" for color in world.colors for shape in world.takes(color)),
        *(f"{number} {world.noun(shape, 2)}" for number in NUMBERS[2:] for shape in world.shapes),
    )


LABELS = labels_in(TOYBOX)


def labels_of(things: Sequence[SceneThing], world: Vocabulary = TOYBOX, labels: Sequence[str] = LABELS) -> np.ndarray:
    """Which of the labels of a world hold of a scene: float32 [labels], 0 or 1."""
    shapes = [thing.shape for thing in things]
    held = {*shapes}
    for thing in things:
        if thing.color is not None:
            held |= {_color_label(world, thing.color), f"{thing.color} {thing.shape}"}
    held |= {
        f"{number} {world.noun(shape, 2)}"
        for count, number in enumerate(NUMBERS)
        for shape in set(shapes)
        if 2 <= count <= shapes.count(shape)
    }
    return np.array([label in held for label in labels], np.float32)


class LabellingTask(ABC):
    """What `ttsvar.toybox.train.loop.fit` trains, whatever the world; who inherits draws the pictures."""

    name = "supervised"
    command: str
    validation: Mapping[str, tuple[np.ndarray, np.ndarray]]
    """By kind of picture unseen ones, uint8 [N, H, W, 3], and their labels, float32 [N, labels]."""

    def __init__(self, labels: Sequence[str], batch: int, device: torch.device | None = None) -> None:
        self.model = LabelledNetwork(LabelledConfig(tuple(labels), IMAGE_SIZE)).to(device)
        self.batch = batch

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
        told = {"command": self.command, "scenes": {kind: len(images) for kind, (images, _) in self.validation.items()}}
        (folder / "supervised.json").write_text(json.dumps(told | self.validate(), indent=1) + "\n")

    @torch.inference_mode()
    def _said(self, images: np.ndarray) -> Tensor:
        pixels = to_input(torch.from_numpy(np.array(images))).to(next(self.model.parameters()).device)
        return (self.model(pixels) > 0).cpu()

    @abstractmethod
    def _batch(self, step: int, rank: int, ranks: int) -> tuple[Tensor, Tensor]:
        """This rank's share of a batch: images uint8 [B, H, W, 3] and labels float32 [B, labels]."""


class SupervisedTask(LabellingTask):
    """The toybox's; reconstructions join the renderings where a tokenizer is given."""

    command = COMMAND

    def __init__(self, data: Path, *, tokenizer: Path | None = None, count: int = SCENES, batch: int = 32) -> None:
        super().__init__(LABELS, batch)
        drawn = scene_set(data, count, TRAIN_SEED)
        unseen = scene_set(data, VALIDATION_SCENES, VALIDATION_SEED)
        self.train_sets = [_labelled(drawn, drawn.images)]
        validation = {"rendering": _labelled(unseen, unseen.images)}
        if tokenizer is not None:
            some = reconstructed_images(data, drawn.images[:RECONSTRUCTED], tokenizer, most_flips=FLIPS)
            self.train_sets.append(_labelled(drawn, some))
            others = reconstructed_images(data, unseen.images[:RECONSTRUCTED_VALIDATION], tokenizer)
            validation["reconstruction"] = _labelled(unseen, others)
        self.validation = validation

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
