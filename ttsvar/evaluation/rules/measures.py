"""Which measure judges a model's images: the toybox detector, or GenEval's own models from a folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor

from ttsvar.detections import Detector
from ttsvar.evaluation.rules.geneval import Verdict, judge
from ttsvar.evaluation.rules.geneval_models import load_geneval_measure
from ttsvar.toybox.detector import ToyDetector, load_detector, to_input
from ttsvar.toybox.presets import SCHEDULE
from ttsvar.weights.shipped import ASSETS

TOYBOX = ASSETS / "toybox"


class Measure(Protocol):
    """Decides whether an image satisfies a prompt; no search sees it."""

    def verdict(self, image: Tensor, metadata: Mapping[str, Any]) -> Verdict:
        """uint8 [H, W, 3] RGB and a prompt's metadata in GenEval's form to the verdict."""
        ...


@dataclass(frozen=True)
class DetectorMeasure:
    """GenEval's rule over a detector that tells classes and colours at once, as the toybox's does."""

    detector: Detector

    def verdict(self, image: Tensor, metadata: Mapping[str, Any]) -> Verdict:
        """Detect, then judge."""
        return judge(metadata, self.detector.detect(image[None])[0])


def open_measure(folder: Path | None = None, device: str | None = None) -> Measure:
    """The toybox detector, or GenEval's Mask2Former and CLIP where a folder of theirs is given."""
    if folder is None:
        return DetectorMeasure(toybox_detector())
    return load_geneval_measure(folder, device)


def measure_files(folder: Path | None = None) -> list[Path]:
    """The files whose change would change verdicts."""
    return [TOYBOX / "detector.safetensors"] if folder is None else sorted(folder.rglob("*.safetensors"))


def toybox_detector() -> ToyDetector:
    """The detector that measures toybox images and selects none."""
    return load_detector(TOYBOX / "detector.safetensors")


def toybox_reconstruction() -> Callable[[Tensor], Tensor]:
    """Images uint8 [B, H, W, 3] to what the toybox tokenizer makes of them, all scales used."""
    from ttsvar.families.infinity.tokenizer_checkpoint import load_tokenizer

    model = load_tokenizer(TOYBOX / "tokenizer.safetensors").eval()

    @torch.inference_mode()
    def reconstruct(images: Tensor) -> Tensor:
        features = model.encode_features(to_input(images).contiguous())
        _, _, summed = model.quantizer.encode_flipped(features, SCHEDULE.sizes, 0.0, torch.Generator())
        return model.to_uint8(model.decode(summed))

    return reconstruct
