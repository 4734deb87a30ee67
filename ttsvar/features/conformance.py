"""What the feature networks would be shown for a folder of reference cases."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from torch import Tensor

from ttsvar.arrays import tensor_of
from ttsvar.errors import CheckpointError
from ttsvar.features.dinov2 import PUBLISHED_SIZE
from ttsvar.features.pixels import check_images, resize_levels
from ttsvar.features.supervised import INCEPTION_SIZE

EYES = (("dinov2", PUBLISHED_SIZE), ("inception", INCEPTION_SIZE))


def preprocess_conformance(folder: str | Path) -> dict[str, Tensor]:
    """`dinov2_224_N` and `inception_299_N`, uint8 [h, w, 3], of every `image_N` in the folder's inputs.npz.

    Raises CheckpointError where there is no image.
    """
    path = Path(folder) / "inputs.npz"
    got: dict[str, Tensor] = {}
    with np.load(path, allow_pickle=False) as inputs:
        for name in sorted(inputs.files):
            what, _, number = name.partition("_")
            if what != "image":
                continue
            image = tensor_of(inputs[name])[None]
            check_images(image)
            for eye, side in EYES:
                levels = resize_levels(image, (side, side))[0].permute(1, 2, 0)
                got[f"{eye}_{side}_{number}"] = levels.contiguous()
    if not got:
        raise CheckpointError(f"{path} holds no image_0, image_1, ...; fetch the case again.")
    return got
