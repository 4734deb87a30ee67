"""Supervised extractors: one vector an image from the shipped detector's trunk; torchvision's absence explained."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import pytest
import torch
from PIL import Image
from torch.utils.flop_counter import FlopCounterMode

from ttsvar.choices import EXTRACTORS
from ttsvar.errors import CheckpointError, ConfigError
from ttsvar.families.load import TOYBOX_FOLDER, LoadSettings, load
from ttsvar.features.registry import NETWORKS, extractors
from ttsvar.features.supervised import load_inception
from ttsvar.toybox.detector import load_detector
from ttsvar.toybox.trunk import load_trunk
from ttsvar.weights.loadable import Location

DETECTOR = TOYBOX_FOLDER / "detector.safetensors"


def pictures(count: int, size: int = 128) -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    return torch.randint(0, 256, (count, size, size, 3), dtype=torch.uint8, generator=generator)


def test_the_trunk_gives_the_mean_over_what_the_detector_reads() -> None:
    trunk, images = load_trunk(DETECTOR), pictures(3)
    vectors = trunk.extract(images)
    assert (vectors.shape[:2], vectors.dtype) == ((3, 1), torch.float32)
    with torch.no_grad():
        cells = load_detector(DETECTOR).trunk(images.permute(0, 3, 1, 2).float() / 127.5 - 1)
    torch.testing.assert_close(vectors[:, 0], cells.mean((2, 3)), atol=1e-5, rtol=1e-4)
    assert (vectors[0] - vectors[1]).abs().max() > 1e-3


def test_the_trunk_takes_images_of_any_size_in_any_chunk() -> None:
    trunk = load_trunk(DETECTOR)
    image = pictures(1, 64)
    small = Image.fromarray(image[0].numpy()).resize((128, 128), Image.Resampling.BICUBIC)
    resized = torch.frombuffer(bytearray(small.tobytes()), dtype=torch.uint8).view(1, 128, 128, 3)
    torch.testing.assert_close(trunk.extract(image), trunk.extract(resized), atol=0.02, rtol=0.02)
    images = pictures(3)
    whole = trunk.extract(images)
    trunk.chunk = 2
    torch.testing.assert_close(trunk.extract(images), whole, atol=1e-5, rtol=1e-4)


def test_the_trunk_counts_its_convolutions() -> None:
    trunk = load_trunk(DETECTOR)
    with FlopCounterMode(display=False) as counter:
        trunk.extract(pictures(2))
    assert trunk.flops(2) == counter.get_total_flops() > 0


def test_without_torchvision_the_extractor_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "torchvision", None)  # as if it were not installed
    monkeypatch.setattr("ttsvar.weights.loadable.locate_all", lambda *_, **__: pytest.fail("a file was asked for"))
    with pytest.raises(ConfigError) as raised:
        NETWORKS["inception"].load(Location(torch.device("cpu")))
    for part in ("needs torchvision", "pip install -r requirements-inception.txt", "pca, pca-raw or pool"):
        assert part in str(raised.value)
    assert not NETWORKS["inception"].here(tmp_path)
    with pytest.raises(ConfigError, match="needs torchvision"):
        load_inception(tmp_path / "inception.pth")
    monkeypatch.setattr("ttsvar.families.registry.locate_all", lambda *_, **__: pytest.fail("a model was asked for"))
    with pytest.raises(ConfigError, match="needs torchvision"):
        load("infinity-2b", device="cpu", settings=LoadSettings(extractor="inception"))


def test_the_supervised_extractor_is_offered_where_it_is_here(tmp_path: Path) -> None:
    trunk = partial(load_trunk, DETECTOR)
    assert extractors(trunk, trunk).here() == EXTRACTORS
    assert extractors(trunk, trunk, partial(NETWORKS["inception"].here, tmp_path)).here() == ("pca", "pca-raw", "pool")


def test_a_detector_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"none\.safetensors"):
        load_trunk(tmp_path / "none.safetensors")
