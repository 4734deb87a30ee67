"""The table of published models agrees with the manifests, on every ladder."""

from __future__ import annotations

import json
import math

import pytest
import torch
from small_transformers import GOLDEN

from ttsvar.errors import ConfigError
from ttsvar.families.infinity.checkpoint import key_map
from ttsvar.families.infinity.published import PUBLISHED
from ttsvar.families.infinity.tokenizer_checkpoint import build_tokenizer, map_tokenizer_keys
from ttsvar.families.infinity.transformer import Infinity

MANIFESTS = {"infinity-2b": "infinity_2b", "infinity-8b": "infinity_8b", "infinity-8b-512": "infinity_8b"}


def manifest(name: str) -> dict[str, tuple[int, ...]]:
    return {k: tuple(v) for k, v in json.loads((GOLDEN / "manifests" / f"{name}.json").read_text()).items()}


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_row_is_what_the_published_files_hold(name: str):
    shapes, row = manifest(MANIFESTS[name]), PUBLISHED[name]
    assert set(key_map(shapes, row.config())) == set(shapes)
    assert row.parameters == sum(math.prod(shape) for shape in shapes.values())
    tensors = {k: torch.empty(s, device="meta") for k, s in manifest(MANIFESTS[name] + "_vae").items()}
    build_tokenizer(map_tokenizer_keys(tensors), row.tokenizer, name)


def test_the_small_model_has_the_size_that_names_it():
    row = PUBLISHED["infinity-125m"]
    with torch.device("meta"):
        model = Infinity(row.config())
    assert sum(t.numel() for t in model.state_dict().values()) == row.parameters
    assert (row.config().sizes[-1], len(row.config().sizes)) == ((16, 16), 7)


@pytest.mark.parametrize("name", PUBLISHED)
@pytest.mark.parametrize("resolution", ["0.06M", "0.25M", "0.60M", "1M"])
@pytest.mark.parametrize("h_div_w", [1.0, 3.0, 1 / 3, 1.5, 0.8])
def test_every_ladder_makes_an_image_of_about_its_pixels_and_shape(name: str, resolution: str, h_div_w: float):
    row = PUBLISHED[name]
    config = row.config(h_div_w, resolution)
    h, w = (side * row.tokenizer.patch_size for side in config.tokenizer_sizes[-1])
    pixels = {"0.06M": 256, "0.25M": 512, "0.60M": 768, "1M": 1024}[resolution] ** 2
    assert 0.7 < h * w / pixels < 1.3
    assert 0.75 < h / w / h_div_w < 1.34
    assert config.rope_grid == row.config(h_div_w, "1M").sizes[-1]


def test_what_no_tensor_tells_can_be_chosen():
    row = PUBLISHED["infinity-125m"]
    assert not row.config().level_every_chunk
    assert row.config(level_every_chunk=True).level_every_chunk
    with pytest.raises(ConfigError, match=r"resolution is '2M'; it must be one of 0\.06M, 0\.25M, 0\.60M, 1M"):
        row.config(resolution="2M")
