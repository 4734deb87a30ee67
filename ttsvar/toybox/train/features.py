"""Self-distillation of the toybox features (DINO, iBOT) on scenes whose prompts are never looked at.

A slowly following teacher sees a scene as it is; the student sees it as a coarse preview, in other tones, shifted and
with parts masked, and says of every patch what the teacher says of it. Layout is all that the two have in common.
The class token has no loss of its own, as nobody reads it; it serves as one more register.
"""

from __future__ import annotations

import copy
import json
import sys
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ttsvar.features.dinov2 import Dinov2Extractor, build_dinov2, normalize, save_dinov2
from ttsvar.protocols import FeatureExtractor
from ttsvar.toybox.train.dataset import batches, scene_set
from ttsvar.toybox.train.feature_metrics import VALIDATION_SEED, FeatureProbe
from ttsvar.toybox.train.feature_views import Views, patch_salience, previews_of, student_views
from ttsvar.toybox.train.optim import optimizers

MODEL: dict[str, int] = {
    "image_size": 128,
    "patch_size": 8,
    "hidden_size": 96,
    "num_hidden_layers": 5,
    "num_attention_heads": 3,
    "mlp_ratio": 3,
    "num_register_tokens": 4,
}
PROTOTYPES, BOTTLENECK = 128, 48
PATCHES = 96
"""Patches per image that the loss looks at, most of them where something stands out from the background."""
STUDENT_TEMPERATURE, TEACHER_TEMPERATURE = 0.1, 0.06
MOMENTUM = (0.98, 0.998)
"""Share of itself that the teacher keeps at each step, at the start and at the end."""
PREVIEWED = 800
"""Scenes of which previews by the tokenizer are drawn and kept."""


class Head(nn.Module):
    """Similarity of features [..., C] to learnt prototypes, as cosines [..., K] (DINO's projection head)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, BOTTLENECK))
        self.prototypes = nn.Parameter(F.normalize(torch.randn(PROTOTYPES, BOTTLENECK), dim=-1))

    def forward(self, features: Tensor) -> Tensor:
        """Cosines of each feature with each prototype."""
        points = self.layers(features)
        # The temperatures magnify bfloat16's rounding of a cosine to a tenth of a nat.
        with torch.autocast(points.device.type, enabled=False):
            return F.normalize(points.float(), dim=-1) @ F.normalize(self.prototypes, dim=-1).T


class Branch(nn.Module):
    """A backbone and a head for its patches."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone = build_dinov2(MODEL)
        self.head = Head(MODEL["hidden_size"])

    def forward(self, pixels: Tensor, chosen: Tensor, masked: Tensor | None = None) -> Tensor:
        """Images [B, 3, H, W] in [0, 1] to cosines of chosen patches [B, N, K].

        `chosen` holds patch indices [B, N]; `masked` bool [B, L] says which patches the model may not see.
        """
        tokens = self.backbone(pixel_values=normalize(pixels), bool_masked_pos=masked).last_hidden_state
        patches = tokens[:, 1 + MODEL["num_register_tokens"] :]
        return self.head(patches.gather(1, chosen[..., None].expand(-1, -1, patches.shape[-1])))


class SelfDistilled(nn.Module):
    """Student and teacher."""

    def __init__(self) -> None:
        super().__init__()
        self.student = Branch()
        self.teacher = copy.deepcopy(self.student).requires_grad_(False)

    @torch.no_grad()
    def follow(self, momentum: float) -> None:
        """Move the teacher towards the student."""
        for slow, fast in zip(self.teacher.parameters(), self.student.parameters(), strict=True):
            slow.lerp_(fast, 1 - momentum)


@dataclass(frozen=True)
class Matches:
    """Which patches of the student's view [B, N] show the same spots as which of the teacher's [B, N]."""

    student: Tensor
    teacher: Tensor


class Probe(Protocol):
    """Measures features on scenes that training never draws."""

    def figures(self, extractor: FeatureExtractor) -> dict[str, float]:
        """What an extractor's features know."""
        ...

    def baseline(self) -> dict[str, float]:
        """The same of plain pixels."""
        ...


