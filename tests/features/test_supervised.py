"""Supervised extractors: one vector an image, from weights that measure nothing; torchvision's absence explained."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from torch.utils.flop_counter import FlopCounterMode

from ttsvar.errors import CheckpointError, ConfigError
from ttsvar.extractor import EXTRACTORS
from ttsvar.families.load import FILES, TOYBOX_FOLDER, LoadSettings, load
from ttsvar.features.labelled import (
    LabelledConfig,
    LabelledNetwork,
    load_labelled,
    load_supervised,
    save_labelled,
)
from ttsvar.features.registry import NETWORKS, extractors, network, network_loader
from ttsvar.features.supervised import load_inception
from ttsvar.toybox.train.dataset import training_scene
from ttsvar.toybox.train.supervised import LABELS, labels_of
from ttsvar.toybox.world.scenes import render
from ttsvar.toybox.world.things import COLORS, SHAPES
from ttsvar.weights.loadable import Location
from ttsvar.weights.tensors import read_own

SHIPPED = TOYBOX_FOLDER / "supervised.safetensors"
SMALL = LabelledConfig(labels=("star", "ball"), size=64, channels=(8, 8, 16), blocks=(1, 0, 1))


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A network of random weights, as training writes it."""
    torch.manual_seed(0)
    path = tmp_path / "supervised.safetensors"
    save_labelled(LabelledNetwork(SMALL), path)
    return path


def pictures(count: int, size: int = 128) -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    return torch.randint(0, 256, (count, size, size, 3), dtype=torch.uint8, generator=generator)


def test_a_vector_is_the_mean_of_what_the_labels_are_read_from(small: Path) -> None:
    extractor, network, images = load_supervised(small), load_labelled(small), pictures(3, 64)
    vectors = extractor.extract(images)
    assert (vectors.shape, vectors.dtype) == ((3, 1, 16), torch.float32)
    pixels = images.permute(0, 3, 1, 2).float() / 127.5 - 1
    with torch.no_grad():
        torch.testing.assert_close(vectors[:, 0], network.vectors(pixels), atol=1e-5, rtol=1e-4)
        torch.testing.assert_close(network(pixels), network.head(vectors[:, 0]), atol=1e-5, rtol=1e-4)
    assert (vectors[0] - vectors[1]).abs().max() > 1e-3


def test_images_may_have_any_size_and_come_in_any_chunk(small: Path) -> None:
    extractor = load_supervised(small)
    image = pictures(1, 32)
    large = Image.fromarray(image[0].numpy()).resize((64, 64), Image.Resampling.BILINEAR)
    resized = torch.frombuffer(bytearray(large.tobytes()), dtype=torch.uint8).view(1, 64, 64, 3)
    torch.testing.assert_close(extractor.extract(image), extractor.extract(resized), atol=0.02, rtol=0.02)
    images = pictures(3, 64)
    whole = extractor.extract(images)
    extractor.chunk = 2
    torch.testing.assert_close(extractor.extract(images), whole, atol=1e-5, rtol=1e-4)


def test_convolutions_are_counted(small: Path) -> None:
    extractor = load_supervised(small)
    with FlopCounterMode(display=False) as counter:
        extractor.extract(pictures(2, 64))
    assert extractor.flops(2) == counter.get_total_flops() > 0


def test_files_that_are_absent_or_off_are_named(small: Path, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"no supervised file at .*none\.safetensors"):
        load_supervised(tmp_path / "none.safetensors")
    with pytest.raises(CheckpointError, match="is not a network written by save_labelled"):
        load_supervised(TOYBOX_FOLDER / "detector.safetensors")
    state, metadata = read_own(small, "supervised")
    state.pop("head.bias")
    save_file(state, str(small), metadata=metadata)
    with pytest.raises(CheckpointError, match=r"missing: head\.bias"):
        load_supervised(small)


@pytest.mark.slow
def test_the_shipped_network_tells_what_is_drawn_and_is_small() -> None:
    assert SHIPPED.stat().st_size <= 1_500_000
    network = load_labelled(SHIPPED)
    assert network.config.labels == LABELS
    drawn = [training_scene(77, index)[1] for index in range(60)]
    images = torch.from_numpy(np.stack([render(scene) for scene in drawn]))
    with torch.inference_mode():
        said = network(images.permute(0, 3, 1, 2).float() / 127.5 - 1) > 0
    labels = torch.from_numpy(np.stack([labels_of(scene.things) for scene in drawn])).bool()
    shapes, colors = slice(0, len(SHAPES)), slice(len(SHAPES), len(SHAPES) + len(COLORS))
    assert (said == labels).float().mean() > 0.99
    assert (said[:, colors] == labels[:, colors]).float().mean() > 0.99
    silent = (~labels[:, shapes]).float().mean()
    assert (said[:, shapes] == labels[:, shapes]).float().mean() > silent + 0.03, "no better than to name no shape"


@pytest.mark.slow
def test_a_model_clusters_on_its_own_network_and_needs_no_detector_for_it(tmp_path: Path) -> None:
    for name in (*FILES, SHIPPED.name):
        (tmp_path / name).symlink_to(TOYBOX_FOLDER / name)
    engine, images = load(str(tmp_path), device="cpu"), pictures(2)
    seen = engine.image_features("inception", images)
    torch.testing.assert_close(seen, load_supervised(SHIPPED).extract(images), atol=1e-5, rtol=1e-4)
    (tmp_path / SHIPPED.name).unlink()
    assert "inception" not in load(str(tmp_path), device="cpu").extractors


def test_without_torchvision_the_extractor_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "torchvision", None)  # as if it were not installed
    monkeypatch.setattr("ttsvar.weights.loadable.locate_all", lambda *_, **__: pytest.fail("a file was asked for"))
    with pytest.raises(ConfigError) as raised:
        NETWORKS["inception"].load(Location(torch.device("cpu")))
    for part in (
        "needs torchvision",
        "ttsvar-explorer[inception]",
        "pip install -r requirements-inception.txt",
        "pca, pca-raw or pool",
    ):
        assert part in str(raised.value)
    assert not NETWORKS["inception"].here(tmp_path)
    with pytest.raises(ConfigError, match="needs torchvision"):
        load_inception(tmp_path / "inception.pth")
    monkeypatch.setattr(
        "ttsvar.families.infinity.models.locate_all", lambda *_, **__: pytest.fail("a model was asked for")
    )
    with pytest.raises(ConfigError, match="needs torchvision"):
        load("infinity-2b", device="cpu", settings=LoadSettings(extractor="inception"))


def test_the_supervised_extractor_is_offered_where_it_is_here(small: Path, tmp_path: Path) -> None:
    own = partial(load_supervised, small)
    assert extractors(own, own).here() == tuple(EXTRACTORS)
    own_network = partial(NETWORKS["inception"].here, tmp_path)
    assert extractors(own, own, own_network).here() == ("pca", "pca-raw", "pool", "pool+map")


def test_the_network_visits_a_device_where_parts_lie_on_the_cpu(small: Path, tmp_path: Path) -> None:
    network("small-supervised", "a small network")(lambda paths, device: load_supervised(small, device=device))
    try:
        visiting = network_loader("small-supervised", Location(torch.device("cpu"), tmp_path, offload=True))()
    finally:
        NETWORKS.remove("small-supervised")
    images = pictures(2, 64)
    assert torch.equal(visiting.extract(images), load_supervised(small).extract(images))
