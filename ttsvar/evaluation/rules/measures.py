"""Which measure judges a model's images: the detector of its world, or GenEval's own models from a folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor

from ttsvar.detections import Detector
from ttsvar.errors import ConfigError
from ttsvar.evaluation.rules.geneval import Verdict, judge
from ttsvar.evaluation.rules.geneval_models import load_geneval_measure
from ttsvar.families.registry import DETECTOR, TOYBOX_FOLDER
from ttsvar.toybox.detector import ToyDetector, load_detector, to_input
from ttsvar.toybox.presets import SCHEDULE

TOYBOX_DETECTOR = TOYBOX_FOLDER / DETECTOR


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


def open_measure(folder: Path | None = None, device: str | None = None, detector: Path = TOYBOX_DETECTOR) -> Measure:
    """A world's detector, or GenEval's Mask2Former and CLIP where a folder of theirs is given.

    Raises ConfigError where there is no such detector.
    """
    if folder is not None:
        return load_geneval_measure(folder, device)
    if not detector.is_file():
        raise ConfigError(f"There is no detector at {detector}, so nothing measures these pictures; train it first.")
    return DetectorMeasure(load_detector(detector))


def measure_files(folder: Path | None = None, detector: Path = TOYBOX_DETECTOR) -> list[Path]:
    """The files whose change would change verdicts."""
    return [detector] if folder is None else sorted(folder.rglob("*.safetensors"))


def toybox_detector() -> ToyDetector:
    """The detector that measures toybox images and selects none."""
    return load_detector(TOYBOX_DETECTOR)


def toybox_reconstruction() -> Callable[[Tensor], Tensor]:
    """Images uint8 [B, H, W, 3] to what the toybox tokenizer makes of them, all scales used."""
    from ttsvar.families.infinity.tokenizer_checkpoint import load_tokenizer

    model = load_tokenizer(TOYBOX_FOLDER / "tokenizer.safetensors").eval()

    @torch.inference_mode()
    def reconstruct(images: Tensor) -> Tensor:
        features = model.encode_features(to_input(images).contiguous())
        _, _, summed = model.quantizer.encode_flipped(features, SCHEDULE.sizes, 0.0, torch.Generator())
        return model.to_uint8(model.decode(summed))

    return reconstruct
