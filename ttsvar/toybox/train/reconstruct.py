"""What the toybox tokenizer makes of rendered scenes, drawn once and kept: clean, or with random bit errors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from ttsvar.families.infinity.tokenizer_checkpoint import load_tokenizer
from ttsvar.toybox.detector import to_input
from ttsvar.toybox.presets import SCHEDULE
from ttsvar.toybox.train.dataset import stamp
from ttsvar.toybox.train.detector_data import DetectorSet

CHUNK = 16


def reconstructed_set(
    folder: Path, scenes: DetectorSet, tokenizer: Path, *, most_flips: float = 0.0, seed: int = 0
) -> DetectorSet:
    """The same scenes after encoding, bit errors and decoding (`reconstructed_images`)."""
    images = reconstructed_images(folder, scenes.images, tokenizer, most_flips=most_flips, seed=seed)
    return DetectorSet(images, scenes.things)


def reconstructed_images(
    folder: Path, images: np.ndarray, tokenizer: Path, *, most_flips: float = 0.0, seed: int = 0
) -> np.ndarray:
    """uint8 [N, H, W, 3] after encoding, bit errors and decoding; each image has its own share, up to `most_flips`.

    Kept under `folder`, which belongs to one part's scenes, by the tokenizer's stamp.
    """
    path = folder / f"reconstructed-{len(images)}-{seed}-{most_flips:g}-{stamp(tokenizer)}.u8"
    if not path.exists():
        temporary = path.with_suffix(".tmp")
        _build(temporary, images, tokenizer, most_flips, seed)
        temporary.rename(path)
    return np.memmap(path, np.uint8, "r", shape=images.shape)


@torch.inference_mode()
def _build(path: Path, scenes: np.ndarray, tokenizer: Path, most_flips: float, seed: int) -> None:
    model = load_tokenizer(tokenizer)
    generator = torch.Generator().manual_seed(seed)
    images = np.memmap(path, np.uint8, "w+", shape=scenes.shape)
    for start in range(0, len(scenes), CHUNK):
        pictures = to_input(torch.from_numpy(np.array(scenes[start : start + CHUNK]))).contiguous()
        rates = torch.rand(len(pictures), generator=generator) * most_flips
        flip = rates.expand(len(SCHEDULE), -1) if most_flips else 0.0
        # Half the time on CPUs, and less than one grey level apart.
        with torch.autocast("cpu", torch.bfloat16):
            features = model.encode_features(pictures).float()
            _, _, summed = model.quantizer.encode_flipped(features, SCHEDULE.sizes, flip, generator)
            decoded = model.decode(summed).float()
        images[start : start + len(pictures)] = model.to_uint8(decoded).numpy()
    images.flush()
