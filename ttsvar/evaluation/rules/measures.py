"""Which measure judges a model's images: the toybox detector, or GenEval's own models from a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from ttsvar.evaluation.bench.worker import DetectorMeasure, Measure
from ttsvar.toybox.detector import ToyDetector, load_detector, to_input
from ttsvar.toybox.presets import SCHEDULE
from ttsvar.weights.shipped import ASSETS

SOURCES = {
    "mask2former": "facebook/mask2former-swin-small-coco-instance",
    "clip": "openai/clip-vit-large-patch14",
    "blip_vqa": "Salesforce/blip-vqa-base",
}
"""Sub-folders of `--measure`, and the repositories whose files belong there: GenEval's two, and T2I-CompBench's."""
TOYBOX = ASSETS / "toybox"


def open_measure(folder: Path | None = None, device: str | None = None) -> Measure:
    """The toybox detector, or GenEval's Mask2Former and CLIP where a folder of theirs is given."""
    if folder is None:
        return DetectorMeasure(toybox_detector())
    from ttsvar.evaluation.rules.geneval_models import load_geneval_measure

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
