"""The DINOv2 extractor: what it feeds the model, what it keeps, what it counts, and how strictly it loads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch.utils.flop_counter import FlopCounterMode

from ttsvar.errors import CheckpointError, ConfigError
from ttsvar.features.dinov2 import (
    MEAN,
    STD,
    Dinov2Extractor,
    build_dinov2,
    load_extractor,
    normalize,
    save_dinov2,
)
from ttsvar.features.pixels import resize_images

TINY = {
    "image_size": 32,
    "patch_size": 8,
    "hidden_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 3,
    "mlp_ratio": 2,
    "num_register_tokens": 4,
}


@pytest.fixture
def extractor() -> Dinov2Extractor:
    torch.manual_seed(0)
    return Dinov2Extractor(build_dinov2(TINY))


def pictures(count: int, height: int = 32, width: int = 32) -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    return torch.randint(0, 256, (count, height, width, 3), dtype=torch.uint8, generator=generator)


def test_keeps_patch_tokens_only(extractor: Dinov2Extractor) -> None:
    images = pictures(3)
    features = extractor.extract(images)
    assert features.shape == (3, 16, 24)
    assert features.dtype == torch.float32
    assert extractor.grid == (4, 4)
    with torch.no_grad():
        tokens = extractor.model(pixel_values=normalize(resize_images(images, (32, 32)))).last_hidden_state
    assert tokens.shape[1] == 1 + 4 + 16
    torch.testing.assert_close(features, tokens[:, 5:])


def test_patches_come_row_by_row(extractor: Dinov2Extractor) -> None:
    image = pictures(1)
    changed = image.clone()
    changed[:, 8:16, 24:32] = 255 - changed[:, 8:16, 24:32]
    embed = extractor.model.embeddings.patch_embeddings
    with torch.no_grad():
        before, after = (embed(normalize(resize_images(i, (32, 32)))) for i in (image, changed))
    assert (before != after).any(-1).nonzero()[:, 1].tolist() == [1 * 4 + 3]


def test_pixels_are_normalised_with_imagenets_statistics() -> None:
    pixels = resize_images(pictures(1, 9, 13), (16, 24))
    torch.testing.assert_close(normalize(pixels)[0, 1], (pixels[0, 1] - MEAN[1]) / STD[1])


def test_other_sizes_and_chunks(extractor: Dinov2Extractor) -> None:
    images = pictures(5, 40, 56)
    whole = extractor.extract(images)
    parts = Dinov2Extractor(extractor.model, chunk=2).extract(images)
    torch.testing.assert_close(whole, parts, atol=1e-5, rtol=1e-4)
    wide = Dinov2Extractor(extractor.model, (32, 64))
    assert wide.grid == (4, 8)
    assert wide.extract(images).shape == (5, 32, 24)
    assert extractor.extract(images[:0]).shape == (0, 16, 24)


def test_uses_sdpa_and_leaves_the_model_in_evaluation(extractor: Dinov2Extractor) -> None:
    assert extractor.model.config._attn_implementation == "sdpa"
    assert not extractor.model.training


@pytest.mark.parametrize("swiglu", [False, True])
def test_flops_are_those_of_the_matrix_products(swiglu: bool) -> None:
    settings = TINY | {"use_swiglu_ffn": swiglu, "mlp_ratio": 4}
    model = build_dinov2(settings)
    model.config._attn_implementation = "eager"
    extractor = Dinov2Extractor(model)
    with FlopCounterMode(display=False) as counter:
        extractor.extract(pictures(2))
    assert extractor.flops(2) == pytest.approx(counter.get_total_flops(), rel=1e-6)
    assert extractor.flops(6) == 3 * extractor.flops(2)


def test_round_trip(extractor: Dinov2Extractor, tmp_path: Path) -> None:
    path = tmp_path / "features.safetensors"
    save_dinov2(extractor.model, path)
    loaded = load_extractor(path)
    assert loaded.model.dtype == torch.float32
    assert loaded.grid == extractor.grid
    torch.testing.assert_close(loaded.extract(pictures(2)), extractor.extract(pictures(2)), atol=5e-3, rtol=5e-3)


def test_loading_lists_what_does_not_fit(extractor: Dinov2Extractor, tmp_path: Path) -> None:
    path, spoilt = tmp_path / "features.safetensors", tmp_path / "spoilt.safetensors"
    save_dinov2(extractor.model, path)
    with safe_open(path, framework="pt") as file:
        metadata = file.metadata()
        state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    state["extra.weight"] = state.pop("layernorm.weight")
    state["layernorm.bias"] = torch.zeros(7)
    save_file(state, str(spoilt), metadata=metadata)
    with pytest.raises(CheckpointError, match=r"unknown: extra.weight; missing: layernorm.weight; .*\(7,\)"):
        load_extractor(spoilt)
    save_file(state, str(spoilt), metadata={"config": json.dumps({"hidden_size": 24})})
    with pytest.raises(CheckpointError, match="does not say its shape"):
        load_extractor(spoilt)
    spoilt.write_bytes(b"nonsense")
    with pytest.raises(CheckpointError, match="cannot be read"):
        load_extractor(spoilt)
    with pytest.raises(CheckpointError, match="no features file"):
        load_extractor(tmp_path / "absent.safetensors")


def test_refuses_impossible_input(extractor: Dinov2Extractor) -> None:
    with pytest.raises(ConfigError, match="multiples of the patch, 8"):
        Dinov2Extractor(extractor.model, 30)
    with pytest.raises(ConfigError, match=r"torch\.float32"):
        extractor.extract(torch.zeros(1, 32, 32, 3))
    with pytest.raises(ConfigError, match=r"\(1, 3, 32, 32\)"):
        extractor.extract(torch.zeros(1, 3, 32, 32, dtype=torch.uint8))
