"""The toybox sibling of InceptionV3: the detector's trunk as a feature extractor."""

from __future__ import annotations

from pathlib import Path

import torch

from ttsvar.features.supervised import SupervisedExtractor
from ttsvar.toybox.detector import load_detector
from ttsvar.toybox.world.things import IMAGE_SIZE


def load_trunk(path: str | Path, *, device: str | torch.device = "cpu") -> SupervisedExtractor:
    """The mean over the cells of what the detector reads its answers from, one vector an image.

    Only for the comparison of extractors (paper, Table 6): a search that clusters on these features has seen the
    detector that measures it, so its figures are for that comparison and no other.
    """
    detector = load_detector(path).to(device)
    return SupervisedExtractor(
        detector, lambda pixels: detector.trunk(pixels).mean((2, 3)), name="detector-trunk", size=IMAGE_SIZE
    )