class Distillation(ABC):
    """What `loop.fit` trains, whatever the world; who inherits draws the views."""

    name = "features"
    probe: Probe

    def __init__(self, batch: int, device: torch.device | None = None) -> None:
        torch.manual_seed(0)
        self.pair = SelfDistilled().to(device)
        self.model: nn.Module = self.pair
        self.batch = batch

    def optimizers(self) -> list[torch.optim.Optimizer]:
        """Muon for the student's matrices, AdamW for tokens, norms, patches and prototypes."""
        return optimizers(self.pair.student, 0.01, 1e-3, plain=("embeddings", "prototypes"))

    def loss(self, step: int, progress: float, rank: int, ranks: int) -> tuple[Tensor, dict[str, float]]:
        """Cross-entropy between the teacher's and the student's assignments of patches to prototypes."""
        self.pair.follow(MOMENTUM[0] + (MOMENTUM[1] - MOMENTUM[0]) * progress)
        device = self.pair.student.head.prototypes.device
        views = self._views(step, rank, ranks).to(device)
        matches = choose_patches(views)
        with torch.autocast(device.type, torch.bfloat16):
            with torch.no_grad():
                taught = self.pair.teacher(views.teacher, matches.teacher)
            answers = self.pair.student(views.student, matches.student, views.masked)
        targets = sinkhorn(taught.flatten(0, 1) / TEACHER_TEMPERATURE)
        loss = cross_entropy(targets, answers.flatten(0, 1))
        entropy = -(targets * targets.clamp_min(1e-9).log()).sum(-1).mean()
        return loss, {"target_entropy": entropy.item()}

    def validate(self) -> dict[str, float]:
        """How well previews find their finals and first components find objects, on scenes never trained on."""
        return self.probe.figures(self.extractor())

    def extractor(self) -> Dinov2Extractor:
        """The teacher's backbone as it stands."""
        return Dinov2Extractor(self.pair.teacher.backbone)

    def save(self, folder: Path) -> None:
        """Write features.safetensors and, next to it, what was measured and how."""
        save_dinov2(self.pair.teacher.backbone, folder / "features.safetensors")
        figures = {"command": " ".join(sys.orig_argv), "features": self.validate(), "pixels": self.probe.baseline()}
        (folder / "features.json").write_text(json.dumps(figures, indent=1) + "\n")

    @abstractmethod
    def _views(self, step: int, rank: int, ranks: int) -> Views:
        """This rank's share of the views of a step."""


class FeaturesTask(Distillation):
    """The toybox's; tokenizer previews join the blurred ones where a tokenizer is given."""

    def __init__(self, data: Path, *, tokenizer: Path | None = None, count: int = 40000, batch: int = 24) -> None:
        super().__init__(batch)
        self.scenes = scene_set(data, count, 1)
        self.previews = None
        if tokenizer is not None:
            self.previews = previews_of(self.scenes.images[: min(count, PREVIEWED)], tokenizer, data / "features")
        self.probe = FeatureProbe(VALIDATION_SEED, tokenizer)

    def _views(self, step: int, rank: int, ranks: int) -> Views:
        indices = np.sort(next(batches(len(self.scenes), self.batch, 0, step))[rank::ranks])
        if self.previews is None:
            return student_views(torch.from_numpy(self.scenes.images[indices]), None, MODEL["patch_size"])
        # Half of the batch comes from the scenes that have previews.
        half = len(indices) // 2
        indices[:half] %= len(self.previews)
        previews = torch.from_numpy(self.previews[indices[:half]])
        return student_views(torch.from_numpy(self.scenes.images[indices]), previews, MODEL["patch_size"])


def choose_patches(views: Views) -> Matches:
    """Draw patches that both views show, two thirds of them by how much they stand out from the image's background."""
    batch, size = len(views.teacher), MODEL["image_size"] // MODEL["patch_size"]
    rows, columns = torch.meshgrid(torch.arange(size), torch.arange(size), indexing="ij")
    places = torch.stack((rows, columns)).to(views.shift.device)[None] + views.shift[:, :, None, None]
    shown = ((places >= 0) & (places < size)).all(1).flatten(1)
    places = places.clamp(0, size - 1)
    teacher = (places[:, 0] * size + places[:, 1]).flatten(1)
    salience = patch_salience(views.teacher, MODEL["patch_size"]).flatten(1).gather(1, teacher) * shown
    weights = shown / shown.sum(1, keepdim=True) + 2 * salience / salience.sum(1, keepdim=True).clamp_min(1e-6)
    student = torch.multinomial(weights, PATCHES)
    assert len(student) == batch
    return Matches(student, teacher.gather(1, student))


@torch.no_grad()
def sinkhorn(scores: Tensor, rounds: int = 3) -> Tensor:
    """Soft assignments [N, K] of samples to prototypes, each prototype used equally (Caron et al. 2020, SwAV)."""
    weights = (scores.float() - scores.float().max()).exp()
    for _ in range(rounds):
        weights = weights / weights.sum(0, keepdim=True).clamp_min(1e-12)
        weights = weights / weights.sum(1, keepdim=True).clamp_min(1e-12)
    return weights


def cross_entropy(targets: Tensor, cosines: Tensor) -> Tensor:
    """Mean cross-entropy of the student's answers [N, K] against targets [N, K]."""
    return -(targets * (cosines / STUDENT_TEMPERATURE).log_softmax(-1)).sum(-1).mean()
