"""What the feature networks are shown, against the reference case and Pillow."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from golden_cases import CASES
from PIL import Image
from safetensors.torch import load_file

from ttsvar.commands.reference_cases import run_conformance
from ttsvar.errors import CheckpointError
from ttsvar.features.conformance import preprocess_conformance
from ttsvar.features.pixels import resize_images, resize_levels

GOLDEN = CASES / "preprocess"


def test_every_image_is_resized_as_the_published_code_does_it(tmp_path: Path):
    for name in ("config.json", "inputs.npz"):  # the answers are not there to be read
        shutil.copy(GOLDEN / name, tmp_path)
    run_conformance(tmp_path, tmp_path / "got.safetensors")
    got = load_file(tmp_path / "got.safetensors")
    with np.load(GOLDEN / "expected.npz") as expected:
        assert set(got) == set(expected.files)
        for name in expected.files:
            gaps = np.abs(got[name].numpy().astype(int) - expected[name])
            assert (got[name].dtype, gaps.max()) == (torch.uint8, 1)
            assert (gaps > 0).mean() < 0.02  # a half may go up or down; without rounding after each axis it is a tenth


SIZES = [(16, 24), (9, 24), (16, 13), (90, 70)]


@pytest.mark.parametrize("size", SIZES)
def test_images_are_resized_as_pillow_does_it(size: tuple[int, int]):
    image = torch.randint(0, 256, (1, 9, 13, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))
    small = np.asarray(
        Image.fromarray(image[0].numpy()).resize((size[1], size[0]), Image.Resampling.BILINEAR), np.float32
    )
    assert np.abs(resize_levels(image, size)[0].permute(1, 2, 0).numpy().astype(float) - small).max() <= 1


def test_images_of_the_right_size_are_left_alone():
    image = torch.randint(0, 256, (2, 8, 12, 3), dtype=torch.uint8)
    assert torch.equal(resize_levels(image, (8, 12)), image.permute(0, 3, 1, 2))
    assert resize_images(image, (8, 12)).max() <= 1


def test_a_case_without_images_is_refused(tmp_path: Path):
    np.savez(tmp_path / "inputs.npz", other=np.zeros(3))
    with pytest.raises(CheckpointError, match="holds no image_0"):
        preprocess_conformance(tmp_path)
