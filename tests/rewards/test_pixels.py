"""What judges see: the published transforms, against Pillow."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from ttsvar.errors import ConfigError
from ttsvar.rewards.pixels import center_crop, check_images, letterbox, normalize, squash


def picture(height: int, width: int) -> Tensor:
    return torch.randint(0, 256, (1, height, width, 3), dtype=torch.uint8)


def resized(image: Tensor, height: int, width: int) -> Tensor:
    pixels = np.asarray(Image.fromarray(image[0].numpy()).resize((width, height), Image.Resampling.BICUBIC))
    return torch.from_numpy(pixels.copy()).permute(2, 0, 1).float()


def test_the_longer_side_is_cut_evenly():
    image = picture(40, 61)
    got = center_crop(image, 20)[0]
    assert (got - resized(image, 20, 30)[:, :, 5:25]).abs().max() <= 2


@pytest.mark.parametrize(("height", "width", "inside"), [(40, 60, (13, 20)), (60, 40, (20, 13)), (36, 99, (7, 20))])
def test_the_longer_side_fits_between_black_bars(height: int, width: int, inside: tuple[int, int]):
    image = picture(height, width)
    got = letterbox(image, 20)[0]
    top, left = (20 - inside[0]) // 2, (20 - inside[1]) // 2
    middle = got[:, top : top + inside[0], left : left + inside[1]]
    assert got.shape == (3, 20, 20)
    assert (middle - resized(image, *inside)).abs().max() <= 2
    assert got.abs().sum() == middle.abs().sum()


def test_a_square_is_filled_whatever_the_shape():
    image = picture(30, 50)
    assert (squash(image, 20)[0] - resized(image, 20, 20)).abs().max() <= 2


@pytest.mark.parametrize("fit", [center_crop, letterbox, squash])
def test_images_of_the_right_size_are_left_alone(fit):
    image = picture(20, 20)
    assert torch.equal(fit(image, 20), image.permute(0, 3, 1, 2).float())


def test_levels_become_the_models_range():
    levels = torch.tensor([0.0, 127.5, 255.0]).expand(1, 3, 1, 3)
    assert torch.allclose(normalize(levels, (0.5,) * 3, (0.5,) * 3)[0, 1, 0], torch.tensor([-1.0, 0.0, 1.0]))


def test_other_images_are_refused():
    with pytest.raises(ConfigError, match=r"torch\.float32 \(1, 3, 4, 4\)"):
        check_images(torch.zeros(1, 3, 4, 4))
